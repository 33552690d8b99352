/** What a smoke file says, complete and valid: the parser fills every default that does not depend on the image. */
import type { Duration } from '../domain/duration.ts'
import type { Fault } from '../errors/deploy-error.ts'
import type { Pattern } from './pattern.ts'

export interface HttpProbe {
  readonly scheme: 'http' | 'https'
  readonly method: string
  /** Port of the container; undefined: the exposed one. Ignored against a URL. */
  readonly port: number | undefined
  /** With query, starts with `/`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Statuses from..to, both included; `text` as it was written. */
export interface StatusRule {
  readonly from: number
  readonly to: number
  readonly text: string
}

export interface HttpExpectation {
  /** Any of them. */
  readonly status: readonly StatusRule[]
  readonly headers: Readonly<Record<string, readonly Pattern[]>>
  /** A subset that the answer's JSON must contain; undefined: not looked at. */
  readonly json: unknown
  readonly body: readonly Pattern[]
  /** The whole answer must be there within it. */
  readonly within: Duration | undefined
}

export type Readiness =
  /** HEALTHCHECK if present, else the exposed port, else staying up. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'healthcheck' }
  | { readonly kind: 'http'; readonly probe: HttpProbe; readonly expect: HttpExpectation }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'log'; readonly patterns: readonly Pattern[] }
  | { readonly kind: 'exec'; readonly argv: readonly string[] }
  /** A one-shot image: ready when it ended with one of these codes. */
  | { readonly kind: 'exit'; readonly codes: readonly number[] }

export interface Retry {
  readonly for: Duration
  readonly every: Duration
}

export interface ContainerOptions {
  readonly env: Readonly<Record<string, string>>
  /** Names: the values come from the environment of the run. */
  readonly secrets: readonly string[]
  readonly args: readonly string[] | undefined
  readonly entrypoint: readonly string[] | undefined
  readonly user: string | undefined
  readonly readOnly: boolean
  /** Bytes. */
  readonly memory: number | undefined
  readonly aliases: readonly string[]
  /** A foreign platform that the engine is known to run by emulation. */
  readonly platform: string | undefined
}

export interface ServiceSpec extends ContainerOptions {
  readonly name: string
  readonly image: string
  readonly ready: Readiness
}

interface CheckBase {
  readonly name: string
  readonly retry: Retry | undefined
}

export interface HttpCheck extends CheckBase {
  readonly kind: 'http'
  readonly probe: HttpProbe
  readonly expect: HttpExpectation
}

export interface TcpCheck extends CheckBase {
  readonly kind: 'tcp'
  readonly port: number
}

export interface ExecCheck extends CheckBase {
  readonly kind: 'exec'
  readonly argv: readonly string[]
  readonly exit: readonly number[]
  readonly stdout: readonly Pattern[]
  readonly stderr: readonly Pattern[]
  readonly within: Duration | undefined
}

export interface FileCheck extends CheckBase {
  readonly kind: 'file'
  readonly path: string
  readonly exists: boolean
  /** Permission bits. */
  readonly mode: number | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly sha256: string | undefined
  readonly content: readonly Pattern[]
}

export interface ImageCheck extends CheckBase {
  readonly kind: 'image'
  /** `root` also means 0 and an empty user. */
  readonly user: readonly Pattern[]
  /** `8080/tcp`. */
  readonly ports: readonly string[]
  readonly labels: Readonly<Record<string, readonly Pattern[]>>
  readonly platform: string | undefined
  /** Bytes. */
  readonly maxSize: number | undefined
}

export interface LogCheck extends CheckBase {
  readonly kind: 'log'
  readonly patterns: readonly Pattern[]
}

export interface StopCheck extends CheckBase {
  readonly kind: 'stop'
  /** undefined: the image's own, `STOPSIGNAL`. */
  readonly signal: string | undefined
  readonly within: Duration
  /** undefined: 0, or 128 and the signal's number. */
  readonly exit: readonly number[] | undefined
}

export type CheckSpec = HttpCheck | TcpCheck | ExecCheck | FileCheck | ImageCheck | LogCheck | StopCheck

export interface SmokeSpec {
  readonly container: ContainerOptions
  readonly services: readonly ServiceSpec[]
  /** No way out of the private network. */
  readonly internal: boolean
  readonly startup: {
    readonly within: Duration
    readonly ready: Readiness
    /** How long it must stay up after it was ready; undefined: only where nothing else proves readiness. */
    readonly stayUp: Duration | undefined
  }
  /** The whole test, without pulling the services' images. */
  readonly timeout: Duration
  /** How probes reach the container; `auto` tries the published port, then the container's address. */
  readonly probe: 'auto' | 'host' | 'ip' | 'sidecar'
  readonly checks: readonly CheckSpec[]
}

export const DEFAULTS = {
  within: 60_000,
  stayUp: 3_000,
  /** On top of `startup.within`. */
  timeout: 240_000,
  retryEvery: 500,
  stopWithin: 10_000,
} as const

export const PLAIN_CONTAINER: ContainerOptions = {
  env: {},
  secrets: [],
  args: undefined,
  entrypoint: undefined,
  user: undefined,
  readOnly: false,
  memory: undefined,
  aliases: [],
  platform: undefined,
}

export const BELOW_400: readonly StatusRule[] = [{ from: 200, to: 399, text: '2xx or 3xx' }]
export const BELOW_500: readonly StatusRule[] = [{ from: 100, to: 499, text: 'below 500' }]

export function expecting(status: readonly StatusRule[]): HttpExpectation {
  return { status, headers: {}, json: undefined, body: [], within: undefined }
}

/** The checks of an app that says nothing: see docs/smoke.md. */
export function defaultSpec(): SmokeSpec {
  return {
    container: PLAIN_CONTAINER,
    services: [],
    internal: false,
    startup: { within: DEFAULTS.within, ready: { kind: 'auto' }, stayUp: undefined },
    timeout: DEFAULTS.within + DEFAULTS.timeout,
    probe: 'auto',
    checks: [],
  }
}

/** Names whose values come from the environment: of the container and of all services. */
export function secretNames(spec: SmokeSpec): readonly string[] {
  return [...new Set([spec.container, ...spec.services].flatMap(({ secrets }) => secrets))]
}

/** Names in `secrets` without a value in `env`; asked at preflight. */
export function missingSecrets(spec: SmokeSpec, env: Readonly<Record<string, string | undefined>>): readonly Fault[] {
  return secretNames(spec)
    .filter((name) => env[name] === undefined || env[name] === '')
    .map((name) => ({
      name: `secrets.${name}`,
      problem: `${name} has no value in the environment of this step`,
      example: `env: {${name}: \${{ secrets.${name} }}}`,
    }))
}
