import type { BuildRequest } from '../domain/request.ts'
import type { Revision } from '../domain/revision.ts'

export interface SourceFacts {
  readonly revision: Revision
  /** Commit date, seconds since 1970: SOURCE_DATE_EPOCH and the image's `created`. */
  readonly committedAt: number
  /** Tracked files that differ from the commit. */
  readonly dirty: readonly string[]
  /** Web address of the repository where known, without credentials. */
  readonly url?: string
}

/** What a build would send that is not in the commit. */
export interface Unversioned {
  /** Files of the context, and of named contexts as `name: file`, as `.dockerignore` leaves them. */
  readonly files: readonly string[]
  /** The context's own `.git` would be sent, and holds a token. */
  readonly gitCredentials: boolean
}

export type Ancestry = 'same' | 'older' | 'newer' | 'diverged' | 'unknown'

export interface Source {
  /** Facts of the work tree that holds `context`; undefined outside a work tree. */
  facts(context: string): Promise<SourceFacts | undefined>
  /** What the build would send that no commit holds: what counts is what is sent, not what Git lists. */
  unversioned(build: Pick<BuildRequest, 'context' | 'file' | 'buildContexts'>): Promise<Unversioned>
  /** How `revision` stands to `other`: 'older' = an ancestor of it. 'unknown' where history is too shallow. */
  compare(revision: Revision, other: Revision): Promise<Ancestry>
}
