/**
 * Ends a child with us, whatever ends us: `kill -9` leaves no time to do it ourselves, and the kernel's own means
 * (PR_SET_PDEATHSIG) is missing in some sandboxes. A shell beside the child waits on a pipe that only we hold open. It
 * closes when we die; then the folder that belongs to the child is removed and the whole process group is killed.
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { Writable } from 'node:stream'
import { childEnvironment } from './environment.ts'
import { isExecutable } from './find.ts'
import { noteChild } from './leftovers.ts'

export interface GuardedCall {
  /** Absolute path. */
  readonly program: string
  readonly args: readonly string[]
  /** What surrounds the child; it sees what `childEnvironment` leaves of it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Names that are not withheld from this program. */
  readonly keep?: readonly string[] | undefined
  /** Variables for this child alone. */
  readonly own?: Readonly<Record<string, string | undefined>> | undefined
  readonly cwd?: string | undefined
  /** The child's private folder (see leftovers.ts). */
  readonly folder: string
}

export type Child = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable; readonly stderr: Readable }

const SHELL = '/bin/sh'
/** Where the watcher listens: the child itself never sees it. */
const LIFELINE_FD = 3

/** Constant: the folder is `$0` and the program with its arguments is `$@`, so nothing is interpreted. */
const WATCH = [
  '(trap "" TERM INT HUP',
  'if read -r _ <&3; then exit 0; fi',
  'rm -rf -- "$0"',
  'kill -KILL 0) >/dev/null 2>&1 &',
  'exec "$@" 3<&-',
].join('\n')

/** Starts a child in a process group of its own that does not outlive us, nor does its folder. */
export async function spawnGuarded(call: GuardedCall): Promise<Child> {
  const { program, args, cwd, folder } = call
  const possible = process.platform !== 'win32' && (await isExecutable(program)) && (await isExecutable(SHELL))
  const [file, all] = possible ? [SHELL, ['-c', WATCH, folder, program, ...args]] : [program, args]
  const lifeline = possible ? (['pipe'] as const) : []
  const env = { ...childEnvironment(call.env, call.keep), ...call.own }
  const options = { cwd, env, detached: true }
  const child = spawn(file, all, { ...options, stdio: ['pipe', 'pipe', 'pipe', ...lifeline] })
  noteChild(folder, child.pid)
  const end = child.stdio[LIFELINE_FD]
  if (end instanceof Writable) {
    end.on('error', () => undefined)
    // A line tells the watcher that all is well.
    child.once('exit', () => end.end('\n'))
  }
  return withPipes(child)
}

function withPipes(child: ChildProcess): Child {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error('a child without pipes')
  return Object.assign(child, { stdin, stdout, stderr })
}
