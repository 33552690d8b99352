// Amazon ECS seen from outside of the target: services made and read by the SDK, on any engine that speaks its API.
import type { ECSClient } from '@aws-sdk/client-ecs'
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { expect, vi } from 'vitest'
import { systemClock } from '../../src/compose/clock.ts'
import type { Digest } from '../../src/domain/digest.ts'
import type { PinnedImage } from '../../src/domain/image.ts'
import { parseRepository, pinned } from '../../src/domain/image.ts'
import type { Target } from '../../src/ports.ts'
import { openEcs } from '../../src/targets/ecs/client.ts'
import { openLogs } from '../../src/targets/ecs/logs.ts'
import type { EcsRequest } from '../../src/targets/ecs/request.ts'
import type { EcsSpec } from '../../src/targets/ecs/snapshot.ts'
import { createEcsTarget } from '../../src/targets/ecs/target.ts'
import type { ContractVariant, World } from './target-contract.ts'

/** An engine and what runs there. */
export interface EcsEngine {
  readonly client: ECSClient
  readonly images: Readonly<Record<ContractVariant, PinnedImage>>
  /** The image of a second container in every task. */
  readonly sidecar?: string
  /** Whether tasks have a health check. */
  readonly isChecked: boolean
  /** Makes the names of services this test's own, on an engine that lasts longer than it. */
  readonly suffix: string
  /** The engine refuses the next update of this service. */
  refuseUpdate?(service: string): void
  close(): Promise<void>
}

export function scriptedImage(letter: string, repository = 'registry.test/shop'): PinnedImage {
  const digest: Digest = `sha256:${letter.repeat(64)}`
  const parsed = parseRepository(repository)
  if (!parsed) throw new Error(`${repository} is not a repository`)
  return { repository: parsed, digest, accepted: new Set([digest]), revision: letter.repeat(40) }
}

export function ecsRequest(change: Partial<EcsRequest> = {}): EcsRequest {
  return {
    name: 'ecs',
    app: 'shop',
    environment: 'test',
    workloads: ['web', 'worker'],
    container: 'web',
    manifests: [],
    strategy: 'rolling',
    cluster: 'default',
    earlyStop: true,
    pauseStage: 'POST_TEST_TRAFFIC_SHIFT',
    testUrl: undefined,
    timeout: 30_000,
    options: [],
    ...change,
  }
}

/** The target as a run opens it; the SDK reads region, endpoint and credentials from the environment. */
export function ecsTarget(request: EcsRequest, { repository }: PinnedImage): Target<EcsSpec> {
  const signal = new AbortController().signal
  return createEcsTarget(request, {
    clock: systemClock,
    signal,
    repository,
    client: openEcs({ clock: systemClock, signal, env: process.env }),
    lastClient: () => openEcs({ clock: systemClock, signal, env: process.env }),
    logs: openLogs({ signal, env: process.env }),
    reporter: { emit: () => undefined },
  })
}

/** Services of one release, `web` and `worker`, and a bystander. */
export function ecsWorld(engine: EcsEngine): World {
  const { client, images, suffix } = engine
  const ours = ['web', 'worker'].map((name) => name + suffix)
  const bystander = `bystander${suffix}`
  const targets: Target<EcsSpec>[] = []

  const healthCheck = { command: ['CMD', '/bin/sh', '/app/check'], interval: 1, timeout: 60, retries: 2 }

  async function register(variant: ContractVariant): Promise<string> {
    const containerDefinitions = [
      {
        name: 'web',
        image: pinned(images[variant]),
        memory: 64,
        stopTimeout: 2,
        environment: [{ name: 'LEVEL', value: 'one' }],
        ...(engine.isChecked ? { healthCheck } : {}),
      },
      ...(engine.sidecar === undefined ? [] : [{ name: 'proxy', image: engine.sidecar, essential: false }]),
    ]
    const tags = [{ key: 'team', value: 'shop' }]
    const family = `shop${suffix}`
    const answer = await client.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions, tags }))
    return answer.taskDefinition?.taskDefinitionArn ?? ''
  }

  const describe = async (name: string) =>
    (await client.send(new DescribeServicesCommand({ services: [name] }))).services?.[0]

  async function tasks(name: string) {
    const { taskArns = [] } = await client.send(new ListTasksCommand({ serviceName: name }))
    if (taskArns.length === 0) return []
    const { tasks: found = [] } = await client.send(new DescribeTasksCommand({ tasks: taskArns }))
    return found
      .filter(({ lastStatus }) => lastStatus === 'RUNNING')
      .map(({ taskArn = '', containers = [] }) => ({
        id: taskArn,
        digest: containers.find(({ name: container }) => container === 'web')?.imageDigest ?? '',
      }))
  }

  const definitions = (...names: string[]) =>
    Promise.all(
      names.map(async (name) => {
        const { taskDefinition } = (await describe(name)) ?? {}
        return (await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition
      }),
    )

  const runs = (name: string, { digest }: PinnedImage, count: number) =>
    vi.waitFor(
      async () => {
        expect((await describe(name))?.deployments?.map(({ rolloutState }) => rolloutState)).toEqual(['COMPLETED'])
        expect((await tasks(name)).map((task) => task.digest)).toEqual(Array.from({ length: count }, () => digest))
      },
      { timeout: 30_000, interval: 40 },
    )

  const all = async () => (await Promise.all(ours.map(tasks))).flat()
  return {
    target() {
      const target = ecsTarget(ecsRequest({ workloads: ours }), images.v1)
      targets.push(target)
      return target
    },
    image: (variant) => images[variant],
    replicas: 2,
    async deploy(variant) {
      const taskDefinition = await register(variant)
      const names = [...ours, bystander]
      const count = (name: string) => (name === bystander ? 1 : 2)
      for (const serviceName of names) {
        const desiredCount = count(serviceName)
        await client.send(new CreateServiceCommand({ serviceName, taskDefinition, desiredCount }))
      }
      await Promise.all(names.map((name) => runs(name, images[variant], count(name))))
    },
    runningDigests: async () => (await all()).map(({ digest }) => digest),
    replicaIds: async () => (await all()).map(({ id }) => id).sort(),
    async settings() {
      return (await definitions(...ours)).map((definition) => ({
        family: definition?.family,
        cpu: definition?.cpu,
        memory: definition?.memory,
        containers: JSON.stringify(definition?.containerDefinitions).replaceAll(/@sha256:[0-9a-f]{64}/g, ''),
      }))
    },
    spec: () => definitions(...ours),
    bystander: async () => [await definitions(bystander), (await tasks(bystander)).map(({ id }) => id).sort()],
    async foreignChange(variant, where) {
      const taskDefinition = await register(variant)
      for (const service of where === 'last' ? ours.slice(-1) : ours)
        await client.send(new UpdateServiceCommand({ service, taskDefinition }))
    },
    ...(engine.refuseUpdate ? { refuseLast: () => engine.refuseUpdate?.(ours.at(-1) ?? '') } : {}),
    leftovers: () => Promise.resolve([]),
    async cleanup() {
      for (const target of targets) await target.close()
      await Promise.all(
        [...ours, bystander].map((service) =>
          client.send(new DeleteServiceCommand({ service, force: true })).catch(() => undefined),
        ),
      )
      await engine.close()
      vi.unstubAllEnvs()
    },
  }
}
