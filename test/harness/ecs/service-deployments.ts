import { clusterOf, list, needed, page, text } from './inputs.ts'
import type { Document, Service, ServiceDeployment } from './model.ts'
import { ENDED, Refusal } from './model.ts'
import { deploymentBrief, deploymentView, revisionView } from './views.ts'
import type { World } from './world.ts'
import { nameOf } from './world.ts'

export function listServiceDeployments(world: World, input: Document): Document {
  const service = world.services.get(`${clusterOf(world, input)}/${nameOf(needed(input, 'service'))}`)
  if (!service) throw new Refusal('ServiceNotFoundException', 'Service not found.')
  const statuses = list(input, 'status')
  const after = (input.createdAt as { after?: number } | undefined)?.after ?? 0
  const found = world.dial.find('no-service-deployments', service.name)
    ? []
    : service.deployments.filter(
        ({ status, createdAt }) => (statuses.length === 0 || statuses.includes(status)) && createdAt / 1000 >= after,
      )
  const { items, nextToken } = page(found, input, 20)
  return {
    serviceDeployments: items.map((deployment) => deploymentBrief(world, service, deployment)),
    ...(nextToken === undefined ? {} : { nextToken }),
  }
}

interface Found {
  readonly service: Service
  readonly deployment: ServiceDeployment
}

function find(world: World, arn: string): Found | undefined {
  for (const service of world.services.values()) {
    const deployment = service.deployments.find((entry) => entry.arn === arn)
    if (deployment) return { service, deployment }
  }
  return undefined
}

function ours(world: World, input: Document): Found {
  const found = find(world, needed(input, 'serviceDeploymentArn'))
  if (found) return found
  throw new Refusal('ServiceDeploymentNotFoundException', 'The specified service deployment was not found.')
}

export function describeServiceDeployments(world: World, input: Document): Document {
  const arns = list(input, 'serviceDeploymentArns')
  if (arns.length > 20)
    throw new Refusal('InvalidParameterException', 'At most 20 service deployments can be described.')
  const found = arns.map((arn) => ({ arn, found: find(world, arn) }))
  return {
    serviceDeployments: found.flatMap((entry) =>
      entry.found ? [deploymentView(world, entry.found.service, entry.found.deployment)] : [],
    ),
    failures: found.filter((entry) => !entry.found).map(({ arn }) => ({ arn, reason: 'MISSING' })),
  }
}

export function describeServiceRevisions(world: World, input: Document): Document {
  const arns = list(input, 'serviceRevisionArns')
  const all = [...world.services.values()].flatMap((service) =>
    [
      ...service.rollouts.map(({ revision }) => revision),
      ...service.deployments.flatMap(({ target, sources }) => [target.revision, ...sources]),
    ].map((revision) => ({ service, revision })),
  )
  const found = arns.map((arn) => ({ arn, entry: all.find(({ revision }) => revision.arn === arn) }))
  return {
    serviceRevisions: found.flatMap(({ entry }) => (entry ? [revisionView(world, entry.service, entry.revision)] : [])),
    failures: found.filter(({ entry }) => !entry).map(({ arn }) => ({ arn, reason: 'MISSING' })),
  }
}

export function stopServiceDeployment(world: World, input: Document): Document {
  const { deployment } = ours(world, input)
  if ((text(input, 'stopType') ?? 'ROLLBACK') !== 'ROLLBACK')
    throw new Refusal('InvalidParameterException', 'The only valid stop type is ROLLBACK.')
  if (ENDED.has(deployment.status))
    throw new Refusal('ConflictException', 'The service deployment is in a state that cannot be stopped.')
  if (deployment.status === 'PENDING' || deployment.status === 'IN_PROGRESS') deployment.status = 'ROLLBACK_REQUESTED'
  return { serviceDeploymentArn: deployment.arn }
}

export function continueServiceDeployment(world: World, input: Document): Document {
  const { deployment } = ours(world, input)
  const hook = deployment.hooks.find(({ hookId }) => hookId === needed(input, 'hookId'))
  if (!hook) throw new Refusal('InvalidParameterException', 'The specified hook was not found.')
  if (deployment.status !== 'IN_PROGRESS' || hook.status !== 'AWAITING_ACTION')
    throw new Refusal('InvalidParameterException', 'The hook is not awaiting an action.')
  hook.status = text(input, 'action') === 'ROLLBACK' ? 'FAILED' : 'SUCCEEDED'
  return { serviceDeploymentArn: deployment.arn }
}
