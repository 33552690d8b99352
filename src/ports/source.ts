import type { Revision } from '../domain/revision.ts'

export interface SourceFacts {
  readonly revision: Revision
  /** Commit date, seconds since 1970: SOURCE_DATE_EPOCH and the image's `created`. */
  readonly committedAt: number
  /** Tracked files that differ from the commit. */
  readonly dirty: readonly string[]
  /** Untracked, not ignored files, relative to the context. */
  readonly untracked: readonly string[]
  /** Web address of the repository where known, without credentials. */
  readonly url?: string
}

export type Ancestry = 'same' | 'older' | 'newer' | 'diverged' | 'unknown'

export interface Source {
  /** Facts of the work tree that holds `context`; undefined outside a work tree. */
  facts(context: string): Promise<SourceFacts | undefined>
  /** How `revision` stands to `other`: 'older' = an ancestor of it. 'unknown' where history is too shallow. */
  compare(revision: Revision, other: Revision): Promise<Ancestry>
}
