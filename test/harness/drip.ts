import type { ServerResponse } from 'node:http'

const EVERY_MS = 1000

/** An answer that never ends within anybody's patience and never falls silent either: one byte a second. */
export function drip(response: ServerResponse, body: Buffer): void {
  let sent = 0
  const timer = setInterval(() => {
    if (sent >= body.length) response.end()
    else response.write(body.subarray(sent, ++sent))
  }, EVERY_MS)
  response.on('close', () => clearInterval(timer))
  response.flushHeaders()
}
