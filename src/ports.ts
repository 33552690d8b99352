/**
 * What the pipeline needs from the world. Small interfaces, implemented in adapters/ and targets/ and twice in tests.
 * No implementation reads inputs, environment variables or GitHub's context by itself.
 */
import type { Duplex } from 'node:stream'
import type { Digest } from './domain/digest.ts'
import type { BuildRequest } from './domain/request.ts'
import type { PinnedImage, Repository } from './domain/image.ts'
import type { Duration } from './domain/duration.ts'
import type { History, Stamp } from './domain/labels.ts'
import type { Revision } from './domain/revision.ts'
import type { Fault, Reason } from './errors/deploy-error.ts'
import type { Event } from './reporting/events.ts'

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: Duration, signal?: AbortSignal): Promise<void>
}

export interface Reporter {
  emit(event: Event): void
}

// ---------------------------------------------------------------- source

export interface SourceFacts {
  readonly revision: Revision
  /** Commit date, seconds since 1970: SOURCE_DATE_EPOCH and the image's `created`. */
  readonly committedAt: number
  /** Tracked files that differ from the commit. */
  readonly dirty: readonly string[]
  /** Untracked, not ignored files, relative to the context. */
  readonly untracked: readonly string[]
  /** Web address of the repository where known, without credentials. */
  readonly url?: string
}

export type Ancestry = 'same' | 'older' | 'newer' | 'diverged' | 'unknown'

export interface Source {
  /** Facts of the work tree that holds `context`; undefined outside a work tree. */
  facts(context: string): Promise<SourceFacts | undefined>
  /** How `revision` stands to `other`: 'older' = an ancestor of it. 'unknown' where history is too shallow. */
  compare(revision: Revision, other: Revision): Promise<Ancestry>
}

// ---------------------------------------------------------------- build

export type { BuildRequest }

/** Where the result of a build is. */
export type Built =
  /** In the engine's store: `imageId` is what the engine calls it (config digest in the classic store, manifest digest with containerd's). */
  | { readonly where: 'engine'; readonly imageId: string }
  /** Pushed by digest, untagged. */
  | { readonly where: 'registry'; readonly digest: Digest }

export interface ImageBuilder {
  readonly name: 'buildx' | 'engine'
  /** Inputs that this builder cannot honour, by name. Asked at preflight. */
  refuse(request: BuildRequest): readonly Fault[]
  /**
   * Builds. With `push` and a driver that can, pushes by digest and returns `where: 'registry'`;
   * else loads into the engine. Several platforms without push: all are built, the runner's own is loaded.
   * @throws DeployError build-failed, with the failing step and its last lines
   */
  build(request: BuildRequest, options: { push?: Repository; signal: AbortSignal }): Promise<Built>
}

// ---------------------------------------------------------------- containers

export interface EngineInfo {
  readonly version: string
  readonly apiVersion: string
  /** `linux/amd64` */
  readonly platform: string
  /** containerd image store: image ids are manifest digests. */
  readonly containerdStore: boolean
}

export interface ImageFacts {
  readonly id: string
  readonly platform: string
  readonly created?: string
  readonly labels: Readonly<Record<string, string>>
  readonly exposedPorts: readonly string[]
  readonly user: string
  readonly healthcheck: boolean
  /** Its command as the image has it, `['CMD', …]` or `['CMD-SHELL', …]`: run by us it answers sooner than by its interval. */
  readonly healthcheckTest?: readonly string[]
  readonly size: number
  readonly repoDigests: readonly string[]
  readonly volumes: readonly string[]
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
  readonly startedAt?: string
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
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
  /** Tags and pushes; returns the digest that the registry acknowledged. The tag is removed locally afterwards, the image stays. */
  push(imageId: string, repository: Repository, tag: string, signal: AbortSignal): Promise<Digest>
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
  stop(id: string, signal: string, within: Duration): Promise<void>
  /** Kills and removes with its anonymous volumes; absent is fine. */
  remove(id: string): Promise<void>
  /** Removes containers and networks that carry this label, or whose `expires` label has passed. */
  sweep(label: { key: string; value: string } | 'expired'): Promise<void>
}

