// How far the controller is with the wanted version, by its status and by the pods that are really there. Pure.
import { imageOf, sameImage } from '../api/containers.ts'
import type { Pod, ReplicaSet, Workload } from '../api/schema.ts'
import type { Snapshot, Wanted } from '../watch/snapshot.ts'

export interface Progress {
  readonly desired: number
  /** Whether the controller has seen the wanted generation. */
  readonly observed: boolean
  /** Pods of the wanted version that count: not terminating, not ended for the node's sake. */
  readonly fresh: readonly Pod[]
  /** Every other pod of the workload that runs and was not asked to end. */
  readonly stale: readonly Pod[]
  readonly done: boolean
  readonly detail: string
  /** The controller has given up: its words. */
  readonly exceeded?: string
  /** uid of what creates the wanted pods. */
  readonly owner: string
}

const REVISION = 'deployment.kubernetes.io/revision'
const HASH = 'controller-revision-hash'

export function progressOf(snapshot: Snapshot, workload: Workload, wanted: Wanted): Progress {
  const { generation = 0 } = workload.metadata
  const seen = workload.status?.observedGeneration ?? 0
  const observed = seen >= Math.max(generation ?? 0, wanted.generation)
  switch (wanted.id.kind) {
    case 'Deployment':
      return deployment(snapshot, workload, wanted, observed)
    case 'StatefulSet':
      return statefulSet(snapshot, workload, observed)
    case 'DaemonSet':
      return daemonSet(snapshot, workload, observed)
  }
}

function deployment(snapshot: Snapshot, workload: Workload, wanted: Wanted, observed: boolean): Progress {
  const newest = observed ? newestReplicaSet(snapshot.replicaSets, workload) : undefined
  const ours =
    newest && wanted.containers.every((slot) => sameImage(imageOf(newest.spec.template, slot), slot.image))
      ? newest
      : undefined
  const pods = split(snapshot.pods, (pod) => ownedBy(pod, ours?.metadata.uid))
  const desired = workload.spec.replicas ?? 1
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, conditions } = workload.status ?? {}
  const condition = (type: string) => (conditions ?? []).find((candidate) => candidate.type === type)
  const progressing = condition('Progressing')
  const byStatus =
    updatedReplicas === desired &&
    replicas === updatedReplicas &&
    (availableReplicas ?? 0) >= desired &&
    progressing?.reason === 'NewReplicaSetAvailable' &&
    condition('Available')?.status === 'True'
  // The condition may still be the one of an earlier rollout: it counts only when it names our ReplicaSet.
  const exceeded =
    ours && progressing?.status === 'False' && (progressing.message ?? '').includes(`"${ours.metadata.name}"`)
      ? `${progressing.reason ?? 'ProgressDeadlineExceeded'}: ${progressing.message ?? ''}`
      : undefined
  return {
    ...base(pods, desired, observed),
    done: ours !== undefined && byStatus && podsDone(pods, desired),
    ...(exceeded === undefined ? {} : { exceeded }),
    owner: ours?.metadata.uid ?? '',
  }
}

function statefulSet(snapshot: Snapshot, workload: Workload, observed: boolean): Progress {
  const status = workload.status ?? {}
  const revision = observed ? status.updateRevision : undefined
  const pods = split(snapshot.pods, (pod) => Boolean(revision) && pod.metadata.labels?.[HASH] === revision)
  const desired = workload.spec.replicas ?? 1
  const byStatus =
    status.updateRevision === status.currentRevision &&
    status.replicas === desired &&
    (status.readyReplicas ?? 0) === desired &&
    (status.availableReplicas ?? desired) >= desired
  return {
    ...base(pods, desired, observed),
    done: observed && byStatus && podsDone(pods, desired),
    owner: workload.metadata.uid,
  }
}

function daemonSet(snapshot: Snapshot, workload: Workload, observed: boolean): Progress {
  const status = workload.status ?? {}
  const newest = [...snapshot.revisions].sort((one, other) => other.revision - one.revision)[0]
  const hash = observed ? newest?.metadata.labels?.[HASH] : undefined
  const pods = split(snapshot.pods, (pod) => Boolean(hash) && pod.metadata.labels?.[HASH] === hash)
  const desired = status.desiredNumberScheduled ?? 0
  const byStatus = (status.updatedNumberScheduled ?? 0) >= desired && (status.numberAvailable ?? 0) >= desired
  return {
    ...base(pods, desired, observed),
    done: observed && byStatus && podsDone(pods, desired),
    owner: workload.metadata.uid,
  }
}

/** Owned by the workload and carrying its revision: as the controller itself names it. */
export function newestReplicaSet(sets: readonly ReplicaSet[], workload: Workload): ReplicaSet | undefined {
  const revision = workload.metadata.annotations?.[REVISION]
  return sets.find((set) => {
    return (
      revision !== undefined && set.metadata.annotations?.[REVISION] === revision && isOwner(set, workload.metadata.uid)
    )
  })
}

export function isOwner(
  object: { readonly metadata: { readonly ownerReferences?: Pod['metadata']['ownerReferences'] } },
  uid: string,
): boolean {
  return (object.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === uid)
}

function ownedBy(pod: Pod, uid: string | undefined): boolean {
  return uid !== undefined && isOwner(pod, uid)
}

interface Pods {
  readonly fresh: readonly Pod[]
  readonly stale: readonly Pod[]
  /** Pods that were asked to end: they may drain for an hour, and nobody waits for them. */
  readonly draining: readonly Pod[]
}

function split(pods: readonly Pod[], isFresh: (pod: Pod) => boolean): Pods {
  const fresh: Pod[] = []
  const stale: Pod[] = []
  const draining: Pod[] = []
  for (const pod of pods) {
    if (hasEnded(pod)) continue
    if (pod.metadata.deletionTimestamp) draining.push(pod)
    else if (isFresh(pod)) fresh.push(pod)
    else stale.push(pod)
  }
  return { fresh, stale, draining }
}

/** Evicted, preempted, shut down with its node, or terminating with nothing left that runs. */
function hasEnded(pod: Pod): boolean {
  const { phase, containerStatuses } = pod.status ?? {}
  if (phase === 'Failed' || phase === 'Succeeded') return true
  if (!pod.metadata.deletionTimestamp) return false
  const statuses = containerStatuses ?? []
  return statuses.length > 0 && statuses.every(({ state }) => state?.terminated)
}

function podsDone({ fresh, stale }: Pods, desired: number): boolean {
  return stale.length === 0 && fresh.length === desired && fresh.every(isReady)
}

/** By the cluster's own word; it takes the word back for pods of a node that died. */
export function isReady(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
}

function base(pods: Pods, desired: number, observed: boolean) {
  const { fresh, stale, draining } = pods
  const old = stale.length
  const parts = observed
    ? [
        `${String(fresh.filter(isReady).length)} of ${String(desired)} new pods ready`,
        ...(old > 0 ? [`${String(old)} old ${old === 1 ? 'runs' : 'run'}`] : []),
        ...(draining.length > 0 ? [`${String(draining.length)} old ending`] : []),
      ]
    : ['the controller has not seen the change yet']
  return { desired, observed, ...pods, detail: parts.join(', ') }
}
