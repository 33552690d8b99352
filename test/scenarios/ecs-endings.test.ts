// How a deployment ends beside success and crash: each end has its own right answer.
import { DeleteServiceCommand, StopServiceDeploymentCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rollBack } from '../harness/ecs/rollout.ts'
import { describeWith } from '../harness/lab.ts'
import { meeting } from '../harness/meeting.ts'
import { BREAKER, EcsShop, OLD } from './ecs-shop.ts'

describeWith('docker', 'registry')('Amazon ECS: other ends of a deployment', () => {
  let shop: EcsShop

  beforeEach(async () => {
    shop = await EcsShop.open()
  })
  afterEach(() => shop.close())

  const stuck = (forMs: number) => shop.double.dial({ kind: 'stuck-pending', untilMs: Date.now() + forMs })

  it('replaces a daemon service, whose count is the number of hosts', async () => {
    const deploymentConfiguration = { maximumPercent: 100, minimumHealthyPercent: 0 }
    await shop.create({}, { more: { schedulingStrategy: 'DAEMON', desiredCount: undefined, deploymentConfiguration } })
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.digests()).toEqual([run.outputs.digest])
    shop.world.app.commit('crashes', { version: 'crashes' })
    shop.crashes()
    shop.runtime.behaviours.set(run.outputs.digest ?? '', {})
    const red = await shop.release()
    expect(red.outputs, red.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'crash-on-start' })
    expect(shop.digests()).toEqual([run.outputs.digest])
  })

  const EARLY = {
    earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' },
  } as const

  it('waits for the clean-up that Amazon does after its early success', async () => {
    await shop.create(EARLY)
    shop.double.dial({ kind: 'hold-cleanup', untilMs: Date.now() + 12_000 })
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(run.log).toContain('2 old tasks still run')
    expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
  })

  it('is not healthy while old tasks run, however successful Amazon calls it', async () => {
    await shop.create(EARLY)
    shop.double.dial({ kind: 'hold-cleanup' })
    const run = await shop.release({ timeout: '5s', 'on-failure': 'leave' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'timed-out', 'reason-code': 'rollout-timeout' })
    expect(run.outputs.reason).toContain('2 tasks of the version before still run')
    expect(shop.service().serviceDeployments[0]?.status).toBe('SUCCESSFUL')
  })

  it('refuses a service that is scaled to zero, before anything is built', async () => {
    await shop.create()
    await shop.client.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
    await shop.until(() => expect(shop.digests()).toEqual([]))
    shop.double.world.calls.length = 0
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'nothing-runs' })
    expect(run.log).toContain('--desired-count 1')
    expect(shop.double.mutations()).toEqual([])
    expect(await shop.world.tags()).toEqual([])
  })

  it('says that nothing runs where the service is scaled to zero meanwhile', async () => {
    await shop.create()
    stuck(8000)
    const running = shop.release({ 'on-failure': 'leave' })
    await shop.sent()
    shop.service().settings.desiredCount = 0
    const run = await running
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'nothing-runs' })
  })

  it.each(['rollback', 'leave'])('leaves a service gone that somebody deletes meanwhile (%s)', async (onFailure) => {
    await shop.create()
    stuck(6000)
    const running = shop.release({ 'on-failure': onFailure, timeout: '5m' })
    await shop.sent()
    const deleted = Date.now()
    await shop.client.send(new DeleteServiceCommand({ service: 'web', force: true }))
    const run = await running
    expect(Date.now() - deleted, run.log).toBeLessThan(30_000)
    expect(run.outputs, run.log).toMatchObject({ outcome: 'superseded', 'reason-code': 'workload-gone' })
    expect(run.outputs.reason).toContain('the service web is')
    expect(shop.service().status).not.toBe('ACTIVE')
    expect(shop.double.mutations()).toEqual(['RegisterTaskDefinition', 'UpdateService', 'DeleteService'])
  })

  it('is told apart from another deployer who came first', async () => {
    await shop.create()
    stuck(6000)
    const running = shop.release({ timeout: '20s' })
    await shop.sent()
    const theirs = await shop.register('web', { environment: [] })
    await shop.client.send(new UpdateServiceCommand({ service: 'web', taskDefinition: theirs }))
    const run = await running
    expect(run.outputs, run.log).toMatchObject({ outcome: 'superseded' })
    expect(shop.service().definition.taskDefinitionArn).toBe(theirs)
  })

  it('two runs at once end as one that is healthy and one that is superseded', async () => {
    await shop.create()
    // Both have looked at the service before either changes it, however slow the machine is.
    shop.double.dial({ kind: 'latency', operation: 'RegisterTaskDefinition', hold: meeting(2) })
    const first = shop.release()
    const workspace = shop.world.app.dir
    await shop.until(() => expect(shop.double.calls('ListTasks').length).toBeGreaterThan(0))
    const second = shop.release({ 'build-args': 'VERSION=other', 'tag-suffix': 'other' }, { workspace })
    const outcomes = (await Promise.all([first, second])).map(({ outputs }) => outputs.outcome)
    expect(outcomes.sort()).toEqual(['healthy', 'superseded'])
  })

  it('is red where somebody stops the deployment, and proves what came back', async () => {
    await shop.create()
    stuck(6000)
    const running = shop.release()
    await shop.sent()
    const serviceDeploymentArn = shop.service().serviceDeployments[0]?.serviceDeploymentArn
    await shop.until(() => expect(shop.service().serviceDeployments[0]?.status).toBe('IN_PROGRESS'))
    await shop.client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn }))
    const run = await running
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'reverted' })
    expect(shop.digests()).toEqual([OLD, OLD])
  })

  it('is red where an alarm takes it back, and names what Amazon said', async () => {
    await shop.create()
    stuck(6000)
    const running = shop.release()
    await shop.sent()
    rollBack(shop.double.world, shop.service(), 'The alarm errors-5xx went off.')
    const run = await running
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'reverted' })
    expect(run.outputs.reason).toContain('errors-5xx')
    expect(shop.digests()).toEqual([OLD, OLD])
  })

  it('needs a person where neither the new version nor the one before runs any more', async () => {
    await shop.create({ ...BREAKER, maximumPercent: 100, minimumHealthyPercent: 0 })
    shop.runtime.otherwise = { exit: { code: 3, afterMs: 50 } }
    const run = await shop.release({ 'early-stop': 'false', timeout: '10s' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rollback-failed' })
  })

  it('goes back by an update where the breaker ends a deployment without going back', async () => {
    await shop.create({ deploymentCircuitBreaker: { enable: true, rollback: false } })
    shop.crashes()
    const run = await shop.release({ 'early-stop': 'false' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'crash-on-start' })
    expect(shop.double.mutations().slice(0, 3)).toEqual(['RegisterTaskDefinition', 'UpdateService', 'UpdateService'])
    expect(shop.digests()).toEqual([OLD, OLD])
  })
})
