import * as v from 'valibot'
import type { EngineApi } from '../../ports.ts'
import { EngineEvent } from './answers.ts'
import { jsonLines } from './stream.ts'

const ACTIONS = ['die', 'oom', 'restart', 'health_status', 'destroy']
/** Without a stream of events, how often a waiter looks. */
const ASK_EVERY_MS = 250

/**
 * What happens to containers, from one stream of events for all of them. What happened since the last look counts,
 * so nothing is lost between an inspect and the wait after it.
 */
export class ContainerEvents {
  readonly #api: EngineApi
  /** Watched containers: whether something happened since the last look, and who waits for it. */
  readonly #watched = new Map<string, { happened: boolean; wake: Set<() => void> }>()
  #stream: AbortController | undefined

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Begins to watch: before the container is started. */
  watch(id: string): void {
    if (this.#watched.has(id)) return
    this.#watched.set(id, { happened: false, wake: new Set() })
    this.#stream ??= this.#open()
  }

  unwatch(id: string): void {
    this.#happened(id)
    this.#watched.delete(id)
    if (this.#watched.size > 0) return
    this.#stream?.abort()
    this.#stream = undefined
  }

  /** Called before a look at the container. */
  looked(id: string): void {
    const entry = this.#watched.get(id)
    if (entry) entry.happened = false
  }

  /** Resolves when something happened since the last look, after `ms`, or on abort. */
  async next(id: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    if (!this.#watched.has(id)) {
      this.watch(id)
      return // What happened before is unknown, so the container is looked at again
    }
    const entry = this.#watched.get(id)
    if (!entry || entry.happened) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        entry.wake.delete(done)
        resolve()
      }
      const timer = setTimeout(done, !this.#stream ? Math.min(ms, ASK_EVERY_MS) : ms)
      signal.addEventListener('abort', done, { once: true })
      entry.wake.add(done)
    })
  }

  #happened(id: string): void {
    const entry = this.#watched.get(id)
    if (!entry) return
    entry.happened = true
    for (const wake of entry.wake) wake()
  }

  #open(): AbortController {
    const controller = new AbortController()
    void this.#listen(controller)
    return controller
  }

  async #listen(controller: AbortController): Promise<void> {
    try {
      const query = { filters: { type: ['container'], event: ACTIONS } }
      const { body } = await this.#api.stream('GET', '/events', { query, signal: controller.signal })
      // What happened before the stream was open is in no event.
      this.#lookAtAll()
      for await (const line of jsonLines(body)) {
        const event = v.safeParse(EngineEvent, line)
        if (event.success) this.#happened(event.output.Actor.ID)
      }
    } catch {
      // The stream broke: everything that waits asks the engine itself, and gets its error, if there is one.
    }
    if (this.#stream !== controller) return
    this.#stream = undefined
    this.#lookAtAll()
  }

  #lookAtAll(): void {
    for (const id of this.#watched.keys()) this.#happened(id)
  }
}
