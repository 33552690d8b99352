/** Which commit is built, and whether the event meant it. */
import type { RemoteContext } from '../domain/remote-context.ts'
import { remoteContext } from '../domain/remote-context.ts'
import type { Revision } from '../domain/revision.ts'
import { isRevision, shortRevision } from '../domain/revision.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type { Source, SourceFacts } from '../ports.ts'
import type { EventFacts } from './event.ts'
import type { ConfigContext } from './read.ts'
import type { Values } from './inputs.ts'

export interface Commit {
  readonly revision: Revision | undefined
  /** The commit of the work tree that is built, whatever `revision` says; undefined where nobody knows it. */
  readonly tree: Revision | undefined
  /** Seconds since 1970; 0 where nobody knows. */
  readonly committedAt: number
  /** Why this may not be the commit that is meant. */
  readonly doubt: { readonly text: string; readonly fix: string } | undefined
}

/** The `revision` input; a wrong one is a fault like any other. */
export function givenRevision(values: Values): Revision | undefined {
  const text = values.text('revision')?.toLowerCase()
  if (text !== undefined && !isRevision(text)) {
    values.fault('revision', 'must be a full commit SHA: 40 hex digits; branches and tags can move')
  }
  return text
}

/**
 * The commit that the context holds.
 * @throws DeployError no-revision where nobody knows it
 */
export async function commitOf(
  context: string,
  given: Revision | undefined,
  configContext: ConfigContext,
  source: () => Promise<Source>,
): Promise<Commit> {
  const remote = remoteContext(context)
  if (remote) {
    const pinned = revisionOfRemote(context, remote, given)
    return { ...CERTAIN, revision: pinned, tree: pinned, committedAt: 0 }
  }
  const { event } = configContext
  const facts = await (await source()).facts(context)
  const revision = oneOf(given, facts?.revision, event.revision)
  if (revision === undefined) {
    throw new DeployError('no-revision', `${context} is in no Git work tree with a commit, and no event names one`, {
      fix: event.name === undefined ? 'Run inside a Git checkout, or give revision.' : CHECK_OUT,
      state: NOTHING,
    })
  }
  const commit = { ...CERTAIN, revision, tree: facts?.revision, committedAt: facts?.committedAt ?? 0 }
  if (!facts || !isOfThisRepository(facts, configContext.github)) return commit
  if (given !== undefined) return { ...commit, doubt: given === facts.revision ? undefined : otherTree(given, facts) }
  if (event.revision === undefined || event.revision === revision) return commit
  return { ...commit, doubt: otherEvent(revision, event.revision, event) }
}

const CERTAIN = { doubt: undefined } as const
const CHECK_OUT = 'Add actions/checkout before this step, or set the revision input.'
const NOTHING = 'nothing was built, pushed or changed'

/** Which value counts, in this order. */
function oneOf(...candidates: readonly (Revision | undefined)[]): Revision | undefined {
  return candidates.find((candidate) => candidate !== undefined)
}

/** A Git context is the commit that it pins: `…git#<40 hex>[:folder]`. What is only downloaded is not a commit at all. */
function revisionOfRemote(context: string, { kind, revision }: RemoteContext, given: Revision | undefined): Revision {
  if (revision !== undefined && (given === undefined || given === revision)) return revision
  const address = context.split('#')[0] ?? ''
  if (kind === 'file') {
    const what = `${address} does not end in .git: the builder downloads it as a file and ignores what follows #`
    const fix = 'Name a repository (https://host/owner/name.git#<40 hex digits>), or build from a checkout.'
    throw new DeployError('no-revision', what, { fix, state: NOTHING })
  }
  const what =
    revision === undefined
      ? 'names no commit, so nobody knows what would be built'
      : `pins ${revision}, not ${given ?? ''}`
  throw new DeployError('no-revision', `the Git context ${what}`, {
    fix: `Pin it: ${address.split('?')[0] ?? ''}#${given ?? '<40 hex digits>'}`,
    state: NOTHING,
  })
}

/** A checkout of another repository beside the workflow's own has commits of its own. */
function isOfThisRepository(facts: SourceFacts, github: ConfigContext['github']): boolean {
  if (!github || facts.url === undefined) return true
  const tail = (url: string) => new URL(url, 'https://invalid').pathname.replace(/^\/|\.git$|\/$/g, '').toLowerCase()
  return tail(facts.url) === github.repository.toLowerCase()
}

function otherTree(given: Revision, facts: SourceFacts): Commit['doubt'] {
  return {
    text: `revision is ${shortRevision(given)}, but the work tree that is built is at ${shortRevision(facts.revision)}`,
    fix: `Check that commit out: actions/checkout with  ref: ${given}`,
  }
}

function otherEvent(revision: Revision, meant: Revision, event: EventFacts): Commit['doubt'] {
  const merge = event.name === 'pull_request' && revision === event.checkoutRevision
  const which = merge ? 'the merge commit of the pull request' : 'the commit that is checked out'
  const line = `ref: ${event.ref}`
  return {
    text: `building ${shortRevision(revision)}, ${which}; the event ${event.name ?? ''} is about ${shortRevision(meant)}. To build that one give actions/checkout the line  ${line}`,
    fix: `Give actions/checkout the line  ${line}  or, if it is meant, this action  revision: ${revision}`,
  }
}

/** `policy: enforce` refuses to promote a commit that may not be the one that is meant. */
export function refuseDoubt({ doubt }: Commit, policy: string, promote: string): void {
  if (!doubt || policy !== 'enforce' || promote === 'none') return
  throw new DeployError('revision-mismatch', doubt.text, { fix: doubt.fix, state: NOTHING })
}
