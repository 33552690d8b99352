/** The Kubernetes target: the port's verbs over one connection; each is a few requests and a pure judgement. */
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import { pinned, type PinnedImage } from '../../domain/image.ts'
import { historyText } from '../../domain/history.ts'
import { LABEL } from '../../domain/labels.ts'
import type { Stamp } from '../../domain/stamp.ts'
import type { KubernetesRequest } from './request.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import { asDeployError, fail } from '../../errors/deploy-error.ts'
import type { Lockable, Restorable, Rollout, Running, RunningWorkload, Switchable, Target } from '../../ports.ts'
import { makeApplier, type Applier } from './apply/applier.ts'
import { withBlueGreen } from './blue-green/blue-green.ts'
import { lookAtColours } from './blue-green/scene.ts'
import { annotate, putImage, putTemplate, wayBack } from './apply/change.ts'
import { equal } from '../../domain/equal.ts'
import { checkCluster } from './check.ts'
import { read } from './api/client.ts'
import { imageOf, sameImage } from './api/containers.ts'
import { find, runningOf, type Found } from './current.ts'
import type { KubernetesDeps } from './api/deps.ts'
import { historyOf, templateOf } from './history.ts'
import { parseWorkload, paths as pathsOf, type Paths } from './api/names.ts'
import { placeOf } from './api/place.ts'
import { lockName, makeLock, type Lock } from './lease.ts'
import { JobWatch } from './apply/jobs.ts'
import { makeObserver, type Observer } from './watch/observer.ts'
import { mutableReferences, referencesWarning } from './apply/references.ts'
import { WorkloadSchema, type Template, type Workload } from './api/schema.ts'
import { differingSettings } from './apply/settings.ts'
import { specOf, stampAnnotations, type KubeSpec } from './spec.ts'
import { freeStuckPods } from './why/stuck.ts'

export type { KubernetesDeps } from './api/deps.ts'
export type { KubeSpec } from './spec.ts'

type Running_ = Running<KubeSpec>

/** A third of the default `timeout`. */
const GRACE = 200_000

