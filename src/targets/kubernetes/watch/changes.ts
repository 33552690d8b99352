import type { Clock } from '../../../ports.ts'

/** Waits for changes: many changes at once count as one, and a costly observation is not repeated for every one. */
export class Changes {
  readonly #clock: Clock
  readonly #waiting = new Set<AbortController>()
  #isUnseen = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  notify(): void {
    this.#isUnseen = true
    for (const waiter of this.#waiting) waiter.abort()
  }

  /** What happened until now is known. */
  seen(): void {
    this.#isUnseen = false
  }

  /** Resolves when something changed, but not within the first `quiet` ms; at the latest after `ms`. */
  async wait(ms: number, quiet: number, signal: AbortSignal): Promise<void> {
    const began = this.#clock.now()
    await this.#next(ms, signal)
    const left = Math.min(quiet, ms) - (this.#clock.now() - began)
    if (left > 0 && !signal.aborted) await this.#clock.sleep(left, signal)
  }

  async #next(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#isUnseen || signal.aborted) return
    const waiter = new AbortController()
    const cancel = () => waiter.abort()
    this.#waiting.add(waiter)
    signal.addEventListener('abort', cancel, { once: true })
    await this.#clock.sleep(ms, waiter.signal)
    signal.removeEventListener('abort', cancel)
    this.#waiting.delete(waiter)
  }
}
