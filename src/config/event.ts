/** What the workflow's event says about the commit and about whose code it is. */
import { DeployError } from '../errors/deploy-error.ts'
import { isRevision } from '../domain/revision.ts'
import type { Revision } from '../domain/revision.ts'

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
}

type Env = Readonly<Record<string, string | undefined>>

export function eventFacts(env: Env, readPayload: (file: string) => unknown): EventFacts {
  const name = env['GITHUB_EVENT_NAME'] || undefined
  const checkoutRevision = revisionIn(env['GITHUB_SHA'])
  const file = env['GITHUB_EVENT_PATH']
  const payload = name && SUBJECTS[name] && file ? readPayload(file) : undefined
  const subject = name === undefined ? undefined : SUBJECTS[name]
  if (!subject) {
    return { name, revision: checkoutRevision, ref: '${{ github.sha }}', checkoutRevision, foreign: undefined }
  }
  const head = at(payload, subject.head)
  return {
    name,
    revision: revisionIn(at(head, subject.sha)) ?? checkoutRevision,
    ref: `\${{ github.event.${[...subject.head, ...subject.sha].join('.')} }}`,
    checkoutRevision,
    foreign: subject.secrets ? foreignHead(payload, head, subject) : undefined,
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
  pull_request_target: { ...PULL_REQUEST, secrets: true },
  workflow_run: {
    head: ['workflow_run'],
    sha: ['head_sha'],
    repository: ['head_repository', 'full_name'],
    secrets: true,
  },
}

function foreignHead(payload: unknown, head: unknown, subject: Subject): EventFacts['foreign'] {
  const own = at(payload, ['repository', 'full_name'])
  const its = at(head, subject.repository)
  if (typeof own === 'string' && typeof its === 'string' && own.toLowerCase() === its.toLowerCase()) return undefined
  return revisionIn(at(head, subject.sha)) ?? 'unknown'
}

/** Every command refuses: foreign code would be built, or its files believed, with secrets in reach. */
export function refuseForeignCode(event: EventFacts): void {
  if (event.name !== 'pull_request_target' || event.foreign === undefined) return
  const whose = event.foreign === 'unknown' ? 'the event does not say whose code it is' : 'its head is in a fork'
  throw new DeployError('unsafe-event', `refused on pull_request_target: ${whose}`, {
    state: 'nothing was built, pushed or changed',
  })
}

/** On workflow_run only the fork's commit itself is dangerous: the default checkout is the repository's own. */
export function refuseForeignRevision(event: EventFacts, revision: Revision | undefined): void {
  if (event.foreign === undefined || event.foreign !== revision) return
  throw new DeployError('unsafe-event', `refused on ${event.name ?? 'this event'}: ${revision} is a fork’s commit`, {
    fix: 'Build the default branch here, and build forks’ commits on the pull_request event, without secrets.',
    state: 'nothing was built, pushed or changed',
  })
}

const CHECK_ONLY: ReadonlySet<string> = new Set(['pull_request', 'pull_request_target', 'merge_group'])

/** What `promote: auto` means on this event. */
export function promoteByEvent(event: EventFacts): 'all' | 'none' {
  return event.name !== undefined && CHECK_ONLY.has(event.name) ? 'none' : 'all'
}

function revisionIn(value: unknown): Revision | undefined {
  return typeof value === 'string' && isRevision(value.toLowerCase()) ? value.toLowerCase() : undefined
}

function at(value: unknown, path: readonly string[]): unknown {
  let here = value
  for (const key of path) here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined
  return here
}
