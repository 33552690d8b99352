/** The Kubernetes target: the port's verbs over one connection; each is a few requests and a pure judgement. */
import { historyText } from '../../domain/history.ts'
import { LABEL } from '../../domain/labels.ts'
import type { Lockable, Restorable, Switchable, Target } from '../../ports.ts'
import { read } from './api/client.ts'
import type { KubernetesDeps } from './api/deps.ts'
import { placeOf } from './api/place.ts'
import { WorkloadSchema } from './api/schema.ts'
import { annotate } from './apply/change.ts'
import { withBlueGreen } from './blue-green/blue-green.ts'
import { checkCluster } from './check.ts'
import { runningOf } from './current.ts'
import { earlierVersion } from './earlier.ts'
import { historyOf } from './history.ts'
import { replaceWorkloads } from './replace.ts'
import type { KubernetesRequest } from './request.ts'
import { restoreWorkloads } from './restore.ts'
import { KubernetesRun } from './run.ts'
import type { KubeSpec } from './spec.ts'

export type { KubernetesDeps } from './api/deps.ts'
export type { KubeSpec } from './spec.ts'

export type Rolling = Target<KubeSpec> & Restorable<KubeSpec> & Lockable

export function createKubernetesTarget(
  request: KubernetesRequest,
  deps: KubernetesDeps,
): Rolling & Switchable<KubeSpec> {
  const run = new KubernetesRun(request, deps)
  const rolling = createRolling(run)
  if (request.strategy !== 'blue-green') return rolling
  // The other colour holds the version before: `replace` finds it there, so no template is looked for elsewhere.
  return { ...withBlueGreen(rolling, run), version: () => Promise.resolve(undefined) }
}

/** @param run what it knows; made for this target alone */
export function createRolling(run: KubernetesRun): Rolling {
  return {
    name: 'kubernetes',
    locking: 'lock',
    async check(context) {
      run.forgetManifests()
      return checkCluster(run, context)
    },
    async current() {
      const [cluster, found] = await Promise.all([run.cluster(), run.findAll()])
      const workloads = await Promise.all(found.map((one) => runningOf(cluster, one)))
      for (const { name, spec, exists } of workloads) if (exists) run.templates.remember(name, spec.template)
      return { workloads }
    },
    async place() {
      return placeOf(await run.cluster(), run.request, await run.placeIds())
    },
    async history() {
      const [cluster, ids] = await Promise.all([run.cluster(), run.workloadIds()])
      const workloads = await Promise.all(ids.map((id) => read(cluster, cluster.paths.workload(id), WorkloadSchema)))
      return workloads.map(historyOf)
    },
    lock: () => run.acquireLock(),
    replace: (image, stamp, before) => replaceWorkloads(run, image, stamp, before),
    async observe(rollout, { confirms } = { confirms: false }) {
      const observer = await run.observerOf(rollout)
      const observation = await observer.observe(rollout, confirms)
      return run.jobs && !rollout.isRestore ? run.jobs.added(observation, confirms) : observation
    },
    changed: (_rollout, ms, signal) => run.changed(ms, signal),
    restore: (to, stamp) => restoreWorkloads(run, to, stamp),
    async pendingChanges(image) {
      if (run.request.manifests.length === 0) return []
      const { plan } = await (await run.manifests()).tryAll(image)
      // Our own annotations are written with the image.
      return plan.filter((line) => !line.includes('dev.immutable-deploy.'))
    },
    version: (digest) => earlierVersion(run, digest),
    async record(history, rollout) {
      const cluster = await run.cluster()
      const annotations = { [LABEL.history]: historyText(history) }
      await Promise.all(rollout.workloads.map(({ handle }) => annotate(cluster, handle, annotations)))
    },
    close: () => run.close(),
  }
}
