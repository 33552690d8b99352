import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Header, Pack } from 'tar-stream'
import { DeployError } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'
import type { BuildContext, ContextEntry } from './context.ts'

/** Files above this size are streamed, smaller ones read at once. */
const STREAMED_BYTES = 1024 * 1024

export interface PackedContext {
  readonly body: Readable
  /** Where the Dockerfile is in the archive. */
  readonly dockerfile: string
}

/**
 * A context as one archive, for an engine that cannot ask for it: modes and times kept, owners reset, links as links. A
 * Dockerfile that is outside, or ignored, travels under a name of its own.
 */
export async function packContext({ entries, dockerfile }: BuildContext): Promise<PackedContext> {
  const inside = entries.find(({ path }) => path === dockerfile.path)
  const text = await readFile(dockerfile.path)
  const name = inside?.name ?? `.dockerfile.${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  const { pack } = await import('tar-stream')
  const archive = pack()
  fill(archive, entries, inside ? undefined : { name, text }).catch((error: unknown) => {
    const what = `the context cannot be read: ${errorMessage(error)}`
    archive.destroy(new DeployError('build-failed', what, { cause: error }))
  })
  return { body: Readable.from(archive, { objectMode: false }), dockerfile: name }
}

async function fill(
  archive: Pack,
  entries: readonly ContextEntry[],
  extra: { name: string; text: Buffer } | undefined,
): Promise<void> {
  if (extra) await addBytes(archive, { name: extra.name, mode: 0o644, mtime: new Date(0) }, extra.text)
  for (const { path, name, stats } of entries) {
    const header = { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 }
    if (stats.isDirectory()) await addEmpty(archive, { ...header, type: 'directory' })
    else if (stats.isSymbolicLink()) {
      await addEmpty(archive, { ...header, type: 'symlink', linkname: await readlink(path) })
    } else if (stats.size <= STREAMED_BYTES) await addBytes(archive, header, await readFile(path))
    else await addFile(archive, { ...header, size: stats.size }, path)
  }
  archive.finalize()
}

type Entry = Partial<Header> & Pick<Header, 'name'>

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
  await new Promise<void>((resolve, reject) => {
    const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()))
    const source = createReadStream(path, { end: (header.size ?? 1) - 1 })
    pipeline(source, entry as unknown as NodeJS.WritableStream).catch(reject)
  })
}
