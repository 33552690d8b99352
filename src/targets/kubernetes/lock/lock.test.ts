import { describe, expect, it } from 'vitest'
import { aborted } from '../../../async/deadline.ts'
import type { Clock, KubeAnswer, KubeApi, KubeRequest } from '../../../ports.ts'
import { createLock } from './lock.ts'
import type { Paths } from '../api/names.ts'

const HOUR = 3_600_000

/** A cluster that holds one lease, and a clock that moves only when somebody sleeps. */
class Bench {
  now = Date.parse('2026-01-01T12:00:00Z')
  lease: { metadata: Record<string, string>; spec: Record<string, unknown> } | undefined
  version = 1
  readonly asleep: (() => void)[] = []
  readonly clock: Clock = {
    now: () => this.now,
    sleep: async (ms, signal) => {
      // A lock that is held sleeps between its renewals; how it is renewed is not what these tests are about.
      if (signal) return aborted(signal)
      this.now += ms
      for (const work of this.asleep) work()
    },
  }
  readonly api = { request: (...call: [string, string, KubeRequest?]) => Promise.resolve(this.#answer(...call)) }

  write(spec: Record<string, unknown>): void {
    this.lease = { metadata: { name: 'l', uid: 'u', resourceVersion: String((this.version += 1)) }, spec }
  }

  #answer(method: string, _path: string, options: KubeRequest = {}): KubeAnswer {
    if (method === 'GET') return this.lease ? { status: 200, body: this.lease } : { status: 404, body: {} }
    if (method === 'DELETE') this.lease = undefined
    else this.write((options.body as { spec: Record<string, unknown> }).spec)
    return { status: method === 'POST' ? 201 : 200, body: this.lease ?? {} }
  }

  lock(onBusy: 'wait' | 'superseded' = 'wait') {
    const paths = { lease: () => '/lease', leases: '/leases' } as unknown as Paths
    const api = this.api as unknown as KubeApi
    return createLock(
      { api, paths, clock: this.clock, namespace: 'shop', patience: 0 },
      { run: { id: '2', attempt: 1 }, name: 'l', onBusy },
    )
  }
}

const held = (at: number) => ({
  holderIdentity: '1-1',
  leaseDurationSeconds: 15,
  renewTime: new Date(at).toISOString().replace('Z', '000Z'),
})

describe.each([
  ['an hour ahead', HOUR],
  ['an hour behind', -HOUR],
  ['right', 0],
])('a holder whose clock is %s', (_, skew) => {
  it('keeps the lock while it renews it', async () => {
    const bench = new Bench()
    bench.write(held(bench.now + skew))
    const started = bench.now
    let renewed = 0
    bench.asleep.push(() => {
      if (bench.now - started > 90_000) bench.lease = undefined
      else if (bench.now - started > renewed * 5000) {
        renewed += 1
        bench.write(held(bench.now + skew))
      }
    })
    const lock = bench.lock()
    expect(await lock.acquire()).toBe(true)
    expect(bench.now - started).toBeGreaterThan(90_000)
    await lock.release()
  })

  it('loses the lock within seconds when it was killed', async () => {
    const bench = new Bench()
    bench.write(held(bench.now + skew))
    const started = bench.now
    const lock = bench.lock()
    await lock.acquire()
    expect(bench.now - started).toBeLessThanOrEqual(21_000)
    await lock.release()
  })

  it('refuses another run that would not wait only when it is seen to live', async () => {
    const bench = new Bench()
    bench.write(held(bench.now + skew))
    const dead = bench.lock('superseded')
    await dead.acquire()
    await dead.release()
    bench.write(held(bench.now + skew))
    bench.asleep.push(() => bench.write(held(bench.now + skew)))
    await expect(bench.lock('superseded').acquire()).rejects.toMatchObject({ code: 'another-rollout' })
  })
})

it('a lease that claims to last for ever does not', async () => {
  const bench = new Bench()
  bench.write({ ...held(bench.now), leaseDurationSeconds: 2_000_000_000 })
  const started = bench.now
  const lock = bench.lock()
  await lock.acquire()
  expect(bench.now - started).toBeLessThan(70_000)
  await lock.release()
})
