import { spawn } from 'node:child_process'
import path from 'node:path'
import { bundle, node24, root } from './node.ts'

export interface CliRun {
  /** null when a signal ended it. */
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  ms: number
}

export interface CliOptions {
  /** Added to PATH and HOME; nothing else of this process's environment is passed on. */
  env?: Record<string, string>
  cwd?: string
  node?: string
  /** Sends `signal` (SIGINT) at the first line, of either stream, that matches. */
  signalOn?: RegExp
  signal?: NodeJS.Signals
  /** Told when the signal was sent, in ms since the start. */
  onSignal?: (ms: number) => void
  timeoutMs?: number
}

/** Runs the committed CLI bundle as a person's terminal would, without a TTY. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const started = performance.now()
  const child = spawn(options.node ?? node24, [bundle(path.join(root, 'dist/cli/index.js')), ...args], {
    cwd: options.cwd ?? root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 115_000,
    killSignal: 'SIGKILL',
  })
  let signalled = false
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      if (!signalled && options.signalOn?.test(output[name])) {
        signalled = true
        options.onSignal?.(performance.now() - started)
        child.kill(options.signal ?? 'SIGINT')
      }
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, ...output, ms: performance.now() - started }))
  })
}
