/** Single HTTP requests to an engine: how they are opened, sent, repeated and upgraded. */
import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import type { EngineApi, EngineRequest } from '../../ports.ts'
import type { FailureContext } from './engine-failure.ts'
import { explainFailure } from './engine-failure.ts'
import { isCredential, isExposed, withheld } from './exposed.ts'
import type { Payload } from './messages.ts'
import { payloadOf, queryString } from './messages.ts'
import { codeOf } from './unreachable.ts'

const UPGRADE_WITHIN_MS = 5000

/** One request, and the pool of connections that it goes through. */
export interface Call {
  readonly agent: http.Agent
  readonly method: string
  readonly path: string
  readonly options: EngineRequest
}

type UpgradeOptions = Parameters<NonNullable<EngineApi['upgrade']>>[1]

export interface Exchange {
  /** Resolves with the head of the answer. @throws DeployError */
  send(call: Call): Promise<http.IncomingMessage>
  /** Resolves with the connection; undefined where the engine, or a proxy before it, does not upgrade. @throws DeployError */
  upgrade(agent: http.Agent, path: string, options: UpgradeOptions): Promise<Duplex | undefined>
}

export function createExchange(context: FailureContext, onWarning: (text: string) => void): Exchange {
  const { endpoint } = context
  const exposed = isExposed(endpoint)
  let warned = false

  /** Takes the registry's credentials out where they could be read on their way. */
  function confidential(headers: EngineRequest['headers'] = {}): Readonly<Record<string, string>> {
    if (!exposed) return headers
    const kept = Object.entries(headers).filter(([name, value]) => !isCredential(name, value))
    if (kept.length < Object.keys(headers).length && !warned) {
      warned = true
      onWarning(withheld(endpoint.name))
    }
    return Object.fromEntries(kept)
  }

  function open({ agent, method, path, options }: Call, payload: Payload | undefined): http.ClientRequest {
    const { query, headers, signal } = options
    const settings: http.RequestOptions = {
      agent,
      method,
      path: path + queryString(query),
      headers: { ...payload?.headers, ...confidential(headers) },
      ...(signal ? { signal } : {}),
    }
    if (endpoint.kind === 'unix') return http.request({ ...settings, socketPath: endpoint.path })
    if (endpoint.kind === 'command') return http.request(settings)
    const address = { host: endpoint.host, port: endpoint.port }
    return endpoint.tls ? https.request({ ...settings, ...address }) : http.request({ ...settings, ...address })
  }

  /** A pooled connection that the engine closed meanwhile is replaced once: nothing was processed. */
  async function send(call: Call, isRepeated = false): Promise<http.IncomingMessage> {
    const { method, options } = call
    const { signal } = options
    if (signal?.aborted) throw explainFailure(context, signal.reason, signal)
    const payload = payloadOf(options.body)
    const request = open(call, payload)
    try {
      return await headOf(request, payload, signal)
    } catch (error) {
      const closed = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error))
      const repeatable = !(payload?.content instanceof Readable) && (method === 'GET' || method === 'DELETE')
      if (!isRepeated && closed && repeatable && !signal?.aborted) return send(call, true)
      throw explainFailure(context, error, signal)
    }
  }

  async function upgrade(agent: http.Agent, path: string, { headers, signal }: UpgradeOptions) {
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]))
    const options = { headers: { connection: 'Upgrade' }, ...(signal ? { signal } : {}) }
    const request = open({ agent, method: 'POST', path, options }, { content: '', headers: own })
    try {
      return await upgraded(request)
    } catch (error) {
      throw explainFailure(context, error, signal)
    }
  }

  return { send: (call) => send(call), upgrade }
}

function headOf(
  request: http.ClientRequest,
  payload: Payload | undefined,
  signal: AbortSignal | undefined,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve).on('error', reject)
    // A request that still waits for a connection of the pool does not say that it was cut.
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    if (payload?.content instanceof Readable) {
      const { content } = payload
      content.on('error', (error) => request.destroy(error)).pipe(request)
      // An engine that has its answer does not read the rest.
      request.on('close', () => content.destroy())
    } else {
      request.end(payload?.content)
    }
  })
}

async function upgraded(request: http.ClientRequest): Promise<Duplex | undefined> {
  let late: NodeJS.Timeout | undefined
  try {
    return await new Promise((resolve, reject) => {
      request.on('upgrade', (_response, socket: Duplex, head: Buffer) => {
        if (head.length > 0) socket.unshift(head)
        resolve(socket)
      })
      request.on('response', (response) => {
        response.destroy()
        resolve(undefined)
      })
      request.on('error', reject).end()
      // A proxy that does not know what an upgrade is may never answer.
      late = setTimeout(() => {
        resolve(undefined)
        request.destroy()
      }, UPGRADE_WITHIN_MS)
    })
  } finally {
    clearTimeout(late)
  }
}
