/** The tag of a preview's image, where its engine cannot push by digest: it goes with the preview. */
import type { Repository } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import { previewTag } from '../../domain/tags.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { PreviewPorts } from '../../ports.ts'
import type { Trace } from '../trace.ts'

type TagContext = Pick<PreviewPorts, 'registry' | 'reporter' | 'signal'>

/** After a deployment that failed: the tag names again what runs, or nothing. */
export async function settleCandidate(
  { target, repository }: ReleaseRequest,
  { previousDigest, digest }: Trace,
  { registry, reporter, signal }: TagContext,
): Promise<void> {
  const name = target?.preview?.name
  if (name === undefined || signal.aborted) return
  const tag = previewTag(name)
  try {
    const found = await registry.resolve(repository, tag)
    if (found.is !== 'present' || found.value.digest === previousDigest) return
    if (previousDigest !== undefined && previousDigest !== digest)
      await registry.promote(repository, previousDigest, tag, 'may-move')
    else await registry.removeTag(repository, tag)
  } catch (error) {
    reporter.emit({ type: 'notice', text: stays(`${repository.name}:${tag}`, error) })
  }
}

/**
 * After a removal. `known`: the tags that the preview said it has; beside them the one that a killed run may have left,
 * about which nothing is said where it cannot be removed.
 */
export async function removeCandidates(
  name: string,
  known: readonly string[],
  repository: Repository,
  { registry, reporter }: TagContext,
): Promise<readonly string[]> {
  const usual = `${repository.name}:${previewTag(name)}`
  const removed = await Promise.all(
    [...new Set([...known, usual])].map(async (text) => {
      const reference = parseReference(text)
      // Labels are outside data: no other tag than a candidate is ever removed.
      if (!reference?.tag?.startsWith('candidate-')) return []
      try {
        return (await registry.removeTag(reference.repository, reference.tag)) ? [`tag ${text}`] : []
      } catch (error) {
        if (known.includes(text)) reporter.emit({ type: 'notice', text: stays(text, error) })
        return []
      }
    }),
  )
  return removed.flat()
}

function stays(text: string, error: unknown): string {
  const { what, code } = asDeployError(error)
  return `${text} stays in the registry: a candidate, which proves nothing (${what}, ${code})`
}
