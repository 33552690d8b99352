import { spawn } from 'node:child_process'
import { openDeadline } from '../../async/deadline.ts'
import type { Duration } from '../../domain/duration.ts'
import { cancelled, DeployError } from '../../errors/deploy-error.ts'
import { childEnvironment } from './environment.ts'
import type { Child } from './guard.ts'
import { spawnGuarded } from './guard.ts'
import { createOutput } from './output.ts'

export interface RunOptions {
  /** What surrounds the child, default: our environment; it sees what `childEnvironment` leaves of it. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Names that are not withheld from this program. */
  readonly keep?: readonly string[]
  /** Variables for this child alone. */
  readonly own?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly stdin?: string | Uint8Array
  readonly signal?: AbortSignal
  /** After it the group is ended and the result says `timedOut`. */
  readonly timeout?: Duration
  /** Between SIGTERM and SIGKILL. */
  readonly grace?: Duration
  /** The child's private folder (see leftovers.ts): with it, the child and the folder never outlive us. */
  readonly folder?: string
  /** Each whole line as it comes, without its end. */
  readonly onLine?: (line: string, from: 'stdout' | 'stderr') => void
}

export interface RunResult {
  /** null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last MiB of each. */
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

/** How a program ended, for a sentence: `exit code 3`, `ended by SIGKILL`. */
export function endingText({ code, signal }: Pick<RunResult, 'code' | 'signal'>): string {
  return signal === null ? `exit code ${String(code)}` : `ended by ${signal}`
}

/** A cancelled run has two seconds in all. */
const GRACE_MS = 1000
/** A process that the child started may hold its outputs open for ever. */
const OUTPUT_AFTER_END_MS = 300

/**
 * Runs a program in a process group of its own, never through a shell's parser. Any exit code resolves.
 * @throws DeployError tool-missing when it cannot be started; cancelled, or the signal's own DeployError, on abort
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { signal } = options
  if (signal?.aborted) throw cancelled(signal)
  const child = await start(file, args, options)
  // A guarded child has a watcher that ends it with us.
  if (options.folder === undefined) endWithUs(child)
  child.stdin.on('error', () => undefined) // A child that does not read its input is not a failure
  child.stdin.end(options.stdin)
  return ending(child, file, options)
}

async function start(file: string, args: readonly string[], options: RunOptions): Promise<Child> {
  const { cwd, folder, keep, own, env: surroundings = process.env } = options
  if (folder !== undefined) return spawnGuarded({ program: file, args, env: surroundings, keep, own, cwd, folder })
  const env = { ...childEnvironment(surroundings, keep), ...own }
  return spawn(file, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
}

const running = new Set<number>()

/** A run that ends before a child has ended by its first signal does not leave it behind. */
function endWithUs(child: Child): void {
  const { pid } = child
  if (pid === undefined) return
  if (running.size === 0) process.once('exit', endRunning)
  running.add(pid)
  child.once('exit', () => {
    running.delete(pid)
    if (running.size === 0) process.off('exit', endRunning)
  })
}

function endRunning(): void {
  for (const pid of running) killGroup(pid, 'SIGKILL')
}

async function ending(child: Child, file: string, options: RunOptions): Promise<RunResult> {
  const { signal, grace = GRACE_MS } = options
  const stdout = createOutput(child.stdout, (line) => options.onLine?.(line, 'stdout'))
  const stderr = createOutput(child.stderr, (line) => options.onLine?.(line, 'stderr'))
  const deadline = openDeadline({ ms: options.timeout, signal })
  let killer: NodeJS.Timeout | undefined
  const end = (): void => {
    killGroup(child.pid, 'SIGTERM')
    killer ??= setTimeout(() => killGroup(child.pid, 'SIGKILL'), grace)
  }
  if (deadline.signal.aborted) end()
  else deadline.signal.addEventListener('abort', end, { once: true })
  try {
    const [code, endedBy] = await closed(child, file)
    if (signal?.aborted) throw cancelled(signal)
    const timedOut = deadline.signal.aborted
    return { code, signal: endedBy, stdout: stdout.end(), stderr: stderr.end(), timedOut }
  } finally {
    if (deadline.signal.aborted) killGroup(child.pid, 'SIGKILL') // Those that ignored the first signal are killed
    clearTimeout(killer)
    deadline.close()
  }
}

function closed(child: Child, file: string): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const cut = (): void => {
      child.stdout.destroy()
      child.stderr.destroy()
    }
    child.on('error', (error) => reject(cannotStart(file, error)))
    child.on('exit', () => {
      timer = setTimeout(() => setImmediate(cut), OUTPUT_AFTER_END_MS)
    })
    child.on('close', (code, by) => {
      clearTimeout(timer)
      resolve([code, by])
    })
  })
}

export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It is gone already.
  }
}

function cannotStart(file: string, error: Error): DeployError {
  return new DeployError('tool-missing', `${file} cannot be started: ${error.message}`, { cause: error })
}
