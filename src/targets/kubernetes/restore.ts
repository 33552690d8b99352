/** Puts back exactly what ran before. */
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Rollout, Running, RunningWorkload } from '../../ports.ts'
import type { AllChanged } from '../shared/change-all.ts'
import { changeAll } from '../shared/change-all.ts'
import { imageOf } from './api/containers.ts'
import { originalOf, putTemplate } from './apply/change.ts'
import type { KubernetesRun } from './run.ts'
import type { KubeSpec } from './spec.ts'
import { liveSpecOf, stampAnnotations } from './spec.ts'
import { deleteBlockingPods } from './blocking-pods.ts'

type Workload = RunningWorkload<KubeSpec>

export async function restoreWorkloads(
  run: KubernetesRun,
  to: Running<KubeSpec>,
  stamp: Stamp,
): Promise<Rollout<KubeSpec>> {
  await run.acquireLock()
  const startedAt = run.deps.clock.now()
  const existing = to.workloads.filter(({ exists }) => exists)
  const files = await run.manifests()
  await files.undo()
  const handles = handlesOf(await changeAll(existing, (workload) => restoreOne(run, workload, stamp)))
  await files.giveBackWorkloads().catch((error: unknown) => run.warn(asDeployError(error).what))
  const workloads = handles.map(({ name, handle }) => {
    const seen = to.workloads.find((workload) => workload.name === name)?.digests ?? []
    return { name, handle, accepted: new Set([...seen, ...digestsOf(handle)]) }
  })
  const accepted = new Set(workloads.flatMap((workload) => [...workload.accepted]))
  return { accepted, startedAt, workloads }
}

async function restoreOne(
  { cluster: locate, templates }: KubernetesRun,
  { name, spec }: Workload,
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
  if (spec.id.kind === 'StatefulSet') await deleteBlockingPods(cluster, handle)
  return handle
}

function digestsOf({ containers }: KubeSpec): Digest[] {
  return containers.flatMap(({ image }) => digestIn(image) ?? [])
}

/** Refused everywhere: that is the error. Refused for some: the others are on their way, and `observe` says it of these. */
function handlesOf({ outcomes, refusals }: AllChanged<Workload, KubeSpec>): { name: string; handle: KubeSpec }[] {
  const [first] = refusals
  if (first && refusals.length === outcomes.length) throw first
  return outcomes.map(({ workload: { name, spec }, result, refusal }) => {
    if (!refusal) return { name, handle: result ?? spec }
    const { code, what, evidence, fix } = refusal
    return { name, handle: { ...spec, refused: { code, what, evidence, fix } } }
  })
}
