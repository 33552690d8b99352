import type * as sdk from '@aws-sdk/client-ecs'
import { arn, nameOf } from '../aws/policy.ts'
import { Refusal } from '../aws/wire.ts'
import { tagsIn } from './clusters.ts'
import type { Service } from './model.ts'
import { controllerOf, isDaemon } from './model.ts'
import { begin } from './rollout.ts'
import { activeDefinition } from './task-definitions.ts'
import { serviceView } from './views.ts'
import type { World } from './world.ts'
import { activeService, alive, clusterOf, described, page } from './world.ts'

const invalid = (message: string) => new Refusal('InvalidParameterException', message)

export function createService(world: World, input: sdk.CreateServiceRequest): object {
  const { serviceName: name = '', cluster: _, taskDefinition, tags, clientToken: _token, ...settings } = input
  const cluster = clusterOf(world, input)
  const there = world.services.get(`${cluster}/${name}`)
  if (there && there.status !== 'INACTIVE') throw invalid('Creation of service was not idempotent.')
  refuseGrace(settings)
  const service: Service = {
    name,
    cluster,
    arn: arn(world, `service/${cluster}/${name}`),
    status: 'ACTIVE',
    definition: activeDefinition(world, taskDefinition),
    settings,
    createdAt: new Date(),
    deployments: [],
    serviceDeployments: [],
    events: [],
    tags: tagsIn(tags),
  }
  world.services.set(`${cluster}/${name}`, service)
  if (controllerOf(service) === 'ECS') begin(world, service)
  return { service: serviceView(world, service, true) }
}

function refuseGrace({ healthCheckGracePeriodSeconds, loadBalancers }: Partial<sdk.CreateServiceRequest>): void {
  if (healthCheckGracePeriodSeconds === undefined || loadBalancers?.length) return
  throw invalid('Health check grace period is only valid for services configured to use load balancers')
}

/** Fields whose change starts a deployment. */
const STARTING = [
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
  'platformVersion',
  'volumeConfigurations',
] as const
const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? []) === JSON.stringify(b ?? [])

export function updateService(world: World, input: sdk.UpdateServiceRequest): object {
  const { service: _, cluster: _cluster, taskDefinition, forceNewDeployment, ...fields } = input
  const service = activeService(world, input)
  const controller = controllerOf(service)
  if (controller !== 'ECS' && taskDefinition !== undefined)
    throw invalid(`Unable to update task definition on services with a ${controller} deployment controller.`)
  const definition = taskDefinition === undefined ? service.definition : activeDefinition(world, taskDefinition)
  refuseGrace({ ...service.settings, ...fields })
  const isOther = STARTING.some((name) => name in fields && !equal(fields[name], service.settings[name]))
  Object.assign(service.settings, fields)
  const replaces = definition !== service.definition || isOther || forceNewDeployment === true
  service.definition = definition
  if (replaces) begin(world, service)
  return { service: serviceView(world, service, true) }
}

export function deleteService(world: World, input: sdk.DeleteServiceRequest): object {
  const service = activeService(world, input)
  if ((service.settings.desiredCount ?? 0) > 0 && !isDaemon(service) && input.force !== true)
    throw invalid('The service cannot be stopped while it is scaled above 0.')
  service.settings.desiredCount = 0
  service.status = alive(world, service).length === 0 ? 'INACTIVE' : 'DRAINING'
  return { service: serviceView(world, service, true) }
}

export function describeServices(world: World, input: sdk.DescribeServicesRequest): object {
  const cluster = clusterOf(world, input)
  const arns = input.services?.map((name) => arn(world, `service/${cluster}/${nameOf(name)}`))
  const { found, failures } = described(arns, 10, (one) => {
    const isMissing = world.dial.take(({ kind }) => kind === 'missing', 'DescribeServices', nameOf(one))
    return isMissing ? undefined : world.services.get(`${cluster}/${nameOf(one)}`)
  })
  const withTags = input.include?.includes('TAGS') === true
  return { services: found.map((service) => serviceView(world, service, withTags)), failures }
}

export function listServices(world: World, input: sdk.ListServicesRequest): object {
  const cluster = clusterOf(world, input)
  const found = [...world.services.values()].filter((one) => one.cluster === cluster && one.status === 'ACTIVE')
  const { items, nextToken } = page(found, input, 10)
  return { serviceArns: items.map((service) => service.arn), nextToken }
}
