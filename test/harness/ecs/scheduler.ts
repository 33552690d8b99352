// What ECS does by itself on every tick: counts failures, replaces tasks, ends deployments, goes back.
import { alive, isHealthy, stepTask, stopTask } from './lifecycle.ts'
import type { Rollout, Service, ServiceDeployment, Task } from './model.ts'
import { complete, rollBack, startMissing } from './rollout.ts'
import { stepTraffic } from './traffic.ts'
import { threshold } from './views.ts'
import type { World } from './world.ts'
import { finish, tasksOf, tell } from './world.ts'

export async function tick(world: World): Promise<void> {
  const states = await world.runtime.inspect()
  for (const task of world.tasks.values()) stepTask(world, task, states)
  for (const service of world.services.values()) {
    if (!world.dial.find('freeze', service.name)) stepService(world, service)
  }
}

function stepService(world: World, service: Service): void {
  if (service.status === 'DRAINING') {
    for (const task of alive(world, service)) stopTask(task, 'ServiceSchedulerInitiated', 'Service is being deleted.')
    if (alive(world, service).length === 0) service.status = 'INACTIVE'
    return
  }
  const [deployment] = service.deployments
  const [primary] = service.rollouts
  if (service.status !== 'ACTIVE' || !deployment || !primary) return
  if (deployment.status === 'PENDING') {
    if (world.dial.find('sd-pending', service.name)) return
    if (Date.now() - deployment.createdAt < world.knobs.deploymentStart) return
    deployment.status = 'IN_PROGRESS'
    deployment.startedAt = Date.now()
  }
  countFailures(world, service, primary)
  breaker(world, service, { deployment, primary })
  if (deployment.status === 'ROLLBACK_REQUESTED' && !world.dial.find('hold-rollback', service.name))
    rollBack(world, service, 'Service deployment rolled back by request.')
  const strategy = service.configuration.strategy ?? 'ROLLING'
  if (strategy !== 'ROLLING' && deployment.sources.length > 0) stepTraffic(world, service, deployment)
  else stepRolling(world, service, deployment)
}

/** How many tasks the rollout has tried and lost; a healthy one starts the count anew. */
function countFailures(world: World, service: Service, primary: Rollout): void {
  for (const task of tasksOf(world, service)) {
    if (task.startedBy !== primary.id || task.counted) continue
    if (primary.state === 'IN_PROGRESS' && isHealthy(world, task)) primary.failedTasks = 0
    if (task.status !== 'STOPPED') continue
    task.counted = true
    if (task.stoppedReason?.startsWith('Scaling activity') === true) continue
    primary.failedTasks += 1
    primary.updatedAt = Date.now()
    primary.notBefore = Date.now() + world.knobs.backOff * 2 ** Math.min(primary.failedTasks - 1, 6)
    if (task.stoppedReason === 'Task failed container health checks')
      tell(service, `(task ${task.id}) failed container health checks.`)
  }
}

function breaker(
  world: World,
  service: Service,
  { deployment, primary }: { deployment: ServiceDeployment; primary: Rollout },
): void {
  const settings = service.configuration.deploymentCircuitBreaker
  if (settings?.enable !== true || primary.state !== 'IN_PROGRESS' || primary.failedTasks < threshold(service)) return
  primary.state = 'FAILED'
  primary.reason = 'ECS deployment circuit breaker: tasks failed to start.'
  tell(service, `(deployment ${primary.id}) deployment failed: tasks failed to start.`)
  if (deployment.status === 'ROLLBACK_IN_PROGRESS')
    finish(deployment, 'ROLLBACK_FAILED', 'The rollback could not be completed.')
  else if (!settings.rollback) finish(deployment, 'STOPPED', primary.reason)
  else rollBack(world, service, primary.reason)
}

function stepRolling(world: World, service: Service, deployment: ServiceDeployment): void {
  const [primary] = service.rollouts
  if (!primary) return
  const tasks = alive(world, service)
  const mine = tasks.filter((task) => task.startedBy === primary.id && task.desired === 'RUNNING')
  const wanted = service.desired
  const most = Math.max(1, Math.floor((wanted * (service.configuration.maximumPercent ?? 200)) / 100))
  const least = Math.ceil((wanted * (service.configuration.minimumHealthyPercent ?? 100)) / 100)
  if (primary.state !== 'FAILED')
    startMissing(world, service, { primary, missing: Math.min(wanted - mine.length, most - tasks.length) })
  const early = service.configuration.earlySuccessCriteria
  const isDeferred = early?.sourceServiceRevisionCleanup === 'DEFERRED'
  if (!isDeferred || !world.dial.find('hold-cleanup', service.name)) stopOld(world, { tasks, primary, least })
  for (const task of mine.slice(wanted))
    stopTask(task, 'ServiceSchedulerInitiated', `Scaling activity initiated by (deployment ${primary.id})`)
  const healthy = mine.filter((task) => isHealthy(world, task)).length
  const enough = early?.enable === true ? Math.ceil((wanted * (early.healthyPercent ?? 100)) / 100) : wanted
  const oldGone = tasks.every((task) => task.startedBy === primary.id)
  if (healthy >= enough && (oldGone || isDeferred)) complete(world, service, deployment)
}

function stopOld(
  world: World,
  { tasks, primary, least }: { tasks: readonly Task[]; primary: Rollout; least: number },
): void {
  const old = tasks.filter((task) => task.startedBy !== primary.id && task.desired === 'RUNNING')
  let spare = tasks.filter((task) => isHealthy(world, task)).length - least
  const reason = `Scaling activity initiated by (deployment ${primary.id})`
  for (const task of old) {
    if (isHealthy(world, task)) {
      if (spare <= 0) continue
      spare -= 1
    }
    stopTask(task, 'ServiceSchedulerInitiated', reason)
  }
}
