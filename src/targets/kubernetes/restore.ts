/** Puts back exactly what ran before. */
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Rollout, Running, RunningWorkload } from '../../ports.ts'
import { imageOf } from './api/containers.ts'
import { originalOf, putTemplate } from './apply/change.ts'
import type { KubernetesRun } from './run.ts'
import type { KubeSpec } from './spec.ts'
import { liveSpecOf, stampAnnotations } from './spec.ts'
import { freeStuckPods } from './why/stuck.ts'

export async function restoreWorkloads(
  run: KubernetesRun,
  to: Running<KubeSpec>,
  stamp: Stamp,
): Promise<Rollout<KubeSpec>> {
  await run.acquireLock()
  const startedAt = run.deps.clock.now()
  const existing = to.workloads.filter(({ exists }) => exists)
  await (await run.manifests()).undo()
  const handles = await settleAll(existing, (workload) => restoreOne(run, workload, stamp))
  const workloads = handles.map(({ name, handle }) => {
    const seen = to.workloads.find((workload) => workload.name === name)?.digests ?? []
    return { name, handle, accepted: new Set([...seen, ...digestsOf(handle)]) }
  })
  const accepted = new Set(workloads.flatMap((workload) => [...workload.accepted]))
  return { before: to, accepted, startedAt, workloads }
}

async function restoreOne(
  { cluster: locate, templates }: KubernetesRun,
  { name, spec }: RunningWorkload<KubeSpec>,
  stamp: Stamp,
): Promise<KubeSpec> {
  const cluster = await locate()
  const original = originalOf(spec)
  const isStamped = spec.containers.every((slot) => digestIn(imageOf(original.template, slot) ?? '') === stamp.digest)
  templates.remember(name, spec.template)
  const live = await putTemplate(cluster, {
    ...original,
    ...(isStamped ? { annotations: stampAnnotations(stamp) } : {}),
    to: spec,
    written: templates.written(name),
    isForeign: (now) => templates.isForeign(spec, now),
  })
  templates.wrote(name, live)
  const handle = { ...liveSpecOf(spec, live), restartsBefore: spec.restartsBefore ?? {} }
  if (spec.id.kind === 'StatefulSet') await freeStuckPods(cluster, handle)
  return handle
}

function digestsOf({ containers }: KubeSpec): Digest[] {
  return containers.flatMap(({ image }) => digestIn(image) ?? [])
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
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [asDeployError(result.reason)] : []))
  const [first] = errors
  if (first && errors.length === workloads.length) throw first
  return workloads.map(({ name, spec }, index) => {
    const result = results[index]
    if (result?.status === 'fulfilled') return { name, handle: result.value }
    const { code, what, evidence, fix } = asDeployError(result?.reason)
    return { name, handle: { ...spec, refused: { code, what, evidence, fix } } }
  })
}