// ---------------------------------------------------------------- engine API

export interface EngineRequest {
  /** Objects are sent as JSON (filters), arrays as repeated parameters. Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | object | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes and streams go as `application/x-tar`, anything else as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal
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
  /** The version that requests carry, `1.41`: the newest that both sides know. */
  version(): Promise<string>
  request(method: string, path: string, options?: EngineRequest): Promise<EngineAnswer>
  stream(method: string, path: string, options?: EngineRequest): Promise<EngineStream>
  /** A connection of its own that leaves HTTP behind (POST, status 101); the caller ends it. For BuildKit's sessions. */
  upgrade?(path: string, options: Pick<EngineRequest, 'signal'> & { headers: EngineHeaders }): Promise<Duplex>
  /** Ends pooled connections and helper processes. */
  close(): void
}

export type EngineHeaders = Readonly<Record<string, string | readonly string[]>>

// ---------------------------------------------------------------- Kubernetes API

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

// ---------------------------------------------------------------- checks

export interface CheckResult {
  readonly name: string
  readonly passed: boolean
  readonly detail: string
  readonly attempts: number
  readonly ms: Duration
  /** Not run: it cannot be asked here, or the test ended before. */
  readonly skipped?: true
}

export interface SmokeReport {
  readonly passed: boolean
  readonly reason?: Reason
  readonly checks: readonly CheckResult[]
  /** Last log lines of the container. Hostile text. */
  readonly logs: readonly string[]
  /** From the container's start to ready; undefined when it never was. */
  readonly readyMs: Duration | undefined
  readonly ms: Duration
  /** Removal of everything that was created; never rejects, must be awaited before the process ends. */
  readonly cleanup: Promise<void>
}

/** The checks that the request asks for, parsed already. A failed check is a report, not an exception. */
export interface Checks {
  /** Loads what `smoke` will need while something else is waited for. */
  readonly warm?: () => Promise<unknown>
  /** Runs the image in a throwaway container. `reference`: local id or `repo@sha256:…`, present in the engine. */
  smoke(image: { reference: string; facts: ImageFacts; digest?: Digest }, signal: AbortSignal): Promise<SmokeReport>
  /** After the rollout; undefined when no live checks are asked for. */
  readonly live: ((image: PinnedImage, signal: AbortSignal) => Promise<SmokeReport>) | undefined
  /** The live checks, else what of the smoke checks can be asked from outside, against an address without traffic. */
  readonly preview?: ((image: PinnedImage, url: string, signal: AbortSignal) => Promise<SmokeReport>) | undefined
}

// ---------------------------------------------------------------- registry

/** Existence has three answers. */
export type Existence<T> = { is: 'present'; value: T } | { is: 'absent' } | { is: 'unknown'; why: Reason }

export interface Descriptor {
  readonly digest: Digest
  readonly mediaType: string
  readonly size: number
}

/** An image as the registry holds it: the manifest or index, walked. */
export interface RemoteImage {
  readonly descriptor: Descriptor
  /** Index (if any), platform manifests and configs. */
  readonly accepted: ReadonlySet<Digest>
  /** `linux/amd64`, …; attestations left out. */
  readonly platforms: readonly {
    readonly platform: string
    readonly manifest: Digest
    readonly config: Digest
    /** What runs, whatever labels and times say of it: equal for two builds of the same layers and start. */
    readonly content: Digest
  }[]
  /** Labels of the first platform's config. */
  readonly labels: Readonly<Record<string, string>>
  readonly created?: string
}

export interface Promotion {
  readonly tag: string
  readonly digest: Digest
  /** What the tag named before; undefined when it did not exist. */
  readonly previous?: Digest
  /** False when the tag named the digest already: nothing was written. */
  readonly changed: boolean
}

