import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:http'
import { readWhole } from '../../async/body.ts'
import { stringifyJson } from '../../domain/json.ts'
import type { KubeRequest } from '../../ports.ts'

export interface Raw {
  readonly status: number
  readonly type: string
  /** Seconds that the server asks to wait. */
  readonly retryAfter: number | undefined
  /** By the server's clock, ms since 1970. */
  readonly at: number | undefined
  readonly text: string
}

/** Lists of a large namespace; whatever is larger would only fill the memory. */
const LARGEST_ANSWER_BYTES = 256 * 1024 * 1024

/** Where requests go: a socket, and the pool of connections to it. */
export interface Server {
  readonly agent: Agent
  readonly socketPath: string
}

export function createAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 32 })
}

/** One request, one answer, no judgement. @throws Error of the socket */
export async function send(server: Server, method: string, path: string, options: KubeRequest): Promise<Raw> {
  const response = await open(server, method, path, options)
  const bytes = await readWhole(response, LARGEST_ANSWER_BYTES)
  const retryAfter = Number(response.headers['retry-after'])
  const at = Date.parse(response.headers.date ?? '')
  return {
    status: response.statusCode ?? 0,
    type: response.headers['content-type'] ?? '',
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    at: Number.isFinite(at) ? at : undefined,
    text: bytes.toString('utf8'),
  }
}

/** The answer as soon as its headers are there; the request's own signal limits it. */
export function open(
  { agent, socketPath }: Server,
  method: string,
  path: string,
  { query, body, type, signal }: KubeRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : Buffer.from(stringifyJson(body))
    const outgoing = request(
      {
        agent,
        socketPath,
        method,
        path: path + search(query),
        headers: {
          host: 'localhost',
          accept: 'application/json',
          ...(payload === undefined
            ? {}
            : { 'content-type': type ?? 'application/json', 'content-length': payload.length }),
        },
        ...(signal === undefined ? {} : { signal }),
      },
      resolve,
    )
    // A request that still waits for a connection of the pool does not say that it was cut.
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

function search(query: KubeRequest['query']): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.append(name, String(value))
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}
