import type { Digest } from '../domain/digest.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { Preview } from '../domain/preview.ts'
import type { Revision } from '../domain/revision.ts'
import type { Reason } from '../errors/deploy-error.ts'
import type { Ports } from '../ports.ts'
import type { PreviewHost } from './preview.ts'
import type { PullRequests } from './pulls.ts'

/** How the deployment of a preview ended. */
export interface PreviewEnding {
  readonly outcome: Outcome
  readonly reason: Reason | undefined
  readonly url: string | undefined
  readonly digest: Digest | undefined
  readonly revision: Revision | undefined
  /** An earlier version of it runs on, and where. */
  readonly runsOn: boolean
  /** ISO time from which a sweep may remove it. */
  readonly expires: string | undefined
}

/**
 * What GitHub shows of previews: the deployment record and the comment. Nothing of it throws or changes a verdict: what cannot
 * be written is said once.
 */
export interface PreviewDisplay {
  /** A run begins to work for this preview; nothing waits for it. */
  queued(preview: Preview, revision: Revision | undefined): void
  /** Its image is proven and is being deployed now; nothing waits for it. */
  deploying(preview: Preview): void
  ended(preview: Preview, ending: PreviewEnding): Promise<void>
  /** `why`: for people, `the pull request is closed`. */
  removed(preview: Preview, why: string): Promise<void>
}

/** What a preview needs beside what a release needs. */
export interface PreviewPorts extends Ports {
  /** undefined where GitHub cannot be asked. */
  readonly pulls: PullRequests | undefined
  readonly display: PreviewDisplay | undefined
  readonly host: () => Promise<PreviewHost>
}
