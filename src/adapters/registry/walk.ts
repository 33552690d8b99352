import type { Digest } from '../../domain/digest.ts'
import { digestOf, isDigest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { RemoteImage } from '../../ports.ts'
import type { RawManifest } from './distribution.ts'
import { INDEX_TYPES } from './distribution.ts'
import type { Child } from './schemas.ts'
import { ImageConfig, parseJson } from './schemas.ts'

/** Where the parts of an image come from; undefined = absent. */
export interface Parts {
  manifest(digest: Digest): Promise<RawManifest | undefined>
  blob(digest: Digest): Promise<Buffer | undefined>
}

type Platform = RemoteImage['platforms'][number] & { readonly facts: ImageConfig }

/** Indexes in indexes exist, but no deeper than this. */
const MAX_LEVELS = 3
/** Images are built for a dozen platforms, each with an attestation: an index that lists more is not believed. */
const MAX_CHILDREN = 64

/**
 * Everything that one image consists of, each part verified by its digest. undefined: the root is absent.
 * @throws DeployError image-incomplete when a part below the root is absent, digest-mismatch, registry-error
 */
export async function walk(source: Parts, repository: Repository, digest: Digest): Promise<RemoteImage | undefined> {
  const parts = counted(source, repository, digest)
  const root = await parts.manifest(digest)
  if (!root) return undefined
  const accepted = new Set<Digest>([digest])
  const platforms = await platformsOf({ parts, repository }, root, undefined, 0)
  for (const { manifest, config } of platforms) accepted.add(manifest).add(config)
  const [first = {}, ...others] = platforms.map(({ facts }) => facts.config?.Labels ?? {})
  return {
    descriptor: root.descriptor,
    accepted,
    platforms: platforms.map(({ platform, manifest, config, content }) => ({ platform, manifest, config, content })),
    labels: first,
    ...(others.length > 0 ? { otherLabels: others } : {}),
  }
}

/** The children of children count too. */
function counted(parts: Parts, repository: Repository, root: Digest): Parts {
  let asked = 0
  return {
    blob: (digest) => parts.blob(digest),
    manifest(digest) {
      asked += 1
      return asked > MAX_CHILDREN + 1 ? Promise.reject(tooMany(repository, root)) : parts.manifest(digest)
    },
  }
}

export function isIndex(manifest: RawManifest): boolean {
  return INDEX_TYPES.has(manifest.descriptor.mediaType) || manifest.content.manifests !== undefined
}

/**
 * Digests that an index names, attestations included: a registry takes an index only with all of them.
 * @throws DeployError registry-error when they are too many
 */
export function childrenOf(repository: Repository, manifest: RawManifest): Digest[] {
  checkCount(repository, manifest)
  return (manifest.content.manifests ?? []).map((child) => child.digest).filter(isDigest)
}

interface WalkContext {
  readonly parts: Parts
  readonly repository: Repository
}

async function platformsOf(
  context: WalkContext,
  manifest: RawManifest,
  declared: Child['platform'],
  depth: number,
): Promise<Platform[]> {
  const { parts, repository } = context
  const { content, descriptor } = manifest
  if (isIndex(manifest)) {
    if (depth >= MAX_LEVELS) throw unusable(repository, descriptor.digest, 'is an index nested too deeply')
    checkCount(repository, manifest)
    const children = (content.manifests ?? []).filter((child) => !isAttestation(child))
    const found = children.map(async (child) => {
      const part = isDigest(child.digest) ? await parts.manifest(child.digest) : undefined
      if (!part) throw incomplete(repository, manifest, `the manifest ${child.digest}`)
      return platformsOf(context, part, child.platform, depth + 1)
    })
    return (await Promise.all(found)).flat()
  }
  const config = content.config?.digest
  if (config === undefined || !isDigest(config)) throw unusable(repository, descriptor.digest, 'names no config')
  const bytes = await parts.blob(config)
  if (!bytes) throw incomplete(repository, manifest, `the config ${config}`)
  const facts = parseJson(ImageConfig, bytes)
  if (!facts) throw unusable(repository, descriptor.digest, 'has a config that cannot be read')
  const platform = platformName(declared?.os ? declared : facts)
  return [{ platform, manifest: descriptor.digest, config, content: contentOf(facts), facts }]
}

const STARTS = [
  'Entrypoint',
  'Cmd',
  'Env',
  'User',
  'WorkingDir',
  'ExposedPorts',
  'Volumes',
  'StopSignal',
  'Healthcheck',
]

function contentOf({ rootfs, config }: ImageConfig): Digest {
  return digestOf(JSON.stringify([rootfs?.diff_ids, ...STARTS.map((key) => config?.[key] ?? null)]))
}

/** BuildKit's attestations sit in the index like a platform, as an annotated manifest or as an OCI artifact. */
export function isAttestation(child: Child): boolean {
  return (
    child.annotations?.['vnd.docker.reference.type'] !== undefined ||
    (child.artifactType !== undefined && child.platform === undefined) ||
    (child.platform?.os === 'unknown' && child.platform.architecture === 'unknown')
  )
}

/** As engines write it: `linux/amd64`, `linux/arm/v7`; arm64 has only one variant, which is left out. */
function platformName(from: { os: string; architecture: string; variant?: string | null | undefined }): string {
  const variant = from.architecture === 'arm64' && from.variant === 'v8' ? '' : (from.variant ?? '')
  return [from.os, from.architecture, variant].filter(Boolean).join('/')
}

function checkCount(repository: Repository, { content, descriptor }: RawManifest): void {
  if ((content.manifests ?? []).length > MAX_CHILDREN) throw tooMany(repository, descriptor.digest)
}

function tooMany(repository: Repository, digest: Digest): DeployError {
  return unusable(repository, digest, `names more than ${String(MAX_CHILDREN)} manifests`)
}

function incomplete(repository: Repository, parent: RawManifest, part: string): DeployError {
  const parentDigest = parent.descriptor.digest
  return new DeployError('image-incomplete', `${repository.name}@${parentDigest} names ${part}, which is absent`)
}

function unusable(repository: Repository, digest: Digest, why: string): DeployError {
  return new DeployError('registry-error', `${repository.name}@${digest} ${why}`, {
    fix: 'Release an image (a Docker or OCI image manifest, or an index of them).',
  })
}
