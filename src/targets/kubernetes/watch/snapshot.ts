import type { ArtifactId } from '../../../domain/artifact.ts'
import type { Duration } from '../../../domain/duration.ts'
import type { Slot } from '../api/containers.ts'
import type { WorkloadId } from '../api/names.ts'
import type { ControllerRevision, KubeEvent, Pod, ReplicaSet, Workload } from '../api/schema.ts'

/** One look at one workload and all that belongs to it. */
export interface Snapshot {
  /** ms since 1970, one clock for all snapshots of a rollout. */
  readonly now: number
  /** undefined: it does not exist. */
  readonly workload: Workload | undefined
  /** Owned by the workload; Deployments only. */
  readonly replicaSets: readonly ReplicaSet[]
  /** Owned by the workload; DaemonSets only. */
  readonly revisions: readonly ControllerRevision[]
  /** Owned by the workload, through a ReplicaSet or directly. */
  readonly pods: readonly Pod[]
  /** Warnings about any of these, newest first. */
  readonly events: readonly KubeEvent[]
}

/** What the rollout moves to. */
export interface Wanted {
  readonly id: WorkloadId
  readonly uid: string
  readonly generation: number
  readonly containers: readonly Slot[]
  readonly accepted: ReadonlySet<ArtifactId>
  /** How long a trouble that others may end by themselves is waited for: a Secret that comes later. */
  readonly grace: Duration
  /** The same where a node is down, which may come back. */
  readonly nodeGrace: Duration
  /** It puts back what ran before. */
  readonly isRestore: boolean
  /** Restarts that pods which were ready before this run had by then. */
  readonly restartsBefore: RestartsBefore
}

/** Pod uid → container → restarts. */
export type RestartsBefore = Readonly<Record<string, Readonly<Record<string, number>>>>
