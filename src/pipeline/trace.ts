import type { Digest } from '../domain/digest.ts'
import type { Repository } from '../domain/image.ts'
import { pinned } from '../domain/image.ts'
import type { Run } from '../domain/labels.ts'
import type { Outcome } from '../domain/outcome.ts'
import { isGreen } from '../domain/outcome.ts'
import type { AppRequest } from '../domain/request.ts'
import type { CustodyLink, Result, VersionEntry, WorkloadResult } from '../domain/result.ts'
import type { Revision } from '../domain/revision.ts'
import type { Reason } from '../errors/deploy-error.ts'
import { CATALOGUE } from '../errors/catalogue.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type { CheckResult, Findings } from '../ports.ts'

/** What has been established so far. Every step returns facts; the pipeline adds them to a new trace. */
export interface Trace {
  readonly action: Result['action']
  readonly repository: Repository
  readonly app: string
  readonly environment?: string
  readonly target?: string
  readonly digest?: Digest
  readonly revision?: Revision
  readonly tags: readonly string[]
  readonly reused: boolean
  readonly previousDigest?: Digest
  readonly previousRevision?: Revision
  readonly previousVerified?: boolean
  readonly custody: readonly CustodyLink[]
  readonly workloads: readonly WorkloadResult[]
  readonly checks?: readonly CheckResult[]
  readonly versions?: readonly VersionEntry[]
  readonly plan?: readonly string[]
  readonly url?: string
  readonly preview?: NonNullable<Result['preview']>
  readonly removed?: readonly string[]
  /** Why somebody did this by hand. */
  readonly note?: string
  readonly run: Run
}

export function openTrace(action: Result['action'], request: AppRequest): Trace {
  return {
    action,
    repository: request.repository,
    app: request.app,
    ...(request.environment === undefined ? {} : { environment: request.environment }),
    ...(request.target === undefined ? {} : { target: request.target.name }),
    tags: [],
    reused: false,
    custody: [],
    workloads: [],
    run: request.run,
  }
}

export function withLink(trace: Trace, hop: CustodyLink['hop'], value: string, evidence: string): Trace {
  return { ...trace, custody: [...trace.custody.filter((link) => link.hop !== hop), { hop, value, evidence }] }
}

/** Adds what was checked, passed or not. */
export function withChecks(trace: Trace, checks: readonly CheckResult[]): Trace {
  return checks.length === 0 ? trace : { ...trace, checks: [...(trace.checks ?? []), ...checks] }
}

export interface Ending {
  readonly outcome: Outcome
  readonly reason?: Reason | undefined
  readonly state?: string | undefined
  readonly rolledBack?: boolean
  /** A run that is not green leaves the target changed. */
  readonly touched?: boolean
  /** The failure was reported already, before the restore. */
  readonly reported?: boolean
}

/** The result document of a finished run. */
export function close(trace: Trace, ending: Ending, findings: Findings): Result {
  const { outcome, reason, state } = ending
  const fix = reason ? (reason.fix ?? CATALOGUE[reason.code].fix) : undefined
  const faults = reason instanceof DeployError ? reason.faults : []
  const { repository, run, ...facts } = trace
  return {
    version: 1,
    ...facts,
    outcome,
    ...(reason && !isGreen(outcome) ? { reasonCode: reason.code, reason: reason.what } : {}),
    ...(outcome === 'skipped' && reason ? { reasonCode: reason.code, reason: reason.what } : {}),
    ...(fix && !isGreen(outcome) ? { fix } : {}),
    ...(reason?.evidence?.length && !isGreen(outcome) ? { evidence: reason.evidence } : {}),
    ...(state === undefined ? {} : { state }),
    ...(faults.length > 0 ? { faults } : {}),
    image: repository.name,
    ...(trace.digest ? { imageRef: pinned({ repository, digest: trace.digest }) } : {}),
    rolledBack: ending.rolledBack ?? false,
    touched: ending.touched ?? false,
    warnings: findings.warnings,
    timings: findings.timings,
    run: { id: run.id, attempt: run.attempt, ...(run.url === undefined ? {} : { url: run.url }) },
  }
}
