import type { Duplex } from 'node:stream'
import type { Duration } from '../domain/duration.ts'

export interface EngineRequest {
  /** Objects are sent as JSON (filters), arrays as repeated parameters. Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | object | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes and streams go as `application/x-tar`, anything else as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** For the whole answer, of a stream until its end; by default the connection's, for a stream with a signal no limit. */
  readonly within?: Duration
}

export interface EngineAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Uint8Array
  /** The body parsed, unchecked: a schema's business. undefined when it is empty or no JSON. */
  json(): unknown
  /** The engine's own words, `{"message": …}`, or the body's text. */
  message(): string
}

export interface EngineStream {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Read it to its end or leave its loop: both give the connection back. */
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * An engine's HTTP API over any endpoint. Every HTTP status resolves; what it means is the caller's knowledge.
 * Paths have no version prefix: `/services/create`.
 * @throws DeployError engine-unreachable or target-unreachable (who connects says which), cancelled
 */
export interface EngineApi {
  /** For people: `unix:///var/run/docker.sock`. */
  readonly endpoint: string
  /** Others on the network could read what is sent (tcp:// without TLS to another host): registry credentials stay here. */
  readonly exposed?: boolean
  /** The version that requests carry, `1.41`: the newest that both sides know. */
  version(): Promise<string>
  request(method: string, path: string, options?: EngineRequest): Promise<EngineAnswer>
  stream(method: string, path: string, options?: EngineRequest): Promise<EngineStream>
  /**
   * A connection of its own that leaves HTTP behind (POST, status 101); the caller ends it. For BuildKit's sessions.
   * undefined: the engine answered, but would not.
   */
  upgrade?(
    path: string,
    options: Pick<EngineRequest, 'signal'> & { headers: EngineHeaders },
  ): Promise<Duplex | undefined>
  /** Ends pooled connections and helper processes. */
  close(): void
}

export type EngineHeaders = Readonly<Record<string, string | readonly string[]>>
