import { clusterOf, list, needed, page, tagsIn, text } from './inputs.ts'
import type { ContainerDefinition, Document, Tag, TaskDefinition } from './model.ts'
import { Refusal } from './model.ts'
import { shape, taskDefinitionView, without } from './views.ts'
import type { World } from './world.ts'
import { arn, nameOf } from './world.ts'

export function createCluster(world: World, input: Document): Document {
  const name = text(input, 'clusterName') ?? 'default'
  world.clusters.add(name)
  return { cluster: clusterView(world, name) }
}

export function describeClusters(world: World, input: Document): Document {
  const names = list(input, 'clusters').map(nameOf)
  const wanted = names.length === 0 ? ['default'] : names
  return {
    clusters: wanted.filter((name) => world.clusters.has(name)).map((name) => clusterView(world, name)),
    failures: wanted
      .filter((name) => !world.clusters.has(name))
      .map((name) => ({ arn: arn(world, `cluster/${name}`), reason: 'MISSING' })),
  }
}

function clusterView(world: World, name: string): Document {
  const services = [...world.services.values()].filter(({ cluster }) => cluster === name)
  const tasks = [...world.tasks.values()].filter(({ cluster, status }) => cluster === name && status === 'RUNNING')
  return {
    clusterArn: arn(world, `cluster/${name}`),
    clusterName: name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.length,
    pendingTasksCount: 0,
    activeServicesCount: services.filter(({ status }) => status === 'ACTIVE').length,
  }
}

/** Read-only fields of a described definition: AWS refuses a registration that carries them. */
const READ_ONLY = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
]

export function registerTaskDefinition(world: World, input: Document): Document {
  const family = needed(input, 'family')
  const unknown = READ_ONLY.filter((name) => name in input)
  if (unknown.length > 0) throw new Refusal('SerializationException', `Unknown fields: ${unknown.join(', ')}`)
  const containers = (input.containerDefinitions ?? []) as ContainerDefinition[]
  if (containers.length === 0) throw new Refusal('ClientException', 'Container list cannot be empty.')
  for (const { name, image } of containers) {
    if (!name || !image) throw new Refusal('ClientException', 'Container.image should not be null or empty.')
  }
  const revisions = world.families.get(family) ?? []
  const document = without(input, 'tags')
  const definition: TaskDefinition = {
    arn: arn(world, `task-definition/${family}:${String(revisions.length + 1)}`),
    family,
    revision: revisions.length + 1,
    status: 'ACTIVE',
    containers,
    document,
    registeredAt: Date.now(),
    tags: tagsIn(input),
  }
  world.families.set(family, [...revisions, definition])
  return { taskDefinition: taskDefinitionView(definition), tags: definition.tags }
}

/** @param reference `family`, `family:revision` or ARN; a family alone is its newest active revision */
export function findDefinition(world: World, reference: string): TaskDefinition | undefined {
  const [family = '', revision] = nameOf(reference).split(':')
  const revisions = world.families.get(family) ?? []
  if (revision === undefined) return revisions.findLast(({ status }) => status === 'ACTIVE')
  return revisions[Number(revision) - 1]
}

export function describeTaskDefinition(world: World, input: Document): Document {
  const definition = findDefinition(world, needed(input, 'taskDefinition'))
  if (!definition) throw new Refusal('ClientException', 'Unable to describe task definition.')
  const tags = list(input, 'include').includes('TAGS') ? definition.tags : undefined
  return shape({ taskDefinition: taskDefinitionView(definition), tags })
}

export function listTaskDefinitions(world: World, input: Document): Document {
  const [family, status] = [text(input, 'familyPrefix'), text(input, 'status') ?? 'ACTIVE']
  const all = [...world.families.values()].flat().filter((definition) => definition.status === status)
  const found = all.filter((definition) => family === undefined || definition.family === family)
  const { items, ...more } = page(
    found.map(({ arn: name }) => name),
    input,
    100,
  )
  return { taskDefinitionArns: items, ...more }
}

export function deregisterTaskDefinition(world: World, input: Document): Document {
  const definition = findDefinition(world, needed(input, 'taskDefinition'))
  if (!definition) throw new Refusal('ClientException', 'The specified task definition does not exist.')
  definition.status = 'INACTIVE'
  return { taskDefinition: taskDefinitionView(definition) }
}

interface Tagged {
  tags: Tag[]
}

function tagged(world: World, input: Document): Tagged {
  const resource = needed(input, 'resourceArn')
  const found: Tagged | undefined = resource.includes(':task-definition/')
    ? findDefinition(world, resource)
    : [...world.services.values()].find((service) => service.arn === resource)
  if (found) return found
  clusterOf(world, input)
  throw new Refusal('ResourceNotFoundException', 'The specified resource is not found.')
}

export function tagResource(world: World, input: Document): Document {
  const resource = tagged(world, input)
  const added = tagsIn(input)
  const kept = resource.tags.filter(({ key }) => !added.some((tag) => tag.key === key))
  if (kept.length + added.length > 50) throw new Refusal('InvalidParameterException', 'Too many tags.')
  resource.tags = [...kept, ...added]
  return {}
}

export function untagResource(world: World, input: Document): Document {
  const resource = tagged(world, input)
  const keys = list(input, 'tagKeys')
  resource.tags = resource.tags.filter(({ key }) => !keys.includes(key))
  return {}
}

export function listTagsForResource(world: World, input: Document): Document {
  return { tags: tagged(world, input).tags }
}
