// Blue-green, linear and canary: the stages of a service deployment, its PAUSE hooks and the weights of the traffic.
import { alive, isHealthy, stopTask } from './lifecycle.ts'
import type { Rollout, Service, ServiceDeployment } from './model.ts'
import { complete, rollBack, startMissing } from './rollout.ts'
import type { World } from './world.ts'
import { newHook } from './world.ts'

const STAGES = [
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const

export function stepTraffic(world: World, service: Service, deployment: ServiceDeployment): void {
  const [primary] = service.rollouts
  if (!primary) return
  if (deployment.status === 'ROLLBACK_IN_PROGRESS') {
    goBack(world, service, { deployment, primary })
    return
  }
  keepRunning(world, service, primary)
  if (deployment.status !== 'IN_PROGRESS') return
  if (deployment.stage === undefined) enter(world, service, { deployment, stage: STAGES[0] })
  const verdict = hooksOf(deployment)
  if (verdict === 'refused') {
    rollBack(world, service, 'A lifecycle hook asked for a rollback.')
    return
  }
  if (verdict === 'waiting' || !isStageDone(world, service, { deployment, primary })) return
  const next = STAGES[STAGES.findIndex((stage) => stage === deployment.stage) + 1]
  if (next !== undefined) enter(world, service, { deployment, stage: next })
  else complete(world, service, deployment)
}

function keepRunning(world: World, service: Service, primary: Rollout): void {
  const mine = alive(world, service).filter((task) => task.startedBy === primary.id && task.desired === 'RUNNING')
  if (primary.state !== 'FAILED') startMissing(world, service, { primary, missing: service.desired - mine.length })
}

function enter(
  world: World,
  service: Service,
  { deployment, stage }: { deployment: ServiceDeployment; stage: string },
): void {
  deployment.stage = stage
  deployment.stageSince = Date.now()
  deployment.updatedAt = Date.now()
  const { revision } = deployment.target
  if (stage === 'TEST_TRAFFIC_SHIFT') revision.testWeight = 100
  openHooks(world, service, { deployment, stage })
  if (stage === 'PRODUCTION_TRAFFIC_SHIFT')
    openHooks(world, service, { deployment, stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' })
}

function openHooks(
  world: World,
  service: Service,
  { deployment, stage }: { deployment: ServiceDeployment; stage: string },
): void {
  for (const hook of service.configuration.lifecycleHooks ?? []) {
    if (hook.targetType !== 'PAUSE' || !hook.lifecycleStages.includes(stage)) continue
    const { timeoutInMinutes = 1440, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {}
    deployment.hooks.push(newHook(stage, Date.now() + timeoutInMinutes * world.knobs.minute, action))
  }
}

function hooksOf({ hooks }: ServiceDeployment): 'passed' | 'waiting' | 'refused' {
  for (const hook of hooks) {
    if (hook.status === 'AWAITING_ACTION' && Date.now() >= hook.expiresAt) hook.status = 'TIMED_OUT'
    if (hook.status === 'FAILED') return 'refused'
    if (hook.status === 'TIMED_OUT' && hook.timeoutAction === 'ROLLBACK') return 'refused'
  }
  return hooks.some(({ status }) => status === 'AWAITING_ACTION') ? 'waiting' : 'passed'
}

function isStageDone(
  world: World,
  service: Service,
  { deployment, primary }: { deployment: ServiceDeployment; primary: Rollout },
): boolean {
  const waited = Date.now() - deployment.stageSince
  const tasks = alive(world, service)
  switch (deployment.stage ?? '') {
    case 'SCALE_UP':
      return tasks.filter((task) => task.startedBy === primary.id && isHealthy(world, task)).length >= service.desired
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return shift(world, service, { deployment, primary })
    case 'BAKE_TIME':
      return waited >= (service.configuration.bakeTimeInMinutes ?? 0) * world.knobs.minute
    case 'CLEAN_UP': {
      const old = tasks.filter((task) => task.startedBy !== primary.id)
      const reason = `Scaling activity initiated by (deployment ${primary.id})`
      for (const task of old) stopTask(task, 'ServiceSchedulerInitiated', reason)
      return old.length === 0
    }
    default:
      return true
  }
}

/** Moves the next share of the traffic; true when green has all of it. */
function shift(
  world: World,
  service: Service,
  { deployment, primary }: { deployment: ServiceDeployment; primary: Rollout },
): boolean {
  const { configuration } = service
  const weight = primary.revision.productionWeight
  const minutes =
    configuration.strategy === 'LINEAR'
      ? (configuration.linearConfiguration?.stepBakeTimeInMinutes ?? 6)
      : (configuration.canaryConfiguration?.canaryBakeTimeInMinutes ?? 10)
  const isFirst = weight === 0
  if (!isFirst && Date.now() - deployment.stageSince < minutes * world.knobs.minute) return weight >= 100
  const next =
    configuration.strategy === 'LINEAR'
      ? weight + (configuration.linearConfiguration?.stepPercent ?? 10)
      : configuration.strategy === 'CANARY' && isFirst
        ? (configuration.canaryConfiguration?.canaryPercent ?? 5)
        : 100
  weigh(deployment, primary, Math.min(100, next))
  deployment.stageSince = Date.now()
  if (next >= 100) return true
  openHooks(world, service, { deployment, stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' })
  return false
}

function weigh({ sources }: ServiceDeployment, primary: Rollout, weight: number): void {
  primary.revision.productionWeight = weight
  for (const source of sources) source.productionWeight = 100 - weight
}

function goBack(
  world: World,
  service: Service,
  { deployment, primary }: { deployment: ServiceDeployment; primary: Rollout },
): void {
  deployment.target.revision.testWeight = 0
  deployment.target.revision.productionWeight = 0
  primary.revision.productionWeight = 100
  keepRunning(world, service, primary)
  const reason = `Scaling activity initiated by (deployment ${primary.id})`
  const others = alive(world, service).filter((task) => task.startedBy !== primary.id)
  for (const task of others) stopTask(task, 'ServiceSchedulerInitiated', reason)
  const healthy = alive(world, service).filter((task) => task.startedBy === primary.id && isHealthy(world, task))
  if (others.length === 0 && healthy.length >= service.desired) complete(world, service, deployment)
}