export interface Registry {
  /** HEAD of a tag or digest. Throws only when the signal aborts. */
  resolve(repository: Repository, reference: string): Promise<Existence<Descriptor>>
  /** Walks the manifest, its children and configs. `absent` when the root or a child is missing (image-incomplete in `why` → unknown). */
  image(repository: Repository, digest: Digest): Promise<Existence<RemoteImage>>
  /**
   * Makes `tag` name `digest`: raw bytes, verified after the write, no request that changes anything when equal.
   * @param expect 'never-moves': an existing other digest is tag-conflict and nothing is written
   * @throws DeployError registry-denied, registry-unreachable, registry-error, tag-conflict, digest-mismatch, image-not-found, image-incomplete
   */
  promote(repository: Repository, digest: Digest, tag: string, expect: 'never-moves' | 'may-move'): Promise<Promotion>
  /** All tags, every page; unknown when the registry does not say. */
  tags(repository: Repository): Promise<Existence<readonly string[]>>
  /** Whether a push would be let in: asks for a token with push scope, writes nothing. */
  canPush(repository: Repository): Promise<Existence<true>>
  /** For engines that pull or push on our behalf: the value of X-Registry-Auth, base64url JSON. */
  engineAuth(repository: Repository): Promise<string>
}

// ---------------------------------------------------------------- targets

/** One workload as it runs at a moment. `spec` is the target's own: exactly what restore puts back. */
export interface RunningWorkload<Spec> {
  /** As the user names it: `web`, `deployment/web`. */
  readonly name: string
  /** Where the target has such. */
  readonly namespace?: string
  /** False: the workload does not exist yet and would be created from its manifest. */
  readonly exists: boolean
  /** The image that the spec names. */
  readonly image?: string
  /** Distinct digests that its running replicas report. */
  readonly digests: readonly Digest[]
  /** Revision by our stamp, only while the stamp's digest is what runs. */
  readonly revision?: Revision
  readonly desired: number
  readonly ready: number
  /** No rollout in progress, all replicas ready. */
  readonly stable: boolean
  readonly spec: Spec
}

export interface Running<Spec> {
  readonly workloads: readonly RunningWorkload<Spec>[]
}

export interface Readiness {
  /** Everything that would stop the release, all at once. */
  readonly faults: readonly Reason[]
  readonly warnings: readonly string[]
  /** Lines of the plan: what would change, readable. */
  readonly plan: readonly string[]
}

/** One replacement in progress. */
export interface Rollout<Spec> {
  readonly before: Running<Spec>
  /** What it moves to: digests that replicas may report. undefined: the restored workloads' own. */
  readonly accepted: ReadonlySet<Digest>
  /** When the first changing request was sent, ms since 1970. */
  readonly startedAt: number
  /** The target's own handle per workload: version, generation, uid. */
  readonly workloads: readonly {
    readonly name: string
    readonly handle: Spec
    /** Overrides the rollout's set: restored workloads go back to different images. */
    readonly accepted?: ReadonlySet<Digest>
  }[]
}

export interface Replica {
  /** Task, pod or container id: a new one is a new replica. */
  readonly id: string
  /** What the runtime says it runs. */
  readonly digest?: Digest
  /** How that is known: by asking the runtime, or (of nodes that cannot be asked) by the digest it was made from. */
  readonly evidence?: 'runtime' | 'spec'
  /** Running, and healthy or ready by the target's own word. */
  readonly healthy: boolean
  readonly restarts: number
  /** When it became healthy, ms since 1970, where the target says. */
  readonly healthySince?: number
  /** Where it runs, for people. */
  readonly node?: string
}

/** One look at one workload: already classified by the target's pure function. */
export interface WorkloadObservation {
  readonly name: string
  readonly state:
    /** `suspect`: what will have been the reason if time runs out now: a probe that fails, a pod that no node takes. */
    | { readonly is: 'progressing'; readonly detail: string; readonly suspect?: Reason }
    /** By the target's word all is done; the verify step still compares every digest and waits for stability. */
    | { readonly is: 'settled' }
    | { readonly is: 'failed'; readonly reason: Reason }
    | { readonly is: 'superseded'; readonly by: string }
  readonly desired: number
  /** Replicas of the new version, and any other that still runs. */
  readonly replicas: readonly Replica[]
}

