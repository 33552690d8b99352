import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import type { Duration } from '../../domain/duration.ts'
import type { Clock, Running, RunningWorkload, Target } from '../../ports.ts'

interface Context {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** A replica may just be coming up again. */
const ASKED_FOR_MS: Duration = 5000
const ASKED_EVERY_MS: Duration = 500

/**
 * Whether everything runs as it did before, asked anew for a moment. "Not proven in time" needs a person only when
 * something differs.
 */
export async function runsAsBeforeSoon(
  target: Target,
  before: Running<unknown>,
  { stability }: { readonly stability: Duration },
  { clock, signal }: Context,
): Promise<boolean> {
  const until = clock.now() + Math.max(stability, ASKED_FOR_MS)
  while (!signal.aborted) {
    const now = await target.current().catch(() => undefined)
    if (now && runsAsBefore(now, before)) return true
    if (clock.now() >= until) return false
    await clock.sleep(ASKED_EVERY_MS, signal)
  }
  return false
}

/** Pure: the same workloads, set to the same image, and as many ready replicas of no other version. */
export function runsAsBefore(now: Running<unknown>, before: Running<unknown>): boolean {
  return before.workloads.every((was) => {
    const is = now.workloads.find(({ name }) => name === was.name)
    if (!is || !was.exists) return (is?.exists ?? false) === was.exists
    return is.exists && isSameVersion(is, was) && isAsReady(is, was)
  })
}

/** Pure: the workloads of before are set to their images again, whatever runs by now. */
export function isSetAsBefore(now: Running<unknown>, before: Running<unknown>): boolean {
  return before.workloads.every((was) => {
    const is = now.workloads.find(({ name }) => name === was.name)
    return is?.exists === was.exists && isSetAs(is, was)
  })
}

/** The digests that ran, and the one that was set. */
export function acceptedOf({ digests, image }: RunningWorkload<unknown>): Digest[] {
  const set = digestIn(image ?? '')
  return set === undefined ? [...digests] : [...digests, set]
}

function isSetAs(is: RunningWorkload<unknown>, was: RunningWorkload<unknown>): boolean {
  const named = digestIn(is.image ?? '')
  return is.image === was.image || (named !== undefined && acceptedOf(was).includes(named))
}

function isSameVersion(is: RunningWorkload<unknown>, was: RunningWorkload<unknown>): boolean {
  const accepted = new Set(acceptedOf(was))
  return isSetAs(is, was) && is.digests.every((digest) => accepted.has(digest))
}

/** Replicas that drain keep the place of their successors: nothing is wrong, it only takes its time. */
function isAsReady(is: RunningWorkload<unknown>, was: RunningWorkload<unknown>): boolean {
  return is.ready + (is.draining ?? 0) >= Math.min(was.ready, is.desired)
}
