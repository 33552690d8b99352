/** What runs, where that is, what is remembered of that place, and what of the target speaks against a release. */
import type { PinnedImage, Repository } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import type { Place } from '../../domain/place.ts'
import type { AppRequest } from '../../domain/request.ts'
import type { Revision } from '../../domain/revision.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { LedgerContext, Ports, Running, Target } from '../../ports.ts'
import type { Memory } from './memory.ts'
import { NO_MEMORY, rememberSome } from './memory.ts'

export interface TargetInspection {
  readonly target: Target | undefined
  readonly before: Running<unknown>
  /** What the ledgers of this place are opened with; undefined without a target. */
  readonly ledgers: LedgerContext | undefined
  readonly memory: Memory
  readonly reasons: readonly Reason[]
  readonly warnings: readonly string[]
  readonly notices: readonly string[]
  readonly plan: readonly string[]
}

/** So many versions are enough to compare with and to go back to. */
export const FEW_VERSIONS = 4

type Asked = Pick<AppRequest, 'repository' | 'app' | 'environment' | 'adoptHistory' | 'dryRun'>

/**
 * Faults of the target are collected, so that they can be reported beside all others.
 * @param image what would be set, where it is known already
 */
export async function inspectTarget(request: Asked, ports: Ports, image?: PinnedImage): Promise<TargetInspection> {
  const nothing = {
    before: { workloads: [] },
    ledgers: undefined,
    memory: NO_MEMORY,
    warnings: [],
    notices: [],
    plan: [],
  }
  let target: Target | undefined
  try {
    target = await ports.target?.()
    if (!target) return { ...nothing, target: undefined, reasons: [] }
    const [readiness, before, records] = await Promise.allSettled([
      target.check({ image, dryRun: request.dryRun }),
      target.current(),
      readRecords(request, target, ports),
    ])
    // What the check says explains better than the look that failed for the same cause.
    if (readiness.status === 'rejected') throw readiness.reason
    const { faults, notices = [], ...rest } = readiness.value
    if (faults.length > 0) return { ...nothing, ...rest, target, reasons: faults, notices }
    if (before.status === 'rejected') throw before.reason
    if (records.status === 'rejected') throw records.reason
    const { ledgers, memory } = records.value
    const strange = otherRepositories(before.value, request.repository)
    const warnings = [...rest.warnings, ...strange]
    return { ...rest, target, before: before.value, ledgers, memory, reasons: [], warnings, notices }
  } catch (error) {
    return { ...nothing, target, reasons: [asDeployError(error)] }
  }
}

/** A mistyped workload mostly runs something else: the release would put this image in its place. */
function otherRepositories({ workloads }: Running<unknown>, { name: wanted }: Repository): string[] {
  return workloads.flatMap(({ name, image }) => {
    const other = image === undefined ? undefined : parseReference(image)?.repository.name
    return other === undefined || other === wanted
      ? []
      : [`${name} runs an image of another repository, ${other}: one of ${wanted} will take its place`]
  })
}

async function readRecords(request: Asked, target: Target, ports: Ports) {
  const { repository, app } = request
  const environment = request.environment ?? 'production'
  const found = await target.place()
  const place: Place | undefined = found && {
    ...found,
    repository: repository.name,
    app,
    environment,
    target: target.name,
  }
  const ledgers: LedgerContext = {
    repository,
    registry: ports.registry,
    target,
    app,
    environment,
    place,
    adopted: request.adoptHistory,
  }
  return { ledgers, memory: await rememberSome(ports.ledgers(ledgers), FEW_VERSIONS) }
}

/** By the target's own stamp. */
export function runningRevisionOf(running: Running<unknown>): Revision | undefined {
  return running.workloads.find(({ revision }) => revision !== undefined)?.revision
}
