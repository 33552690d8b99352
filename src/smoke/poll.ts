import type { Duration } from '../domain/duration.ts'
import type { Clock } from '../ports.ts'

/** One try of a check or a readiness condition. */
export interface Attempt {
  readonly passed: boolean
  /** What was seen, for people. */
  readonly detail: string
  /** Trying again cannot help. */
  readonly final?: boolean
}

export interface Polled extends Attempt {
  readonly attempts: number
  readonly ms: Duration
}

/** A probe is never cut shorter than this at the end of its time: a hasty one would hide the last real answer. */
const LEAST_MS: Duration = 500
const SHORTEST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 250

/** A twentieth of the time waited so far: a late start costs about 5 % more, a long wait few probes. */
export function eager(elapsed: Duration): Duration {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, elapsed / 20))
}

/** Tries until it passes, cannot pass any more, or the time is up; the last attempt is the answer. */
export async function poll(
  attempt: (remaining: Duration) => Promise<Attempt>,
  options: {
    readonly clock: Clock
    readonly signal: AbortSignal
    readonly for: Duration
    readonly pause: (elapsed: Duration) => Duration
    readonly onFailed?: (detail: string, elapsed: Duration) => void
  },
): Promise<Polled> {
  const { clock, signal } = options
  const started = clock.now()
  for (let attempts = 1; ; attempts++) {
    const last = await attempt(Math.max(LEAST_MS, options.for - (clock.now() - started)))
    const elapsed = clock.now() - started
    const pause = Math.min(options.pause(elapsed), options.for - elapsed)
    if (last.passed || last.final === true || pause <= 0 || signal.aborted) return { ...last, attempts, ms: elapsed }
    options.onFailed?.(last.detail, elapsed)
    await clock.sleep(pause, signal)
    if (signal.aborted) return { ...last, attempts, ms: clock.now() - started }
  }
}
