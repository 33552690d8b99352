/** A tag is removed without what it names: other tags, a release tag among them, may name the same image. */
import * as v from 'valibot'
import { digestOf } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import { DeployError, fail } from '../../errors/deploy-error.ts'
import type { Distribution, RawManifest } from './distribution.ts'
import { isAbsent } from './distribution.ts'
import { denied, refusal } from './failure.ts'
import type { Reply, Session } from './session.ts'

/** In the annotations of the manifest that takes the image's place before it is deleted. */
const REMOVED = 'dev.immutable-deploy.removed'
const Document = v.looseObject({ annotations: v.nullish(v.record(v.string(), v.string())) })

export type TagRemover = (repository: Repository, tag: string) => Promise<boolean>

/**
 * The function answers false where there is no such tag.
 * @throws DeployError registry-denied, registry-unreachable, registry-error; not-supported where the registry deletes nothing
 */
export function createTagRemover(session: Session, api: Distribution): TagRemover {
  const turns = new Map<string, Promise<unknown>>()
  return async (repository, tag) => {
    const found = await api.manifest(scopeOf(repository), tag)
    if (!found) return false
    const byTag = await remove(session, repository, tag)
    if (isGone(byTag, repository, tag)) return true
    const before = turns.get(repository.name)
    const turn = (async () => {
      await before?.catch(() => undefined)
      await removeByDigest(session, api, { repository, tag, found })
    })()
    turns.set(repository.name, turn)
    await turn
    return true
  }
}

interface FoundTag {
  readonly repository: Repository
  readonly tag: string
  readonly found: RawManifest
}

/**
 * Distribution before version 3 deletes by digest only: the tag is given a manifest of its own, and that one is deleted.
 * One after the other: it looks at all tags of a repository then, and forgets the tag where another one vanishes meanwhile.
 */
async function removeByDigest(
  session: Session,
  api: Distribution,
  { repository, tag, found }: FoundTag,
): Promise<void> {
  const stand = standIn(found, tag)
  const put = await api.put(scopeOf(repository), tag, stand)
  if (put.status < 200 || put.status > 202)
    throw fail(refusal(put.asker, `moving the tag ${repository.path}:${tag}`, put))
  const byDigest = await remove(session, repository, stand.descriptor.digest)
  if (isGone(byDigest, repository, tag)) return
  throw new DeployError('not-supported', `${repository.registry} does not delete tags`, {
    evidence: [`${byDigest.asked} answered ${String(byDigest.status)}`],
  })
}

function scopeOf(repository: Repository): { readonly repository: Repository; readonly actions: 'pull,push' } {
  return { repository, actions: 'pull,push' }
}

function remove(session: Session, repository: Repository, reference: string): Promise<Reply> {
  const path = `/v2/${repository.path}/manifests/${reference}`
  return session.call({ repository, actions: 'pull,push', method: 'DELETE', path })
}

/** False: the registry does not do it this way. @throws DeployError for everything else */
function isGone(reply: Reply, repository: Repository, tag: string): boolean {
  const { status } = reply
  if (status >= 200 && status <= 204) return true
  if (status === 400 || status === 405 || status === 501) return false
  const what = `removing the tag ${repository.path}:${tag}`
  if (status === 401 || status === 403) throw fail(denied(reply.asker, what, reply))
  if (isAbsent(reply, { repository }, tag)) return true
  throw fail(refusal(reply.asker, what, reply))
}

/** The same config and layers, so no blob has to be sent; another digest, so nothing else has it. */
function standIn({ content, bytes, descriptor }: RawManifest, tag: string): RawManifest {
  const document = v.parse(Document, JSON.parse(bytes.toString('utf8')))
  const marked = { ...document, annotations: { ...document.annotations, [REMOVED]: tag } }
  const own = Buffer.from(JSON.stringify(marked))
  return { content, bytes: own, descriptor: { ...descriptor, digest: digestOf(own) } }
}
