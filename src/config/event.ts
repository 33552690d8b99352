/** What the workflow's event says about the commit, about whose code it is, and about what may be done with it. */
import { DeployError } from '../errors/deploy-error.ts'
import { isRevision } from '../domain/revision.ts'
import type { Revision } from '../domain/revision.ts'
import { deployLimit, MAY_BE_LIFTED, textAt, valueAt } from './event-rules.ts'

export interface EventFacts {
  /** `push`, `pull_request`, …; undefined outside a workflow. */
  readonly name: string | undefined
  /** The commit that the event is about: of a pull request its head, not the merge commit. */
  readonly revision: Revision | undefined
  /** The expression that checks that commit out. */
  readonly ref: string
  /** GITHUB_SHA: what actions/checkout takes by itself. */
  readonly checkoutRevision: Revision | undefined
  /** Commit of a fork whose code must not be built with secrets at hand; 'unknown' where nobody says. */
  readonly foreign: Revision | 'unknown' | undefined
  /** An input may lift the limit: the event itself says that its code is this repository's own. */
  readonly liftable: boolean
  /** Why nothing may be promoted or deployed on this event; undefined: it may. */
  readonly limit: string | undefined
  /** Of an event of a pull request. */
  readonly pull: PullFacts | undefined
  /** Of a workflow_run: the run that ended. */
  readonly ended: EndedRun | undefined
}

export interface PullFacts {
  readonly number: number | undefined
  readonly action: string | undefined
  /** The label that was added or taken away. */
  readonly label: string | undefined
  /** Its head is not in this repository, or the event does not say. */
  readonly isForeign: boolean
}

export interface EndedRun {
  readonly head: Revision | undefined
  readonly branch: string | undefined
  /** Who owns the repository of the head. */
  readonly owner: string | undefined
}

type Env = Readonly<Record<string, string | undefined>>

export function eventFacts(env: Env, readPayload: (file: string) => unknown): EventFacts {
  const name = env['GITHUB_EVENT_NAME'] || undefined
  const checkoutRevision = revisionIn(env['GITHUB_SHA'])
  const file = env['GITHUB_EVENT_PATH']
  const payload = name && SUBJECTS[name] && file ? readPayload(file) : undefined
  const limit = deployLimit({ name, ref: env['GITHUB_REF'], payload })
  const subject = name === undefined ? undefined : SUBJECTS[name]
  const common = { name, checkoutRevision, limit }
  if (!subject) {
    const none = { foreign: undefined, liftable: false, pull: undefined, ended: undefined }
    return { ...common, ...none, revision: checkoutRevision, ref: '${{ github.sha }}' }
  }
  const head = valueAt(payload, subject.head)
  const foreign = foreignHead(payload, head, subject)
  return {
    ...common,
    revision: revisionIn(valueAt(head, subject.sha)) ?? checkoutRevision,
    ref: `\${{ github.event.${[...subject.head, ...subject.sha].join('.')} }}`,
    foreign: subject.secrets ? foreign : undefined,
    liftable: foreign === undefined && MAY_BE_LIFTED.has(name),
    pull: subject.head[0] === 'pull_request' ? pullFacts(payload, foreign !== undefined) : undefined,
    ended: name === 'workflow_run' ? endedRun(head) : undefined,
  }
}

function pullFacts(payload: unknown, isForeign: boolean): PullFacts {
  const number = valueAt(payload, ['pull_request', 'number'])
  return {
    number: typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined,
    action: textAt(payload, ['action']),
    label: textAt(payload, ['label', 'name']),
    isForeign,
  }
}

function endedRun(head: unknown): EndedRun {
  return {
    head: revisionIn(valueAt(head, ['head_sha'])),
    branch: textAt(head, ['head_branch']),
    owner: textAt(head, ['head_repository', 'owner', 'login']),
  }
}

interface Subject {
  /** Where the payload holds the head. */
  readonly head: readonly string[]
  readonly sha: readonly string[]
  readonly repository: readonly string[]
  /** The run has the repository's secrets even when the head is a fork's. */
  readonly secrets: boolean
}

const PULL_REQUEST = { head: ['pull_request', 'head'], sha: ['sha'], repository: ['repo', 'full_name'] }

/** Events whose commit is not what GITHUB_SHA says. */
const SUBJECTS: Readonly<Record<string, Subject | undefined>> = {
  pull_request: { ...PULL_REQUEST, secrets: false },
  pull_request_review: { ...PULL_REQUEST, secrets: false },
  pull_request_review_comment: { ...PULL_REQUEST, secrets: false },
  pull_request_target: { ...PULL_REQUEST, secrets: true },
  workflow_run: {
    head: ['workflow_run'],
    sha: ['head_sha'],
    repository: ['head_repository', 'full_name'],
    secrets: true,
  },
}

function foreignHead(payload: unknown, head: unknown, subject: Subject): EventFacts['foreign'] {
  const own = valueAt(payload, ['repository', 'full_name'])
  const its = valueAt(head, subject.repository)
  if (typeof own === 'string' && typeof its === 'string' && own.toLowerCase() === its.toLowerCase()) return undefined
  return revisionIn(valueAt(head, subject.sha)) ?? 'unknown'
}

/** The files beside this run may be a stranger's, with secrets in reach. */
export function isForeignCheckout({ name, foreign }: EventFacts): boolean {
  return name === 'pull_request_target' && foreign !== undefined
}

/** Every command refuses: foreign code would be built, or its files believed, with secrets in reach. */
export function refuseForeignCode(event: EventFacts): void {
  if (!isForeignCheckout(event)) return
  const whose = event.foreign === 'unknown' ? 'the event does not say whose code it is' : 'its head is in a fork'
  throw new DeployError('unsafe-event', `refused on pull_request_target: ${whose}`, {
    state: 'nothing was built, pushed or changed',
  })
}

/**
 * On workflow_run the default checkout is the repository's own; what else is built there may be the fork's commit or
 * one that holds it, such as the merge commit of its pull request.
 */
export function refuseForeignRevision(event: EventFacts, revision: Revision | undefined): void {
  if (event.foreign === undefined || revision === undefined || revision === event.checkoutRevision) return
  throw new DeployError(
    'unsafe-event',
    `refused on ${event.name ?? 'this event'}: ${revision} may be a fork’s commit`,
    {
      fix: 'Build the default branch here, and build forks’ commits on the pull_request event, without secrets.',
      state: 'nothing was built, pushed or changed',
    },
  )
}

/** Why nothing may be promoted or deployed by this run. `insists`: the workflow takes the risk by an input. */
export function limitOf(event: EventFacts, insists: boolean): string | undefined {
  return insists && event.liftable ? undefined : event.limit
}

function revisionIn(value: unknown): Revision | undefined {
  return typeof value === 'string' && isRevision(value.toLowerCase()) ? value.toLowerCase() : undefined
}
