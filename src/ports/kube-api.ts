import type { Duration } from '../domain/duration.ts'

export interface KubeRequest {
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Media type of the body, for the kinds of patch; `application/json` otherwise. */
  readonly type?: string
  readonly signal?: AbortSignal
  /** How long an API that does not answer is asked again, ms; every request of ours may be sent twice. */
  readonly patience?: Duration
}

export interface KubeAnswer {
  readonly status: number
  /** Parsed JSON, unchecked: a schema's business. Text where the answer is none (logs). */
  readonly body: unknown
  /** The server's clock when it answered, ms since 1970, where it says it. */
  readonly at?: number
}

/**
 * A cluster's HTTP API, with the user's own authentication. Every HTTP status resolves but 401, which is tried anew once.
 * @throws DeployError target-unreachable, target-denied, tool-missing, cancelled
 */
export interface KubeApi {
  /** The namespace of the kubeconfig's context, else `default`. */
  namespace(): Promise<string>
  /** Version of the client in use, `v1.33.1`, where it could be learnt without another process. */
  readonly clientVersion?: () => Promise<string | undefined>
  request(method: string, path: string, options?: KubeRequest): Promise<KubeAnswer>
  /** The events of a watch, parsed JSON, unchecked; ends when the server or the signal ends it. */
  watch(path: string, options: KubeRequest & { readonly signal: AbortSignal }): AsyncIterable<unknown>
  /** An HTTP address on this machine for everything below a path of the API, such as a Service's `…/proxy`. */
  forward?(path: string): Promise<Door>
  close(): Promise<void>
}

/** An address that lasts until it is closed. */
export interface Door {
  readonly url: string
  close(): Promise<void>
}
