// Releases to Amazon ECS through the bundles: the engine is a double on the wire, its tasks are scripted.
import { CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Double } from '../harness/ecs/index.ts'
import { CREDENTIALS, startDouble } from '../harness/ecs/index.ts'
import type { DeploymentConfiguration } from '../harness/ecs/model.ts'
import { rollBack } from '../harness/ecs/rollout.ts'
import { ScriptedRuntime } from '../harness/ecs/runtime.ts'
import { describeWith } from '../harness/lab.ts'
import type { RunOptions } from '../harness/runner.ts'
import { World } from './world.ts'

const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } }
const OLD = `sha256:${'a'.repeat(64)}`

describeWith('docker', 'registry')('Amazon ECS', () => {
  let world: World
  let runtime: ScriptedRuntime
  let double: Double
  let client: ECSClient

  beforeEach(async () => {
    world = await World.open()
    runtime = new ScriptedRuntime()
    double = await startDouble({ runtime })
    client = new ECSClient({ endpoint: double.url, region: double.world.region, credentials: CREDENTIALS })
  })
  afterEach(async () => {
    client.destroy()
    await double.close()
    await world.close()
  })

  async function create(configuration: DeploymentConfiguration = {}, name = 'web'): Promise<void> {
    const containerDefinitions = [
      { name: 'app', image: `${world.image}@${OLD}`, environment: [{ name: 'LEVEL', value: 'one' }] },
      { name: 'proxy', image: `registry.test/proxy@${OLD}`, essential: false },
    ]
    const { taskDefinition } = await client.send(
      new RegisterTaskDefinitionCommand({ family: name, containerDefinitions }),
    )
    const deploymentConfiguration = configuration as object
    const input = {
      serviceName: name,
      taskDefinition: taskDefinition?.taskDefinitionArn,
      desiredCount: 2,
      deploymentConfiguration,
    }
    await client.send(new CreateServiceCommand(input))
    await vi.waitFor(() => expect(service(name).rollouts[0]?.state).toBe('COMPLETED'), {
      timeout: 10_000,
      interval: 30,
    })
    double.world.calls.length = 0
  }

  const service = (name = 'web') => double.world.services.get(`default/${name}`)!
  const inputs = (more: Record<string, string> = {}) => ({
    'deploy-to': 'ecs',
    workload: 'web',
    timeout: '30s',
    ...more,
  })
  const release = (more: Record<string, string> = {}, options: RunOptions = {}) =>
    world.release(inputs(more), { ...options, env: { ...double.env, ...options.env } })
  const rollback = (more: Record<string, string> = {}) => world.rollback(inputs(more), { env: { ...double.env } })
  const digests = (name = 'web') =>
    [...double.world.tasks.values()]
      .filter((task) => task.service === name && task.desired === 'RUNNING')
      .map(({ containers }) => containers.find(({ definition }) => definition.name === 'app')?.digest)

  it('replaces every task by one new revision, proves them, and changes nothing the second time', async () => {
    await create()
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy', 'rolled-back': 'false' })
    expect(digests()).toEqual([run.outputs.digest, run.outputs.digest])
    expect(double.mutations()).toEqual(['RegisterTaskDefinition', 'UpdateService', 'TagResource'])
    const [registered] = double.calls('RegisterTaskDefinition')
    expect(registered?.input).toMatchObject({
      family: 'web',
      containerDefinitions: [
        { name: 'app', image: run.outputs['image-ref'], environment: [{ name: 'LEVEL', value: 'one' }] },
        { name: 'proxy', image: `registry.test/proxy@${OLD}`, essential: false },
      ],
    })
    expect(Object.keys(double.calls('UpdateService')[0]?.input ?? {}).sort()).toEqual([
      'cluster',
      'service',
      'taskDefinition',
    ])
    double.world.calls.length = 0
    const again = await release()
    expect(again.outputs, again.log).toMatchObject({ outcome: 'unchanged', reused: 'true' })
    expect(double.mutations()).toEqual([])
  })

  it('several services share one revision, and stand or fall together', async () => {
    await create()
    const { taskDefinition } = service()
    const input = { serviceName: 'worker', taskDefinition: taskDefinition.arn, desiredCount: 1 }
    await client.send(new CreateServiceCommand(input))
    await vi.waitFor(() => expect(service('worker').rollouts[0]?.state).toBe('COMPLETED'), {
      timeout: 10_000,
      interval: 30,
    })
    double.world.calls.length = 0
    const run = await release({ workload: 'web\nworker' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(double.mutations().filter((name) => name === 'RegisterTaskDefinition')).toHaveLength(1)
    expect(new Set([...digests(), ...digests('worker')])).toEqual(new Set([run.outputs.digest]))
  })

  it('stops a version that crashes, before the breaker does, and proves what came back', async () => {
    await create()
    runtime.otherwise = { exit: { code: 3, afterMs: 50 } }
    runtime.behaviours.set(OLD, {})
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({
      outcome: 'rolled-back',
      'reason-code': 'crash-on-start',
      'rolled-back': 'true',
    })
    expect(run.outputs.reason).toContain('exit code 3')
    expect(digests()).toEqual([OLD, OLD])
    expect(double.mutations()).toContain('StopServiceDeployment')
    expect(double.mutations()).not.toContain('DeregisterTaskDefinition')
  })

  it('follows the breaker where early-stop is off', async () => {
    await create(BREAKER)
    runtime.otherwise = { exit: { code: 3, afterMs: 50 } }
    runtime.behaviours.set(OLD, {})
    const run = await release({ 'early-stop': 'false' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'crash-on-start' })
    expect(double.mutations()).not.toContain('StopServiceDeployment')
    expect(digests()).toEqual([OLD, OLD])
  })

  it('is red where Amazon says COMPLETED while something else runs', async () => {
    await create()
    double.dial({ kind: 'run-other', digest: `sha256:${'f'.repeat(64)}`, untilMs: Date.now() + 60_000 })
    const run = await release({ 'on-failure': 'leave' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'wrong-digest' })
    expect(service().deployments[0]?.status).toBe('SUCCESSFUL')
  })

  it('never takes a missing digest for the right one', async () => {
    await create()
    double.dial({ kind: 'digest-omit' })
    const run = await release({ 'on-failure': 'leave', timeout: '4s' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'timed-out' })
  })

  it('is right although three of ten calls are throttled', async () => {
    await create()
    double.dial({ kind: 'throttle', share: 0.3 })
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(double.mutations()).toEqual(['RegisterTaskDefinition', 'UpdateService', 'TagResource'])
  })

  it.each(['reset-after', 'truncate'] as const)('sends nothing twice where the answer was lost (%s)', async (kind) => {
    await create()
    double.dial({ kind, operation: 'RegisterTaskDefinition', times: 1 }, { kind, operation: 'UpdateService', times: 1 })
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(double.mutations()).toEqual(['RegisterTaskDefinition', 'UpdateService', 'TagResource'])
  })

  it('follows the deployment by the service alone where the role may not read service deployments', async () => {
    await create()
    double.dial(
      { kind: 'deny', operation: 'ListServiceDeployments' },
      { kind: 'deny', operation: 'DescribeServiceDeployments' },
    )
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(run.log.match(/ecs:ListServiceDeployments/g)).toHaveLength(1)
  })

  it.each([
    ['missing', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, 'there are no AWS credentials'],
    ['wrong', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'InvalidSignatureException'],
    ['of another region', { AWS_REGION: 'us-east-1' }, 'InvalidSignatureException'],
  ])('refuses before anything is built where credentials are %s', async (_, env, words) => {
    await create()
    const run = await release({}, { env })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'target-denied' })
    expect(run.outputs.reason).toContain(words)
    expect(await world.tags()).toEqual([])
    expect(double.mutations()).toEqual([])
  })

  it('goes back to the exact revision that was verified before', async () => {
    await create()
    const first = await release()
    const revision = service().taskDefinition.arn
    world.app.commit('second', { version: 'v2' })
    const second = await release()
    expect(second.outputs, second.log).toMatchObject({ outcome: 'healthy' })
    double.world.calls.length = 0
    const back = await rollback({ reason: 'the basket is empty' })
    expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy', digest: first.outputs.digest })
    expect(service().taskDefinition.arn).toBe(revision)
    expect(double.mutations().filter((name) => name !== 'TagResource' && name !== 'UntagResource')).toEqual([
      'UpdateService',
    ])
    expect(digests()).toEqual([first.outputs.digest, first.outputs.digest])
    const list = await rollback({ list: 'true' })
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
    writeFileSync(path.join(world.app.dir, 'taskdef.json'), JSON.stringify(definition))
    writeFileSync(path.join(world.app.dir, 'service.json'), JSON.stringify({ serviceName: 'fresh', desiredCount: 1 }))
    world.app.commit('files')
    const manifests = { workload: 'fresh', manifests: 'taskdef.json\nservice.json' }
    runtime.otherwise = { exit: { code: 1, afterMs: 20 } }
    const red = await release(manifests)
    expect(red.outputs, red.log).toMatchObject({ outcome: 'failed', 'reason-code': 'crash-on-start' })
    await vi.waitFor(() => expect(service('fresh').status).toBe('INACTIVE'), { timeout: 10_000 })
    runtime.otherwise = {}
    const green = await release(manifests)
    expect(green.outputs, green.log).toMatchObject({ outcome: 'healthy' })
    expect(digests('fresh')).toEqual([green.outputs.digest])
  })

  const PAUSED = {
    strategy: 'BLUE_GREEN',
    bakeTimeInMinutes: 1,
    lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
  } as const

  it('proves the new version of a blue-green service before it has traffic', async () => {
    await create(PAUSED)
    const run = await release({ strategy: 'blue-green' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(double.mutations()).toEqual([
      'RegisterTaskDefinition',
      'UpdateService',
      'ContinueServiceDeployment',
      'TagResource',
    ])
    expect(service().deployments[0]?.status).toBe('SUCCESSFUL')
    expect(digests()).toEqual([run.outputs.digest, run.outputs.digest])
  })

  it('goes back from the hook where the new version is another one', async () => {
    await create(PAUSED)
    double.dial({ kind: 'digest-lie', digest: `sha256:${'f'.repeat(64)}`, untilMs: Date.now() + 20_000 })
    const run = await release({ strategy: 'blue-green' })
    expect(run.outputs['reason-code'], run.log).toBe('wrong-digest')
    expect(double.calls('ContinueServiceDeployment').map(({ input }) => input.action)).toEqual(['ROLLBACK'])
  })

  it('asks the test listener before the traffic moves, and goes back where it answers wrongly', async () => {
    await create(PAUSED)
    let status = 503
    const listener = createServer((_, response) => response.writeHead(status).end())
    await new Promise<void>((resolve) => {
      listener.listen(0, '127.0.0.1', resolve)
    })
    const url = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}`
    const checks = { 'live-checks': 'checks: [{http: "GET / -> 200"}]\nstartup: {within: 4s}', url, 'test-url': url }
    try {
      const red = await release({ strategy: 'blue-green', ...checks })
      expect(red.outputs, red.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'live-check-failed' })
      expect(double.calls('ContinueServiceDeployment').map(({ input }) => input.action)).toEqual(['ROLLBACK'])
      expect(digests()).toEqual([OLD, OLD])
      status = 200
      const green = await release({ strategy: 'blue-green', ...checks })
      expect(green.outputs, green.log).toMatchObject({ outcome: 'healthy' })
    } finally {
      listener.close()
    }
  })

  it('a later run finds the hook that a dead one left, proves the tasks and goes on', async () => {
    await create(PAUSED)
    double.dial({ kind: 'deny', operation: 'ContinueServiceDeployment', untilMs: Date.now() + 60_000 })
    const dead = await release({ strategy: 'blue-green' }, { killOn: /Move the traffic/ })
    expect(dead.outcome, dead.log).toBe('failure')
    expect(service().deployments[0]?.status).toBe('IN_PROGRESS')
    double.world.dial.clear()
    const run = await release({ strategy: 'blue-green' })
    expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
    expect(service().deployments[0]?.status).toBe('SUCCESSFUL')
    expect(digests()).toEqual([run.outputs.digest, run.outputs.digest])
    expect(double.mutations().filter((name) => name === 'UpdateService')).toHaveLength(1)
  })

  it.each([
    ['CANARY', { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 0.2 } }],
    ['LINEAR', { linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0.2 } }],
  ] as const)('follows %s to its end', async (strategy, configuration) => {
    await create({ strategy, ...configuration })
    const run = await release({ strategy: 'blue-green' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(service().deployments[0]?.status).toBe('SUCCESSFUL')
    expect(digests()).toEqual([run.outputs.digest, run.outputs.digest])
  })

  it('is red where Amazon goes back during the bake time', async () => {
    await create({ ...PAUSED, bakeTimeInMinutes: 20 })
    const running = release({ strategy: 'blue-green' })
    await vi.waitFor(() => expect(service().deployments[0]?.stage).toBe('BAKE_TIME'), { timeout: 30_000, interval: 50 })
    rollBack(double.world, service(), 'An alarm went off.')
    const run = await running
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'reverted' })
    expect(digests()).toEqual([OLD, OLD])
  })

  it.each([
    ['before the change', /Replace web/],
    ['while it is proven', /Prove that every replica/],
    ['while it is recorded', /Record production/],
  ])('ends right after a run that was killed %s', async (_, killOn) => {
    await create()
    const killed = await release({}, { killOn })
    expect(killed.outcome, killed.log).toBe('failure')
    const run = await release()
    expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
    expect(digests()).toEqual([run.outputs.digest, run.outputs.digest])
    expect(double.mutations().filter((name) => name === 'UpdateService')).toHaveLength(1)
  })

  it('says that nothing runs where the service is scaled to zero meanwhile', async () => {
    await create()
    double.dial({ kind: 'stuck-pending', untilMs: Date.now() + 8000 })
    const running = release({ 'on-failure': 'leave' })
    await vi.waitFor(() => expect(double.mutations()).toContain('UpdateService'), { timeout: 30_000, interval: 50 })
    service().desired = 0
    const run = await running
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'nothing-runs' })
  })

  it('says what is wrong where the credentials end in the middle', async () => {
    await create()
    double.dial({ kind: 'stuck-pending' })
    const running = release({ 'on-failure': 'leave', timeout: '15s' })
    await vi.waitFor(() => expect(double.mutations()).toContain('UpdateService'), { timeout: 30_000, interval: 50 })
    double.dial({ kind: 'deny' })
    const run = await running
    expect(['failed', 'timed-out'], run.log).toContain(run.outputs.outcome)
    expect(run.outputs['reason-code'], run.log).toBe('target-denied')
  })

  it('ends within seconds where Amazon takes requests and never answers', async () => {
    await create()
    double.dial({ kind: 'silent' })
    const begun = Date.now()
    const run = await release({}, { cancelOn: /Ask / })
    expect(run.outcome, run.log).toBe('cancelled')
    expect(Date.now() - begun).toBeLessThan(15_000)
  })

  it.each(['CODE_DEPLOY', 'EXTERNAL'] as const)('refuses services that %s deploys', async (type) => {
    await create()
    Object.assign(service(), { controller: type })
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'not-supported' })
    expect(double.mutations()).toEqual([])
  })

  it('leaves the rollout alone when it is cancelled, and proves it the next time', async () => {
    await create()
    double.dial({ kind: 'stuck-pending', untilMs: Date.now() + 6000 })
    const cancelled = await release({}, { cancelOn: /Prove that every replica/ })
    expect(cancelled.outcome, cancelled.log).toBe('cancelled')
    const run = await release()
    expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
    expect(double.mutations().filter((name) => name === 'UpdateService')).toHaveLength(1)
  })

  it('is told apart from another deployer who came first', async () => {
    await create()
    double.dial({ kind: 'stuck-pending', untilMs: Date.now() + 6000 })
    const running = release({ timeout: '20s' })
    await vi.waitFor(() => expect(double.mutations()).toContain('UpdateService'), { timeout: 30_000, interval: 50 })
    const containerDefinitions = [{ name: 'app', image: `${world.image}@${OLD}` }]
    const { taskDefinition } = await client.send(
      new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }),
    )
    const { UpdateServiceCommand } = await import('@aws-sdk/client-ecs')
    await client.send(new UpdateServiceCommand({ service: 'web', taskDefinition: taskDefinition?.taskDefinitionArn }))
    const run = await running
    expect(run.outputs, run.log).toMatchObject({ outcome: 'superseded' })
  })
})
