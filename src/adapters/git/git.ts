import { execFile } from 'node:child_process'
import type { Duration } from '../../domain/duration.ts'
import { formatDuration } from '../../domain/duration.ts'
import { DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import { childEnvironment } from '../process/environment.ts'

export interface GitAnswer {
  readonly code: number
  readonly stdout: string
}

export interface GitContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends git at once. */
  readonly signal: AbortSignal
}

/** Where a hook or another tool points Git: the folder must decide, not they. */
const REDIRECTIONS = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR']

const LARGEST_OUTPUT_BYTES = 64 * 1024 * 1024
/** What reading a very large work tree on a slow disk may take. */
const ANSWER_WITHIN_MS: Duration = 300_000

/**
 * One short call of git in a folder; exit codes are answers.
 * @throws DeployError tool-missing, no-revision where Git distrusts the folder's owner, cancelled
 */
export async function git(folder: string, args: readonly string[], { env, signal }: GitContext): Promise<GitAnswer> {
  throwIfAborted(signal)
  const { error, stdout, stderr } = await new Promise<{ error: Error | null; stdout: string; stderr: string }>(
    (resolve) => {
      const limits = { maxBuffer: LARGEST_OUTPUT_BYTES, timeout: ANSWER_WITHIN_MS, killSignal: 'SIGKILL' } as const
      const options = { cwd: folder, env: environment(env), signal, ...limits, windowsHide: true }
      const child = execFile('git', [...args], options, (error, stdout, stderr) => resolve({ error, stdout, stderr }))
      child.stdin?.end()
    },
  )
  throwIfAborted(signal)
  if (!error) return { code: 0, stdout }
  if (!('code' in error) || typeof error.code !== 'number') throw notRun(error, folder)
  if (stderr.includes('dubious ownership')) throw distrusted(folder)
  return { code: error.code, stdout }
}

function environment(env: GitContext['env']): NodeJS.ProcessEnv {
  const clean: NodeJS.ProcessEnv = {
    ...childEnvironment(env),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  }
  for (const name of REDIRECTIONS) Reflect.deleteProperty(clean, name)
  return clean
}

function notRun(error: Error, folder: string): DeployError {
  const missing = 'code' in error && error.code === 'ENOENT'
  const late = 'killed' in error && error.killed === true
  const problem = late
    ? `git did not answer within ${formatDuration(ANSWER_WITHIN_MS)}`
    : `git did not answer: ${error.message}`
  return new DeployError('tool-missing', missing ? 'git is not on PATH' : problem, {
    fix: missing ? 'Install git, or set the revision input.' : `Run git status in ${folder} and see what it says.`,
    cause: error,
  })
}

function distrusted(folder: string): DeployError {
  const what = `Git refuses ${folder}: it belongs to another user than the one that runs this step`
  return new DeployError('no-revision', what, {
    fix: `Add a step before this one:  git config --global --add safe.directory ${folder}`,
    state: 'nothing was built, pushed or changed',
  })
}
