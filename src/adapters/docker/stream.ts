import type { Frame } from '../../domain/log-frames.ts'
import { isFramed, takeFrames } from '../../domain/log-frames.ts'

/** Engine bodies come in three shapes: JSON a line, multiplexed output of a container, raw output of a terminal. */

/** JSON values of a stream of concatenated lines; a line that does not parse is skipped. */
export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator {
  for await (const line of textLines(body)) {
    if (line.trim() === '') continue
    try {
      yield JSON.parse(line) as unknown
    } catch {
      continue
    }
  }
}

async function* textLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

/** Reads the rest without keeping it, so that the connection can be used again. */
export async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks = body[Symbol.asyncIterator]()
  while ((await chunks.next()).done !== true) continue
}

/** The engine's words in the body of a refusal: `{"message": …}`, else its text. */
export async function messageIn(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return messageOf(Buffer.concat(chunks))
}

export function messageOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8').trim()
  try {
    const parsed = JSON.parse(text) as unknown
    const words = typeof parsed === 'object' && parsed !== null && 'message' in parsed ? parsed.message : undefined
    return typeof words === 'string' ? words : text
  } catch {
    return text
  }
}

/** Frames of multiplexed output, as they arrive. Output of a terminal is one long frame. */
export async function* frames(body: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0)
  let framed: boolean | undefined
  for await (const chunk of body) {
    rest = Buffer.concat([rest, chunk])
    framed ??= isFramed(rest)
    if (framed === undefined) continue
    const taken = framed
      ? takeFrames(rest)
      : { whole: [{ from: 'stdout', bytes: rest } as const], rest: Buffer.alloc(0) }
    yield* taken.whole
    rest = taken.rest
  }
  if (rest.length > 0 && framed !== true) yield { from: 'stdout', bytes: rest }
}
