// What a client sees of what the double remembers: counts are added, and what only the engine knows is left out.
import type * as sdk from '@aws-sdk/client-ecs'
import { arn } from '../aws/policy.ts'
import type { Deployment, Revision, Service, ServiceDeployment, Task } from './model.ts'
import { controllerOf, threshold, wantedBy } from './model.ts'
import { interfaceOf } from './neighbours.ts'
import type { World } from './world.ts'
import { alive } from './world.ts'

const PENDING: readonly unknown[] = ['PROVISIONING', 'PENDING', 'ACTIVATING']

const configurationOf = ({ settings }: Service): sdk.DeploymentConfiguration => ({
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: 'ROLLING',
  ...settings.deploymentConfiguration,
})

export function serviceView(world: World, service: Service, withTags: boolean): sdk.Service {
  const { settings, deployments, serviceDeployments } = service
  const tasks = alive(world, service)
  return {
    capacityProviderStrategy: settings.capacityProviderStrategy,
    platformVersion: settings.platformVersion,
    networkConfiguration: settings.networkConfiguration,
    healthCheckGracePeriodSeconds: settings.healthCheckGracePeriodSeconds,
    placementConstraints: settings.placementConstraints,
    placementStrategy: settings.placementStrategy,
    availabilityZoneRebalancing: settings.availabilityZoneRebalancing,
    enableExecuteCommand: settings.enableExecuteCommand,
    launchType: settings.launchType ?? 'FARGATE',
    loadBalancers: settings.loadBalancers ?? [],
    serviceRegistries: settings.serviceRegistries ?? [],
    schedulingStrategy: settings.schedulingStrategy ?? 'REPLICA',
    enableECSManagedTags: settings.enableECSManagedTags ?? false,
    propagateTags: settings.propagateTags ?? 'NONE',
    deploymentController: controllerOf(service) === 'ECS' ? undefined : settings.deploymentController,
    deploymentConfiguration: configurationOf(service),
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: arn(world, `cluster/${service.cluster}`),
    status: service.status,
    desiredCount: wantedBy(service),
    runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingCount: tasks.filter(({ lastStatus }) => PENDING.includes(lastStatus)).length,
    taskDefinition: service.definition.taskDefinitionArn,
    deployments: controllerOf(service) === 'ECS' ? deployments.map((one) => deploymentEntry(world, service, one)) : [],
    events: service.events.slice(0, 100),
    createdAt: service.createdAt,
    currentServiceDeployment: serviceDeployments.find(({ finishedAt }) => !finishedAt)?.serviceDeploymentArn,
    currentServiceRevisions: deployments.map(({ revision }) => summary(world, service, revision)),
    tags: withTags ? service.tags : undefined,
  }
}

function counts(world: World, service: Service, id: string | undefined) {
  const tasks = alive(world, service).filter((task) => task.startedBy === id && task.desiredStatus === 'RUNNING')
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length
  return { running, pending: tasks.length - running }
}

function deploymentEntry(world: World, service: Service, deployment: Deployment): sdk.Deployment {
  const { revision, notBefore: _, ...seen } = deployment
  const { running, pending } = counts(world, service, seen.id)
  const isOver = seen.rolloutState === 'FAILED' || seen.status === 'ACTIVE'
  return {
    ...seen,
    taskDefinition: revision.definition.taskDefinitionArn,
    desiredCount: isOver ? 0 : wantedBy(service),
    runningCount: running,
    pendingCount: pending,
    launchType: 'FARGATE',
  }
}

function summary(world: World, service: Service, revision: Revision): sdk.ServiceRevisionSummary {
  const id = service.deployments.find((deployment) => deployment.revision === revision)?.id
  const { running, pending } = counts(world, service, id)
  return {
    arn: revision.serviceRevisionArn,
    requestedTaskCount: id === undefined ? 0 : wantedBy(service),
    runningTaskCount: running,
    pendingTaskCount: pending,
  }
}

export function revisionView({ definition: _, testWeight: _test, productionWeight: _p, ...seen }: Revision): object {
  return seen
}

export function briefView(world: World, service: Service, deployment: ServiceDeployment): sdk.ServiceDeploymentBrief {
  return {
    serviceDeploymentArn: deployment.serviceDeploymentArn,
    serviceArn: service.arn,
    clusterArn: arn(world, `cluster/${service.cluster}`),
    startedAt: deployment.startedAt,
    createdAt: deployment.createdAt,
    finishedAt: deployment.finishedAt,
    targetServiceRevisionArn: deployment.target.revision.serviceRevisionArn,
    status: deployment.status,
    statusReason: deployment.statusReason,
  }
}

export function deploymentView(world: World, service: Service, deployment: ServiceDeployment): sdk.ServiceDeployment {
  const { targetServiceRevisionArn: _, ...brief } = briefView(world, service, deployment)
  const weighed = (revision: Revision): sdk.ServiceRevisionSummary => ({
    ...summary(world, service, revision),
    requestedTestTrafficWeight: revision.testWeight,
    requestedProductionTrafficWeight: revision.productionWeight,
  })
  const hooks = deployment.lifecycleHookDetails.map(({ stage: _stage, ...seen }) => seen)
  const isWatched = service.settings.deploymentConfiguration?.deploymentCircuitBreaker?.enable === true
  const monitoring = deployment.finishedAt ? 'MONITORING_COMPLETE' : 'MONITORING'
  return {
    ...brief,
    updatedAt: deployment.updatedAt,
    sourceServiceRevisions: deployment.sources.map(weighed),
    targetServiceRevision: weighed(deployment.target.revision),
    lifecycleStage: deployment.lifecycleStage,
    lifecycleHookDetails: hooks.length === 0 ? undefined : hooks,
    deploymentConfiguration: configurationOf(service),
    rollback: deployment.rollback,
    deploymentCircuitBreaker: isWatched
      ? {
          status: deployment.rollback ? 'TRIGGERED' : monitoring,
          failureCount: deployment.target.failedTasks,
          threshold: threshold(service),
        }
      : undefined,
  }
}

export function taskView(world: World, task: Task): sdk.Task {
  const { id, cluster: _, service, definition, containers, since: _s, isCounted: _c, isBusy: _b, ...seen } = task
  const details = [{ name: 'networkInterfaceId', value: interfaceOf(task) }]
  const attachments = [{ id, type: 'ElasticNetworkInterface', status: 'ATTACHED', details }]
  const isOmitted = world.dial.find('digest-omit', service) !== undefined
  const lie = (world.dial.find('digest-lie', service) ?? world.dial.find('digest-form', service))?.digest
  return {
    ...seen,
    attachments: definition.networkMode === 'awsvpc' ? attachments : undefined,
    containers: containers.map(({ definition: _d, imageDigest, ...container }) => ({
      ...container,
      lastStatus: task.lastStatus,
      imageDigest: isOmitted ? undefined : imageDigest && (lie ?? imageDigest),
    })),
  }
}
