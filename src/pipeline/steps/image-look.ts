/** What the registry has of the image that is asked for, and whether it can be released as it is. */
import type { Digest } from '../../domain/digest.ts'
import { LABEL, OCI_LABEL } from '../../domain/labels.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import type { Revision } from '../../domain/revision.ts'
import { isRevision, shortRevision } from '../../domain/revision.ts'
import { releaseTag } from '../../domain/tags.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Ports, RemoteImage } from '../../ports.ts'
import { differing } from './fingerprint.ts'

export interface Foreign {
  readonly digest: Digest
  readonly image: RemoteImage | undefined
}

export interface ImageLook {
  readonly remote: RemoteImage | undefined
  /** Digest that the release tag of this revision names. */
  readonly tagged: Digest | undefined
  /** The release tag that names a digest which was asked for. */
  readonly tag?: string | undefined
  readonly reason?: Reason
}

export async function lookAtImage(request: ReleaseRequest, { registry }: Ports): Promise<ImageLook> {
  if (request.digest !== undefined) return lookAtDigest(request, request.digest, registry)
  if (request.revision === undefined || request.promote === 'none') return { remote: undefined, tagged: undefined }
  const tag = await registry.resolve(request.repository, releaseTag(request.revision, request.tagSuffix))
  // Unknown builds: a promotion that must not happen is refused when the tag is written.
  if (tag.is !== 'present') return { remote: undefined, tagged: undefined }
  const image = await registry.image(request.repository, tag.value.digest)
  return { remote: image.is === 'present' ? image.value : undefined, tagged: tag.value.digest }
}

async function lookAtDigest(request: ReleaseRequest, digest: Digest, registry: Ports['registry']): Promise<ImageLook> {
  const image = await registry.image(request.repository, digest)
  if (image.is === 'unknown') return { remote: undefined, tagged: undefined, reason: image.why }
  if (image.is === 'absent') {
    const what = `${request.repository.name}@${digest} is not in the registry`
    return { remote: undefined, tagged: undefined, reason: { code: 'image-not-found', what } }
  }
  const revision = request.revision ?? revisionOf(image.value)
  if (revision === undefined) return { remote: image.value, tagged: undefined }
  const suffixes = request.tagSuffix === undefined ? [undefined] : [request.tagSuffix, undefined]
  const tags = suffixes.map((suffix) => releaseTag(revision, suffix))
  const named = await Promise.all(tags.map((tag) => registry.resolve(request.repository, tag)))
  const tag = tags.find((_, at) => {
    const found = named[at]
    return found?.is === 'present' && found.value.digest === digest
  })
  return { remote: image.value, tagged: tag === undefined ? undefined : digest, tag }
}

/** Registries without tokens are asked by opening an upload: not for an image that is there, tagged and ours. */
export function needsPush({ promote }: ReleaseRequest, { remote, tagged }: ImageLook): boolean {
  return promote !== 'none' && (tagged === undefined || remote?.labels[LABEL.inputs] === undefined)
}

export function revisionOf(image: RemoteImage | undefined): Revision | undefined {
  const revision = image?.labels[OCI_LABEL.revision]
  return revision !== undefined && isRevision(revision) ? revision : undefined
}

interface Reuse {
  readonly image: RemoteImage | undefined
  readonly proven: boolean
  readonly foreign: Foreign | undefined
  readonly reason?: Reason
}

export function reusable(request: ReleaseRequest, { remote, tagged }: ImageLook, print: string): Reuse {
  const ours = remote?.labels[LABEL.inputs]
  if (request.digest !== undefined) {
    return { image: remote, proven: tagged !== undefined && ours !== undefined, foreign: undefined }
  }
  if (tagged === undefined) return { image: undefined, proven: false, foreign: undefined }
  // A tag whose image is gone or incomplete proves nothing, and it can't be replaced: built anew it must come out equal.
  if (!remote || ours === undefined) {
    return { image: undefined, proven: false, foreign: { digest: tagged, image: remote } }
  }
  if (ours === print) return { image: remote, proven: true, foreign: undefined }
  const names = differing(ours, print)
  const what = `revision ${shortRevision(request.revision ?? '')} was released as ${tagged} with other build inputs: ${names.join(', ')}`
  return { image: undefined, proven: false, foreign: undefined, reason: { code: 'inputs-differ', what } }
}
