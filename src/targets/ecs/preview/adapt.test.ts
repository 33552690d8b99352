import { describe, expect, it } from 'vitest'
import type { PreviewSettings } from '../../../domain/preview.ts'
import { asDeployError } from '../../../errors/deploy-error.ts'
import type { EcsFiles } from '../manifests.ts'
import { adapted } from './adapt.ts'
import { isOfPreview, partIn, previewTags } from './marks.ts'

const preview: PreviewSettings = {
  app: 'shop',
  number: 7,
  name: 'shop-pr-7',
  ttl: 1000,
  url: undefined,
  namespace: { name: '', isOwn: false },
}
const app = { name: 'app', image: 'shop' }

function files(service: object = {}, definition: object = {}, more: Record<string, object> = {}): EcsFiles {
  const document = { family: 'shop', containerDefinitions: [app], ...definition }
  const services = Object.entries({ web: service, ...more }).map(
    ([name, own]) =>
      [name, { file: `${name}.json`, document: { serviceName: name, taskDefinition: '', ...own } }] as const,
  )
  return { definition: { file: 'taskdef.json', document }, services: new Map(services) }
}

const one = (service: object, definition: object = {}) => {
  const { services, definition: own, notes } = adapted(files(service, definition), preview)
  return { service: services.get('shop-pr-7')?.document, definition: own.document, notes }
}

