import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { FakeReporter } from '../../../test/fakes/reporter.ts'
import { sleep } from '../../async/sleep.ts'
import type { Digest } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Observation, Replica, Rollout, Target, WorkloadObservation } from '../../ports.ts'
import { verify } from './verify.ts'

const GOOD = digestOf('good')
const CONFIG = digestOf('config of good')
const OTHER = digestOf('other')
type State = WorkloadObservation['state']
const SETTLED: State = { is: 'settled' }

function replica(id: string, digest: Digest | undefined = GOOD, more: Partial<Replica> = {}): Replica {
  return { id, healthy: true, restarts: 0, ...(digest === undefined ? {} : { digest }), ...more }
}

function web(
  replicas: Replica[],
  state: State = SETTLED,
  desired = replicas.length,
  name = 'web',
): WorkloadObservation {
  return { name, state, desired, replicas }
}

/** A target that says at each moment what the script says: `at` seconds after the start. */
function world(script: (seconds: number, observe: number) => WorkloadObservation[] | Error) {
  const clock = new FakeClock()
  const start = clock.now()
  let looks = 0
  const rollout: Rollout<unknown> = {
    accepted: new Set([GOOD, CONFIG]),
    startedAt: start,
    workloads: [{ name: 'web', handle: {} }],
  }
  const target = {
    observe: (): Promise<Observation> => {
      const said = script((clock.now() - start) / 1000, looks++)
      return said instanceof Error ? Promise.reject(said) : Promise.resolve({ workloads: said })
    },
    changed: (_: unknown, ms: number) => clock.sleep(ms),
  } as unknown as Target
  const abort = new AbortController()
  const reporter = new FakeReporter()
  return {
    clock,
    abort,
    reporter,
    seconds: () => (clock.now() - start) / 1000,
    run: (
      options: {
        timeout?: number
        stability?: number
        rollout?: Partial<Rollout<unknown>>
        step?: 'verify' | 'restore'
      } = {},
    ) =>
      verify(
        target,
        { ...rollout, ...options.rollout },
        { timeout: options.timeout ?? 60_000, stability: options.stability ?? 10_000, step: options.step ?? 'verify' },
        { clock, reporter, signal: abort.signal },
      ),
  }
}

describe('a healthy verdict', () => {
  it('needs every replica on an accepted digest, healthy for the whole stability window', async () => {
    const it = world((s) => [
      s < 3 ? web([replica('a')], { is: 'progressing', detail: 'starting' }, 2) : web([replica('a'), replica('b')]),
    ])
    const verdict = await it.run()
    expect(verdict).toMatchObject({
      is: 'healthy',
      workloads: [{ name: 'web', is: 'proven', replicas: '2/2', digest: GOOD }],
    })
    expect(it.seconds()).toBeGreaterThanOrEqual(13)
    expect(it.seconds()).toBeLessThan(14.2)
  })

  it('accepts whichever digest of the image a runtime reports', async () => {
    expect(await world(() => [web([replica('a'), replica('b', CONFIG)])]).run()).toMatchObject({ is: 'healthy' })
  })

  it('counts health that is older than this run, at the first look only', async () => {
    const it = world((s, observe) => [web([replica('a', GOOD, { healthySince: observe === 0 ? 0 : s })])])
    expect(await it.run()).toMatchObject({ is: 'healthy' })
    expect(it.seconds()).toBe(0)
  })

  it('does not believe a skewed clock of the target once it looks', async () => {
    const it = world((s) => [
      s < 2 ? web([], { is: 'progressing', detail: 'starting' }, 1) : web([replica('a', GOOD, { healthySince: 0 })]),
    ])
    expect(await it.run()).toMatchObject({ is: 'healthy' })
    expect(it.seconds()).toBeGreaterThanOrEqual(12)
  })

  it('starts the window anew for a replica that was replaced or was unhealthy in between', async () => {
    const it = world((s) => [web([replica(s < 6 ? 'a' : 'b')])])
    expect(await it.run()).toMatchObject({ is: 'healthy' })
    expect(it.seconds()).toBeGreaterThanOrEqual(16)
  })

  it('is immediate without a stability window', async () => {
    const it = world(() => [web([replica('a')])])
    expect(await it.run({ stability: 0 })).toMatchObject({ is: 'healthy' })
    expect(it.seconds()).toBe(0)
  })

  it('holds restored workloads against their own digests', async () => {
    const workloads = [{ name: 'web', handle: {}, accepted: new Set([OTHER]) }]
    expect(await world(() => [web([replica('a', OTHER)])]).run({ rollout: { workloads } })).toMatchObject({
      is: 'healthy',
    })
    expect(await world(() => [web([replica('a')])]).run({ rollout: { workloads } })).toMatchObject({ is: 'failed' })
  })
})

