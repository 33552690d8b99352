import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PbfReader, PbfWriter } from 'pbf'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readContext } from './context.ts'
import { fileService } from './file-service.ts'
import type { Call } from './grpc.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'files-'))
  const files = { Dockerfile: 'FROM x', 'app/a': 'a', 'app/b/c': 'c', apple: '', 'docs/d': 'd', 'ü/e': 'e' }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
})
afterEach(() => rmSync(root, { recursive: true }))

interface Packet {
  type: number
  path?: string
  id: number
  data: string
}

function read(message: Uint8Array): Packet {
  const blank: Packet = { type: 0, id: 0, data: '' }
  return new PbfReader(message).readFields((tag, packet, reader) => {
    if (tag === 1) packet.type = reader.readVarint()
    else if (tag === 2) {
      const found = { path: '' }
      reader.readMessage((field, stat, inner) => {
        if (field === 1) stat.path = inner.readString()
      }, found)
      packet.path = found.path
    } else if (tag === 3) packet.id = reader.readVarint()
    else if (tag === 4) packet.data = Buffer.from(reader.readBytes()).toString()
  }, blank)
}

function request(type: number, id = 0): Uint8Array {
  const writer = new PbfWriter()
  writer.writeVarintField(1, type)
  writer.writeVarintField(3, id)
  return writer.finish()
}

/** What BuildKit's side does: hears what there is, asks for some of it, and ends. */
async function take(metadata: Record<string, readonly string[]>, ids: readonly number[] = []): Promise<Packet[]> {
  const given: Packet[] = []
  const call: Call = {
    metadata: (name) => metadata[name] ?? [],
    async *messages() {
      for (const id of ids) yield request(1, id)
      yield await Promise.resolve(request(3))
    },
    send: (...messages) => Promise.resolve(void given.push(...messages.map(read))),
  }
  await fileService(await readContext(root, undefined))['/moby.filesync.v1.FileSync/DiffCopy']?.(call)
  return given
}

const names = (packets: readonly Packet[]): (string | undefined)[] =>
  packets.filter(({ type, path }) => type === 0 && path !== undefined).map(({ path }) => path)
const ALL = ['Dockerfile', 'app', 'app/a', 'app/b', 'app/b/c', 'apple', 'docs', 'docs/d', 'ü', 'ü/e']

test.each([
  ['all', [], ALL],
  ['all', ['.'], ALL],
  ['all', ['/'], ALL],
  ['all where there is a pattern', ['ap*'], ALL],
  ['a folder with what is below it', ['app'], ['app', 'app/a', 'app/b', 'app/b/c']],
  ['a file with its parents', ['./app/b/c'], ['app', 'app/b', 'app/b/c']],
  ['several', ['/docs/', 'apple'], ['apple', 'docs', 'docs/d']],
  ['what begins with a dot', ['.dockerignore'], []],
  ['nothing of what is outside', ['../app/a'], ['app', 'app/a']],
])('%s: %j', async (_, followpaths, expected) => {
  expect(names(await take({ 'dir-name': ['context'], followpaths }))).toEqual(expected)
})

test('names come encoded where they are not ASCII', async () => {
  const packets = await take({ followpaths: ['%C3%BC'], 'followpaths-encoded': ['1'] })
  expect(names(packets)).toEqual(['ü', 'ü/e'])
})

test('all where a link is on the way', async () => {
  symlinkSync('app', join(root, 'way'))
  expect(names(await take({ followpaths: ['way/a'] }))).toEqual([...ALL.slice(0, 8), 'way', 'ü', 'ü/e'])
})

test('the folder of the Dockerfile holds nothing else', async () => {
  expect(names(await take({ 'dir-name': ['dockerfile'], followpaths: ['Dockerfile', 'app'] }))).toEqual(['Dockerfile'])
})

test('files are given by their number, and ended', async () => {
  const packets = await take({}, [2])
  const data = packets.filter(({ type }) => type === 2)
  expect(data).toEqual([
    { type: 2, id: 2, data: 'a' },
    { type: 2, id: 2, data: '' },
  ])
  expect(packets.at(-1)?.type).toBe(3)
})

test.each([1, 99])('what is not a file is an error of the transfer: %d', async (id) => {
  const packets = await take({}, [id])
  expect(packets.find(({ type }) => type === 4)?.data).toContain('there is no file')
})
