import type { ArtifactId } from './artifact.ts'
import type { Digest } from './digest.ts'
import { isDigest } from './digest.ts'
import type { Revision } from './revision.ts'
import { DOCKER_HUB, isDockerHub } from './docker-hub.ts'

/** A repository in a registry, without tag or digest. */
export interface Repository {
  /** Host and port that the registry's API is asked at, e.g. `ghcr.io`, `127.0.0.1:5000`, `registry-1.docker.io`. */
  readonly registry: string
  /** Path below the host, e.g. `acme/app`, `library/nginx`. */
  readonly path: string
  /** The name as engines and people write it, lower-cased: `ghcr.io/acme/app`, `acme/app`. */
  readonly name: string
}

export interface Reference {
  readonly repository: Repository
  readonly tag?: string
  readonly digest?: Digest
}

/** One image by its only identity, with everything a runtime may report for it. */
export interface PinnedImage {
  readonly repository: Repository
  /** Digest of the manifest or index in the registry. */
  readonly digest: Digest
  /** Index, platform manifests and configs of this image: a runtime may report any of them. Contains `digest`. */
  readonly accepted: ReadonlySet<ArtifactId>
  /** Commit that the image was built from, where known (image label or input). */
  readonly revision?: Revision
  /** Release tag that names the digest; written beside it for people, never used to find the image. */
  readonly tag?: string
}

/** `repo@sha256:…` */
export function pinned(image: { repository: Repository; digest: Digest }): string {
  return `${image.repository.name}@${image.digest}`
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]+)?$/i
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/

export function isTag(text: string): boolean {
  return TAG.test(text)
}

/**
 * Parses `host:port/path:tag@digest` by the rules of the distribution reference grammar; upper case is folded.
 * Returns undefined when the text is not a reference.
 */
export function parseReference(text: string): Reference | undefined {
  let rest = text.trim()
  let digest: Digest | undefined
  const at = rest.indexOf('@')
  if (at >= 0) {
    const candidate = rest.slice(at + 1)
    if (!isDigest(candidate)) return undefined
    digest = candidate
    rest = rest.slice(0, at)
  }
  let tag: string | undefined
  const colon = rest.lastIndexOf(':')
  if (colon > rest.lastIndexOf('/')) {
    tag = rest.slice(colon + 1)
    rest = rest.slice(0, colon)
    if (!isTag(tag)) return undefined
  }
  const repository = repositoryOf(rest)
  if (!repository) return undefined
  return { repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
}

/** Parses a repository name without tag or digest; undefined when it is none or carries one. */
export function parseRepository(text: string): Repository | undefined {
  const reference = parseReference(text)
  return reference && reference.tag === undefined && reference.digest === undefined ? reference.repository : undefined
}

function repositoryOf(text: string): Repository | undefined {
  const slash = text.indexOf('/')
  const first = slash < 0 ? '' : text.slice(0, slash)
  const hasHost = first === 'localhost' || first.includes('.') || first.includes(':')
  const host = hasHost && HOST.test(first) ? first.toLowerCase() : 'docker.io'
  let path = (hasHost ? text.slice(slash + 1) : text).toLowerCase()
  if (hasHost && !HOST.test(first)) return undefined
  if (!path.split('/').every((part) => COMPONENT.test(part)) || path.length > 255) return undefined
  if (!isDockerHub(host)) return { registry: host, path, name: `${host}/${path}` }
  const name = path.replace(/^library\//, '')
  if (!path.includes('/')) path = `library/${path}`
  return { registry: DOCKER_HUB, path, name }
}
