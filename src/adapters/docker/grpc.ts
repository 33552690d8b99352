/** gRPC as BuildKit speaks it over a session: messages with five bytes before them, on HTTP/2 streams. */
import type { ServerHttp2Stream } from 'node:http2'

const UNIMPLEMENTED = '12'
const INTERNAL = '13'
const PREFIX_BYTES = 5
const HEAD = { ':status': 200, 'content-type': 'application/grpc' }

/** One call of the other side. */
export interface Call {
  /** Values of a request header; a name may come several times. */
  metadata(name: string): readonly string[]
  messages(): AsyncIterable<Uint8Array>
  /** Sends one or many messages in one write. Resolves when there is room for more. */
  send(...messages: readonly Uint8Array[]): Promise<void>
}

export type Handler = (call: Call) => Promise<void>

/** Answers a call; what its handler throws ends the call alone. */
export async function answer(
  stream: ServerHttp2Stream,
  rawHeaders: readonly string[],
  handler: Handler | undefined,
): Promise<void> {
  stream.on('error', () => undefined) // The answer to the build itself says what went wrong
  if (!handler) {
    stream.respond({ ...HEAD, 'grpc-status': UNIMPLEMENTED }, { endStream: true })
    return
  }
  stream.respond(HEAD, { waitForTrailers: true })
  let status = '0'
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }))
  try {
    await handler({
      metadata: (name) => rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1] === name),
      messages: () => messages(stream),
      send: (...messages) => send(stream, messages),
    })
  } catch {
    status = INTERNAL
  }
  stream.end()
}

async function* messages(stream: ServerHttp2Stream): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0)
  // A reader that leaves the loop early may still write, so leaving it must not reset the stream.
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    const chunk = piece as Uint8Array
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk])
    while (held.length >= PREFIX_BYTES) {
      const end = PREFIX_BYTES + held.readUInt32BE(1)
      if (held.length < end) break
      yield held.subarray(PREFIX_BYTES, end)
      held = held.subarray(end)
    }
  }
}

async function send(stream: ServerHttp2Stream, messages: readonly Uint8Array[]): Promise<void> {
  if (stream.destroyed) throw new Error('the other side has left')
  if (stream.write(framed(messages))) return
  await new Promise<void>((resolve, reject) => {
    const left = (): void => reject(new Error('the other side has left'))
    stream.once('close', left)
    stream.once('drain', () => {
      stream.off('close', left)
      resolve()
    })
  })
}

function framed(messages: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.allocUnsafe(messages.reduce((sum, { length }) => sum + PREFIX_BYTES + length, 0))
  let at = 0
  for (const message of messages) {
    bytes[at] = 0
    bytes.writeUInt32BE(message.length, at + 1)
    bytes.set(message, at + PREFIX_BYTES)
    at += PREFIX_BYTES + message.length
  }
  return bytes
}
