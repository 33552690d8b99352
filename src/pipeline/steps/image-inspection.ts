/** What the registry has of the image that is asked for, and whether it can be released as it is. */
import type { Digest } from '../../domain/digest.ts'
import { LABEL } from '../../domain/labels.ts'
import type { Proof } from '../../domain/proof.ts'
import { labelledRevision, ownRevision } from '../../domain/proof.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import type { Revision } from '../../domain/revision.ts'
import { shortRevision } from '../../domain/revision.ts'
import { releaseTag } from '../../domain/tags.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Existence, Ports, RemoteImage } from '../../ports.ts'
import { differing } from './fingerprint.ts'
import { anotherCommit, anotherImage, runtimeLabelsReason } from './image-claims.ts'

export interface Foreign {
  readonly digest: Digest
  readonly image: RemoteImage | undefined
}

export interface ImageInspection {
  readonly remote: RemoteImage | undefined
  /** The digest, where the release tag of this revision names one. */
  readonly tagged: Digest | undefined
  /** What was proven about that digest in this repository. */
  readonly proof: Proof | undefined
  /** The release tag that names a digest which was asked for. */
  readonly tag?: string | undefined
  readonly reason?: Reason
}

const NOTHING: ImageInspection = { remote: undefined, tagged: undefined, proof: undefined }

export async function inspectImage(
  request: ReleaseRequest,
  { registry }: Pick<Ports, 'registry'>,
): Promise<ImageInspection> {
  if (request.digest !== undefined) return inspectDigest(request, request.digest, registry)
  // A preview has no release tag, and is none of the business of who has one.
  if (request.revision === undefined || request.promote === 'none' || request.target?.preview) return NOTHING
  const name = releaseTag(request.revision, request.tagSuffix)
  const tag = await registry.resolve(request.repository, name)
  // Nothing that is built could be pushed: that is said before the build, not after it.
  if (tag.is === 'unknown' && tag.why.code === 'registry-unreachable') return { ...NOTHING, reason: tag.why }
  // Any other doubt builds: a promotion that must not happen is refused when the tag is written.
  if (tag.is !== 'present') return NOTHING
  const { digest } = tag.value
  const [image, proof] = await imageAndProof(request, digest, registry)
  const inspection = { remote: valueOf(image), tagged: digest, proof: valueOf(proof) }
  const which = `${request.repository.name}:${name} names ${digest}, which`
  const release = { repository: request.repository, revision: request.revision, tag: name }
  const reason = refusedCommit(which, release.revision, inspection) ?? anotherImage(which, release, inspection)
  return { ...inspection, ...(reason ? { reason: { ...reason, code: conflictCode(reason) } } : {}) }
}

async function inspectDigest(
  request: ReleaseRequest,
  digest: Digest,
  registry: Ports['registry'],
): Promise<ImageInspection> {
  const { repository } = request
  const [image, known] = await imageAndProof(request, digest, registry)
  if (image.is === 'unknown') return { ...NOTHING, reason: image.why }
  if (image.is === 'absent') {
    return {
      ...NOTHING,
      reason: { code: 'image-not-found', what: `${repository.name}@${digest} is not in the registry` },
    }
  }
  const inspection = { remote: image.value, proof: valueOf(known) }
  const revision = revisionFor(request, inspection)
  const which = `${repository.name}@${digest}`
  const reason = refusedCommit(which, revision, inspection)
  if (reason) return { ...inspection, tagged: undefined, reason }
  if (revision === undefined) return { ...inspection, tagged: undefined }
  const suffixes = request.tagSuffix === undefined ? [undefined] : [request.tagSuffix, undefined]
  const tags = suffixes.map((suffix) => releaseTag(revision, suffix))
  const named = await Promise.all(tags.map((tag) => registry.resolve(repository, tag)))
  const tag = tags.find((_, at) => {
    const found = named[at]
    return found?.is === 'present' && found.value.digest === digest
  })
  const release = { repository, revision, tag: tag ?? releaseTag(revision, request.tagSuffix) }
  const other = anotherImage(which, release, inspection)
  if (other) return { ...inspection, tagged: undefined, reason: other }
  return { ...inspection, tagged: tag === undefined ? undefined : digest, tag }
}

function refusedCommit(
  which: string,
  revision: Revision | undefined,
  inspection: Pick<ImageInspection, 'remote' | 'proof'>,
): Reason | undefined {
  const { remote } = inspection
  return (remote && runtimeLabelsReason(which, remote)) ?? anotherCommit(which, revision, inspection)
}

/** A release tag that names another image than its own is a conflict, whatever the image is instead. */
function conflictCode({ code }: Reason): Reason['code'] {
  return code === 'runtime-labels' ? code : 'tag-conflict'
}

function imageAndProof({ repository }: ReleaseRequest, digest: Digest, registry: Ports['registry']) {
  return Promise.all([registry.image(repository, digest), registry.proof(repository, digest)])
}

function valueOf<T>(existence: Existence<T>): T | undefined {
  return existence.is === 'present' ? existence.value : undefined
}

/** Registries without tokens are asked by opening an upload: not for an image that is there, tagged and proven. */
export function needsPush({ promote }: ReleaseRequest, { tagged, proof, reason }: ImageInspection): boolean {
  return promote !== 'none' && !reason && (tagged === undefined || proof === undefined)
}

/** The commit of the release: as asked for, else as the image's labels say. */
export function revisionFor(
  { revision, repository }: ReleaseRequest,
  { remote, proof }: Pick<ImageInspection, 'remote' | 'proof'>,
): Revision | undefined {
  return revision ?? (remote && ownRevision(remote.labels, repository)) ?? proof?.revision
}

export interface Reuse {
  readonly image: RemoteImage | undefined
  readonly proven: boolean
  readonly foreign: Foreign | undefined
  readonly reason?: Reason
}

export function reusable(request: ReleaseRequest, inspection: ImageInspection, print: string): Reuse {
  const { remote, tagged, proof } = inspection
  if (inspection.reason) return { image: undefined, proven: false, foreign: undefined }
  if (request.digest !== undefined) return { image: remote, proven: proof !== undefined, foreign: undefined }
  if (tagged === undefined) return { image: undefined, proven: false, foreign: undefined }
  const inputs = proof?.inputs || (remote && inputsOf(request, request.revision, remote))
  // A tag whose image is gone or incomplete proves nothing, and it can't be replaced: built anew it must come out equal.
  if (!remote || inputs === undefined) {
    return { image: undefined, proven: false, foreign: { digest: tagged, image: remote } }
  }
  if (inputs === print) return { image: remote, proven: proof !== undefined, foreign: undefined }
  const names = differing(inputs, print)
  const what = `revision ${shortRevision(request.revision ?? '')} was released as ${tagged} with other build inputs: ${names.join(', ')}`
  return { image: undefined, proven: false, foreign: undefined, reason: { code: 'inputs-differ', what } }
}

/**
 * The fingerprint of an image whose labels say that we built it for this very release. That is not a proof: such an
 * image is smoke-tested again. A label that was inherited names another release.
 */
export function inputsOf(
  { repository, tagSuffix }: ReleaseRequest,
  revision: Revision | undefined,
  { labels }: RemoteImage,
): string | undefined {
  if (revision === undefined || labelledRevision(labels) !== revision) return undefined
  const ours = labels[LABEL.release] === `${repository.name}:${releaseTag(revision, tagSuffix)}`
  return ours ? labels[LABEL.inputs] : undefined
}
