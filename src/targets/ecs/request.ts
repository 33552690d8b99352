import type { TargetRequest } from '../../domain/request.ts'
import type { Values } from '../../inputs/values.ts'
import type { SharedInput, TargetCommon } from '../shared/kind.ts'
import type { ECS_INPUTS } from './inputs.ts'

export interface EcsRequest extends TargetRequest {
  readonly name: 'ecs'
  /** Name or ARN. */
  readonly cluster: string
  readonly earlyStop: boolean
  readonly pauseStage: string
  readonly testUrl: string | undefined
}

/** Stages where Amazon ECS takes a PAUSE hook (DeploymentLifecycleHookStage without those that shift the traffic). */
const PAUSE_STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
]
const SERVICE = /^(?:arn:[^\s/]+\/(?:[A-Za-z0-9_-]+\/)?)?[A-Za-z0-9_-]{1,255}$/

export function readEcs(
  values: Values<(typeof ECS_INPUTS)[number] | SharedInput>,
  { cwd: _, ...common }: TargetCommon,
): EcsRequest {
  const odd = common.workloads.filter((workload) => !SERVICE.test(workload))
  if (odd.length > 0) values.fault('workload', `${odd.join(', ')}: must be the name or the ARN of an ECS service`)
  const pauseStage = values.text('pause-stage') ?? 'POST_TEST_TRAFFIC_SHIFT'
  if (!PAUSE_STAGES.includes(pauseStage)) {
    values.fault('pause-stage', `must be one of ${PAUSE_STAGES.join(', ')}`)
  }
  const testUrl = values.text('test-url')
  if (testUrl !== undefined && !/^https?:\/\/./.test(testUrl)) {
    values.fault('test-url', 'must begin with http:// or https://')
  }
  return {
    name: 'ecs',
    ...common,
    cluster: values.text('cluster') ?? 'default',
    earlyStop: values.flag('early-stop'),
    pauseStage,
    testUrl,
  }
}
