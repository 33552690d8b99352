/** What `git ls-files -v -s -z` says of files that `git status` does not look into. Paths are relative to the work tree. */
import { createHash } from 'node:crypto'
import { lstatSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import type { GitContext } from './git.ts'
import { git } from './git.ts'

export interface Listing {
  /** Folders that are repositories of their own, whether `.gitmodules` names them or not. */
  readonly repositories: readonly string[]
  /** Files that Git was asked to ignore changes of (`assume-unchanged`, `skip-worktree`). */
  readonly unwatched: readonly Unwatched[]
}

interface Unwatched {
  readonly path: string
  readonly mode: string
  readonly object: string
}

/** `H 100644 <object> 0<tab>path`; a small letter is `assume-unchanged`, S is `skip-worktree`. */
const WATCHED = /^[A-RT-Z] (?!160000 )/
const ENTRY = /^(.) (\d+) ([0-9a-f]+) \d\t(.*)$/s
const REPOSITORY = '160000'

export function parseListing(text: string): Listing {
  const repositories: string[] = []
  const unwatched: Unwatched[] = []
  for (const line of text.split('\0')) {
    if (WATCHED.test(line)) continue
    const [, tag = '', mode = '', object = '', name = ''] = ENTRY.exec(line) ?? []
    if (mode === REPOSITORY) repositories.push(name)
    else if (/^[a-zS]$/.test(tag)) unwatched.push({ path: name, mode, object })
  }
  return { repositories, unwatched }
}

export async function listingOf(top: string, context: GitContext): Promise<Listing> {
  const { code, stdout } = await git(top, ['ls-files', '-v', '-s', '-z'], context)
  return parseListing(code === 0 ? stdout : '')
}

/** Arguments of one call. */
const FILES_PER_CALL = 500

/** Of the files that Git does not look at, those that are there and differ; a sparse checkout leaves files out. */
export async function changedUnwatched(
  top: string,
  unwatched: readonly Unwatched[],
  context: GitContext,
): Promise<string[]> {
  const [links, files] = [[] as Unwatched[], [] as Unwatched[]]
  const changed: string[] = []
  for (const entry of unwatched) {
    const stats = lstatSync(path.join(top, entry.path), { throwIfNoEntry: false })
    if (!stats) continue
    if (stats.isSymbolicLink() !== (entry.mode === LINK) || stats.isDirectory()) changed.push(entry.path)
    else (entry.mode === LINK ? links : files).push(entry)
  }
  changed.push(...links.filter((link) => linkObject(path.join(top, link.path)) !== link.object).map(pathOf))
  for (let at = 0; at < files.length; at += FILES_PER_CALL) {
    const part = files.slice(at, at + FILES_PER_CALL)
    const { code, stdout } = await git(top, ['hash-object', '--', ...part.map(pathOf)], context)
    const objects = code === 0 ? stdout.split('\n') : []
    changed.push(...part.filter(({ object }, index) => objects[index] !== object).map(pathOf))
  }
  return changed
}

const LINK = '120000'

function pathOf(entry: Unwatched): string {
  return entry.path
}

/** Git keeps of a link where it leads. */
function linkObject(file: string): string {
  const target = readlinkSync(file, 'buffer')
  return createHash('sha1')
    .update(`blob ${String(target.length)}\0`)
    .update(target)
    .digest('hex')
}
