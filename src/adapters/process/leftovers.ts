/**
 * Private folders: a proxy's socket, a registry credential, a download. Each says whose it is, so that what a
 * run leaves that was killed outright is ended and removed by the next run or step of this machine.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as v from 'valibot'

/** A proxy's folder holds a socket, whose path must be short. */
const KINDS = ['imd-kp-', 'imd-build-', 'imd-kubectl-'] as const
export type FolderKind = (typeof KINDS)[number]
/** Where a folder goes whose path would be too long elsewhere. */
export const SHORT_FOLDER = '/tmp'
const OWNER_FILE = 'owner.json'

const OwnerSchema = v.object({ pid: v.number(), started: v.string(), child: v.optional(v.number()) })
type Owner = v.InferOutput<typeof OwnerSchema>

/** Where such folders are made: the runner's temporary folder, or the machine's. */
export function temporaryFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env['RUNNER_TEMP'] || tmpdir()
}

/** A folder that only we can enter, known as ours before anything is in it. */
export function createPrivateFolder(folder: string, kind: FolderKind): string {
  const home = mkdtempSync(path.join(folder, kind))
  writeOwner(home, undefined)
  return home
}

/** Notes the process that belongs to the folder; its command line names the folder. */
export function noteChild(home: string, child: number | undefined): void {
  writeOwner(home, child)
}

function writeOwner(home: string, child: number | undefined): void {
  const owner: Owner = { pid: process.pid, started: startTime(process.pid), ...(child ? { child } : {}) }
  writeFileSync(path.join(home, OWNER_FILE), JSON.stringify(owner))
}

/**
 * Ends processes and removes folders whose run no longer exists. Other runs of this machine are left alone.
 * @returns how many folders were removed
 */
export function sweepLeftovers(folder: string): number {
  let removed = 0
  for (const home of homes(folder)) {
    const owner = readOwner(home)
    // Without an owner the folder is a moment old, or not ours.
    if (!owner || isAlive(owner)) continue
    if (owner.child !== undefined && serves(owner.child, home)) end(owner.child)
    rmSync(home, { recursive: true, force: true })
    removed += 1
  }
  return removed
}

function homes(folder: string): string[] {
  return [...new Set([folder, SHORT_FOLDER])].flatMap((place) =>
    list(place)
      .filter((name) => KINDS.some((kind) => name.startsWith(kind)))
      .map((name) => path.join(place, name))
      .filter(isOurs),
  )
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Whether this user made it: everybody may write into the machine's temporary folder. */
function isOurs(home: string): boolean {
  try {
    const user = process.getuid?.()
    return user === undefined || statSync(home).uid === user
  } catch {
    return false
  }
}

function readOwner(home: string): Owner | undefined {
  try {
    const parsed = v.safeParse(OwnerSchema, JSON.parse(readFileSync(path.join(home, OWNER_FILE), 'utf8')))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}

/** Tells a process from a later one of the same id; empty where /proc is missing. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    // The name, in parentheses, may hold spaces; the start is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isAlive({ pid, started }: Owner): boolean {
  if (started !== '') return startTime(pid) === started
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether that process belongs to this folder, and is not a later process of the same id. */
function serves(pid: number, home: string): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes(home)
  } catch {
    return false
  }
}

function end(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
