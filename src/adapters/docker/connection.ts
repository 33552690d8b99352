import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import { readWhole } from '../../async/body.ts'
import type { Patience } from '../../async/patience.ts'
import { createPatience } from '../../async/patience.ts'
import type { Duration } from '../../domain/duration.ts'
import type { EngineAnswer, EngineApi, EngineRequest, EngineStream } from '../../ports.ts'
import { cut, oneLine } from '../../domain/text.ts'
import { cancelled, DeployError } from '../../errors/deploy-error.ts'
import { agentFor } from './agent.ts'
import type { Endpoint, EndpointOptions, Environment } from './endpoint.ts'
import { resolveEndpoint } from './endpoint.ts'
import type { Payload } from './messages.ts'
import { answerOf, payloadOf, queryString } from './messages.ts'
import { isCredential, isExposed, withheld } from './exposed.ts'
import type { Unreachable } from './unreachable.ts'
import { adviceFor, codeOf, problemOf } from './unreachable.ts'

export type { EndpointOptions, Environment } from './endpoint.ts'

/** The newest API version that this code was written for. */
const NEWEST = '1.51'
/** What an engine under load needs for its slowest answer that is not a stream. */
const ANSWER_WITHIN_MS: Duration = 60_000
const PING_WITHIN_MS: Duration = 10_000
/** Lists of a large cluster; whatever is larger would only fill the memory. */
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024
const UPGRADE_WITHIN_MS = 5000
/** A child a connection: sshd refuses many at once. Streams have connections of their own and don't count. */
const MAX_CHILDREN = 6

export interface ConnectOptions extends EndpointOptions {
  /** Whose failure it is when nobody answers. */
  readonly unreachable?: Unreachable
  /** For one answer. */
  readonly within?: Duration
  /** Aborted when the run is cancelled. What cleans up afterwards still has a little time. */
  readonly signal?: AbortSignal
  readonly onWarning?: ((text: string) => void) | undefined
}

/**
 * The engine that the options or the environment name; no request is sent yet.
 * @throws DeployError invalid-input for an address or context that cannot be used
 */
export async function connect(options: ConnectOptions, env: Environment): Promise<EngineApi> {
  return new EngineConnection(await resolveEndpoint(options, env), env, options)
}

/** One request, and the pool of connections that it goes through. */
interface Call {
  readonly agent: http.Agent
  readonly method: string
  readonly path: string
  readonly options: EngineRequest
}

class EngineConnection implements EngineApi {
  readonly endpoint: string
  readonly exposed: boolean
  readonly #onWarning: (text: string) => void
  #warned = false
  readonly #endpoint: Endpoint
  readonly #unreachable: Unreachable
  readonly #runner: string | undefined
  readonly #within: Duration
  readonly #patience: Patience
  readonly #short: http.Agent
  readonly #long: http.Agent
  #version: Promise<string> | undefined

  constructor(endpoint: Endpoint, env: Environment, options: ConnectOptions) {
    const { unreachable = 'engine-unreachable', onWarning, within = ANSWER_WITHIN_MS, signal } = options
    this.endpoint = endpoint.name
    this.exposed = isExposed(endpoint)
    this.#onWarning = onWarning ?? (() => undefined)
    this.#endpoint = endpoint
    this.#unreachable = unreachable
    this.#runner = env['RUNNER_OS']
    this.#within = within
    this.#patience = createPatience(signal)
    this.#short = agentFor(endpoint, env, endpoint.kind === 'command' ? MAX_CHILDREN : Infinity)
    this.#long = agentFor(endpoint, env, Infinity)
  }

