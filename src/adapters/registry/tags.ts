import type { Repository } from '../../domain/image.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { TagListPart } from '../../ports.ts'
import { isAbsent, refused } from './distribution.ts'
import { parseJson, TagList } from './schemas.ts'
import type { Reply, Session } from './session.ts'

const TAGS_PER_PAGE = 1000
/** A registry whose list never ends must not hold up the run: a hundred thousand tags at most. */
const MAX_PAGES = 100
/** For a part of the list: what registries give at once without complaint. */
const TAGS_PER_PART = 100

interface Page {
  readonly tags: readonly string[]
  /** Path of the next page, where there may be one. */
  readonly next: string | undefined
}

/**
 * All tags of a repository; undefined: the registry does not know the repository.
 * @throws DeployError registry-error also when there is no end: half a list would hide versions
 */
export async function listTags(session: Session, repository: Repository): Promise<string[] | undefined> {
  const tags = new Set<string>()
  let path: string | undefined = listPath(repository, TAGS_PER_PAGE)
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const reply: Reply = await session.call({ repository, actions: 'pull', method: 'GET', path })
    const page = pageOf(reply, repository, TAGS_PER_PAGE)
    if (page === undefined) return undefined
    const known = tags.size
    for (const tag of page.tags) tags.add(tag)
    path = tags.size > known ? page.next : undefined
    if (path === undefined) return [...tags]
  }
  throw new DeployError(
    'registry-error',
    `${repository.name} has more than ${String(TAGS_PER_PAGE * MAX_PAGES)} tags`,
    {
      fix: 'Remove old tags, or name the digest to go back to.',
    },
  )
}

/**
 * The first tags with that prefix, in the order of their names, asked for from where they begin. A registry that does
 * not list by name, or takes no such beginning, is read whole.
 */
export async function listTagsWithPrefix(
  session: Session,
  repository: Repository,
  part: TagListPart,
): Promise<string[] | undefined> {
  const found = await listFrom(session, repository, part)
  if (found !== 'not-in-order') return found
  const all = await listTags(session, repository)
  return all && chosen(all, part)
}

async function listFrom(
  session: Session,
  repository: Repository,
  part: TagListPart,
): Promise<string[] | undefined | 'not-in-order'> {
  const { prefix, limit } = part
  const found: string[] = []
  let last = part.after ?? prefix
  const first = listPath(repository, TAGS_PER_PART, last)
  let path = first
  for (;;) {
    const page = await askPart(session, repository, path)
    if (page === undefined || page === 'refused') return page === undefined ? undefined : 'not-in-order'
    // Without a successor that is the whole list, wherever it was asked to begin.
    if (path === first && page.next === undefined && page.tags.length > 0) return chosen(page.tags, part)
    if (!isInOrder(page.tags, last)) return 'not-in-order'
    const ours = page.tags.filter((tag) => tag.startsWith(prefix))
    found.push(...ours)
    last = page.tags.at(-1) ?? last
    if (page.next === undefined || ours.length < page.tags.length || found.length >= limit) break
    path = page.next
  }
  if (found.length === 0 && !(await takesBeginnings(session, repository, last))) return 'not-in-order'
  return found.slice(0, limit)
}

/** Nothing found may mean that `last` was not understood: one more question with a name that no tag has tells. */
async function takesBeginnings(session: Session, repository: Repository, last: string): Promise<boolean> {
  const name = `${last.slice(0, 126)}zz`
  const page = await askPart(session, repository, listPath(repository, TAGS_PER_PART, name))
  return page !== undefined && page !== 'refused' && isInOrder(page.tags, name)
}

/** Not empty, ascending, and all behind `last`. */
function isInOrder(tags: readonly string[], last: string): boolean {
  return tags.length > 0 && tags.every((tag, index) => tag > (index === 0 ? last : (tags[index - 1] ?? '')))
}

function chosen(tags: readonly string[], { prefix, after = prefix, limit }: TagListPart): string[] {
  return tags
    .filter((tag) => tag.startsWith(prefix) && tag > after)
    .sort()
    .slice(0, limit)
}

/** 'refused': this way of asking is not taken; the plain list says why where that is not the reason. */
async function askPart(session: Session, repository: Repository, path: string): Promise<Page | undefined | 'refused'> {
  const reply = await session.call({ repository, actions: 'pull', method: 'GET', path })
  if ([400, 405, 416, 422].includes(reply.status)) return 'refused'
  return pageOf(reply, repository, TAGS_PER_PART)
}

function pageOf(reply: Reply, repository: Repository, size: number): Page | undefined {
  if (isAbsent(reply, { repository }, 'tags')) return undefined
  if (reply.status !== 200) throw refused(reply, { repository }, 'tags')
  const list = parseJson(TagList, reply.body)
  if (!list) throw new DeployError('registry-error', `the tag list of ${repository.name} cannot be read`)
  const tags = list.tags ?? []
  return { tags, next: nextPage(reply, repository, tags, size) }
}

function listPath({ path }: Repository, size: number, last?: string): string {
  const from = last === undefined ? '' : `&last=${encodeURIComponent(last)}`
  return `/v2/${path}/tags/list?n=${String(size)}${from}`
}

/** By the Link header; without one a full page may have a successor, which its last tag leads to. */
function nextPage(reply: Reply, repository: Repository, found: readonly string[], size: number): string | undefined {
  const link = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(String(reply.headers['link'] ?? ''))?.[1]
  if (link !== undefined && URL.canParse(link, reply.url.href)) {
    const next = new URL(link, reply.url)
    // Only the query counts: behind a proxy the registry may not know its own address.
    return `/v2/${repository.path}/tags/list${next.search}`
  }
  const last = found.at(-1)
  return found.length >= size && last !== undefined ? listPath(repository, size, last) : undefined
}
