import { describe, expect, it } from 'vitest'
import { parseRepository } from '../../domain/image.ts'
import type { Reply } from './session.ts'
import { listTags } from './tags.ts'

const REPOSITORY = parseRepository('r.example/acme/app')!

interface Page {
  readonly tags: string[] | null
  readonly link?: string
}

/** A registry that gives one page after the other; `asked` are the paths. */
function setting(page: (asked: number) => Page) {
  const asked: string[] = []
  const session = {
    call: ({ path }: { path: string }): Promise<Reply> => {
      const { tags, link } = page(asked.length)
      asked.push(path)
      return Promise.resolve({
        status: 200,
        headers: link === undefined ? {} : { link },
        body: Buffer.from(JSON.stringify({ name: 'acme/app', tags })),
        url: new URL(path, 'https://r.example'),
        asked: `GET https://r.example${path}`,
        asker: { host: 'r.example', as: 'without credentials' },
        mayPull: undefined,
      })
    },
    grantsPush: () => Promise.resolve(undefined),
  }
  return { asked, list: () => listTags(session, REPOSITORY) }
}

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `t${String(from + index)}`)

describe('listing tags', () => {
  it('follows the Link header through every page', async () => {
    const { asked, list } = setting((index) =>
      index < 2
        ? { tags: [`t${String(index)}`], link: `</v2/acme/app/tags/list?last=t${String(index)}&n=1>; rel="next"` }
        : { tags: ['end'] },
    )
    expect(await list()).toEqual(['t0', 't1', 'end'])
    expect(asked).toEqual([
      '/v2/acme/app/tags/list?n=1000',
      '/v2/acme/app/tags/list?last=t0&n=1',
      '/v2/acme/app/tags/list?last=t1&n=1',
    ])
  })

  it('takes only the query of an address on another host', async () => {
    const { asked, list } = setting((index) =>
      index === 0 ? { tags: ['a'], link: '<http://internal/v2/x/tags/list?last=a>; rel=next' } : { tags: ['b'] },
    )
    expect(await list()).toEqual(['a', 'b'])
    expect(asked[1]).toBe('/v2/acme/app/tags/list?last=a')
  })

  it('goes on by the last tag where a full page comes without a link', async () => {
    const { asked, list } = setting((index) => ({ tags: index === 0 ? numbered(0, 1000) : numbered(1000, 5) }))
    expect(await list()).toHaveLength(1005)
    expect(asked[1]).toBe('/v2/acme/app/tags/list?n=1000&last=t999')
  })

  it('ends with a registry that always gives everything', async () => {
    const { asked, list } = setting(() => ({ tags: numbered(0, 1000) }))
    expect(await list()).toHaveLength(1000)
    expect(asked).toHaveLength(2)
  })

  it('rather fails than gives half of an endless list', async () => {
    const { list } = setting((index) => ({ tags: [`t${String(index)}`], link: '<?last=x>; rel="next"' }))
    await expect(list()).rejects.toMatchObject({ code: 'registry-error' })
  })

  it('knows a repository without tags', async () => {
    expect(await setting(() => ({ tags: null })).list()).toEqual([])
  })
})
