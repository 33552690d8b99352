// The double with real containers: what a task reports is read back from the container that runs.
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { PinnedImage } from '../../src/domain/image.ts'
import { docker, forget, publish } from '../contract/swarm-world.ts'
import { createDockerRuntime } from '../harness/ecs/docker.ts'
import type { Double } from '../harness/ecs/index.ts'
import { CREDENTIALS, startDouble } from '../harness/ecs/index.ts'
import { describeWith, need } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'

describeWith('docker', 'registry')('the ECS double with real containers', () => {
  let registry: TestRegistry
  let double: Double
  let runtime: ReturnType<typeof createDockerRuntime>
  let client: ECSClient
  let [v1, v2, crash]: PinnedImage[] = []

  beforeAll(async () => {
    registry = await startRegistry()
    ;[v1, v2, crash] = await Promise.all([
      publish(registry, 'ecs1', 'healthy', { version: 'v1' }),
      publish(registry, 'ecs2', 'healthy', { version: 'v2' }),
      publish(registry, 'ecs3', 'crash'),
    ])
    runtime = createDockerRuntime(need('docker').DOCKER_HOST)
    double = await startDouble({ runtime, knobs: { grace: 1500 } })
    client = new ECSClient({ endpoint: double.url, region: double.world.region, credentials: CREDENTIALS })
  })
  afterAll(async () => {
    client.destroy()
    await double.close()
    await forget(...[v1, v2, crash].filter((image) => image !== undefined))
    await registry.stop()
    expect(await docker('ps', '-aq', '--filter', `label=${runtime.label}`)).toBe('')
  })

  async function register(image: PinnedImage | undefined): Promise<string> {
    const text = `${image?.repository.name ?? ''}@${image?.digest ?? ''}`
    const containerDefinitions = [{ name: 'web', image: text, stopTimeout: 2 }]
    const answer = await client.send(new RegisterTaskDefinitionCommand({ family: 'real', containerDefinitions }))
    return answer.taskDefinition?.taskDefinitionArn ?? ''
  }

  async function tasks() {
    const { taskArns = [] } = await client.send(new ListTasksCommand({ serviceName: 'web' }))
    return taskArns.length === 0 ? [] : ((await client.send(new DescribeTasksCommand({ tasks: taskArns }))).tasks ?? [])
  }

  const runs = (image: PinnedImage | undefined, count: number) =>
    vi.waitFor(
      async () => {
        const found = (await tasks()).map(({ lastStatus, containers }) => [lastStatus, containers?.[0]?.imageDigest])
        expect(found).toEqual(Array.from({ length: count }, () => ['RUNNING', image?.digest]))
      },
      { timeout: 20_000, interval: 100 },
    )

  const completed = (event = 'completed') =>
    vi.waitFor(
      async () => {
        const { services } = await client.send(new DescribeServicesCommand({ services: ['web'] }))
        expect(services?.[0]?.events?.map(({ message }) => message).join()).toContain(event)
        expect(services?.[0]?.deployments?.map(({ rolloutState }) => rolloutState)).toEqual(['COMPLETED'])
      },
      { timeout: 30_000, interval: 100 },
    )

  it('runs what it was asked to run, replaces it, and goes back from what crashes', async () => {
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } }
    const first = await register(v1)
    const create = { serviceName: 'web', taskDefinition: first, desiredCount: 2, deploymentConfiguration }
    await client.send(new CreateServiceCommand(create))
    await runs(v1, 2)
    await completed()
    const ids = (await tasks()).map(({ containers }) => containers?.[0]?.runtimeId ?? '')
    expect(await docker('inspect', '--format', '{{.State.Running}}', ...ids)).toBe('true\ntrue')
    await client.send(new UpdateServiceCommand({ service: 'web', taskDefinition: await register(v2) }))
    await runs(v2, 2)
    await completed()
    await client.send(new UpdateServiceCommand({ service: 'web', taskDefinition: await register(crash) }))
    await completed('rolling back')
    await runs(v2, 2)
  })
})
