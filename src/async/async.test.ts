import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DeployError } from '../errors/deploy-error.ts'
import { readStart, readWhole } from './body.ts'
import { openDeadline, within } from './deadline.ts'
import { sleep } from './sleep.ts'

const never = () => new Promise<never>(() => undefined)

describe('within', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('gives the result, or the work’s own error', async () => {
    await expect(within({ ms: 10 }, () => Promise.resolve(7))).resolves.toBe(7)
    await expect(within({ ms: 10 }, () => Promise.reject(new Error('own')))).rejects.toThrow('own')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stops waiting when the time is up, whether or not the work obeys', async () => {
    const late = within({ ms: 10 }, never)
    const named = within({ ms: 10, late: () => new Error('no answer') }, never)
    const both = Promise.allSettled([late, named])
    await vi.advanceTimersByTimeAsync(10)
    expect(await both).toMatchObject([{ reason: { name: 'TimeoutError' } }, { reason: { message: 'no answer' } }])
  })

  it('stops waiting when the parent ends, with the parent’s own error where it has one', async () => {
    const plain = new AbortController()
    const own = new AbortController()
    const signals: AbortSignal[] = []
    const work = (signal: AbortSignal) => (signals.push(signal), never())
    const both = Promise.allSettled([
      within({ ms: 10, signal: plain.signal }, work),
      within({ signal: own.signal }, work),
    ])
    plain.abort()
    own.abort(new DeployError('rollout-timeout', 'late'))
    expect(await both).toMatchObject([{ reason: { code: 'cancelled' } }, { reason: { code: 'rollout-timeout' } }])
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    await expect(within({ signal: plain.signal }, work)).rejects.toMatchObject({ code: 'cancelled' })
    expect(signals).toHaveLength(2)
  })
})

describe('a deadline', () => {
  it('follows either parent, and nobody once it is closed', () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const first = openDeadline({ signal: one.signal }, other.signal)
    const closed = openDeadline({ signal: one.signal }, other.signal)
    closed.close()
    other.abort('other')
    one.abort('one')
    expect(first.signal.reason).toBe('other')
    expect(closed.signal.aborted).toBe(false)
    expect(openDeadline({ signal: one.signal }).signal.reason).toBe('one')
  })
})

it('a sleep ends early with its signal, and leaves no listener', async () => {
  const controller = new AbortController()
  const asleep = sleep(60_000, controller.signal)
  controller.abort()
  await asleep
  await sleep(60_000, controller.signal)
})

describe('a body', () => {
  async function* endless() {
    for (;;) yield Buffer.from('0123456789')
  }
  it('is read to its limit and no further', async () => {
    await expect(readWhole(endless(), 25)).rejects.toMatchObject({ code: 'EMSGSIZE' })
    expect((await readStart(endless(), 25)).toString()).toBe('0123456789012345678901234')
  })
})
