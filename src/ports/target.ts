import type { ArtifactId } from '../domain/artifact.ts'
import type { Digest } from '../domain/digest.ts'
import type { Duration } from '../domain/duration.ts'
import type { PinnedImage } from '../domain/image.ts'
import type { History } from '../domain/history.ts'
import type { Revision } from '../domain/revision.ts'
import type { Stamp } from '../domain/stamp.ts'
import type { Reason } from '../errors/deploy-error.ts'
import type { Door } from './kube-api.ts'
import type { Addressed } from './preview.ts'

/** One workload as it runs at a moment. `spec` is the target's own: exactly what restore puts back. */
export interface RunningWorkload<Spec> {
  /** As the user names it: `web`, `deployment/web`. */
  readonly name: string
  /** Where the target has such. */
  readonly namespace?: string
  /** False: the workload does not exist yet and would be created from its manifest. */
  readonly exists: boolean
  /** The image that the spec names. */
  readonly image?: string
  /** Distinct digests that its running replicas report. */
  readonly digests: readonly ArtifactId[]
  /** Revision by our stamp, only while the stamp's digest is what runs. */
  readonly revision?: Revision
  /** The run (`id-attempt`) that put it there, by our stamp, only while the stamp's digest is what the spec names. */
  readonly releasedBy?: string
  readonly desired: number
  readonly ready: number
  /** Replicas that were asked to stop and whose place is taken until they have drained. */
  readonly draining?: number
  /** Of an earlier version: names of the settings beside the image in which it differs from what runs now. */
  readonly differingSettings?: readonly string[]
  /** No rollout in progress, all replicas ready. */
  readonly stable: boolean
  /** Where several stand for one workload (blue-green): the one that has the traffic, `deployment/web-green`. */
  readonly serving?: string
  readonly spec: Spec
}

export interface Running<Spec> {
  readonly workloads: readonly RunningWorkload<Spec>[]
}

/** What a release or rollback asks a target before it changes anything. */
export interface CheckRequest {
  /** What would be set, where it is known before the build: a digest that was given, or the image of a release tag. */
  readonly image: PinnedImage | undefined
  readonly dryRun: boolean
}

export interface Readiness {
  /** Everything that would stop the release, all at once. */
  readonly faults: readonly Reason[]
  readonly warnings: readonly string[]
  /** What could not be looked at, and what that means. */
  readonly notices?: readonly string[]
  /** Lines of the plan: what would change, readable. */
  readonly plan: readonly string[]
}

/** One replacement in progress. */
export interface Rollout<Spec> {
  /** What it moves to: digests that replicas may report. undefined: the restored workloads' own. */
  readonly accepted: ReadonlySet<ArtifactId>
  /** When the first changing request was sent, ms since 1970. */
  readonly startedAt: number
  /** Names of what was created beside the workloads and is there now. */
  readonly created?: readonly string[]
  /** It puts back what ran before: a replica that ends on the way may come up again. */
  readonly isRestore?: boolean
  /** The target's own handle per workload: version, generation, uid. */
  readonly workloads: readonly {
    readonly name: string
    readonly handle: Spec
    /** Where several stand for one workload: the one that has the traffic once the rollout is done. */
    readonly serving?: string
    /** Overrides the rollout's set: restored workloads go back to different images. */
    readonly accepted?: ReadonlySet<ArtifactId>
  }[]
}

export interface Replica {
  /** Task, pod or container id: a new one is a new replica. */
  readonly id: string
  /** What the runtime says it runs. */
  readonly digest?: ArtifactId
  /** How that is known: by asking the runtime, or (of nodes that cannot be asked) by the digest it was made from. */
  readonly evidence?: 'runtime' | 'spec'
  /** Running, and healthy or ready by the target's own word. */
  readonly healthy: boolean
  readonly restarts: number
  /** When it became healthy, ms since 1970, where the target says. */
  readonly healthySince?: number
}

/** One observation of one workload: already classified by the target's pure function. */
export interface WorkloadObservation {
  readonly name: string
  readonly state:
    /** `suspect`: what will have been the reason if time runs out now: a probe that fails, a pod that no node takes. */
    | { readonly is: 'progressing'; readonly detail: string; readonly suspect?: Reason }
    /** The target says that all is done; the verify step still compares every digest and waits for stability. */
    | { readonly is: 'settled' }
    | { readonly is: 'failed'; readonly reason: Reason }
    | { readonly is: 'superseded'; readonly by: string }
  readonly desired: number
  /** Replicas of the new version, and any other that still runs. */
  readonly replicas: readonly Replica[]
}

export interface Observation {
  readonly workloads: readonly WorkloadObservation[]
}

