import type { ReasonCode } from './catalogue.ts'
import { CATALOGUE } from './catalogue.ts'
import { errorMessage } from './message.ts'

/** Why something went wrong, as data: carried by errors, observations and verdicts alike. */
export interface Reason {
  /** Permanent code; its page is `docs/errors.md#<code>`. */
  readonly code: ReasonCode
  /** What happened, one sentence with the names and values of this case. */
  readonly what: string
  /** What was seen: events, exit codes, task errors, the last log lines. Hostile text: never interpreted. */
  readonly evidence?: readonly string[]
  /** What to do now, where the catalogue's general advice can be said more precisely. */
  readonly fix?: string
}

/** One fault of an input, a configuration value or a permission; all of one kind are reported together. */
export interface Fault {
  /** The input's or key's name: `timeout`, `environments.production.workload`. */
  readonly name: string
  /** What was given; never a secret. */
  readonly value?: string
  /** Where it was given: `input`, `.github/immutable-deploy.yml:12`. */
  readonly source?: string
  readonly problem: string
  /** A value that works. */
  readonly example?: string
  /** Near miss: what was probably meant. */
  readonly suggestion?: string
}

interface Details {
  readonly evidence?: readonly string[] | undefined
  readonly fix?: string | undefined
  /** The state that is left behind: `production still runs sha256:…`. */
  readonly state?: string | undefined
  readonly faults?: readonly Fault[] | undefined
  /** Asking again gets the same answer while this run lasts: credentials that have ended. */
  readonly isLasting?: boolean
  readonly cause?: unknown
}

/** The error that every failure ends as. Errors that a folder throws for itself (a value that does not fit, a failed smoke
 * test) do not leave it; whatever else is thrown is a bug of ours, and is labelled so. */
export class DeployError extends Error implements Reason {
  override readonly name = 'DeployError'
  readonly code: ReasonCode
  readonly what: string
  readonly evidence: readonly string[]
  readonly fix: string
  readonly state: string | undefined
  readonly faults: readonly Fault[]
  readonly isLasting: boolean

  constructor(code: ReasonCode, what: string, details: Details = {}) {
    super(what, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.what = what
    this.evidence = details.evidence ?? []
    this.fix = details.fix ?? CATALOGUE[code].fix
    this.state = details.state
    this.faults = details.faults ?? []
    this.isLasting = details.isLasting ?? false
  }
}

export function fail(reason: Reason, details: Omit<Details, 'evidence' | 'fix'> = {}): DeployError {
  return new DeployError(reason.code, reason.what, { ...details, evidence: reason.evidence, fix: reason.fix })
}

/** Every thrown value as a DeployError: what is not ours becomes `internal-error`, labelled as our bug. */
export function asDeployError(thrown: unknown): DeployError {
  if (thrown instanceof DeployError) return thrown
  const text = errorMessage(thrown)
  return new DeployError('internal-error', `unexpected: ${text}`, {
    cause: thrown,
    evidence: thrown instanceof Error && thrown.stack ? thrown.stack.split('\n').slice(0, 12) : [],
  })
}

/** The abort of a cancelled run, or of whatever else the signal says. */
export function cancelled(signal?: AbortSignal): DeployError {
  return signal?.reason instanceof DeployError ? signal.reason : new DeployError('cancelled', 'the run was cancelled')
}

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(signal)
}
