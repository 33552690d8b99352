import http from 'node:http'
import https from 'node:https'
import { readStart } from '../../async/body.ts'
import { within } from '../../async/deadline.ts'
import type { Duration } from '../../domain/duration.ts'
import type { HttpProbe } from '../spec.ts'
import type { Trouble } from './trouble.ts'
import { explain } from './trouble.ts'

/** Where a request goes, and the name that it is sent for. */
export interface HttpEndpoint {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** Sent as Host, where it differs from the address. */
  readonly hostHeader?: string
  /** False inside a throwaway container: nothing proves its certificate. */
  readonly verify: boolean
  /** Where proxy settings are looked up; undefined: none is used. */
  readonly proxies?: Readonly<Record<string, string | undefined>>
}

export interface HttpAnswer {
  readonly status: number
  /** Lower-cased names; repeated ones joined. */
  readonly headers: Readonly<Record<string, string>>
  /** At most `MOST_BODY` bytes of it. */
  readonly body: string
  readonly ms: Duration
}

export type HttpResult = { readonly answer: HttpAnswer } | { readonly trouble: Trouble }

export const LARGEST_BODY_BYTES = 1024 * 1024

/** One request; redirects are answers. Never rejects. */
export function request(
  probe: HttpProbe,
  endpoint: HttpEndpoint,
  options: { readonly timeout: Duration; readonly signal: AbortSignal },
): Promise<HttpResult> {
  const limit = { ms: options.timeout, signal: options.signal }
  return within(limit, (signal) => exchange(probe, endpoint, signal)).catch((error: unknown) => ({
    trouble: explain(error, endpoint),
  }))
}

/** @throws whatever node says of the connection, or of a header or path that it refuses */
function exchange(probe: HttpProbe, endpoint: HttpEndpoint, signal: AbortSignal): Promise<HttpResult> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const client = endpoint.scheme === 'https' ? https : http
    const sent = client.request(requestOptions(probe, endpoint, signal), (response) => {
      readStart(response, LARGEST_BODY_BYTES).then((body) => {
        const ms = performance.now() - started
        const { statusCode: status = 0, headers } = response
        resolve({ answer: { status, headers: flat(headers), body: body.toString('utf8'), ms } })
      }, reject)
    })
    sent.on('error', reject)
    sent.end(probe.body)
  })
}

function requestOptions(probe: HttpProbe, endpoint: HttpEndpoint, signal: AbortSignal): https.RequestOptions {
  const { host, port, proxies } = endpoint
  // `proxyEnv` is known to Node 24; older ones go straight.
  const settings = { proxyEnv: proxies } as https.AgentOptions
  const agent = endpoint.scheme === 'https' ? new https.Agent(settings) : new http.Agent(settings)
  return {
    host,
    port,
    method: probe.method,
    path: probe.path,
    agent: proxies ? agent : false,
    signal,
    rejectUnauthorized: endpoint.verify,
    headers: {
      'user-agent': 'immutable-deploy-smoke',
      accept: '*/*',
      connection: 'close',
      ...(endpoint.hostHeader === undefined ? {} : { host: endpoint.hostHeader }),
      ...(probe.body === undefined ? {} : bodyHeaders(probe.body)),
      ...probe.headers,
    },
  }
}

function bodyHeaders(body: string): Record<string, string> {
  const isJson = /^\s*[[{]/.test(body)
  return {
    'content-length': String(Buffer.byteLength(body)),
    'content-type': isJson ? 'application/json' : 'text/plain; charset=utf-8',
  }
}

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
}
