import { describe, expect, it } from 'vitest'
import { digestOf } from './digest.ts'
import {
  historyText,
  isBad,
  mergeHistories,
  nextSequence,
  parseHistory,
  takenOver,
  withBad,
  withVerified,
} from './history.ts'

const version = (text: string, sequence: number, at?: string) => ({
  digest: digestOf(text),
  sequence,
  ...(at ? { at } : {}),
})

describe('a history as text', () => {
  it('comes back with fields that a later version wrote', () => {
    const history = {
      verified: [{ ...version('a', 2, '2026-01-01'), accepted: [digestOf('a1')], signed: { by: 'x' } }],
      bad: [{ ...version('b', 1), severity: 3 }],
      later: ['kept'],
    }
    expect(parseHistory(historyText(history))).toEqual(history)
    const changed = withBad(withVerified(parseHistory(historyText(history)), version('c', 3)), version('d', 4))
    expect(changed).toMatchObject({
      later: ['kept'],
      verified: [{}, { signed: { by: 'x' } }],
      bad: [{}, { severity: 3 }],
    })
    expect(mergeHistories([changed, { verified: [], bad: [] }])).toMatchObject({ later: ['kept'] })
  })

  it.each([
    ['no JSON', 'oops'],
    ['nothing', undefined],
    ['a wrong shape', '[]'],
    ['a wrong version', '{"verified":[{"digest":"latest"}]}'],
    ['empty', '{}'],
  ])('is empty for %s', (_, text) => {
    expect(parseHistory(text)).toMatchObject({ verified: [], bad: [] })
  })

  it('loses only the entries that cannot be read', () => {
    const text = JSON.stringify({
      verified: [
        { digest: digestOf('a'), at: 5 },
        { digest: 'sha512:x' },
        { digest: digestOf('b'), revision: 'not hex' },
      ],
      bad: [{ digest: digestOf('b') }],
    })
    const read = parseHistory(text)
    expect(read.verified.map(({ digest, at, revision }) => [digest, at, revision])).toEqual([
      [digestOf('a'), undefined, undefined],
      [digestOf('b'), undefined, undefined],
    ])
    expect(isBad(read, digestOf('b'))).toBe(true)
    expect(isBad(mergeHistories([read]), digestOf('b'))).toBe(true)
  })
})

describe('several memories in one', () => {
  it('go by the sequence, whatever the clocks of the runners said', () => {
    const one = { verified: [version('new', 3, '2020-01-01'), version('old', 1, '2030-01-01')], bad: [] }
    const other = { verified: [version('middle', 2, '2040-01-01')], bad: [version('new', 2, '2040-01-01')] }
    const merged = mergeHistories([one, other])
    expect(merged.verified.map(({ sequence }) => sequence)).toEqual([3, 2, 1])
    expect(merged.bad).toEqual([])
    expect(nextSequence(merged)).toBe(4)
  })

  it('hold each digest once, ten at most, with what only one of them knows', () => {
    const many = Array.from({ length: 12 }, (_, index) => version(String(index), index + 1))
    const merged = mergeHistories([
      { verified: many, bad: [] },
      { verified: [{ ...version('3', 20), accepted: [digestOf('x')] }], bad: [] },
    ])
    expect(merged.verified).toHaveLength(10)
    expect(merged.verified[0]).toMatchObject({ ...version('3', 20), accepted: [digestOf('x')] })
    expect(merged.verified.filter(({ digest }) => digest === digestOf('3'))).toHaveLength(1)
  })

  it('a mark ends with a later verdict of the same digest, not with an earlier one or one of the same number', () => {
    const bad = [version('x', 5)]
    const healthy = (sequence: number) => ({ verified: [version('x', sequence)], bad: [] })
    expect(mergeHistories([{ verified: [], bad }, healthy(6)]).bad).toEqual([])
    expect(mergeHistories([{ verified: [], bad }, healthy(5)]).bad).toEqual(bad)
    expect(mergeHistories([{ verified: [], bad }, healthy(4)]).bad).toEqual(bad)
  })

  it('records that are taken over count as older than every own one, and keep their order', () => {
    const foreign = takenOver({
      verified: [version('b', 900), version('a', 800)],
      bad: [version('b', 850), version('a', 850)],
    })
    const merged = mergeHistories([{ verified: [version('own', 1)], bad: [] }, foreign])
    expect(merged.verified.map(({ digest }) => digest)).toEqual([digestOf('own'), digestOf('b'), digestOf('a')])
    expect(merged.bad.map(({ digest }) => digest)).toEqual([digestOf('a')])
    expect(nextSequence(merged)).toBe(2)
  })
})
