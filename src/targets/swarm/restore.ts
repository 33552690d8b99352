/** Restore: what this run changed in services is taken back, and what it made is removed. */
import * as v from 'valibot'
import type { Stamp } from '../../domain/stamp.ts'
import { equal } from '../../domain/equal.ts'
import { runKey } from '../../domain/labels.ts'
import { digestIn } from '../../domain/digest.ts'
import { asDeployError, fail } from '../../errors/deploy-error.ts'
import type { Rollout, Running, RunningWorkload } from '../../ports.ts'
import { changeAll } from '../shared/change-all.ts'
import type { Auth, Swarm } from './engine.ts'
import type { SwarmSpec } from './spec.ts'
import { reverted } from './revert.ts'
import { imageOf, isWrittenBy, pinnedTo, runOf, withdrawn, withStamp } from './spec.ts'
import type { Change } from './swap.ts'
import { anotherRollout, swap } from './swap.ts'
import type { Service, ServiceSpec } from './schema.ts'
import { TaskTemplate } from './schema.ts'
import type { WriteContext } from './write.ts'

type Workload = RunningWorkload<SwarmSpec>
type Handle = Rollout<SwarmSpec>['workloads'][number]

/**
 * Takes back what this run changed: image, stamp and update rules are those of `to` again, pinned to the digests that
 * ran then; what others changed since stays. Services of this run's making are removed, with all that was made for
 * them. Every service is tried before the first refusal is thrown.
 */
export async function restoreAll(
  context: WriteContext,
  to: Running<SwarmSpec>,
  stamp: Stamp,
): Promise<Rollout<SwarmSpec>> {
  const startedAt = context.clock.now()
  const { services } = await context.swarm.services(to.workloads.map(({ name }) => name))
  const { results, refusals } = await changeAll(to.workloads, async (workload): Promise<Handle | undefined> => {
    const live = services.find((service) => service.Spec.Name === workload.name)
    if (workload.spec.replaces) return bringBack(context, workload, stamp)
    return workload.exists ? restoreOne(context, workload, live, stamp) : removeOne(context.swarm, live, stamp)
  })
  const absent = to.workloads.flatMap(({ name, exists }) => (exists ? [] : [name]))
  if (absent.length > 0) await removeMade(context, absent, stamp)
  const [error] = refusals
  if (error !== undefined) throw error
  const workloads = results.filter((handle) => handle !== undefined)
  return { accepted: new Set(to.workloads.flatMap(acceptedOf)), startedAt, workloads, isRestore: true }
}

async function removeOne(swarm: Swarm, live: Service | undefined, { run }: Stamp): Promise<undefined> {
  if (live && isWrittenBy(live.Spec, runKey(run))) await swarm.remove(live.ID)
  return undefined
}

/** Other services, networks, configs and secrets of the stack. What stays is named: it is not a reason to fail. */
async function removeMade(context: WriteContext, absent: readonly string[], stamp: Stamp): Promise<void> {
  const others = await context.others()
  const { services } = others.length === 0 ? { services: [] } : await context.swarm.services(others)
  const ours = services.filter((service) => runOf(service.Spec) === runKey(stamp.run))
  await Promise.all(ours.map((service) => context.swarm.remove(service.ID)))
  const left = await context.unprepare(stamp).catch((error: unknown) => [asDeployError(error).what])
  if (left.length > 0) context.warn(`this run made what it could not remove: ${left.join(', ')}`)
  const volumes = await context.volumes([...absent, ...ours.map((service) => service.Spec.Name)])
  if (volumes.length > 0) {
    context.warn(`volumes that its tasks made are kept on their nodes, as they may hold data: ${volumes.join(', ')}`)
  }
}

/** An earlier version comes back with its settings, in place of what stood there when it was read. */
async function bringBack(
  context: WriteContext,
  { name, spec: seen, digests }: Workload,
  stamp: Stamp,
): Promise<Handle> {
  const spec = withStamp(seen.spec, stamp, context.leave)
  const plan = async (service: Service | undefined): Promise<Change> => {
    const change: Change = { id: seen.id ?? '', spec, auth: { from: 'previous-spec' } }
    if (service === undefined || (service.ID === seen.id && equal(service.Spec, seen.replaces))) return change
    throw anotherRollout(name, service)
  }
  const version = await swap(context.swarm, name, { version: seen.version, plan })
  context.written.set(name, spec)
  return { name, handle: { id: seen.id, version, spec }, accepted: new Set(digests) }
}

async function restoreOne(
  context: WriteContext,
  { name, spec: seen, digests }: Workload,
  live: Service | undefined,
  stamp: Stamp,
): Promise<Handle> {
  const { swarm, leave } = context
  const image = imageOf(await restorable(swarm, seen))
  let spec = seen.spec
  const plan = async (service: Service | undefined): Promise<Change | undefined> => {
    if (service === undefined || service.ID !== seen.id) {
      throw fail({ code: 'workload-gone', what: `service ${name} was removed or created again while this run waited` })
    }
    const isOurs = isWrittenBy(service.Spec, runKey(stamp.run)) || equal(service.Spec, seen.spec)
    // Nothing of this run is there: it was not changed, or the engine went back by itself.
    if (!isOurs && !isSameVersion(service.Spec, seen.spec)) throw anotherRollout(name, service)
    const now = withoutSettings(service.Spec, seen.spec, context.written.get(name))
    spec = isOurs ? withdrawn(now, { before: seen.spec, image, leave }) : service.Spec
    return equal(service.Spec, spec) ? undefined : { id: service.ID, spec, auth: authOfBefore(service, spec) }
  }
  const version = await swap(swarm, name, { plan, live })
  return { name, handle: { ...seen, version, spec }, accepted: new Set(acceptedOf({ spec: seen, digests })) }
}

/** Without the settings that this run brought back with an earlier version; those that others changed since stay. */
function withoutSettings(live: ServiceSpec, before: ServiceSpec, written: ServiceSpec | undefined): ServiceSpec {
  if (written === undefined) return live
  const template = reverted(before.TaskTemplate, written.TaskTemplate, live.TaskTemplate)
  return { ...live, TaskTemplate: v.parse(TaskTemplate, template) }
}

function isSameVersion(one: ServiceSpec, other: ServiceSpec): boolean {
  const [image, before] = [imageOf(one), imageOf(other)]
  return image === before || (digestIn(image) !== undefined && digestIn(image) === digestIn(before))
}

/** What its replicas may report: what they ran, and where none did (they were just restarted) what the spec pins. */
export function acceptedOf({ spec, digests }: Pick<Workload, 'spec' | 'digests'>): Workload['digests'] {
  const pinned = digestIn(imageOf(spec.spec))
  return digests.length === 0 && pinned !== undefined ? [pinned] : digests
}

/** An image that only its node knows keeps its name while that still finds the same content. */
export async function restorable(swarm: Swarm, seen: SwarmSpec): Promise<ServiceSpec> {
  if (seen.local !== true) return pinnedTo(seen)
  const found = await swarm.image(imageOf(seen.spec))
  return found?.Id === seen.ran ? seen.spec : pinnedTo(seen)
}

/** The credentials that the engine holds for what ran before, while it still holds them. */
export function authOfBefore(live: Service, spec: ServiceSpec): Auth {
  const previous = live.PreviousSpec?.TaskTemplate?.ContainerSpec?.Image
  return { from: previous !== undefined && previous === imageOf(spec) ? 'previous-spec' : 'spec' }
}