  version(): Promise<string> {
    this.#version ??= this.#ping().catch((error: unknown) => {
      this.#version = undefined
      throw error
    })
    return this.#version
  }

  async request(method: string, path: string, options: EngineRequest = {}): Promise<EngineAnswer> {
    const prefix = `/v${await this.version()}`
    const limit = options.within ?? this.#within
    const { signal: own } = options
    return this.#limited({ within: limit, own }, async (signal) => {
      const response = await this.#send({
        agent: this.#short,
        method,
        path: prefix + path,
        options: { ...options, signal },
      })
      return this.#answer(response, signal)
    })
  }

  async stream(method: string, path: string, options: EngineRequest = {}): Promise<EngineStream> {
    const prefix = `/v${await this.version()}`
    const limit = options.within ?? (options.signal ? Infinity : this.#within)
    const deadline = this.#patience.open(limit, options.signal)
    try {
      const { signal } = deadline
      const response = await this.#send({
        agent: this.#long,
        method,
        path: prefix + path,
        options: { ...options, signal },
      })
      const body = this.#chunks(response, signal, () => deadline.close())
      return { status: response.statusCode ?? 0, headers: response.headers, body }
    } catch (error) {
      deadline.close()
      throw error
    }
  }

  async upgrade(
    path: string,
    { headers, signal }: Parameters<NonNullable<EngineApi['upgrade']>>[1],
  ): Promise<Duplex | undefined> {
    const target = `/v${await this.version()}${path}`
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]))
    const options = { headers: { connection: 'Upgrade' }, ...(signal ? { signal } : {}) }
    const call = { agent: this.#long, method: 'POST', path: target, options }
    const request = this.#open(call, { content: '', headers: own })
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
    } catch (error) {
      throw this.#explain(error, signal)
    } finally {
      clearTimeout(late)
    }
  }

  close(): void {
    this.#short.destroy()
    this.#long.destroy()
  }

  async #ping(): Promise<string> {
    const within = Math.min(PING_WITHIN_MS, this.#within)
    const answer = await this.#limited({ within, own: undefined }, async (signal) =>
      this.#answer(
        await this.#send({ agent: this.#short, method: 'GET', path: '/_ping', options: { signal } }),
        signal,
      ),
    )
    const theirs = answer.headers['api-version']
    if (answer.status !== 200 || typeof theirs !== 'string') {
      const words = cut(oneLine(answer.message()), 300)
      throw this.#unreachableError(`it answers /_ping with status ${String(answer.status)}: ${words}`)
    }
    return compareVersions(theirs, NEWEST) < 0 ? theirs : NEWEST
  }

  async #limited<T>(
    { within, own }: { within: Duration; own: AbortSignal | undefined },
    exchange: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const deadline = this.#patience.open(within, own)
    try {
      const answer = await exchange(deadline.signal)
      this.#patience.answered()
      return answer
    } finally {
      deadline.close()
    }
  }

  async #answer(response: http.IncomingMessage, signal: AbortSignal): Promise<EngineAnswer> {
    try {
      return answerOf(response, await readWhole(response, LARGEST_ANSWER_BYTES))
    } catch (error) {
      throw this.#explain(error, signal)
    }
  }

  async *#chunks(response: http.IncomingMessage, signal: AbortSignal, close: () => void): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of response) yield chunk as Uint8Array
    } catch (error) {
      throw this.#explain(error, signal)
    } finally {
      close()
    }
  }

  /** Resolves with the head. A pooled connection that the engine closed meanwhile is replaced once: nothing was processed. */
  async #send(call: Call, again = true): Promise<http.IncomingMessage> {
    const { method, options } = call
    const { signal } = options
    if (signal?.aborted) throw this.#explain(signal.reason, signal)
    const payload = payloadOf(options.body)
    const request = this.#open(call, payload)
    try {
      return await new Promise<http.IncomingMessage>((resolve, reject) => {
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
    } catch (error) {
      const closed = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error))
      const repeatable = !(payload?.content instanceof Readable) && (method === 'GET' || method === 'DELETE')
      if (again && closed && repeatable && !signal?.aborted) return this.#send(call, false)
      throw this.#explain(error, signal)
    }
  }

  #open({ agent, method, path, options }: Call, payload: Payload | undefined): http.ClientRequest {
    const { query, headers, signal } = options
    const settings: http.RequestOptions = {
      agent,
      method,
      path: path + queryString(query),
      headers: { ...payload?.headers, ...this.#confidential(headers) },
      ...(signal ? { signal } : {}),
    }
    const endpoint = this.#endpoint
    if (endpoint.kind === 'unix') return http.request({ ...settings, socketPath: endpoint.path })
    if (endpoint.kind === 'command') return http.request(settings)
    const address = { host: endpoint.host, port: endpoint.port }
    return endpoint.tls ? https.request({ ...settings, ...address }) : http.request({ ...settings, ...address })
  }

  /** Takes the registry's credentials out where they could be read on their way. */
  #confidential(headers: EngineRequest['headers'] = {}): Readonly<Record<string, string>> {
    if (!this.exposed) return headers
    const kept = Object.entries(headers).filter(([name, value]) => !isCredential(name, value))
    if (kept.length < Object.keys(headers).length && !this.#warned) {
      this.#warned = true
      this.#onWarning(withheld(this.endpoint))
    }
    return Object.fromEntries(kept)
  }

  #explain(error: unknown, signal: AbortSignal | undefined): unknown {
    if (error instanceof DeployError) return error
    if (!signal?.aborted) return this.#unreachableError(problemOf(error, this.#endpoint), error)
    const reason: unknown = signal.reason
    if (reason instanceof DeployError) return reason
    if (reason instanceof DOMException && reason.name === 'TimeoutError') {
      return this.#unreachableError('no answer in time', error)
    }
    return cancelled()
  }

  #unreachableError(problem: string, cause?: unknown): DeployError {
    const whose = this.#unreachable === 'engine-unreachable' ? 'the Docker engine' : "the target's Docker engine"
    return new DeployError(this.#unreachable, `${whose} at ${this.endpoint} cannot be reached: ${problem}`, {
      cause,
      fix: adviceFor(cause, this.#endpoint, this.#unreachable, this.#runner),
    })
  }
}

function compareVersions(left: string, right: string): number {
  const [a = 0, b = 0] = left.split('.').map(Number)
  const [c = 0, d = 0] = right.split('.').map(Number)
  return a - c || b - d
}
