/** How long a peer is waited for: its full time while the run goes on, little once the run was cancelled. */
import type { Duration } from '../domain/duration.ts'
import type { Deadline } from './deadline.ts'
import { openDeadline } from './deadline.ts'

/** After the cancellation, for all exchanges together, so that a cancelled run ends within two seconds. */
const FAREWELL_MS: Duration = 1500
/** After the cancellation, for an exchange that was under way: what cleans up comes after it. */
const UNDER_WAY_MS: Duration = 1000
/** With a peer that let the exchange before run out of time. */
const DOUBTFUL_MS: Duration = 5000

export interface Patience {
  /** The limit of one exchange; `close` is owed when it is over. */
  open(ms: Duration, own?: AbortSignal): Deadline
  /** The peer gave a whole answer. */
  answered(): void
}

/** @param run aborted when the whole run is cancelled; exchanges that clean up begin after that and still have a little time */
export function createPatience(run: AbortSignal | undefined): Patience {
  let isSilent = false
  let cancelledAt = performance.now()
  run?.addEventListener('abort', () => (cancelledAt = performance.now()), { once: true })
  return {
    answered() {
      isSilent = false
    },
    open(ms, own) {
      const most = isSilent && ms !== Infinity ? Math.min(ms, DOUBTFUL_MS) : ms
      const deadline = openDeadline({ ms: most, signal: own })
      const doubt = (): void => {
        if (isTimeout(deadline.signal)) isSilent = true
      }
      deadline.signal.addEventListener('abort', doubt, { once: true })
      const late = (): void => deadline.abort(new DOMException('the run was cancelled', 'TimeoutError'))
      let timer: NodeJS.Timeout | undefined
      const hurry = (left: Duration): void => {
        if (isSilent || left <= 0) late()
        else timer = setTimeout(late, left)
      }
      const cutShort = (): void => hurry(UNDER_WAY_MS)
      if (run?.aborted) hurry(cancelledAt + FAREWELL_MS - performance.now())
      else run?.addEventListener('abort', cutShort, { once: true })
      const close = (): void => {
        clearTimeout(timer)
        run?.removeEventListener('abort', cutShort)
        deadline.close()
      }
      return { ...deadline, close }
    },
  }
}

function isTimeout({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DOMException && reason.name === 'TimeoutError'
}
