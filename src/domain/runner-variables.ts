/** The environment of a job, as far as it may be shown to files and programs. */
export type Variables = Readonly<Record<string, string | undefined>>

const RUNNERS_OWN = /^(?:INPUT|STATE|ACTIONS|GITHUB|RUNNER)_/i

/**
 * Whether the runner sets variables of that name: inputs, the job's tokens, the files in which later steps are told
 * what to do. A file in the checkout must not hand them to a container or a build.
 */
export function isRunnerVariable(name: string): boolean {
  return RUNNERS_OWN.test(name)
}

/** What is wrong with such a name in a file, for messages. */
export const RUNNER_VARIABLE = 'is a variable of the runner, which a file in the checkout cannot read'

/** The environment in which a file of the checkout may look variables up. */
export function withoutRunnerVariables(env: Variables): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isRunnerVariable(name)))
}

/** Whether a file, its links followed, is a view of a process: its environment and its open files are in there. */
export function isProcessFile(realPath: string): boolean {
  return realPath.startsWith('/proc/')
}