describe('an engine that lies', () => {
  it('says that all is done, but every replica runs another digest', async () => {
    const verdict = await world(() => [web([replica('a', OTHER), replica('b', OTHER)])]).run()
    expect(verdict).toMatchObject({ is: 'failed', reason: { code: 'wrong-digest' } })
  })

  it('says that all is done, but one replica of three runs another digest', async () => {
    const it = world(() => [web([replica('a'), replica('b'), replica('c', OTHER)])])
    expect(await it.run({ stability: 0 })).toMatchObject({ is: 'failed', reason: { code: 'wrong-digest' } })
    expect(it.seconds()).toBeLessThan(7)
  })

  it('still lists an old replica for a moment: that is not a lie', async () => {
    const it = world((s) => [web(s < 2 ? [replica('a'), replica('old', OTHER)] : [replica('a')], SETTLED, 1)])
    expect(await it.run({ stability: 0 })).toMatchObject({ is: 'healthy' })
  })

  it('never says which digest runs: time runs out, nothing is proven', async () => {
    const verdict = await world(() => [web([{ id: 'a', healthy: true, restarts: 0 }])]).run()
    expect(verdict).toMatchObject({ is: 'timed-out', reason: { code: 'rollout-timeout' } })
  })

  it('runs the right digest, which dies after the window began', async () => {
    const it = world((s) => [web([replica('a', GOOD, { restarts: s < 5 ? 0 : 1 })])])
    expect(await it.run()).toMatchObject({ is: 'failed', reason: { code: 'died-after-ready' } })
    expect(it.seconds()).toBeLessThan(6.5)
  })

  it('reports success and then reverts', async () => {
    const reason = { code: 'reverted' as const, what: 'went back' }
    const it = world((s) => [s < 5 ? web([replica('a')]) : web([replica('o', OTHER)], { is: 'failed', reason })])
    expect(await it.run()).toMatchObject({ is: 'failed', reason })
  })

  it('reports success with fewer replicas than are wanted', async () => {
    expect(await world(() => [web([replica('a')], SETTLED, 2)]).run()).toMatchObject({ is: 'timed-out' })
  })

  it('reports success with nothing wanted', async () => {
    expect(await world(() => [web([], SETTLED, 0)]).run()).toMatchObject({
      is: 'failed',
      reason: { code: 'nothing-runs' },
    })
  })
})

