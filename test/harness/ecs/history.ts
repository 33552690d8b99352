// Service deployments and service revisions: what was deployed, and the two ways to step in.
import type * as sdk from '@aws-sdk/client-ecs'
import { Refusal } from '../aws/wire.ts'
import type { Service, ServiceDeployment } from './model.ts'
import { ENDED } from './model.ts'
import { briefView, deploymentView, revisionView } from './views.ts'
import type { World } from './world.ts'
import { described, page, serviceOf } from './world.ts'

export function listServiceDeployments(world: World, input: sdk.ListServiceDeploymentsRequest): object {
  const service = serviceOf(world, { cluster: input.cluster, service: input.service })
  // Seconds on the wire.
  const after = Number(input.createdAt?.after ?? 0) * 1000
  const found = service.serviceDeployments.filter(
    ({ status, createdAt }) => (!input.status?.length || input.status.includes(status)) && +createdAt >= after,
  )
  const isEmpty = world.dial.find('no-service-deployments', service.name) !== undefined
  const { items, nextToken } = page(isEmpty ? [] : found, input, 20)
  return { serviceDeployments: items.map((deployment) => briefView(world, service, deployment)), nextToken }
}

interface Found {
  readonly service: Service
  readonly deployment: ServiceDeployment
}

function find(world: World, arn: string | undefined): Found | undefined {
  return [...world.services.values()]
    .flatMap((service) => service.serviceDeployments.map((deployment) => ({ service, deployment })))
    .find(({ deployment }) => deployment.serviceDeploymentArn === arn)
}

function needed(world: World, arn: string | undefined): ServiceDeployment {
  const found = find(world, arn)
  if (found) return found.deployment
  throw new Refusal('ServiceDeploymentNotFoundException', 'The specified service deployment was not found.')
}

export function describeServiceDeployments(world: World, input: sdk.DescribeServiceDeploymentsRequest): object {
  const { found, failures } = described(input.serviceDeploymentArns, 20, (arn) => find(world, arn))
  return {
    serviceDeployments: found.map(({ service, deployment }) => deploymentView(world, service, deployment)),
    failures,
  }
}

export function describeServiceRevisions(world: World, input: sdk.DescribeServiceRevisionsRequest): object {
  const all = [...world.services.values()].flatMap((service) =>
    [
      ...service.deployments.map(({ revision }) => revision),
      ...service.serviceDeployments.flatMap(({ target, sources }) => [target.revision, ...sources]),
    ].map((revision) => ({ service, revision })),
  )
  const { found, failures } = described(input.serviceRevisionArns, 20, (arn) =>
    all.find(({ revision }) => revision.serviceRevisionArn === arn),
  )
  return { serviceRevisions: found.map(({ revision }) => revisionView(revision)), failures }
}

export function stopServiceDeployment(world: World, input: sdk.StopServiceDeploymentRequest): object {
  const deployment = needed(world, input.serviceDeploymentArn)
  if ((input.stopType ?? 'ROLLBACK') !== 'ROLLBACK')
    throw new Refusal('InvalidParameterException', 'The only valid stop type is ROLLBACK.')
  if (ENDED.has(deployment.status))
    throw new Refusal('ConflictException', 'The service deployment is in a state that cannot be stopped.')
  if (deployment.status === 'PENDING' || deployment.status === 'IN_PROGRESS') deployment.status = 'ROLLBACK_REQUESTED'
  return { serviceDeploymentArn: deployment.serviceDeploymentArn }
}

export function continueServiceDeployment(world: World, input: sdk.ContinueServiceDeploymentRequest): object {
  const deployment = needed(world, input.serviceDeploymentArn)
  const hook = deployment.lifecycleHookDetails.find(({ hookId }) => hookId === input.hookId)
  if (!hook) throw new Refusal('InvalidParameterException', 'The specified hook was not found.')
  if (deployment.status !== 'IN_PROGRESS' || hook.status !== 'AWAITING_ACTION')
    throw new Refusal('InvalidParameterException', 'The hook is not awaiting an action.')
  hook.status = input.action === 'ROLLBACK' ? 'FAILED' : 'SUCCEEDED'
  return { serviceDeploymentArn: deployment.serviceDeploymentArn }
}