/** An engine that runs the app. Waiting, deadlines, stability and the verdict are not its business. */
export interface Target<Spec = unknown>
  extends
    Partial<Restorable<Spec>>,
    Partial<Lockable>,
    Partial<Switchable<Spec>>,
    Partial<Remembering<Spec>>,
    Partial<Addressed> {
  readonly name: string
  /**
   * How a change by somebody else is kept from being overwritten. `compare-and-swap`: the engine refuses a request that
   * names an older version. `lock`: runs of ours wait for each other (`lock`), and the engine refuses as well. `none`: the
   * engine offers neither; the workload is read right before it is changed, and its deployment is followed by id.
   */
  readonly locking: 'compare-and-swap' | 'lock' | 'none'
  /**
   * Credentials, permissions, workloads, strategy; asks for everything at once.
   */
  check(asked: CheckRequest): Promise<Readiness>
  current(): Promise<Running<Spec>>
  /** Which place this is, so that records of another are never taken for its own. undefined: it is not known. */
  place(): Promise<TargetPlace | undefined>
  /**
   * Replaces the image in every workload or in none, image and stamp in one request each. Rejects with `another-rollout`
   * when a workload changed since `before`. When any workload is refused, what was changed already is put back and what
   * was created is removed; then it rejects with the reason of the refusal. The error's `state` says so, or what could not
   * be put back.
   */
  replace(image: PinnedImage, stamp: Stamp, before: Running<Spec>): Promise<Rollout<Spec>>
  /**
   * One observation, without waiting. `confirms`: the last one said what would end the wait; now nothing may rest on what
   * a watch or a cache knows.
   */
  observe(rollout: Rollout<Spec>, options?: { readonly confirms: boolean }): Promise<Observation>
  /** Resolves as soon as something may have changed, at the latest after `ms`; targets without watch just sleep. */
  changed(rollout: Rollout<Spec>, ms: Duration, signal: AbortSignal): Promise<void>
  /** Back to exactly what `to` says, whole spec, pinned to the digest seen then. Workloads that did not exist are removed. Never asks the registry. */
  restore(to: Running<Spec>, stamp: Stamp): Promise<Rollout<Spec>>
  /**
   * What the files of the release would change although every workload is set to the image already, as lines of a plan:
   * a corrected setting is never silently the old one. `sent-anyway`: they may change nothing, but what stands beside them
   * is renewed, such as the expiry of a preview.
   */
  pendingChanges?(image: PinnedImage): Promise<readonly string[] | 'sent-anyway'>
  close(): Promise<void>
}

/** The part of a place that only the target knows. */
export interface TargetPlace {
  /** Tells this cluster from every other, also after it was renamed; a rebuilt one is another. */
  readonly cluster: string
  readonly namespace?: string
  /** Full names, as the target has them. */
  readonly workloads: readonly string[]
}

/** Targets that can keep records themselves; one that cannot is not a ledger. */
export interface Remembering<Spec> {
  /** All that it holds about the workloads: one history from each place where it keeps some. */
  history(): Promise<readonly History[]>
  /** After the verdict; must not replace anything that runs, nor take the possibility to go back from the engine's own tools. */
  record(history: History, rollout: Rollout<Spec>): Promise<void>
}

/** Targets that bring the new version up beside the old one and then move the traffic (blue-green). */
export interface Switchable<Spec> {
  /** undefined where replacing is all there is to it. `replace` then only prepares, and `observe` proves what it prepared. */
  readonly traffic?: TrafficSwitch<Spec> | undefined
}

export interface TrafficSwitch<Spec> {
  /**
   * The engine itself keeps the old version for a time and then ends it; `finish` follows that, and gates that bake are
   * asked after it. Otherwise the old version stays at full size until `finish` is called, after all gates.
   */
  readonly bakesItself: boolean
  /** Where the new version alone answers, before it has traffic; undefined where it can't be reached from here. */
  beforeTraffic(rollout: Rollout<Spec>): Promise<Door | undefined>
  /**
   * Moves the traffic and resolves when nothing but proven replicas gets it. A rollout that has it already is left as it is.
   * @throws DeployError another-rollout, unhealthy, target-denied, target-unreachable; the traffic is on the old version then
   */
  shift(rollout: Rollout<Spec>, signal: AbortSignal): Promise<void>
  /** What served before is scaled to zero and kept for a restore. Also after a run that attached: it ends what a killed one left. */
  finish(rollout: Rollout<Spec>): Promise<void>
}

/** Targets that keep two runs apart by a lock of their own. `replace` and `restore` take it too, where nobody did. */
export interface Lockable {
  /**
   * Holds the lock until `close`. True: another run held it before, so what `current` said may be old.
   * @throws DeployError another-rollout, cancelled
   */
  lock(): Promise<boolean>
}

/** Targets that keep old versions themselves restore the exact spec of one of them (Kubernetes: the same ReplicaSet). */
export interface Restorable<Spec> {
  /** The spec of that version as the target still holds it; undefined when it does not. */
  version(digest: Digest): Promise<Running<Spec> | undefined>
}
