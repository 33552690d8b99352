/** Volumes of a preview on other nodes: a manager sees only those of its own node, and can remove no others. */
import * as v from 'valibot'
import { isPartOf } from '../../../domain/preview-labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import { createSwarm } from '../engine.ts'
import type { Task } from '../schema.ts'
import type { EngineRequests } from './few-requests.ts'

const Mounted = v.object({
  ContainerSpec: v.object({
    Mounts: v.array(
      v.object({
        Type: v.optional(v.string()),
        Source: v.optional(v.string(), ''),
        VolumeOptions: v.optional(v.object({ Labels: v.nullish(v.record(v.string(), v.string())) })),
      }),
    ),
  }),
})

/** Names of the preview's own volumes that a task mounts. */
function volumesOf({ Spec }: Task, preview: Preview): string[] {
  const parsed = v.safeParse(Mounted, Spec)
  if (!parsed.success) return []
  return parsed.output.ContainerSpec.Mounts.filter(
    ({ Type, Source, VolumeOptions }) => Type === 'volume' && isPartOf(VolumeOptions?.Labels ?? {}, Source, preview),
  ).map(({ Source }) => Source)
}

/** As people know them: `volume shop-pr-7_data on node worker-1`. */
export async function distantVolumes(api: EngineRequests, preview: Preview, tasks: readonly Task[]): Promise<string[]> {
  const mounted = tasks.filter((task) => task.NodeID !== undefined && volumesOf(task, preview).length > 0)
  if (mounted.length === 0) return []
  const swarm = createSwarm(api)
  const [{ Swarm: own }, nodes] = await Promise.all([swarm.info(), swarm.nodes()])
  const names = new Map(nodes.map(({ ID, Description }) => [ID, Description?.Hostname ?? ID]))
  const found = mounted.flatMap((task) => {
    const { NodeID: id = '' } = task
    if (id === '' || id === own?.NodeID) return []
    return volumesOf(task, preview).map((name) => `volume ${name} on node ${names.get(id) ?? id}`)
  })
  return [...new Set(found)]
}
