import type { Digest } from './digest.ts'
import type { Revision } from './revision.ts'

/** Keys that we write on images, containers and workloads. */
export const LABEL = {
  /** On images: the build inputs' fingerprint, `name=hash` pairs. Inherited by images that are built FROM this one. */
  inputs: 'dev.immutable-deploy.inputs',
  /** On images: the release that it was built for, `repository:sha-<revision>`; inherited like every label. */
  release: 'dev.immutable-deploy.release',
  app: 'dev.immutable-deploy.app',
  environment: 'dev.immutable-deploy.environment',
  revision: 'dev.immutable-deploy.revision',
  digest: 'dev.immutable-deploy.digest',
  /** Run id and attempt that created the thing. */
  run: 'dev.immutable-deploy.run',
  /** On throwaway containers and networks: their own name, which no image could have given them. */
  owner: 'dev.immutable-deploy.owner',
  /** On the same: seconds after their creation from which anybody may sweep them. */
  lifetime: 'dev.immutable-deploy.lifetime',
  /** On workloads: `Ledger` as JSON, written after the verdict. */
  history: 'dev.immutable-deploy.history',
} as const

export const OCI_LABEL = {
  revision: 'org.opencontainers.image.revision',
  created: 'org.opencontainers.image.created',
  source: 'org.opencontainers.image.source',
  version: 'org.opencontainers.image.version',
  title: 'org.opencontainers.image.title',
} as const

/** Who is doing this: carried by stamps, throwaway containers and locks. */
export interface Run {
  /** `GITHUB_RUN_ID`, or a random id outside GitHub. */
  readonly id: string
  readonly attempt: number
  /** Page of the run, where there is one. */
  readonly url?: string
  readonly actor?: string
}

export function runKey(run: Run): string {
  return `${run.id}-${String(run.attempt)}`
}

/** What a release writes on the workload together with the image, in the same request. */
export interface Stamp {
  readonly app: string
  readonly environment: string
  readonly digest: Digest
  readonly revision?: Revision
  readonly run: Run
}

/** One version that was verified in an environment. */
export interface VerifiedVersion {
  readonly digest: Digest
  readonly revision?: Revision
  /** ISO time of the verdict. */
  readonly at: string
  readonly run?: string
  /** Further digests that a runtime may report for it, so that it can be proven when the registry is down. */
  readonly accepted?: readonly Digest[]
}

/** What the target itself remembers: at most ten verified versions, newest first, and the digests marked bad. */
export interface History {
  readonly verified: readonly VerifiedVersion[]
  readonly bad: readonly { readonly digest: Digest; readonly revision?: Revision; readonly at: string }[]
}

export const EMPTY_HISTORY: History = { verified: [], bad: [] }
const KEPT = 10

/** The history after a healthy verdict: this version first, its bad mark lifted. */
export function withVerified(history: History, version: VerifiedVersion): History {
  return {
    verified: [version, ...history.verified.filter((entry) => entry.digest !== version.digest)].slice(0, KEPT),
    bad: history.bad.filter((entry) => entry.digest !== version.digest),
  }
}

/** The history after a version was rolled back from. */
export function withBad(history: History, version: { digest: Digest; revision?: Revision; at: string }): History {
  return {
    verified: history.verified,
    bad: [version, ...history.bad.filter((entry) => entry.digest !== version.digest)].slice(0, KEPT),
  }
}
