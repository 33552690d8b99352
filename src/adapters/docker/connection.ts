/** The connection to one engine: its version, its requests, streams and upgrades, each with a deadline. */
import type http from 'node:http'
import type { Duplex } from 'node:stream'
import { readWhole } from '../../async/body.ts'
import type { Patience } from '../../async/patience.ts'
import { createPatience } from '../../async/patience.ts'
import type { Duration } from '../../domain/duration.ts'
import { cut, oneLine } from '../../domain/text.ts'
import type { EngineAnswer, EngineApi, EngineRequest, EngineStream } from '../../ports.ts'
import { agentFor } from './agent.ts'
import type { Endpoint, EndpointOptions, Environment } from './endpoint.ts'
import { resolveEndpoint } from './endpoint.ts'
import type { FailureContext } from './engine-failure.ts'
import { engineUnreachable, explainFailure } from './engine-failure.ts'
import type { Exchange } from './exchange.ts'
import { createExchange } from './exchange.ts'
import { isExposed } from './exposed.ts'
import { answerOf } from './messages.ts'
import type { Unreachable } from './unreachable.ts'

export type { EndpointOptions, Environment } from './endpoint.ts'

/** The newest API version that this code was written for. */
const NEWEST = '1.51'
/** What an engine under load needs for its slowest answer that is not a stream. */
const ANSWER_WITHIN_MS: Duration = 60_000
const PING_WITHIN_MS: Duration = 10_000
/** Lists of a large cluster; whatever is larger would only fill the memory. */
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024
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

class EngineConnection implements EngineApi {
  readonly endpoint: string
  readonly exposed: boolean
  readonly #failure: FailureContext
  readonly #exchange: Exchange
  readonly #within: Duration
  readonly #patience: Patience
  readonly #short: http.Agent
  readonly #long: http.Agent
  #version: Promise<string> | undefined

  constructor(endpoint: Endpoint, env: Environment, options: ConnectOptions) {
    const { unreachable = 'engine-unreachable', onWarning, within = ANSWER_WITHIN_MS, signal } = options
    this.endpoint = endpoint.name
    this.exposed = isExposed(endpoint)
    this.#failure = { endpoint, unreachable, runner: env['RUNNER_OS'] }
    this.#exchange = createExchange(this.#failure, onWarning ?? (() => undefined))
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
      const response = await this.#exchange.send({
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
      const response = await this.#exchange.send({
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

  async upgrade(path: string, options: Parameters<NonNullable<EngineApi['upgrade']>>[1]): Promise<Duplex | undefined> {
    return this.#exchange.upgrade(this.#long, `/v${await this.version()}${path}`, options)
  }

  close(): void {
    this.#short.destroy()
    this.#long.destroy()
  }

  async #ping(): Promise<string> {
    const within = Math.min(PING_WITHIN_MS, this.#within)
    const answer = await this.#limited({ within, own: undefined }, async (signal) =>
      this.#answer(
        await this.#exchange.send({ agent: this.#short, method: 'GET', path: '/_ping', options: { signal } }),
        signal,
      ),
    )
    const theirs = answer.headers['api-version']
    if (answer.status !== 200 || typeof theirs !== 'string') {
      const words = cut(oneLine(answer.message()), 300)
      throw engineUnreachable(this.#failure, `it answers /_ping with status ${String(answer.status)}: ${words}`)
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
      throw explainFailure(this.#failure, error, signal)
    }
  }

  async *#chunks(response: http.IncomingMessage, signal: AbortSignal, close: () => void): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of response) yield chunk as Uint8Array
    } catch (error) {
      throw explainFailure(this.#failure, error, signal)
    } finally {
      close()
    }
  }
}

function compareVersions(left: string, right: string): number {
  const [a = 0, b = 0] = left.split('.').map(Number)
  const [c = 0, d = 0] = right.split('.').map(Number)
  return a - c || b - d
}
