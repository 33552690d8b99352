// Releases to an Amazon ECS that nobody here wrote, with real containers. It has no service deployments, so this is also
// the way of a role that may not read them.
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { docker } from '../contract/swarm-world.ts'
import { describeWith } from '../harness/lab.ts'
import type { Ministack } from '../harness/ministack.ts'
import { startMinistack } from '../harness/ministack.ts'
import { World } from './world.ts'

describeWith(
  'docker',
  'registry',
  'ecs',
)('Amazon ECS by others', () => {
  let ministack: Ministack
  let client: ECSClient
  let world: World
  let count = 0
  let name = ''

  beforeAll(async () => {
    ministack = await startMinistack()
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    client = new ECSClient({ endpoint: ministack.url, region: 'us-east-1', credentials })
  })
  afterAll(async () => {
    client.destroy()
    await ministack.stop()
    expect(
      await docker('ps', '-q', '--filter', `label=ministack.instance=${ministack.url.replace('http://', '')}`),
    ).toBe('')
  })
  beforeEach(async () => {
    world = await World.open()
    count += 1
    name = `web${String(count)}`
  })
  afterEach(() => world.close())

  async function create(image: string): Promise<void> {
    const containerDefinitions = [{ name: 'app', image, memory: 64, environment: [{ name: 'LEVEL', value: 'one' }] }]
    const { taskDefinition } = await client.send(
      new RegisterTaskDefinitionCommand({ family: name, containerDefinitions }),
    )
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } }
    await client.send(
      new CreateServiceCommand({
        serviceName: name,
        taskDefinition: taskDefinition?.taskDefinitionArn,
        desiredCount: 2,
        deploymentConfiguration,
      }),
    )
    await vi.waitFor(async () => expect((await digests()).length).toBe(2), { timeout: 30_000, interval: 200 })
  }

  async function digests(): Promise<(string | undefined)[]> {
    const { taskArns = [] } = await client.send(new ListTasksCommand({ serviceName: name }))
    if (taskArns.length === 0) return []
    const { tasks = [] } = await client.send(new DescribeTasksCommand({ tasks: taskArns }))
    return tasks
      .filter(({ lastStatus }) => lastStatus === 'RUNNING')
      .map(({ containers }) => containers?.[0]?.imageDigest)
  }

  const release = (more: Record<string, string> = {}) =>
    world.release({ 'deploy-to': 'ecs', workload: name, timeout: '60s', ...more }, { env: { ...ministack.env } })

  it('replaces every task, keeps the settings, and is unchanged the second time', async () => {
    await create(await world.publishZero())
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(await digests()).toEqual([run.outputs.digest, run.outputs.digest])
    const again = await release()
    expect(again.outputs, again.log).toMatchObject({ outcome: 'unchanged' })
    const back = await world.rollback(
      { 'deploy-to': 'ecs', workload: name, timeout: '60s' },
      { env: { ...ministack.env } },
    )
    expect(back.outputs['reason-code'], back.log).toBe('no-previous')
  })

  it('goes back from a version that crashes, also to an image that was named by a tag', async () => {
    await world.publishZero()
    await create(`${world.image}:before`)
    const [before] = await digests()
    world.app.commit('crashes', { variant: 'crash-later', seconds: 0 })
    const run = await release({ smoke: 'off', policy: 'warn' })
    expect(run.outputs, run.log).toMatchObject({ 'rolled-back': 'true' })
    expect(['crash-on-start', 'exited', 'died-after-ready', 'reverted'], run.log).toContain(run.outputs['reason-code'])
    await vi.waitFor(async () => expect(await digests()).toEqual([before, before]), { timeout: 30_000, interval: 200 })
  })

  it('pins the digest of the release, whatever becomes of its tags', async () => {
    await create(await world.publishZero())
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    const { digest } = run.outputs
    // Somebody moves the release tag; a task that is started later still runs what was proven.
    const moved = `${world.image}:sha-${world.app.revision}`
    await docker('tag', `${world.image}:before`, moved)
    await docker('push', '--quiet', moved)
    expect(await world.digestOf(`sha-${world.app.revision}`)).not.toBe(digest)
    await client.send(new UpdateServiceCommand({ service: name, desiredCount: 3 }))
    await vi.waitFor(async () => expect(await digests()).toEqual([digest, digest, digest]), {
      timeout: 30_000,
      interval: 200,
    })
    const again = await release()
    expect(again.outputs, again.log).not.toMatchObject({ outcome: 'healthy' })
    expect(await digests()).toEqual([digest, digest, digest])
  })

  it('is red where an image cannot be pulled, and goes back', async () => {
    await create(await world.publishZero())
    const [before] = await digests()
    const definition = { family: name, containerDefinitions: [{ name: 'app', image: 'x', memory: 64 }] }
    const sidecar = { name: 'proxy', image: `${world.image}:there-is-no-such-tag`, memory: 64, essential: true }
    const containerDefinitions = [...definition.containerDefinitions, sidecar]
    const file = JSON.stringify({ ...definition, containerDefinitions })
    world.app.commit('a bad tag', { files: { 'taskdef.json': file } })
    const run = await release({ manifests: 'taskdef.json', container: 'app' })
    expect(run.outputs, run.log).toMatchObject({ 'rolled-back': 'true' })
    expect(['image-pull-failed', 'reverted'], run.log).toContain(run.outputs['reason-code'])
    await vi.waitFor(async () => expect(await digests()).toEqual([before, before]), { timeout: 30_000, interval: 200 })
  })

  it('refuses a digest that the registry does not have, before anything is changed', async () => {
    await create(await world.publishZero())
    const { services } = await client.send(new DescribeServicesCommand({ services: [name] }))
    const run = await release({ digest: `sha256:${'0'.repeat(64)}` })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'image-not-found' })
    const after = await client.send(new DescribeServicesCommand({ services: [name] }))
    expect(after.services?.[0]?.taskDefinition).toBe(services?.[0]?.taskDefinition)
  })
})