export function createKubernetesTarget(
  request: KubernetesRequest,
  deps: KubernetesDeps,
): Target<KubeSpec> & Restorable<KubeSpec> & Lockable & Switchable<KubeSpec> {
  const { api, clock, repository } = deps
  const named = request.workloads.flatMap((text) => parseWorkload(text) ?? [])
  let place: Promise<{ namespace: string; paths: Paths }> | undefined
  let observer: Observer | undefined
  let observed = ''
  let lock: Lock | undefined
  let jobs: JobWatch | undefined
  let applier: Promise<Applier> | undefined
  /** Templates that this run has seen or written: an image of no such template is somebody else's. */
  const known = new Map<string, Template[]>()
  /** Whole specs after this run's own change. */
  const written = new Map<string, Readonly<Record<string, unknown>>>()

  const locate = () =>
    (place ??= (request.namespace === undefined ? api.namespace() : Promise.resolve(request.namespace)).then(
      (namespace) => ({ namespace, paths: pathsOf(namespace) }),
    ))
  const manifests = () =>
    (applier ??= locate().then((where) => {
      const { manifests: places, container, takeOver = [] } = request
      const { onWarning } = deps
      return makeApplier({ api, clock, ...where, places, container, wanted: named, takeOver, onWarning }, repository)
    }))
  /** The named workloads, else those that the manifests bring. */
  const workloadIds = async () => {
    if (request.strategy === 'blue-green') return [(await colours()).live.id]
    return named.length > 0 ? named : (await manifests()).workloads.map(({ id }) => id)
  }
  /** The same whichever colour is live. */
  const placeIds = async () =>
    request.strategy === 'blue-green' || named.length > 0 ? named : (await manifests()).workloads.map(({ id }) => id)
  const colours = async () => lookAtColours(request, deps, await locate(), repository)
  const findAll = async (): Promise<Found[]> => {
    const { paths } = await locate()
    const [ids, { workloads }] = await Promise.all([workloadIds(), manifests()])
    return Promise.all(
      ids.map(async (id) => {
        const found = await find(api, paths, id, repository, request.container)
        if (found.workload) return found
        return { ...found, slots: workloads.find((workload) => workload.id.label === id.label)?.slots ?? [] }
      }),
    )
  }
  const remember = (label: string, template: Template) =>
    known.set(label, [...(known.get(label) ?? []).filter((other) => !equal(other, template)), template])
  const isForeign = ({ id, containers }: KubeSpec, { spec }: Workload) => {
    const templates = known.get(id.label) ?? []
    return containers.some((slot) => {
      const now = imageOf(spec.template, slot)
      return templates.length > 0 && !templates.some((template) => sameImage(imageOf(template, slot), now))
    })
  }

  async function acquire(): Promise<boolean> {
    const { paths } = await locate()
    lock ??= makeLock({
      ...deps,
      paths,
      name: lockName(request.app, request.environment),
      onBusy: request.onBusy ?? 'wait',
      onWait: (holder) => deps.onWarning?.(`run ${holder} is releasing ${request.app} here: waiting for it to end`),
    })
    return lock.acquire()
  }

  async function current(): Promise<Running_> {
    const { namespace, paths } = await locate()
    const found = await findAll()
    const workloads = await Promise.all(found.map((one) => runningOf(api, paths, namespace, one)))
    for (const { name, spec, exists } of workloads) if (exists) remember(name, spec.template)
    return { workloads }
  }

  async function replace(image: PinnedImage, stamp: Stamp, before: Running_): Promise<Rollout<KubeSpec>> {
    const { namespace, paths } = await locate()
    await acquire()
    const startedAt = clock.now()
    const annotations = stampAnnotations(stamp)
    const files = await manifests()
    await files.applyOthers(image)
    const results = await Promise.allSettled(before.workloads.map(replaceOne))
    const [refusal] = refusals(results)
    if (refusal) {
      const changed = before.workloads.filter((_, index) => results[index]?.status === 'fulfilled')
      throw await putBack({ workloads: changed }, stamp, refusal)
    }
    const { paths: where } = await locate()
    jobs = new JobWatch({ api, paths: where }, [...files.jobs])
    const workloads = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    return { before, accepted: image.accepted, startedAt, workloads, created: files.left() }

    async function replaceOne({ name, spec }: RunningWorkload<KubeSpec>) {
      const live = files.has(spec.id)
        ? await files.applyWorkload(spec, image, annotations)
        : await putImage(api, paths, spec, pinned(image), annotations)
      remember(spec.id.label, live.spec.template)
      written.set(spec.id.label, live.spec)
      warnOfOldConfig(spec, live, files.changedConfig())
      return { name, handle: specOf(spec.id, namespace, live, withImage(spec, live)) }
    }
  }

  /** Every workload or none: what was changed before another one was refused goes back, and what was created goes. */
  async function putBack(changed: Running_, stamp: Stamp, refusal: DeployError): Promise<DeployError> {
    try {
      const { workloads } = await restore(changed, stamp)
      const stuck = workloads.find(({ handle }) => handle.refused)?.handle.refused
      if (stuck) throw fail(stuck)
      return fail(refusal, { state: 'this run left no workload changed: all are as they were before', cause: refusal })
    } catch (error) {
      const state = `not every workload could be put back: ${asDeployError(error).what}`
      return fail(refusal, { state, cause: refusal })
    }
  }

  /** Pods that are not replaced keep what they read at their start. */
  function warnOfOldConfig(spec: KubeSpec, live: Workload, changed: readonly string[]): void {
    if (spec.uid === '' || !equal(spec.template, live.spec.template)) return
    const names = mutableReferences(live.spec.template).map((name) => name.replace(' ', '/').toLowerCase())
    const old = changed.filter((name) => names.includes(name))
    if (old.length === 0) return
    const { label } = spec.id
    deps.onWarning?.(
      `${label} reads ${old.join(', ')}, which changed, but its pods are not replaced: they keep what they read at their start until kubectl rollout restart ${label}`,
    )
  }

  async function restore(to: Running_, stamp: Stamp): Promise<Rollout<KubeSpec>> {
    const { namespace, paths } = await locate()
    await acquire()
    const startedAt = clock.now()
    const existing = to.workloads.filter(({ exists }) => exists)
    await (await manifests()).undo()
    const handles = await settleAll(existing, async ({ name, spec }) => {
      const way = wayBack(spec)
      const isStamped = spec.containers.every((slot) => digestIn(imageOf(way.template, slot) ?? '') === stamp.digest)
      const back = isStamped ? { ...way, annotations: stampAnnotations(stamp) } : way
      remember(name, spec.template)
      const live = await putTemplate(api, paths, {
        ...back,
        to: spec,
        written: written.get(name),
        isForeign: (now) => isForeign(spec, now),
      })
      remember(name, live.spec.template)
      written.set(name, live.spec)
      const { restartsBefore = {} } = spec
      const handle = { ...specOf(spec.id, namespace, live, withImage(spec, live)), restartsBefore }
      if (spec.id.kind === 'StatefulSet') await freeStuckPods(api, paths, handle, clock)
      return handle
    })
    const workloads = handles.map(({ name, handle }) => {
      const seen = to.workloads.find((workload) => workload.name === name)?.digests ?? []
      return { name, handle, accepted: new Set([...seen, ...digestsOfSpec(handle)]) }
    })
    const accepted = new Set(workloads.flatMap((workload) => [...workload.accepted]))
    return { before: to, accepted, startedAt, workloads }
  }

  async function version(digest: Digest): Promise<Running_ | undefined> {
    const { namespace, paths } = await locate()
    const versions = await Promise.all(
      (await findAll()).map(async (found): Promise<RunningWorkload<KubeSpec> | undefined> => {
        const { id, workload, slots } = found
        if (!workload) return undefined
        const template = await templateOf(api, paths, { ...found, workload }, digest)
        if (!template) return undefined
        const warning = referencesWarning(id.label, template)
        if (warning !== undefined) deps.onWarning?.(warning)
        const running = await runningOf(api, paths, namespace, found)
        const spec = { ...specOf(id, namespace, workload, slotsOf(template, slots)), template }
        const stamp = { ...spec.stamp, [LABEL.digest]: digest }
        return {
          ...running,
          digests: [digest],
          image: spec.containers[0]?.image ?? '',
          differingSettings: differingSettings(workload.spec.template, template),
          spec: { ...spec, stamp },
        }
      }),
    )
    const complete = versions.filter((one) => one !== undefined)
    return complete.length === versions.length && complete.length > 0 ? { workloads: complete } : undefined
  }

  const rolling: Target<KubeSpec> & Restorable<KubeSpec> & Lockable = {
    name: 'kubernetes',
    locking: 'lock',
    async check(context) {
      applier = undefined
      const where = await locate()
      const [ids, files] = await Promise.all([workloadIds(), manifests()])
      return checkCluster({ request, api, ids, files, ...where, find: findAll }, context)
    },
    current,
    place: async () => placeOf({ request, api, ...(await locate()) }, await placeIds()),
    async history() {
      const { paths } = await locate()
      const workloads = await Promise.all(
        (await workloadIds()).map((id) => read(api, paths.workload(id), WorkloadSchema)),
      )
      return workloads.map(historyOf)
    },
    lock: acquire,
    replace,
    async observe(rollout, { confirms } = { confirms: false }) {
      const { paths } = await locate()
      const specs = rollout.workloads.map(({ handle }) => handle)
      const subject = specs.map(({ id, uid }) => `${id.label} ${uid}`).join()
      if (!observer || subject !== observed) {
        observer?.stop()
        observer = makeObserver({ api, paths, grace: request.grace ?? GRACE }, specs)
        observed = subject
      }
      const observation = await observer.look(rollout, confirms)
      return jobs && !rollout.isRestore ? jobs.added(observation, confirms) : observation
    },
    async changed(_rollout, ms, signal) {
      await (observer ? observer.changed(ms, signal) : clock.sleep(ms, signal))
    },
    restore,
    async pendingChanges(image) {
      if (request.manifests.length === 0) return []
      const { plan } = await (await manifests()).tryAll(image)
      // Our own annotations are written with the image.
      return plan.filter((line) => !line.includes('dev.immutable-deploy.'))
    },
    version,
    async record(history, rollout) {
      const { paths } = await locate()
      const annotations = { [LABEL.history]: historyText(history) }
      await Promise.all(rollout.workloads.map(({ handle }) => annotate(api, paths, handle, annotations)))
    },
    async close() {
      observer?.stop()
      await lock?.release().catch(() => undefined)
      await api.close()
    },
  }
  if (request.strategy !== 'blue-green') return rolling
  // The other colour holds the version before: `replace` finds it there, so no template is looked for elsewhere.
  return {
    ...withBlueGreen(rolling, { request, deps, locate, look: colours }),
    version: () => Promise.resolve(undefined),
  }
}

