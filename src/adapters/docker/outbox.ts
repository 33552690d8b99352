import type { Call } from './grpc.ts'

/** So many bytes go in one write. */
const FULL_BYTES = 256 * 1024

/** Gathers small messages of one call: a write each would cost more than what is in them. */
export class Outbox {
  readonly #call: Call
  #messages: Uint8Array[] = []
  #size = 0
  #sending: Promise<void> = Promise.resolve()
  #scheduled = false

  constructor(call: Call) {
    this.#call = call
  }

  /** Resolves when there is room for more; what was added goes out soon, whether or not more comes. */
  async add(...messages: readonly Uint8Array[]): Promise<void> {
    for (const message of messages) {
      this.#messages.push(message)
      this.#size += message.length
    }
    if (this.#size >= FULL_BYTES) return this.flush()
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      // The flush at the end rejects with the failure.
      this.flush().catch(() => undefined)
    })
  }

  /** Sends what there is, after what is on its way. */
  flush(): Promise<void> {
    const messages = this.#messages
    if (messages.length === 0) return this.#sending
    this.#messages = []
    this.#size = 0
    this.#sending = this.#sending.then(() => this.#call.send(...messages))
    return this.#sending
  }
}
