import { spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import type { Duration } from '../../domain/duration.ts'
import { cancelled, DeployError } from '../../errors/deploy-error.ts'
import { childEnvironment } from './environment.ts'

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
  /** Between SIGTERM and SIGKILL; default 3 s. */
  readonly grace?: Duration
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

const KEPT = 1024 * 1024
const GRACE = 3000

/**
 * Runs a program in a process group of its own, never through a shell. Any exit code resolves.
 * @throws DeployError tool-missing when it cannot be started; cancelled, or the signal's own DeployError, on abort
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { signal } = options
  if (signal?.aborted) throw reasonOf(signal)
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...childEnvironment(options.env ?? process.env, options.keep), ...options.own },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const stdout = new Output((line) => options.onLine?.(line, 'stdout'))
  const stderr = new Output((line) => options.onLine?.(line, 'stderr'))
  child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
  child.stdin.on('error', () => undefined) // a child that does not read is its own business
  child.stdin.end(options.stdin)

  let timedOut = false
  let killer: NodeJS.Timeout | undefined
  const end = (): void => {
    killGroup(child.pid, 'SIGTERM')
    killer ??= setTimeout(() => killGroup(child.pid, 'SIGKILL'), options.grace ?? GRACE)
  }
  const late = (): void => {
    timedOut = true
    end()
  }
  const timer = options.timeout === undefined ? undefined : setTimeout(late, options.timeout)
  signal?.addEventListener('abort', end, { once: true })
  try {
    const [code, endedBy] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', (error) => reject(cannotStart(file, error)))
      child.on('close', (code, by) => resolve([code, by]))
    })
    if (signal?.aborted) throw reasonOf(signal)
    return { code, signal: endedBy, stdout: stdout.end(), stderr: stderr.end(), timedOut }
  } finally {
    clearTimeout(timer)
    clearTimeout(killer)
    signal?.removeEventListener('abort', end)
  }
}

/** Collects the end of an output and cuts it into lines. */
class Output {
  readonly #decoder = new StringDecoder('utf8')
  readonly #onLine: (line: string) => void
  #text = ''
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  add(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk))
  }

  end(): string {
    this.#take(this.#decoder.end())
    if (this.#rest !== '') this.#onLine(this.#rest)
    this.#rest = ''
    return this.#text
  }

  #take(text: string): void {
    this.#text += text
    if (this.#text.length > 2 * KEPT) this.#text = this.#text.slice(-KEPT)
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#onLine(line.replace(/\r$/, ''))
    if (this.#rest.length > KEPT) this.#rest = this.#rest.slice(-KEPT)
  }
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // gone already
  }
}

function cannotStart(file: string, error: Error): DeployError {
  return new DeployError('tool-missing', `${file} cannot be started: ${error.message}`, { cause: error })
}

function reasonOf(signal: AbortSignal): unknown {
  return signal.reason instanceof DeployError ? signal.reason : cancelled()
}
