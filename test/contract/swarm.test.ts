import { afterAll, beforeAll } from 'vitest'
import type { PinnedImage } from '../../src/domain/image.ts'
import type { Target } from '../../src/ports.ts'
import { imageText } from '../../src/targets/swarm/spec.ts'
import { describeWith } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import { forget, publish, SwarmServices, swarmRequest, swarmTarget } from './swarm-world.ts'
import type { ContractVariant, World } from './target-contract.ts'
import { targetContract } from './target-contract.ts'

const never = 'HEALTHCHECK --start-period=120s --interval=60s CMD ["/bin/sh", "-c", "exit 1"]'

describeWith('docker', 'registry')('Swarm', () => {
  let registry: TestRegistry
  const images = new Map<ContractVariant, PinnedImage>()
  const image = (variant: ContractVariant): PinnedImage => images.get(variant)!

  beforeAll(async () => {
    registry = await startRegistry()
    const variants = {
      v1: () => publish(registry, 'v1', 'healthy', { version: 'v1' }),
      v2: () => publish(registry, 'v2', 'healthy', { version: 'v2' }),
      crash: () => publish(registry, 'crash', 'crash'),
      unhealthy: () => publish(registry, 'unhealthy', 'unhealthy'),
      'never-ready': () =>
        publish(registry, 'never-ready', 'healthy', {
          files: {
            Dockerfile: `FROM scratch\nCOPY bin /bin\nCOPY app /app\nCOPY www /www\n${never}\nCMD ["/app/start"]\n`,
          },
        }),
      dies: () => publish(registry, 'dies', 'crash-later', { seconds: 2 }),
    }
    for (const [variant, make] of Object.entries(variants)) images.set(variant as ContractVariant, await make())
  })
  afterAll(async () => {
    await forget(...images.values())
    await registry.stop()
  })

  async function swarmWorld(): Promise<World> {
    const services = new SwarmServices('web', 'worker')
    const others = new SwarmServices('bystander')
    const pipes = () => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length
    const before = pipes()
    const targets: Target[] = []
    // Opened before the tests' synchronous `target()`.
    targets.push(await swarmTarget(swarmRequest(services.names)))
    const ids = async (of: SwarmServices) => (await of.containers()).map(({ Id }) => Id).sort()
    return {
      target: () => targets[0]!,
      image,
      replicas: 2,
      async deploy(variant) {
        await Promise.all([
          services.create(imageText(image(variant))),
          others.create(imageText(image(variant)), undefined, 1),
        ])
        await Promise.all([services.running(4), others.running(1)])
      },
      runningDigests: async () => (await services.containers()).map(({ ImageID }) => ImageID),
      replicaIds: () => ids(services),
      async settings() {
        return (await services.list()).map(({ Spec: spec }) => {
          const own = Object.entries(spec.Labels).filter(([key]) => !key.startsWith('dev.immutable-deploy.'))
          spec.TaskTemplate.ContainerSpec.Image = ''
          return { ...spec, UpdateConfig: undefined, Labels: Object.fromEntries(own) }
        })
      },
      spec: () => services.specs(),
      bystander: async () => [await others.specs(), await ids(others)],
      foreignChange: (variant, where) =>
        services.update(
          (spec) => {
            spec.TaskTemplate.ContainerSpec.Image = imageText(image(variant))
          },
          where === 'last' ? services.names.slice(-1) : services.names,
        ),
      async leftovers() {
        await new Promise((resolve) => setTimeout(resolve, 100))
        return pipes() > before ? [`${String(pipes() - before)} connections`] : []
      },
      async cleanup() {
        await Promise.all([services.remove(), others.remove()])
      },
    }
  }

  targetContract('swarm', swarmWorld)
})
