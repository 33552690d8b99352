/** The Swarm target: the port's verbs over one look, one classification and the few writes. */
import { once } from '../../async/once.ts'
import type { Repository } from '../../domain/image.ts'
import { LABEL, runKey } from '../../domain/labels.ts'
import type { Place } from '../../domain/place.ts'
import { placeKey } from '../../domain/place.ts'
import type { SwarmRequest } from './request.ts'
import { asDeployError, DeployError } from '../../errors/deploy-error.ts'
import type { Clock, EngineApi, Registry, Reporter, Target } from '../../ports.ts'
import { checkSwarm } from './check.ts'
import { classify } from './classify.ts'
import { earlierVersion } from './earlier.ts'
import type { Swarm } from './engine.ts'
import { createSwarm } from './engine.ts'
import { explain } from './explain.ts'
import type { MemoryPlace } from './memory.ts'
import { readMemory, writeMemory } from './memory.ts'
import type { ServiceInspection } from './inspection.ts'
import type { Plan } from './plan.ts'
import { planOf } from './plan.ts'
import { idleOthers } from './others.ts'
import { running } from './running.ts'
import { createObserver } from './snapshot.ts'
import type { SwarmSpec } from './spec.ts'
import { historyOf } from './spec.ts'
import { createWatch } from './watch.ts'
import { restoreAll } from './restore.ts'
import { install, uninstall, volumesMadeBy } from './stack/install.ts'
import type { WriteContext } from './write.ts'
import { replaceAll } from './write.ts'

export interface SwarmDeps {
  /** The target's own connection: `close()` ends it. */
  readonly api: EngineApi
  readonly registry: Pick<Registry, 'engineAuth'>
  readonly clock: Clock
  /** Chooses the services of a stack file where no workload is named. */
  readonly repository: Repository
  /** `leave`: a failed update is not taken back by the engine either. */
  readonly onFailure?: 'rollback' | 'restore' | 'leave'
  /** What `${NAME}` in a stack file may name. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Ends every wait. */
  readonly signal?: AbortSignal
  readonly reporter?: Reporter
  /** Which services are meant, where that is not what the request says. */
  readonly plan?: () => Promise<Plan>
}

export function createSwarmTarget(request: SwarmRequest, deps: SwarmDeps): Target<SwarmSpec> {
  const { api, clock } = deps
  const swarm = createSwarm(api)
  const observer = createObserver(swarm, clock)
  const watch = createWatch(api, clock)
  const plan = once(deps.plan ?? (async () => planOf(request, deps)))
  const writing = writeContext(plan, swarm, deps)
  const asked = { ...request, repository: deps.repository.name }
  const locate = once(() => locationOf(asked, swarm, plan))
  const memory = async (): Promise<MemoryPlace> => memoryOf(asked, await locate(), await plan())

  return {
    name: 'swarm',
    locking: 'compare-and-swap',
    async check({ image }) {
      const planned = await plan().catch(asDeployError)
      if (planned instanceof DeployError) return { faults: [planned], warnings: [], plan: [] }
      return checkSwarm({ api, swarm, request, ...planned, repository: deps.repository, image })
    },
    async current() {
      const { names, stack } = await plan()
      const snapshot = await observer.observe(names)
      return { workloads: names.map((name) => running(name, snapshot, clock.now(), stack)) }
    },
    async place() {
      const found = await locate()
      return found && { cluster: found.cluster, workloads: found.workloads }
    },
    async history() {
      const [own, { services }] = await Promise.all([
        memory()
          .then((at) => readMemory(api, at))
          .catch(unlessDenied),
        plan().then(({ names }) => swarm.services(names)),
      ])
      return [...(own ? [own] : []), ...services.map((service) => historyOf(service.Spec))]
    },
    async version(digest) {
      const { names } = await plan()
      return earlierVersion(names, (await swarm.services(names)).services, digest)
    },
    async replace(image, stamp, before) {
      return replaceAll(writing, image, stamp, before)
    },
    async observe(rollout, { confirms } = { confirms: false }) {
      const names = rollout.workloads.map(({ name }) => name)
      const snapshot = await observer.observe(names, confirms)
      const inspections = rollout.workloads.map(({ name, handle }): ServiceInspection => {
        const service = snapshot.services.get(name)
        const tasks = service ? (snapshot.tasks.get(service.ID) ?? []) : []
        const { grace } = request
        const patience = grace === undefined ? {} : { grace, nodeGrace: request.nodeGrace ?? grace }
        const { startedAt, isRestore = false } = rollout
        return { name, handle, service, tasks, now: clock.now(), startedAt, isRestore, ...patience }
      })
      return {
        workloads: await Promise.all(inspections.map((inspection) => explain(api, inspection, classify(inspection)))),
      }
    },
    async changed(rollout, ms, signal) {
      await watch.changed(
        rollout.workloads.map(({ name }) => name),
        ms,
        signal,
      )
    },
    async restore(to, stamp) {
      return restoreAll(writing, to, stamp)
    },
    async record(history) {
      const idle = idleOthers(swarm, writing.created).catch(() => [])
      await writeMemory(api, await memory(), history)
      for (const text of await idle) writing.warn(text)
    },
    async close() {
      watch.close()
      api.close()
    },
  }
}

function writeContext(plan: () => Promise<Plan>, swarm: Swarm, deps: SwarmDeps): WriteContext {
  const { api, clock, registry, signal, reporter } = deps
  return {
    swarm,
    registry,
    clock,
    ...(signal ? { signal } : {}),
    leave: deps.onFailure === 'leave',
    async prepare({ run }) {
      const { stack } = await plan()
      return stack === undefined
        ? new Map()
        : install(api, stack, [...stack.services.values()], { labels: { [LABEL.run]: runKey(run) } })
    },
    async unprepare({ run }) {
      const { stack } = await plan()
      return stack === undefined ? [] : uninstall(stack, runKey(run), { api, clock, signal })
    },
    async volumes(services) {
      const { stack } = await plan()
      return stack === undefined ? [] : volumesMadeBy(stack, services)
    },
    written: new Map(),
    created: new Set(),
    warn: (text) => reporter?.emit({ type: 'warning', text }),
    async others() {
      const { stack, names } = await plan()
      return [...(stack?.services.keys() ?? [])].filter((name) => !names.includes(name))
    },
  }
}

/** The part of a place that does not come from the engine. */
type Asked = Pick<Place, 'app' | 'environment' | 'repository'>

async function locationOf(asked: Asked, swarm: Swarm, plan: () => Promise<Plan>): Promise<Place | undefined> {
  const [{ Swarm: state }, { names }] = await Promise.all([swarm.info(), plan()])
  const cluster = state?.Cluster?.ID ?? ''
  const { app, environment, repository } = asked
  return cluster === '' ? undefined : { repository, app, environment, target: 'swarm', cluster, workloads: names }
}

/** A Swarm is its own place: its objects need no other name for it. */
function memoryOf({ repository, app, environment }: Asked, found: Place | undefined, { names }: Plan): MemoryPlace {
  const place = found ?? { repository, app, environment, target: 'swarm', cluster: '', workloads: names }
  return { key: placeKey(place), app, environment }
}

/** A proxy in front of the engine may not let configs through: the services' own labels are all there is then. */
function unlessDenied(error: unknown): undefined {
  if (asDeployError(error).code !== 'target-denied') throw error
}
