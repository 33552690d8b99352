/**
 * Which texts of a build context BuildKit takes for an address, and what it makes of them: a repository that it clones,
 * or a file that it downloads. Nothing is called a commit that BuildKit would not clone.
 */
import type { Revision } from './revision.ts'
import { isRevision } from './revision.ts'

export interface RemoteContext {
  /** `git`: cloned. `file`: an archive or a Dockerfile, downloaded as it is. */
  readonly kind: 'git' | 'file'
  /** The commit that a repository's address pins with `#<40 hex digits>[:folder]`. */
  readonly revision: Revision | undefined
  /** Neither encrypted nor authenticated: anybody on the way can change what arrives. */
  readonly plain: boolean
}

/** `user@host:path`, as Git's own client has it. */
const SCP = /^[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:/

/** What kind of address it is; undefined for a folder. */
export function remoteContext(text: string): RemoteContext | undefined {
  const scheme = /^(https?|git|ssh):\/\//i.exec(text)?.[1]
  if (scheme === undefined) {
    return SCP.test(text) || text.startsWith('github.com/') ? repository(text, false) : undefined
  }
  const plain = /^(?:http|git)$/i.test(scheme)
  // Over HTTP only an address whose path ends in `.git` is a repository; everything else is downloaded.
  const overHttp = /^http/i.test(scheme)
  if (overHttp && !/^https?:[^?#]*\.git(?:[?#]|$)/.test(text)) return { kind: 'file', revision: undefined, plain }
  return repository(text, plain)
}

/** With a query nothing is pinned: newer builders read it as options, older ones as part of the path. */
function repository(text: string, plain: boolean): RemoteContext {
  const [, query, fragment = ''] = /^[^?#]*(\?[^#]*)?(?:#(.*))?$/s.exec(text) ?? []
  // In capitals it is the name of a branch or tag for BuildKit.
  const [pinned = ''] = fragment.split(':')
  const revision = query === undefined && isRevision(pinned) ? pinned : undefined
  return { kind: 'git', revision, plain }
}

/** Web address of the repository, without the commit, credentials and the ending `.git`; undefined where unknown. */
export function repositoryUrl(context: string): string | undefined {
  const address = context.startsWith('github.com/') ? `https://${context}` : context
  if (!/^https?:/.test(address) || !URL.canParse(address)) return undefined
  const { protocol, host, pathname } = new URL(address)
  return `${protocol}//${host}${pathname.replace(/\.git$/, '')}`
}
