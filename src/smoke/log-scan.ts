import type { ContainerRuntime, LogPosition } from '../ports.ts'
import type { Pattern } from './pattern.ts'
import { holds, tooSlow } from './pattern.ts'
import type { Attempt } from './poll.ts'

/** Patterns are looked for in pieces of the log; a match may be as long as what two pieces share. */
const PIECE_BYTES = 512 * 1024
const SHARED_BYTES = 64 * 1024
/** What the engine keeps of a log, as it stores it: with the time and a few words of its own on every line. */
export const LOG_LIMIT = '100 MB'

/**
 * Looks for patterns in everything that one container has written. It remembers what it has seen: a second read takes
 * only what has come since.
 */
export class LogScan {
  readonly #patterns: readonly Pattern[]
  readonly #found = new Set<Pattern>()
  /** What took too long to look for: nobody knows whether it is there. */
  #slow: Pattern | undefined
  #position: LogPosition | undefined
  #text = ''
  #lines = 0

  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns
  }

  async read(runtime: ContainerRuntime, id: string, signal: AbortSignal): Promise<Attempt> {
    const read = (lines: readonly string[]): void => this.#read(lines)
    this.#position = await runtime.readLog(id, this.#position, read, signal)
    this.#search()
    return this.#judge()
  }

  #read(lines: readonly string[]): void {
    this.#lines += lines.length
    for (const line of lines) {
      this.#text += `${line}\n`
      if (this.#text.length >= PIECE_BYTES) this.#search()
    }
  }

  #search(): void {
    if (this.#slow) {
      this.#text = ''
      return
    }
    const text = this.#text.replace(/\n$/, '')
    for (const pattern of this.#patterns) {
      if (this.#found.has(pattern) || this.#slow) continue
      const held = holds({ ...pattern, absent: false }, text)
      if (held) this.#found.add(pattern)
      if (held === undefined) this.#slow ??= pattern
    }
    this.#text = tailOf(this.#text)
  }

  #judge(): Attempt {
    if (this.#slow) return failed(tooSlow(this.#slow, 'the log'), true)
    const present = this.#patterns.find((pattern) => pattern.absent && this.#found.has(pattern))
    // What was written once stays written: another try cannot help.
    if (present) return failed(`the log contains ${present.source.slice(1)}, which must not be there`, true)
    const missing = this.#patterns.find((pattern) => !pattern.absent && !this.#found.has(pattern))
    const absent = this.#patterns.find((pattern) => pattern.absent)
    if (this.#position?.overflowed && (missing ?? absent)) {
      const { source } = missing ?? absent ?? { source: '' }
      return failed(`the log is larger than ${LOG_LIMIT}, of which all would have to be seen for ${source}`, true)
    }
    if (missing) return failed(`the log does not contain ${missing.source}`, false)
    return { passed: true, detail: `${String(this.#lines)} lines` }
  }
}

function failed(detail: string, final: boolean): Attempt {
  return { passed: false, detail, ...(final ? { final } : {}) }
}

/** The last whole lines, which the next piece shares; of a single long line its end. */
function tailOf(text: string): string {
  if (text.length <= SHARED_BYTES) return text
  const tail = text.slice(-SHARED_BYTES)
  return tail.slice(tail.indexOf('\n') + 1)
}
