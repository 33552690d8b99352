// Killed or cancelled at every call that changes something: the next run ends right, and nothing is sent twice.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { EcsShop, OLD, PAUSED } from './ecs-shop.ts'

/** Whether Amazon had taken the call when the run ended. */
const MOMENTS = [
  ['not taken', 'silent'],
  ['taken', 'silent-after'],
] as const
const WAYS = ['kill', 'cancel'] as const
const matrix = (...operations: string[]) =>
  operations.flatMap((operation) =>
    MOMENTS.flatMap(([, kind]) => WAYS.map((way) => ({ way, operation, kind, taken: kind === 'silent-after' }))),
  )

describeWith('docker', 'registry')('Amazon ECS: interrupted', () => {
  let shop: EcsShop

  beforeEach(async () => {
    shop = await EcsShop.open()
  })
  afterEach(() => shop.close())

  /** Releases, and ends the run while it waits for the answer to that call. */
  async function interrupted(
    { way, operation, kind }: ReturnType<typeof matrix>[number],
    inputs: Record<string, string> = {},
  ): Promise<void> {
    shop.double.dial({ kind, operation, times: 1 })
    const end = new AbortController()
    const running = shop.release(inputs, { when: { [way]: end.signal } })
    await shop.until(() => expect(shop.double.calls(operation).length).toBeGreaterThan(0))
    const since = Date.now()
    end.abort()
    const run = await running
    expect(run.outcome, run.log).toBe(way === 'kill' ? 'failure' : 'cancelled')
    // Cancelled, it stops by itself: the runner does not have to kill it.
    expect(run.stages.find(({ name }) => name === 'main')?.signal).toBe(way === 'kill' ? 'SIGKILL' : null)
    expect(Date.now() - since).toBeLessThan(7500)
    shop.double.world.dial.clear()
  }

  const sent = (operation: string) => shop.double.mutations().filter((name) => name === operation).length

  it.each(matrix('RegisterTaskDefinition', 'UpdateService', 'TagResource'))(
    'by $way at $operation (taken: $taken): the next run proves the new version',
    async (moment) => {
      await shop.create()
      await interrupted(moment)
      const run = await shop.release()
      expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
      expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
      expect(sent('UpdateService')).toBe(1)
      expect(sent('DeregisterTaskDefinition')).toBe(0)
    },
  )

  it.each(matrix('StopServiceDeployment'))(
    'by $way at $operation (taken: $taken): the next release ends right',
    async (moment) => {
      await shop.create()
      shop.crashes()
      await interrupted(moment)
      shop.runtime.otherwise = {}
      const run = await shop.release()
      expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
      expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
    },
  )

  it.each(matrix('ContinueServiceDeployment'))(
    'by $way at $operation (taken: $taken): the next run finds the deployment and finishes it',
    async (moment) => {
      await shop.create(PAUSED)
      await interrupted(moment, { strategy: 'blue-green' })
      const run = await shop.release({ strategy: 'blue-green' })
      expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
      expect(shop.service().serviceDeployments[0]?.status).toBe('SUCCESSFUL')
      expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
      expect(sent('UpdateService')).toBe(1)
      expect(sent('ContinueServiceDeployment')).toBe(1)
    },
  )

  function files(): Record<string, string> {
    const write = (name: string, document: object) =>
      writeFileSync(path.join(shop.world.app.dir, name), JSON.stringify(document))
    write('taskdef.json', { family: 'fresh', containerDefinitions: [{ name: 'app', image: 'replaced' }] })
    write('service.json', { serviceName: 'fresh', desiredCount: 1 })
    shop.world.app.commit('files')
    return { workload: 'fresh', manifests: 'taskdef.json\nservice.json' }
  }

  it.each(matrix('CreateService'))(
    'by $way at $operation (taken: $taken): the next run makes the service once',
    async (moment) => {
      const inputs = files()
      await interrupted(moment, inputs)
      const run = await shop.release(inputs)
      expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
      expect(shop.digests('fresh')).toEqual([run.outputs.digest])
      expect(sent('CreateService')).toBe(1)
    },
  )

  it.each(matrix('DeleteService'))(
    'by $way at $operation (taken: $taken): a first version that failed does not stop the next one',
    async (moment) => {
      const inputs = files()
      shop.crashes()
      await interrupted(moment, inputs)
      shop.runtime.otherwise = {}
      const run = await shop.release(inputs)
      expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
      expect(shop.digests('fresh')).toEqual([run.outputs.digest])
    },
  )

  it.each([
    ['before the change', /Replace web/],
    ['while it is proven', /Prove that every replica/],
    ['while it is recorded', /Record production/],
  ])('ends right after a run that was killed %s', async (_, killOn) => {
    await shop.create()
    const killed = await shop.release({}, { killOn })
    expect(killed.outcome, killed.log).toBe('failure')
    const run = await shop.release()
    expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
    expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
    expect(sent('UpdateService')).toBe(1)
  })

  it('leaves the rollout alone when it is cancelled, and proves it the next time', async () => {
    await shop.create()
    shop.double.dial({ kind: 'stuck-pending', untilMs: Date.now() + 6000 })
    const cancelled = await shop.release({}, { cancelOn: /Prove that every replica/ })
    expect(cancelled.outcome, cancelled.log).toBe('cancelled')
    const run = await shop.release()
    expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
    expect(sent('UpdateService')).toBe(1)
  })

  it('takes the rollout back when it is cancelled and on-cancel says so', async () => {
    await shop.create()
    shop.double.dial({ kind: 'stuck-pending', untilMs: Date.now() + 6000 })
    const run = await shop.release({ 'on-cancel': 'rollback' }, { cancelOn: /Prove that every replica/ })
    expect(run.outcome, run.log).toBe('cancelled')
    await shop.until(() => expect(shop.digests()).toEqual([OLD, OLD]))
  })

  it('ends within seconds where Amazon takes requests and never answers', async () => {
    await shop.create()
    shop.double.dial({ kind: 'silent' })
    const begun = Date.now()
    const run = await shop.release({}, { cancelOn: /Ask / })
    expect(run.outcome, run.log).toBe('cancelled')
    expect(Date.now() - begun).toBeLessThan(15_000)
  })
})
