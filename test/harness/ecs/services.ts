import { alive } from './lifecycle.ts'
import { clusterOf, count, list, needed, page, serviceOf, tagsIn, text } from './inputs.ts'
import type { DeploymentConfiguration, Document, Service, TaskDefinition } from './model.ts'
import { Refusal } from './model.ts'
import { findDefinition } from './task-definitions.ts'
import { serviceView, without } from './views.ts'
import type { World } from './world.ts'
import { arn, begin, nameOf, newRevision } from './world.ts'

function activeDefinition(world: World, reference: string): TaskDefinition {
  const definition = findDefinition(world, reference)
  if (!definition) throw new Refusal('ClientException', 'TaskDefinition not found.')
  if (definition.status === 'INACTIVE') throw new Refusal('ClientException', 'TaskDefinition is inactive')
  return definition
}

export function createService(world: World, input: Document): Document {
  const cluster = clusterOf(world, input)
  const name = needed(input, 'serviceName')
  const key = `${cluster}/${name}`
  const there = world.services.get(key)
  if (there && there.status !== 'INACTIVE')
    throw new Refusal('InvalidParameterException', 'Creation of service was not idempotent.')
  const taskDefinition = activeDefinition(world, needed(input, 'taskDefinition'))
  refuseGrace(input)
  const controller = (input.deploymentController as { type?: Service['controller'] } | undefined)?.type ?? 'ECS'
  const document = without(input, 'serviceName', 'cluster', 'taskDefinition', 'tags', 'clientToken')
  const service: Service = {
    name,
    arn: arn(world, `service/${cluster}/${name}`),
    cluster,
    status: 'ACTIVE',
    taskDefinition,
    desired: input.schedulingStrategy === 'DAEMON' ? 1 : (count(input, 'desiredCount') ?? 0),
    daemon: input.schedulingStrategy === 'DAEMON',
    controller,
    configuration: input.deploymentConfiguration ?? {},
    document,
    createdAt: Date.now(),
    rollouts: [],
    deployments: [],
    events: [],
    tags: tagsIn(input),
  }
  world.services.set(key, service)
  if (controller === 'ECS') begin(world, service, newRevision(world, service, taskDefinition))
  return { service: serviceView(world, service, true) }
}

/** Fields whose change starts a deployment. */
const STARTING = [
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
  'platformVersion',
  'volumeConfigurations',
]
const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? []) === JSON.stringify(b ?? [])

function refuseGrace({ healthCheckGracePeriodSeconds, loadBalancers }: Document): void {
  if (healthCheckGracePeriodSeconds === undefined || (Array.isArray(loadBalancers) && loadBalancers.length > 0)) return
  const text = 'Health check grace period is only valid for services configured to use load balancers'
  throw new Refusal('InvalidParameterException', text)
}

export function updateService(world: World, input: Document): Document {
  const service = serviceOf(world, input)
  const reference = text(input, 'taskDefinition')
  if (service.controller !== 'ECS' && reference !== undefined)
    throw new Refusal(
      'InvalidParameterException',
      `Unable to update task definition on services with a ${service.controller} deployment controller.`,
    )
  const definition = reference === undefined ? service.taskDefinition : activeDefinition(world, reference)
  service.desired = count(input, 'desiredCount') ?? service.desired
  if (input.deploymentConfiguration !== undefined)
    service.configuration = input.deploymentConfiguration as DeploymentConfiguration
  refuseGrace({ ...service.document, ...input })
  const fields = without(input, 'service', 'cluster', 'taskDefinition', 'desiredCount', 'forceNewDeployment')
  const isOther = STARTING.some((name) => name in fields && !equal(fields[name], service.document[name]))
  Object.assign(service.document, fields)
  const replaces = definition !== service.taskDefinition || isOther || input.forceNewDeployment === true
  service.taskDefinition = definition
  if (replaces) begin(world, service, newRevision(world, service, definition))
  return { service: serviceView(world, service, true) }
}

export function deleteService(world: World, input: Document): Document {
  const service = serviceOf(world, input)
  if (service.desired > 0 && !service.daemon && input.force !== true)
    throw new Refusal('InvalidParameterException', 'The service cannot be stopped while it is scaled above 0.')
  service.status = 'DRAINING'
  service.desired = 0
  if (alive(world, service).length === 0) service.status = 'INACTIVE'
  return { service: serviceView(world, service, true) }
}

export function describeServices(world: World, input: Document): Document {
  const cluster = clusterOf(world, input)
  const names = list(input, 'services').map(nameOf)
  if (names.length === 0) throw new Refusal('InvalidParameterException', 'Services cannot be empty.')
  if (names.length > 10) throw new Refusal('InvalidParameterException', 'Services cannot have more than 10 items.')
  const withTags = list(input, 'include').includes('TAGS')
  const known = (name: string) =>
    world.dial.take(['missing'], 'DescribeServices', name) ? undefined : world.services.get(`${cluster}/${name}`)
  const found = names.map((name) => ({ name, service: known(name) }))
  return {
    services: found.flatMap(({ service }) => (service ? [serviceView(world, service, withTags)] : [])),
    failures: found
      .filter(({ service }) => !service)
      .map(({ name }) => ({ arn: arn(world, `service/${cluster}/${name}`), reason: 'MISSING' })),
  }
}

export function listServices(world: World, input: Document): Document {
  const cluster = clusterOf(world, input)
  const arns = [...world.services.values()]
    .filter((service) => service.cluster === cluster && service.status === 'ACTIVE')
    .map((service) => service.arn)
  const { items, nextToken } = page(arns, input, 10)
  return { serviceArns: items, ...(nextToken === undefined ? {} : { nextToken }) }
}
