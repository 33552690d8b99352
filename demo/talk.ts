import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import { formatDuration } from '../src/domain/duration.ts'
import { LiveLine } from '../src/reporting/live-line.ts'
import { oneLine } from '../src/domain/text.ts'

/** The demo's voice: lines that stay, and one line that shows what is being done right now. */
export class Talk {
  readonly #live: LiveLine
  readonly #paint: (code: number, text: string) => string
  readonly #keys: Interface | undefined
  readonly #answers: AsyncIterator<string> | undefined
  #doing: { what: string; detail: string; since: number } | undefined

  /** @param step waits for Enter after each act */
  constructor(step: boolean, env: NodeJS.ProcessEnv = process.env, screen = process.stdout) {
    const terminal = screen.isTTY && env['TERM'] !== 'dumb'
    const colour = terminal && !env['NO_COLOR']
    this.#paint = (code, text) => (colour ? `\u001b[${String(code)}m${text}\u001b[0m` : text)
    this.#live = new LiveLine(screen, terminal && !env['CI'], () => this.#status())
    this.#keys = step ? createInterface({ input: process.stdin }) : undefined
    this.#answers = this.#keys?.[Symbol.asyncIterator]()
  }

  say(text = ''): void {
    this.#live.print(oneLine(text))
  }

  title(text: string): void {
    this.#live.print(`\n${this.#paint(1, oneLine(text))}`)
  }

  good(text: string): void {
    this.#live.print(`  ${this.#paint(32, '✓')} ${oneLine(text)}`)
  }

  bad(text: string): void {
    this.#live.print(`  ${this.#paint(31, '✗')} ${oneLine(text)}`)
  }

  /** A command that the reader can run himself, and what he will see. */
  check(command: string, expected: string): void {
    this.#live.print(`    ${this.#paint(36, '$')} ${command}`)
    this.#live.print(`    ${this.#paint(36, '→')} ${oneLine(expected)}`)
  }

  /** Shows `what` while the work is done. */
  async live<T>(what: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T> {
    const doing = { what, detail: '', since: Date.now() }
    this.#doing = doing
    if (this.#live.on) this.#live.show()
    else this.say(`  … ${what}`)
    try {
      return await work((text) => (doing.detail = oneLine(text)))
    } finally {
      this.#doing = undefined
      this.#live.hide()
    }
  }

  /** With `--step`: goes on when the reader presses Enter. */
  async pause(): Promise<void> {
    if (!this.#answers) return
    this.say('  (Enter goes on)')
    await this.#answers.next()
  }

  close(): void {
    this.#live.hide()
    this.#keys?.close()
  }

  #status(): string | undefined {
    if (!this.#doing) return undefined
    const { what, detail, since } = this.#doing
    return `${what} ${formatDuration(Date.now() - since)}${detail === '' ? '' : `: ${detail}`}`
  }
}
