/** What the image's labels and its proof say must be what it is to be released as. */
import type { Repository } from '../../domain/image.ts'
import { labelledRevision, labelledTag, runtimeLabels } from '../../domain/proof.ts'
import type { Proof } from '../../domain/proof.ts'
import type { Revision } from '../../domain/revision.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { RemoteImage } from '../../ports.ts'

interface Claims {
  readonly remote: RemoteImage | undefined
  readonly proof: Proof | undefined
}

type Labels = Readonly<Record<string, string>>

/** What the image of each platform says: an index may join images of different commits. */
function labelsOf(image: Pick<RemoteImage, 'labels' | 'otherLabels'>): readonly Labels[] {
  return [image.labels, ...(image.otherLabels ?? [])]
}

/** Containers and workloads inherit an image's labels: such an image would be swept, or taken for what runs. */
export function runtimeLabelsReason(
  which: string,
  image: Pick<RemoteImage, 'labels' | 'otherLabels'>,
): Reason | undefined {
  const names = [...new Set(labelsOf(image).flatMap(runtimeLabels))]
  if (names.length === 0) return undefined
  return { code: 'runtime-labels', what: `${which} carries ${names.join(', ')}, which only running things may carry` }
}

/** Refuses an image that says it is of another commit. */
export function anotherCommit(
  which: string,
  revision: Revision | undefined,
  { remote, proof }: Claims,
): Reason | undefined {
  if (revision === undefined) return undefined
  const isAnother = (commit: Revision | undefined) => commit !== undefined && commit !== revision
  const fix =
    'Find out who wrote it. Release the commit that the image is of, or build this one: the release tag of a commit is never given to the image of another.'
  const code = 'image-of-another-commit'
  const labelled = remote && labelsOf(remote).map(labelledRevision).find(isAnother)
  if (labelled !== undefined) {
    const what = `${which} says by its own label that it is an image of commit ${labelled}, not of ${revision}`
    return { code, what, fix }
  }
  if (proof && proof.revision !== revision) {
    const what = `${which} was proven as an image of commit ${proof.revision}, not of ${revision}`
    return { code, what, fix }
  }
  return undefined
}

interface Release {
  readonly repository: Repository
  readonly revision: Revision
  /** The release tag that the image has or would get. */
  readonly tag: string
}

/** Refuses an image that says it is another one of the same commit: a `tag-suffix` tells them apart. */
export function anotherImage(
  which: string,
  { repository, revision, tag }: Release,
  { remote, proof }: Claims,
): Reason | undefined {
  const code = 'image-of-another-suffix'
  const tags = remote ? labelsOf(remote).map((labels) => labelledTag(labels, repository, revision)) : []
  const labelled = tags.find((name) => name !== undefined && name !== tag)
  if (labelled !== undefined) {
    return { code, what: `${which} says by its own label that it was built for ${labelled}, not for ${tag}` }
  }
  const proven = proof?.tag ?? ''
  if (proven !== '' && proven !== tag) return { code, what: `${which} was proven for ${proven}, not for ${tag}` }
  return undefined
}
