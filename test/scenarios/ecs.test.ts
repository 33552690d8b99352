import { CreateServiceCommand } from '@aws-sdk/client-ecs'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { BREAKER, EcsShop, OLD } from './ecs-shop.ts'

describeWith('docker', 'registry')('Amazon ECS', () => {
  let shop: EcsShop

  beforeEach(async () => {
    shop = await EcsShop.open()
  })
  afterEach(() => shop.close())

  it('replaces every task by one new revision, proves them, and changes nothing the second time', async () => {
    await shop.create()
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy', 'rolled-back': 'false' })
    expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
    expect(shop.double.mutations()).toEqual(['RegisterTaskDefinition', 'UpdateService', 'TagResource'])
    const [registered] = shop.double.calls('RegisterTaskDefinition')
    expect(registered?.input).toMatchObject({
      family: 'web',
      containerDefinitions: [
        { name: 'app', image: run.outputs['image-ref'], environment: [{ name: 'LEVEL', value: 'one' }] },
        { name: 'proxy', image: `registry.test/proxy@${OLD}`, essential: false },
      ],
    })
    expect(Object.keys(shop.double.calls('UpdateService')[0]?.input ?? {}).sort()).toEqual([
      'cluster',
      'service',
      'taskDefinition',
    ])
    shop.double.world.calls.length = 0
    const again = await shop.release()
    expect(again.outputs, again.log).toMatchObject({ outcome: 'unchanged', reused: 'true' })
    expect(shop.double.mutations()).toEqual([])
  })

  it('several services share one revision, and stand or fall together', async () => {
    await shop.create()
    const taskDefinition = shop.service().definition.taskDefinitionArn
    const input = { serviceName: 'worker', taskDefinition, desiredCount: 1 }
    await shop.client.send(new CreateServiceCommand(input))
    await shop.until(() => expect(shop.service('worker').deployments[0]?.rolloutState).toBe('COMPLETED'))
    shop.double.world.calls.length = 0
    const run = await shop.release({ workload: 'web\nworker' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.double.mutations().filter((name) => name === 'RegisterTaskDefinition')).toHaveLength(1)
    expect(new Set([...shop.digests(), ...shop.digests('worker')])).toEqual(new Set([run.outputs.digest]))
  })

  it('stops a version that crashes, before the breaker does, and proves what came back', async () => {
    await shop.create()
    shop.crashes()
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({
      outcome: 'rolled-back',
      'reason-code': 'crash-on-start',
      'rolled-back': 'true',
    })
    expect(run.outputs.reason).toContain('exit code 3')
    expect(shop.digests()).toEqual([OLD, OLD])
    expect(shop.double.mutations()).toContain('StopServiceDeployment')
    expect(shop.double.mutations()).not.toContain('DeregisterTaskDefinition')
  })

  it('follows the breaker where early-stop is off', async () => {
    await shop.create(BREAKER)
    shop.crashes()
    const run = await shop.release({ 'early-stop': 'false' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'crash-on-start' })
    expect(shop.double.mutations()).not.toContain('StopServiceDeployment')
    expect(shop.digests()).toEqual([OLD, OLD])
  })

  it('is red where Amazon says COMPLETED while something else runs', async () => {
    await shop.create()
    shop.double.dial({ kind: 'run-other', digest: `sha256:${'f'.repeat(64)}`, untilMs: Date.now() + 60_000 })
    const run = await shop.release({ 'on-failure': 'leave' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'wrong-digest' })
    expect(shop.service().serviceDeployments[0]?.status).toBe('SUCCESSFUL')
  })

  it('never takes a missing digest for the right one', async () => {
    await shop.create()
    shop.double.dial({ kind: 'digest-omit' })
    const run = await shop.release({ 'on-failure': 'leave', timeout: '4s' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'timed-out' })
  })

  it('goes back to the exact revision that was verified before', async () => {
    await shop.create()
    const first = await shop.release()
    const revision = shop.service().definition.taskDefinitionArn
    shop.world.app.commit('second', { version: 'v2' })
    const second = await shop.release()
    expect(second.outputs, second.log).toMatchObject({ outcome: 'healthy' })
    shop.double.world.calls.length = 0
    const back = await shop.rollback({ reason: 'the basket is empty' })
    expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy', digest: first.outputs.digest })
    expect(shop.service().definition.taskDefinitionArn).toBe(revision)
    expect(shop.double.mutations().filter((name) => name !== 'TagResource' && name !== 'UntagResource')).toEqual([
      'UpdateService',
    ])
    expect(shop.digests()).toEqual([first.outputs.digest, first.outputs.digest])
    const list = await shop.rollback({ list: 'true' })
    expect(
      list.result.versions?.map(({ verdict }) => verdict),
      list.log,
    ).toEqual(expect.arrayContaining(['running', 'bad']))
  })

  it('creates a service from its files, and removes it where its first version fails', async () => {
    const definition = {
      family: 'shop',
      containerDefinitions: [{ name: 'app', image: 'replaced' }],
      cpu: '256',
      memory: '512',
    }
    writeFileSync(path.join(shop.world.app.dir, 'taskdef.json'), JSON.stringify(definition))
    writeFileSync(
      path.join(shop.world.app.dir, 'service.json'),
      JSON.stringify({ serviceName: 'fresh', desiredCount: 1 }),
    )
    shop.world.app.commit('files')
    const manifests = { workload: 'fresh', manifests: 'taskdef.json\nservice.json' }
    shop.runtime.otherwise = { exit: { code: 1, afterMs: 20 } }
    const red = await shop.release(manifests)
    expect(red.outputs, red.log).toMatchObject({ outcome: 'failed', 'reason-code': 'crash-on-start' })
    await shop.until(() => expect(shop.service('fresh').status).toBe('INACTIVE'))
    shop.runtime.otherwise = {}
    const green = await shop.release(manifests)
    expect(green.outputs, green.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.digests('fresh')).toEqual([green.outputs.digest])
  })

  it('follows the deployment by the service alone where the role may not read service deployments', async () => {
    await shop.create()
    shop.double.dial(
      { kind: 'deny', operation: 'ListServiceDeployments' },
      { kind: 'deny', operation: 'DescribeServiceDeployments' },
    )
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(run.log.match(/ecs:ListServiceDeployments/g)).toHaveLength(1)
  })

  it.each(['CODE_DEPLOY', 'EXTERNAL'] as const)('refuses services that %s deploys', async (type) => {
    await shop.create()
    shop.service().settings.deploymentController = { type }
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'not-supported' })
    expect(shop.double.mutations()).toEqual([])
  })
})
