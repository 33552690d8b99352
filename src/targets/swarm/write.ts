/** A release in a Swarm: every service gets the image, or none. Compare-and-swap on the version index. */
import type { PinnedImage } from '../../domain/image.ts'
import { equal } from '../../domain/equal.ts'
import { parseReference } from '../../domain/image.ts'
import { runKey } from '../../domain/labels.ts'
import type { Stamp } from '../../domain/stamp.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import { asDeployError, fail } from '../../errors/deploy-error.ts'
import type { Clock, Registry, Rollout, Running, RunningWorkload } from '../../ports.ts'
import { changeAll, isUnanswered, putBackAfter } from '../shared/change-all.ts'
import { authFor } from './auth.ts'
import type { Auth, Swarm } from './engine.ts'
import { restoreAll } from './restore.ts'
import type { SwarmSpec } from './spec.ts'
import { imageOf, madeBy, released, runOf } from './spec.ts'
import type { Change } from './swap.ts'
import { anotherRollout, swap } from './swap.ts'
import type { Service, ServiceSpec } from './schema.ts'

export interface WriteContext {
  readonly swarm: Swarm
  readonly registry: Pick<Registry, 'engineAuth'>
  readonly clock: Clock
  /** Ends every wait. */
  readonly signal?: AbortSignal
  /** A failed update stays as it is. */
  readonly leave: boolean
  /** Specs of absent services, with everything that they need in place; only asked when there are any. */
  readonly prepare: (stamp: Stamp) => Promise<ReadonlyMap<string, ServiceSpec>>
  /** Other services of the stack file: created with absent ones when they are missing too, never judged. */
  readonly others: () => Promise<readonly string[]>
  /** Removes what `prepare` made for that run; gives the names of what could not be removed. */
  readonly unprepare: (stamp: Stamp) => Promise<readonly string[]>
  /** Volumes that tasks of these services of the stack make on their nodes. */
  readonly volumes: (services: readonly string[]) => Promise<readonly string[]>
  readonly warn: (text: string) => void
  /** What this run wrote where it was more than image, stamp and update rules, by service. */
  readonly written: Map<string, ServiceSpec>
  /** Other services of the stack file that this run created. */
  readonly created: Set<string>
}

type Workload = RunningWorkload<SwarmSpec>
type Handle = Rollout<SwarmSpec>['workloads'][number]

/** A network that is being removed is gone after seconds; then it can be made anew. */
const NETWORK_REMOVED_WITHIN_MS = 20_000
const ASK_EVERY_MS = 500

/** Replaces the image everywhere or nowhere: what was updated before another refused is put back. */
export async function replaceAll(
  context: WriteContext,
  image: PinnedImage,
  stamp: Stamp,
  before: Running<SwarmSpec>,
): Promise<Rollout<SwarmSpec>> {
  const auth = await authFor(context.registry, image.repository)
  const startedAt = context.clock.now()
  const ordered = before.workloads.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const isFirst = ordered.some(({ exists }) => !exists)
  const [made] = await Promise.allSettled([isFirst ? createOthers(context, stamp) : new Map<string, ServiceSpec>()])
  if (made.status === 'rejected') throw await undo(context, ordered.filter(isAbsent), stamp, asDeployError(made.reason))
  const toSpec = (spec: ServiceSpec): ServiceSpec => released(spec, image, stamp, context.leave)
  const replaceOrCreate = (workload: Workload) =>
    workload.exists
      ? replaceOne(context.swarm, workload, toSpec(workload.spec.spec), auth)
      : createOne(context, workload.name, stamp, { auth, toSpec, prepared: made.value })
  const { results, refusals, changed } = await changeAll(ordered, replaceOrCreate, { firstAlone: true })
  const [error] = refusals
  if (error !== undefined) {
    const touched = ordered.filter((workload) => isAbsent(workload) || changed.includes(workload))
    throw await undo(context, touched, stamp, error)
  }
  return { accepted: image.accepted, startedAt, workloads: results }
}

