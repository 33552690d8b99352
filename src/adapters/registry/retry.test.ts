import { describe, expect, it } from 'vitest'
import { DeployError } from '../../errors/deploy-error.ts'
import { fault } from './fault.ts'
import { backoff, retryAfter, withRetries } from './retry.ts'
import type { Answer } from './wire.ts'

function answer(status: number, headers: Answer['headers'] = {}, body = ''): Answer {
  return { status, headers, body: Buffer.from(body), url: new URL('http://r/'), asked: 'GET http://r/' }
}

function setting() {
  let now = Date.UTC(2026, 0, 1)
  const waits: number[] = []
  const stop = new AbortController()
  const clock = {
    now: () => now,
    sleep: (ms: number) => {
      waits.push(ms)
      now += ms
      return Promise.resolve()
    },
  }
  return { waits, stop, clock, policy: { clock, signal: stop.signal, random: () => 0.5 } }
}

/** Gives one after the other; the last one for ever. */
function script(...steps: (Answer | Error)[]) {
  let count = 0
  const exchange = () => {
    const step = steps[Math.min(count, steps.length - 1)]!
    count += 1
    return step instanceof Error ? Promise.reject(step) : Promise.resolve(step)
  }
  return { exchange, asked: () => count }
}

describe('retries', () => {
  it.each([408, 429, 499, 500, 502, 503, 504, 522])('asks again after %i', async (status) => {
    const { waits, policy } = setting()
    const wire = script(answer(status), answer(200))
    expect((await withRetries(wire.exchange, policy)).status).toBe(200)
    expect(waits).toEqual([300])
  })

  it.each([200, 201, 400, 401, 403, 404, 405, 409, 412, 501])('takes %i as it is', async (status) => {
    const { policy } = setting()
    const wire = script(answer(status), answer(200))
    expect((await withRetries(wire.exchange, policy)).status).toBe(status)
    expect(wire.asked()).toBe(1)
  })

  it.each(['TOOMANYREQUESTS', 'UNAVAILABLE', 'UNKNOWN'])('asks again when the body says %s', async (code) => {
    const { policy } = setting()
    const body = JSON.stringify({ errors: [{ code, message: 'later' }] })
    const wire = script(answer(400, {}, body), answer(200))
    expect((await withRetries(wire.exchange, policy)).status).toBe(200)
  })

  it('gives the third answer out whatever it is, waiting longer each time', async () => {
    const { waits, policy } = setting()
    const wire = script(answer(503))
    expect((await withRetries(wire.exchange, policy)).status).toBe(503)
    expect(wire.asked()).toBe(3)
    expect(waits).toEqual([300, 3000])
  })

  it('survives a cut connection but not a wrong certificate', async () => {
    const { policy } = setting()
    const cut = script(fault('ECONNRESET', 'reset'), answer(200))
    expect((await withRetries(cut.exchange, policy)).status).toBe(200)
    const untrusted = script(fault('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'), answer(200))
    await expect(withRetries(untrusted.exchange, policy)).rejects.toThrow('self-signed')
    expect(untrusted.asked()).toBe(1)
  })

  it('waits as long as Retry-After says', async () => {
    const { waits, policy } = setting()
    const wire = script(
      answer(429, { 'retry-after': '7' }),
      answer(429, { 'retry-after': new Date(Date.UTC(2026, 0, 1) + 19_000).toUTCString() }),
      answer(200),
    )
    await withRetries(wire.exchange, policy)
    expect(waits).toEqual([7000, 12_000])
  })

  it('never waits longer than a minute, nor for what it cannot read', () => {
    expect(retryAfter('86400', 0)).toBe(60_000)
    expect(retryAfter('Thu, 01 Jan 1970 00:00:00 GMT', 5000)).toBe(0)
    expect(retryAfter('soon', 0)).toBeUndefined()
    expect(retryAfter(undefined, 0)).toBeUndefined()
  })

  it('spreads the waits', () => {
    expect([backoff(1, 0), backoff(1, 0.999), backoff(2, 0)]).toEqual([225, 375, 2250])
  })

  it('ends a wait and asks no more when the run is cancelled', async () => {
    const { stop, clock, policy } = setting()
    const wire = script(answer(503))
    const sleep = () => {
      stop.abort()
      return Promise.resolve()
    }
    await expect(withRetries(wire.exchange, { ...policy, clock: { ...clock, sleep } })).rejects.toThrow(DeployError)
    expect(wire.asked()).toBe(1)
  })
})
