// One `kubectl proxy` on a Unix socket in a folder that only we can enter: the user's own authentication, 2 ms a request.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { oneLine } from '../../domain/text.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Child } from '../process/guard.ts'
import { spawnGuarded } from '../process/guard.ts'
import { createPrivateFolder, SHORT_FOLDER } from '../process/leftovers.ts'
import { killGroup } from '../process/run.ts'

export interface ProxyOptions {
  /** Path of the program. */
  readonly kubectl: string
  readonly context: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where the private folder is made. */
  readonly folder: string
  readonly signal?: AbortSignal | undefined
}

export interface Proxy {
  readonly socket: string
  /** The process ended by itself or was killed. */
  ended(): boolean
  /** The last lines of its output that help a person: hostile text. */
  complaints(): readonly string[]
  clientVersion(): string | undefined
  stop(): Promise<void>
}

const STARTED_WITHIN_MS = 10_000
/** sun_path holds 108 bytes with its terminator. */
const SOCKET_PATH_CHARACTERS = 100

/** @throws DeployError target-unreachable when kubectl ends at once, with what it said (an unknown context, a broken kubeconfig) */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const home = createPrivateFolder(shortEnough(options.folder), 'imd-kp-')
  const socket = path.join(home, 's')
  const child = await spawnGuarded({
    program: options.kubectl,
    args: argumentsFor(options, socket),
    env: options.env,
    keep: IDENTITY,
    folder: home,
  })
  child.stdin.end()
  const log = readLog(child)
  const proxy: Proxy = {
    socket,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    complaints: () => log.complaints,
    clientVersion: () => log.version,
    stop: () => stop(child, home, kill),
  }
  function kill(): void {
    endGroup(child)
    rmSync(home, { recursive: true, force: true })
  }
  process.once('exit', kill)
  const failure = await ready(child, options.signal)
  if (failure === undefined) return proxy
  await proxy.stop()
  const words = log.complaints.at(-1)
  const what = `kubectl proxy did not start: ${failure}${words === undefined ? '' : `: ${oneLine(words)}`}`
  throw new DeployError('target-unreachable', what, {
    evidence: log.complaints,
    fix: 'Check that kubectl works in a step before this one (kubectl get --raw /version), and the kube-context input.',
  })
}

function argumentsFor({ context }: ProxyOptions, socket: string): readonly string[] {
  return [
    'proxy',
    `--unix-socket=${socket}`,
    // Rancher and other gateways serve a cluster below a path.
    '--append-server-path=true',
    // The level that names the client's version, by the header it sends; credentials are masked by kubectl itself.
    '--v=7',
    ...(context === undefined ? [] : [`--context=${context}`]),
  ]
}

function shortEnough(folder: string): string {
  return path.join(folder, 'imd-kp-XXXXXX', 's').length <= SOCKET_PATH_CHARACTERS ? folder : SHORT_FOLDER
}

/** Plugins that log in with the job's own identity (OIDC) ask for it themselves. */
const IDENTITY = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN']

interface ProxyLog {
  version: string | undefined
  complaints: string[]
}

function readLog(child: Child): ProxyLog {
  const log: ProxyLog = { version: undefined, complaints: [] }
  let rest = ''
  const take = (lines: readonly string[]): void => {
    for (const line of lines) {
      log.version ??= /^\s*User-Agent: kubectl\/(v[0-9][0-9.]*)/.exec(line)?.[1]
      // The verbose lines begin with I, their continuations with white space.
      if (/^(I\d{4} |\s)/.test(line) || line === '') continue
      log.complaints = [...log.complaints, line.slice(0, 500)].slice(-8)
    }
  }
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() ?? '').slice(-10_000)
    take(lines)
  })
  // The last line may come without a line break.
  child.stderr.on('end', () => take([rest]))
  return log
}

/** undefined when it serves, else why not. */
function ready(child: Child, signal: AbortSignal | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(`it was not ready within ${STARTED_WITHIN_MS / 1000} s`), STARTED_WITHIN_MS)
    const stopped = (): void => settle('the run was cancelled')
    const settle = (failure: string | undefined) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stopped)
      resolve(failure)
    }
    signal?.addEventListener('abort', stopped, { once: true })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Starting to serve')) settle(undefined)
    })
    child.once('error', (error) => settle(error.message))
    child.once('close', (code, by) => settle(`it ended with ${by ?? `exit code ${String(code)}`}`))
  })
}

async function stop(child: Child, home: string, kill: () => void): Promise<void> {
  process.off('exit', kill)
  const running = child.pid !== undefined && child.exitCode === null && child.signalCode === null
  const ended = running ? new Promise((resolve) => child.once('exit', resolve)) : undefined
  endGroup(child)
  await ended
  rmSync(home, { recursive: true, force: true })
}

/** It is killed at once because it holds no state; its plugins are in its process group. */
function endGroup(child: Child): void {
  if (child.exitCode === null && child.signalCode === null) killGroup(child.pid, 'SIGKILL')
}
