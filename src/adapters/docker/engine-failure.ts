/** What is thrown when an exchange with the engine fails: whose failure it is, why, and what to do. */
import { cancelled, DeployError } from '../../errors/deploy-error.ts'
import type { Endpoint } from './endpoint.ts'
import type { Unreachable } from './unreachable.ts'
import { adviceFor, problemOf } from './unreachable.ts'

export interface FailureContext {
  readonly endpoint: Endpoint
  readonly unreachable: Unreachable
  /** `RUNNER_OS`, as the runner sets it. */
  readonly runner: string | undefined
}

export function engineUnreachable(
  { endpoint, unreachable, runner }: FailureContext,
  problem: string,
  cause?: unknown,
): DeployError {
  const engine = unreachable === 'engine-unreachable' ? 'the Docker engine' : "the target's Docker engine"
  return new DeployError(unreachable, `${engine} at ${endpoint.name} cannot be reached: ${problem}`, {
    cause,
    fix: adviceFor(cause, endpoint, unreachable, runner),
  })
}

/** @param signal of the exchange: aborted at its deadline, or when the run is cancelled */
export function explainFailure(context: FailureContext, error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof DeployError) return error
  if (!signal?.aborted) return engineUnreachable(context, problemOf(error, context.endpoint), error)
  const reason: unknown = signal.reason
  if (reason instanceof DeployError) return reason
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    return engineUnreachable(context, 'no answer in time', error)
  }
  return cancelled()
}
