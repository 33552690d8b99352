/** PAUSE hooks: which one is open, and whether it is this run's to answer or somebody else's. */
import type { ServiceDeployment } from '@aws-sdk/client-ecs'

/** Stages of a deployment in their order. Amazon may show the fifth as the sixth, which takes no PAUSE hook itself. */
const STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
]

/** Stages that take a PAUSE hook and at which the new tasks run, so that they can be proven. */
export const PAUSE_STAGES = [
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
]

export interface OpenHook {
  readonly hookId: string
  /** It is at the stage that `pause-stage` names. Any other one waits for somebody else's answer. */
  readonly isOurs: boolean
  readonly stage: string
  readonly expiresAt: Date | undefined
}

/** The hook at which the deployment waits for somebody's answer. */
export function openHook(deployment: ServiceDeployment | undefined, pauseStage: string): OpenHook | undefined {
  const open = deployment?.lifecycleHookDetails?.find(
    ({ status, targetType }) => status === 'AWAITING_ACTION' && targetType === 'PAUSE',
  )
  if (open?.hookId === undefined) return undefined
  const stage = stageOf(deployment)
  return { hookId: open.hookId, isOurs: stage === pauseStage, stage, expiresAt: open.expiresAt }
}

/** The stage of the deployment as hooks name it. */
function stageOf(deployment: ServiceDeployment | undefined): string {
  const stage: string = deployment?.lifecycleStage ?? ''
  return stage === 'PRODUCTION_TRAFFIC_SHIFT' ? 'PRE_PRODUCTION_TRAFFIC_SHIFT' : stage
}

/** The new version gets production traffic, and no hook of ours will stop it any more: there is nothing to wait for. */
export function isBeyondHooks(deployment: ServiceDeployment | undefined, pauseStage: string): boolean {
  if (deployment?.status !== 'IN_PROGRESS') return false
  const now = STAGES.indexOf(stageOf(deployment))
  if (now < STAGES.indexOf('PRE_PRODUCTION_TRAFFIC_SHIFT')) return false
  const hooks = deployment.deploymentConfiguration?.lifecycleHooks ?? []
  const isAhead = hooks.some(
    ({ targetType, lifecycleStages = [] }) =>
      targetType === 'PAUSE' && lifecycleStages.some((stage) => stage === pauseStage),
  )
  return !isAhead || now > STAGES.indexOf(pauseStage)
}

/** `waits at post scale up for somebody else's answer to the PAUSE hook …, until 2026-01-01T00:00:00.000Z` */
export function foreignHookText({ hookId, stage, expiresAt }: OpenHook): string {
  const until = expiresAt ? `, until ${expiresAt.toISOString()}` : ''
  return `waits at ${stageText(stage)} for somebody else's answer to the PAUSE hook ${hookId}${until}`
}

export function stageText(stage: string): string {
  return stage.toLowerCase().replaceAll('_', ' ')
}