describe('other verdicts', () => {
  it('fails as soon as one workload of several fails', async () => {
    const reason = { code: 'crash-on-start' as const, what: 'exit 1' }
    const it = world((s) => [
      web([replica('a')]),
      s < 2 ? web([], { is: 'progressing', detail: '' }, 1, 'b') : web([], { is: 'failed', reason }, 1, 'b'),
    ])
    expect(await it.run()).toMatchObject({ is: 'failed', reason, workloads: [{ is: 'pending' }, { is: 'failed' }] })
    expect(it.seconds()).toBeLessThan(3.2)
  })

  it('is superseded when another run won', async () => {
    const verdict = await world(() => [web([], { is: 'superseded', by: 'image of another run' })]).run()
    expect(verdict).toMatchObject({ is: 'superseded', reason: { code: 'another-rollout' } })
  })

  it('looks once more after the deadline before it gives up', async () => {
    const it = world((s) => [s < 5 ? web([], { is: 'progressing', detail: '0 of 1' }, 1) : web([replica('a')])])
    expect(await it.run({ timeout: 5000, stability: 0 })).toMatchObject({ is: 'healthy' })
  })

  it('names the suspect when time runs out', async () => {
    const suspect = { code: 'unschedulable' as const, what: 'no node fits' }
    const verdict = await world(() => [web([], { is: 'progressing', detail: 'pending', suspect }, 1)]).run({
      timeout: 5000,
    })
    expect(verdict).toMatchObject({
      is: 'timed-out',
      reason: { code: 'unschedulable', what: 'not proven after 5s: no node fits' },
    })
  })

  it('survives a control plane that is away for a while, not for ever', async () => {
    const down = new DeployError('target-unreachable', 'connection refused')
    expect(
      await world((s) => (s > 1 && s < 40 ? down : [web([replica('a')])])).run({ timeout: 300_000 }),
    ).toMatchObject({ is: 'healthy' })
    const it = world((s) => (s > 1 ? down : [web([replica('a')])]))
    expect(await it.run({ timeout: 300_000 })).toMatchObject({ is: 'failed', reason: { code: 'target-unreachable' } })
    expect(it.seconds()).toBeLessThan(70)
  })

  it.each(['verify', 'restore'] as const)('gives up credentials that are refused within seconds (%s)', async (step) => {
    const refused = new DeployError('target-denied', 'the token has expired', { isLasting: true })
    const it = world((s) => (s > 1 ? refused : [web([replica('a')])]))
    expect(await it.run({ timeout: 300_000, step })).toMatchObject({ is: 'failed', reason: { code: 'target-denied' } })
    expect(it.seconds()).toBeLessThan(5)
  })

  it('goes on where credentials that were refused once are right again', async () => {
    const refused = new DeployError('target-denied', 'the token has expired', { isLasting: true })
    const it = world((_, look) => (look === 2 ? refused : [web([replica('a')])]))
    expect(await it.run()).toMatchObject({ is: 'healthy' })
  })

  it('does not wait out a bug of ours', async () => {
    const it = world(() => new TypeError('x is undefined'))
    expect(await it.run()).toMatchObject({ is: 'failed', reason: { code: 'internal-error' } })
    expect(it.seconds()).toBe(0)
  })

  it('ends at once when cancelled', async () => {
    const it = world((s) => {
      if (s > 2) it.abort.abort()
      return [web([], { is: 'progressing', detail: '' }, 1)]
    })
    await expect(it.run()).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('the way back', () => {
  const gone = { code: 'nothing-runs' as const, what: 'web is scaled to zero' }
  const died = { code: 'died-after-ready' as const, what: 'web died' }
  it.each<[string, (seconds: number) => WorldWeb]>([
    ['a replica that restarts at the first look', (s) => web([replica('a', GOOD, { restarts: s < 1 ? 0 : 1 })])],
    [
      'a target that says it died, and then not',
      (s) => web([replica('a')], s < 3 ? { is: 'failed', reason: died } : SETTLED),
    ],
    ['scaled to zero and back', (s) => (s < 3 ? web([], { is: 'failed', reason: gone }, 0) : web([replica('a')]))],
    ['scaled to zero and back, without a word', (s) => (s < 3 ? web([], SETTLED, 0) : web([replica('a')]))],
  ])('waits for %s', async (_, script) => {
    const it = world((s) => [script(s)])
    expect(await it.run({ step: 'restore' })).toMatchObject({ is: 'healthy' })
    expect(it.seconds()).toBeGreaterThanOrEqual(10)
    expect(await world((s) => [script(s)]).run()).toMatchObject({ is: 'failed' })
  })
})

describe('the way back to what somebody scaled to zero on purpose', () => {
  const worker = (healthyFrom: number) => (s: number) =>
    s < healthyFrom
      ? web([], { is: 'progressing', detail: 'starting' }, 1, 'worker')
      : web([replica('w')], SETTLED, 1, 'worker')
  it.each<[string, WorldWeb]>([
    ['by its own word', web([], { is: 'failed', reason: { code: 'nothing-runs', what: 'web is scaled to zero' } }, 0)],
    ['without a word', web([], SETTLED, 0)],
  ])('ends early, and says so: %s', async (_, zero) => {
    const it = world(() => [zero])
    const verdict = await it.run({ step: 'restore', timeout: 600_000 })
    expect(verdict).toMatchObject({ is: 'failed', reason: { code: 'nothing-runs' } })
    expect(verdict.is === 'failed' && verdict.reason.what).toMatch(/^web is scaled to zero/)
    expect(it.seconds()).toBeLessThan(15)
  })

  it('waits until the other workloads are proven', async () => {
    const it = world((s) => [web([], SETTLED, 0), worker(60)(s)])
    const verdict = await it.run({ step: 'restore', timeout: 600_000 })
    expect(verdict).toMatchObject({
      is: 'failed',
      reason: { code: 'nothing-runs' },
      workloads: [{ is: 'pending' }, { name: 'worker', is: 'proven' }],
    })
    expect(it.seconds()).toBeGreaterThanOrEqual(70)
    expect(it.seconds()).toBeLessThan(75)
  })
})

describe('progress', () => {
  it('of a rollout with a thousand changes is told in a few lines, the first ones at once', async () => {
    const it = world((s) => {
      const ready = Math.floor(s * 2)
      const detail = `${String(ready)} of 1000 ready`
      return [ready < 1000 ? web([], { is: 'progressing', detail }, 1000) : web([replica('a')])]
    })
    expect(await it.run({ timeout: 600_000 })).toMatchObject({ is: 'healthy' })
    const lines = it.reporter.events.filter(({ type }) => type === 'progress')
    expect(lines.length).toBeGreaterThan(12)
    expect(lines.length).toBeLessThan(45)
  })
})

type WorldWeb = ReturnType<typeof web>

describe('a target that takes the question and never answers', () => {
  const deaf = {
    observe: () => new Promise<Observation>(() => undefined),
    changed: () => Promise.resolve(),
  } as unknown as Target
  const rollout = { before: { workloads: [] }, accepted: new Set([GOOD]), startedAt: 0, workloads: [] }
  const ask = (timeout: number, signal: AbortSignal) =>
    verify(deaf, rollout, { timeout, stability: 10, step: 'verify' }, { clock, reporter: new FakeReporter(), signal })
  const clock = { now: () => Date.now(), sleep }

  it('does not outlive the timeout', async () => {
    const started = Date.now()
    const verdict = await ask(300, new AbortController().signal)
    expect(verdict).toMatchObject({ is: 'failed', reason: { code: 'target-unreachable' } })
    expect(Date.now() - started).toBeLessThan(5000)
  })

  it('does not outlive a cancellation', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    const started = Date.now()
    await expect(ask(60_000, stop.signal)).rejects.toMatchObject({ code: 'cancelled' })
    expect(Date.now() - started).toBeLessThan(1000)
  })
})
