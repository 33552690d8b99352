import { createHash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Header, Pack } from 'tar-stream'
import { DeployError } from '../../errors/deploy-error.ts'

/** Files above this size are streamed, smaller ones read at once. */
const STREAMED = 1024 * 1024

type Entry = Partial<Header> & Pick<Header, 'name'>

export interface PackedContext {
  readonly body: Readable
  /** Where the Dockerfile is in the archive. */
  readonly dockerfile: string
}

/** The Dockerfile's path: `file` is relative to the working folder, its default to the context. */
export function dockerfilePath(context: string, file: string | undefined): string {
  return file === undefined ? join(context, 'Dockerfile') : resolve(file)
}

/**
 * A folder as the archive that the engine builds from: names sorted, modes and times kept, owners reset, links as links,
 * what the ignore file says left out. A Dockerfile that is outside, or ignored, travels under a name of its own.
 * @throws DeployError build-failed when the context or the Dockerfile cannot be read
 */
export async function packContext(context: string, file: string | undefined): Promise<PackedContext> {
  const path = dockerfilePath(context, file)
  const text = await readFile(path).catch((error: unknown) => {
    throw new DeployError('build-failed', `the Dockerfile cannot be read: ${words(error)}`, {
      fix: 'Name it with the file input (relative to the working folder), or correct context.',
    })
  })
  const ignored = await ignoreRules(context, path)
  const inside = relative(context, path)
  const travels = inside.startsWith('..') || isAbsolute(inside) || ignored.ignores(posix(inside))
  const dockerfile = travels
    ? `.dockerfile.${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
    : posix(inside)
  const { pack } = await import('tar-stream')
  const archive = pack()
  fill(archive, context, ignored, travels ? { name: dockerfile, text } : undefined).catch((error: unknown) =>
    archive.destroy(new DeployError('build-failed', `the context cannot be read: ${words(error)}`, { cause: error })),
  )
  return { body: Readable.from(archive, { objectMode: false }), dockerfile }
}

async function fill(
  archive: Pack,
  root: string,
  rules: IgnoreRules,
  extra: { name: string; text: Buffer } | undefined,
): Promise<void> {
  if (extra) await addBytes(archive, { name: extra.name, mode: 0o644, mtime: new Date(0) }, extra.text)
  for await (const { path, name, stats } of walk(root, rules)) {
    const header = { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 }
    if (stats.isDirectory()) await addEmpty(archive, { ...header, type: 'directory' })
    else if (stats.isSymbolicLink()) {
      await addEmpty(archive, { ...header, type: 'symlink', linkname: await readlink(path) })
    } else if (stats.size <= STREAMED) await addBytes(archive, header, await readFile(path))
    else await addFile(archive, { ...header, size: stats.size }, path)
  }
  archive.finalize()
}

interface Found {
  readonly path: string
  readonly name: string
  readonly stats: Stats
}

/** Everything that is not ignored, parents first. An ignored folder appears when something in it does not stay out. */
async function* walk(root: string, rules: IgnoreRules, folder = '', parents: Found[] = []): AsyncGenerator<Found> {
  const names = await readdir(join(root, folder))
  for (const entry of names.sort()) {
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

function addEmpty(archive: Pack, header: Entry): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry(header, (error) => (error ? reject(error) : resolve()))
  })
}

/** The callback comes when the bytes are taken, so a slow engine slows the reading down. */
function addBytes(archive: Pack, header: Entry, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry({ ...header, size: bytes.length }, (error) => (error ? reject(error) : resolve())).end(bytes)
  })
}

async function addFile(archive: Pack, header: Entry, path: string): Promise<void> {
  const packed = new Promise<void>((resolve, reject) => {
    const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()))
    pipeline(createReadStream(path, { end: (header.size ?? 1) - 1 }), entry as unknown as NodeJS.WritableStream).catch(
      reject,
    )
  })
  await packed
}

function posix(path: string): string {
  return path.split(sep).join('/')
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
