import type { Result } from '../domain/result.ts'
import type { DeployError } from '../errors/deploy-error.ts'

/** The result of a run that ended before there was a request: inputs at fault, or our own bug. */
export function refusal(action: Result['action'], error: DeployError, run = { id: 'none', attempt: 1 }): Result {
  return {
    version: 1,
    action,
    outcome: error.code === 'cancelled' ? 'cancelled' : 'failed',
    reasonCode: error.code,
    reason: error.what,
    fix: error.fix,
    ...(error.evidence.length > 0 ? { evidence: error.evidence } : {}),
    ...(error.state === undefined ? {} : { state: error.state }),
    ...(error.faults.length > 0 ? { faults: error.faults } : {}),
    tags: [],
    reused: false,
    rolledBack: false,
    touched: false,
    custody: [],
    workloads: [],
    warnings: [],
    timings: {},
    run,
  }
}
