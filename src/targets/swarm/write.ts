/** Every change that we make to services: compare-and-swap on the version index, all services of a release at once. */
import type { PinnedImage, Repository } from '../../domain/image.ts'
import type { History, Stamp } from '../../domain/labels.ts'
import { runKey } from '../../domain/labels.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import { asDeployError, fail } from '../../errors/deploy-error.ts'
import type { Clock, Registry, Rollout, Running, RunningWorkload } from '../../ports.ts'
import type { Auth, Swarm } from './engine.ts'
import { OutOfSequence } from './engine.ts'
import type { SwarmSpec } from './spec.ts'
import {
  historyOf,
  imageOf,
  isWrittenBy,
  madeBy,
  mergeHistory,
  pinnedTo,
  released,
  runOf,
  same,
  withHistory,
  writerOf,
} from './spec.ts'
import type { Service, ServiceSpec } from './wire.ts'

export interface WriteDeps {
  readonly swarm: Swarm
  readonly registry: Pick<Registry, 'engineAuth'>
  readonly clock: Clock
  /** A failed update stays as it is. */
  readonly leave: boolean
  /** Specs of absent services, with everything that they need in place; only asked when there are any. */
  readonly prepare: () => Promise<ReadonlyMap<string, ServiceSpec>>
  /** Other services of the stack file: created with absent ones when they are missing too, never judged. */
  readonly others: () => Promise<readonly string[]>
}

type Workload = RunningWorkload<SwarmSpec>
type Handle = Rollout<SwarmSpec>['workloads'][number]

/** The engine moves the index itself while it updates: so many re-reads before we give up. */
const TRIES = 10

/** Replaces the image everywhere or nowhere: what was updated before another refused is put back. */
export async function replaceAll(
  deps: WriteDeps,
  image: PinnedImage,
  stamp: Stamp,
  before: Running<SwarmSpec>,
): Promise<Rollout<SwarmSpec>> {
  const auth = await authFor(deps.registry, image.repository)
  const startedAt = deps.clock.now()
  const prepared = before.workloads.every(({ exists }) => exists) ? undefined : await createOthers(deps, stamp)
  const ordered = before.workloads.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const results = await firstThenAll(ordered, (workload) => {
    const { spec } = withPrepared(workload, prepared)
    return replaceOne(deps.swarm, workload.name, spec, released(spec.spec, image, stamp, deps.leave), auth)
  })
  const errors = rejections(results)
  if (errors[0] !== undefined) {
    const changed = ordered.filter((_, index) => results[index]?.status === 'fulfilled')
    throw await undo(deps, { workloads: changed }, stamp, errors[0])
  }
  const workloads = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  return { before, accepted: image.accepted, startedAt, workloads }
}

/** Who changes the first one has won: two runs at once never hold a part of the services each. */
async function firstThenAll<T, R>(
  [first, ...others]: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  if (first === undefined) return []
  const [won] = await Promise.allSettled([work(first)])
  if (won.status === 'rejected') return [won]
  return [won, ...(await Promise.allSettled(others.map(work)))]
}

function withPrepared(workload: Workload, prepared: ReadonlyMap<string, ServiceSpec> | undefined): Workload {
  const spec = prepared?.get(workload.name)
  return workload.exists || spec === undefined ? workload : { ...workload, spec: { ...workload.spec, spec } }
}

async function createOthers(deps: WriteDeps, stamp: Stamp): Promise<ReadonlyMap<string, ServiceSpec>> {
  const [prepared, others] = await Promise.all([deps.prepare(), deps.others()])
  const { services } = others.length === 0 ? { services: [] } : await deps.swarm.services(others)
  const missing = others.filter((name) => !services.some((service) => service.Spec.Name === name))
  await Promise.all(
    missing.map(async (name) => {
      const spec = prepared.get(name)
      if (spec) await deps.swarm.create(madeBy(spec, runKey(stamp.run)), { from: 'spec' })
    }),
  )
  return prepared
}

