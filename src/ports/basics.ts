/** Time and telling: every room needs them. */
import type { Duration } from '../domain/duration.ts'
import type { Event } from '../reporting/events.ts'

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: Duration, signal?: AbortSignal): Promise<void>
}

export interface Reporter {
  emit(event: Event): void
}

/** What the result document repeats of what was reported: warnings, and how long each step took, in ms. */
export interface Findings {
  readonly warnings: readonly string[]
  readonly timings: Readonly<Record<string, number>>
}
