// What ECS does by itself on every tick: counts failures, replaces tasks, ends deployments, goes back.
import { isHealthy, stepTask, stopTask } from './lifecycle.ts'
import type { Service, Task } from './model.ts'
import { strategyOf, threshold, wantedBy } from './model.ts'
import type { Turn } from './rollout.ts'
import { complete, finish, rollBack, scaleDown, startMissing } from './rollout.ts'
import { stepTraffic } from './traffic.ts'
import type { World } from './world.ts'
import { alive, tasksOf, tell } from './world.ts'

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
  }
  if (service.status !== 'ACTIVE' || !hasStarted(world, service)) return
  const before = turnOf(world, service)
  if (!before) return
  countFailures(before)
  breaker(before)
  const isHeld = world.dial.find('hold-rollback', service.name) !== undefined
  if (before.serviceDeployment.status === 'ROLLBACK_REQUESTED' && !isHeld)
    rollBack(world, service, 'Service deployment rolled back by request.')
  // Going back has made another deployment the primary one.
  const turn = turnOf(world, service) ?? before
  if (strategyOf(service) !== 'ROLLING' && turn.serviceDeployment.sources.length > 0) stepTraffic(turn)
  else stepRolling(turn)
}

function turnOf(world: World, service: Service): Turn | undefined {
  const [[serviceDeployment], [primary]] = [service.serviceDeployments, service.deployments]
  return serviceDeployment && primary ? { world, service, serviceDeployment, primary } : undefined
}

function hasStarted(world: World, { name, serviceDeployments: [deployment] }: Service): boolean {
  if (deployment?.status !== 'PENDING') return true
  const isHeld = world.dial.find('sd-pending', name) !== undefined
  if (isHeld || Date.now() - +deployment.createdAt < world.knobs.deploymentStart) return false
  deployment.status = 'IN_PROGRESS'
  deployment.startedAt = new Date()
  return true
}

/** How many tasks the deployment has tried and lost; a healthy one starts the count anew. */
function countFailures({ world, service, primary }: Turn): void {
  for (const task of tasksOf(world, service)) {
    if (task.startedBy !== primary.id || task.isCounted) continue
    if (primary.rolloutState === 'IN_PROGRESS' && isHealthy(world, task)) primary.failedTasks = 0
    if (task.lastStatus !== 'STOPPED') continue
    task.isCounted = true
    if (task.stoppedReason?.startsWith('Scaling activity') === true) continue
    primary.failedTasks += 1
    primary.updatedAt = new Date()
    primary.notBefore = Date.now() + world.knobs.backOff * 2 ** Math.min(primary.failedTasks - 1, 6)
    if (task.stoppedReason === 'Task failed container health checks')
      tell(service, `(task ${task.id}) failed container health checks.`)
  }
}

function breaker({ world, service, serviceDeployment, primary }: Turn): void {
  const settings = service.settings.deploymentConfiguration?.deploymentCircuitBreaker
  const isTripped = primary.rolloutState === 'IN_PROGRESS' && primary.failedTasks >= threshold(service)
  if (settings?.enable !== true || !isTripped) return
  const reason = 'ECS deployment circuit breaker: tasks failed to start.'
  Object.assign(primary, { rolloutState: 'FAILED', rolloutStateReason: reason })
  tell(service, `(deployment ${primary.id}) deployment failed: tasks failed to start.`)
  if (serviceDeployment.status === 'ROLLBACK_IN_PROGRESS')
    finish(serviceDeployment, 'ROLLBACK_FAILED', 'The rollback could not be completed.')
  else if (settings.rollback === true) rollBack(world, service, reason)
  else finish(serviceDeployment, 'STOPPED', reason)
}

function stepRolling(turn: Turn): void {
  const { world, service, primary } = turn
  const { maximumPercent = 200, earlySuccessCriteria: early } = service.settings.deploymentConfiguration ?? {}
  const tasks = alive(world, service)
  const mine = tasks.filter((task) => task.startedBy === primary.id && task.desiredStatus === 'RUNNING')
  const wanted = wantedBy(service)
  const most = Math.max(1, Math.floor((wanted * maximumPercent) / 100))
  if (primary.rolloutState !== 'FAILED') startMissing(turn, Math.min(wanted - mine.length, most - tasks.length))
  const isDeferred = early?.sourceServiceRevisionCleanup === 'DEFERRED'
  if (!isDeferred || !world.dial.find('hold-cleanup', service.name)) stopOld(turn, tasks)
  for (const task of mine.slice(wanted)) scaleDown(task, primary)
  const healthy = mine.filter((task) => isHealthy(world, task)).length
  const enough = early?.enable === true ? Math.ceil((wanted * (early.healthyPercent ?? 100)) / 100) : wanted
  const isOldGone = tasks.every((task) => task.startedBy === primary.id)
  if (healthy >= enough && (isOldGone || isDeferred)) complete(turn)
}

function stopOld({ world, service, primary }: Turn, tasks: readonly Task[]): void {
  const { minimumHealthyPercent = 100 } = service.settings.deploymentConfiguration ?? {}
  const least = Math.ceil((wantedBy(service) * minimumHealthyPercent) / 100)
  let spare = tasks.filter((task) => isHealthy(world, task)).length - least
  for (const task of tasks) {
    if (task.startedBy === primary.id || task.desiredStatus !== 'RUNNING') continue
    if (isHealthy(world, task)) {
      if (spare <= 0) continue
      spare -= 1
    }
    scaleDown(task, primary)
  }
}
