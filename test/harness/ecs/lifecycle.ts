// One task from PROVISIONING to STOPPED.
import type { TaskStopCode } from '@aws-sdk/client-ecs'
import { arn } from '../aws/policy.ts'
import type { Deployment, Revision, Service, Task, TaskContainer } from './model.ts'
import { keepLogs } from './neighbours.ts'
import type { ContainerState } from './runtime.ts'
import { DIGEST, repositoryOf } from './runtime.ts'
import type { World } from './world.ts'
import { hex, tell } from './world.ts'

export function startTask(world: World, service: Service, { id: startedBy, revision }: Deployment): void {
  const { definition } = revision
  const id = hex(32)
  const taskArn = arn(world, `task/${service.cluster}/${id}`)
  world.tasks.set(id, {
    id,
    taskArn,
    cluster: service.cluster,
    clusterArn: arn(world, `cluster/${service.cluster}`),
    service: service.name,
    group: `service:${service.name}`,
    definition,
    taskDefinitionArn: definition.taskDefinitionArn,
    startedBy,
    containers: definition.containerDefinitions.map((one) => ({
      definition: one,
      containerArn: arn(world, `container/${service.cluster}/${id}/${one.name}`),
      taskArn,
      name: one.name,
      image: one.image,
      healthStatus: 'UNKNOWN',
    })),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    launchType: 'FARGATE',
    version: 1,
    createdAt: new Date(),
    since: Date.now(),
    isCounted: false,
    isBusy: false,
  })
  tell(service, `has started 1 tasks: (task ${id}).`)
}

function enter(task: Task, lastStatus: string): void {
  Object.assign(task, { lastStatus, since: Date.now(), version: task.version + 1 })
}

/** Tells a task to end; its containers follow on the next ticks. */
export function stopTask(task: Task, stopCode: TaskStopCode, stoppedReason: string): void {
  if (task.desiredStatus === 'STOPPED') return
  Object.assign(task, { desiredStatus: 'STOPPED', stopCode, stoppedReason, stoppingAt: new Date() })
  if (task.lastStatus !== 'STOPPED') enter(task, 'DEACTIVATING')
}

export function stepTask(world: World, task: Task, states: ReadonlyMap<string, ContainerState>): void {
  const { knobs, dial } = world
  const { isBusy, desiredStatus, lastStatus, service } = task
  if (isBusy || lastStatus === 'STOPPED') return
  const waited = Date.now() - task.since
  if (desiredStatus === 'STOPPED') {
    const drain = dial.find('slow-drain', service)?.ms ?? knobs.drain
    if (lastStatus !== 'DEACTIVATING' || waited >= drain) void end(world, task)
  } else if (lastStatus === 'PROVISIONING') {
    if (waited >= knobs.provision && !dial.find('stuck-provisioning', service)) enter(task, 'PENDING')
  } else if (lastStatus === 'PENDING') {
    if (!dial.find('stuck-pending', service)) void launch(world, task)
  } else if (lastStatus === 'RUNNING') watch(task, states)
}

async function launch(world: World, task: Task): Promise<void> {
  task.isBusy = true
  try {
    for (const container of task.containers) {
      const digest = await established(world, revisionOf(world, task), container)
      const other = world.dial.find('run-other', task.service)?.digest
      const image = `${repositoryOf(container.definition.image)}@${other ?? digest}`
      const { id: runtimeId, digest: imageDigest } = await world.runtime.start(task.id, container.definition, image)
      Object.assign(container, { runtimeId, imageDigest })
    }
    enter(task, 'ACTIVATING')
    enter(task, 'RUNNING')
    task.startedAt = new Date()
  } catch (error) {
    task.stopCode = 'TaskFailedToStart'
    task.stoppedReason = error instanceof Error ? error.message : String(error)
    // Containers that were started before another one could not be.
    await Promise.all(
      task.containers.map(async ({ runtimeId }) => {
        if (runtimeId !== undefined) await world.runtime.stop(runtimeId, 0)
      }),
    )
    ended(task)
  } finally {
    task.isBusy = false
  }
}

function revisionOf(world: World, { cluster, service, startedBy }: Task): Revision | undefined {
  return world.services.get(`${cluster}/${service}`)?.deployments.find(({ id }) => id === startedBy)?.revision
}

/** Version consistency: the first task decides which digest a tag means for the whole revision. */
async function established(world: World, revision: Revision | undefined, container: TaskContainer): Promise<string> {
  const { name, image } = container.definition
  const entry = revision?.containerImages.find(({ containerName }) => containerName === name)
  if (world.knobs.versionConsistency && entry?.imageDigest !== undefined) return entry.imageDigest
  const digest = DIGEST.exec(image)?.[1] ?? (await world.runtime.resolve(image))
  if (entry) entry.imageDigest = digest
  return digest
}

const isChecked = ({ definition }: TaskContainer): boolean =>
  definition.healthCheck !== undefined && definition.essential !== false

function watch(task: Task, states: ReadonlyMap<string, ContainerState>): void {
  for (const container of task.containers) {
    const state = states.get(container.runtimeId ?? '')
    if (!state) continue
    if (!state.running) {
      if (state.exitCode !== undefined) container.exitCode = state.exitCode
      if (container.definition.essential !== false)
        stopTask(task, 'EssentialContainerExited', 'Essential container in task exited')
    } else if (container.definition.healthCheck && container.healthStatus !== state.health) {
      container.healthStatus = state.health
      task.version += 1
    }
  }
  const healths = task.containers.filter(isChecked).map(({ healthStatus }) => healthStatus)
  const isHealthy = healths.length > 0 && healths.every((health) => health === 'HEALTHY')
  task.healthStatus = healths.includes('UNHEALTHY') ? 'UNHEALTHY' : isHealthy ? 'HEALTHY' : 'UNKNOWN'
  if (task.healthStatus === 'UNHEALTHY')
    stopTask(task, 'ServiceSchedulerInitiated', 'Task failed container health checks')
}

async function end(world: World, task: Task): Promise<void> {
  task.isBusy = true
  enter(task, 'STOPPING')
  await Promise.all(
    task.containers.map(async (container) => {
      if (container.runtimeId === undefined) return
      const limit = Math.min((container.definition.stopTimeout ?? 30) * 1000, world.knobs.stopTimeout)
      await keepLogs(world, task, container)
      const code = await world.runtime.stop(container.runtimeId, limit)
      container.exitCode ??= code
    }),
  )
  ended(task)
  task.isBusy = false
}

function ended(task: Task): void {
  enter(task, 'DEPROVISIONING')
  enter(task, 'STOPPED')
  Object.assign(task, { desiredStatus: 'STOPPED', stoppedAt: new Date() })
}

/** Healthy as the scheduler counts: by its health checks, or by having run for the grace time. */
export function isHealthy({ knobs }: World, task: Task): boolean {
  if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') return false
  if (task.containers.some(isChecked)) return task.healthStatus === 'HEALTHY'
  return Date.now() - Number(task.startedAt ?? Infinity) >= knobs.grace
}
