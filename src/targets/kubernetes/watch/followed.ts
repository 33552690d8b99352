// The collections that a rollout is followed by: as few objects as the selectors allow.
import type { Cluster } from '../api/cluster.ts'
import type { Selection } from '../api/list.ts'
import type { Kind } from '../api/names.ts'
import { isOwner } from '../why/progress.ts'
import type { ControllerRevision, Pod, ReplicaSet, Selector, Workload } from '../api/schema.ts'
import { ControllerRevisionSchema, PodSchema, ReplicaSetSchema, WorkloadSchema } from '../api/schema.ts'
import type { Snapshot } from './snapshot.ts'
import type { KubeSpec } from '../spec.ts'
import { selectorText } from '../spec.ts'
import type { Watched } from './watched.ts'
import { watchObjects } from './watched.ts'

export interface Followed {
  /** What is known of one workload; events and the time are added by the caller. */
  snapshot(spec: KubeSpec): Omit<Snapshot, 'now' | 'events'>
  /** Lists everything anew. @throws DeployError */
  refresh(): Promise<void>
  /** When the oldest of the lists was taken, ms since 1970; 0: never. */
  listedAt(): number
  /** How long the longest list took, ms. */
  listedIn(): number
  stop(): void
}

export function follow(cluster: Cluster, specs: readonly KubeSpec[], notify: () => void): Followed {
  const { paths } = cluster
  const byLabels = commonSelection(specs.map(({ selector }) => selector))
  const [only] = specs
  const byName: Selection = only && specs.length === 1 ? { fieldSelector: `metadata.name=${only.id.name}` } : {}
  const kinds = [...new Set(specs.map(({ id }) => id.kind))]
  const workloads = new Map<Kind, Watched<Workload>>(
    kinds.map((kind) => [
      kind,
      watchObjects(cluster, { path: paths.workloads(kind), schema: WorkloadSchema, selection: byName }, notify),
    ]),
  )
  const replicaSets = kinds.includes('Deployment')
    ? watchObjects(cluster, { path: paths.replicaSets, schema: ReplicaSetSchema, selection: byLabels }, notify)
    : undefined
  const revisions = kinds.some((kind) => kind === 'DaemonSet')
    ? watchObjects(
        cluster,
        { path: paths.controllerRevisions, schema: ControllerRevisionSchema, selection: byLabels },
        notify,
      )
    : undefined
  const pods = watchObjects(cluster, { path: paths.pods, schema: PodSchema, selection: byLabels }, notify)
  const all = [...workloads.values(), ...(replicaSets ? [replicaSets] : []), ...(revisions ? [revisions] : []), pods]

  return {
    snapshot(spec) {
      const workload = workloads
        .get(spec.id.kind)
        ?.items()
        .find(({ metadata }) => metadata.name === spec.id.name)
      const sets: ReplicaSet[] = (replicaSets?.items() ?? []).filter((set) => isOwner(set, spec.uid))
      const owners = new Set([spec.uid, ...sets.map(({ metadata }) => metadata.uid)])
      const owned: ControllerRevision[] = (revisions?.items() ?? []).filter((revision) => isOwner(revision, spec.uid))
      return {
        workload,
        replicaSets: sets,
        revisions: owned,
        pods: pods.items().filter((pod) => owners.has(controllerOf(pod))),
      }
    },
    async refresh() {
      await Promise.all(all.map((collection) => collection.refresh()))
    },
    listedAt: () => Math.min(...all.map((collection) => collection.listedAt())),
    listedIn: () => Math.max(...all.map((collection) => collection.listedIn())),
    stop() {
      for (const collection of all) collection.stop()
    },
  }
}

function controllerOf({ metadata }: Pod): string {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid ?? ''
}

/**
 * One selector for all workloads: the only one's own, else a label that each of them asks for (`app in (web,worker)`). What
 * it brings too much is told apart by its owner; without such a label the whole namespace is read.
 */
export function commonSelection(selectors: readonly Selector[]): Selection {
  const [first] = selectors
  if (!first) return {}
  if (selectors.length === 1) return { labelSelector: selectorText(first) }
  const shared = Object.keys(first.matchLabels ?? {}).flatMap((key) => {
    const values = selectors.map(({ matchLabels }) => matchLabels?.[key])
    return values.every((value) => value !== undefined) ? [{ key, values: [...new Set(values)] }] : []
  })
  // The label that tells most of them apart is the one that the fewest strangers carry.
  const [best] = shared.sort((one, other) => other.values.length - one.values.length)
  return best ? { labelSelector: `${best.key} in (${best.values.join(',')})` } : {}
}
