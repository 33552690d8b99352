import type { Duration } from '../domain/duration.ts'
import type { PinnedImage } from '../domain/image.ts'
import type { Reason } from '../errors/deploy-error.ts'
import type { StepName } from '../reporting/events.ts'
import type { CheckResult } from './checks.ts'

/** When a gate is asked; the same for every strategy and every target. */
export type GateMoment =
  /** Blue-green: the new version is proven beside the old one and has no traffic yet. Only for what this run changed. */
  | 'before-traffic'
  /** Every replica is proven, and the new version has the traffic. */
  | 'rolled-out'
  /** The new version bakes: gates of this moment are asked side by side. Only for what this run changed. */
  | 'baking'
  /** The bake is over. Where nothing bakes it is not asked. */
  | 'baked'

export interface GateQuestion {
  readonly image: PinnedImage
  /** Where the new version alone answers, before it has traffic. */
  readonly url: string | undefined
  /** Ends with the run, and as soon as another gate of the same moment has closed. */
  readonly signal: AbortSignal
  /** Watches every replica from now on for that time. undefined: all of them stayed healthy and proven. */
  readonly watch: (time: Duration) => Promise<Reason | undefined>
}

export interface GateAnswer {
  /** Why the new version must not stay; undefined: the gate is open. */
  readonly reason?: Reason
  /** What was checked, for the result. */
  readonly checks?: readonly CheckResult[]
  /** Where the new version was found to answer. */
  readonly url?: string | undefined
}

/**
 * Decides, after every replica was proven, whether the new version may stay. When a gate closes, the release goes back
 * exactly as a failed rollout does.
 */
export interface Gate {
  readonly name: string
  readonly moments: readonly GateMoment[]
  /** The step that it is shown as, and what is said of it. */
  readonly step: StepName
  title(moment: GateMoment): string
  /** @throws DeployError cancelled; anything else that it throws closes the gate too */
  ask(question: GateQuestion): Promise<GateAnswer>
}
