// Blue-green, linear and canary: the stages of a service deployment, its PAUSE hooks and the weights of the traffic.
import type * as sdk from '@aws-sdk/client-ecs'
import { isHealthy } from './lifecycle.ts'
import type { ServiceDeployment } from './model.ts'
import { strategyOf, wantedBy } from './model.ts'
import type { Turn } from './rollout.ts'
import { complete, rollBack, scaleDown, startMissing } from './rollout.ts'
import { alive, urlSafe } from './world.ts'

interface Stage {
  readonly name: sdk.ServiceDeploymentLifecycleStage
  /** A second name that hooks of this stage have. */
  readonly hooksAlsoAt?: string
  enter?(turn: Turn): void
  /** At once where it is not given. */
  isDone?(turn: Turn): boolean
}

const PRE_PRODUCTION = 'PRE_PRODUCTION_TRAFFIC_SHIFT'
const STAGES: readonly Stage[] = [
  { name: 'PRE_SCALE_UP' },
  { name: 'SCALE_UP', isDone: isScaled },
  { name: 'POST_SCALE_UP' },
  { name: 'TEST_TRAFFIC_SHIFT', enter: ({ primary }) => void (primary.revision.testWeight = 100) },
  { name: 'POST_TEST_TRAFFIC_SHIFT' },
  { name: 'PRODUCTION_TRAFFIC_SHIFT', hooksAlsoAt: PRE_PRODUCTION, isDone: shift },
  { name: 'POST_PRODUCTION_TRAFFIC_SHIFT' },
  { name: 'BAKE_TIME', isDone: (turn) => hasWaited(turn, configuration(turn).bakeTimeInMinutes ?? 0) },
  { name: 'CLEAN_UP', isDone: isAlone },
]

export function stepTraffic(turn: Turn): void {
  const { world, service, serviceDeployment, primary } = turn
  const mine = alive(world, service).filter((task) => task.startedBy === primary.id && task.desiredStatus === 'RUNNING')
  if (primary.rolloutState !== 'FAILED') startMissing(turn, wantedBy(service) - mine.length)
  if (serviceDeployment.status === 'ROLLBACK_IN_PROGRESS') {
    goBack(turn)
    return
  }
  if (serviceDeployment.status !== 'IN_PROGRESS') return
  if (serviceDeployment.lifecycleStage === undefined) enter(turn, STAGES[0])
  const verdict = answerOf(serviceDeployment)
  if (verdict === 'refused') {
    rollBack(world, service, 'A lifecycle hook asked for a rollback.')
    return
  }
  const index = STAGES.findIndex(({ name }) => name === serviceDeployment.lifecycleStage)
  if (verdict === 'waiting' || STAGES[index]?.isDone?.(turn) === false) return
  if (index + 1 < STAGES.length) enter(turn, STAGES[index + 1])
  else complete(turn)
}

function enter(turn: Turn, stage: Stage | undefined): void {
  if (!stage) return
  const { serviceDeployment } = turn
  const [stageSince, updatedAt] = [Date.now(), new Date()]
  Object.assign(serviceDeployment, { lifecycleStage: stage.name, stageSince, updatedAt })
  stage.enter?.(turn)
  openHooks(turn, stage.name)
  if (stage.hooksAlsoAt !== undefined) openHooks(turn, stage.hooksAlsoAt)
}

function openHooks(turn: Turn, stage: string): void {
  for (const hook of configuration(turn).lifecycleHooks ?? []) {
    if (hook.targetType !== 'PAUSE' || hook.lifecycleStages?.some((one) => one === stage) !== true) continue
    const { timeoutInMinutes = 1440, action: timeoutAction = 'ROLLBACK' } = hook.timeoutConfiguration ?? {}
    turn.serviceDeployment.lifecycleHookDetails.push({
      hookId: `ecs-pause-${urlSafe(43)}`,
      targetType: 'PAUSE',
      stage,
      status: 'AWAITING_ACTION',
      expiresAt: new Date(Date.now() + timeoutInMinutes * turn.world.knobs.minute),
      timeoutAction,
    })
  }
}

function answerOf({ lifecycleHookDetails: hooks }: ServiceDeployment): 'passed' | 'waiting' | 'refused' {
  for (const hook of hooks) {
    if (hook.status === 'AWAITING_ACTION' && Date.now() >= +hook.expiresAt) hook.status = 'TIMED_OUT'
    if (hook.status === 'FAILED') return 'refused'
    if (hook.status === 'TIMED_OUT' && hook.timeoutAction === 'ROLLBACK') return 'refused'
  }
  return hooks.some(({ status }) => status === 'AWAITING_ACTION') ? 'waiting' : 'passed'
}

const configuration = ({ service }: Turn): sdk.DeploymentConfiguration => service.settings.deploymentConfiguration ?? {}
const hasWaited = ({ world, serviceDeployment }: Turn, minutes: number): boolean =>
  Date.now() - serviceDeployment.stageSince >= minutes * world.knobs.minute

function isScaled({ world, service, primary }: Turn): boolean {
  const mine = alive(world, service).filter((task) => task.startedBy === primary.id)
  return mine.filter((task) => isHealthy(world, task)).length >= wantedBy(service)
}

/** Stops the tasks of the other version. */
function isAlone({ world, service, primary }: Turn): boolean {
  const others = alive(world, service).filter((task) => task.startedBy !== primary.id)
  for (const task of others) scaleDown(task, primary)
  return others.length === 0
}

/** How the traffic moves: the first step, each later step, and the minutes between them. */
function stepsOf(turn: Turn): { first: number; next: number; minutes: number } {
  const { linearConfiguration: linear = {}, canaryConfiguration: canary = {} } = configuration(turn)
  const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = linear
  const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = canary
  switch (strategyOf(turn.service)) {
    case 'LINEAR':
      return { first: stepPercent, next: stepPercent, minutes: stepBakeTimeInMinutes }
    case 'CANARY':
      return { first: canaryPercent, next: 100, minutes: canaryBakeTimeInMinutes }
    default:
      return { first: 100, next: 100, minutes: 0 }
  }
}

/** Moves the next share of the traffic; true when green has all of it. */
function shift(turn: Turn): boolean {
  const { serviceDeployment, primary } = turn
  const { first, next, minutes } = stepsOf(turn)
  const moved = primary.revision.productionWeight
  if (moved > 0 && !hasWaited(turn, minutes)) return false
  const weight = Math.min(100, moved === 0 ? first : moved + next)
  primary.revision.productionWeight = weight
  for (const source of serviceDeployment.sources) source.productionWeight = 100 - weight
  serviceDeployment.stageSince = Date.now()
  if (weight < 100) openHooks(turn, PRE_PRODUCTION)
  return weight === 100
}

function goBack(turn: Turn): void {
  const { revision } = turn.serviceDeployment.target
  Object.assign(revision, { testWeight: 0, productionWeight: 0 })
  turn.primary.revision.productionWeight = 100
  if (isAlone(turn) && isScaled(turn)) complete(turn)
}
