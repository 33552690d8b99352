/** How long a peer is waited for: its full time while the run goes on, little once the run was cancelled. */
import type { Duration } from '../domain/duration.ts'
import type { Deadline } from './deadline.ts'
import { openDeadline } from './deadline.ts'

/** For an exchange that begins after the run was cancelled, to clean up, with a peer that has just shown that it is alive. */
const FAREWELL_MS: Duration = 4000
/** For any other one: a cancelled run ends within two seconds. */
const SHORT_FAREWELL_MS: Duration = 1000
const ALIVE_MS: Duration = 2000
/** With a peer that let the exchange before run out of time. */
const DOUBTFUL_MS: Duration = 5000

export interface Patience {
  /**
   * The limit of one exchange; `close` is owed when it is over.
   * @param changes it makes or removes something, and what came of it should be known
   */
  open(ms: Duration, own?: AbortSignal, changes?: boolean): Deadline
  /** The peer gave a whole answer. */
  answered(): void
}

/** @param run aborted when the whole run is cancelled; exchanges that clean up begin after that and still have a little time */
export function createPatience(run: AbortSignal | undefined): Patience {
  let answeredAt = -Infinity
  let isSilent = false
  return {
    answered() {
      answeredAt = performance.now()
      isSilent = false
    },
    open(ms, own, changes = false) {
      const most = isSilent && ms !== Infinity ? Math.min(ms, DOUBTFUL_MS) : ms
      const deadline = openDeadline({ ms: most, signal: own })
      const doubt = (): void => {
        if (isTimeout(deadline.signal)) isSilent = true
      }
      deadline.signal.addEventListener('abort', doubt, { once: true })
      const late = (): void => deadline.abort(new DOMException('the run was cancelled', 'TimeoutError'))
      let timer: NodeJS.Timeout | undefined
      const hurry = (): void => {
        if (isSilent) late()
        else timer = setTimeout(late, SHORT_FAREWELL_MS)
      }
      const cleanUp = (): void => {
        const isAlive = performance.now() - answeredAt < ALIVE_MS
        if (isAlive && changes && !isSilent) timer = setTimeout(late, FAREWELL_MS)
        else hurry()
      }
      if (run?.aborted) cleanUp()
      else run?.addEventListener('abort', hurry, { once: true })
      const close = (): void => {
        clearTimeout(timer)
        run?.removeEventListener('abort', hurry)
        deadline.close()
      }
      return { ...deadline, close }
    },
  }
}

function isTimeout({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DOMException && reason.name === 'TimeoutError'
}
