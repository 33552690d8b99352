/** Puts the image into every workload or into none. */
import { equal } from '../../domain/equal.ts'
import type { PinnedImage } from '../../domain/image.ts'
import { pinned } from '../../domain/image.ts'
import type { Stamp } from '../../domain/stamp.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import { asDeployError, fail } from '../../errors/deploy-error.ts'
import type { Rollout, Running, RunningWorkload } from '../../ports.ts'
import type { Workload } from './api/schema.ts'
import type { Annotations } from './apply/change.ts'
import { putImage } from './apply/change.ts'
import { JobWatch } from './apply/jobs.ts'
import { mutableReferences } from './apply/references.ts'
import { restoreWorkloads } from './restore.ts'
import type { KubernetesRun } from './run.ts'
import type { KubeSpec } from './spec.ts'
import { liveSpecOf, stampAnnotations } from './spec.ts'

export async function replaceWorkloads(
  run: KubernetesRun,
  image: PinnedImage,
  stamp: Stamp,
  before: Running<KubeSpec>,
): Promise<Rollout<KubeSpec>> {
  const cluster = await run.cluster()
  await run.acquireLock()
  const startedAt = cluster.clock.now()
  const annotations = stampAnnotations(stamp)
  const files = await run.manifests()
  await files.applyOthers(image)
  const results = await Promise.allSettled(
    before.workloads.map((workload) => replaceOne(run, image, annotations, workload)),
  )
  const refusal = results.find((result) => result.status === 'rejected')
  if (refusal) {
    const changed = before.workloads.filter((_, index) => results[index]?.status === 'fulfilled')
    throw await putBack(run, { workloads: changed }, stamp, asDeployError(refusal.reason))
  }
  run.jobs = new JobWatch(cluster, files.jobs())
  const workloads = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  return { before, accepted: image.accepted, startedAt, workloads, created: files.left() }
}

async function replaceOne(
  run: KubernetesRun,
  image: PinnedImage,
  annotations: Annotations,
  { name, spec }: RunningWorkload<KubeSpec>,
): Promise<{ name: string; handle: KubeSpec }> {
  const [cluster, files] = await Promise.all([run.cluster(), run.manifests()])
  const live = files.has(spec.id)
    ? await files.applyWorkload(spec, image, annotations)
    : await putImage(cluster, spec, { image: pinned(image), annotations })
  run.templates.wrote(spec.id.label, live)
  warnOfOldConfig(run, spec, live, files.changedConfig())
  return { name, handle: liveSpecOf(spec, live) }
}

/** What was changed before another workload was refused goes back, and what was created is removed. */
async function putBack(
  run: KubernetesRun,
  changed: Running<KubeSpec>,
  stamp: Stamp,
  refusal: DeployError,
): Promise<DeployError> {
  try {
    const { workloads } = await restoreWorkloads(run, changed, stamp)
    const refused = workloads.find(({ handle }) => handle.refused)?.handle.refused
    if (refused) throw fail(refused)
    return fail(refusal, { state: 'this run left no workload changed: all are as they were before', cause: refusal })
  } catch (error) {
    const state = `not every workload could be put back: ${asDeployError(error).what}`
    return fail(refusal, { state, cause: refusal })
  }
}

/** Pods that are not replaced keep what they read at their start. */
function warnOfOldConfig(run: KubernetesRun, spec: KubeSpec, live: Workload, changed: readonly string[]): void {
  if (spec.uid === '' || !equal(spec.template, live.spec.template)) return
  const names = mutableReferences(live.spec.template).map((name) => name.replace(' ', '/').toLowerCase())
  const old = changed.filter((name) => names.includes(name))
  if (old.length === 0) return
  const { label } = spec.id
  run.warn(
    `${label} reads ${old.join(', ')}, which changed, but its pods are not replaced: they keep what they read at their start until kubectl rollout restart ${label}`,
  )
}
