import { posix } from 'node:path'
import { Readable } from 'node:stream'
import * as v from 'valibot'
import type { ContainerRuntime, EngineApi } from '../../ports.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import { PathStat } from './answers.ts'
import { drain } from './stream.ts'

type ContainerFile = NonNullable<Awaited<ReturnType<ContainerRuntime['file']>>>

const MAX_BYTES = 16 * 1024 * 1024
const MAX_LINKS = 10

/** A file by copy-out; links are followed. Content is cut after 16 MiB, `size` is the file's own. */
export async function readFile(api: EngineApi, id: string, path: string): Promise<ContainerFile | undefined> {
  let at = path
  for (let links = 0; links < MAX_LINKS; links++) {
    const answer = await api.stream('GET', `/containers/${id}/archive`, { query: { path: at } })
    if (answer.status !== 200) {
      await drain(answer.body)
      if (answer.status === 404) return undefined
      throw new DeployError('engine-error', `reading ${path}: the engine answered ${String(answer.status)}`)
    }
    const target = linkTarget(answer.headers['x-docker-container-path-stat'])
    if (target === undefined) return firstEntry(answer.body)
    await drain(answer.body)
    at = posix.resolve(posix.dirname(at), target)
  }
  throw new DeployError('engine-error', `reading ${path}: too many symbolic links`)
}

function linkTarget(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined
  const stat = v.safeParse(PathStat, JSON.parse(Buffer.from(header, 'base64').toString('utf8')))
  return stat.success && stat.output.linkTarget !== '' ? stat.output.linkTarget : undefined
}

async function firstEntry(body: AsyncIterable<Uint8Array>): Promise<ContainerFile | undefined> {
  const { extract } = await import('tar-stream')
  const archive = extract()
  const source = Readable.from(body)
  source.on('error', (error) => archive.destroy(error)).pipe(archive)
  try {
    for await (const entry of archive) {
      const { mode, uid, gid, size } = entry.header
      const chunks: Buffer[] = []
      let room = MAX_BYTES
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        chunks.push(chunk.subarray(0, room))
        room -= chunk.length
        if (room <= 0) break
      }
      return { mode: mode & 0o7777, uid, gid, size, content: Buffer.concat(chunks) }
    }
    return undefined
  } finally {
    source.destroy()
  }
}
