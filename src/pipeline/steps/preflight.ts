import type { PinnedImage } from '../../domain/image.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import { releaseTag } from '../../domain/tags.ts'
import { CATALOGUE } from '../../errors/catalogue.ts'
import type { Fault, Reason } from '../../errors/deploy-error.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Ports, RemoteImage } from '../../ports.ts'
import { fingerprint } from './fingerprint.ts'
import { inspectImage, needsPush, reusable, revisionFor } from './image-inspection.ts'
import { NO_MEMORY } from './memory.ts'
import type { Plan } from './plan.ts'
import { planLines } from './plan-lines.ts'
import { policyReasons, wantsClean } from './policy.ts'
import { inspectTarget, runningRevisionOf } from './target-inspection.ts'

/** Asks every port at once; whatever speaks against the release is thrown as one error that lists all of it. */
export async function preflight(request: ReleaseRequest, ports: Ports): Promise<Plan> {
  const wantsTarget = ports.target !== undefined && request.promote === 'all'
  // Chosen beside the other questions; nobody waits for it, or minds that no engine answers, when nothing is built.
  const choice = request.digest === undefined ? ports.builder(request.build) : undefined
  choice?.catch(() => undefined)
  const looking = inspectImage(request, ports)
  // A dry run shows the images that would be set, so it waits until they are known.
  const beside = wantsTarget && !request.dryRun ? inspectTarget(request, ports) : undefined
  const [source, sent, image, environmentTag, push] = await Promise.all([
    request.digest === undefined ? ports.source.facts(request.build.context) : undefined,
    wantsClean(request) ? ports.source.unversioned(request.build) : undefined,
    looking,
    request.environmentTag && request.promote === 'all'
      ? ports.registry.resolve(request.repository, request.environmentTag)
      : undefined,
    looking.then((inspection) =>
      needsPush(request, inspection) ? ports.registry.canPush(request.repository) : undefined,
    ),
  ])
  const print = fingerprint(request.build, {
    context: request.contextName,
    dirty: (source?.dirty.length ?? 0) > 0,
  })
  const reuse = reusable(request, image, print)
  const revision = revisionFor(request, image)
  const tag = image.tag ?? (revision === undefined ? undefined : releaseTag(revision, request.tagSuffix))
  const known = reuse.image && pinned(request, { reuse: reuse.image, proven: reuse.proven, tag, revision })
  const target = wantsTarget ? await (beside ?? inspectTarget(request, ports, known)) : undefined
  const builder = reuse.image ? undefined : await choice
  const reasons = [
    ...(push?.is === 'unknown' && NO_PUSH.has(push.why.code) ? [push.why] : []),
    ...(image.reason ? [image.reason] : []),
    ...(reuse.reason ? [reuse.reason] : []),
    ...(builder ? refused(builder.name, builder.refuse(request.build)) : []),
    ...policyReasons(request, { source, sent: reuse.image ? undefined : sent }, ports),
    ...(target?.reasons ?? []),
  ]
  if (reasons.length > 0) throw together(reasons)
  for (const text of target?.warnings ?? []) ports.reporter.emit({ type: 'warning', text })
  for (const text of target?.notices ?? []) ports.reporter.emit({ type: 'notice', text })
  const plan: Omit<Plan, 'lines'> = {
    revision,
    source,
    fingerprint: print,
    builder,
    tag,
    reuse: reuse.image,
    tagged: image.tagged,
    proven: reuse.proven,
    foreign: reuse.foreign,
    environmentTag,
    target: target?.target,
    before: target?.before ?? { workloads: [] },
    memory: target?.memory ?? NO_MEMORY,
    ledgers: target?.ledgers,
    runningRevision: target && runningRevisionOf(target.before),
  }
  return { ...plan, lines: planLines(request, plan, target?.plan ?? []) }
}

/** Reasons for which nothing that is built could be pushed; any other doubt may pass until then. */
const NO_PUSH: ReadonlySet<Reason['code']> = new Set(['registry-denied', 'registry-unreachable'])

/** The image as the target is set to it: with the release tag, where it has or gets one. */
export function pinned(
  { repository, digest, smoke, target }: Pick<ReleaseRequest, 'repository' | 'digest' | 'smoke' | 'target'>,
  { reuse, proven, tag, revision }: Pick<Plan, 'proven' | 'tag' | 'revision'> & { readonly reuse: RemoteImage },
): PinnedImage {
  const isNamed = proven || (digest === undefined && smoke !== 'off' && !target?.preview)
  return {
    repository,
    digest: reuse.descriptor.digest,
    accepted: reuse.accepted,
    ...(revision === undefined ? {} : { revision }),
    ...(tag === undefined || !isNamed ? {} : { tag }),
  }
}

function refused(builder: string, faults: readonly Fault[]): DeployError[] {
  if (faults.length === 0) return []
  const names = faults.map(({ name }) => name).join(', ')
  return [new DeployError('build-not-supported', `the ${builder} builder cannot honour: ${names}`, { faults })]
}

/** One error for all that speaks against going on: the first names it, the others are its evidence. */
export function together(reasons: readonly Reason[]): DeployError {
  const [first, ...rest] = reasons
  if (!first) return new DeployError('internal-error', 'no reason given')
  if (rest.length === 0 && first instanceof DeployError) return first
  const evidence = [
    ...(first.evidence ?? []),
    ...rest.flatMap((reason) => [
      `also: ${reason.what} (${reason.code})`,
      `  ${reason.fix ?? CATALOGUE[reason.code].fix}`,
    ]),
  ]
  const faults = reasons.flatMap((reason) => (reason instanceof DeployError ? reason.faults : []))
  return new DeployError(first.code, first.what, { evidence, fix: first.fix, faults })
}
