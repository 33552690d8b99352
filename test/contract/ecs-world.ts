// Amazon ECS seen from outside of the target: services made and read by the SDK, on the double.
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { expect, vi } from 'vitest'
import type { PinnedImage } from '../../src/domain/image.ts'
import { parseRepository } from '../../src/domain/image.ts'
import type { Digest } from '../../src/domain/digest.ts'
import type { Event } from '../../src/reporting/events.ts'
import type { Target } from '../../src/ports.ts'
import { openEcs } from '../../src/targets/ecs/client.ts'
import type { EcsRequest } from '../../src/targets/ecs/request.ts'
import type { EcsSpec } from '../../src/targets/ecs/snapshot.ts'
import { createEcsTarget } from '../../src/targets/ecs/target.ts'
import { systemClock } from '../../src/compose/clock.ts'
import type { Double, DoubleOptions } from '../harness/ecs/index.ts'
import { CREDENTIALS, startDouble } from '../harness/ecs/index.ts'
import type { DeploymentConfiguration } from '../harness/ecs/model.ts'
import { faultsOf } from '../harness/ecs/conform.ts'

export const ECS_REPOSITORY = 'registry.test/shop'

export function scriptedImage(letter: string, repository = ECS_REPOSITORY): PinnedImage {
  const digest: Digest = `sha256:${letter.repeat(64)}`
  const parsed = parseRepository(repository)
  if (!parsed) throw new Error(`${repository} is not a repository`)
  return { repository: parsed, digest, accepted: new Set([digest]), revision: letter.repeat(40) }
}

export interface EcsLab {
  readonly double: Double
  readonly client: ECSClient
  readonly events: Event[]
  request(change?: Partial<EcsRequest>): EcsRequest
  target(change?: Partial<EcsRequest>): Target<EcsSpec>
  register(image: string, family?: string): Promise<string>
  create(
    name: string,
    taskDefinition: string,
    more?: { count?: number; configuration?: DeploymentConfiguration },
  ): Promise<void>
  update(name: string, taskDefinition: string): Promise<void>
  /** Until the service runs this digest and nothing else. */
  runs(name: string, image: PinnedImage, count?: number): Promise<void>
  tasks(name: string): Promise<{ id: string; digest: string | undefined }[]>
  /** Documents of the task definitions that the services name. */
  definitions(...names: string[]): Promise<unknown[]>
  close(): Promise<void>
}

export async function startEcsLab(options: DoubleOptions = {}): Promise<EcsLab> {
  const faults: string[] = []
  const double = await startDouble({
    ...options,
    onAnswer: (operation, output) => faults.push(...faultsOf(operation, output)),
  })
  // The SDK reads region, endpoint and credentials from the environment, as it does on a runner.
  for (const [name, value] of Object.entries(double.env)) vi.stubEnv(name, value)
  const client = new ECSClient({ endpoint: double.url, region: double.world.region, credentials: CREDENTIALS })
  const events: Event[] = []
  const targets: Target<EcsSpec>[] = []
  const request = (change: Partial<EcsRequest> = {}): EcsRequest => ({
    name: 'ecs',
    app: 'shop',
    environment: 'test',
    workloads: ['web', 'worker'],
    container: undefined,
    manifests: [],
    strategy: 'rolling',
    cluster: 'default',
    earlyStop: true,
    pauseStage: 'POST_TEST_TRAFFIC_SHIFT',
    testUrl: undefined,
    options: [],
    ...change,
  })
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
        digest: containers.find(({ name: container }) => container === 'web')?.imageDigest,
      }))
  }

  return {
    double,
    client,
    events,
    request,
    target(change) {
      const wanted = request(change)
      const signal = new AbortController().signal
      const context = { clock: systemClock, signal, repository: scriptedImage('a').repository }
      const opened = openEcs({ clock: systemClock, signal, env: process.env })
      const target = createEcsTarget(wanted, {
        ...context,
        client: opened,
        logs: { tail: () => Promise.resolve([]), close: () => undefined },
        reporter: { emit: (event) => events.push(event) },
      })
      targets.push(target)
      return target
    },
    async register(image, family = 'shop') {
      const containerDefinitions = [
        {
          name: 'web',
          image,
          environment: [{ name: 'LEVEL', value: 'one' }],
          healthCheck: { command: ['CMD', '/check'] },
        },
        { name: 'proxy', image: 'registry.test/proxy:1', essential: false },
      ]
      const tags = [{ key: 'team', value: 'shop' }]
      const answer = await client.send(
        new RegisterTaskDefinitionCommand({ family, containerDefinitions, tags, cpu: '256', memory: '512' }),
      )
      return answer.taskDefinition?.taskDefinitionArn ?? ''
    },
    async create(serviceName, taskDefinition, { count = 2, configuration = {} } = {}) {
      const deploymentConfiguration = configuration as object
      await client.send(
        new CreateServiceCommand({ serviceName, taskDefinition, desiredCount: count, deploymentConfiguration }),
      )
    },
    async update(service, taskDefinition) {
      await client.send(new UpdateServiceCommand({ service, taskDefinition }))
    },
    async runs(name, image, count = 2) {
      await vi.waitFor(
        async () => {
          const service = await describe(name)
          expect(service?.deployments?.map(({ rolloutState }) => rolloutState)).toEqual(['COMPLETED'])
          expect((await tasks(name)).map(({ digest }) => digest)).toEqual(
            Array.from({ length: count }, () => image.digest),
          )
        },
        { timeout: 20_000, interval: 40 },
      )
    },
    tasks,
    async definitions(...names) {
      return Promise.all(
        names.map(async (name) => {
          const { taskDefinition } = (await describe(name)) ?? {}
          const answer = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }))
          return answer.taskDefinition
        }),
      )
    },
    async close() {
      for (const target of targets) await target.close()
      client.destroy()
      await double.close()
      vi.unstubAllEnvs()
      expect(faults).toEqual([])
    },
  }
}

/** The images of a lab, known to its scripted runtime. */
export function scripted(lab: EcsLab, variants: Readonly<Record<string, PinnedImage>>): void {
  const runtime = lab.double.world.runtime
  if (!('add' in runtime)) return
  const add = runtime.add as (repository: string, digest: string, behaviour?: object) => void
  const behaviours: Readonly<Record<string, object>> = {
    crash: { exit: { code: 3, afterMs: 60 } },
    unhealthy: { health: 'fails' },
    dies: { exit: { code: 3, afterMs: 2000 } },
    'never-ready': { health: 'never' },
  }
  for (const [variant, image] of Object.entries(variants)) {
    add.call(runtime, ECS_REPOSITORY, image.digest, behaviours[variant] ?? {})
  }
  add.call(runtime, 'registry.test/proxy', `sha256:${'e'.repeat(64)}`, {})
  if ('images' in runtime)
    (runtime.images as Map<string, string>).set('registry.test/proxy:1', `sha256:${'e'.repeat(64)}`)
}
