import http from 'node:http'
import type {
  Agent,
  AgentOptions,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  RequestOptions,
} from 'node:http'
import { proxyFor } from '../../domain/proxy.ts'
import { fault } from './fault.ts'
import { trustedAuthorities } from './trust.ts'

export interface Ask {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  /** The scheme of `url` is provisional: a host that may be plain is asked in plain HTTP first. */
  readonly detectScheme?: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** What was asked, as it was really sent. */
  readonly url: URL
  /** The same for messages: without query, which may carry signatures. */
  readonly asked: string
}

/** One exchange; rejects with the fault of the wire (an Error with `code`). */
export type Wire = (ask: Ask) => Promise<Answer>

interface WireOptions {
  /** Proxy settings and folders of trusted authorities. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Cuts everything that is on its way. */
  readonly signal: AbortSignal
  /** Silence on the connection after which it counts as dead, ms. */
  readonly idle?: number | undefined
}

// Manifests and configs are some kB; whatever is larger is not what we asked for.
const LARGEST_BODY = 16 * 1024 * 1024
const SOCKETS = 8

/** Plain node:http(s) over kept-alive connections: fetch would cost its own start-up. */
export function createWire({ env, signal, idle = 30_000 }: WireOptions): Wire {
  const settings = { keepAlive: true, maxSockets: SOCKETS, timeout: idle }
  const plain = new http.Agent(settings)
  const secure = new Map<string, Promise<Agent>>()
  const live = liveRequests(signal)

  const secureAgent = (url: URL): Promise<Agent> => {
    const known = secure.get(url.host)
    if (known) return known
    const made = makeSecureAgent(url, env, settings)
    secure.set(url.host, made)
    return made
  }

  return async (ask) => {
    const tls = ask.url.protocol === 'https:'
    const options: RequestOptions = {
      method: ask.method,
      headers: { 'user-agent': 'immutable-deploy', ...lengthOf(ask), ...ask.headers },
      agent: tls ? await secureAgent(ask.url) : plain,
      timeout: idle,
    }
    // Loaded only when needed: TLS costs start-up time that a registry on this machine never pays back.
    const request = tls ? (await import('node:https')).request : http.request
    return exchange(ask, () => live(request(ask.url, options)))
  }
}

/** Ties requests to the signal with one listener for all: a signal warns of many. */
function liveRequests(signal: AbortSignal): (request: ClientRequest) => ClientRequest {
  const live = new Set<ClientRequest>()
  const cut = () => {
    for (const request of live) request.destroy(fault('ABORT_ERR', 'cancelled'))
  }
  signal.addEventListener('abort', cut, { once: true })
  return (request) => {
    live.add(request)
    request.once('close', () => live.delete(request))
    if (signal.aborted) cut()
    return request
  }
}

function lengthOf(ask: Ask): Record<string, string> {
  if (ask.body === undefined) return ask.method === 'POST' || ask.method === 'PUT' ? { 'content-length': '0' } : {}
  return { 'content-length': String(Buffer.byteLength(ask.body)) }
}

function exchange(ask: Ask, start: () => ClientRequest, again = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = start()
    request.on('timeout', () => request.destroy(fault('ETIMEDOUT', 'no sign of life from the server')))
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed an idle connection just as we reused it: nothing was asked yet, so ask on a new one.
      const stale = request.reusedSocket && error.code === 'ECONNRESET' && !again
      if (stale) exchange(ask, start, true).then(resolve, reject)
      else reject(error)
    })
    request.on('response', (response) => {
      collect(response, (body) =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          url: ask.url,
          asked: `${ask.method} ${ask.url.origin}${ask.url.pathname}`,
        }),
      )
      response.on('error', reject)
    })
    request.end(ask.body)
  })
}

function collect(response: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    chunks.push(chunk)
    if (size > LARGEST_BODY) response.destroy(fault('EMSGSIZE', `the answer is larger than ${LARGEST_BODY} bytes`))
  })
  response.on('end', () => done(Buffer.concat(chunks)))
}

async function makeSecureAgent(url: URL, env: WireOptions['env'], common: AgentOptions): Promise<Agent> {
  const ca = await trustedAuthorities(url.host, env)
  const settings = { ...common, ...(ca ? { ca } : {}) }
  const proxy = proxyFor(url, env)
  if (proxy) return (await import('./tunnel.ts')).tunnelAgent(proxy, settings)
  return new (await import('node:https')).Agent(settings)
}
