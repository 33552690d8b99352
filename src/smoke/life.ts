import type { Duration } from '../domain/duration.ts'
import { cancelled } from '../errors/deploy-error.ts'
import type { Clock } from '../ports.ts'

/** The span of one test. The first certain end wins: a failure, the total time-out, a cancellation, or completion. */
export interface Life {
  /** Aborted at the end, whatever the reason: everything that waits stops. */
  readonly signal: AbortSignal
  /** The work's result, or the reason of the end as soon as there is one. */
  guard<T>(work: Promise<T>): Promise<T>
  end(reason: Error): void
  /** Ends with that reason when the time is up. */
  limit(timeout: Duration, late: () => Error): void
  /** Ends without a reason. */
  close(): void
}

export function beginLife(clock: Clock, cancel: AbortSignal): Life {
  const controller = new AbortController()
  let reject: (reason: Error) => void = () => undefined
  const over = new Promise<never>((_, refuse) => {
    reject = refuse
  })
  over.catch(() => undefined)
  const close = (): void => {
    cancel.removeEventListener('abort', abort)
    controller.abort()
  }
  const end = (reason: Error): void => {
    reject(reason)
    close()
  }
  const abort = (): void => end(cancelled(cancel))
  if (cancel.aborted) abort()
  else cancel.addEventListener('abort', abort, { once: true })
  const limit: Life['limit'] = (timeout, late) => {
    void clock.sleep(timeout, controller.signal).then(() => {
      if (!controller.signal.aborted) end(late())
    })
  }
  return { signal: controller.signal, guard: (work) => Promise.race([work, over]), end, limit, close }
}
