import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createPatience } from './patience.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const aborted = (signal: AbortSignal) => signal.aborted

it('gives an exchange its time, and a peer that was silent less of it until it answers', () => {
  const patience = createPatience(undefined)
  const first = patience.open(10_000)
  vi.advanceTimersByTime(10_000)
  expect(first.signal.reason).toMatchObject({ name: 'TimeoutError' })
  const second = patience.open(10_000)
  vi.advanceTimersByTime(5000)
  expect(aborted(second.signal)).toBe(true)
  patience.answered()
  const third = patience.open(10_000)
  vi.advanceTimersByTime(9999)
  expect(aborted(third.signal)).toBe(false)
  third.close()
})

it('cuts what is under way a second after a cancellation, and asks a silent peer nothing more', () => {
  const run = new AbortController()
  const patience = createPatience(run.signal)
  const under = patience.open(60_000)
  const endless = patience.open(Infinity)
  run.abort()
  vi.advanceTimersByTime(999)
  expect([under, endless].map(({ signal }) => aborted(signal))).toEqual([false, false])
  vi.advanceTimersByTime(1)
  expect([under, endless].map(({ signal }) => aborted(signal))).toEqual([true, true])
  expect(aborted(patience.open(60_000).signal)).toBe(true)
})

it('lets a peer that answers clean up, but all of it within the two seconds of a cancelled run', () => {
  const run = new AbortController()
  const patience = createPatience(run.signal)
  run.abort()
  vi.advanceTimersByTime(900)
  const removal = patience.open(60_000)
  patience.answered()
  vi.advanceTimersByTime(599)
  expect(aborted(removal.signal)).toBe(false)
  removal.close()
  const held = patience.open(60_000)
  vi.advanceTimersByTime(1)
  expect(aborted(removal.signal)).toBe(false)
  expect(aborted(held.signal)).toBe(true)
  patience.answered()
  expect(aborted(patience.open(60_000).signal)).toBe(true)
})

it('an exchange’s own signal ends it at once', () => {
  const own = new AbortController()
  const exchange = createPatience(undefined).open(60_000, own.signal)
  own.abort()
  expect(aborted(exchange.signal)).toBe(true)
})
