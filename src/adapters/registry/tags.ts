import type { Repository } from '../../domain/image.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import { isAbsent, refused } from './distribution.ts'
import { parseJson, TagList } from './schemas.ts'
import type { Reply, Session } from './session.ts'

const PAGE = 1000
/** A registry that never ends its list must not keep us: a hundred thousand tags. */
const PAGES = 100

/**
 * All tags of a repository; undefined: the registry does not know the repository.
 * @throws DeployError registry-error also when there is no end: half a list would hide versions
 */
export async function listTags(session: Session, repository: Repository): Promise<string[] | undefined> {
  const tags = new Set<string>()
  let path: string | undefined = `/v2/${repository.path}/tags/list?n=${String(PAGE)}`
  for (let page = 0; page < PAGES; page += 1) {
    const reply: Reply = await session.call({ repository, actions: 'pull', method: 'GET', path })
    if (isAbsent(reply, { repository }, 'tags')) return undefined
    if (reply.status !== 200) throw refused(reply, { repository }, 'tags')
    const list = parseJson(TagList, reply.body)
    if (!list) throw new DeployError('registry-error', `the tag list of ${repository.name} cannot be read`)
    const known = tags.size
    const found = list.tags ?? []
    for (const tag of found) tags.add(tag)
    path = nextPage(reply, repository, found, tags.size > known)
    if (path === undefined) return [...tags]
  }
  throw new DeployError('registry-error', `${repository.name} has more than ${String(PAGE * PAGES)} tags`, {
    fix: 'Remove old tags, or name the digest to go back to.',
  })
}

/** By the Link header; without one a full page may have a successor, which its last tag leads to. */
function nextPage(reply: Reply, { path }: Repository, found: readonly string[], grew: boolean): string | undefined {
  if (!grew) return undefined
  const link = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(String(reply.headers['link'] ?? ''))?.[1]
  if (link !== undefined && URL.canParse(link, reply.url.href)) {
    const next = new URL(link, reply.url)
    // Only the query counts: behind a proxy the registry may not know its own address.
    return `/v2/${path}/tags/list${next.search}`
  }
  const last = found.at(-1)
  return found.length === PAGE && last !== undefined
    ? `/v2/${path}/tags/list?n=${String(PAGE)}&last=${encodeURIComponent(last)}`
    : undefined
}
