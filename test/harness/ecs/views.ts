// What a client sees, in AWS's shapes: absent fields are left out, times are seconds since 1970.
import { alive } from './lifecycle.ts'
import type { Document, Revision, Rollout, Service, ServiceDeployment, Task, TaskDefinition } from './model.ts'
import { interfaceOf } from './others.ts'
import type { World } from './world.ts'
import { arn } from './world.ts'

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000)

/** Without what is undefined. */
export function shape(fields: Document): Document {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

export function without(fields: Document, ...names: readonly string[]): Document {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

export function taskDefinitionView(definition: TaskDefinition): Document {
  return {
    ...definition.document,
    containerDefinitions: definition.containers.map((container) => ({
      cpu: 0,
      portMappings: [],
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      ...container,
    })),
    volumes: definition.document.volumes ?? [],
    placementConstraints: definition.document.placementConstraints ?? [],
    family: definition.family,
    revision: definition.revision,
    taskDefinitionArn: definition.arn,
    status: definition.status,
    requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' }],
    compatibilities: ['EC2', 'FARGATE'],
    registeredAt: seconds(definition.registeredAt),
    registeredBy: 'arn:aws:iam::123456789012:user/double',
  }
}

/** How many failed tasks end a deployment. */
export function threshold({ configuration, desired }: Service): number {
  const { type, value } = configuration.deploymentCircuitBreaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT' && value !== undefined) return value
  const percent = value ?? 50
  const wanted = Math.ceil((percent / 100) * desired)
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, wanted) : Math.min(200, Math.max(3, wanted))
}

export function serviceView(world: World, service: Service, withTags: boolean): Document {
  const tasks = alive(world, service)
  const running = tasks.filter(({ status }) => status === 'RUNNING').length
  return shape({
    ...without(service.document, 'vpcLatticeConfigurations'),
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: arn(world, `cluster/${service.cluster}`),
    status: service.status,
    desiredCount: service.desired,
    runningCount: running,
    pendingCount: tasks.filter(
      ({ status }) => status === 'PROVISIONING' || status === 'PENDING' || status === 'ACTIVATING',
    ).length,
    launchType: service.document.launchType ?? 'FARGATE',
    taskDefinition: service.taskDefinition.arn,
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: 'ROLLING',
      ...service.configuration,
    },
    deploymentController: service.controller === 'ECS' ? undefined : { type: service.controller },
    schedulingStrategy: service.daemon ? 'DAEMON' : 'REPLICA',
    deployments:
      service.controller === 'ECS' ? service.rollouts.map((rollout) => rolloutView(world, service, rollout)) : [],
    events: service.events
      .slice(0, 100)
      .map(({ id, createdAt, message }) => ({ id, createdAt: seconds(createdAt), message })),
    createdAt: seconds(service.createdAt),
    currentServiceDeployment: service.deployments.find(({ finishedAt }) => finishedAt === undefined)?.arn,
    currentServiceRevisions: service.rollouts.map(({ revision }) => summary(world, service, revision)),
    tags: withTags ? service.tags : undefined,
    loadBalancers: service.document.loadBalancers ?? [],
    serviceRegistries: service.document.serviceRegistries ?? [],
    enableECSManagedTags: false,
    propagateTags: 'NONE',
  })
}

function rolloutView(world: World, service: Service, rollout: Rollout): Document {
  const tasks = alive(world, service).filter((task) => task.startedBy === rollout.id && task.desired === 'RUNNING')
  return {
    id: rollout.id,
    status: rollout.status,
    taskDefinition: rollout.revision.taskDefinition.arn,
    desiredCount: rollout.state === 'FAILED' || rollout.status === 'ACTIVE' ? 0 : service.desired,
    runningCount: tasks.filter(({ status }) => status === 'RUNNING').length,
    pendingCount: tasks.filter(({ status }) => status !== 'RUNNING').length,
    failedTasks: rollout.failedTasks,
    rolloutState: rollout.state,
    rolloutStateReason: rollout.reason,
    launchType: 'FARGATE',
    createdAt: seconds(rollout.createdAt),
    updatedAt: seconds(rollout.updatedAt),
  }
}

function summary(world: World, service: Service, revision: Revision): Document {
  const id = service.rollouts.find((rollout) => rollout.revision === revision)?.id
  const tasks = alive(world, service).filter((task) => task.startedBy === id && task.desired === 'RUNNING')
  const running = tasks.filter(({ status }) => status === 'RUNNING').length
  return {
    arn: revision.arn,
    requestedTaskCount: id === undefined ? 0 : service.desired,
    runningTaskCount: running,
    pendingTaskCount: tasks.length - running,
  }
}

