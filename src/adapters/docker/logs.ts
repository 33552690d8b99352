import type { EngineApi, LogPosition } from '../../ports.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Frame } from '../../domain/log-frames.ts'
import { messageIn, frames } from './stream.ts'
import { oneLine, printableLines } from '../../domain/text.ts'

/** Of one log file on disk. With two of them at least so much is left whenever the engine drops the oldest. */
const LOG_FILE_MB = 100

/** A driver whose logs can be read back, whatever the engine's default is. */
export const LOG_CONFIG = {
  Type: 'json-file',
  Config: { 'max-size': `${String(LOG_FILE_MB)}m`, 'max-file': '2' },
} as const

/** Printable lines in the order in which they came; stdout's and stderr's parts of a line are not mixed. */
export async function containerLogs(api: EngineApi, id: string, tail: number | undefined): Promise<string[]> {
  const body = await openLog(api, id, { tail: tail ?? 'all' })
  if (!body) return []
  const lines: string[] = []
  const assembly = new Lines((more) => lines.push(...more))
  for await (const frame of frames(body)) assembly.add(frame)
  assembly.end()
  return tail === undefined ? lines : lines.slice(-tail)
}

interface Reading {
  readonly id: string
  readonly from: LogPosition | undefined
  readonly signal: AbortSignal
}

/** The log from the beginning, or from an earlier position, piece by piece. */
export async function readLog(
  api: EngineApi,
  { id, from, signal }: Reading,
  onLines: (lines: readonly string[]) => void,
): Promise<LogPosition> {
  const body = await openLog(api, id, { tail: 'all', timestamps: true, since: aSecondBefore(from?.since) }, signal)
  if (!body) return { since: from?.since, overflowed: from?.overflowed ?? false }
  const assembly = new Lines(onLines)
  let since = from?.since
  let stored = 0
  for await (const frame of frames(body)) {
    const { time, bytes } = stamped(frame.bytes)
    since = time ?? since
    stored += storedSize(bytes)
    assembly.add({ from: frame.from, bytes })
  }
  assembly.end()
  return { since, overflowed: (from?.overflowed ?? false) || stored >= LOG_FILE_MB * 1_000_000 }
}

async function openLog(
  api: EngineApi,
  id: string,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const { status, body } = await api.stream('GET', `/containers/${id}/logs`, {
    query: { stdout: true, stderr: true, ...query },
    ...(signal ? { signal } : {}),
  })
  if (status === 200) return body
  const words = await messageIn(body)
  if (status === 404) return undefined
  throw new DeployError('engine-error', `reading the container's logs: ${oneLine(words)}`)
}

/** `2026-01-02T03:04:05.000000000Z ` before every entry. */
const TIME_BYTES = 31

function stamped(bytes: Uint8Array): { time: string | undefined; bytes: Uint8Array } {
  const time = Buffer.from(bytes.subarray(0, TIME_BYTES)).toString('latin1')
  return /^\d{4}-\d\d-\d\dT[\d:.]{18}Z $/.test(time)
    ? { time: time.trimEnd(), bytes: bytes.subarray(TIME_BYTES) }
    : { time: undefined, bytes }
}

/** Entries of the two streams may be stored in another order than their times: a moment comes twice, none is missed. */
function aSecondBefore(time: string | undefined): string | undefined {
  if (time === undefined) return undefined
  const seconds = Date.parse(`${time.slice(0, 19)}Z`) / 1000 - 1
  return `${String(seconds)}.${time.slice(20, 29)}`
}

/** The engine's own words in an entry: quotes, names, the stream, the time. */
const ENTRY_BYTES = 90

/** At least what the entry takes on disk, where it is written as JSON. */
function storedSize(bytes: Uint8Array): number {
  let size = ENTRY_BYTES
  for (const byte of bytes) size += WRITTEN[byte] ?? 1
  return size
}

/** Bytes that JSON escapes, by the longest form in which Go writes them; what is not UTF-8 becomes six. */
const WRITTEN = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x20 || byte === 0x7f || '<>&'.includes(String.fromCharCode(byte))) return 6
  if (byte === 0x22 || byte === 0x5c) return 2
  return byte >= 0x80 ? 6 : 1
})

/** Puts the two streams' bytes together to whole lines. */
class Lines {
  readonly #onLines: (lines: readonly string[]) => void
  readonly #rest = { stdout: '', stderr: '' }
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }

  constructor(onLines: (lines: readonly string[]) => void) {
    this.#onLines = onLines
  }

  add({ from, bytes }: Frame): void {
    const text = this.#rest[from] + this.#decoders[from].decode(bytes, { stream: true })
    const end = text.lastIndexOf('\n') + 1
    this.#rest[from] = text.slice(end)
    if (end > 0) this.#onLines(printableLines(text.slice(0, end)))
  }

  end(): void {
    for (const text of [this.#rest.stdout, this.#rest.stderr]) if (text !== '') this.#onLines(printableLines(text))
  }
}
