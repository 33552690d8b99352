import type { Repository } from '../domain/image.ts'
import { isTag, parseReference } from '../domain/image.ts'
import type { Revision } from '../domain/revision.ts'
import { collidesWithOurs } from '../domain/tags.ts'
import type { Values } from './inputs.ts'

/**
 * More tags of the release, as docker/metadata-action prints them (`repo:tag`) or bare. The release tag itself among
 * them is not news; names with a meaning of ours are refused, because a tag of that name would claim it.
 */
export function extraTags(
  values: Values,
  { repository, environmentTag }: { readonly repository: Repository; readonly environmentTag: string | undefined },
  revision: Revision | undefined,
  promote: string,
): readonly string[] {
  const tags = values.list('tags').map((text) => tagOf(text, repository))
  if (promote === 'none') return []
  const foreign = tags.filter((tag) => 'foreign' in tag).map((tag) => tag.foreign)
  if (foreign.length > 0) {
    values.fault(
      'tags',
      `${foreign.join(', ')}: not in ${repository.name}, the only repository that this release writes to`,
      {
        example: `${repository.name}:v1.4.0`,
      },
    )
  }
  const own = tags.flatMap((tag) => ('tag' in tag ? [tag.tag] : [])).filter((tag) => tag !== `sha-${revision ?? ''}`)
  const ours = own.filter((tag) => collidesWithOurs(tag) && !isShortForm(tag, revision))
  if (ours.length > 0) values.fault('tags', `${ours.join(', ')}: names of that form have a meaning of ours`)
  if (environmentTag !== undefined && own.includes(environmentTag)) {
    values.fault('tags', `${environmentTag} is the environment’s tag: it moves only after the verdict`)
  }
  return [...new Set(own)]
}

function tagOf(text: string, repository: Repository): { readonly tag: string } | { readonly foreign: string } {
  if (isTag(text)) return { tag: text }
  const reference = parseReference(text)
  const same = reference?.repository.name === repository.name && reference.digest === undefined
  return same && reference.tag !== undefined ? { tag: reference.tag } : { foreign: text }
}

/** `sha-1a2b3c4` of this very commit: a name that pipelines with docker/metadata-action read. */
function isShortForm(tag: string, revision: Revision | undefined): boolean {
  return revision !== undefined && /^sha-[0-9a-f]{7,39}$/.test(tag) && `sha-${revision}`.startsWith(tag)
}