function isAbsent({ exists }: Workload): boolean {
  return !exists
}

export async function replaceOne(
  swarm: Swarm,
  { name, spec: seen }: Workload,
  spec: ServiceSpec,
  auth: Auth,
): Promise<Handle> {
  const plan = async (live: Service | undefined): Promise<Change> => {
    if (live === undefined) return { id: seen.id ?? '', spec, auth }
    if (live.ID === seen.id && equal(live.Spec, seen.spec)) return { id: live.ID, spec, auth }
    throw anotherRollout(name, live)
  }
  const version = await swap(swarm, name, { version: seen.version, plan })
  return { name, handle: { id: seen.id, version, spec, ended: seen.ended ?? [] } }
}

type Prepared = ReadonlyMap<string, ServiceSpec>

interface Creation {
  readonly auth: Auth
  readonly toSpec: (spec: ServiceSpec) => ServiceSpec
  readonly prepared: Prepared
}

/** Again for some seconds while a network of the stack is still being removed. */
export async function createOne(
  context: Pick<WriteContext, 'swarm' | 'clock' | 'signal' | 'prepare'>,
  name: string,
  stamp: Stamp,
  { auth, toSpec, prepared }: Creation,
): Promise<Handle> {
  const { swarm, clock, signal } = context
  const until = clock.now() + NETWORK_REMOVED_WITHIN_MS
  let specs = prepared
  for (;;) {
    const own = specs.get(name)
    if (own === undefined) throw fail({ code: 'workload-not-found', what: `no stack file defines service ${name}` })
    const spec = toSpec(own)
    try {
      return { name, handle: { id: await created(swarm, spec, auth), version: 0, spec } }
    } catch (error) {
      const waits = asDeployError(error).code === 'network-unavailable' && clock.now() < until
      if (!waits || signal?.aborted) throw error
      await clock.sleep(ASK_EVERY_MS, signal)
      specs = await context.prepare(stamp)
    }
  }
}

/** The new service's id. It may be there although the answer was lost. */
async function created(swarm: Swarm, spec: ServiceSpec, auth: Auth): Promise<string> {
  try {
    return await swarm.create(spec, auth)
  } catch (error) {
    if (!isUnanswered(error)) throw error
    const { services } = await swarm.services([spec.Name]).catch(() => ({ services: [] }))
    const live = services.find((service) => runOf(service.Spec) !== undefined && runOf(service.Spec) === runOf(spec))
    if (live === undefined) throw error
    return live.ID
  }
}

/** What the stack needs, and its other services that are missing, each with the credentials of its own registry. */
async function createOthers(context: WriteContext, stamp: Stamp): Promise<Prepared> {
  const [prepared, others] = await Promise.all([context.prepare(stamp), context.others()])
  const { services } = others.length === 0 ? { services: [] } : await context.swarm.services(others)
  const missing = others.filter((name) => !services.some((service) => service.Spec.Name === name))
  await Promise.all(missing.map((name) => createOther(context, name, stamp, prepared)))
  return prepared
}

async function createOther(context: WriteContext, name: string, stamp: Stamp, prepared: Prepared): Promise<void> {
  const image = imageOf(prepared.get(name) ?? { TaskTemplate: {} })
  const repository = parseReference(image)?.repository
  const auth: Auth = repository ? await authFor(context.registry, repository) : { from: 'spec' }
  const toSpec = (spec: ServiceSpec): ServiceSpec => madeBy(spec, runKey(stamp.run))
  try {
    await createOne(context, name, stamp, { auth, toSpec, prepared })
    context.created.add(name)
  } catch (error) {
    // Another run was faster: it is there, which is all that is asked.
    if (asDeployError(error).code !== 'another-rollout') throw error
  }
}

async function undo(
  context: WriteContext,
  changed: readonly Workload[],
  stamp: Stamp,
  error: DeployError,
): Promise<DeployError> {
  return putBackAfter(error, () => restoreAll(context, { workloads: changed }, stamp))
}
