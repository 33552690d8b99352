import type { Duration } from '../../domain/duration.ts'
import type { TargetRequest } from '../../domain/request.ts'
import type { Values } from '../../inputs/values.ts'
import type { SharedInput, TargetCommon } from '../shared/kind.ts'
import { PAUSE_STAGES } from './hooks.ts'
import type { ECS_INPUTS } from './inputs.ts'

export interface EcsRequest extends TargetRequest {
  readonly name: 'ecs'
  /** Name or ARN. */
  readonly cluster: string
  readonly earlyStop: boolean
  readonly pauseStage: string
  readonly testUrl: string | undefined
  /** How long the answer to somebody else's hook is waited for, and Amazon beside the strategy's own times. */
  readonly timeout: Duration
}

const SERVICE = /^(?:arn:[^\s/]+\/(?:[A-Za-z0-9_-]+\/)?)?[A-Za-z0-9_-]{1,255}$/

export function readEcs(
  values: Values<(typeof ECS_INPUTS)[number] | SharedInput>,
  { cwd: _, ...common }: TargetCommon,
): EcsRequest {
  const odd = common.workloads.filter((workload) => !SERVICE.test(workload))
  if (odd.length > 0) values.fault('workload', `${odd.join(', ')}: must be the name or the ARN of an ECS service`)
  const pauseStage = values.text('pause-stage') ?? 'POST_TEST_TRAFFIC_SHIFT'
  if (!PAUSE_STAGES.includes(pauseStage)) {
    values.fault('pause-stage', `must be one of ${PAUSE_STAGES.join(', ')}: the new tasks run there`)
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
