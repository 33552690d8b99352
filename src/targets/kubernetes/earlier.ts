/** An earlier version as the cluster itself still holds it. */
import type { Digest } from '../../domain/digest.ts'
import { LABEL } from '../../domain/labels.ts'
import type { Running, RunningWorkload } from '../../ports.ts'
import { referencesWarning } from './apply/references.ts'
import { differingSettings } from './apply/settings.ts'
import type { Found } from './current.ts'
import { runningOf } from './current.ts'
import { templateOf } from './history.ts'
import type { KubernetesRun } from './run.ts'
import type { KubeSpec } from './spec.ts'
import { slotsOf, specOf } from './spec.ts'

/** undefined unless every workload still holds it. */
export async function earlierVersion(run: KubernetesRun, digest: Digest): Promise<Running<KubeSpec> | undefined> {
  const found = await run.findAll()
  const versions = await Promise.all(found.map((one) => earlierWorkload(run, one, digest)))
  const complete = versions.filter((one) => one !== undefined)
  return complete.length === versions.length && complete.length > 0 ? { workloads: complete } : undefined
}

async function earlierWorkload(
  run: KubernetesRun,
  found: Found,
  digest: Digest,
): Promise<RunningWorkload<KubeSpec> | undefined> {
  const { id, workload, slots } = found
  if (!workload) return undefined
  const cluster = await run.cluster()
  const template = await templateOf(cluster, { ...found, workload }, digest)
  if (!template) return undefined
  const warning = referencesWarning(id.label, template)
  if (warning !== undefined) run.warn(warning)
  const running = await runningOf(cluster, found)
  const { namespace } = cluster
  const spec = specOf(id, workload, { namespace, containers: slotsOf(template, slots) })
  return {
    ...running,
    digests: [digest],
    image: spec.containers[0]?.image ?? '',
    differingSettings: differingSettings(workload.spec.template, template),
    spec: { ...spec, template, stamp: { ...spec.stamp, [LABEL.digest]: digest } },
  }
}
