import { describe, expect, it } from 'vitest'
import { parseRepository } from '../../domain/image.ts'
import type { Reply } from './session.ts'
import { listTagsWithPrefix } from './tags.ts'

const REPOSITORY = parseRepository('r.example/acme/app')!

interface Quirks {
  /** The order that tags are listed in. */
  readonly order?: (tags: readonly string[]) => string[]
  readonly page?: number
  /** What `last` does with a name that no tag has. */
  readonly unknown?: 'by-name' | 'ignored' | 'empty' | 'refused'
}

/** A registry that lists by pages; `asked` are the paths. */
function registry(
  tags: readonly string[],
  { order = (all) => all.toSorted(), page = 100, unknown = 'by-name' }: Quirks = {},
) {
  const asked: string[] = []
  const all = order(tags)
  const session = {
    call: ({ path }: { path: string }): Promise<Reply> => {
      asked.push(path)
      const url = new URL(path, 'https://r.example')
      const last = url.searchParams.get('last')
      const size = Math.min(page, Number(url.searchParams.get('n')))
      const at = last === null ? -1 : all.indexOf(last)
      const after = last !== null && at < 0 ? strangers(last) : all.slice(at + 1)
      const found = after?.slice(0, size)
      const more = after !== undefined && after.length > size
      return Promise.resolve({
        status: found ? 200 : 400,
        headers: more
          ? { link: `</v2/acme/app/tags/list?n=${String(size)}&last=${found?.at(-1) ?? ''}>; rel="next"` }
          : {},
        body: Buffer.from(JSON.stringify({ name: 'acme/app', tags: found })),
        url,
        asked: `GET ${url.href}`,
        asker: { host: 'r.example', as: 'without credentials' },
        mayPull: undefined,
      })
    },
    grantsPush: () => Promise.resolve(undefined),
  }
  const strangers = (last: string): string[] | undefined => {
    if (unknown === 'by-name') return all.filter((tag) => tag > last)
    return unknown === 'ignored' ? all : unknown === 'empty' ? [] : undefined
  }
  return { asked, list: (prefix: string, limit = 4) => listTagsWithPrefix(session, REPOSITORY, { prefix, limit }) }
}

const others = (count: number) => Array.from({ length: count }, (_, index) => `sha-${String(index).padStart(40, '0')}`)
const candidates = (count: number) =>
  Array.from({ length: count }, (_, index) => `candidate-${String(index).padStart(9, '0')}`)
const ours = (count: number, key = 'k') =>
  Array.from({ length: count }, (_, index) => `deployed-prod-${key}-${String(99_999_999 - index)}-x`)
const newest = (count: number, of: number) => ours(of).toSorted().slice(0, count)

describe('a part of the tags', () => {
  it('is read with one request among twenty thousand, by pages of a hundred', async () => {
    const { asked, list } = registry([...candidates(9000), ...others(10_000), ...ours(500), ...ours(500, 'other')])
    expect(await list('deployed-prod-k-')).toEqual(newest(4, 500))
    expect(asked).toHaveLength(1)
  })

  it('is found absent with two', async () => {
    const { asked, list } = registry([...candidates(9000), ...others(10_000), ...ours(500)])
    expect(await list('deployed-prod-a-')).toEqual([])
    expect(asked).toHaveLength(2)
  })

  it('goes over pages until there are enough', async () => {
    expect(await registry([...others(900), ...ours(300)]).list('deployed-prod-k-', 250)).toEqual(newest(250, 300))
  })

  const all = [...candidates(150), ...ours(7), ...others(150), 'z1', 'z2']
  const backwards = (tags: readonly string[]) => tags.toSorted().toReversed()
  const asWritten = (tags: readonly string[]) => [...tags]
  it.each<[string, Quirks]>([
    ['ignores the beginning', { unknown: 'ignored' }],
    ['knows only tags as a beginning', { unknown: 'empty' }],
    ['refuses such a beginning', { unknown: 'refused' }],
    ['lists in the order of writing', { order: asWritten, unknown: 'ignored' }],
    ['lists backwards', { order: backwards, unknown: 'ignored' }],
    [
      'lists without regard to case or dashes',
      { order: (tags) => tags.toSorted((a, b) => a.replaceAll('-', '').localeCompare(b.replaceAll('-', ''))) },
    ],
    ['gives everything at once', { page: 100_000, unknown: 'ignored' }],
  ])('is the same of a registry that %s', async (_, quirks) => {
    expect(await registry(all, quirks).list('deployed-prod-k-', 3)).toEqual(newest(3, 7))
    expect(await registry(all, quirks).list('bad-prod-k-')).toEqual([])
  })

  it('does not take a list in order of writing, whose names happen to ascend, for one by name', async () => {
    const versions = Array.from({ length: 300 }, (_, index) => `v${String(index).padStart(3, '0')}`)
    const { list } = registry([...versions, ...ours(2)], { order: asWritten, unknown: 'ignored' })
    expect(await list('deployed-prod-k-')).toEqual(newest(2, 2))
  })
})
