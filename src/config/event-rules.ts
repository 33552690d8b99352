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
 * queue comes from anybody, and what is checked out there may be a fork's commit without any word of it in the event.
 */
export const MAY_BE_LIFTED: ReadonlySet<string | undefined> = new Set([
  'pull_request',
  'pull_request_target',
  'workflow_run',
])

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

function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = valueAt(value, path)
  return typeof found === 'string' ? found : undefined
}

/** A value of a payload, which is outside data of any shape. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let here = value
  for (const key of path) here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined
  return here
}
