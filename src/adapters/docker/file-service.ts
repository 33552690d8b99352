/** BuildKit's way to take a context: every entry's facts first, then only the files that it has not got yet. */
import { createReadStream, readFileSync } from 'node:fs'
import { readlink } from 'node:fs/promises'
import { posix } from 'node:path'
import { PbfReader, PbfWriter } from 'pbf'
import type { BuildContext, ContextEntry } from './context.ts'
import type { Call } from './grpc.ts'
import { Outbox } from './outbox.ts'
import type { Services } from './session.ts'
import { errorMessage } from '../../errors/message.ts'

/** Packet {type = 1, stat = 2, id = 3, data = 4}. */
const PACKET = { stat: 0, request: 1, data: 2, end: 3, error: 4 }
/** Bits of a mode as Go has them. */
const FOLDER_BIT = 2 ** 31
const LINK_BIT = 2 ** 27
const CHUNK_BYTES = 256 * 1024
const SMALL_BYTES = 64 * 1024
const EMPTY = new Uint8Array()

export function fileService({ entries, dockerfile }: BuildContext): Services {
  return {
    async '/moby.filesync.v1.FileSync/DiffCopy'(call) {
      const [folder] = call.metadata('dir-name')
      const wanted = folder === 'dockerfile' ? [dockerfile] : follow(entries, wishes(call))
      await give(call, wanted)
    },
  }
}

/** Paths that are asked for, of which everything below is meant too; a name that is not ASCII comes encoded. */
function wishes(call: Call): string[] {
  const encoded = call.metadata('followpaths-encoded').length > 0
  return call.metadata('followpaths').map((value) => {
    const path = encoded ? decodeURIComponent(value.replaceAll('+', ' ')) : value
    return posix.resolve('/', path).slice(1)
  })
}

/** Patterns are not matched and links not followed: then all is offered, and BuildKit copies what it needs of it. */
function follow(entries: readonly ContextEntry[], paths: readonly string[]): readonly ContextEntry[] {
  if (paths.length === 0 || paths.some((path) => path === '' || /[*?[\\]/.test(path))) return entries
  const leadsTo = (name: string, path: string): boolean => name === path || path.startsWith(`${name}/`)
  const onTheWay = entries.filter(({ name }) => paths.some((path) => leadsTo(name, path)))
  if (onTheWay.some(({ stats }) => stats.isSymbolicLink())) return entries
  return entries.filter(({ name }) => paths.some((path) => leadsTo(name, path) || leadsTo(path, name)))
}

async function give(call: Call, entries: readonly ContextEntry[]): Promise<void> {
  const outbox = new Outbox(call)
  const offered = offer(outbox, entries).catch((error: unknown) => fail(outbox, error))
  for await (const message of call.messages()) {
    const { type, id } = readPacket(message)
    if (type === PACKET.request) await sendFile(outbox, id, entries[id]).catch((error: unknown) => fail(outbox, error))
    if (type === PACKET.end) {
      await offered
      await outbox.add(packet(PACKET.end))
      await outbox.flush()
      return
    }
    if (type === PACKET.error) return
  }
}

/** Ends the transfer on the other side, with our words. */
async function fail(outbox: Outbox, error: unknown): Promise<void> {
  await outbox.add(packet(PACKET.error, (writer) => writer.writeBytesField(4, Buffer.from(errorMessage(error)))))
  await outbox.flush()
}

async function offer(outbox: Outbox, entries: readonly ContextEntry[]): Promise<void> {
  for (const entry of entries) {
    const link = entry.stats.isSymbolicLink() ? await readlink(entry.path) : ''
    await outbox.add(packet(PACKET.stat, (writer) => writer.writeMessage(2, writeStat, { ...entry, link })))
  }
  await outbox.add(packet(PACKET.stat))
}

/** A packet without data ends the file. Small files are read at once: waiting for each costs more than reading it. */
async function sendFile(outbox: Outbox, id: number, entry: ContextEntry | undefined): Promise<void> {
  if (!entry?.stats.isFile()) throw new Error(`there is no file ${String(id)}`)
  const data = (bytes: Uint8Array): Uint8Array =>
    packet(PACKET.data, (writer) => {
      writer.writeVarintField(3, id)
      writer.writeBytesField(4, bytes)
    })
  if (entry.stats.size <= SMALL_BYTES) {
    const bytes = readFileSync(entry.path)
    await outbox.add(...(bytes.length > 0 ? [data(bytes)] : []), data(EMPTY))
    return
  }
  for await (const chunk of createReadStream(entry.path, { highWaterMark: CHUNK_BYTES })) {
    await outbox.add(data(chunk as Uint8Array))
  }
  await outbox.add(data(EMPTY))
}

function packet(type: number, fill?: (writer: PbfWriter) => void): Uint8Array {
  const writer = new PbfWriter()
  writer.writeVarintField(1, type)
  fill?.(writer)
  return writer.finish()
}

function readPacket(message: Uint8Array): { type: number; id: number } {
  return new PbfReader(message).readFields(
    (tag, result, reader) => {
      if (tag === 1) result.type = reader.readVarint()
      else if (tag === 3) result.id = reader.readVarint()
    },
    { type: PACKET.stat, id: 0 },
  )
}

/** Stat {path = 1, mode = 2, uid = 3, gid = 4, size = 5, modified in ns = 6, link = 7}; everything belongs to root. */
function writeStat({ name, stats, link }: ContextEntry & { readonly link: string }, writer: PbfWriter): void {
  const kind = stats.isDirectory() ? FOLDER_BIT : stats.isSymbolicLink() ? LINK_BIT : 0
  writer.writeStringField(1, name)
  writer.writeVarintField(2, kind + goMode(stats.mode))
  if (!stats.isDirectory()) writer.writeVarintField(5, stats.size)
  writer.writeVarintField(6, Math.floor(stats.mtimeMs) * 1e6)
  if (link !== '') writer.writeStringField(7, link)
}

/** Permissions, and set-user, set-group and sticky where Go keeps them. */
function goMode(mode: number): number {
  const special = [
    [0o4000, 2 ** 23],
    [0o2000, 2 ** 22],
    [0o1000, 2 ** 20],
  ] as const
  return special.reduce((sum, [bit, go]) => sum + (mode & bit ? go : 0), mode & 0o777)
}