function weighed(world: World, service: Service, revision: Revision): Document {
  return {
    ...summary(world, service, revision),
    requestedTestTrafficWeight: revision.testWeight,
    requestedProductionTrafficWeight: revision.productionWeight,
  }
}

export function revisionView(world: World, service: Service, revision: Revision): Document {
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: arn(world, `cluster/${service.cluster}`),
    taskDefinition: revision.taskDefinition.arn,
    launchType: 'FARGATE',
    containerImages: revision.taskDefinition.containers.map(({ name, image }) =>
      shape({ containerName: name, image, imageDigest: revision.digests.get(name) }),
    ),
    createdAt: seconds(revision.createdAt),
  }
}

export function deploymentBrief(world: World, service: Service, deployment: ServiceDeployment): Document {
  return shape({
    serviceDeploymentArn: deployment.arn,
    serviceArn: service.arn,
    clusterArn: arn(world, `cluster/${service.cluster}`),
    startedAt: seconds(deployment.startedAt),
    createdAt: seconds(deployment.createdAt),
    finishedAt: seconds(deployment.finishedAt),
    targetServiceRevisionArn: deployment.target.revision.arn,
    status: deployment.status,
    statusReason: deployment.reason || undefined,
  })
}

export function deploymentView(world: World, service: Service, deployment: ServiceDeployment): Document {
  const brief = without(deploymentBrief(world, service, deployment), 'targetServiceRevisionArn')
  const { rollback } = deployment
  const settings = service.configuration.deploymentCircuitBreaker
  return shape({
    ...brief,
    updatedAt: seconds(deployment.updatedAt),
    sourceServiceRevisions: deployment.sources.map((revision) => weighed(world, service, revision)),
    targetServiceRevision: weighed(world, service, deployment.target.revision),
    lifecycleStage: deployment.stage,
    lifecycleHookDetails:
      deployment.hooks.length === 0
        ? undefined
        : deployment.hooks.map((hook) => ({
            hookId: hook.hookId,
            targetType: 'PAUSE',
            status: hook.status,
            expiresAt: seconds(hook.expiresAt),
            timeoutAction: hook.timeoutAction,
          })),
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: 'ROLLING',
      ...service.configuration,
    },
    rollback: rollback && {
      reason: rollback.reason,
      startedAt: seconds(rollback.startedAt),
      serviceRevisionArn: rollback.revision.arn,
    },
    deploymentCircuitBreaker:
      settings?.enable === true
        ? {
            status: deployment.rollback
              ? 'TRIGGERED'
              : deployment.finishedAt === undefined
                ? 'MONITORING'
                : 'MONITORING_COMPLETE',
            failureCount: deployment.target.failedTasks,
            threshold: threshold(service),
          }
        : undefined,
  })
}

function attachmentsOf(task: Task): Document[] | undefined {
  if (task.taskDefinition.document.networkMode !== 'awsvpc') return undefined
  const details = [{ name: 'networkInterfaceId', value: interfaceOf(task) }]
  return [{ id: task.id, type: 'ElasticNetworkInterface', status: 'ATTACHED', details }]
}

export function taskView(world: World, task: Task): Document {
  const omitted = world.dial.find('digest-omit', task.service)
  const lie =
    world.dial.find('digest-lie', task.service)?.digest ?? world.dial.find('digest-form', task.service)?.digest
  return shape({
    taskArn: task.arn,
    taskDefinitionArn: task.taskDefinition.arn,
    clusterArn: arn(world, `cluster/${task.cluster}`),
    attachments: attachmentsOf(task),
    group: task.service === undefined ? undefined : `service:${task.service}`,
    startedBy: task.startedBy,
    lastStatus: task.status,
    desiredStatus: task.desired,
    healthStatus: task.health,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    createdAt: seconds(task.createdAt),
    startedAt: seconds(task.startedAt),
    stoppingAt: seconds(task.stoppingAt),
    stoppedAt: seconds(task.stoppedAt),
    launchType: 'FARGATE',
    version: task.version,
    containers: task.containers.map((container) =>
      shape({
        containerArn: arn(world, `container/${task.cluster}/${task.id}/${container.definition.name}`),
        taskArn: task.arn,
        name: container.definition.name,
        image: container.definition.image,
        imageDigest: omitted || container.digest === undefined ? undefined : (lie ?? container.digest),
        runtimeId: container.runtimeId,
        lastStatus: task.status,
        exitCode: container.exitCode,
        reason: container.reason,
        healthStatus: container.health,
      }),
    ),
  })
}
