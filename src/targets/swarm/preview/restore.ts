/** Restore after a deployment of a preview that failed. */
import { parseReference } from '../../../domain/image.ts'
import { runKey } from '../../../domain/labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import type { Stamp } from '../../../domain/stamp.ts'
import type { DeployError } from '../../../errors/deploy-error.ts'
import { asDeployError, fail } from '../../../errors/deploy-error.ts'
import type { Rollout, Running } from '../../../ports.ts'
import { changeAll } from '../../shared/change-all.ts'
import { acceptedOf, authOfBefore, restorable } from '../restore.ts'
import { authFor } from '../auth.ts'
import type { SwarmSpec } from '../spec.ts'
import { imageOf, runOf } from '../spec.ts'
import type { Change } from '../swap.ts'
import { anotherRollout, swap } from '../swap.ts'
import type { Service, ServiceSpec } from '../schema.ts'
import { withFewRequests } from './few-requests.ts'
import { liveServices } from './live.ts'
import { removePreview } from './remove.ts'
import { changesMode } from './mode.ts'
import type { PreviewWriteContext } from './write.ts'

type Handle = Rollout<SwarmSpec>['workloads'][number]

/**
 * Services as they were before this run, whole. Where nothing of the preview was there, everything that this run made goes;
 * otherwise networks, secrets and configs stay until a later deployment or the removal of the preview takes them.
 * @param isContested another run deploys the preview at the same time, and may use what this one made
 */
export async function restorePreview(
  context: PreviewWriteContext,
  to: Running<SwarmSpec>,
  stamp: Stamp,
  { isContested = false }: { readonly isContested?: boolean } = {},
): Promise<Rollout<SwarmSpec>> {
  const { swarm, clock, preview, touched } = context
  const startedAt = clock.now()
  const { services } = await liveServices(swarm, preview, clock)
  const run = runKey(stamp.run)
  const wasThere = [...touched.values()].some((service) => service !== undefined)
  const isOthers = services.some(({ Spec }) => runOf(Spec) !== run)
  if (!isContested && !wasThere && !isOthers && !to.workloads.some(({ exists }) => exists)) {
    await removeNew(context, preview, run)
    return { accepted: new Set(), startedAt, workloads: [], isRestore: true }
  }
  const live = new Map(services.map((service) => [service.Spec.Name, service]))
  const restoring = { ...context, run, to }
  const { results, refusals } = await changeAll([...touched], ([name, before]) =>
    restoreOne(restoring, name, before, live),
  )
  if (refusals[0]) throw refusals[0]
  const released = new Set(to.workloads.filter(({ exists }) => exists).map(({ name }) => name))
  const workloads = results.filter((handle) => handle !== undefined).filter(({ name }) => released.has(name))
  return { accepted: new Set(to.workloads.flatMap(acceptedOf)), startedAt, workloads, isRestore: true }
}

/** A run that was cancelled has no time to wait: the services were asked to end, the next removal takes the rest. */
async function removeNew(context: PreviewWriteContext, preview: Preview, run: string): Promise<void> {
  try {
    await removePreview(preview, { ...context, api: withFewRequests(context.api), run })
  } catch (error) {
    if (asDeployError(error).code !== 'cancelled') throw error
  }
}

interface RestoreContext extends PreviewWriteContext {
  readonly run: string
  readonly to: Running<SwarmSpec>
}

async function restoreOne(
  context: RestoreContext,
  name: string,
  before: Service | undefined,
  all: ReadonlyMap<string, Service>,
): Promise<Handle | undefined> {
  const { swarm, run, to, removed } = context
  const live = all.get(name)
  if (before === undefined) {
    if (live && runOf(live.Spec) === run) await swarm.remove(live.ID)
    return undefined
  }
  const workload = to.workloads.find((each) => each.name === name)
  const spec = workload?.exists ? await restorable(swarm, workload.spec) : before.Spec
  const accepted = workload ? { accepted: new Set(acceptedOf(workload)) } : {}
  if (live === undefined && !removed.has(before.ID)) throw removedByOthers(name)
  const isOther = live !== undefined && changesMode(live.Spec, spec)
  if (isOther) await swarm.remove(live.ID)
  if (live === undefined || isOther) return { name, handle: await madeAgain(context, name, spec), ...accepted }
  const plan = async (now: Service | undefined): Promise<Change | undefined> => {
    // It was not changed after all.
    if (now && runOf(now.Spec) === runOf(before.Spec) && runOf(now.Spec) !== run) return undefined
    if (now && runOf(now.Spec) !== run) throw anotherRollout(name, now)
    return { id: live.ID, spec, auth: authOfBefore(live, spec) }
  }
  const version = await swap(swarm, name, { plan, live })
  return { name, handle: { ...(workload?.spec ?? { id: live.ID }), id: live.ID, version, spec }, ...accepted }
}

/** With what it needed, whose ids its spec holds: where that is gone, the whole preview was removed meanwhile. */
async function madeAgain({ swarm, registry }: RestoreContext, name: string, spec: ServiceSpec): Promise<SwarmSpec> {
  const repository = parseReference(imageOf(spec))?.repository
  const auth = repository ? await authFor(registry, repository) : ({ from: 'spec' } as const)
  try {
    return { id: await swarm.create(spec, auth), version: 0, spec }
  } catch (error) {
    throw asDeployError(error).code === 'network-unavailable' ? removedByOthers(name) : error
  }
}

function removedByOthers(name: string): DeployError {
  return fail({ code: 'workload-gone', what: `service ${name} was removed while this run worked, with its preview` })
}
