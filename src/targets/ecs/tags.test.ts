import { describe, expect, it } from 'vitest'
import type { Digest } from '../../domain/digest.ts'
import type { History } from '../../domain/history.ts'
import type { Tag } from './definition.ts'
import { definitionFor, historiesIn, stamped, tagChange, tagOf } from './tags.ts'

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`

function historyOf(count: number): History {
  const verified = Array.from({ length: count }, (_, index) => ({
    digest: digest(String.fromCharCode(97 + index)),
    revision: String(index % 10).repeat(40),
    sequence: count - index,
    at: '2026-01-02T03:04:05.000Z',
    run: `${'9'.repeat(11)}-1`,
    tag: `sha-${String(index % 10).repeat(40)}-nightly`,
  }))
  return {
    place: 'abcdefghij',
    verified,
    bad: [{ digest: digest('f'), sequence: count + 1, at: '2026-01-02T03:04:05.000Z', reason: 'the basket is empty' }],
  }
}

function written(tags: readonly Tag[], history: History): Tag[] {
  const { add, remove } = tagChange(tags, history, new Map([[digest('a'), 'shop:12']]))
  const kept = tags.filter(({ key }) => !remove.includes(key) && !add.some((tag) => tag.key === key))
  return [...kept, ...add]
}

describe('the history as tags', () => {
  it('comes back as it was written, one tag a version', () => {
    const history = historyOf(3)
    const tags = written([{ key: 'team', value: 'shop' }], history)
    expect(historiesIn(tags)).toEqual([history])
    expect(tags).toHaveLength(5)
    expect(tagOf(tags, 'team')).toBe('shop')
    expect(definitionFor(tags, digest('a'))).toBe('shop:12')
  })

  it('stays within what Amazon takes', () => {
    const others = Array.from({ length: 41 }, (_, index) => ({ key: `other${String(index)}`, value: '' }))
    const odd = {
      ...historyOf(10),
      bad: [{ digest: digest('f'), sequence: 99, reason: '`rm -rf` {} "é" \n'.repeat(40) }],
    }
    const tags = written(others, odd)
    expect(tags).toHaveLength(50)
    for (const { key, value } of tags) {
      expect(key.length).toBeLessThanOrEqual(128)
      expect(value.length).toBeLessThanOrEqual(256)
      expect(key + value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u)
    }
    expect(historiesIn(tags)[0]?.verified[0]?.digest).toBe(digest('a'))
  })

  it('leaves the records of another place and what others wrote alone', () => {
    const elsewhere = { ...historyOf(2), place: 'zzzzzzzzzz' }
    const tags = written(written([], elsewhere), historyOf(1))
    expect(historiesIn(tags)).toEqual(expect.arrayContaining([elsewhere, historyOf(1)]))
  })

  it('keeps fields that a later version has written', () => {
    const history = historyOf(1)
    const [entry] = history.verified
    const later = { ...history, verified: [{ ...entry, approvedBy: 'ada' }] } as unknown as History
    expect(historiesIn(written([], later))).toEqual([later])
  })

  it('removes what fell out of the history', () => {
    const tags = written(written([], historyOf(3)), { ...historyOf(3), verified: historyOf(3).verified.slice(0, 1) })
    expect(historiesIn(tags)[0]?.verified).toHaveLength(1)
  })
})

describe('the stamp', () => {
  it('takes the place of the one before and keeps other tags, but none of Amazon’s own', () => {
    const stamp = { app: 'shop', environment: 'a b', digest: digest('a'), run: { id: '1', attempt: 2 } }
    const before = [
      { key: 'team', value: 'shop' },
      { key: 'aws:cloudformation:stack-name', value: 'x' },
      { key: 'dev.immutable-deploy.revision', value: 'old' },
    ]
    const tags = stamped(before, stamp)
    expect(tags.map(({ key }) => key)).toEqual([
      'team',
      ...['app', 'environment', 'digest', 'run'].map((name) => `dev.immutable-deploy.${name}`),
    ])
  })
})
