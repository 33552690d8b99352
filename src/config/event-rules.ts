/**
 * Which events may promote and deploy. This is the only list: release, rollback and the reusable workflows follow it.
 * What is not listed builds and smoke-tests at most, because its code was not reviewed, or nobody knows whether it was.
 */
export const MAY_DEPLOY: ReadonlySet<string> = new Set([
  'push',
  'workflow_dispatch',
  'schedule',
  'release',
  'repository_dispatch',
])

/**
 * Events whose limit an input may lift, as they say themselves whose code they are about. A comment, a review or a merge
 * queue comes from anybody, and what is checked out there may be a fork's commit although the event does not say so.
 */
export const MAY_BE_LIFTED: ReadonlySet<string | undefined> = new Set([
  'pull_request',
  'pull_request_target',
  'workflow_run',
])

/** Events whose workflow comes from the very commit that is built: who wrote that commit wrote the workflow too. */
const OWN_WORKFLOW: ReadonlySet<string | undefined> = new Set([
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'merge_group',
])

export function runsItsOwnWorkflow(event: string | undefined): boolean {
  return OWN_WORKFLOW.has(event)
}

/** What a preview is built from, and what the workflow says about it. */
export interface PreviewSubject {
  /** undefined outside a workflow. */
  readonly name: string | undefined
  /** The commit is a fork's, or nobody says whose it is. */
  readonly isForeign: boolean
  readonly actor: string | undefined
  /** The workflow takes the risk of forks by an input. */
  readonly takesForks: boolean
}

/** What a preview of this commit may be on this event. */
export type PreviewRule =
  | { readonly may: 'deploy' }
  /** Built and smoke-tested, and green. */
  | { readonly may: 'check'; readonly because: string }
  | { readonly may: 'nothing'; readonly because: string; readonly fix: string }

/** A preview is for code that nobody reviewed yet, so its rule is another one; it never reaches an environment of releases. */
export function previewRule({ name, isForeign, actor, takesForks }: PreviewSubject): PreviewRule {
  if (name === undefined) return { may: 'deploy' }
  if (name === 'pull_request' || name === 'pull_request_target') {
    if (isForeign)
      return { may: 'check', because: 'the pull request comes from a fork, whose runs have no credentials' }
    if (actor === DEPENDABOT) return { may: 'check', because: 'runs that Dependabot starts have no credentials' }
    return { may: 'deploy' }
  }
  if (name !== 'workflow_run' && !MAY_DEPLOY.has(name)) {
    const fix = 'Deploy previews on pull_request, or on workflow_run or workflow_dispatch after a review.'
    return { may: 'nothing', because: `${name} is not an event on which a preview is deployed`, fix }
  }
  if (!isForeign || takesForks) return { may: 'deploy' }
  const fix =
    'Where the environment of this job needs the approval of a reviewer, write preview-fork-code: true; docs/preview.md has the whole workflow.'
  return { may: 'nothing', because: 'the pull request comes from a fork, whose code would run on the target', fix }
}

const DEPENDABOT = 'dependabot[bot]'

/** What the event asks of a preview. */
export type PreviewMode = 'deploy' | 'remove' | 'sweep'

export interface PullEvent {
  /** undefined: not an event of a pull request. */
  readonly action: string | undefined
  /** The label that was added or taken away. */
  readonly label: string | undefined
}

/** `mode: auto`; `nothing` says why there is none. */
export function previewMode(
  name: string | undefined,
  { action, label }: PullEvent,
  wanted: { readonly number: number | undefined; readonly label: string | undefined; readonly drafts: boolean },
): PreviewMode | { readonly nothing: string } | undefined {
  if (name !== 'pull_request' && name !== 'pull_request_target') {
    if (wanted.number !== undefined || name === 'workflow_run') return 'deploy'
    return name === 'schedule' || name === 'workflow_dispatch' ? 'sweep' : undefined
  }
  const isOther = wanted.label !== undefined && label !== wanted.label
  switch (action) {
    case 'opened':
    case 'reopened':
    case 'synchronize':
    case 'ready_for_review':
      return 'deploy'
    case 'closed':
      return 'remove'
    case 'labeled':
      return isOther ? { nothing: `the label ${wanted.label ?? ''} was not the one that was added` } : 'deploy'
    case 'unlabeled':
      if (wanted.label === undefined) return { nothing: 'no label decides about this preview' }
      return isOther ? { nothing: `the label ${wanted.label} was not the one that was taken away` } : 'remove'
    case 'converted_to_draft':
      return wanted.drafts ? { nothing: 'drafts have a preview too' } : 'remove'
    case undefined:
    default:
      return { nothing: `${action ?? 'this event'} changes nothing of a preview` }
  }
}

/** Events on which nobody expects a deployment: no notice is needed that none was made. */
const CHECKS_ONLY: ReadonlySet<string> = new Set(['pull_request', 'pull_request_target', 'merge_group'])

/** What the rules look at. */
export interface EventSubject {
  /** undefined outside a workflow: there is no event that could limit anything. */
  readonly name: string | undefined
  /** `refs/heads/main` */
  readonly ref: string | undefined
  readonly payload: unknown
}

/** Why nothing may be promoted or deployed; undefined: it may. */
export function deployLimit({ name, ref, payload }: EventSubject): string | undefined {
  if (name === undefined) return undefined
  if (name === 'workflow_run') return workflowRunLimit(payload)
  if (!MAY_DEPLOY.has(name)) return `${name} is not an event that promotes or deploys`
  // A merge queue pushes the commits that it tests: they are not on a branch of the repository yet.
  if (ref?.startsWith('refs/heads/gh-readonly-queue/')) return 'the commit is in a merge queue'
  return undefined
}

/** Only a run of the default branch's own commits, which was not started by a pull request or another such event. */
function workflowRunLimit(payload: unknown): string | undefined {
  const text = (...path: readonly string[]) => textAt(payload, path)
  const branch = text('workflow_run', 'head_branch')
  const usual = text('repository', 'default_branch')
  if (branch === undefined || branch !== usual) return 'the run that ended was not one of the default branch'
  const head = text('workflow_run', 'head_repository', 'full_name')?.toLowerCase()
  if (head === undefined || head !== text('repository', 'full_name')?.toLowerCase()) {
    return 'the run that ended was one of a fork'
  }
  const cause = text('workflow_run', 'event')
  // A chain of runs always stands on the default branch, whatever began it.
  if (cause === undefined || cause === 'workflow_run' || MAY_DEPLOY.has(cause)) return undefined
  return `the run that ended was started by ${cause}`
}

/** Whether a release on this event is expected to end without a deployment. */
export function isCheckEvent(name: string | undefined): boolean {
  return name !== undefined && CHECKS_ONLY.has(name)
}

export function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = valueAt(value, path)
  return typeof found === 'string' ? found : undefined
}

/** A value of a payload, which is outside data of any shape. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let here = value
  for (const key of path) here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined
  return here
}
