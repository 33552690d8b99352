import { formatDuration } from '../domain/duration.ts'
import type { Reporter } from '../ports.ts'
import { CommandStream } from './commands.ts'
import type { Event, StepName } from './events.ts'
import { explain, faultLine, faultsOf } from './explain.ts'
import type { Failure } from './explain.ts'
import { cut, oneLine } from '../domain/text.ts'
import { count, DETAIL_CHARACTERS } from './text.ts'

/** The runner cuts a message at 4096 characters after masking, which may lengthen it. */
const MESSAGE_CHARACTERS = 4000
/** The runner keeps ten annotations of a type and step; the last two are for the verdict and the number left out. */
const MAX_ANNOTATIONS = 8

const MARK = { done: '✓', skipped: '-', failed: '✗' } as const

export interface GithubReporter extends Reporter {
  /** Registers secrets with the runner; to be called before anything else is printed. */
  mask(secrets: readonly string[]): void
  /** Prints what is still held back and says how many annotations were left out. */
  close(): void
}

/**
 * Writes the log of a GitHub run: one group a step, annotations, and foreign text in which no command is obeyed.
 * Groups cannot nest: a step that runs beside another one is shown when that one has ended.
 */
export function createGithubReporter(
  write: (text: string) => void = (text) => void process.stdout.write(text),
): GithubReporter {
  return new GithubLog(write)
}

class GithubLog implements GithubReporter {
  readonly #log: CommandStream
  readonly #annotations = { error: 0, warning: 0, notice: 0 }
  /** Running steps in order of their start; only the first one's group is open, the others' lines wait here. */
  readonly #held = new Map<StepName, (() => void)[]>()
  #current: StepName | undefined

  constructor(write: (text: string) => void) {
    this.#log = new CommandStream(write)
  }

  mask(secrets: readonly string[]): void {
    for (const secret of secrets) {
      if (secret.trim() === '') continue
      // The runner masks each line of a value by itself only if it gets the lines.
      this.#log.command('add-mask', secret)
      for (const line of secret.split(/\r?\n/)) {
        if (line !== secret && line.trim().length > 3) this.#log.command('add-mask', line)
      }
    }
  }

  emit(event: Event): void {
    switch (event.type) {
      case 'step.started':
        this.#start(event.step, event.title)
        break
      case 'step.finished':
        this.#finish(event)
        break
      case 'output':
        this.#in(event.step, () => event.lines.forEach((line) => this.#log.text(`  ${oneLine(line)}`)))
        break
      case 'progress':
        // A build prints all that it does anyway.
        if (event.step !== 'build') this.#in(event.step, () => this.#log.text(oneLine(event.text)))
        break
      case 'check.finished':
        this.#check(event)
        break
      case 'info':
        this.#log.text(oneLine(event.text))
        break
      case 'notice':
      case 'warning':
        this.#annotate(event.type, oneLine(event.text))
        break
      case 'failure':
        this.#failure(event)
        break
    }
  }

  close(): void {
    this.#flushAll()
    for (const type of ['error', 'warning', 'notice'] as const) {
      const left = this.#annotations[type] - MAX_ANNOTATIONS
      if (left > 0) this.#log.command(type, `… and ${count(left, `more ${type}`)} in the log above`)
    }
    this.#log.resume()
  }

  #start(step: StepName, title: string): void {
    const open = () => this.#log.command('group', oneLine(title))
    if (this.#current === undefined) {
      this.#current = step
      open()
    } else {
      this.#held.set(step, [open])
    }
  }

  #finish(event: Extract<Event, { type: 'step.finished' }>): void {
    const detail = event.detail === '' ? '' : ` — ${cut(oneLine(event.detail), DETAIL_CHARACTERS)}`
    const line = `${MARK[event.result]} ${event.step} ${formatDuration(event.ms)}${detail}`
    this.#in(event.step, () => {
      // A skipped step never started: it has no group to end.
      if (this.#current === event.step) this.#log.command('endgroup', '')
      this.#log.text(line)
      if (this.#current === event.step) this.#current = undefined
    })
    this.#next()
  }

  /** Opens the group of the step that has waited longest, as far as it has come. */
  #next(): void {
    while (this.#current === undefined) {
      const [entry] = this.#held
      if (!entry) return
      const [step, lines] = entry
      this.#held.delete(step)
      this.#current = step
      for (const print of lines) print()
    }
  }

  /** Prints within the step's group, later if that group is not open yet. */
  #in(step: StepName, print: () => void): void {
    const held = this.#held.get(step)
    if (held) held.push(print)
    else print()
  }

  #check(event: Extract<Event, { type: 'check.finished' }>): void {
    const step: StepName = this.#held.has('smoke') || this.#current === 'smoke' ? 'smoke' : 'live-checks'
    const attempts = event.attempts > 1 ? `, ${count(event.attempts, 'attempt')}` : ''
    const line = `${event.passed ? '✓' : '✗'} ${event.name} (${formatDuration(event.ms)}${attempts})${event.detail === '' ? '' : ` ${event.detail}`}`
    this.#in(step, () => {
      this.#log.text(oneLine(line))
      if (!event.passed) this.#annotate('error', oneLine(`${event.name}: ${event.detail}`), 'check failed')
    })
  }

  #failure(failure: Failure): void {
    this.#flushAll()
    for (const line of explain(failure)) this.#log.text(line)
    // Annotations are printed last: they wait until the outcome is known.
    if (failure.phase === 'before-restore') return
    for (const fault of faultsOf(failure)) this.#annotate('error', faultLine(fault), fault.name, placeOf(fault.source))
    const { type, reason, state } = failure
    const whole = explain({ type, reason, faults: faultsOf(failure), ...(state === undefined ? {} : { state }) })
    const ownLines = whole.filter((line) => !line.startsWith('  | '))
    // Always shown, whatever the number of annotations before it.
    this.#log.command('error', cut(ownLines.join('\n'), MESSAGE_CHARACTERS), { title: failure.reason.code })
  }

  #annotate(
    type: 'error' | 'warning' | 'notice',
    text: string,
    title?: string,
    place: { file?: string; line?: string } = {},
  ): void {
    this.#annotations[type] += 1
    if (this.#annotations[type] <= MAX_ANNOTATIONS)
      this.#log.command(type, cut(text, MESSAGE_CHARACTERS), { title, ...place })
    else this.#log.text(`${type}: ${text}`)
  }

  #flushAll(): void {
    while (this.#current !== undefined) {
      this.#log.command('endgroup', '')
      this.#current = undefined
      this.#next()
    }
  }
}

/** `path/file.yml:12` as annotation properties; anything else (`input`) has no place. */
function placeOf(source: string | undefined): { file?: string; line?: string } {
  const match = /^(.+\.[a-z]+):(\d+)$/i.exec(source ?? '')
  return match?.[1] === undefined || match[2] === undefined ? {} : { file: match[1], line: match[2] }
}
