/** A change whose answer never came: whether it was taken is looked at, never guessed. */
import { within } from '../../async/deadline.ts'
import type { Duration } from '../../domain/duration.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Clock, Running, Target } from '../../ports.ts'

/** The answer never came, or a proxy between the target and this process gave it. */
export function mayBeTaken({ code }: Reason): boolean {
  return code === 'target-unreachable' || code === 'target-error'
}

/** A target that just gave no answer may come back within seconds. */
const ASKED_FOR_MS: Duration = 10_000
const ASK_EVERY_MS: Duration = 500

/** What runs now; undefined where the target does not say it within some seconds. */
export async function readSoon(
  target: Target,
  clock: Clock,
  signal: AbortSignal,
): Promise<Running<unknown> | undefined> {
  const until = clock.now() + ASKED_FOR_MS
  for (;;) {
    const ms = Math.max(until - clock.now(), 1)
    const now = await within({ ms, signal }, () => target.current()).catch(() => undefined)
    if (now || signal.aborted || clock.now() + ASK_EVERY_MS >= until) return now
    await clock.sleep(ASK_EVERY_MS, signal)
  }
}
