/** HTTP messages of the engine's API: what goes out as which body, and what an answer is. */
import type http from 'node:http'
import { Readable } from 'node:stream'
import type { EngineAnswer, EngineRequest } from '../../ports.ts'
import { messageOf } from './stream.ts'

export interface Payload {
  readonly content: Uint8Array | string | Readable
  readonly headers: http.OutgoingHttpHeaders
}

export function payloadOf(body: unknown): Payload | undefined {
  if (body === undefined) return undefined
  const tar = { 'content-type': 'application/x-tar' }
  if (body instanceof Uint8Array) return { content: body, headers: { ...tar, 'content-length': body.byteLength } }
  if (body instanceof Readable) return { content: body, headers: tar }
  const content = JSON.stringify(body)
  const length = Buffer.byteLength(content)
  return { content, headers: { 'content-type': 'application/json', 'content-length': length } }
}

export function answerOf(response: http.IncomingMessage, bytes: Buffer): EngineAnswer {
  const json = (): unknown => {
    try {
      return JSON.parse(bytes.toString('utf8')) as unknown
    } catch {
      return undefined
    }
  }
  return { status: response.statusCode ?? 0, headers: response.headers, bytes, json, message: () => messageOf(bytes) }
}

export function queryString(query: EngineRequest['query']): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    if (Array.isArray(value)) for (const item of value) parameters.append(name, String(item))
    else parameters.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
