import type { StepName } from '../reporting/events.ts'
import type { Clock, Reporter } from '../ports.ts'
import { DeployError } from '../errors/deploy-error.ts'
import { errorMessage } from '../errors/message.ts'

export interface StepContext {
  readonly clock: Clock
  readonly reporter: Reporter
}

/** What came of a step, in a few words; some end without what they were for, and without an error. */
export type Detail = string | { readonly failed: string }

/** Runs one step between its started and finished events. */
export async function step<T>(
  { clock, reporter }: StepContext,
  { name, title }: { readonly name: StepName; readonly title: string },
  work: () => Promise<T>,
  detail: (value: T) => Detail,
): Promise<T> {
  const started = clock.now()
  reporter.emit({ type: 'step.started', step: name, title })
  try {
    const value = await work()
    const came = detail(value)
    const ended = typeof came === 'string' ? ({ result: 'done', detail: came } as const) : failedStep(came)
    reporter.emit({ type: 'step.finished', step: name, ...ended, ms: clock.now() - started })
    return value
  } catch (error) {
    const text = errorMessage(error)
    const result = error instanceof Stopped ? 'skipped' : 'failed'
    reporter.emit({ type: 'step.finished', step: name, result, detail: text, ms: clock.now() - started })
    throw error
  }
}

function failedStep({ failed }: { readonly failed: string }) {
  return { result: 'failed', detail: failed } as const
}

/** A step that is ended because another one has failed: nothing is wrong with it. */
export class Stopped extends DeployError {
  constructor(why: string) {
    super('cancelled', `stopped: ${why}`)
  }
}

export function skip({ reporter }: StepContext, name: StepName, why: string): void {
  reporter.emit({ type: 'step.finished', step: name, result: 'skipped', detail: why, ms: 0 })
}
