import type { Fault, Reason } from '../errors/deploy-error.ts'
import type { Duration } from '../domain/duration.ts'

export type StepName =
  | 'preflight'
  | 'build'
  | 'smoke'
  | 'push'
  | 'promote'
  | 'rollout'
  | 'verify'
  | 'live-checks'
  | 'restore'
  | 'record'
  | 'list'
  | 'remove'
  | 'sweep'

/** Everything that the pipeline says while it works. Texts marked hostile come from outside and are never interpreted. */
export type Event =
  | { readonly type: 'step.started'; readonly step: StepName; readonly title: string }
  | {
      readonly type: 'step.finished'
      readonly step: StepName
      readonly result: 'done' | 'skipped' | 'failed'
      readonly detail: string
      readonly ms: Duration
    }
  /** Hostile lines: build output, container logs. */
  | { readonly type: 'output'; readonly step: StepName; readonly lines: readonly string[] }
  /** One line of what is being waited for; terminals show the newest only. */
  | { readonly type: 'progress'; readonly step: StepName; readonly text: string }
  | {
      readonly type: 'check.finished'
      readonly name: string
      readonly passed: boolean
      readonly detail: string
      readonly attempts: number
      readonly ms: Duration
    }
  | { readonly type: 'info' | 'notice' | 'warning'; readonly text: string }
  /** The end of a red run: why, what is left behind and, for wrong use, every fault. */
  | {
      readonly type: 'failure'
      /** Before a restore: the outcome is only known after it, and the reason is printed again with it. */
      readonly phase?: 'before-restore' | 'after-restore'
      readonly reason: Reason
      readonly state?: string
      readonly faults?: readonly Fault[]
    }
