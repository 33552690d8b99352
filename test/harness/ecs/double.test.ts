// The double itself, seen through the SDK, through the AWS CLI, and held against the SDK's model.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import {
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  DeleteServiceCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  TagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { faultsOf } from '../aws/model.ts'
import type { Double } from './index.ts'
import { CREDENTIALS, startDouble } from './index.ts'
import { ScriptedRuntime } from './scripted.ts'

const run = promisify(execFile)
const hasCommandLine = spawnSync('aws', ['--version']).status === 0
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const REPOSITORY = 'registry.test/shop'
const [OLD, NEW, CRASH, SICK] = [digest('a'), digest('b'), digest('c'), digest('d')]

/** Tries until the expectations hold. */
const eventually = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 8000, interval: 30 })

describe('the ECS double', () => {
  let runtime: ScriptedRuntime
  let double: Double
  let client: ECSClient
  let faults: string[]

  beforeEach(async () => {
    faults = []
    runtime = new ScriptedRuntime()
    runtime.add(REPOSITORY, OLD, {}, 'stable')
    runtime.add(REPOSITORY, NEW)
    runtime.add(REPOSITORY, CRASH, { exit: { code: 3, afterMs: 60 } })
    runtime.add(REPOSITORY, SICK, { health: 'fails' })
    double = await startDouble({
      runtime,
      onAnswer: (operation, output) => faults.push(...faultsOf(operation, output)),
    })
    client = clientOf({ accessKeyId: CREDENTIALS.accessKeyId, secretAccessKey: CREDENTIALS.secretAccessKey })
  })
  afterEach(async () => {
    client.destroy()
    await double.close()
    expect(faults).toEqual([])
  })

  function clientOf(
    credentials: { accessKeyId: string; secretAccessKey: string },
    region = double.world.region,
  ): ECSClient {
    return new ECSClient({ endpoint: double.url, region, credentials, maxAttempts: 1 })
  }

  async function register(image: string, checked = false): Promise<string> {
    const healthCheck = { command: ['CMD', '/check'] }
    const container = { name: 'web', image: `${REPOSITORY}${image}`, ...(checked ? { healthCheck } : {}) }
    const answer = await client.send(
      new RegisterTaskDefinitionCommand({ family: 'shop', containerDefinitions: [container] }),
    )
    return answer.taskDefinition?.taskDefinitionArn ?? ''
  }

  async function create(deploymentConfiguration: object = {}, desiredCount = 2): Promise<void> {
    const taskDefinition = await register(`@${OLD}`)
    await client.send(
      new CreateServiceCommand({ serviceName: 'web', taskDefinition, desiredCount, deploymentConfiguration }),
    )
    await until('SUCCESSFUL')
  }

  const service = async () =>
    (await client.send(new DescribeServicesCommand({ services: ['web'], include: ['TAGS'] }))).services?.[0]
  const update = async (taskDefinition: string) =>
    client.send(new UpdateServiceCommand({ service: 'web', taskDefinition }))
  const newest = async () => {
    const list = await client.send(new ListServiceDeploymentsCommand({ service: 'web' }))
    const arns =
      list.serviceDeployments?.slice(0, 1).flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? []) ?? []
    return (await client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns })))
      .serviceDeployments?.[0]
  }
  const until = (status: string) =>
    eventually(async () => {
      const deployment = await newest()
      if (deployment?.status !== status) throw new Error(`${String(deployment?.status)}, not ${status}`)
      return deployment
    })

  async function runningDigests(): Promise<(string | undefined)[]> {
    const { taskArns = [] } = await client.send(new ListTasksCommand({ serviceName: 'web' }))
    if (taskArns.length === 0) return []
    const { tasks = [] } = await client.send(new DescribeTasksCommand({ tasks: taskArns }))
    return tasks.flatMap(({ containers = [] }) => containers.map(({ imageDigest }) => imageDigest))
  }

  it('replaces every task, and says so in every place', async () => {
    await create()
    const next = await register(`@${NEW}`)
    const answer = await update(next)
    const primary = answer.service?.deployments?.find(({ status }) => status === 'PRIMARY')
    expect(primary).toMatchObject({ taskDefinition: next, rolloutState: 'IN_PROGRESS' })
    const deployment = await until('SUCCESSFUL')
    expect(deployment.targetServiceRevision?.requestedTaskCount).toBe(2)
    expect(await runningDigests()).toEqual([NEW, NEW])
    const arns = [deployment.targetServiceRevision?.arn ?? '']
    const revisions = await client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }))
    expect(revisions.serviceRevisions?.[0]).toMatchObject({
      taskDefinition: next,
      containerImages: [{ imageDigest: NEW }],
    })
    const now = await service()
    expect(now).toMatchObject({ runningCount: 2, taskDefinition: next })
    expect(now?.deployments).toHaveLength(1)
    expect(double.mutations()).toEqual([
      'RegisterTaskDefinition',
      'CreateService',
      'RegisterTaskDefinition',
      'UpdateService',
    ])
  })

  it('never has fewer healthy tasks than the minimum', async () => {
    await create({}, 4)
    await update(await register(`@${NEW}`))
    let least = Infinity
    await eventually(async () => {
      least = Math.min(least, (await service())?.runningCount ?? 0)
      expect((await newest())?.status).toBe('SUCCESSFUL')
    })
    expect(least).toBeGreaterThanOrEqual(4)
  })

  it('keeps a moved tag at the digest of the first task', async () => {
    await client.send(
      new CreateServiceCommand({ serviceName: 'web', taskDefinition: await register(':stable'), desiredCount: 1 }),
    )
    await until('SUCCESSFUL')
    runtime.images.set(`${REPOSITORY}:stable`, NEW)
    await client.send(new UpdateServiceCommand({ service: 'web', desiredCount: 2 }))
    await eventually(async () => expect(await runningDigests()).toEqual([OLD, OLD]))
  })

  it('ends a crashing version by the breaker and goes back', async () => {
    await create({ deploymentCircuitBreaker: { enable: true, rollback: true } })
    await update(await register(`@${CRASH}`))
    const deployment = await until('ROLLBACK_SUCCESSFUL')
    expect(deployment.deploymentCircuitBreaker).toMatchObject({ status: 'TRIGGERED', threshold: 3 })
    expect(deployment.deploymentCircuitBreaker?.failureCount).toBeGreaterThanOrEqual(3)
    expect(await runningDigests()).toEqual([OLD, OLD])
    const stopped = await client.send(new ListTasksCommand({ serviceName: 'web', desiredStatus: 'STOPPED' }))
    const { tasks = [] } = await client.send(new DescribeTasksCommand({ tasks: stopped.taskArns }))
    const crashed = tasks.filter(({ stopCode }) => stopCode === 'EssentialContainerExited')
    expect(crashed.length).toBeGreaterThanOrEqual(3)
    expect(crashed[0]).toMatchObject({
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 3 }],
    })
    expect((await service())?.events?.map(({ message }) => message).join()).toContain('rolling back to deployment')
  })

  it('tells failing health checks and images that cannot be pulled apart', async () => {
    await create({ deploymentCircuitBreaker: { enable: true, rollback: true } })
    const reasons = async (image: string, checked: boolean) => {
      await update(await register(image, checked))
      await until('ROLLBACK_SUCCESSFUL')
      const { taskArns } = await client.send(new ListTasksCommand({ serviceName: 'web', desiredStatus: 'STOPPED' }))
      const { tasks = [] } = await client.send(new DescribeTasksCommand({ tasks: taskArns }))
      return tasks.map(({ stopCode, stoppedReason }) => `${stopCode ?? ''} ${stoppedReason ?? ''}`).join('\n')
    }
    expect(await reasons(`@${SICK}`, true)).toContain('ServiceSchedulerInitiated Task failed container health checks')
    expect(await reasons(':gone', false)).toContain('TaskFailedToStart CannotPullContainerError')
  })

  it('goes back when it is told to stop, once', async () => {
    await create()
    await update(await register(`@${CRASH}`))
    const deployment = await until('IN_PROGRESS')
    const stop = new StopServiceDeploymentCommand({ serviceDeploymentArn: deployment.serviceDeploymentArn })
    await client.send(stop)
    await until('ROLLBACK_SUCCESSFUL')
    await expect(client.send(stop)).rejects.toMatchObject({ name: 'ConflictException' })
    expect(await runningDigests()).toEqual([OLD, OLD])
  })

  it('a newer update stops the one before it', async () => {
    await create()
    await update(await register(`@${CRASH}`))
    const before = await newest()
    await update(await register(`@${NEW}`))
    await until('SUCCESSFUL')
    const arns = [before?.serviceDeploymentArn ?? '']
    const answer = await client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns }))
    expect(answer.serviceDeployments?.[0]?.status).toBe('STOPPED')
  })

  it('blue-green waits at a hook with both versions up, then goes on or back', async () => {
    const lifecycleHooks = [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }]
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks })
    const pass = async (image: string, action: 'CONTINUE' | 'ROLLBACK') => {
      await update(await register(image))
      const waiting = await eventually(async () => {
        const deployment = await newest()
        expect(deployment?.lifecycleHookDetails?.at(-1)?.status).toBe('AWAITING_ACTION')
        return deployment
      })
      expect(waiting?.targetServiceRevision).toMatchObject({
        requestedTestTrafficWeight: 100,
        requestedProductionTrafficWeight: 0,
      })
      expect(new Set(await runningDigests()).size).toBe(2)
      const hookId = waiting?.lifecycleHookDetails?.at(-1)?.hookId ?? ''
      await client.send(
        new ContinueServiceDeploymentCommand({ serviceDeploymentArn: waiting?.serviceDeploymentArn, hookId, action }),
      )
    }
    await pass(`@${NEW}`, 'CONTINUE')
    await until('SUCCESSFUL')
    expect(await runningDigests()).toEqual([NEW, NEW])
    await pass(`@${OLD}`, 'ROLLBACK')
    await until('ROLLBACK_SUCCESSFUL')
    expect(await runningDigests()).toEqual([NEW, NEW])
  })

  it('a hook that nobody answers goes back by itself', async () => {
    const lifecycleHooks = [
      { targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'], timeoutConfiguration: { timeoutInMinutes: 1 } },
    ]
    await create({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 0 },
      lifecycleHooks,
    })
    await update(await register(`@${NEW}`))
    await until('ROLLBACK_SUCCESSFUL')
  })

  it('moves the traffic in steps', async () => {
    const linearConfiguration = { stepPercent: 40, stepBakeTimeInMinutes: 0.1 }
    await create({ strategy: 'LINEAR', linearConfiguration })
    await update(await register(`@${NEW}`))
    const weights = new Set<number>()
    await eventually(async () => {
      const deployment = await newest()
      weights.add(deployment?.targetServiceRevision?.requestedProductionTrafficWeight ?? 0)
      expect(deployment?.status).toBe('SUCCESSFUL')
    })
    expect([...weights]).toEqual(expect.arrayContaining([40, 80, 100]))
  })

  it('early success with deferred clean-up leaves old tasks running for a while', async () => {
    const earlySuccessCriteria = { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' } as const
    await create({ earlySuccessCriteria })
    double.dial({ kind: 'slow-drain', ms: 700 })
    await update(await register(`@${NEW}`))
    await until('SUCCESSFUL')
    expect(await runningDigests()).toContain(OLD)
    await eventually(async () => expect(await runningDigests()).toEqual([NEW, NEW]))
  })

  it('lies on request: another digest runs, or another one is told', async () => {
    await create()
    double.dial({ kind: 'run-other', digest: OLD })
    await update(await register(`@${NEW}`))
    await until('SUCCESSFUL')
    expect(await runningDigests()).toEqual([OLD, OLD])
    double.dial({ kind: 'digest-lie', digest: NEW })
    expect(await runningDigests()).toEqual([NEW, NEW])
    double.dial({ kind: 'digest-omit' })
    expect(await runningDigests()).toEqual([undefined, undefined])
  })

  it('refuses what AWS refuses', async () => {
    await create()
    const refused = async (command: Promise<unknown>) => (await command.catch((error: unknown) => error)) as Error
    expect(await refused(update('shop:99'))).toMatchObject({
      name: 'ClientException',
      message: 'TaskDefinition not found.',
    })
    expect(await refused(client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'none' })))).toMatchObject({
      message: 'Unable to describe task definition.',
    })
    expect(await refused(client.send(new DeleteServiceCommand({ service: 'web' })))).toMatchObject({
      name: 'InvalidParameterException',
    })
    expect(await refused(client.send(new UpdateServiceCommand({ service: 'gone' })))).toMatchObject({
      name: 'ServiceNotFoundException',
    })
    const tags = Array.from({ length: 51 }, (_, index) => ({ key: `key${String(index)}`, value: '' }))
    const resourceArn = (await service())?.serviceArn
    expect(await refused(client.send(new TagResourceCommand({ resourceArn, tags })))).toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  it('checks signatures, regions and expiry', async () => {
    const tried = async (other: ECSClient) => {
      const error = (await other.send(new ListTasksCommand({})).catch((reason: unknown) => reason)) as Error
      other.destroy()
      return error.name
    }
    const { accessKeyId, secretAccessKey } = CREDENTIALS
    expect(await tried(clientOf({ accessKeyId, secretAccessKey: 'wrong' }))).toBe('InvalidSignatureException')
    expect(await tried(clientOf({ accessKeyId: 'AKIOTHER', secretAccessKey }))).toBe('UnrecognizedClientException')
    expect(await tried(clientOf({ accessKeyId, secretAccessKey }, 'us-east-1'))).toBe('InvalidSignatureException')
    const expired = await startDouble({ credentials: { ...CREDENTIALS, expiresAt: Date.now() - 1 } })
    const late = new ECSClient({
      endpoint: expired.url,
      region: double.world.region,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    })
    expect(await tried(late)).toBe('ExpiredTokenException')
    await expired.close()
  })

  it('throttles, breaks off and answers late on request', async () => {
    await create()
    const outcome = async () =>
      service().then(
        () => 'answered',
        (error: unknown) => (error as Error).name,
      )
    for (const [kind, name] of [
      ['throttle', 'ThrottlingException'],
      ['server-error', 'ServerException'],
      ['deny', 'AccessDeniedException'],
      ['truncate', 'SyntaxError'],
    ] as const) {
      double.dial({ kind, operation: 'DescribeServices', times: 1 })
      expect([await outcome(), await outcome()]).toEqual([name, 'answered'])
    }
    double.dial({ kind: 'throttle', share: 0.3 })
    const names = []
    for (let call = 0; call < 10; call += 1) names.push(await outcome())
    expect(names.filter((name) => name === 'ThrottlingException')).toHaveLength(3)
  })

  it.skipIf(!hasCommandLine)(
    'is understood by the AWS command line',
    async () => {
      await create()
      const env = { ...process.env, ...double.env, AWS_DEFAULT_REGION: double.world.region }
      const { stdout } = await run('aws', ['ecs', 'describe-services', '--services', 'web', '--output', 'json'], {
        env,
      })
      expect(JSON.parse(stdout)).toMatchObject({ services: [{ serviceName: 'web', runningCount: 2 }], failures: [] })
      await run('aws', ['ecs', 'wait', 'services-stable', '--services', 'web'], { env })
      const aws = async (...args: string[]) => {
        const answer = await run('aws', [...args, '--output', 'json'], { env })
        return JSON.parse(answer.stdout) as unknown
      }
      const tagged = { resourceArn: (await service())?.serviceArn, tags: [{ key: 'team', value: 'shop' }] }
      await client.send(new TagResourceCommand(tagged))
      double.world.logs.set('/shop web/app/1', ['one', 'two'])
      const [logs, tags, interfaces] = await Promise.all([
        aws('logs', 'get-log-events', '--log-group-name', '/shop', '--log-stream-name', 'web/app/1', '--limit', '1'),
        aws('resourcegroupstaggingapi', 'get-resources', '--tag-filters', 'Key=team'),
        aws('ec2', 'describe-network-interfaces', '--network-interface-ids', 'eni-0'),
      ])
      expect(logs).toMatchObject({ events: [{ message: 'two' }] })
      expect(tags).toMatchObject({ ResourceTagMappingList: [{ Tags: [{ Key: 'team', Value: 'shop' }] }] })
      expect(interfaces).toMatchObject({ NetworkInterfaces: [] })
    },
    60_000,
  )
})
