import type { Digest } from '../domain/digest.ts'
import type { Repository } from '../domain/image.ts'
import type { BuildRequest } from '../domain/request.ts'
import type { Fault } from '../errors/deploy-error.ts'

/** Where the result of a build is. */
export type Built =
  /** In the engine's store: `imageId` is what the engine calls it (config digest in the classic store, manifest digest with containerd's). */
  | { readonly where: 'engine'; readonly imageId: string }
  /** Pushed by digest, untagged. */
  | { readonly where: 'registry'; readonly digest: Digest }

export interface BuildOptions {
  readonly push?: Repository
  /** `repository:tag` */
  readonly as?: string | undefined
  readonly signal: AbortSignal
}

export interface ImageBuilder {
  readonly name: 'buildx' | 'engine'
  /** Inputs that this builder cannot honour, by name. Asked at preflight. */
  refuse(request: BuildRequest): readonly Fault[]
  /**
   * Builds. With `push` and a driver that can, pushes by digest and returns `where: 'registry'`;
   * else loads into the engine, under the name `as`: an image without a name is anybody's to prune. Several platforms
   * without push: all are built, the runner's own is loaded.
   * @throws DeployError build-failed, with the failing step and its last lines
   */
  build(request: BuildRequest, options: BuildOptions): Promise<Built>
}
