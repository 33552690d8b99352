// Whether any node can take the pods of a DaemonSet: known before a release, where the cluster says so.
import * as v from 'valibot'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { KubeApi } from '../../../ports.ts'
import type { WorkloadId } from '../api/names.ts'
import type { Workload } from '../api/schema.ts'
import type { Selection } from '../api/list.ts'
import { equal } from '../../../domain/equal.ts'
import { nodeSelections, nodeWishOf, nodeWishTexts } from './node-selection.ts'
import type { Toleration } from './taints.ts'
import { repellingTaints, taintText, TaintedNodeSchema, tolerationsOf } from './taints.ts'

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
const NodesSchema = v.object({
  items: v.array(TaintedNodeSchema),
  metadata: v.nullish(v.object({ continue: v.nullish(v.string()) })),
})
const NODES_PER_PAGE = 50
const NAMED_TAINTS = 5

/** One node that fits by its labels, its name and its taints is enough. */
export async function daemonSetFaults(api: KubeApi, placed: readonly Placed[]): Promise<Reason[]> {
  const daemonSets = placed.filter(({ id }) => id.kind === 'DaemonSet')
  const faults = await Promise.all(
    daemonSets.map(async (one) => {
      const unfit = controllerSays(one) ?? (await unfitNodes(api, one.spec))
      return unfit ? [noNodeReason(one.spec, one.id.label, unfit.taints)] : []
    }),
  )
  return faults.flat()
}

/** Why no node takes it. */
interface Unfit {
  /** Of the nodes that fit otherwise. */
  readonly taints: readonly string[]
}

/** The controller's own word, while the placement stays as it is; undefined: it says nothing. False: some node takes it. */
function controllerSays({ spec, live }: Placed): Unfit | false | undefined {
  if (!live || !equal(placement(spec), placement(live.spec))) return undefined
  const { observedGeneration = 0, desiredNumberScheduled } = live.status ?? {}
  const isOld = (observedGeneration ?? 0) < (live.metadata.generation ?? 0)
  if (isOld || typeof desiredNumberScheduled !== 'number') return undefined
  return desiredNumberScheduled === 0 ? { taints: [] } : false
}

function placement(spec: Workload['spec']): v.InferOutput<typeof PlacementSchema> | undefined {
  const parsed = v.safeParse(PlacementSchema, spec.template.spec)
  return parsed.success ? parsed.output : undefined
}

/** undefined also where nodes may not be read: that is not part of the Role. */
async function unfitNodes(api: KubeApi, { template }: Workload['spec']): Promise<Unfit | undefined> {
  const [wish, tolerations] = [nodeWishOf(template.spec), tolerationsOf(template.spec)]
  if (!wish || !tolerations) return undefined
  const selections = nodeSelections(wish)
  const found = await Promise.all((selections ?? [{}]).map((selection) => lookFor(api, selection, tolerations)))
  const known = found.filter((one) => one !== undefined)
  if (known.length < found.length || known.some(({ fits }) => fits)) return undefined
  const taints = [...new Set(known.flatMap((one) => one.taints))]
  // A cluster without nodes may get some.
  return selections || taints.length > 0 ? { taints } : undefined
}

interface Found extends Unfit {
  readonly fits: boolean
}

/** Ends at the first node that fits. undefined: the cluster does not say. */
async function lookFor(
  api: KubeApi,
  selection: Selection,
  tolerations: readonly Toleration[],
): Promise<Found | undefined> {
  const taints = new Set<string>()
  let next: string | undefined
  do {
    const options = { query: { ...selection, limit: NODES_PER_PAGE, continue: next }, patience: 0 }
    const answer = await api.request('GET', '/api/v1/nodes', options).catch(() => undefined)
    const parsed = v.safeParse(NodesSchema, answer?.body)
    if (answer?.status !== 200 || !parsed.success) return undefined
    for (const node of parsed.output.items) {
      const repelling = repellingTaints(node, tolerations)
      if (repelling.length === 0) return { fits: true, taints: [] }
      for (const taint of repelling) taints.add(taintText(taint))
    }
    next = parsed.output.metadata?.continue || undefined
  } while (next !== undefined)
  return { fits: false, taints: [...taints] }
}

/** A DaemonSet runs on every node that fits: none does. */
export function noNodeReason(spec: Workload['spec'], label: string, taints: readonly string[] = []): Reason {
  const wish = nodeWishOf(spec.template.spec)
  const tainted = taints.length > 0 ? [`it does not tolerate ${taints.slice(0, NAMED_TAINTS).join(', ')}`] : []
  const why = [...(wish ? nodeWishTexts(wish) : []), ...tainted].join(', and ')
  return {
    code: 'nothing-runs',
    what: `${label}: no node of the cluster takes it, so nothing runs${why && `: ${why}`}`,
    fix: 'Correct nodeSelector, affinity or tolerations of its pod template, or label a node.',
  }
}
