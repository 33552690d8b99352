import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'

/** Where a folder really is: Git knows nothing of the links that lead to it. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return path.resolve(folder)
  }
}

/** The folder upwards that holds `.git` (a folder, or a file in worktrees and submodules); no process is asked. */
export function workTreeOf(folder: string): string | undefined {
  for (let here = realFolder(folder); ; here = path.dirname(here)) {
    if (existsSync(path.join(here, '.git'))) return here
    if (here === path.dirname(here)) return undefined
  }
}

/** Web address of the remote `origin`, without credentials; undefined where there is none or it is not a web host's. */
export function originUrl(workTree: string): string | undefined {
  try {
    const config = readFileSync(path.join(commonFolder(workTree), 'config'), 'utf8')
    const section = /^\[remote "origin"\]\s*$([^[]*)/m.exec(config)?.[1]
    const url = section === undefined ? undefined : /^\s*url\s*=\s*(.+?)\s*$/m.exec(section)?.[1]
    return url === undefined ? undefined : webAddress(url)
  } catch {
    return undefined
  }
}

/** `.git` itself, or the folder that all worktrees of the repository share. */
function commonFolder(workTree: string): string {
  const dot = path.join(workTree, '.git')
  const pointer = readPointer(dot, /^gitdir: (.+)$/m)
  if (pointer === undefined) return dot
  const own = path.resolve(workTree, pointer)
  const common = readPointer(path.join(own, 'commondir'), /^(.+)$/m)
  return common === undefined ? own : path.resolve(own, common)
}

function readPointer(file: string, pattern: RegExp): string | undefined {
  try {
    return pattern.exec(readFileSync(file, 'utf8'))?.[1]?.trim()
  } catch {
    return undefined
  }
}

/** `git@host:owner/name.git` and `https://token@host/owner/name.git` are `https://host/owner/name`. */
export function webAddress(remote: string): string | undefined {
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/)(.+)$/.exec(remote)
  const text = scp && !remote.includes('://') ? `ssh://${scp[1] ?? ''}/${scp[2] ?? ''}` : remote
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (!/^(?:https?|ssh|git):$/.test(url.protocol) || url.hostname === '') return undefined
  const web = /^https?:$/.test(url.protocol)
  const host = web ? url.host : url.hostname
  return `${web ? url.protocol : 'https:'}//${host}${url.pathname.replace(/\.git\/?$|\/$/, '')}`
}