/**
 * Puts every workload back at once. Refused everywhere: that is the error. Refused for some: the others are on their way,
 * so the refusal becomes what `observe` says of these.
 */
async function settleAll(
  workloads: readonly RunningWorkload<KubeSpec>[],
  change: (workload: RunningWorkload<KubeSpec>) => Promise<KubeSpec>,
): Promise<{ name: string; handle: KubeSpec }[]> {
  const results = await Promise.allSettled(workloads.map(change))
  const errors = refusals(results)
  const [first] = errors
  if (first && errors.length === workloads.length) throw first
  return workloads.map(({ name, spec }, index) => {
    const result = results[index]
    if (result?.status === 'fulfilled') return { name, handle: result.value }
    const { code, what, evidence, fix } = asDeployError(result?.reason)
    return { name, handle: { ...spec, refused: { code, what, evidence, fix } } }
  })
}

function refusals(results: readonly PromiseSettledResult<unknown>[]): DeployError[] {
  return results.flatMap((result) => (result.status === 'rejected' ? [asDeployError(result.reason)] : []))
}

/** The containers of a spec with the images that the live template holds. */
function withImage(spec: KubeSpec, live: Workload): KubeSpec['containers'] {
  return slotsOf(live.spec.template, spec.containers)
}

function slotsOf(template: Template, slots: KubeSpec['containers']): KubeSpec['containers'] {
  return slots.map((slot) => ({ ...slot, image: imageOf(template, slot) ?? '' }))
}

function digestsOfSpec({ containers }: KubeSpec): Digest[] {
  return containers.flatMap(({ image }) => digestIn(image) ?? [])
}
