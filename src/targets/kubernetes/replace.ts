/** Puts the image into every workload or into none. */
import { equal } from '../../domain/equal.ts'
import type { PinnedImage } from '../../domain/image.ts'
import { pinned } from '../../domain/image.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { fail } from '../../errors/deploy-error.ts'
import type { Rollout, Running, RunningWorkload } from '../../ports.ts'
import { changeAll, putBackAfter } from '../shared/change-all.ts'
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
  const replaced = await changeAll(before.workloads, (workload) => replaceOne(run, image, annotations, workload))
  const [refusal] = replaced.refusals
  if (refusal) throw await putBackAfter(refusal, () => putBack(run, { workloads: replaced.changed }, stamp))
  run.jobs = new JobWatch(cluster, files.jobs())
  return { accepted: image.accepted, startedAt, workloads: replaced.results, created: files.left() }
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
async function putBack(run: KubernetesRun, changed: Running<KubeSpec>, stamp: Stamp): Promise<void> {
  const { workloads } = await restoreWorkloads(run, changed, stamp)
  const refused = workloads.find(({ handle }) => handle.refused)?.handle.refused
  if (refused) throw fail(refused)
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
