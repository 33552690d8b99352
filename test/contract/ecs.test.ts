import { describe } from 'vitest'
import { pinned } from '../../src/domain/image.ts'
import { ECS_REPOSITORY, scripted, scriptedImage, startEcsLab } from './ecs-world.ts'
import type { ContractVariant, World } from './target-contract.ts'
import { targetContract } from './target-contract.ts'

const images = {
  v1: scriptedImage('1'),
  v2: scriptedImage('2'),
  crash: scriptedImage('3'),
  unhealthy: scriptedImage('4'),
  'never-ready': scriptedImage('5'),
  dies: scriptedImage('6'),
} as const

describe('Amazon ECS', () => {
  async function ecsWorld(): Promise<World> {
    const lab = await startEcsLab()
    scripted(lab, images)
    const image = (variant: ContractVariant) => images[variant]
    const text = (variant: ContractVariant) => pinned(image(variant))
    const all = async () => (await Promise.all([lab.tasks('web'), lab.tasks('worker')])).flat()
    return {
      target: () => lab.target(),
      image,
      replicas: 2,
      async deploy(variant) {
        const definition = await lab.register(text(variant))
        await Promise.all(['web', 'worker', 'bystander'].map((name) => lab.create(name, definition)))
        await Promise.all(['web', 'worker', 'bystander'].map((name) => lab.runs(name, image(variant))))
      },
      runningDigests: async () => (await all()).map(({ digest }) => digest ?? ''),
      replicaIds: async () => (await all()).map(({ id }) => id).sort(),
      async settings() {
        const definitions = (await lab.definitions('web', 'worker')) as Record<string, unknown>[]
        return definitions.map(({ containerDefinitions, cpu, memory, family }) => ({
          family,
          cpu,
          memory,
          containers: JSON.parse(
            JSON.stringify(containerDefinitions).replaceAll(/registry\.test\/shop@[^"]*/g, ECS_REPOSITORY),
          ) as unknown,
        }))
      },
      spec: () => lab.definitions('web', 'worker'),
      bystander: async () => [
        await lab.definitions('bystander'),
        (await lab.tasks('bystander')).map(({ id }) => id).sort(),
      ],
      async foreignChange(variant, where) {
        const definition = await lab.register(text(variant))
        await Promise.all(
          (where === 'last' ? ['worker'] : ['web', 'worker']).map((name) => lab.update(name, definition)),
        )
      },
      leftovers: () => Promise.resolve([]),
      cleanup: () => lab.close(),
    }
  }

  targetContract('ecs', ecsWorld)
})
