/** The version before the one that runs, with the settings of then: a Swarm keeps one. Pure. */
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import type { Running, RunningWorkload } from '../../ports.ts'
import type { SwarmSpec } from './spec.ts'
import { imageOf } from './spec.ts'
import { templateDifferences } from './stack/differences.ts'
import type { Service } from './schema.ts'

/** undefined: not every service of the release still has the settings of that version. */
export function earlierVersion(
  names: readonly string[],
  services: readonly Service[],
  digest: Digest,
): Running<SwarmSpec> | undefined {
  const workloads = names.map((name) => {
    const service = services.find(({ Spec }) => Spec.Name === name)
    return service && earlierOf(service, digest)
  })
  const found = workloads.filter((workload) => workload !== undefined)
  return found.length === names.length && found.length > 0 ? { workloads: found } : undefined
}

function earlierOf({ ID: id, Version, Spec: live, PreviousSpec }: Service, digest: Digest): Workload | undefined {
  const earlier = PreviousSpec?.TaskTemplate
  const image = imageOf({ TaskTemplate: earlier ?? {} })
  if (earlier === undefined || digestIn(image) !== digest) return undefined
  // How often somebody forced an update is not a setting.
  const TaskTemplate = { ...earlier, ForceUpdate: live.TaskTemplate.ForceUpdate }
  return {
    name: live.Name,
    exists: true,
    image,
    digests: [digest],
    differingSettings: templateDifferences(TaskTemplate, live.TaskTemplate),
    desired: live.Mode.Replicated?.Replicas ?? 1,
    ready: 0,
    stable: true,
    spec: { id, version: Version.Index, spec: { ...live, TaskTemplate }, replaces: live },
  }
}

type Workload = RunningWorkload<SwarmSpec>
