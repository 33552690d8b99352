import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DemoError } from './shell.ts'

/** Starts a program that outlives the demo; what it says goes to `log`. Returns its pid. */
export function background(file: string, args: readonly string[], log: string, env = process.env): number {
  const out = openSync(log, 'a')
  const child = spawn(file, args, { detached: true, stdio: ['ignore', out, out], env })
  child.on('error', () => undefined)
  child.unref()
  closeSync(out)
  if (child.pid === undefined) throw new DemoError(`${file} cannot be started`)
  return child.pid
}

/** Whether `pid` is still the program that was started: its command line names `mark`. Pids are used again. */
export function runs(pid: number | undefined, mark: string): boolean {
  if (pid === undefined) return false
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes(mark)
  } catch {
    return false
  }
}

/** Asks it to end, waits, then insists. */
export async function stop(pid: number, mark: string, withinMs: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!runs(pid, mark)) return
    process.kill(pid, signal)
    await waitFor(() => !runs(pid, mark), withinMs)
  }
}

/** Asks every 100 ms; false when the time is over. */
export async function waitFor(done: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs
  while (!(await done())) {
    if (Date.now() > end) return false
    await sleep(100)
  }
  return true
}

/** The last lines of a log, for an error. */
export function tail(log: string, lines = 12): string {
  if (!existsSync(log)) return ''
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n  ')
}
