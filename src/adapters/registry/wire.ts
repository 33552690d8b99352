import http from 'node:http'
import type { Agent, AgentOptions, ClientRequest, IncomingHttpHeaders, RequestOptions } from 'node:http'
import { readWhole } from '../../async/body.ts'
import { within } from '../../async/deadline.ts'
import { proxyFor } from '../../domain/proxy.ts'
import { fault } from './fault.ts'
import { trustedAuthorities } from './trust.ts'

export interface Ask {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  /** The scheme of `url` is provisional: a host that may be plain is asked in plain HTTP first. */
  readonly detectScheme?: boolean
  /** Never sent twice, not even where a kept-alive connection ended: the server may have carried it out. */
  readonly isOnce?: boolean
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
  /** For a whole exchange, also of a server that sends a byte now and then, ms. */
  readonly total?: number | undefined
  /** Bytes of an answer above which it is not read on. */
  readonly largest?: number | undefined
}

// Manifests and configs are some kB; whatever is larger is not what we asked for.
const LARGEST_BODY_BYTES = 16 * 1024 * 1024
const MAX_SOCKETS = 8

/** Plain node:http(s) over kept-alive connections: fetch would cost its own start-up. */
export function createWire(options: WireOptions): Wire {
  const { env, signal, idle = 15_000, total = 30_000, largest = LARGEST_BODY_BYTES } = options
  const settings = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: idle }
  const plain = new http.Agent(settings)
  const secure = new Map<string, Promise<Agent>>()

  const secureAgent = (url: URL): Promise<Agent> => {
    const known = secure.get(url.host)
    if (known) return known
    const made = createSecureAgent(url, { env, signal, idle }, settings)
    secure.set(url.host, made)
    return made
  }

  const late = (): Error => fault('ETIMEDOUT', `no whole answer within ${String(total / 1000)} s`)
  return async (ask) => {
    try {
      return await within({ ms: total, signal, late }, (limit) => attempt(ask, limit))
    } catch (error) {
      throw signal.aborted ? fault('ABORT_ERR', 'cancelled') : error
    }
  }

  async function attempt(ask: Ask, limit: AbortSignal): Promise<Answer> {
    const tls = ask.url.protocol === 'https:'
    const options: RequestOptions = {
      method: ask.method,
      headers: { 'user-agent': 'immutable-deploy', ...lengthOf(ask), ...ask.headers },
      agent: tls ? await secureAgent(ask.url) : plain,
      timeout: idle,
      signal: limit,
    }
    // Loaded only when needed: TLS costs start-up time that a registry on this machine never pays back.
    const request = tls ? (await import('node:https')).request : http.request
    return exchange(ask, () => request(ask.url, options), largest)
  }
}

function lengthOf(ask: Ask): Record<string, string> {
  if (ask.body === undefined) return ask.method === 'POST' || ask.method === 'PUT' ? { 'content-length': '0' } : {}
  return { 'content-length': String(Buffer.byteLength(ask.body)) }
}

function exchange(ask: Ask, start: () => ClientRequest, largest: number, again = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = start()
    request.on('timeout', () => request.destroy(fault('ETIMEDOUT', 'no sign of life from the server')))
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed an idle connection just as we reused it: nothing was asked yet, so ask on a new one.
      const stale = request.reusedSocket && error.code === 'ECONNRESET' && !again && !ask.isOnce
      if (stale) exchange(ask, start, largest, true).then(resolve, reject)
      else reject(error)
    })
    request.on('response', (response) => {
      readWhole(response, largest).then(
        (body) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body,
            url: ask.url,
            asked: `${ask.method} ${ask.url.origin}${ask.url.pathname}`,
          }),
        reject,
      )
    })
    request.end(ask.body)
  })
}

async function createSecureAgent(
  url: URL,
  { env, signal, idle }: { env: WireOptions['env']; signal: AbortSignal; idle: number },
  common: AgentOptions,
): Promise<Agent> {
  const ca = await trustedAuthorities(url.host, env)
  const settings = { ...common, ...(ca ? { ca } : {}) }
  const proxy = proxyFor(url, env)
  if (proxy) return (await import('./tunnel.ts')).tunnelAgent(proxy, settings, { signal, within: idle })
  return new (await import('node:https')).Agent(settings)
}