async function removeOthers(deps: WriteDeps, stamp: Stamp): Promise<void> {
  const others = await deps.others()
  if (others.length === 0) return
  const { services } = await deps.swarm.services(others)
  const ours = services.filter((service) => runOf(service.Spec) === runKey(stamp.run))
  await Promise.all(ours.map((service) => deps.swarm.remove(service.ID)))
}

async function replaceOne(swarm: Swarm, name: string, seen: SwarmSpec, spec: ServiceSpec, auth: Auth): Promise<Handle> {
  if (seen.id === undefined) {
    const id = await swarm.create(spec, auth)
    return { name, handle: { id, version: 0, spec } }
  }
  const version = await swap(swarm, name, seen.version, async (live) => {
    if (live === undefined) return { id: seen.id ?? '', spec, auth }
    if (live.ID === seen.id && same(live.Spec, seen.spec)) return { id: live.ID, spec, auth }
    throw anotherRollout(name, live)
  })
  return { name, handle: { id: seen.id, version, spec, ended: seen.ended ?? [] } }
}

function anotherRollout(name: string, live: Service): DeployError {
  return fail({
    code: 'another-rollout',
    what: `service ${name} was changed while this run waited, by ${writerOf(live.Spec)}`,
    evidence: [`it names ${imageOf(live.Spec)} now`],
  })
}

async function undo(
  deps: WriteDeps,
  changed: Running<SwarmSpec>,
  stamp: Stamp,
  error: DeployError,
): Promise<DeployError> {
  try {
    await restoreAll(deps, changed, stamp)
    return fail(error, { state: 'this run left no service changed: all have the spec of before', cause: error })
  } catch (undoing) {
    const state = `not every service could be put back: ${asDeployError(undoing).what}`
    return fail(error, { state, cause: error })
  }
}

/**
 * Puts back the specs of `to`, pinned to the digests that ran then; services of this run's making are removed.
 * Every service is tried before the first refusal is thrown. A service that has its spec already is left alone.
 */
export async function restoreAll(deps: WriteDeps, to: Running<SwarmSpec>, stamp: Stamp): Promise<Rollout<SwarmSpec>> {
  const startedAt = deps.clock.now()
  const { services } = await deps.swarm.services(to.workloads.map(({ name }) => name))
  const results = await Promise.allSettled(
    to.workloads.map((workload) =>
      restoreOne(
        deps.swarm,
        workload,
        services.find((service) => service.Spec.Name === workload.name),
        stamp,
      ),
    ),
  )
  if (to.workloads.some(({ exists }) => !exists)) await removeOthers(deps, stamp)
  const [error] = rejections(results)
  if (error !== undefined) throw error
  const workloads = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []))
  return { before: to, accepted: new Set(to.workloads.flatMap(({ digests }) => digests)), startedAt, workloads }
}

async function restoreOne(
  swarm: Swarm,
  { name, spec: seen, digests }: Workload,
  live: Service | undefined,
  stamp: Stamp,
): Promise<Handle | undefined> {
  if (seen.id === undefined) {
    if (live && isWrittenBy(live.Spec, runKey(stamp.run))) await swarm.remove(live.ID)
    return undefined
  }
  if (live?.ID !== seen.id) {
    throw fail({ code: 'workload-gone', what: `service ${name} was removed or created again while this run waited` })
  }
  const spec = await restorable(swarm, seen)
  const plan = async (service: Service | undefined): Promise<Change | undefined> => {
    if (service === undefined || service.ID !== seen.id)
      throw fail({ code: 'workload-gone', what: `service ${name} was removed` })
    if (same(service.Spec, spec)) return undefined
    const mayWrite = isWrittenBy(service.Spec, runKey(stamp.run)) || same(service.Spec, seen.spec)
    if (!mayWrite) throw anotherRollout(name, service)
    return { id: service.ID, spec, auth: authOfBefore(service, spec) }
  }
  const version = await swap(swarm, name, undefined, plan, live)
  return { name, handle: { ...seen, version, spec }, accepted: new Set(digests) }
}

