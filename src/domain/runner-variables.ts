const RUNNERS_OWN = /^(?:INPUT|STATE|ACTIONS|GITHUB|RUNNER)_/i

/** They say which commit and which run this is. Everything else of the runner is refused: what is new may carry rights. */
const HARMLESS: ReadonlySet<string> = new Set([
  'GITHUB_ACTIONS',
  'GITHUB_ACTOR',
  'GITHUB_ACTOR_ID',
  'GITHUB_API_URL',
  'GITHUB_BASE_REF',
  'GITHUB_EVENT_NAME',
  'GITHUB_GRAPHQL_URL',
  'GITHUB_HEAD_REF',
  'GITHUB_JOB',
  'GITHUB_REF',
  'GITHUB_REF_NAME',
  'GITHUB_REF_PROTECTED',
  'GITHUB_REF_TYPE',
  'GITHUB_REPOSITORY',
  'GITHUB_REPOSITORY_ID',
  'GITHUB_REPOSITORY_OWNER',
  'GITHUB_REPOSITORY_OWNER_ID',
  'GITHUB_RUN_ATTEMPT',
  'GITHUB_RUN_ID',
  'GITHUB_RUN_NUMBER',
  'GITHUB_SERVER_URL',
  'GITHUB_SHA',
  'GITHUB_TRIGGERING_ACTOR',
  'GITHUB_WORKFLOW',
  'GITHUB_WORKFLOW_REF',
  'GITHUB_WORKFLOW_SHA',
  'GITHUB_WORKSPACE',
  'RUNNER_ARCH',
  'RUNNER_ENVIRONMENT',
  'RUNNER_NAME',
  'RUNNER_OS',
])

/**
 * Whether the runner sets variables of that name and they may carry rights: inputs, the job's tokens and the addresses
 * that take them, the files in which later steps are told what to do. A file in the checkout must not hand them to a
 * container or a build. Which commit and which run this is may be said everywhere.
 */
export function isRunnerVariable(name: string): boolean {
  return RUNNERS_OWN.test(name) && !HARMLESS.has(name)
}

/** What is wrong with such a name in a file, for messages. */
export const RUNNER_VARIABLE = 'is a variable of the runner, which a file in the checkout cannot read'

/** Whether a file, its links followed, is a view of a process: its environment and its open files are in there. */
export function isProcessFile(realPath: string): boolean {
  return realPath.startsWith('/proc/')
}
