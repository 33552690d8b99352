import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rollBack } from '../harness/ecs/rollout.ts'
import { describeWith } from '../harness/lab.ts'
import { EcsShop, OLD, PAUSED } from './ecs-shop.ts'

describeWith('docker', 'registry')('Amazon ECS: blue-green, linear, canary', () => {
  let shop: EcsShop

  beforeEach(async () => {
    shop = await EcsShop.open()
  })
  afterEach(() => shop.close())

  it('proves the new version of a blue-green service before it has traffic', async () => {
    await shop.create(PAUSED)
    const run = await shop.release({ strategy: 'blue-green' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.double.mutations()).toEqual([
      'RegisterTaskDefinition',
      'UpdateService',
      'ContinueServiceDeployment',
      'TagResource',
    ])
    expect(shop.service().serviceDeployments[0]?.status).toBe('SUCCESSFUL')
    expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
  })

  it('goes back from the hook where the new version is another one', async () => {
    await shop.create(PAUSED)
    shop.double.dial({ kind: 'digest-lie', digest: `sha256:${'f'.repeat(64)}`, untilMs: Date.now() + 20_000 })
    const run = await shop.release({ strategy: 'blue-green' })
    expect(run.outputs['reason-code'], run.log).toBe('wrong-digest')
    expect(shop.double.calls('ContinueServiceDeployment').map(({ input }) => input.action)).toEqual(['ROLLBACK'])
  })

  it('asks the test listener before the traffic moves, and goes back where it answers wrongly', async () => {
    await shop.create(PAUSED)
    let status = 503
    const listener = createServer((_, response) => response.writeHead(status).end())
    await new Promise<void>((resolve) => {
      listener.listen(0, '127.0.0.1', resolve)
    })
    const url = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}`
    const checks = { 'live-checks': 'checks: [{http: "GET / -> 200"}]\nstartup: {within: 4s}', url, 'test-url': url }
    try {
      const red = await shop.release({ strategy: 'blue-green', ...checks })
      expect(red.outputs, red.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'live-check-failed' })
      expect(shop.double.calls('ContinueServiceDeployment').map(({ input }) => input.action)).toEqual(['ROLLBACK'])
      expect(shop.digests()).toEqual([OLD, OLD])
      status = 200
      const green = await shop.release({ strategy: 'blue-green', ...checks })
      expect(green.outputs, green.log).toMatchObject({ outcome: 'healthy' })
    } finally {
      listener.close()
    }
  })

  it('a later run finds the hook that a dead one left, proves the tasks and goes on', async () => {
    await shop.create(PAUSED)
    shop.double.dial({ kind: 'deny', operation: 'ContinueServiceDeployment', untilMs: Date.now() + 60_000 })
    const dead = await shop.release({ strategy: 'blue-green' }, { killOn: /Move the traffic/ })
    expect(dead.outcome, dead.log).toBe('failure')
    expect(shop.service().serviceDeployments[0]?.status).toBe('IN_PROGRESS')
    shop.double.world.dial.clear()
    const run = await shop.release({ strategy: 'blue-green' })
    expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
    expect(shop.service().serviceDeployments[0]?.status).toBe('SUCCESSFUL')
    expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
    expect(shop.double.mutations().filter((name) => name === 'UpdateService')).toHaveLength(1)
  })

  it.each([
    ['CANARY', { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 0.2 } }],
    ['LINEAR', { linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0.2 } }],
  ] as const)('follows %s to its end', async (strategy, configuration) => {
    await shop.create({ strategy, ...configuration })
    const run = await shop.release({ strategy: 'blue-green' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.service().serviceDeployments[0]?.status).toBe('SUCCESSFUL')
    expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
  })

  it('is red where Amazon goes back during the bake time', async () => {
    await shop.create({ ...PAUSED, bakeTimeInMinutes: 20 })
    const running = shop.release({ strategy: 'blue-green' })
    await shop.until(() => expect(shop.service().serviceDeployments[0]?.lifecycleStage).toBe('BAKE_TIME'))
    rollBack(shop.double.world, shop.service(), 'An alarm went off.')
    const run = await running
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'reverted' })
    expect(shop.digests()).toEqual([OLD, OLD])
  })
})
