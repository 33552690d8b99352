/** What runs, what the target remembers, and what of the target speaks against a release. */
import type { History } from '../../domain/labels.ts'
import { EMPTY_HISTORY } from '../../domain/labels.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import type { PinnedImage } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import type { Revision } from '../../domain/revision.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Ports, Running, Target } from '../../ports.ts'

interface TargetLook {
  readonly target: Target | undefined
  readonly before: Running<unknown>
  readonly history: History
  readonly reasons: readonly Reason[]
  readonly warnings: readonly string[]
  readonly plan: readonly string[]
}

/**
 * Faults of the target are collected, so that they can be reported beside all others.
 * @param image what would be set, where it is known already
 */
export async function lookAtTarget(
  request: { readonly repository: ReleaseRequest['repository']; readonly dryRun: boolean },
  ports: Ports,
  image?: PinnedImage,
): Promise<TargetLook> {
  const nothing = { before: { workloads: [] }, history: EMPTY_HISTORY, warnings: [], plan: [] }
  let target: Target | undefined
  try {
    target = await ports.target?.()
    if (!target) return { ...nothing, target: undefined, reasons: [] }
    const [readiness, before, history] = await Promise.allSettled([
      target.check({ repository: request.repository, dryRun: request.dryRun, ...(image ? { image } : {}) }),
      target.current(),
      target.history(),
    ])
    // What the check says explains better than the look that failed for the same cause.
    if (readiness.status === 'rejected') throw readiness.reason
    const { faults, warnings, plan } = readiness.value
    if (faults.length > 0) return { ...nothing, target, reasons: faults, warnings, plan }
    if (before.status === 'rejected') throw before.reason
    if (history.status === 'rejected') throw history.reason
    const strange = otherRepositories(before.value, request.repository)
    return {
      target,
      before: before.value,
      history: history.value,
      reasons: [],
      warnings: [...warnings, ...strange],
      plan,
    }
  } catch (error) {
    return { ...nothing, target, reasons: [asDeployError(error)] }
  }
}

/** A mistyped workload mostly runs something else: the release would put this image in its place. */
function otherRepositories({ workloads }: Running<unknown>, { name: wanted }: ReleaseRequest['repository']): string[] {
  return workloads.flatMap(({ name, image }) => {
    const other = image === undefined ? undefined : parseReference(image)?.repository.name
    return other === undefined || other === wanted
      ? []
      : [`${name} runs an image of another repository, ${other}: one of ${wanted} will take its place`]
  })
}

/** By the target's own stamp. */
export function runningRevisionOf(running: Running<unknown>): Revision | undefined {
  return running.workloads.find(({ revision }) => revision !== undefined)?.revision
}
