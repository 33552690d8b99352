import { formatDuration } from '../domain/duration.ts'
import type { Reporter } from '../ports.ts'
import type { Event, StepName } from './events.ts'
import { explain } from './explain.ts'
import type { Screen } from './live-line.ts'
import { LiveLine } from './live-line.ts'
import { cut, oneLine } from '../domain/text.ts'
import { count, DETAIL_CHARACTERS } from './text.ts'

export interface TerminalReporter extends Reporter {
  /** Removes the live line; nothing is drawn after it. */
  close(): void
}

interface RunningStep {
  readonly since: number
  /** What is waited for or was printed last. */
  doing: string
  /** Last output lines: shown only if the step fails. */
  readonly tail: string[]
}

const TAIL_LINES = 30

/**
 * For people. A terminal gets one live line with what is running and for how long, and foreign output only when
 * its step fails; everything else (a pipe, CI, TERM=dumb) gets plain lines with all of it.
 */
export function createTerminalReporter(
  screen: Screen,
  env: Readonly<Record<string, string | undefined>>,
  now: () => number = Date.now,
): TerminalReporter {
  return new TerminalLog(screen, env, now)
}

class TerminalLog implements TerminalReporter {
  readonly #live: LiveLine
  readonly #steps = new Map<StepName, RunningStep>()
  readonly #now: () => number
  readonly #paint: (style: Style, text: string) => string

  constructor(screen: Screen, env: Readonly<Record<string, string | undefined>>, now: () => number) {
    const terminal = screen.isTTY === true && env['TERM'] !== 'dumb'
    this.#paint = painter(terminal && !env['NO_COLOR'])
    this.#live = new LiveLine(screen, terminal && !env['CI'], () => this.#status())
    this.#now = now
  }

  emit(event: Event): void {
    switch (event.type) {
      case 'step.started':
        this.#steps.set(event.step, { since: this.#now(), doing: oneLine(event.title), tail: [] })
        if (this.#live.on) this.#live.show()
        else this.#live.print(`${event.step}: ${oneLine(event.title)}`)
        break
      case 'step.finished':
        this.#finish(event)
        break
      case 'output':
        this.#output(event.step, event.lines.map(oneLine))
        break
      case 'progress':
        this.#progress(event.step, oneLine(event.text))
        break
      case 'check.finished':
        this.#check(event)
        break
      case 'info':
        this.#live.print(oneLine(event.text))
        break
      case 'notice':
      case 'warning':
        this.#live.print(
          `${this.#paint('yellow', event.type === 'warning' ? 'warning:' : 'note:')} ${oneLine(event.text)}`,
        )
        break
      case 'failure':
        explain(event).forEach((line, index) => this.#live.print(index === 0 ? this.#paint('red', line) : line))
        break
    }
  }

  close(): void {
    this.#steps.clear()
    this.#live.hide()
  }

  #finish(event: Extract<Event, { type: 'step.finished' }>): void {
    const step = this.#steps.get(event.step)
    this.#steps.delete(event.step)
    if (event.result === 'failed' && this.#live.on) {
      for (const line of step?.tail ?? []) this.#live.print(this.#paint('dim', `  | ${line}`))
    }
    const mark = { done: this.#paint('green', '✓'), skipped: '-', failed: this.#paint('red', '✗') }[event.result]
    const detail = event.detail === '' ? '' : `  ${cut(oneLine(event.detail), DETAIL_CHARACTERS)}`
    this.#live.print(`${mark} ${event.step} ${this.#paint('dim', formatDuration(event.ms))}${detail}`)
    if (this.#steps.size === 0) this.#live.hide()
  }

  #output(name: StepName, lines: readonly string[]): void {
    const step = this.#steps.get(name)
    if (!this.#live.on || !step) {
      for (const line of lines) this.#live.print(`  | ${line}`)
      return
    }
    step.tail.push(...lines)
    step.tail.splice(0, step.tail.length - TAIL_LINES)
    step.doing = lines.at(-1) ?? step.doing
    this.#live.show()
  }

  #progress(name: StepName, text: string): void {
    const step = this.#steps.get(name)
    if (this.#live.on) {
      if (step) step.doing = text
      return
    }
    // A build prints all that it does anyway.
    if (name !== 'build') this.#live.print(`  ${text}`)
  }

  #check(event: Extract<Event, { type: 'check.finished' }>): void {
    const mark = event.passed ? this.#paint('green', '✓') : this.#paint('red', '✗')
    const attempts = event.attempts > 1 ? `, ${count(event.attempts, 'attempt')}` : ''
    const facts = this.#paint('dim', `${formatDuration(event.ms)}${attempts}`)
    this.#live.print(`  ${mark} ${oneLine(event.name)} ${facts}  ${oneLine(event.detail)}`.trimEnd())
  }

  /** `push 2.1s · smoke 3s: waiting for :8080`: all that runs; the newest step says what it does. */
  #status(): string | undefined {
    const running = [...this.#steps]
    if (running.length === 0) return undefined
    const names = running.map(([name, step]) => `${name} ${formatDuration(this.#now() - step.since)}`)
    return `${names.join(' · ')}: ${running.at(-1)?.[1].doing ?? ''}`
  }
}

type Style = 'red' | 'green' | 'yellow' | 'dim'
const SGR: Readonly<Record<Style, number>> = { red: 31, green: 32, yellow: 33, dim: 2 }

function painter(colour: boolean): (style: Style, text: string) => string {
  return (style, text) => (colour ? `\u001b[${String(SGR[style])}m${text}\u001b[0m` : text)
}
