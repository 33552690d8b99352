import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

describe('a duration', () => {
  it.each([
    ['850ms', 850],
    ['4.2s', 4200],
    ['1m', 60_000],
    ['3m10s', 190_000],
    ['120m', 7_200_000],
    ['1d', 86_400_000],
    ['1d12h', 129_600_000],
    ['7d', 604_800_000],
  ])('is %s', (text, ms) => {
    expect(formatDuration(ms)).toBe(text)
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['7', 'd', '1x', '-1s', '1 s', ''])('is not %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})
