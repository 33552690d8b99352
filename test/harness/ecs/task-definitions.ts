import type * as sdk from '@aws-sdk/client-ecs'
import { arn, nameOf } from '../aws/policy.ts'
import { Refusal } from '../aws/wire.ts'
import { tagsIn } from './clusters.ts'
import type { TaskDefinition } from './model.ts'
import type { World } from './world.ts'
import { page } from './world.ts'

/** What Amazon adds to every container. */
const CONTAINER = {
  cpu: 0,
  portMappings: [],
  essential: true,
  environment: [],
  mountPoints: [],
  volumesFrom: [],
  systemControls: [],
}

export function registerTaskDefinition(world: World, input: sdk.RegisterTaskDefinitionRequest): object {
  const { family = '', containerDefinitions = [], tags, ...settings } = input
  if (containerDefinitions.length === 0) throw new Refusal('ClientException', 'Container list cannot be empty.')
  const containers = containerDefinitions.map((container) => {
    const { name, image } = container
    if (!name || !image) throw new Refusal('ClientException', 'Container.image should not be null or empty.')
    return { ...CONTAINER, ...container, name, image }
  })
  const revisions = world.families.get(family) ?? []
  const revision = revisions.length + 1
  const definition: TaskDefinition = {
    volumes: [],
    placementConstraints: [],
    ...settings,
    containerDefinitions: containers,
    family,
    revision,
    taskDefinitionArn: arn(world, `task-definition/${family}:${String(revision)}`),
    status: 'ACTIVE',
    requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' }],
    compatibilities: ['EC2', 'FARGATE'],
    registeredAt: new Date(),
    registeredBy: `arn:aws:iam::${world.account}:user/double`,
    tags: tagsIn(tags),
  }
  world.families.set(family, [...revisions, definition])
  return { taskDefinition: view(definition), tags: definition.tags }
}

/** Tags are told beside a definition, never inside. */
function view({ tags: _, ...seen }: TaskDefinition): sdk.TaskDefinition {
  return seen
}

/** @param reference `family`, `family:revision` or ARN; a family alone is its newest active revision */
export function findDefinition(world: World, reference: string): TaskDefinition | undefined {
  const [family = '', revision] = nameOf(reference).split(':')
  const revisions = world.families.get(family) ?? []
  if (revision === undefined) return revisions.findLast(({ status }) => status === 'ACTIVE')
  return revisions[Number(revision) - 1]
}

export function activeDefinition(world: World, reference = ''): TaskDefinition {
  const definition = findDefinition(world, reference)
  if (!definition) throw new Refusal('ClientException', 'TaskDefinition not found.')
  if (definition.status === 'INACTIVE') throw new Refusal('ClientException', 'TaskDefinition is inactive')
  return definition
}

export function describeTaskDefinition(world: World, input: sdk.DescribeTaskDefinitionRequest): object {
  const definition = findDefinition(world, input.taskDefinition ?? '')
  if (!definition) throw new Refusal('ClientException', 'Unable to describe task definition.')
  const tags = input.include?.includes('TAGS') ? definition.tags : undefined
  return { taskDefinition: view(definition), tags }
}

export function listTaskDefinitions(world: World, input: sdk.ListTaskDefinitionsRequest): object {
  const { familyPrefix, status = 'ACTIVE' } = input
  const found = [...world.families.values()]
    .flat()
    .filter((one) => one.status === status && (familyPrefix === undefined || one.family === familyPrefix))
  const { items, nextToken } = page(found, input, 100)
  return { taskDefinitionArns: items.map(({ taskDefinitionArn }) => taskDefinitionArn), nextToken }
}

export function deregisterTaskDefinition(world: World, input: sdk.DeregisterTaskDefinitionRequest): object {
  const definition = findDefinition(world, input.taskDefinition ?? '')
  if (!definition) throw new Refusal('ClientException', 'The specified task definition does not exist.')
  definition.status = 'INACTIVE'
  return { taskDefinition: view(definition) }
}
