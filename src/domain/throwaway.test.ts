import { describe, expect, it } from 'vitest'
import { LABEL } from './labels.ts'
import { hasExpired, isThrowaway, isThrowawayOf, throwawayLabels, throwawayName } from './throwaway.ts'

const name = throwawayName('7/x-1', 'abc', 'app')
const ours = { name, labels: throwawayLabels(name, '7/x-1', 60_000), created: 1_000_000 }

describe('a throwaway thing', () => {
  it('is known by a label that repeats its name', () => {
    expect(name).toBe('imd-smoke-7-x-1-abc-app')
    expect(isThrowaway(ours)).toBe(true)
    expect(isThrowawayOf(ours, '7/x-1')).toBe(true)
    expect(isThrowawayOf(ours, '7/x-2')).toBe(false)
  })

  it.each([
    ['a container of an image that was committed from ours', { ...ours, name: 'web' }],
    ['a task of a service', { ...ours, name: 'web.1.x0y1z2' }],
    ['a container that somebody named alike', { ...ours, name: `${name}-1` }],
    ['a container with every label but the owner', { ...ours, labels: { ...ours.labels, [LABEL.owner]: 'web' } }],
    ['a container that is only named alike', { ...ours, labels: {} }],
  ])('is not %s', (_, found) => {
    expect(isThrowaway(found)).toBe(false)
    expect(isThrowawayOf(found, '7/x-1')).toBe(false)
    expect(hasExpired(found, Number.MAX_SAFE_INTEGER)).toBe(false)
  })

  it('expires by its lifetime after its creation, both by the engine’s clock', () => {
    expect(hasExpired(ours, 1_060_000)).toBe(false)
    expect(hasExpired(ours, 1_060_001)).toBe(true)
    const odd = (lifetime: string) => ({ ...ours, labels: { ...ours.labels, [LABEL.lifetime]: lifetime } })
    for (const text of ['', '-1', '1e3', '2000-01-01T00:00:00Z']) expect(hasExpired(odd(text), 9e15)).toBe(false)
  })
})
