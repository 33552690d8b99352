import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { access, lstat, readdir, readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { DeployError } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'

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

/** The Dockerfile's path: `file` is relative to the working folder, its default to the context. */
export function dockerfilePath(context: string, file: string | undefined): string {
  return file === undefined ? join(context, 'Dockerfile') : resolve(file)
}

/**
 * What a build may read. A Dockerfile may be outside the context, or ignored in it.
 * @throws DeployError build-failed when the context or the Dockerfile cannot be read
 */
export async function readContext(context: string, file: string | undefined): Promise<BuildContext> {
  const dockerfile = await dockerfileEntry(dockerfilePath(context, file))
  const entries: ContextEntry[] = []
  try {
    const rules = await ignoreRules(context, dockerfile.path)
    for await (const entry of walk(context, rules)) entries.push(entry)
  } catch (error) {
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
const SET_BY_HAND = 2000

/** The folder, and every file whose time does not tell when it was written. */
async function keyOf(context: string, entries: readonly ContextEntry[]): Promise<string> {
  const { dev, ino, birthtimeMs } = await lstat(context)
  const hash = createHash('sha256').update(JSON.stringify([hostname(), resolve(context), dev, ino, birthtimeMs]))
  for (const { name, stats } of entries) {
    if (stats.isFile() && stats.ctimeMs - stats.mtimeMs > SET_BY_HAND) {
      hash.update(JSON.stringify([name, stats.ino, stats.ctimeMs]))
    }
  }
  return hash.digest('hex')
}

/** Everything that is not ignored. An ignored folder appears when something in it does not stay out. */
async function* walk(
  root: string,
  rules: IgnoreRules,
  folder = '',
  parents: ContextEntry[] = [],
): AsyncGenerator<ContextEntry> {
  const names = await readdir(join(root, folder))
  for (const entry of names.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))) {
    const name = folder === '' ? entry : `${folder}/${entry}`
    const path = join(root, name)
    const stats = await lstat(path)
    const kept = !rules.ignores(name)
    const found = { path, name, stats }
    if (kept && (stats.isFile() || stats.isDirectory() || stats.isSymbolicLink())) {
      yield* parents.splice(0)
      yield found
    }
    if (!stats.isDirectory() || (!kept && !rules.exceptions)) continue
    const pending = kept ? [] : [...parents, found]
    for await (const below of walk(root, rules, name, pending)) {
      parents.length = 0
      yield below
    }
  }
}

interface IgnoreRules {
  ignores(name: string): boolean
  /** Some pattern takes back what another ignored. */
  readonly exceptions: boolean
}

/** `Dockerfile.dockerignore` beside the Dockerfile wins over the context's `.dockerignore`. */
async function ignoreRules(context: string, dockerfile: string): Promise<IgnoreRules> {
  const text =
    (await textOf(`${dockerfile}.dockerignore`)) ??
    (await textOf(join(context, '.dockerignore')))?.replace(/^\ufeff/, '')
  if (text === undefined || text.trim() === '') return { ignores: () => false, exceptions: false }
  const { default: library } = await import('@balena/dockerignore')
  const rules = library.default().add(text)
  return { ignores: (name) => rules.ignores(name), exceptions: /^\s*!/m.test(text) }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
