import { digestIn, shortDigest } from '../../domain/digest.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import type { Plan } from './plan.ts'
import { isSet } from './send.ts'

/** The plan for people, in the order of what will happen. */
export function planLines(
  request: ReleaseRequest,
  plan: Omit<Plan, 'lines'>,
  targetLines: readonly string[],
): string[] {
  const name = request.repository.name
  const { reuse } = plan
  const build = reuse
    ? `reuse   ${name}@${reuse.descriptor.digest}${plan.proven ? ' (proven before)' : ''}`
    : `build   ${name} at ${plan.revision ?? 'unknown revision'} with ${plan.builder?.name ?? 'no builder'}`
  const smoke =
    plan.proven || request.smoke === 'off' ? 'smoke   nothing' : 'smoke   that digest in a throwaway container'
  const untested = request.smoke === 'off' && !plan.proven
  // One that nobody tested gets no tag.
  const tags =
    request.promote === 'none' || untested || request.target?.preview
      ? []
      : [plan.reuse && plan.tagged ? undefined : plan.tag, ...request.extraTags]
  const promote = tags.filter((tag) => tag !== undefined).map((tag) => `promote ${name}:${tag}`)
  const moves = plan.target
    ? plan.before.workloads.map((workload) => {
        if (reuse && isSet(workload, { ...request, accepted: reuse.accepted })) {
          return `prove   ${workload.name}: it is set to ${shortDigest(reuse.descriptor.digest)} already`
        }
        const now = workload.image === undefined ? 'nothing' : (digestIn(workload.image) ?? workload.image)
        const rollout = workload.stable ? '' : ', and its last rollout has not ended'
        return `replace ${workload.name} (runs ${shortDigest(now)}${rollout})`
      })
    : []
  const pointer =
    request.environmentTag && request.promote === 'all' ? [`then    ${name}:${request.environmentTag}`] : []
  return [build, smoke, ...promote, ...moves, ...targetLines, ...pointer]
}
