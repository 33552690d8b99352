import type { Digest } from '../domain/digest.ts'
import type { BadMark, History, VerifiedVersion } from '../domain/history.ts'
import type { PinnedImage, Repository } from '../domain/image.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { Place } from '../domain/place.ts'
import type { Revision } from '../domain/revision.ts'
import type { Existence, Registry } from './registry.ts'
import type { Rollout, Target } from './target.ts'

export type LedgerName = 'target' | 'registry' | 'github'

/** What a ledger is asked. */
export interface LedgerQuestion {
  /** What other ledgers answered already: a record that is among them needs no further request. */
  readonly known: History
  /** How many verified versions are enough. */
  readonly limit: number
}

/** One change of the records, after a verdict. */
export interface LedgerChange {
  /** All records of the place with this change made, for ledgers that keep one document. */
  readonly history: History
  /** Versions that are marked bad by this change. */
  readonly marks: readonly BadMark[]
  readonly rollout: Rollout<unknown>
}

/** A replacement that begins, for ledgers that show it to people while it lasts. */
export interface LedgerAttempt {
  readonly action: 'release' | 'rollback'
  readonly image: PinnedImage
  /** The number that its record will have, as far as it is known now. */
  readonly sequence: number
  /** Run and attempt. */
  readonly runKey: string
  /** What was set before. */
  readonly previous: Digest | undefined
  /** The versions that a rollback by hand leaves behind. */
  readonly abandoned: readonly { readonly digest: Digest; readonly revision?: Revision | undefined }[]
  readonly reason: string | undefined
  readonly url: string | undefined
  /** Every workload is set to this image already: the record may exist. */
  readonly isSet: boolean
}

export interface LedgerEnding {
  readonly outcome: Outcome
  /** In a few words, for people. */
  readonly text: string
}

/**
 * Remembers which versions were verified at one place and which were marked bad. The pipeline reads all ledgers, merges
 * what they say, and writes every change to all of them; each may be away.
 */
export interface Ledger {
  readonly name: LedgerName
  /** `unknown` where it does not answer now. Throws only when the run is cancelled. */
  read(question: LedgerQuestion): Promise<Existence<History>>
  /** Returns the tags that it wrote, if it writes tags. @throws DeployError */
  recordVerified(version: VerifiedVersion, change: LedgerChange): Promise<readonly string[]>
  /** @throws DeployError */
  recordBad(change: LedgerChange): Promise<readonly string[]>
  /** A replacement begins. Nothing waits for it, and it never throws: what fails is said when the attempt ends. */
  readonly begin?: (attempt: LedgerAttempt) => void
  /** How the attempt ended, where neither `recordVerified` nor `recordBad` was called for it. @throws DeployError */
  readonly end?: (ending: LedgerEnding) => Promise<void>
}

/** What the ledgers of one run are opened for. */
export interface LedgerContext {
  readonly repository: Repository
  readonly registry: Registry
  readonly target: Target
  readonly app: string
  readonly environment: string
  /** undefined: the target does not know which place it is, so only its own records count. */
  readonly place: Place | undefined
  /** Key of another place whose records are taken over: `adopt-history`. */
  readonly adopted: string | undefined
}

export type OpenLedgers = (context: LedgerContext) => readonly Ledger[]
