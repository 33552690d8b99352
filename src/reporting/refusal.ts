import type { Result } from '../domain/result.ts'
import { emptyResult } from '../domain/result.ts'
import type { DeployError } from '../errors/deploy-error.ts'

/** The result of a run that ended before there was a request: inputs at fault, or our own bug. */
export function refusal(action: Result['action'], error: DeployError, run?: Result['run']): Result {
  return {
    ...emptyResult(action, error.code === 'cancelled' ? 'cancelled' : 'failed', run),
    reasonCode: error.code,
    reason: error.what,
    fix: error.fix,
    ...(error.evidence.length > 0 ? { evidence: error.evidence } : {}),
    ...(error.state === undefined ? {} : { state: error.state }),
    ...(error.faults.length > 0 ? { faults: error.faults } : {}),
  }
}
