// What a service deployment does next, whatever its strategy: begin, start what is missing, be complete, go back.
import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs'
import { arn } from '../aws/policy.ts'
import { startTask, stopTask } from './lifecycle.ts'
import type { Deployment, Revision, Service, ServiceDeployment, Task } from './model.ts'
import type { World } from './world.ts'
import { alive, digits, tell, urlSafe } from './world.ts'

/** One service at one tick. */
export interface Turn {
  readonly world: World
  readonly service: Service
  readonly serviceDeployment: ServiceDeployment
  readonly primary: Deployment
}

function newRevision(world: World, { arn: serviceArn, cluster, name, definition }: Service): Revision {
  return {
    serviceRevisionArn: arn(world, `service-revision/${cluster}/${name}/${digits(19)}`),
    serviceArn,
    clusterArn: arn(world, `cluster/${cluster}`),
    taskDefinition: definition.taskDefinitionArn,
    launchType: 'FARGATE',
    createdAt: new Date(),
    definition,
    containerImages: definition.containerDefinitions.map(({ name: containerName, image }) => ({
      containerName,
      image,
    })),
    testWeight: 0,
    productionWeight: 0,
  }
}

function newDeployment(revision: Revision): Deployment {
  const id = `ecs-svc/${digits(19)}`
  const now = new Date()
  const states = { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' } as const
  const rolloutStateReason = `ECS deployment ${id} in progress.`
  return { id, revision, ...states, rolloutStateReason, failedTasks: 0, notBefore: 0, createdAt: now, updatedAt: now }
}

/** A new deployment of what the service is to run now, and the service deployment that follows it. */
export function begin(world: World, service: Service): void {
  const now = new Date()
  const target = newDeployment(newRevision(world, service))
  const sources = service.deployments.flatMap((one) => (one.rolloutState === 'COMPLETED' ? one.revision : []))
  for (const deployment of service.deployments) deployment.status = 'ACTIVE'
  const [running] = service.serviceDeployments
  if (running && !running.finishedAt) finish(running, 'STOPPED', 'Superseded by a newer service deployment.')
  service.deployments.unshift(target)
  service.serviceDeployments.unshift({
    serviceDeploymentArn: arn(world, `service-deployment/${service.cluster}/${service.name}/${urlSafe(21)}`),
    target,
    sources,
    createdAt: now,
    updatedAt: now,
    status: 'PENDING',
    stageSince: 0,
    lifecycleHookDetails: [],
  })
}

export function finish(deployment: ServiceDeployment, status: ServiceDeploymentStatus, statusReason?: string): void {
  const now = new Date()
  Object.assign(deployment, { status, statusReason, finishedAt: now, updatedAt: now })
  delete deployment.lifecycleStage
}

export function startMissing({ world, service, primary }: Turn, missing: number): void {
  if (missing <= 0 || Date.now() < primary.notBefore) return
  if (world.dial.find('capacity', service.name)) {
    const text =
      'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.'
    if (service.events[0]?.message?.includes('unable to place') !== true) tell(service, text)
    return
  }
  // Until the first task has established what the images are, there is only one.
  const isKnown = primary.revision.containerImages.some(({ imageDigest }) => imageDigest)
  const count = isKnown ? missing : alive(world, service).some((task) => task.startedBy === primary.id) ? 0 : 1
  for (let index = 0; index < count; index += 1) startTask(world, service, primary)
}

export function scaleDown(task: Task, { id }: Deployment): void {
  stopTask(task, 'ServiceSchedulerInitiated', `Scaling activity initiated by (deployment ${id})`)
}

/** The deployment has what it wants: told once, after the lag. */
export function complete({ world, service, serviceDeployment, primary }: Turn): void {
  if (primary.rolloutState !== 'IN_PROGRESS' || world.dial.find('hold-complete', service.name)) return
  serviceDeployment.readySince ??= Date.now()
  if (Date.now() - serviceDeployment.readySince < world.knobs.completeLag) return
  primary.rolloutState = 'COMPLETED'
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`
  primary.revision.productionWeight = 100
  primary.updatedAt = new Date()
  const tasks = alive(world, service)
  service.deployments = service.deployments.filter(
    ({ id }) => id === primary.id || tasks.some((task) => task.startedBy === id),
  )
  tell(service, `(deployment ${primary.id}) deployment completed.`)
  tell(service, 'has reached a steady state.')
  const { status, statusReason, finishedAt } = serviceDeployment
  if (finishedAt) return
  if (status === 'ROLLBACK_IN_PROGRESS') finish(serviceDeployment, 'ROLLBACK_SUCCESSFUL', statusReason)
  else finish(serviceDeployment, 'SUCCESSFUL')
}

/** Back to the revision of before, or to nothing where there was none. */
export function rollBack(world: World, service: Service, reason: string): void {
  const [serviceDeployment] = service.serviceDeployments
  const [primary, ...others] = service.deployments
  if (!serviceDeployment || !primary) return
  const now = new Date()
  const good = others.find(({ revision }) => serviceDeployment.sources.includes(revision))
  if (!good) {
    primary.rolloutState = 'FAILED'
    finish(serviceDeployment, 'ROLLBACK_FAILED', `${reason} There is no completed deployment to roll back to.`)
    return
  }
  const rollback = { reason, startedAt: now, serviceRevisionArn: good.revision.serviceRevisionArn }
  Object.assign(serviceDeployment, { status: 'ROLLBACK_IN_PROGRESS', statusReason: reason, updatedAt: now, rollback })
  const again = world.knobs.rollbackId === 'reuse' ? good : newDeployment(good.revision)
  Object.assign(again, { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', failedTasks: 0, notBefore: 0, updatedAt: now })
  primary.status = 'ACTIVE'
  if (primary.rolloutState === 'IN_PROGRESS') primary.rolloutState = 'FAILED'
  primary.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${again.id}.`
  service.deployments = [again, ...service.deployments.filter((deployment) => deployment !== good)]
  service.definition = good.revision.definition
  tell(service, `rolling back to deployment ${again.id}.`)
}
