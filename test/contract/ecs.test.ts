import { ECSClient } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, vi } from 'vitest'
import type { PinnedImage } from '../../src/domain/image.ts'
import { policy } from '../../src/targets/ecs/policy.ts'
import { faultsOf } from '../harness/aws/model.ts'
import { createDockerRuntime } from '../harness/ecs/docker.ts'
import type { DoubleOptions } from '../harness/ecs/index.ts'
import { CREDENTIALS, startDouble } from '../harness/ecs/index.ts'
import type { Policy } from '../harness/aws/policy.ts'
import { ScriptedRuntime } from '../harness/ecs/scripted.ts'
import type { Variant } from '../harness/images.ts'
import { describeWith, need } from '../harness/lab.ts'
import type { Ministack } from '../harness/ministack.ts'
import { startMinistack } from '../harness/ministack.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import type { EcsEngine } from './ecs-world.ts'
import { ecsWorld, scriptedImage } from './ecs-world.ts'
import { docker, forget, publish } from './swarm-world.ts'
import type { ContractVariant, World } from './target-contract.ts'
import { targetContract } from './target-contract.ts'

/** The double with this runtime, for one test: it allows what the policy allows, and answers as the SDK's model says. */
async function doubleWorld(options: DoubleOptions, engine: Pick<EcsEngine, 'images' | 'sidecar'>): Promise<World> {
  const faults: string[] = []
  const double = await startDouble({
    ...options,
    policy: policy() as Policy,
    onAnswer: (operation, output) => faults.push(...faultsOf(operation, output)),
  })
  for (const [name, value] of Object.entries(double.env)) vi.stubEnv(name, value)
  const client = new ECSClient({ endpoint: double.url, region: double.world.region, credentials: CREDENTIALS })
  return ecsWorld({
    client,
    ...engine,
    isChecked: true,
    suffix: '',
    refuseUpdate: (service) => double.dial({ kind: 'deny', operation: 'UpdateService', service, times: 1 }),
    async close() {
      client.destroy()
      await double.close()
      expect(faults).toEqual([])
    },
  })
}

const BEHAVIOURS = {
  v1: {},
  v2: {},
  crash: { exit: { code: 3, afterMs: 60 } },
  unhealthy: { health: 'fails' },
  'never-ready': { health: 'never' },
  dies: { exit: { code: 3, afterMs: 2000 } },
} as const

describe('Amazon ECS', () => {
  const letters = Object.keys(BEHAVIOURS).map((variant, index) => [variant, scriptedImage(String(index + 1))])
  const images = Object.fromEntries(letters) as EcsEngine['images']
  const sidecar = `registry.test/proxy@sha256:${'e'.repeat(64)}`

  targetContract('ecs', async () => {
    const runtime = new ScriptedRuntime()
    for (const [variant, behaviour] of Object.entries(BEHAVIOURS)) {
      runtime.behaviours.set(images[variant as ContractVariant].digest, behaviour)
    }
    return doubleWorld({ runtime }, { images, sidecar })
  })
})

/** Images whose health check is a script of their own: the task definition names it, as Amazon ECS wants it. */
const REAL: Readonly<Record<ContractVariant, readonly [variant: Variant, check: string]>> = {
  v1: ['healthy', 'exit 0'],
  v2: ['healthy', 'exit 0'],
  crash: ['crash', 'exit 0'],
  unhealthy: ['healthy', 'exit 1'],
  'never-ready': ['healthy', 'sleep 50'],
  dies: ['crash-later', 'exit 0'],
}

describeWith('docker', 'registry')('Amazon ECS with real tasks', () => {
  let registry: TestRegistry
  let images: Record<string, PinnedImage> = {}

  beforeAll(async () => {
    registry = await startRegistry()
    const published = Object.entries(REAL).map(async ([name, [variant, check]]) => {
      const files = { 'app/check': `${check}\n` }
      return [name, await publish(registry, `ecs-${name}`, variant, { version: name, seconds: 3, files })] as const
    })
    images = Object.fromEntries(await Promise.all(published))
  })
  afterAll(async () => {
    await forget(...Object.values(images))
    await registry.stop()
  })

  const engine = () => ({ images: images as EcsEngine['images'] })

  targetContract('ecs on the double', async () => {
    const runtime = createDockerRuntime(need('docker').DOCKER_HOST)
    const world = await doubleWorld({ runtime }, engine())
    return {
      ...world,
      async cleanup() {
        await world.cleanup()
        expect(await docker('ps', '-aq', '--filter', `label=${runtime.label}`)).toBe('')
      },
    }
  })

  describeWith('ecs')('on an engine by others', () => {
    let ministack: Ministack
    let count = 0

    beforeAll(async () => {
      ministack = await startMinistack()
    })
    afterAll(() => ministack.stop())

    targetContract(
      'ecs on ministack',
      async () => {
        for (const [name, value] of Object.entries(ministack.env)) vi.stubEnv(name, value)
        const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
        const client = new ECSClient({ endpoint: ministack.url, region: 'us-east-1', credentials })
        count += 1
        const close = () => {
          client.destroy()
          return Promise.resolve()
        }
        return ecsWorld({ ...engine(), client, suffix: String(count), isChecked: false, close })
      },
      // It ignores health checks.
      { without: ['unhealthy', 'never-ready'] },
    )
  })
})
