// The way back is needed most when the registry is ill: what the target remembers suffices, and little time is lost.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import type { Fault } from '../harness/proxy.ts'
import { freshRun, World } from './world.ts'

const BEFORE_THE_CHANGE_MS = 5000
const AFTER_THE_VERDICT_MS = 10_000
/** For everything that is not the registry's, on a busy machine. */
const OURS_MS = 2000

const errors = (code: string, message: string): string => JSON.stringify({ errors: [{ code, message }] })
const JSON_TYPE = { 'content-type': 'application/json' }

type Illness = Omit<Fault, 'match' | 'times'>
const ILLNESSES: [string, Illness][] = [
  [
    'wants a login (401)',
    {
      status: 401,
      headers: { ...JSON_TYPE, 'www-authenticate': 'Basic realm="elsewhere"' },
      body: errors('UNAUTHORIZED', 'authentication required'),
    },
  ],
  ['forbids it (403)', { status: 403, headers: JSON_TYPE, body: errors('DENIED', 'the subscription has ended') }],
  [
    'has had enough (429, for an hour)',
    { status: 429, headers: { ...JSON_TYPE, 'retry-after': '3600' }, body: errors('TOOMANYREQUESTS', 'slow down') },
  ],
  ['has had enough (429, for a second each time)', { status: 429, headers: { 'retry-after': '1' } }],
  ['is being repaired (503)', { status: 503, body: '<html>Maintenance</html>' }],
  ['is being repaired (503, for ten minutes)', { status: 503, headers: { 'retry-after': '600' } }],
  ['cuts every connection', { reset: 'request' }],
  ['takes requests and never answers', { silent: true }],
  ['answers a byte a second', { drips: true }],
]

describeWith('docker', 'registry')('a rollback while the registry', () => {
  let world: World
  const digests: string[] = []
  beforeAll(async () => {
    world = await World.open({ services: ['web'], replicas: 1, proxied: true })
    for (const version of ['v1', 'v2']) {
      world.app.commit(`release ${version}`, { version })
      const run = await world.release({}, { github: freshRun() })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      digests.push(run.outputs.digest ?? '')
    }
  })
  afterAll(() => world.close())

  /** When each step of the run began, by its group. */
  function stepTimes() {
    const times: { name: string; at: number }[] = []
    const onLine = (line: string): void => {
      const name = /^::group::(\w+)/.exec(line)?.[1]
      if (name !== undefined) times.push({ name, at: Date.now() })
    }
    const begun = (name: string): number => times.find((step) => step.name === name)?.at ?? Number.NaN
    return { onLine, begun }
  }

  it.each(ILLNESSES.map(([what, illness], index) => ({ what, illness, index })))(
    '$what',
    { timeout: 90_000 },
    async ({ illness, index }) => {
      const steps = stepTimes()
      const to = index % 2
      world.proxy?.faults.push({ ...illness, match: () => true, times: Infinity })
      // The first goes where nobody says, and the others to and fro between the two.
      const inputs = index === 0 ? {} : { to: digests[to] ?? '' }
      const run = await world.rollback(inputs, { github: freshRun(), onLine: steps.onLine })
      const ended = Date.now()
      world.proxy?.faults.splice(0)
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy', digest: digests[to] })
      await world.serves(`v${String(to + 1)}`)
      expect(run.result.warnings.length, run.log).toBeGreaterThan(0)
      expect(steps.begun('Replace') - steps.begun('Ask'), run.log).toBeLessThan(BEFORE_THE_CHANGE_MS + OURS_MS)
      expect(ended - steps.begun('Record'), run.log).toBeLessThan(AFTER_THE_VERDICT_MS + OURS_MS)
    },
  )
})
