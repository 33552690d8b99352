// One task from PROVISIONING to STOPPED.
import type { Revision, Rollout, Service, Task, TaskContainer } from './model.ts'
import type { ContainerState } from './runtime.ts'
import { DIGEST, repositoryOf } from './runtime.ts'
import { keepLogs } from './logs.ts'
import type { World } from './world.ts'
import { arn, hex, tasksOf, tell } from './world.ts'

export function startTask(world: World, service: Service, rollout: Rollout): Task {
  const { taskDefinition } = rollout.revision
  const id = hex(32)
  const now = Date.now()
  const task: Task = {
    id,
    arn: arn(world, `task/${service.cluster}/${id}`),
    cluster: service.cluster,
    taskDefinition,
    service: service.name,
    startedBy: rollout.id,
    containers: taskDefinition.containers.map((definition) => ({ definition, health: 'UNKNOWN' })),
    status: 'PROVISIONING',
    desired: 'RUNNING',
    health: 'UNKNOWN',
    version: 1,
    since: now,
    createdAt: now,
    counted: false,
    busy: false,
  }
  world.tasks.set(id, task)
  tell(service, `has started 1 tasks: (task ${id}).`)
  return task
}

function enter(task: Task, status: Task['status']): void {
  task.status = status
  task.since = Date.now()
  task.version += 1
}

/** Tells a task to end; its containers follow on the next ticks. */
export function stopTask(task: Task, stopCode: string, reason: string): void {
  if (task.desired === 'STOPPED') return
  task.desired = 'STOPPED'
  task.stopCode = stopCode
  task.stoppedReason = reason
  task.stoppingAt = Date.now()
  if (task.status !== 'STOPPED') enter(task, 'DEACTIVATING')
}

export function stepTask(world: World, task: Task, states: ReadonlyMap<string, ContainerState>): void {
  if (task.busy || task.status === 'STOPPED') return
  const { knobs, dial } = world
  const waited = Date.now() - task.since
  if (task.desired === 'STOPPED') {
    const drain = dial.find('slow-drain', task.service)?.ms ?? knobs.drain
    if (task.status !== 'DEACTIVATING' || waited >= drain) void end(world, task)
    return
  }
  if (task.status === 'PROVISIONING' && waited >= knobs.provision && !dial.find('stuck-provisioning', task.service)) {
    enter(task, 'PENDING')
  } else if (task.status === 'PENDING' && !dial.find('stuck-pending', task.service)) {
    void launch(world, task)
  } else if (task.status === 'RUNNING') watch(task, states)
}

async function launch(world: World, task: Task): Promise<void> {
  task.busy = true
  try {
    const revision = revisionOf(world, task)
    for (const container of task.containers) {
      const digest = await established(world, revision, container)
      const other = world.dial.find('run-other', task.service)?.digest
      const image = `${repositoryOf(container.definition.image)}@${other ?? digest}`
      const started = await world.runtime.start(task.id, container.definition, image)
      container.runtimeId = started.id
      container.digest = started.digest
    }
    enter(task, 'ACTIVATING')
    enter(task, 'RUNNING')
    task.startedAt = Date.now()
  } catch (error) {
    task.stopCode = 'TaskFailedToStart'
    task.stoppedReason = error instanceof Error ? error.message : String(error)
    await ended(world, task)
  } finally {
    task.busy = false
  }
}

function revisionOf(world: World, task: Task): Revision | undefined {
  const service = [...world.services.values()].find(
    ({ name, cluster }) => name === task.service && cluster === task.cluster,
  )
  return service?.rollouts.find(({ id }) => id === task.startedBy)?.revision
}

/** Version consistency: the first task decides which digest a tag means for the whole revision. */
async function established(world: World, revision: Revision | undefined, container: TaskContainer): Promise<string> {
  const { name, image } = container.definition
  const known = world.knobs.versionConsistency ? revision?.digests.get(name) : undefined
  if (known !== undefined) return known
  const digest = DIGEST.exec(image)?.[1] ?? (await world.runtime.resolve(image))
  revision?.digests.set(name, digest)
  return digest
}

function watch(task: Task, states: ReadonlyMap<string, ContainerState>): void {
  for (const container of task.containers) {
    const state = states.get(container.runtimeId ?? '')
    if (!state) continue
    if (!state.running) {
      if (state.exitCode !== undefined) container.exitCode = state.exitCode
      if (container.definition.essential !== false)
        stopTask(task, 'EssentialContainerExited', 'Essential container in task exited')
      continue
    }
    if (container.definition.healthCheck && container.health !== state.health) {
      container.health = state.health
      task.version += 1
    }
  }
  const checked = task.containers.filter(({ definition }) => definition.healthCheck && definition.essential !== false)
  const healths = checked.map(({ health }) => health)
  task.health = healths.includes('UNHEALTHY')
    ? 'UNHEALTHY'
    : healths.length > 0 && healths.every((health) => health === 'HEALTHY')
      ? 'HEALTHY'
      : 'UNKNOWN'
  if (task.health === 'UNHEALTHY') stopTask(task, 'ServiceSchedulerInitiated', 'Task failed container health checks')
}

async function end(world: World, task: Task): Promise<void> {
  task.busy = true
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
  await ended(world, task)
  task.busy = false
}

async function ended(world: World, task: Task): Promise<void> {
  // Containers that were started before another one could not be.
  if (task.status === 'PENDING')
    await Promise.all(
      task.containers.map(({ runtimeId }) =>
        runtimeId === undefined ? Promise.resolve(0) : world.runtime.stop(runtimeId, 0),
      ),
    )
  enter(task, 'DEPROVISIONING')
  enter(task, 'STOPPED')
  task.desired = 'STOPPED'
  task.stoppedAt = Date.now()
}

/** Healthy as the scheduler counts: by its health checks, or by having run for the grace time. */
export function isHealthy({ knobs }: World, task: Task): boolean {
  if (task.status !== 'RUNNING' || task.desired !== 'RUNNING') return false
  if (task.containers.some(({ definition }) => definition.healthCheck && definition.essential !== false))
    return task.health === 'HEALTHY'
  return Date.now() - (task.startedAt ?? Infinity) >= knobs.grace
}

/** Tasks of the service that have not ended. */
export function alive(world: World, service: Service): Task[] {
  return tasksOf(world, service).filter(({ status }) => status !== 'STOPPED')
}
