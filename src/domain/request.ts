import type { Digest } from './digest.ts'
import type { Duration } from './duration.ts'
import type { Repository } from './image.ts'
import type { Run } from './labels.ts'
import type { Preview, PreviewSettings } from './preview.ts'
import type { Revision } from './revision.ts'

export type Policy = 'enforce' | 'warn' | 'off'

/** Everything that decides the image's bytes; names follow docker/build-push-action. Lists are parsed already. */
export interface BuildRequest {
  /** Absolute folder, or a Git context. */
  readonly context: string
  readonly file?: string
  readonly stage?: string
  readonly platforms: readonly string[]
  readonly buildArgs: readonly string[]
  readonly buildContexts: readonly string[]
  /** `id=value` pairs: values are secret. */
  readonly secrets: readonly string[]
  readonly secretEnvs: readonly string[]
  readonly secretFiles: readonly string[]
  readonly ssh: readonly string[]
  readonly cacheFrom: readonly string[]
  readonly cacheTo: readonly string[]
  readonly noCache: boolean
  readonly noCacheFilters: readonly string[]
  readonly pull: boolean
  /** Complete: OCI labels, ours and the user's. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: readonly string[]
  readonly provenance?: string
  readonly sbom?: string
  readonly attests: readonly string[]
  readonly builder?: string
  readonly network?: string
  readonly addHosts: readonly string[]
  readonly shmSize?: string
  readonly ulimit: readonly string[]
  readonly allow: readonly string[]
  /** SOURCE_DATE_EPOCH, seconds. */
  readonly sourceDateEpoch: number
  /** For Git contexts of private repositories. */
  readonly githubToken?: string
}

/** What every verb knows about the app and where it runs. Complete and valid: nothing below reads inputs again. */
export interface AppRequest {
  readonly repository: Repository
  readonly app: string
  readonly environment: string | undefined
  /** undefined: none is written. */
  readonly environmentTag: string | undefined
  /** Key of another place whose records are taken over. */
  readonly adoptHistory: string | undefined
  readonly target: TargetRequest | undefined
  readonly url: string | undefined
  /** Text of the live checks and where it stands, for line numbers. */
  readonly liveChecks: Document | undefined
  readonly timeout: Duration
  readonly stability: Duration
  /** How long a proven version is watched on while a restore is still possible. */
  readonly bake: Duration
  readonly dryRun: boolean
  /** Whether records are kept on GitHub, as far as the token allows. */
  readonly deploymentRecord: boolean
  readonly run: Run
}

export interface Document {
  readonly text: string
  /** `input smoke`, `smoke.yml`. */
  readonly source: string
  /** What it may read of this machine, where it is a file that nobody reviewed. */
  readonly limits?: DocumentLimits
}

export interface DocumentLimits {
  /** Only files in this folder. */
  readonly folder: string
  /** Whether it may name variables of the step, whose values its containers get. */
  readonly secrets: boolean
}

/** What every target gets; each kind of target adds fields of its own (src/targets). */
export interface TargetRequest {
  readonly name: string
  readonly workloads: readonly string[]
  readonly container: string | undefined
  /** Files or folders, as given; relative to the working folder. */
  readonly manifests: readonly string[]
  readonly strategy: 'rolling' | 'blue-green'
  /**
   * How long a trouble that may end without anybody's correction (a Secret that an operator makes later) is waited for
   * before the release is given up. A third of `timeout` where not given.
   */
  readonly grace?: Duration
  /** The same where a node is down, which comes back by itself: all of `timeout` where `grace` is not given. */
  readonly nodeGrace?: Duration
  readonly app: string
  readonly environment: string
  /** The target's own inputs as they were given, by name: another run with the same ones reaches the same target. */
  readonly options: readonly (readonly [name: string, value: string])[]
  /** What the manifests hold is deployed as this preview, beside what they would be without it. */
  readonly preview?: PreviewSettings
}

export interface ReleaseRequest extends AppRequest {
  readonly kind: 'release'
  /** Release this digest: no build. */
  readonly digest: Digest | undefined
  /** The commit that is built; with `digest` only where it was given: the image says its own. */
  readonly revision: Revision | undefined
  readonly tagSuffix: string | undefined
  /** `auto` is resolved: 'all' | 'release-tag' | 'none'. */
  readonly promote: 'all' | 'release-tag' | 'none'
  /** The context as the user wrote it: part of the fingerprint, so it must not name this machine's folders. */
  readonly contextName: string
  /** Without the labels that the pipeline adds; `file` as the user wrote it. */
  readonly build: BuildRequest
  /** More tags for the release, e.g. metadata-action's: written with the release tag. */
  readonly extraTags: readonly string[]
  readonly smoke: Document | 'default' | 'off'
  readonly onFailure: 'rollback' | 'leave'
  readonly onCancel: 'leave' | 'rollback'
  readonly onOlder: 'refuse' | 'skip' | 'allow'
  readonly policy: Policy
  /** JUnit file to write, if asked. */
  readonly junit: string | undefined
}

export interface RollbackRequest extends AppRequest {
  readonly kind: 'rollback'
  readonly environment: string
  readonly target: TargetRequest
  /** `previous`, 7 to 40 hex digits, or a digest. */
  readonly to: string
  readonly allowUnverified: boolean
  /**
   * Everything of a workload beside the image (environment, limits, sidecars): as it is `now`, or as it was `then`, when the
   * chosen version ran. A target that keeps no older settings refuses `then`.
   */
  readonly settings: 'now' | 'then'
  readonly list: boolean
  readonly onFailure: 'restore' | 'leave'
  readonly reason: string | undefined
  /** Of the release tags that `allowUnverified` may choose. */
  readonly tagSuffix: string | undefined
}

/** The preview of a pull request, or with `sweep` all of them. */
export interface PreviewRequest extends AppRequest {
  readonly kind: 'preview'
  readonly mode: 'deploy' | 'remove' | 'sweep'
  readonly environment: string
  readonly target: TargetRequest
  /** undefined: all of this repository. */
  readonly preview: Preview | undefined
  /** `owner/name` in lower case, whose previews these are; undefined outside of GitHub. */
  readonly ofRepository: string | undefined
  /** The event said what to do, and may be old by now; otherwise somebody did. */
  readonly followsEvent: boolean
  /** Why there is nothing to do. */
  readonly nothing: string | undefined
  /** Only pull requests that carry it have a preview. */
  readonly label: string | undefined
  /** Whether drafts have one. */
  readonly drafts: boolean
  readonly comment: boolean
  /** It is asked from outside before its address is shown. */
  readonly asksAddress: boolean
  /** The head of the pull request that this run is about: by the event, else by GitHub's answer. */
  readonly head: Revision | undefined
  /** Of `deploy`: what is built and deployed; `promote: 'none'` is built and smoke-tested only. */
  readonly release: ReleaseRequest | undefined
  /** Why it is built and smoke-tested only. */
  readonly limit: string | undefined
}

/** The command line's `smoke`: one image by any reference that the engine knows or can pull. */
export interface SmokeRequest {
  readonly kind: 'smoke'
  readonly reference: string
  readonly smoke: Document | 'default'
  readonly junit: string | undefined
  readonly run: Run
}