/** An image that only its node knows keeps its name while that still finds the same content. */
async function restorable(swarm: Swarm, seen: SwarmSpec): Promise<ServiceSpec> {
  if (seen.local !== true) return pinnedTo(seen)
  const found = await swarm.image(imageOf(seen.spec))
  return found?.Id === seen.ran ? seen.spec : pinnedTo(seen)
}

/** The credentials that the engine holds for what ran before, while it still holds them. */
function authOfBefore(live: Service, spec: ServiceSpec): Auth {
  const previous = live.PreviousSpec?.TaskTemplate?.ContainerSpec?.Image
  return { from: previous !== undefined && previous === imageOf(spec) ? 'previous-spec' : 'spec' }
}

/** Writes the history into the services' own labels, which replaces no task. */
export async function recordAll(swarm: Swarm, history: History, handles: readonly Handle[]): Promise<void> {
  const { services } = await swarm.services(handles.map(({ name }) => name))
  const results = await Promise.allSettled(
    handles.map(({ name }) => {
      const live = services.find((service) => service.Spec.Name === name)
      return swap(swarm, name, undefined, async (service) => labelled(name, service, history), live)
    }),
  )
  const [error] = rejections(results)
  if (error !== undefined) throw error
}

function labelled(name: string, live: Service | undefined, history: History): Change | undefined {
  if (live === undefined) return undefined
  const state = live.UpdateStatus?.State ?? ''
  if (state === 'paused' || state === 'rollback_paused') {
    throw fail({
      code: 'not-supported',
      what: `the history of service ${name} was not written: its update is paused, and any change would resume it`,
    })
  }
  const spec = withHistory(live.Spec, mergeHistory(historyOf(live.Spec), history))
  return same(spec, live.Spec) ? undefined : { id: live.ID, spec, auth: { from: 'spec' } }
}

interface Change {
  readonly id: string
  readonly spec: ServiceSpec
  readonly auth: Auth
}

/**
 * One compare-and-swap: `plan` says what to write for the service as it is, or nothing. When the index has moved, which
 * the engine does by itself too, the service is read and planned again.
 * @param version the index to start from, with `plan(undefined)`; undefined: that of `live`
 * @returns the index that the change was based on
 */
async function swap(
  swarm: Swarm,
  name: string,
  version: number | undefined,
  plan: (live: Service | undefined) => Promise<Change | undefined>,
  live?: Service,
): Promise<number> {
  let current = live
  let index = version ?? live?.Version.Index ?? 0
  for (let attempt = 1; ; attempt += 1) {
    const change = await plan(current)
    if (change === undefined) return index
    try {
      await swarm.update(change.id, index, change.spec, change.auth)
      return index
    } catch (error) {
      if (!(error instanceof OutOfSequence)) throw error
      const { services } = await swarm.services([name])
      current = services[0]
      if (current === undefined) throw fail({ code: 'workload-gone', what: `service ${name} was removed` })
      if (attempt >= TRIES) throw anotherRollout(name, current)
      index = current.Version.Index
    }
  }
}

function rejections(results: readonly PromiseSettledResult<unknown>[]): DeployError[] {
  return results.flatMap((result) => (result.status === 'rejected' ? [asDeployError(result.reason)] : []))
}

/** The run's credentials for the nodes; without any, those that the service came with. A registry that is down changes nothing. */
export async function authFor(registry: Pick<Registry, 'engineAuth'>, repository: Repository): Promise<Auth> {
  const header = await registry.engineAuth(repository).catch(() => '')
  return holdsCredentials(header) ? { header } : { from: 'spec' }
}

function holdsCredentials(header: string): boolean {
  try {
    const auth = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Record<string, unknown>
    return ['username', 'password', 'auth', 'identitytoken', 'registrytoken'].some((key) => Boolean(auth[key]))
  } catch {
    return false
  }
}
