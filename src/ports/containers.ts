import type { Digest } from '../domain/digest.ts'
import type { Duration } from '../domain/duration.ts'
import type { Repository } from '../domain/image.ts'

export interface EngineInfo {
  /** `linux/amd64` */
  readonly platform: string
  /** containerd image store: image ids are manifest digests. */
  readonly containerdStore: boolean
}

export interface ImageFacts {
  readonly id: string
  readonly platform: string
  readonly labels: Readonly<Record<string, string>>
  readonly exposedPorts: readonly string[]
  readonly user: string
  readonly healthcheck: boolean
  /** Its command as the image has it, `['CMD', …]` or `['CMD-SHELL', …]`: run by us it answers sooner than by its interval. */
  readonly healthcheckTest?: readonly string[]
  /** `STOPSIGNAL`, as it was written. */
  readonly stopSignal?: string
  readonly size: number
  readonly repoDigests: readonly string[]
}

export interface ContainerSpec {
  readonly name: string
  /** Local id or `repo@sha256:…`. */
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly user?: string
  readonly readOnly?: boolean
  /** Bytes. */
  readonly memory?: number
  readonly network?: { readonly id: string; readonly aliases: readonly string[] }
  /** Container ports, `8080/tcp`, published on 127.0.0.1 at ports that the engine picks. */
  readonly publish?: readonly string[]
}

export interface ContainerState {
  readonly status: 'created' | 'running' | 'exited' | 'dead' | 'other'
  readonly exitCode: number
  readonly oomKilled: boolean
  readonly restartCount: number
  readonly error: string
  readonly health?: { readonly status: string; readonly log: readonly { exitCode: number; output: string }[] }
  /** Container port → host port on 127.0.0.1, where published. */
  readonly ports: Readonly<Record<string, number>>
  /** Addresses on the container's networks. */
  readonly addresses: readonly string[]
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** More was printed than was kept. */
  readonly cut?: true
}

/** How far a log was read. */
export interface LogPosition {
  /** Where the next read begins; a second of what was seen comes again. */
  readonly since: string | undefined
  /** The engine keeps so much of a log and drops the oldest: it may have dropped some of this one. */
  readonly overflowed: boolean
}

/** The runner's own engine. Every method rejects with DeployError engine-unreachable when nobody answers. */
export interface ContainerRuntime {
  info(): Promise<EngineInfo>
  image(reference: string): Promise<ImageFacts | undefined>
  /** Pulls `repo@digest` for the platform, with the registry's credentials. */
  pull(
    image: { repository: Repository; digest: Digest },
    platform: string | undefined,
    signal: AbortSignal,
  ): Promise<void>
  /** Any public or configured reference, for dependency services. */
  pullReference(reference: string, signal: AbortSignal): Promise<void>
  /** Tags and pushes; returns the digest that the registry acknowledged. The name stays on the engine until `forget`. */
  push(imageId: string, repository: Repository, tag: string, signal: AbortSignal): Promise<Digest>
  /** Takes that name away again. The image stays: it has the name of the repository's newest one then. */
  forget(imageId: string, repository: Repository, tag: string): Promise<void>
  createNetwork(name: string, labels: Readonly<Record<string, string>>, internal: boolean): Promise<string>
  removeNetwork(id: string): Promise<void>
  /** Puts a running container (the job's own) on a network, or takes it off again. */
  connect?(network: string, container: string): Promise<void>
  disconnect?(network: string, container: string): Promise<void>
  create(spec: ContainerSpec): Promise<string>
  start(id: string): Promise<void>
  inspect(id: string): Promise<ContainerState | undefined>
  /** Resolves as soon as the container ends, restarts or its health changes, after `ms`, or on abort. */
  changed(id: string, ms: Duration, signal: AbortSignal): Promise<void>
  exec(id: string, argv: readonly string[], signal: AbortSignal): Promise<ExecResult>
  /** A file's bytes and facts by copy-out (works without a shell); undefined when absent. */
  file(
    id: string,
    path: string,
  ): Promise<{ mode: number; uid: number; gid: number; size: number; content: Uint8Array } | undefined>
  /** Last `tail` log lines (all when undefined), stdout and stderr together. Hostile text. */
  logs(id: string, tail?: number): Promise<string[]>
  /** Reads the whole log, or what came after an earlier read, piece by piece. Printable lines; hostile text. */
  readLog(
    id: string,
    from: LogPosition | undefined,
    onLines: (lines: readonly string[]) => void,
    signal: AbortSignal,
  ): Promise<LogPosition>
  stop(id: string, signal: string, within: Duration): Promise<void>
  /** Kills and removes with its anonymous volumes; absent is fine. */
  remove(id: string): Promise<void>
  /** Removes throwaway containers and networks: those of one run, or all whose lifetime is over by the engine's clock. */
  sweep(which: { readonly run: string } | 'expired'): Promise<void>
}
