/** Whether a preview runs from these files already: then a deployment renews its time, and replaces no task. */
import { createHash } from 'node:crypto'
import type { PinnedImage } from '../../../domain/image.ts'
import { pinned } from '../../../domain/image.ts'
import { LABEL } from '../../../domain/labels.ts'
import type { Running } from '../../../ports.ts'
import { imageOf } from '../definition.ts'
import type { EcsSpec } from '../snapshot.ts'
import { tagOf } from '../tags.ts'
import type { PreviewFiles } from './adapt.ts'

/** Of everything that the files say, without the image: what is written on services and revisions as `files`. */
export function fingerprint({ definition, services }: PreviewFiles): string {
  const all = [definition.document, ...[...services.values()].map(({ document }) => document)]
  return createHash('sha256').update(JSON.stringify(all)).digest('hex')
}

/**
 * Service and revision were both made from these files, with this image. A service that was scaled by hand differs: it is
 * deployed again.
 */
export function isSame(files: PreviewFiles, image: PinnedImage, { workloads }: Running<EcsSpec>): boolean {
  const wanted = fingerprint(files)
  return workloads.every(({ name, exists, desired, spec }) => {
    const { definition, container, definitionTags, serviceTags } = spec
    const isMade = [definitionTags, serviceTags].every((tags) => tagOf(tags, LABEL.files) === wanted)
    const isImage = definition !== undefined && imageOf(definition, container) === pinned(image)
    return exists && isMade && isImage && desired === files.services.get(name)?.document.desiredCount
  })
}
