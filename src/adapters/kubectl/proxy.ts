// One `kubectl proxy` on a Unix socket in a folder that only we can enter: the user's own authentication, 2 ms a request.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DeployError } from '../../errors/deploy-error.ts'
import { childEnvironment } from '../process/environment.ts'
import { findTool } from '../process/find.ts'
import { FALLBACK, OWNER_FILE, PREFIX, startTime, type Owner } from './leftovers.ts'

export interface ProxyOptions {
  /** Path of the program. */
  readonly kubectl: string
  readonly context: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where the private folder is made. */
  readonly folder: string
}

export interface Proxy {
  readonly socket: string
  /** The process ended by itself or was killed. */
  ended(): boolean
  /** What it said that is worth showing: hostile text, the last lines. */
  complaints(): readonly string[]
  clientVersion(): string | undefined
  stop(): Promise<void>
}

const START_LIMIT = 10_000
/** sun_path holds 108 bytes with its terminator. */
const SOCKET_LIMIT = 100

/** @throws DeployError target-unreachable when kubectl ends at once, with what it said (an unknown context, a broken kubeconfig) */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  // Ends kubectl with us, whatever ends us. Not every kernel does it: what stays is swept by the next run and the post step.
  const guard = process.platform === 'linux' ? await findTool('setpriv', options.env) : undefined
  if (guard !== undefined) {
    const guarded = await attempt(options, [guard, '--pdeathsig', 'KILL', options.kubectl])
    if ('socket' in guarded) return guarded
    // Some setpriv (busybox) can't do this; a mistake of kubectl's own comes up again below.
  }
  const started = await attempt(options, [options.kubectl])
  if ('socket' in started) return started
  throw new DeployError('target-unreachable', `kubectl proxy did not start: ${started.failure}`, {
    evidence: started.said,
    fix: 'Check that kubectl works in a step before this one (kubectl get --raw /version), and the kube-context input.',
  })
}

async function attempt(
  options: ProxyOptions,
  argv: readonly string[],
): Promise<Proxy | { readonly failure: string; readonly said: readonly string[] }> {
  const home = privateFolder(options.folder)
  const socket = path.join(home, 's')
  const owner: Owner = { pid: process.pid, started: startTime(process.pid) }
  // Known before the process exists, so that whoever finds the folder after a kill -9 knows whose it was.
  writeFileSync(path.join(home, OWNER_FILE), JSON.stringify(owner))
  const [program = options.kubectl, ...prefix] = argv
  const child = spawn(
    program,
    [
      ...prefix,
      'proxy',
      `--unix-socket=${socket}`,
      // Rancher and other gateways serve a cluster below a path.
      '--append-server-path=true',
      // The level that names the client's version, by the header it sends; credentials are masked by kubectl itself.
      '--v=7',
      ...(options.context === undefined ? [] : [`--context=${options.context}`]),
    ],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: childEnvironment(options.env, IDENTITY) },
  )
  writeFileSync(path.join(home, OWNER_FILE), JSON.stringify({ ...owner, proxy: child.pid }))
  const voice = listen(child)
  const proxy: Proxy = {
    socket,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    complaints: () => voice.complaints,
    clientVersion: () => voice.version,
    stop: () => stop(child, home, kill),
  }
  function kill(): void {
    killGroup(child)
    rmSync(home, { recursive: true, force: true })
  }
  process.once('exit', kill)
  const failure = await ready(child)
  if (failure === undefined) return proxy
  await proxy.stop()
  return { failure, said: voice.complaints }
}

function privateFolder(folder: string): string {
  const fits = path.join(folder, `${PREFIX}XXXXXX`, 's').length <= SOCKET_LIMIT
  return mkdtempSync(path.join(fits ? folder : FALLBACK, PREFIX))
}

/** Plugins that log in with the job's own identity (OIDC) ask for it themselves. */
const IDENTITY = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN']

interface Voice {
  version: string | undefined
  complaints: string[]
}

function listen(child: ChildProcess): Voice {
  const voice: Voice = { version: undefined, complaints: [] }
  let rest = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() ?? '').slice(-10_000)
    for (const line of lines) {
      voice.version ??= /^\s*User-Agent: kubectl\/(v[0-9][0-9.]*)/.exec(line)?.[1]
      // The verbose lines begin with I, their continuations with white space.
      if (/^(I\d{4} |\s)/.test(line) || line === '') continue
      voice.complaints = [...voice.complaints, line.slice(0, 500)].slice(-8)
    }
  })
  return voice
}

/** undefined when it serves, else why not. */
function ready(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`it was not ready within ${START_LIMIT / 1000} s`), START_LIMIT)
    const settle = (failure: string | undefined) => {
      clearTimeout(timer)
      resolve(failure)
    }
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Starting to serve')) settle(undefined)
    })
    child.once('error', (error) => settle(error.message))
    child.once('close', (code, signal) => settle(`it ended with ${signal ?? `exit code ${String(code)}`}`))
  })
}

async function stop(child: ChildProcess, home: string, kill: () => void): Promise<void> {
  process.off('exit', kill)
  const running = child.pid !== undefined && child.exitCode === null && child.signalCode === null
  const ended = running ? new Promise((resolve) => child.once('exit', resolve)) : undefined
  killGroup(child)
  await ended
  rmSync(home, { recursive: true, force: true })
}

/** It holds no state worth a farewell; its plugins are in its group. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Ended in this very moment.
  }
}
