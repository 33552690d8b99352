import type { Duration } from '../domain/duration.ts'
import type { Reason } from '../errors/deploy-error.ts'
import type { CheckResult, Reporter } from '../ports.ts'
import type { StepName } from '../reporting/events.ts'
import type { Polled } from './poll.ts'
import type { Cleaner } from './text.ts'

/** Keeps results by their place in the file and reports each as it comes. */
export class Results {
  readonly #names: readonly string[]
  readonly #found: (CheckResult | undefined)[]
  readonly #reporter: Reporter
  readonly #clean: Cleaner

  constructor(names: readonly string[], reporter: Reporter, clean: Cleaner) {
    this.#names = names
    this.#found = names.map(() => undefined)
    this.#reporter = reporter
    this.#clean = clean
  }

  add(index: number, polled: Polled, skipped = false): void {
    const { passed, attempts, ms } = polled
    const name = this.#clean(this.#names[index] ?? '')
    const result = { name, passed, detail: this.#clean(polled.detail), attempts, ms: Math.round(ms) }
    this.#found[index] = skipped ? { ...result, skipped: true } : result
    if (!skipped) this.#reporter.emit({ type: 'check.finished', ...result })
  }

  has(index: number): boolean {
    return this.#found[index] !== undefined
  }

  /** What has no result by now was not run. */
  all(): readonly CheckResult[] {
    return this.#found.map(
      (result, index) =>
        result ?? {
          name: this.#clean(this.#names[index] ?? ''),
          passed: false,
          detail: 'not run: the test ended before',
          attempts: 0,
          ms: 0,
          skipped: true,
        },
    )
  }

  failed(): readonly CheckResult[] {
    return this.#found.filter(
      (result) => result !== undefined && !result.passed && result.skipped === undefined,
    ) as CheckResult[]
  }
}

/** The reason of failed checks; undefined when all passed. */
export function reasonOf(
  results: Results,
  total: number,
  code: 'smoke-check-failed' | 'live-check-failed',
): Reason | undefined {
  const failed = results.failed()
  const [first, ...others] = failed
  if (!first) return undefined
  const what =
    others.length === 0
      ? `check "${first.name}" failed: ${first.detail}`
      : `${String(failed.length)} of ${String(total)} checks failed; the first, "${first.name}": ${first.detail}`
  return {
    code,
    what,
    ...(others.length === 0 ? {} : { evidence: failed.map(({ name, detail }) => `${name}: ${detail}`) }),
  }
}

/** Says what is waited for: at once, then every few seconds. */
export function createProgress(
  reporter: Reporter,
  step: StepName,
  clean: Cleaner,
): (text: string, elapsed: Duration) => void {
  let reportedAt = -Infinity
  return (text, elapsed) => {
    if (elapsed - reportedAt < 2000) return
    reportedAt = elapsed
    reporter.emit({ type: 'progress', step, text: clean(text) })
  }
}
