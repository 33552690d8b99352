// How far the controller is with the wanted version, by its own word and by the pods that are really there. Pure.
import { imageOf, sameImage } from './containers.ts'
import type { Pod, ReplicaSet, Workload } from './schema.ts'
import type { Snapshot, Wanted } from './snapshot.ts'

export interface Progress {
  readonly desired: number
  /** Whether the controller has seen the wanted generation. */
  readonly observed: boolean
  /** Pods of the wanted version that count: not terminating, not ended for the node's sake. */
  readonly fresh: readonly Pod[]
  /** Every other pod of the workload whose containers may still run, terminating ones included. */
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
  const { fresh, stale } = split(snapshot.pods, (pod) => ownedBy(pod, ours?.metadata.uid))
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
    ...base(fresh, stale, desired, observed),
    done: ours !== undefined && byStatus && podsDone(fresh, stale, desired),
    ...(exceeded === undefined ? {} : { exceeded }),
    owner: ours?.metadata.uid ?? '',
  }
}

function statefulSet(snapshot: Snapshot, workload: Workload, observed: boolean): Progress {
  const status = workload.status ?? {}
  const revision = observed ? status.updateRevision : undefined
  const { fresh, stale } = split(snapshot.pods, (pod) => Boolean(revision) && pod.metadata.labels?.[HASH] === revision)
  const desired = workload.spec.replicas ?? 1
  const byStatus =
    status.updateRevision === status.currentRevision &&
    status.replicas === desired &&
    (status.readyReplicas ?? 0) === desired &&
    (status.availableReplicas ?? desired) >= desired
  return {
    ...base(fresh, stale, desired, observed),
    done: observed && byStatus && podsDone(fresh, stale, desired),
    owner: workload.metadata.uid,
  }
}

function daemonSet(snapshot: Snapshot, workload: Workload, observed: boolean): Progress {
  const status = workload.status ?? {}
  const newest = [...snapshot.revisions].sort((one, other) => other.revision - one.revision)[0]
  const hash = observed ? newest?.metadata.labels?.[HASH] : undefined
  const { fresh, stale } = split(snapshot.pods, (pod) => Boolean(hash) && pod.metadata.labels?.[HASH] === hash)
  const desired = status.desiredNumberScheduled ?? 0
  const byStatus = (status.updatedNumberScheduled ?? 0) >= desired && (status.numberAvailable ?? 0) >= desired
  return {
    ...base(fresh, stale, desired, observed),
    done: observed && byStatus && podsDone(fresh, stale, desired),
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

function split(pods: readonly Pod[], isFresh: (pod: Pod) => boolean): { fresh: Pod[]; stale: Pod[] } {
  const there = pods.filter((pod) => !hasEnded(pod))
  return {
    fresh: there.filter((pod) => isFresh(pod) && !pod.metadata.deletionTimestamp),
    stale: there.filter((pod) => !isFresh(pod) || pod.metadata.deletionTimestamp),
  }
}

/** Evicted, preempted, shut down with its node, or terminating with nothing left that runs. */
function hasEnded(pod: Pod): boolean {
  const { phase, containerStatuses } = pod.status ?? {}
  if (phase === 'Failed' || phase === 'Succeeded') return true
  if (!pod.metadata.deletionTimestamp) return false
  const statuses = containerStatuses ?? []
  return statuses.length > 0 && statuses.every(({ state }) => state?.terminated)
}

function podsDone(fresh: readonly Pod[], stale: readonly Pod[], desired: number): boolean {
  return stale.length === 0 && fresh.length === desired && fresh.every((pod) => ready(pod))
}

function ready(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
}

function base(fresh: readonly Pod[], stale: readonly Pod[], desired: number, observed: boolean) {
  const going = stale.filter((pod) => pod.metadata.deletionTimestamp).length
  const old = stale.length - going
  const parts = observed
    ? [
        `${String(fresh.filter(ready).length)} of ${String(desired)} new pods ready`,
        ...(old > 0 ? [`${String(old)} old ${old === 1 ? 'runs' : 'run'}`] : []),
        ...(going > 0 ? [`${String(going)} old ending`] : []),
      ]
    : ['the controller has not seen the change yet']
  return { desired, observed, fresh, stale, detail: parts.join(', ') }
}
