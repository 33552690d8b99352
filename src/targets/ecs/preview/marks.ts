/** The labels of a preview as tags of Amazon ECS, which takes fewer characters than others. Pure. */
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import { isPartOf, previewLabels, readPreviewLabels } from '../../../domain/preview-labels.ts'
import { LABEL } from '../../../domain/labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import type { Tag } from '../definition.ts'
import { allowed } from '../tags.ts'

const VALUE_CHARACTERS = 256

/** Candidates for which a value has no room are left out, the oldest first: they are tags that prove nothing. */
export function previewTags(part: PreviewPart): Tag[] {
  const { candidates } = part
  const fitting = candidates.filter((_, index) => candidates.slice(index).join(' ').length <= VALUE_CHARACTERS)
  return Object.entries(previewLabels({ ...part, candidates: fitting })).map(([key, value]) => ({
    key,
    value: allowed(value),
  }))
}

export function partIn(tags: readonly Tag[]): PreviewPart | undefined {
  return readPreviewLabels(labelsOf(tags))
}

/**
 * Whether a service or revision of that name is a part of the preview: only then it is changed or removed with it. All
 * names that we give begin with the preview's: a service of production with copied tags is never a part.
 */
export function isOfPreview(tags: readonly Tag[], name: string, preview: Preview): boolean {
  return isNameOf(name, preview.name) && isPartOf(labelsOf(tags), name, { ...preview, app: allowed(preview.app) })
}

/** Whether the name is the preview's, or that of one of its several services. */
export function isNameOf(name: string, preview: string): boolean {
  return name === preview || name.startsWith(`${preview}-`)
}

/** Keys that a preview's tags have, and a later deployment may not have any more. */
export const PREVIEW_KEYS: readonly string[] = [
  LABEL.preview,
  LABEL.pullRequest,
  LABEL.repository,
  LABEL.owner,
  LABEL.expires,
  LABEL.candidates,
  LABEL.files,
]

function labelsOf(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]))
}
