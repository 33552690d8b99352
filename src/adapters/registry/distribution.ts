import type { Digest } from '../../domain/digest.ts'
import { digestOf, isDigest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import { DeployError, fail } from '../../errors/deploy-error.ts'
import type { Descriptor } from '../../ports.ts'
import { denied, errorCodes, refusal } from './failure.ts'
import { Manifest, parseJson } from './schemas.ts'
import type { Actions } from './scoped.ts'
import type { Reply, Session } from './session.ts'

/** A manifest or index: the raw bytes are what counts, `content` is only for looking. */
export interface RawManifest {
  readonly descriptor: Descriptor
  readonly bytes: Buffer
  readonly content: Manifest
}

export const INDEX_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
])
/** Without it distribution answers 404 for an OCI manifest that exists. */
const ACCEPT = [
  ...INDEX_TYPES,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

const ABSENT: ReadonlySet<string> = new Set([
  'MANIFEST_UNKNOWN',
  'NAME_UNKNOWN',
  'BLOB_UNKNOWN',
  'TAG_UNKNOWN',
  // Harbor's media type for all of them.
  'NOT_FOUND',
])

interface Scope {
  readonly repository: Repository
  readonly actions: Actions
}

/**
 * The distribution API, one function a request. undefined = the registry says that there is no such thing;
 * every doubt is a DeployError.
 */
export interface Distribution {
  head(scope: Scope, reference: string): Promise<Descriptor | undefined>
  manifest(scope: Scope, reference: string): Promise<RawManifest | undefined>
  blob(scope: Scope, digest: Digest): Promise<Buffer | undefined>
  /** The registry's reply, also when it refuses. */
  put(scope: Scope, tag: string, manifest: RawManifest): Promise<Reply>
}

export function createDistribution(session: Session): Distribution {
  async function ask(
    method: 'GET' | 'HEAD',
    scope: Scope,
    kind: 'manifests' | 'blobs',
    reference: string,
  ): Promise<Reply> {
    const path = `/v2/${scope.repository.path}/${kind}/${reference}`
    const headers = kind === 'manifests' ? { accept: ACCEPT } : {}
    return session.call({ ...scope, method, path, headers })
  }

  async function head(scope: Scope, reference: string): Promise<Descriptor | undefined> {
    const reply = await ask('HEAD', scope, 'manifests', reference)
    if (isRegistrysOwn(reply) && isAbsent(reply, scope, reference)) return undefined
    // A bare 404 may come from anything on the way, and some registries leave the digest out: the body says more.
    const digest = reply.headers['docker-content-digest']
    const mediaType = mediaTypeOf(reply)
    if (reply.status !== 200 && reply.status !== 404) throw refused(reply, scope, reference)
    if (reply.status === 404 || typeof digest !== 'string' || !isDigest(digest) || mediaType === '') {
      return (await manifest(scope, reference))?.descriptor
    }
    if (isDigest(reference) && digest !== reference) throw mismatch(scope, reference, digest)
    return { digest, mediaType }
  }

  async function manifest(scope: Scope, reference: string): Promise<RawManifest | undefined> {
    const reply = await ask('GET', scope, 'manifests', reference)
    if (isAbsent(reply, scope, reference)) return undefined
    if (reply.status !== 200) throw refused(reply, scope, reference)
    const digest = digestOf(reply.body)
    const claimed = isDigest(reference) ? reference : reply.headers['docker-content-digest']
    if (typeof claimed === 'string' && isDigest(claimed) && claimed !== digest) throw mismatch(scope, claimed, digest)
    const content = parseJson(Manifest, reply.body)
    if (!content) {
      throw new DeployError(
        'registry-error',
        `${scope.repository.name} ${reference}: what the registry sent is not a manifest`,
      )
    }
    const mediaType = content.mediaType ?? mediaTypeOf(reply)
    return { descriptor: { digest, mediaType }, bytes: reply.body, content }
  }

  async function blob(scope: Scope, digest: Digest): Promise<Buffer | undefined> {
    const reply = await ask('GET', scope, 'blobs', digest)
    if (isAbsent(reply, scope, digest)) return undefined
    if (reply.status !== 200) throw refused(reply, scope, digest)
    const actual = digestOf(reply.body)
    if (actual !== digest) throw mismatch(scope, digest, actual)
    return reply.body
  }

  return {
    head,
    manifest,
    blob,
    put: (scope, tag, { bytes, descriptor }) =>
      session.call({
        ...scope,
        method: 'PUT',
        path: `/v2/${scope.repository.path}/manifests/${tag}`,
        headers: { 'content-type': descriptor.mediaType },
        body: bytes,
      }),
  }
}

function mediaTypeOf(reply: Reply): string {
  return (reply.headers['content-type'] ?? '').replace(/;.*$/s, '').trim()
}

/** Whether an answer without a body was given by a registry rather than by something in front of it. */
function isRegistrysOwn(reply: Reply): boolean {
  return reply.headers['docker-distribution-api-version'] !== undefined || /\bjson\b/.test(mediaTypeOf(reply))
}

/**
 * Whether the reply is a 404 that can be believed: to whom may not look, some registries say "not found" of what exists.
 * @throws DeployError for a 404 that proves nothing
 */
export function isAbsent(reply: Reply, scope: { repository: Repository }, what: string): boolean {
  if (reply.status !== 404) return false
  if (reply.mayPull === false) throw fail(denied(reply.asker, `a look at ${scope.repository.path} ${what}`, reply))
  const codes = errorCodes(reply)
  if (codes.some((code) => ABSENT.has(code)) || (codes.length === 0 && reply.asked.startsWith('HEAD '))) return true
  throw refused(reply, scope, what)
}

export function refused(reply: Reply, { repository }: { repository: Repository }, what: string): DeployError {
  return fail(refusal(reply.asker, `a look at ${repository.path} ${what}`, reply))
}

function mismatch({ repository }: Scope, wanted: string, got: string): DeployError {
  return new DeployError('digest-mismatch', `asked ${repository.name} for ${wanted}, got ${got}`)
}
