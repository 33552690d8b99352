import type { ArtifactId } from '../domain/artifact.ts'
import type { Digest } from '../domain/digest.ts'
import type { Duration } from '../domain/duration.ts'
import type { Repository } from '../domain/image.ts'
import type { Proof } from '../domain/proof.ts'
import type { Reason } from '../errors/deploy-error.ts'

/** Existence has three answers. */
export type Existence<T> = { is: 'present'; value: T } | { is: 'absent' } | { is: 'unknown'; why: Reason }

export interface Descriptor {
  readonly digest: Digest
  readonly mediaType: string
}

/** An image as the registry holds it: the manifest or index, walked. */
export interface RemoteImage {
  readonly descriptor: Descriptor
  /** Index (if any), platform manifests and configs. */
  readonly accepted: ReadonlySet<ArtifactId>
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
  /** Labels of the other platforms, where there are any: an index may hold an image of anything. */
  readonly otherLabels?: readonly Readonly<Record<string, string>>[]
}

export interface Promotion {
  readonly tag: string
  /** What the tag named before; undefined when it did not exist. */
  readonly previous?: Digest
  /** False when the tag named the digest already: nothing was written. */
  readonly changed: boolean
}

/** A part of a repository's tags. */
export interface TagListPart {
  readonly prefix: string
  /** Only names behind this one. */
  readonly after?: string
  readonly limit: number
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
  /** What was proven about that digest; `absent` where nothing was, or where what is there is not a proof of it. */
  proof(repository: Repository, digest: Digest): Promise<Existence<Proof>>
  /**
   * Writes a proof beside the image that it speaks about, which must be in the repository.
   * @throws DeployError registry-denied, registry-unreachable, registry-error, image-not-found
   */
  prove(repository: Repository, proof: Proof): Promise<void>
  /**
   * Removes a tag, and never what it names: other tags may name the same. False: it was not there.
   * @throws DeployError registry-denied, registry-unreachable, registry-error; not-supported where the registry cannot
   */
  removeTag(repository: Repository, tag: string): Promise<boolean>
  /** All tags, every page; unknown when the registry does not say. */
  tags(repository: Repository): Promise<Existence<readonly string[]>>
  /** The tags of a part of the list, in the order of their names, without reading what stands before it. */
  tagsWithPrefix(repository: Repository, part: TagListPart): Promise<Existence<readonly string[]>>
  /** The same registry for questions and writes that end together, at the latest after `ms`: `unknown` and errors then. */
  within(ms: Duration): Registry
  /** Whether a push would be let in: asks for a token with push scope, writes nothing. */
  canPush(repository: Repository): Promise<Existence<true>>
  /** For engines that pull or push on our behalf: the value of X-Registry-Auth, base64url JSON. */
  engineAuth(repository: Repository): Promise<string>
}
