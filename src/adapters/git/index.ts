/** The source of commits: a Git work tree, and GitHub where the local history does not reach far enough. */
import path from 'node:path'
import type { Revision } from '../../domain/revision.ts'
import { isRevision } from '../../domain/revision.ts'
import { throwIfAborted } from '../../errors/deploy-error.ts'
import type { Ancestry, GitHubApi, Source, SourceFacts } from '../../ports.ts'
import { compareByApi } from './compare-api.ts'
import type { GitContext } from './git.ts'
import { git } from './git.ts'
import { changedUnwatched, listingOf } from './listing.ts'
import { parseStatus } from './status.ts'
import type { AskStatus, WorkTreeStatus } from './unversioned.ts'
import { originUrl, workTreeOf } from './work-tree.ts'

export interface SourceOptions extends GitContext {
  /** Folder whose history answers before any context was asked about. */
  readonly cwd: string
  /** Asked when the local history is too shallow. */
  readonly github?: GitHubApi
}

/** Facts of a context are asked once: two processes side by side. */
export function createSource(options: SourceOptions): Source {
  const asked = new Map<string, Promise<SourceFacts | undefined>>()
  const statuses = new Map<string, Promise<WorkTreeStatus | undefined>>()
  const status = (top: string): Promise<WorkTreeStatus | undefined> => {
    const known = statuses.get(top) ?? statusOf(top, options)
    statuses.set(top, known)
    return known
  }
  let folder = options.cwd
  return {
    facts(context) {
      const known = asked.get(context)
      if (known) return known
      if (path.isAbsolute(context)) folder = context
      const facts = path.isAbsolute(context) ? factsOf(context, options, status) : Promise.resolve(undefined)
      asked.set(context, facts)
      return facts
    },
    async unversioned(build) {
      const { unversioned } = await import('./unversioned.ts')
      return unversioned(build, { cwd: options.cwd, ask: status, signal: options.signal })
    },
    async compare(revision, other) {
      if (revision === other) return 'same'
      // What runs may be named by a label that anybody wrote: only commits become arguments and paths.
      if (!isRevision(revision) || !isRevision(other)) return 'unknown'
      const local = await compareLocally(folder, options, revision, other)
      if (local !== 'unknown' || !options.github) return local
      return compareByApi({ ...options.github, signal: options.signal }, revision, other)
    },
  }
}

async function statusOf(top: string, context: GitContext): Promise<WorkTreeStatus | undefined> {
  const whole = ['--untracked-files=all', '--ignored=matching', '--ignore-submodules=none']
  const [{ code, stdout }, { repositories, unwatched }] = await Promise.all([
    git(top, ['status', '--porcelain=v2', '--branch', '-z', ...whole], context),
    listingOf(top, context),
  ])
  if (code !== 0) return undefined
  const status = parseStatus(stdout)
  const unseen = unwatched.length === 0 ? [] : await changedUnwatched(top, unwatched, context)
  return { ...status, dirty: [...new Set([...status.dirty, ...unseen])], repositories }
}

async function factsOf(folder: string, context: GitContext, ask: AskStatus): Promise<SourceFacts | undefined> {
  const top = workTreeOf(folder)
  if (top === undefined) return undefined
  const [status, log] = await Promise.all([
    ask(top),
    git(top, ['log', '-1', '--no-show-signature', '--format=%H%n%ct'], context),
  ])
  const [revision = '', seconds = ''] = log.stdout.trim().split('\n')
  if (status?.revision === undefined || log.code !== 0) return undefined
  const { dirty } = status
  const url = originUrl(top)
  return {
    revision,
    committedAt: Number(seconds),
    dirty,
    ...(url === undefined ? {} : { url }),
  }
}

/** An ancestor that is found is one; one that is not found in a cut history may still be. */
async function compareLocally(
  folder: string,
  context: GitContext,
  revision: Revision,
  other: Revision,
): Promise<Ancestry> {
  const top = workTreeOf(folder)
  if (top === undefined) return 'unknown'
  const ancestor = (one: string, two: string) => git(top, ['merge-base', '--is-ancestor', one, two], context)
  try {
    const [older, newer] = await Promise.all([ancestor(revision, other), ancestor(other, revision)])
    if (older.code === 0) return 'older'
    if (newer.code === 0) return 'newer'
    if (older.code !== 1 || newer.code !== 1) return 'unknown'
    const shallow = await git(top, ['rev-parse', '--is-shallow-repository'], context)
    return shallow.stdout.trim() === 'false' ? 'diverged' : 'unknown'
  } catch {
    throwIfAborted(context.signal)
    return 'unknown'
  }
}
