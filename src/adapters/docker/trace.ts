import { PbfReader } from 'pbf'
import type { BuildLog, BuildUpdate, Vertex } from './progress.ts'

/**
 * BuildKit's StatusResponse as protobuf, as far as we show it:
 * `vertexes = 1 {digest = 1, name = 3, cached = 4, started = 5, completed = 6, error = 7}`,
 * `logs = 3 {vertex = 1, msg = 4}`, `warnings = 4 {short = 3}`.
 */
export function decodeTrace(bytes: Uint8Array): BuildUpdate {
  const vertexes: Vertex[] = []
  const logs: BuildLog[] = []
  const warnings: string[] = []
  new PbfReader(bytes).readFields((tag, _result, reader) => {
    if (tag === 1) vertexes.push(readVertex(reader))
    else if (tag === 3) logs.push(readLog(reader))
    else if (tag === 4) warnings.push(readWarning(reader))
  }, undefined)
  return { vertexes, logs, warnings }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

function readVertex(reader: PbfReader): Vertex {
  const vertex: Writable<Vertex> = { digest: '', name: '', cached: false, error: '' }
  return reader.readMessage((tag, result, inner) => {
    if (tag === 1) result.digest = inner.readString()
    else if (tag === 3) result.name = inner.readString()
    else if (tag === 4) result.cached = inner.readBoolean()
    else if (tag === 5) result.started = readTime(inner)
    else if (tag === 6) result.completed = readTime(inner)
    else if (tag === 7) result.error = inner.readString()
  }, vertex)
}

function readLog(reader: PbfReader): BuildLog {
  const log: Writable<BuildLog> = { vertex: '', data: new Uint8Array() }
  return reader.readMessage((tag, result, inner) => {
    if (tag === 1) result.vertex = inner.readString()
    else if (tag === 4) result.data = inner.readBytes()
  }, log)
}

function readWarning(reader: PbfReader): string {
  const warning = { text: '' }
  reader.readMessage((tag, result, inner) => {
    if (tag === 3) result.text = Buffer.from(inner.readBytes()).toString('utf8')
  }, warning)
  return warning.text
}

/** google.protobuf.Timestamp → ms since 1970. */
function readTime(reader: PbfReader): number {
  const time = { seconds: 0, nanos: 0 }
  reader.readMessage((tag, result, inner) => {
    if (tag === 1) result.seconds = inner.readVarint(true)
    else if (tag === 2) result.nanos = inner.readVarint(true)
  }, time)
  return time.seconds * 1000 + time.nanos / 1e6
}
