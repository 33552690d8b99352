/**
 * One way to limit time. Node 20 collects `AbortSignal.any([own, AbortSignal.timeout(ms)])` while somebody still waits
 * for it, and the limit never fires: here a plain timer and a plain listener hold it.
 */
import { setMaxListeners } from 'node:events'
import type { Duration } from '../domain/duration.ts'
import { cancelled } from '../errors/deploy-error.ts'

export interface Deadline {
  /** Aborted with a `TimeoutError` when the time is up, or with the parent's reason when that ends first. */
  readonly signal: AbortSignal
  /** Ends it early, so that everything under it stops. */
  abort(reason?: unknown): void
  /** Removes timer and listener; the signal is not aborted. The caller that opened it has to call it. */
  close(): void
}

export interface Limit {
  readonly ms?: Duration | undefined
  readonly signal?: AbortSignal | undefined
}

/** @param limit without `ms` the parent alone limits it; several parents: see `also` */
export function openDeadline({ ms, signal }: Limit, also?: AbortSignal): Deadline {
  const controller = new AbortController()
  const parents = [signal, also].filter((parent) => parent !== undefined)
  const close = (): void => {
    clearTimeout(timer)
    for (const parent of parents) parent.removeEventListener('abort', follow)
  }
  const abort = (reason?: unknown): void => {
    close()
    controller.abort(reason)
  }
  const follow = (): void => abort(parents.find(({ aborted }) => aborted)?.reason)
  const late = (): void => abort(new DOMException('the time is up', 'TimeoutError'))
  const timer = ms === undefined || ms === Infinity ? undefined : setTimeout(late, Math.ceil(ms))
  setMaxListeners(0, controller.signal)
  for (const parent of parents) {
    // Node warns of a leak from the eleventh listener on; a whole run has many more exchanges under way.
    setMaxListeners(0, parent)
    parent.addEventListener('abort', follow, { once: true })
  }
  if (parents.some(({ aborted }) => aborted)) follow()
  return { signal: controller.signal, abort, close }
}

/**
 * Does the work under a limit, and stops waiting when the limit is over, whether or not the work stops.
 * @throws what the work throws; the error of `late` when the time is up; cancelled (or the parent's own DeployError)
 */
export async function within<T>(
  limit: Limit & { readonly late?: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = openDeadline(limit)
  const { signal } = deadline
  const over = new Promise<never>((_, reject) => {
    const end = (): void => reject(reasonOf(signal, limit))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
  try {
    return await (signal.aborted ? over : Promise.race([work(signal), over]))
  } catch (error) {
    over.catch(() => undefined)
    throw signal.aborted ? reasonOf(signal, limit) : error
  } finally {
    deadline.close()
  }
}

function reasonOf(signal: AbortSignal, limit: Limit & { readonly late?: () => Error }): Error {
  if (limit.signal?.aborted) return cancelled(limit.signal)
  return limit.late?.() ?? (signal.reason as Error)
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
