// PAUSE hooks: the one at pause-stage is this run's to prove and answer; any other is somebody else's.
import { ContinueServiceDeploymentCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { EcsShop, OLD } from './ecs-shop.ts'

const hook = (...lifecycleStages: string[]) => ({ targetType: 'PAUSE', lifecycleStages })

describeWith('docker', 'registry')('Amazon ECS: PAUSE hooks', () => {
  let shop: EcsShop

  beforeEach(async () => {
    shop = await EcsShop.open()
  })
  afterEach(() => shop.close())

  const blueGreen = (...stages: string[]) =>
    shop.create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: stages.map((stage) => hook(stage)) })
  const release = (more: Record<string, string> = {}) => shop.release({ strategy: 'blue-green', ...more })
  const hooks = () => shop.service().serviceDeployments[0]?.lifecycleHookDetails ?? []
  /** Stages of the hooks that the action answered. */
  const answered = () => {
    const { accessKeyId } = shop.double.credentials
    const answers = shop.double.calls('ContinueServiceDeployment').filter((call) => call.accessKeyId === accessKeyId)
    return answers.map(({ input }) => hooks().find(({ hookId }) => hookId === input.hookId)?.stage)
  }
  /** Somebody else looks at it for a while and says yes. */
  const approve = async (stage: string) => {
    const open = await shop.until(() => {
      const found = hooks().find((one) => one.stage === stage && one.status === 'AWAITING_ACTION')
      if (!found) throw new Error(`no hook is open at ${stage}`)
      return found
    })
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(open.status).toBe('AWAITING_ACTION')
    const serviceDeploymentArn = shop.service().serviceDeployments[0]?.serviceDeploymentArn
    await shop.client.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId: open.hookId }))
  }

  it.each([
    ['before ours', ['POST_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT'], 'POST_SCALE_UP'],
    ['after ours', ['POST_TEST_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'], 'POST_PRODUCTION_TRAFFIC_SHIFT'],
    ['before the new tasks are there', ['PRE_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT'], 'PRE_SCALE_UP'],
  ])('shows the hook of somebody else %s, waits, and leaves the answer to them', async (_, stages, foreign) => {
    await blueGreen(...stages)
    const running = release()
    await approve(foreign)
    const run = await running
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(answered()).toEqual(['POST_TEST_TRAFFIC_SHIFT'])
    expect(run.log).toContain(`waits at ${foreign.toLowerCase().replaceAll('_', ' ')} for somebody else's answer`)
  })

  it.each(['POST_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT'])(
    'goes back after the time-out, by no answer of ours, where nobody answers at %s',
    async (stage) => {
      await blueGreen(stage)
      const run = await release({ timeout: '5s' })
      expect(run.outputs, run.log).toMatchObject({ 'rolled-back': 'true', 'reason-code': 'rollout-timeout' })
      expect(run.outputs.reason).toContain(stage.toLowerCase().replaceAll('_', ' '))
      expect(answered()).toEqual([])
      expect(shop.double.mutations()).toContain('StopServiceDeployment')
      expect(shop.digests()).toEqual([OLD, OLD])
    },
  )

  it.each(['POST_SCALE_UP', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'])(
    'proves and answers at %s where pause-stage says so, and nowhere else',
    async (stage) => {
      await blueGreen(stage)
      const run = await release({ 'pause-stage': stage })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(answered()).toEqual([stage])
    },
  )

  it('proves again and answers at each step of a strategy that opens a hook at each', async () => {
    await shop.create({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0.1 },
      lifecycleHooks: [hook('PRE_PRODUCTION_TRAFFIC_SHIFT')],
    })
    const run = await release({ 'pause-stage': 'PRE_PRODUCTION_TRAFFIC_SHIFT' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(answered().length).toBeGreaterThan(1)
    expect(new Set(answered())).toEqual(new Set(['PRE_PRODUCTION_TRAFFIC_SHIFT']))
  })

  it('refuses stages at which nothing could be proven', async () => {
    await blueGreen('POST_SCALE_UP')
    const run = await release({ 'pause-stage': 'PRE_SCALE_UP' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'invalid-input' })
    expect(shop.double.mutations()).toEqual([])
  })

  it('leaves the hook to its time-out where the runner dies, and the version before stays', async () => {
    await shop.create({
      strategy: 'BLUE_GREEN',
      lifecycleHooks: [{ ...hook('POST_TEST_TRAFFIC_SHIFT'), timeoutConfiguration: { timeoutInMinutes: 4 } }],
    })
    shop.double.dial({ kind: 'silent', operation: 'ContinueServiceDeployment' })
    await shop.release({ strategy: 'blue-green' }, { loseOn: /Move the traffic/ })
    await shop.until(() => expect(shop.service().serviceDeployments[0]?.status).toBe('ROLLBACK_SUCCESSFUL'))
    expect(shop.digests()).toEqual([OLD, OLD])
    shop.double.world.dial.clear()
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
  })

  it('follows a bake time that is longer than the time-out', async () => {
    await shop.create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 8 })
    const run = await release({ timeout: '5s' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.service().serviceDeployments[0]?.status).toBe('SUCCESSFUL')
    expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
  })
})
