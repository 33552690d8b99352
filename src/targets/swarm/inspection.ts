/** What one look at the Swarm holds: plain data, recorded from real engines for the table tests of `classify`. */
import type { Digest } from '../../domain/digest.ts'
import type { SwarmSpec } from './spec.ts'
import type { Service, Task } from './schema.ts'

/** `local-image`: its container tells an image that came from no registry; the digest is that image's id. */
export type Evidence = 'container' | 'local-image' | 'spec'

export interface Ended {
  readonly oomKilled: boolean
  readonly error: string
  /** From start to end, ms. */
  readonly ranFor: number
  /** Its HEALTHCHECK said so: the engine stopped it, with whatever exit code it then gave. */
  readonly unhealthy: boolean
  /** The last probes: exit code and output. */
  readonly health: readonly string[]
  /** One of the probes that the engine still knows has passed. */
  readonly wasHealthy?: boolean
}

export interface TaskInspection {
  readonly task: Task
  /** What it runs: by its container's image where the container is on this engine, else by the spec's pin. */
  readonly digest?: Digest
  readonly evidence: Evidence
  /** Since when it is in its state, ms since 1970 by our clock. */
  readonly since: number
  readonly node?: string
  /** Its node does not answer: what it still seems to run is not known. */
  readonly isNodeDown?: boolean
  /** Its node was down in this run: the engine has replaced it, and its end, told when the node is back, says nothing. */
  readonly wasLost?: boolean
  /** What the engine knows of an ended container, where it is on this engine. */
  readonly ended?: Ended
}

/** One service at a moment. */
export interface ServiceInspection {
  readonly name: string
  /** What was sent or is meant to run. */
  readonly handle: SwarmSpec
  /** undefined: it is gone. */
  readonly service: Service | undefined
  /** Newest last. */
  readonly tasks: readonly TaskInspection[]
  readonly now: number
  /** When this rollout began: what ended before is history. */
  readonly startedAt: number
  /** What ends while it goes back was made before, and is not a failure of the version that comes back. */
  readonly isRestore?: boolean
  /** How long what may pass by itself is waited for, ms: resources can be given free. */
  readonly grace?: number
  /** The same where a node takes no tasks, which may come back. */
  readonly nodeGrace?: number
}
