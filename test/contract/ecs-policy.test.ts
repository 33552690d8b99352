// The documented policy, held against what the target really asks: it is enforced in every other test on the double, and
// here everything that it allows is asked for once.
import { CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { EMPTY_HISTORY, withVerified } from '../../src/domain/history.ts'
import type { PinnedImage } from '../../src/domain/image.ts'
import { pinned } from '../../src/domain/image.ts'
import type { Rollout, Target } from '../../src/ports.ts'
import { systemClock } from '../../src/compose/clock.ts'
import { ecs } from '../../src/targets/ecs/index.ts'
import type { EcsRequest } from '../../src/targets/ecs/request.ts'
import type { EcsSpec } from '../../src/targets/ecs/snapshot.ts'
import { policy } from '../../src/targets/ecs/policy.ts'
import { FakeRegistry } from '../fakes/registry.ts'
import type { Double } from '../harness/ecs/index.ts'
import { CREDENTIALS, startDouble } from '../harness/ecs/index.ts'
import type { Policy } from '../harness/aws/policy.ts'
import { actionOf } from '../harness/aws/policy.ts'
import { ScriptedRuntime } from '../harness/ecs/scripted.ts'
import { tempDir } from '../harness/temp.ts'
import { ecsRequest, ecsTarget, scriptedImage } from './ecs-world.ts'
import { stampFor, watchUntil } from './target-contract.ts'

const [OLD, NEW, CRASH] = ['1', '2', '3'].map((letter) => scriptedImage(letter)) as [
  PinnedImage,
  PinnedImage,
  PinnedImage,
]

describe('the policy of Amazon ECS', () => {
  let double: Double
  let client: ECSClient
  const targets: Target<EcsSpec>[] = []

  async function start(of: 'releases' | 'previews'): Promise<void> {
    const runtime = new ScriptedRuntime()
    runtime.behaviours.set(CRASH.digest, { exit: { code: 3, afterMs: 40 } })
    double = await startDouble({ runtime, policy: policy(of) as Policy })
    for (const [name, value] of Object.entries(double.env)) vi.stubEnv(name, value)
    client = new ECSClient({ endpoint: double.url, region: double.world.region, credentials: CREDENTIALS })
  }
  afterEach(async () => {
    for (const target of targets.splice(0)) await target.close()
    client.destroy()
    await double.close()
    vi.unstubAllEnvs()
  })

  const open = (change: Partial<EcsRequest>): Target<EcsSpec> => {
    const target = ecsTarget(ecsRequest(change), OLD)
    targets.push(target)
    return target
  }
  const asked = () => {
    const { accessKeyId } = double.credentials
    const calls = double.calls().filter((call) => call.accessKeyId === accessKeyId)
    return new Set(calls.map(({ service, operation }) => actionOf(service, operation)))
  }

  async function create(serviceName: string, deploymentConfiguration: object = {}): Promise<void> {
    const options = { 'awslogs-group': '/shop', 'awslogs-region': 'eu-test-1', 'awslogs-stream-prefix': 'web' }
    const logConfiguration = { logDriver: 'awslogs', options } as const
    const containerDefinitions = [{ name: 'web', image: pinned(OLD), logConfiguration }]
    const made = await client.send(new RegisterTaskDefinitionCommand({ family: serviceName, containerDefinitions }))
    const taskDefinition = made.taskDefinition?.taskDefinitionArn
    const input = { serviceName, taskDefinition, desiredCount: 1, deploymentConfiguration }
    await client.send(new CreateServiceCommand(input))
    const isUp = () => double.world.services.get(`default/${serviceName}`)?.deployments[0]?.rolloutState === 'COMPLETED'
    await vi.waitFor(() => expect(isUp()).toBe(true), { timeout: 10_000, interval: 30 })
  }

  async function release(target: Target<EcsSpec>, image: PinnedImage) {
    await target.check({ image, dryRun: false })
    const [before] = await Promise.all([target.current(), target.place(), target.history?.()])
    const stamp = stampFor(image)
    const rollout = await target.replace(image, stamp, before)
    return { rollout, back: async () => settled(target, await target.restore(before, stamp)) }
  }

  async function settled(target: Target<EcsSpec>, rollout: Rollout<EcsSpec>): Promise<void> {
    const ended = ({ workloads }: { workloads: readonly { state: { is: string } }[] }) =>
      workloads.every(({ state }) => state.is !== 'progressing')
    await watchUntil(target, rollout, ended, 10_000)
  }

  function written(files: Readonly<Record<string, object>>): string[] {
    const folder = tempDir('policy')
    return Object.entries(files).map(([name, document]) => {
      writeFileSync(path.join(folder, name), JSON.stringify(document))
      return path.join(folder, name)
    })
  }

  it('allows nothing that is never asked for, and nothing is refused', async () => {
    await start('releases')
    await Promise.all([
      create('web'),
      create('green', {
        strategy: 'BLUE_GREEN',
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
      }),
    ])
    const rolling = open({ workloads: ['web'] })
    const { rollout } = await release(rolling, NEW)
    await settled(rolling, rollout)
    const version = (sequence: number) => ({
      digest: scriptedImage(String(sequence)).digest,
      sequence,
      at: '2026-01-01',
    })
    await rolling.record?.(withVerified(withVerified(EMPTY_HISTORY, version(1)), version(2)), rollout)
    await rolling.record?.(withVerified(EMPTY_HISTORY, version(3)), rollout)
    const crash = await release(rolling, CRASH)
    await settled(rolling, crash.rollout)
    await crash.back()

    const switched = open({ workloads: ['green'], strategy: 'blue-green' })
    const paused = await release(switched, NEW)
    await settled(switched, paused.rollout)
    await switched.traffic?.shift(paused.rollout, new AbortController().signal)

    const manifests = written({
      'taskdef.json': { family: 'fresh', containerDefinitions: [{ name: 'web', image: 'put in' }] },
      'service.json': { serviceName: 'fresh', desiredCount: 1 },
    })
    const fresh = await release(open({ workloads: ['fresh'], manifests }), NEW)
    await fresh.back()

    await expectAll('releases')
  })

  async function expectAll(of: 'releases' | 'previews'): Promise<void> {
    const { Statement } = policy(of) as Policy
    const allowed = Statement.flatMap(({ Action }) => Action).filter((action) => action !== 'iam:PassRole')
    expect([...asked()].sort()).toEqual(allowed.sort())
    expect(double.calls().filter(({ status }) => status !== 200)).toEqual([])
  }

  it('allows a role of previews nothing that is never asked for', async () => {
    await start('previews')
    const preview = { app: 'contract', number: 7, name: 'contract-pr-7', repository: 'acme/shop' }
    const settings = { ...preview, ttl: 60_000, url: undefined, namespace: { name: '', isOwn: false } }
    const options = { 'awslogs-group': '/shop', 'awslogs-region': 'eu-test-1', 'awslogs-stream-prefix': 'web' }
    const web = { name: 'web', image: 'put in', portMappings: [{ containerPort: 80 }] }
    const logged = { ...web, logConfiguration: { logDriver: 'awslogs', options } }
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['a'], assignPublicIp: 'ENABLED' } }
    const manifests = written({
      'taskdef.json': { family: 'shop', networkMode: 'awsvpc', containerDefinitions: [logged] },
      'service.json': { serviceName: 'web', desiredCount: 1, networkConfiguration },
    })
    const context = {
      clock: systemClock,
      run: { id: '1', attempt: 1 },
      signal: new AbortController().signal,
      repository: OLD.repository,
      onFailure: 'restore',
      reporter: { emit: () => undefined },
      github: undefined,
      env: process.env,
    } as const
    const target = await ecs.open(ecsRequest({ workloads: [], manifests, preview: settings }), {
      ...context,
      registry: new FakeRegistry(),
    })
    const opened = target
    targets.push(opened)
    const { rollout } = await release(opened, NEW)
    await settled(opened, rollout)
    expect(await opened.address?.(context.signal)).toBe('http://127.0.0.1:80')
    const crash = await release(opened, CRASH)
    await settled(opened, crash.rollout)
    await crash.back()
    const host = await ecs.previews(ecsRequest(), { ...context, registry: new FakeRegistry() })
    expect(await host.list()).toMatchObject([preview])
    const removal = await host.remove(preview)
    expect(removal.removed).toEqual(['service contract-pr-7', '2 revisions of contract-pr-7'])
    await host.close()
    await expectAll('previews')
  })

  it('is enforced by the double: what it does not name is refused', async () => {
    await start('releases')
    await create('web')
    const without = JSON.parse(JSON.stringify(policy()).replace('"ecs:UpdateService",', '')) as Policy
    const other = await startDouble({ policy: without })
    vi.stubEnv('AWS_ENDPOINT_URL_ECS', other.url)
    const target = open({ workloads: ['web'] })
    const { faults } = await target.check({ image: NEW, dryRun: true })
    expect(faults.map(({ code }) => code)).toEqual(['workload-not-found'])
    const signed = { endpoint: other.url, region: other.world.region, credentials: other.credentials }
    const action = new ECSClient(signed)
    const { UpdateServiceCommand } = await import('@aws-sdk/client-ecs')
    const refused = await action.send(new UpdateServiceCommand({ service: 'web' })).catch((error: unknown) => error)
    expect(refused).toMatchObject({ name: 'AccessDeniedException' })
    action.destroy()
    await other.close()
  })
})
