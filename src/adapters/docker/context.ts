import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { constants, lstatSync, readdirSync } from 'node:fs'
import { access, lstat, readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { DeployError } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'
import { checkDockerfile } from './dockerfile.ts'
import type { IgnoreRules } from './ignore.ts'
import { ignoreRules } from './ignore.ts'

export interface ContextEntry {
  /** On this machine. */
  readonly path: string
  /** In the context, with `/`. */
  readonly name: string
  readonly stats: Stats
}

export interface BuildContext {
  /** Files, folders and links that are not ignored, parents first, names in the order of their bytes. */
  readonly entries: readonly ContextEntry[]
  readonly dockerfile: ContextEntry
  /** Equal for two contexts of which BuildKit may compare sizes and times to see what has changed. */
  readonly key: string
}

/**
 * What a build may read. A Dockerfile may be outside the context, or ignored in it.
 * @throws DeployError build-failed when the context or the Dockerfile cannot be read
 */
export async function readContext(context: string, file: string | undefined): Promise<BuildContext> {
  const dockerfile = await dockerfileEntry(await checkDockerfile(context, file))
  let entries: ContextEntry[]
  try {
    entries = await walk(context, await readIgnoreRules(context, dockerfile.path))
  } catch (error) {
    if (error instanceof DeployError) throw error
    throw new DeployError('build-failed', `the context cannot be read: ${errorMessage(error)}`, { cause: error })
  }
  return { entries, dockerfile, key: await keyOf(context, entries) }
}

async function dockerfileEntry(path: string): Promise<ContextEntry> {
  try {
    await access(path, constants.R_OK)
    return { path, name: basename(path), stats: await stat(path) }
  } catch (error) {
    throw new DeployError('build-failed', `the Dockerfile cannot be read: ${errorMessage(error)}`, {
      fix: 'Name it with the file input (relative to the working folder), or correct context.',
    })
  }
}

/** A file whose time was set by hand (unpacked from an archive, normalized) may hide another content behind it. */
const TIME_GAP_MS = 2000

/** The folder, and every file whose time does not tell when it was written. */
async function keyOf(context: string, entries: readonly ContextEntry[]): Promise<string> {
  const { dev, ino, birthtimeMs } = await lstat(context)
  const hash = createHash('sha256').update(JSON.stringify([hostname(), resolve(context), dev, ino, birthtimeMs]))
  for (const { name, stats } of entries) {
    if (stats.isFile() && stats.ctimeMs - stats.mtimeMs > TIME_GAP_MS) {
      hash.update(JSON.stringify([name, stats.ino, stats.ctimeMs]))
    }
  }
  return hash.digest('hex')
}

/** So many names are looked at without letting anything else run. */
const NAMES_PER_TURN = 2000

interface Folder {
  readonly name: string
  readonly matched: Uint8Array | undefined
  /** Ignored folders above, which appear when something in them stays in. */
  readonly pending: readonly ContextEntry[]
}

/**
 * Everything that is not ignored. An ignored folder appears when something in it does not stay out. Calls that wait for
 * each other take a multiple of the time of calls that block, so these block, for a moment at a time.
 */
async function walk(root: string, rules: IgnoreRules | undefined): Promise<ContextEntry[]> {
  const entries: ContextEntry[] = []
  let looked = 0
  const visit = async ({ name: folder, matched: parent, pending }: Folder): Promise<void> => {
    let waiting = pending
    for (const entry of inOrder(readdirSync(join(root, folder)))) {
      if ((looked += 1) % NAMES_PER_TURN === 0) await setImmediate()
      const name = folder === '' ? entry : `${folder}/${entry}`
      const matched = rules && new Uint8Array(rules.count)
      const ignored = rules && matched ? rules.ignores(name, parent, matched) : false
      if (ignored && rules && !rules.mayKeepBelow(name)) continue
      const path = `${root}/${name}`
      const stats = lstatSync(path)
      const isFolder = stats.isDirectory()
      const found = { path, name, stats }
      if (!ignored && (isFolder || stats.isFile() || stats.isSymbolicLink())) {
        entries.push(...waiting, found)
        waiting = []
      }
      if (!isFolder) continue
      const known = entries.length
      await visit({ name, matched, pending: ignored ? [...waiting, found] : [] })
      if (entries.length > known) waiting = []
    }
  }
  await visit({ name: '', matched: undefined, pending: [] })
  return entries
}

/** In the order of their bytes. Code units compare the same way, unless there are characters beyond the basic plane. */
function inOrder(names: string[]): string[] {
  if (!names.some((name) => /[\ud800-\uffff]/.test(name))) return names.sort()
  return names.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
}

/**
 * The rules for a folder; `Dockerfile.dockerignore` beside the Dockerfile wins over the context's `.dockerignore`.
 * @param dockerfile undefined for a named context, which has none
 */
export async function readIgnoreRules(folder: string, dockerfile?: string): Promise<IgnoreRules | undefined> {
  const own = dockerfile === undefined ? undefined : await textOf(`${dockerfile}.dockerignore`)
  const text = own ?? (await textOf(join(folder, '.dockerignore'))) ?? ''
  try {
    return ignoreRules(text)
  } catch (error) {
    throw new DeployError('build-failed', `.dockerignore of ${folder} cannot be read: ${errorMessage(error)}`)
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
