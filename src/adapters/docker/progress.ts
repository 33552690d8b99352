import { formatDuration } from '../../domain/duration.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Reporter } from '../../ports.ts'
import { cut, oneLine, printable, printableLines } from '../../domain/text.ts'

/** One step of a build as BuildKit reports it. Times in ms since 1970. */
export interface Vertex {
  readonly digest: string
  readonly name: string
  readonly cached: boolean
  readonly started?: number
  readonly completed?: number
  readonly error: string
}

export interface BuildLog {
  readonly vertex: string
  readonly data: Uint8Array
}

export interface BuildUpdate {
  readonly vertexes: readonly Vertex[]
  readonly logs: readonly BuildLog[]
  readonly warnings: readonly string[]
}

interface Step {
  readonly name: string
  error: string
  started: boolean
  ended: boolean
  /** An unfinished line. */
  rest: string
  readonly last: string[]
}

const KEPT_LINES = 30

/** Turns BuildKit's reports into lines to show, and remembers what is needed to explain a failure. */
export class BuildProgress {
  readonly #reporter: Reporter
  readonly #steps = new Map<string, Step>()
  /** Last lines that belong to no step. */
  readonly #loose: string[] = []

  constructor(reporter: Reporter) {
    this.#reporter = reporter
  }

  update({ vertexes, logs, warnings }: BuildUpdate): void {
    const lines = [
      ...vertexes.flatMap((vertex) => this.#vertexLines(vertex)),
      ...logs.flatMap((log) => this.#logLines(log)),
      ...warnings.map((warning) => `warning: ${oneLine(warning)}`),
    ]
    this.#emit(lines)
  }

  /** Text that comes without structure: an older builder's output. */
  text(text: string): void {
    const lines = printableLines(text)
    keep(this.#loose, lines)
    this.#emit(lines)
  }

  /** The build's end as an error: the failing step and its last lines, else the builder's last words. */
  failure(words: string): DeployError {
    const failed = [...this.#steps.values()].find((step) => step.error !== '' && !/context canceled/i.test(step.error))
    // An older buildx prints the failing step above its log: ` > [2/3] RUN make:`.
    const named = failed?.name ?? this.#loose.map((line) => /^ > (\[.+?):?$/.exec(line)?.[1]).find(Boolean)
    const why = cut(oneLine(failed?.error ?? words), 1000) || 'the builder gave no reason'
    const what = `the build failed${named === undefined ? '' : ` at "${named}"`}: ${why}`
    const fix = named === undefined || named.startsWith('[internal]') ? loginAdvice(why) : undefined
    return new DeployError('build-failed', what, { evidence: failed?.last ?? this.#loose, fix })
  }

  #vertexLines(vertex: Vertex): string[] {
    const step = this.#step(vertex)
    const lines: string[] = []
    if (vertex.started !== undefined && !step.started) {
      step.started = true
      if (!isInternal(step)) {
        lines.push(vertex.cached ? `${step.name} (cached)` : step.name)
        this.#reporter.emit({ type: 'progress', step: 'build', text: step.name })
      }
    }
    if (vertex.error !== '') step.error = vertex.error
    if (vertex.completed === undefined || step.ended) return lines
    step.ended = true
    if (step.rest !== '') {
      keep(step.last, [printable(step.rest)])
      lines.push(`  ${printable(step.rest)}`)
    }
    const took = vertex.completed - (vertex.started ?? vertex.completed)
    if (vertex.error !== '') lines.push(`  failed: ${oneLine(vertex.error)}`)
    else if (took >= 1000 && !isInternal(step)) lines.push(`  took ${formatDuration(took)}`)
    return lines
  }

  #logLines({ vertex, data }: BuildLog): string[] {
    const step = this.#steps.get(vertex)
    if (!step) return []
    const text = step.rest + Buffer.from(data).toString('utf8')
    const end = text.lastIndexOf('\n') + 1
    step.rest = text.slice(end)
    if (end === 0) return []
    const lines = printableLines(text.slice(0, end))
    keep(step.last, lines)
    return lines.map((line) => `  ${line}`)
  }

  #step(vertex: Vertex): Step {
    const known = this.#steps.get(vertex.digest)
    if (known) return known
    const step = { name: oneLine(vertex.name), error: '', started: false, ended: false, rest: '', last: [] }
    this.#steps.set(vertex.digest, step)
    return step
  }

  #emit(lines: readonly string[]): void {
    if (lines.length > 0) this.#reporter.emit({ type: 'output', step: 'build', lines })
  }
}

/** BuildKit's own housekeeping; the second is how the engine unpacks the context. */
function isInternal(step: Step): boolean {
  return step.name.startsWith('[internal]') || step.name === 'copy /context /'
}

function keep(kept: string[], lines: readonly string[]): void {
  kept.push(...lines)
  kept.splice(0, kept.length - KEPT_LINES)
}

/** A base image that the registry does not give us. */
function loginAdvice(why: string): string | undefined {
  if (!/\b40[13]\b|unauthorized|denied|authentication required/i.test(why)) return undefined
  return 'Log in to the registry of the base image before this step (docker/login-action).'
}