describe('the files of a preview', () => {
  it('give service and family the name of the preview', () => {
    const { service, definition } = one({})
    expect(service).toMatchObject({ serviceName: 'shop-pr-7', desiredCount: 1 })
    expect(definition.family).toBe('shop-pr-7')
  })

  it('give each of several services a name of its own that a removal finds', () => {
    const { services } = adapted(files({}, {}, { worker: {} }), preview)
    expect([...services.keys()]).toEqual(['shop-pr-7-web', 'shop-pr-7-worker'])
  })

  it('cut names that are too long for Amazon ECS, and keep them apart and the number in them', () => {
    const long = 'w'.repeat(250)
    const templated = `\${name}-${'t'.repeat(250)}`
    const { services } = adapted(
      files({ serviceName: `${long}1` }, {}, { b: { serviceName: `${long}2` }, c: { serviceName: templated } }),
      preview,
    )
    const names = [...services.keys()]
    expect(new Set(names).size).toBe(3)
    for (const name of names) {
      expect(name).toMatch(/^shop-pr-7-[\w-]+$/)
      expect(name.length).toBeLessThanOrEqual(255)
    }
  })

  it('keep the role of the task, and the plan says so unless it is the preview’s', () => {
    const [shared, own] = ['arn:aws:iam::1:role/shop', 'arn:aws:iam::1:role/${name}']
    const kept = one({}, { taskRoleArn: shared })
    expect(kept.definition.taskRoleArn).toBe(shared)
    expect(kept.notes).toEqual([`taskdef.json: taskRoleArn ${shared} stays: the preview may do what that role may do`])
    expect(one({}, { taskRoleArn: own }).notes).toEqual([])
  })

  it('are refused where two services would come to the same name', () => {
    const both = files({ serviceName: '${name}-api' }, {}, { api: {} })
    expect(() => adapted(both, preview)).toThrow('two services of the preview would have the name shop-pr-7-api')
  })

  it('keep a name that is the preview’s own already', () => {
    const { services } = adapted(files({ serviceName: '${name}-api' }), preview)
    expect([...services.keys()]).toEqual(['shop-pr-7-api'])
  })

  it.each<[string, object, object]>([
    ['load balancers', { loadBalancers: [{ targetGroupArn: 'production' }] }, { loadBalancers: [] }],
    ['service registries', { serviceRegistries: [{ registryArn: 'production' }] }, { serviceRegistries: [] }],
    [
      'lattice targets',
      { vpcLatticeConfigurations: [{ targetGroupArn: 'production' }] },
      { vpcLatticeConfigurations: [] },
    ],
    [
      'names in Service Connect',
      { serviceConnectConfiguration: { enabled: true, namespace: 'shop', services: [{ portName: 'http' }] } },
      { serviceConnectConfiguration: { enabled: true, namespace: 'shop' } },
    ],
    [
      'strategy, hooks and alarms',
      { deploymentConfiguration: { strategy: 'CANARY', alarms: {}, lifecycleHooks: [], maximumPercent: 150 } },
      { deploymentConfiguration: { maximumPercent: 150 } },
    ],
  ])('leave out %s, and say so', (_, service, expected) => {
    const seen = one(service)
    for (const [name, value] of Object.entries(expected)) expect(seen.service).toHaveProperty(name, value)
    expect(seen.notes).toHaveLength(1)
  })

  it.each(['loadBalancers', 'serviceRegistries', 'vpcLatticeConfigurations'])(
    'keep an entry of %s that names the preview',
    (name) => {
      const { service, notes } = one({ [name]: [{ arn: 'group-${number}' }] })
      expect(service).toHaveProperty(name, [{ arn: 'group-7' }])
      expect(notes).toEqual([])
    },
  )

  it('leave out what only a load balancer needs', () => {
    const { service } = one({ healthCheckGracePeriodSeconds: 5, role: 'ecs', clientToken: 'x' })
    expect(service).not.toHaveProperty('healthCheckGracePeriodSeconds')
    expect(service).not.toHaveProperty('role')
    expect(service).not.toHaveProperty('clientToken')
  })

  it('take no port of the host on a bridge, and every port where the task has an address of its own', () => {
    const containers = { containerDefinitions: [{ ...app, portMappings: [{ containerPort: 80, hostPort: 80 }] }] }
    expect(one({}, containers).definition.containerDefinitions[0]?.portMappings).toEqual([{ containerPort: 80 }])
    const own = one({}, { ...containers, networkMode: 'awsvpc' }).definition.containerDefinitions[0]
    expect(own?.portMappings).toEqual([{ containerPort: 80, hostPort: 80 }])
  })

  it('have number and name filled in everywhere, and nothing else', () => {
    const environment = [{ name: 'A', value: '${number} ${name} ${HOME} $number' }]
    const { definition } = one({}, { containerDefinitions: [{ ...app, environment }] })
    expect(JSON.stringify(definition)).toContain('7 shop-pr-7 ${HOME} $number')
  })

  it.each<[string, object]>([
    ['a file system', { efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
    ['a folder of the host', { host: { sourcePath: '/data' } }],
    ['a shared Docker volume', { dockerVolumeConfiguration: { scope: 'shared' } }],
  ])('are refused where a container may write to %s of production', (_, volume) => {
    const container = (mount: object) => ({ ...app, mountPoints: [{ sourceVolume: 'data', ...mount }] })
    const tried = (mount: object, more: object = {}) => {
      const volumes = [{ name: 'data', ...volume, ...more }]
      try {
        return adapted(files({}, { volumes, containerDefinitions: [container(mount)] }), preview).notes
      } catch (error) {
        return asDeployError(error).code
      }
    }
    expect(tried({})).toBe('manifest-invalid')
    expect(tried({ readOnly: true })).toEqual([])
    expect(tried({}, { rootDirectory: '/${name}' })).toEqual([])
  })

  it('are refused where one of them is missing', () => {
    expect(() => adapted({ ...files(), services: new Map() }, preview)).toThrow('a service file is missing')
    expect(() => adapted({ ...files(), definition: undefined }, preview)).toThrow('a task-definition file is missing')
  })
})

describe('tags of a preview', () => {
  const part = {
    app: 'shop (web)',
    number: 7,
    name: 'shop-pr-7',
    owner: 'shop-pr-7',
    candidates: ['r.test/shop:candidate-a'],
  }

  it('are recognised also where Amazon takes other characters only', () => {
    const tags = previewTags(part)
    expect(isOfPreview(tags, 'shop-pr-7', part)).toBe(true)
    expect(isOfPreview(tags, 'other', part)).toBe(false)
    expect(isOfPreview(tags, 'shop-pr-7', { ...part, repository: 'other/shop' })).toBe(false)
    expect(partIn(tags)?.candidates).toEqual(part.candidates)
  })

  it('have room for the newest candidates', () => {
    const candidates = Array.from({ length: 20 }, (_, index) => `registry.example.com/shop:candidate-${String(index)}`)
    const tags = previewTags({ ...part, candidates })
    for (const { value } of tags) expect(value.length).toBeLessThanOrEqual(256)
    expect(partIn(tags)?.candidates.at(-1)).toBe(candidates.at(-1))
  })
})
