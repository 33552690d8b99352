import { describe, expect, it } from 'vitest'
import { parseRepository } from '../../domain/image.ts'
import { chooseContainer, described, withImage } from './definition.ts'

const repository = parseRepository('registry.test/shop')!
const document = {
  family: 'shop',
  taskDefinitionArn: 'arn:aws:ecs:eu-test-1:1:task-definition/shop:3',
  revision: 3,
  status: 'ACTIVE',
  compatibilities: ['FARGATE'],
  requiresAttributes: [{ name: 'x' }],
  registeredAt: 1,
  registeredBy: 'somebody',
  pidMode: '',
  proxyConfiguration: null,
  cpu: '256',
  aFieldOfNextYear: { deep: [1, 2] },
  containerDefinitions: [
    { name: 'web', image: 'registry.test/shop:1', aFieldOfNextYear: true, environment: [] },
    { name: 'proxy', image: 'registry.test/proxy:1' },
  ],
}

describe('a task definition', () => {
  it('is copied with one image changed: unknown fields stay, read-only and empty ones go', () => {
    const { definition } = described({ taskDefinition: document })
    expect(withImage(definition, 'web', 'registry.test/shop@sha256:1')).toEqual({
      family: 'shop',
      cpu: '256',
      aFieldOfNextYear: { deep: [1, 2] },
      containerDefinitions: [
        { name: 'web', image: 'registry.test/shop@sha256:1', aFieldOfNextYear: true, environment: [] },
        { name: 'proxy', image: 'registry.test/proxy:1' },
      ],
    })
  })

  it('an answer that is none is the engine’s fault', () => {
    expect(() => described({ taskDefinition: { family: 'shop' } })).toThrow(/not a task definition/)
  })

  it('names the container that is released', () => {
    const { definition } = described({ taskDefinition: document })
    expect(chooseContainer(definition, undefined, repository)).toEqual({ container: 'web' })
    expect(chooseContainer(definition, 'proxy', repository)).toEqual({ container: 'proxy' })
    expect(chooseContainer(definition, 'other', repository)).toEqual({ names: ['web', 'proxy'] })
    const [first] = definition.containerDefinitions
    const twice = { ...definition, containerDefinitions: [first!, { ...first!, name: 'again' }] }
    expect(chooseContainer(twice, undefined, repository)).toEqual({ names: ['web', 'again'] })
  })
})
