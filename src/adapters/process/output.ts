import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

const KEPT_BYTES = 1024 * 1024

/** Collects the end of a child's output, and cuts it into lines. `end` gives the last MiB. */
export function createOutput(stream: Readable, onLine: (line: string) => void): { readonly end: () => string } {
  const decoder = new StringDecoder('utf8')
  let text = ''
  let rest = ''
  const take = (more: string): void => {
    text += more
    if (text.length > 2 * KEPT_BYTES) text = text.slice(-KEPT_BYTES)
    const lines = (rest + more).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line.replace(/\r$/, ''))
    if (rest.length > KEPT_BYTES) rest = rest.slice(-KEPT_BYTES)
  }
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)))
  return {
    end() {
      take(decoder.end())
      if (rest !== '') onLine(rest)
      rest = ''
      return text
    },
  }
}
