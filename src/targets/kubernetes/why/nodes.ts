// Whether any node can take the pods of a DaemonSet: known before a release, where the cluster says so.
import * as v from 'valibot'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { KubeApi } from '../../../ports.ts'
import type { WorkloadId } from '../api/names.ts'
import type { Workload } from '../api/schema.ts'
import type { Selection } from '../api/list.ts'
import { equal } from '../../../domain/equal.ts'
import { nodeSelections, nodeWishOf, nodeWishText } from './node-selection.ts'

export interface Placed {
  readonly id: WorkloadId
  /** The spec as it would be. */
  readonly spec: Workload['spec']
  /** As it is now, where it exists. */
  readonly live: Workload | undefined
}

const PlacementSchema = v.object({
  nodeSelector: v.nullish(v.record(v.string(), v.string())),
  affinity: v.nullish(v.unknown()),
  tolerations: v.nullish(v.unknown()),
})
const NodesSchema = v.object({ items: v.array(v.unknown()) })

/** One node that fits by its labels and its name is enough: taints are the controller's business. */
export async function daemonSetFaults(api: KubeApi, placed: readonly Placed[]): Promise<Reason[]> {
  const daemonSets = placed.filter(({ id }) => id.kind === 'DaemonSet')
  const faults = await Promise.all(
    daemonSets.map(async (one) => {
      const isNone = saysNone(one) || (await hasNoFittingNode(api, one.spec))
      return isNone ? [noNodeReason(one.spec, one.id.label)] : []
    }),
  )
  return faults.flat()
}

/** The controller's own word, while the placement stays as it is. */
function saysNone({ spec, live }: Placed): boolean {
  if (!live || !equal(placement(spec), placement(live.spec))) return false
  const { observedGeneration = 0, desiredNumberScheduled } = live.status ?? {}
  return (observedGeneration ?? 0) >= (live.metadata.generation ?? 0) && desiredNumberScheduled === 0
}

function placement(spec: Workload['spec']): v.InferOutput<typeof PlacementSchema> | undefined {
  const parsed = v.safeParse(PlacementSchema, spec.template.spec)
  return parsed.success ? parsed.output : undefined
}

/** False also where nodes may not be read: that is not part of the Role. */
async function hasNoFittingNode(api: KubeApi, spec: Workload['spec']): Promise<boolean> {
  const wish = nodeWishOf(spec.template.spec)
  const selections = wish && nodeSelections(wish)
  if (!selections) return false
  const found = await Promise.all(selections.map((selection) => hasNode(api, selection)))
  return found.every((one) => one === false)
}

/** undefined: the cluster does not say. */
async function hasNode(api: KubeApi, selection: Selection): Promise<boolean | undefined> {
  const options = { query: { ...selection, limit: 1 }, patience: 0 }
  const answer = await api.request('GET', '/api/v1/nodes', options).catch(() => undefined)
  const parsed = v.safeParse(NodesSchema, answer?.body)
  return answer?.status === 200 && parsed.success ? parsed.output.items.length > 0 : undefined
}

/** A DaemonSet runs on every node that fits: none does. */
export function noNodeReason(spec: Workload['spec'], label: string): Reason {
  const wish = nodeWishOf(spec.template.spec)
  return {
    code: 'nothing-runs',
    what: `${label}: no node of the cluster takes it, so nothing runs${wish ? nodeWishText(wish) : ''}`,
    fix: 'Correct nodeSelector, affinity or tolerations of its pod template, or label a node.',
  }
}
