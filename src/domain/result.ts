import type { Digest } from './digest.ts'
import type { Outcome } from './outcome.ts'
import type { Revision } from './revision.ts'

export interface WorkloadResult {
  readonly name: string
  /** What it runs now, as last seen. */
  readonly digest?: string
  readonly verdict:
    'healthy' | 'unchanged' | 'failed' | 'timed-out' | 'superseded' | 'restored' | 'not-restored' | 'untouched'
  readonly reasonCode?: string
  readonly reason?: string
  /** `2/2` */
  readonly replicas?: string
  /** Where several stand for one workload (blue-green): the one that has the traffic, `deployment/web-green`. */
  readonly serving?: string
  readonly namespace?: string
}

/** One link of the chain of custody. */
export interface CustodyLink {
  readonly hop: 'commit' | 'built' | 'smoked' | 'promoted' | 'running'
  /** Commit SHA or digest. */
  readonly value: string
  /** How it was established: `reused`, `3 checks`, the tag, `2/2 replicas`. */
  readonly evidence: string
}

export interface VersionEntry {
  readonly digest: Digest
  readonly revision?: Revision
  /** ISO time when it was verified, by the clock of the run that recorded it. */
  readonly at?: string
  readonly verdict: 'running' | 'verified' | 'bad' | 'unverified'
  /** Where this is known from. */
  readonly knownBy: readonly ('target' | 'registry' | 'github')[]
  /** Why somebody went there by hand. */
  readonly reason?: string
}

/** The `result` output: one JSON document, described by schema/result.schema.json. */
export interface Result {
  readonly version: 1
  /** The verb that ran (src/verbs). */
  readonly action: string
  readonly outcome: Outcome
  readonly reasonCode?: string
  readonly reason?: string
  /** What to do about it. */
  readonly fix?: string
  readonly evidence?: readonly string[]
  /** What is left behind, for a person. */
  readonly state?: string
  readonly faults?: readonly {
    name: string
    value?: string
    source?: string
    problem: string
    example?: string
    suggestion?: string
  }[]
  readonly app?: string
  readonly environment?: string
  readonly target?: string
  readonly image?: string
  readonly digest?: Digest
  readonly imageRef?: string
  readonly revision?: Revision
  readonly tags: readonly string[]
  readonly reused: boolean
  readonly previousDigest?: Digest
  readonly previousRevision?: Revision
  /** What ran before was verified here: restoring it needs no permission. */
  readonly previousVerified?: boolean
  readonly rolledBack: boolean
  /** Whether a run that is not green leaves the target changed: decides between exit codes 1 and 3. */
  readonly touched: boolean
  readonly url?: string
  /** Of a preview. */
  readonly preview?: { readonly number: number; readonly name: string }
  /** What a removal or a sweep removed, as people know it. */
  readonly removed?: readonly string[]
  /** Why somebody did this by hand: the input `reason` of a rollback. */
  readonly note?: string
  readonly custody: readonly CustodyLink[]
  readonly workloads: readonly WorkloadResult[]
  readonly checks?: readonly { name: string; passed: boolean; detail: string; attempts: number; ms: number }[]
  /** `list`, and refusals that name candidates. */
  readonly versions?: readonly VersionEntry[]
  readonly plan?: readonly string[]
  readonly warnings: readonly string[]
  /** Milliseconds per step. */
  readonly timings: Readonly<Record<string, number>>
  readonly run: { readonly id: string; readonly attempt: number; readonly url?: string }
}

/** The result of a run that touched nothing and has no image of its own. */
export function emptyResult(action: string, outcome: Outcome, run: Result['run'] = { id: 'none', attempt: 1 }): Result {
  return {
    version: 1,
    action,
    outcome,
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
