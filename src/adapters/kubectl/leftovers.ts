// What a run that was killed outright leaves: a folder with a socket, and where the kernel could not help, the proxy itself.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import * as v from 'valibot'

export const PREFIX = 'imd-kp-'
export const FALLBACK = '/tmp'
export const OWNER_FILE = 'owner.json'

const OwnerSchema = v.object({ pid: v.number(), started: v.string(), proxy: v.optional(v.number()) })
export type Owner = v.InferOutput<typeof OwnerSchema>

/** Tells a process from a later one of the same id; empty where /proc is missing. */
export function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    // The name, in parentheses, may hold spaces; the start is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/**
 * Ends proxies and removes folders whose run no longer exists. Other runs of this machine are left alone.
 * @returns how many folders were removed
 */
export function sweepProxies(folder: string): number {
  let removed = 0
  for (const home of homes(folder)) {
    const owner = readOwner(home)
    if (owner && isAlive(owner)) continue
    // Without an owner the folder is a moment old, or not ours.
    if (!owner) continue
    if (owner.proxy !== undefined && serves(owner.proxy, home)) end(owner.proxy)
    rmSync(home, { recursive: true, force: true })
    removed += 1
  }
  return removed
}

/** In the folder, and where a proxy goes whose socket's path would be too long there. */
function homes(folder: string): string[] {
  return [...new Set([folder, FALLBACK])].flatMap((place) => {
    return list(place).flatMap((name) => (name.startsWith(PREFIX) ? [path.join(place, name)] : []))
  })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
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

function isAlive({ pid, started }: Owner): boolean {
  if (started !== '') return startTime(pid) === started
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether that process is the proxy of this folder, and not a later process of the same id. */
function serves(pid: number, home: string): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes(path.join(home, 's'))
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
