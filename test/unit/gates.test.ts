// Gates decide, after every replica was proven, whether the new version may stay: whatever the strategy.
import { describe, expect, it } from 'vitest'
import { DeployError } from '../../src/errors/deploy-error.ts'
import { liveGate } from '../../src/gates/checks.ts'
import { release } from '../../src/pipeline/release.ts'
import { rollback } from '../../src/pipeline/rollback.ts'
import type { Gate, GateMoment, GateQuestion, SmokeReport } from '../../src/ports.ts'
import type { WorldOptions } from './world.ts'
import { releaseRequest, rollbackRequest, world } from './world.ts'

const NEW = world().digest
const BAKE = 30_000

/** `undefined`: it only replaces. */
const STRATEGIES = [
  ['rolling', undefined],
  ['blue-green of ours', false],
  ['blue-green of the engine', true],
] as const

function worldOf(bakesItself: boolean | undefined, more: WorldOptions = {}) {
  return world({ ...more, ...(bakesItself === undefined ? {} : { bakesItself }) })
}

function report(reason?: SmokeReport['reason']): SmokeReport {
  const checks = [{ name: 'GET /', passed: reason === undefined, detail: '', attempts: 1, ms: 1 }]
  const rest = { checks, logs: [], readyMs: 1, ms: 1, cleanup: Promise.resolve() }
  return { passed: reason === undefined, ...(reason ? { reason } : {}), ...rest }
}

/** Notes when it is asked; `closes` at that moment. */
function spy(log: string[], closes?: GateMoment): Gate {
  let moment: GateMoment
  return {
    name: 'spy',
    moments: ['before-traffic', 'rolled-out', 'baking', 'baked'],
    step: 'live-checks',
    // The pipeline asks for the title of the moment, and then the question.
    title(now) {
      moment = now
      return `Ask at ${now}`
    },
    ask: async ({ url }) => {
      log.push(url === undefined ? moment : `${moment} ${url}`)
      return moment === closes ? { reason: { code: 'live-check-failed', what: `closed at ${moment}` } } : {}
    },
  }
}

describe.each(STRATEGIES)('gates, %s', (_, bakesItself) => {
  const switches = bakesItself !== undefined

  it('are asked at their moments, in order', async () => {
    const log: string[] = []
    const it = worldOf(bakesItself, { bake: BAKE })
    const { target } = it
    const logged = { ...it.ports, gates: [...it.ports.gates, spy(log)] }
    expect(await release(releaseRequest(), logged)).toMatchObject({ outcome: 'healthy' })
    const before = switches ? ['before-traffic http://green.test'] : []
    expect(log).toEqual([...before, 'rolled-out', 'baking', 'baked'])
    const traffic = ['beforeTraffic', 'door closed', 'shift', 'finish']
    expect(target.calls.filter((call) => traffic.includes(call))).toEqual(switches ? traffic : [])
  })

  it('watch the new version for the whole bake, and keep the old one meanwhile', async () => {
    const it = worldOf(bakesItself, { bake: BAKE })
    let finishedAt = 0
    const { traffic } = it.target
    if (traffic) {
      const timed = { ...traffic, finish: async () => void (finishedAt = it.clock.now()) }
      Object.defineProperty(it.target, 'traffic', { value: timed })
    }
    const from = it.clock.now()
    expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'healthy' })
    expect(it.clock.now() - from).toBeGreaterThanOrEqual(BAKE + 10_000)
    // Its own bake is the engine's business: ours comes on top of it.
    if (switches) expect(finishedAt - from >= BAKE + 10_000).toBe(!bakesItself)
  })

  it('go back when the version dies in the bake', async () => {
    const turnsAfter = 25_000
    const it = worldOf(bakesItself, { bake: BAKE, turnsAfter, behaviour: new Map([[NEW, 'dies']]) })
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'rolled-back', reasonCode: 'died-after-ready' })
    expect(result.workloads).toMatchObject([{ name: 'web', verdict: 'restored' }])
    expect(it.target.stored.bad.map(({ digest }) => digest)).toEqual([NEW])
    expect(it.target.calls.filter((call) => call === 'finish')).toHaveLength(bakesItself ? 1 : 0)
  })

  it.each(['rolled-out', 'baking', 'baked'] as const)('go back when one closes at %s', async (moment) => {
    const it = worldOf(bakesItself, { bake: BAKE, gates: [spy([], moment)] })
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'rolled-back', reasonCode: 'live-check-failed' })
    expect(it.target.services.get('web')?.spec?.digest).toBe(it.old)
    expect(it.target.calls.filter((call) => call === 'finish')).toHaveLength(
      bakesItself && moment !== 'rolled-out' ? 1 : 0,
    )
  })

  it('ask the live checks twice where it bakes, else once; the result has the last answer', async () => {
    for (const [bake, times] of [
      [undefined, 1],
      [BAKE, 2],
    ] as const) {
      let asked = 0
      const live = liveGate(async () => ((asked += 1), report()))
      const it = worldOf(bakesItself, { gates: [live], ...(bake === undefined ? {} : { bake }) })
      const result = await release(releaseRequest(), it.ports)
      expect(asked).toBe(times)
      expect(result.checks?.filter(({ name }) => name === 'GET /')).toHaveLength(1)
    }
  })

  it('bake nothing where this run changed nothing', async () => {
    const it = worldOf(bakesItself, { bake: BAKE })
    await release(releaseRequest(), it.ports)
    const log: string[] = []
    const again = await release(releaseRequest(), { ...it.ports, gates: [...it.ports.gates, spy(log)] })
    expect(again).toMatchObject({ outcome: 'unchanged' })
    expect(log).toEqual(['rolled-out'])
  })

  it('say superseded when somebody else deploys in the bake', async () => {
    const it = worldOf(bakesItself, { bake: BAKE })
    const foreign: Gate = {
      ...spy([]),
      moments: ['baking'],
      ask: async () => (it.target.foreignChange(it.old), {}),
    }
    const result = await release(releaseRequest(), { ...it.ports, gates: [...it.ports.gates, foreign] })
    expect(result).toMatchObject({ outcome: 'superseded' })
    expect(it.target.calls.some((call) => call.startsWith('restore'))).toBe(false)
  })

  it('end the others as soon as one has closed, and when the run is cancelled', async () => {
    const waits = ({ signal }: GateQuestion) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DeployError('cancelled', 'ended')), { once: true })
      })
    const waiting: Gate = { ...spy([]), name: 'waiting', moments: ['baking'], ask: waits }
    const closing = worldOf(bakesItself, { gates: [waiting, spy([], 'baking')] })
    expect(await release(releaseRequest(), closing.ports)).toMatchObject({ outcome: 'rolled-back' })
    const cancelling = worldOf(bakesItself)
    const cancel: Gate = { ...spy([]), moments: ['baking'], ask: async () => (cancelling.abort.abort(), {}) }
    const ended = await release(releaseRequest(), { ...cancelling.ports, gates: [waiting, cancel] })
    expect(ended).toMatchObject({ outcome: 'cancelled' })
  })
})

it('a rollback asks the same gates', async () => {
  const it = world()
  await release(releaseRequest(), it.ports)
  const log: string[] = []
  const to = { to: it.old, allowUnverified: true }
  await rollback(rollbackRequest(to), { ...it.ports, gates: [spy(log)] })
  expect(log).toEqual(['rolled-out', 'baking', 'baked'])
})
