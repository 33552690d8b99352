import type { StepName } from '../reporting/events.ts'
import type { Clock, Reporter } from '../ports.ts'
import { errorMessage } from '../errors/message.ts'

export interface StepContext {
  readonly clock: Clock
  readonly reporter: Reporter
}

/** Runs one step between its started and finished events; `detail` says in a few words what came of it. */
export async function step<T>(
  { clock, reporter }: StepContext,
  { name, title }: { readonly name: StepName; readonly title: string },
  work: () => Promise<T>,
  detail: (value: T) => string,
): Promise<T> {
  const started = clock.now()
  reporter.emit({ type: 'step.started', step: name, title })
  try {
    const value = await work()
    reporter.emit({
      type: 'step.finished',
      step: name,
      result: 'done',
      detail: detail(value),
      ms: clock.now() - started,
    })
    return value
  } catch (error) {
    const text = errorMessage(error)
    reporter.emit({ type: 'step.finished', step: name, result: 'failed', detail: text, ms: clock.now() - started })
    throw error
  }
}

export function skip({ reporter }: StepContext, name: StepName, why: string): void {
  reporter.emit({ type: 'step.finished', step: name, result: 'skipped', detail: why, ms: 0 })
}
