/**
 * The tags of a preview's images, where its engine cannot push by digest: one for each build, so that runs at once do not
 * share any. What a newer one replaces goes with it, the rest goes with the preview.
 */
import type { Digest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import { isPreviewTag, previewTagPrefix } from '../../domain/tags.ts'
import type { PreviewPorts } from '../../ports.ts'
import { removeCandidate } from '../steps/remove-candidate.ts'
import type { Ending, Trace } from '../trace.ts'

type TagContext = Pick<PreviewPorts, 'registry' | 'reporter' | 'signal'>

/** More than that a preview has only where nothing was ever removed. */
const MOST_TAGS = 1000

/** What a deployment was made of. */
export interface Candidate {
  /** `repository:tag`, as it is written on the preview. */
  readonly text: string
  readonly name: string
  readonly repository: Repository
  /** False: `on-failure: leave`. */
  readonly restores: boolean
}

/** After a deployment that was not proven: the tag goes, unless its image may still run. */
export async function dropCandidate(candidate: Candidate, ending: Ending, context: TagContext): Promise<void> {
  const { outcome, touched = false } = ending
  if (outcome === 'cancelled' || outcome === 'rollback-failed' || (touched && !candidate.restores)) return
  const tag = tagIn(candidate.text)
  if (tag !== undefined) await removeCandidate(candidate.repository, tag, context)
}

/**
 * After one that was: the tags of what it replaced. Another run may just have pushed for the same preview, so only what
 * is seen to name the earlier image goes, and only while this run's own tag is there.
 */
export async function retireCandidates(
  { text, name, repository }: Candidate,
  { previousDigest }: Pick<Trace, 'previousDigest'>,
  context: TagContext,
): Promise<void> {
  if (previousDigest === undefined) return
  const tags = await candidatesOf(name, repository, context)
  const own = tagIn(text)
  if (own === undefined || !tags.includes(own)) return
  const others = tags.filter((tag) => tag !== own)
  const named = await Promise.all(others.map((tag) => digestOf(repository, tag, context)))
  const replaced = others.filter((_, index) => named[index] === previousDigest)
  await Promise.all(replaced.map((tag) => removeCandidate(repository, tag, context)))
}

/** After a removal: those that the preview said it has, and those that a killed run left. */
export async function removeCandidates(
  name: string,
  known: readonly string[],
  context: TagContext,
): Promise<readonly string[]> {
  const removed = await Promise.all(
    known.map(async (text) => {
      const reference = parseReference(text)
      // Labels are outside data: no other tag than a candidate of this preview is ever removed.
      if (!reference?.tag || !isPreviewTag(reference.tag, name)) return []
      return (await removeCandidate(reference.repository, reference.tag, context)) ? [`tag ${text}`] : []
    }),
  )
  return removed.flat()
}

export async function candidatesOf(name: string, repository: Repository, { registry }: TagContext): Promise<string[]> {
  const part = { prefix: previewTagPrefix(name), limit: MOST_TAGS }
  const listed = await registry.tagsWithPrefix(repository, part)
  return listed.is === 'present' ? listed.value.filter((tag) => isPreviewTag(tag, name)) : []
}

async function digestOf(repository: Repository, tag: string, { registry }: TagContext): Promise<Digest | undefined> {
  const found = await registry.resolve(repository, tag)
  return found.is === 'present' ? found.value.digest : undefined
}

function tagIn(text: string): string | undefined {
  return parseReference(text)?.tag
}