export interface Observation {
  readonly workloads: readonly WorkloadObservation[]
}

/** An engine that runs the app. Waiting, deadlines, stability and the verdict are not its business. */
export interface Target<Spec = unknown>
  extends Partial<Restorable<Spec>>, Partial<Lockable>, Partial<Switchable<Spec>> {
  readonly name: string
  /** Credentials, permissions, workloads, strategy; asks for everything at once. `image` is known after build: undefined before. */
  check(context: { repository: Repository; image?: PinnedImage; dryRun: boolean }): Promise<Readiness>
  current(): Promise<Running<Spec>>
  /** What the target itself remembers of this environment. */
  history(): Promise<History>
  /** Replaces the image in every workload, image and stamp in one request each. Rejects with `another-rollout` when a workload changed since `before`.
   * All or nothing: when one request is refused, workloads that were changed already are put back before it rejects. */
  replace(image: PinnedImage, stamp: Stamp, before: Running<Spec>): Promise<Rollout<Spec>>
  /** One look, no waiting, no logging. */
  observe(rollout: Rollout<Spec>): Promise<Observation>
  /** Resolves as soon as something may have changed, at the latest after `ms`; targets without watch just sleep. */
  changed(rollout: Rollout<Spec>, ms: Duration, signal: AbortSignal): Promise<void>
  /** Back to exactly what `to` says, whole spec, pinned to the digest seen then. Workloads that did not exist are removed. Never asks the registry. */
  restore(to: Running<Spec>, stamp: Stamp): Promise<Rollout<Spec>>
  /** One extra update after the verdict: writes the history; must not replace anything that runs. */
  record(history: History, rollout: Rollout<Spec>): Promise<void>
  close(): Promise<void>
}

/** Targets that bring the new version up beside the old one and then move the traffic (blue-green). */
export interface Switchable<Spec> {
  /** undefined where replacing is all there is to it. `replace` then only prepares, and `observe` proves what it prepared. */
  readonly traffic?: TrafficSwitch<Spec> | undefined
}

export interface TrafficSwitch<Spec> {
  /** How long the old version stays at full size after the shift. */
  readonly bake: Duration
  /** Where the new version alone answers, before it has traffic; undefined where it can't be reached from here. */
  preview(rollout: Rollout<Spec>): Promise<Door | undefined>
  /**
   * Moves the traffic and resolves when nothing but proven replicas gets it. A rollout that has it already is left as it is.
   * @throws DeployError another-rollout, unhealthy, target-denied, target-unreachable; the traffic is on the old version then
   */
  shift(rollout: Rollout<Spec>, signal: AbortSignal): Promise<void>
  /** What served before is scaled to zero and kept for the way back. Also after a run that attached: it ends what a killed one left. */
  finish(rollout: Rollout<Spec>): Promise<void>
}

/** Targets that keep two runs apart by a lock of their own. `replace` and `restore` take it too, where nobody did. */
export interface Lockable {
  /**
   * Holds the lock until `close`. True: another run held it before, so what `current` said may be old.
   * @throws DeployError another-rollout, cancelled
   */
  lock(): Promise<boolean>
}

/** Targets that keep old versions themselves restore the exact spec of one of them (Kubernetes: the same ReplicaSet). */
export interface Restorable<Spec> {
  /** The spec of that version as the target still holds it; undefined when it does not. */
  version(digest: Digest): Promise<Running<Spec> | undefined>
}

export interface Ports {
  readonly source: Source
  /** The builder for this request: which one it is may depend on what is asked. */
  readonly builder: (request: BuildRequest) => Promise<ImageBuilder>
  readonly runtime: () => Promise<ContainerRuntime>
  readonly checks: Checks
  readonly registry: Registry
  readonly target: (() => Promise<Target>) | undefined
  readonly clock: Clock
  readonly reporter: Reporter
  readonly signal: AbortSignal
}
