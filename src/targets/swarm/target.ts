/** The Swarm target: the port's verbs over one look, one classification and the few writes. */
import { once } from '../../async/once.ts'
import type { Digest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import type { Run } from '../../domain/labels.ts'
import { runKey } from '../../domain/labels.ts'
import type { Place } from '../../domain/place.ts'
import { placeKey } from '../../domain/place.ts'
import type { SwarmRequest } from './request.ts'
import { asDeployError, DeployError } from '../../errors/deploy-error.ts'
import type { Clock, EngineApi, Registry, Reporter, RunningWorkload, Target } from '../../ports.ts'
import { checkSwarm, notFound } from './check.ts'
import { classify, desiredOf, isServing } from './classify.ts'
import { earlierVersion } from './earlier.ts'
import { createSwarm } from './engine.ts'
import { explain } from './explain.ts'
import { hasFailed } from './failure.ts'
import { readMemory, writeMemory } from './memory.ts'
import type { Look, TaskLook } from './look.ts'
import type { Snapshot } from './snapshot.ts'
import { createObserver } from './snapshot.ts'
import type { SwarmSpec } from './spec.ts'
import { historyOf, imageOf, runThatFits, stampedRevision } from './spec.ts'
import type { Stack } from './stack/stack.ts'
import { createWatch } from './watch.ts'
import { restoreAll } from './restore.ts'
import { install, uninstall } from './stack/install.ts'
import type { WriteContext } from './write.ts'
import { replaceAll } from './write.ts'

export interface SwarmDeps {
  /** The target's own connection: `close()` ends it. */
  readonly api: EngineApi
  readonly registry: Pick<Registry, 'engineAuth'>
  readonly clock: Clock
  readonly run: Run
  /** Chooses the services of a stack file where no workload is named. */
  readonly repository?: Repository
  /** `leave`: a failed update is not taken back by the engine either. */
  readonly onFailure?: 'rollback' | 'restore' | 'leave'
  /** What `${NAME}` in a stack file may name. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Ends every wait. */
  readonly signal?: AbortSignal
  readonly reporter?: Reporter
}

export function createSwarmTarget(request: SwarmRequest, deps: SwarmDeps): Target<SwarmSpec> {
  const { api, clock } = deps
  const swarm = createSwarm(api)
  const observer = createObserver(swarm, clock)
  const watch = createWatch(api, clock)
  const plan = once(async () => planOf(request, deps))
  const writing: WriteContext = {
    swarm,
    registry: deps.registry,
    clock,
    ...(deps.signal ? { signal: deps.signal } : {}),
    leave: deps.onFailure === 'leave',
    async prepare({ run }) {
      const { stack } = await plan()
      return stack === undefined ? new Map() : install(api, stack, [...stack.services.values()], runKey(run))
    },
    async unprepare({ run }) {
      const { stack } = await plan()
      return stack === undefined ? [] : uninstall(stack, runKey(run), { api, clock, signal: deps.signal })
    },
    written: new Map(),
    warn: (text) => deps.reporter?.emit({ type: 'warning', text }),
    async others() {
      const { stack, names } = await plan()
      return [...(stack?.services.keys() ?? [])].filter((name) => !names.includes(name))
    },
  }

  const locate = once(async (): Promise<Place | undefined> => {
    const [{ Swarm: state }, { names }] = await Promise.all([swarm.info(), plan()])
    const cluster = state?.Cluster?.ID ?? ''
    const { app, environment } = request
    return cluster === '' ? undefined : { app, environment, target: 'swarm', cluster, workloads: names }
  })
  /** A Swarm is its own place: its objects need no other name for it. */
  const memory = async () => {
    const { app, environment } = request
    const place = (await locate()) ?? {
      app,
      environment,
      target: 'swarm',
      cluster: '',
      workloads: (await plan()).names,
    }
    return { key: placeKey(place), app, environment }
  }

  return {
    name: 'swarm',
    async check(context) {
      const planned = await plan().catch(asDeployError)
      if (planned instanceof DeployError) return { faults: [planned], warnings: [], plan: [] }
      return checkSwarm({ api, swarm, request, ...planned }, context)
    },
    async current() {
      const { names, stack } = await plan()
      const snapshot = await observer.look(names)
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
      const snapshot = await observer.look(names, confirms)
      const looks = rollout.workloads.map(({ name, handle }): Look => {
        const service = snapshot.services.get(name)
        const tasks = service ? (snapshot.tasks.get(service.ID) ?? []) : []
        const grace = request.grace === undefined ? {} : { grace: request.grace }
        return { name, handle, service, tasks, now: clock.now(), startedAt: rollout.startedAt, ...grace }
      })
      return { workloads: await Promise.all(looks.map((look) => explain(api, look, classify(look)))) }
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
      await writeMemory(api, await memory(), history)
    },
    async close() {
      watch.close()
      api.close()
    },
  }
}

/** A proxy in front of the engine may not let configs through: the services' own labels are all there is then. */
function unlessDenied(error: unknown): undefined {
  if (asDeployError(error).code !== 'target-denied') throw error
}

interface Plan {
  /** Full names on the engine. */
  readonly names: readonly string[]
  readonly stack: Stack | undefined
}

/** @throws DeployError manifest-invalid, invalid-input */
async function planOf(request: SwarmRequest, { env = {}, repository }: SwarmDeps): Promise<Plan> {
  if (request.manifests.length === 0) return { names: request.workloads, stack: undefined }
  const { fullName, readStack, servicesUsing } = await import('./stack/stack.ts')
  const stack = await readStack(request.manifests, request.app, env)
  const named = request.workloads.map((workload) => fullName(stack, request.app, workload))
  const names = named.length > 0 || repository === undefined ? named : servicesUsing(stack, repository)
  if (names.length > 0) return { names, stack }
  const what = `no service of ${stack.file} uses ${repository?.name ?? 'the image'}`
  throw new DeployError('manifest-invalid', what, { fix: 'Name the services that are released with workload.' })
}

function running(name: string, snapshot: Snapshot, now: number, stack: Stack | undefined): RunningWorkload<SwarmSpec> {
  const service = snapshot.services.get(name)
  if (!service) return absent(name, stack)
  const tasks = snapshot.tasks.get(service.ID) ?? []
  const serving = tasks.filter(isServing)
  const digests = distinct(serving)
  const revision = stampedRevision(service.Spec, digests)
  const ended = tasks.filter(hasFailed).map(({ task }) => task.ID)
  const handle = { id: service.ID, version: service.Version.Index, spec: service.Spec, ended }
  const state = classify({ name, handle, service, tasks, now, startedAt: now }).state
  return {
    name,
    exists: true,
    image: imageOf(service.Spec),
    digests,
    ...(revision === undefined ? {} : { revision }),
    ...runThatFits(service.Spec),
    desired: desiredOf(service, tasks),
    ready: serving.length,
    stable: state.is === 'settled',
    spec: { ...handle, ...pinOf(serving, digests) },
  }
}

function absent(name: string, stack: Stack | undefined): RunningWorkload<SwarmSpec> {
  const spec = stack?.services.get(name)?.spec
  if (!spec) throw notFound(name)
  const handle = { id: undefined, version: 0, spec }
  return { name, exists: false, digests: [], desired: 0, ready: 0, stable: true, spec: handle }
}

function distinct(tasks: readonly TaskLook[]): Digest[] {
  return [...new Set(tasks.map(({ digest }) => digest).filter((digest) => digest !== undefined))]
}

function pinOf(serving: readonly TaskLook[], digests: readonly Digest[]): Pick<SwarmSpec, 'ran' | 'local'> {
  const [ran] = digests
  if (ran === undefined || digests.length > 1) return {}
  return { ran, ...(serving.every(({ evidence }) => evidence === 'local-image') ? { local: true } : {}) }
}
