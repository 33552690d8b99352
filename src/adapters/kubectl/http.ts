import { Agent, request, type IncomingMessage } from 'node:http'
import { stringifyJson } from '../../domain/json.ts'
import type { KubeRequest } from '../../ports.ts'

export interface Raw {
  readonly status: number
  readonly type: string
  /** Seconds that the server asks to wait. */
  readonly retryAfter: number | undefined
  readonly text: string
}

/** A server that has taken the request and says nothing. */
const SILENCE = 20_000

export function makeAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 32 })
}

/** One request, one answer, no judgement. @throws Error of the socket */
export async function send(
  agent: Agent,
  socketPath: string,
  method: string,
  path: string,
  options: KubeRequest,
): Promise<Raw> {
  const response = await open(agent, socketPath, method, path, options, SILENCE)
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const retryAfter = Number(response.headers['retry-after'])
  return {
    status: response.statusCode ?? 0,
    type: response.headers['content-type'] ?? '',
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    text: Buffer.concat(chunks).toString('utf8'),
  }
}

/** The answer as soon as its headers are there; `silence` 0 waits for ever between two bytes. */
export function open(
  agent: Agent,
  socketPath: string,
  method: string,
  path: string,
  { query, body, type, signal }: KubeRequest,
  silence: number,
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
        ...(silence > 0 ? { timeout: silence } : {}),
      },
      resolve,
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${silence / 1000} s`)))
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
