import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Command {
  readonly cwd?: string
  /** The whole environment of the child; default: this process's own. */
  readonly env?: NodeJS.ProcessEnv
  readonly onLine?: (line: string) => void
}

const running = new Set<ChildProcess>()

/** For a demo that is stopped: what it started to wait for ends, too. */
export function stopChildren(): void {
  for (const child of running) child.kill('SIGINT')
}

/** Runs a program to its end; a program that is missing ends with 127. */
export function exec(file: string, args: readonly string[], options: Command = {}): Promise<Finished> {
  const { onLine, ...rest } = options
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...rest, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    const text = { stdout: '', stderr: '' }
    let partial = ''
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (part: string) => {
        text[name] += part
        const lines = (partial + part).split('\n')
        partial = lines.pop() ?? ''
        for (const line of lines) onLine?.(line)
      })
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      running.delete(child)
      if (error.code === 'ENOENT') resolve({ code: 127, stdout: '', stderr: `${file}: not found` })
      else reject(error)
    })
    child.on('close', (code) => {
      running.delete(child)
      resolve({ code: code ?? 1, ...text })
    })
  })
}

/** Like `exec`, but an exit code other than 0 is an error that carries the last lines. */
export async function must(file: string, args: readonly string[], options: Command = {}): Promise<string> {
  const { code, stdout, stderr } = await exec(file, args, options)
  if (code === 0) return stdout.trim()
  const reported = (stderr.trim() || stdout.trim()).split('\n').slice(-15).join('\n  ')
  throw new DemoError(`${file} ${args.join(' ')} ended with ${String(code)}:\n  ${reported}`)
}

/** Full path of a program; looks where root's programs are, too. */
export function which(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = [...(env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin']
  return folders.map((folder) => path.join(folder, name)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Something that keeps the demo from going on, in words for the reader. */
export class DemoError extends Error {
  override readonly name = 'DemoError'
}
