/** What was seen of one service: its counts, which show that something has changed, and its tasks. */
import type { Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs'
import type { EcsReader } from './reader.ts'
import { isLive, isOf } from './replicas.ts'
import type { EcsSpec } from './snapshot.ts'

export interface Facts {
  readonly service: Service | undefined
  readonly deployment: ServiceDeployment | undefined
}

export interface Seen {
  service: Service | undefined
  deployment: ServiceDeployment | undefined
  tasks: readonly Task[]
  stopped: readonly Task[]
  counts: string
  tasksAt: number
}

export const NO_TASKS = { tasks: [], stopped: [] }

/**
 * Live tasks, and those that ended where there is a sign of one: Amazon's counts, or a task that was there and is not any
 * more. Amazon counts no task as failed that has run for a while.
 */
export async function tasksNow(
  reader: EcsReader,
  handle: EcsSpec,
  { facts, before }: { facts: Facts; before: Seen | undefined },
): Promise<{ tasks: readonly Task[]; stopped: readonly Task[] }> {
  const askEnded = () => reader.tasks(handle.service, 'STOPPED')
  const isCounted = hasLost(facts) || (before?.stopped.length ?? 0) > 0
  const [tasks, ended] = await Promise.all([
    reader.tasks(handle.service, 'RUNNING'),
    isCounted ? askEnded() : undefined,
  ])
  const alive = new Set(tasks.filter(isLive).map(({ taskArn }) => taskArn))
  const isGone = (task: Task) => isOf(task, handle) && !alive.has(task.taskArn)
  return { tasks, stopped: ended ?? (before?.tasks.some(isGone) ? await askEnded() : []) }
}

/** Everything whose change means that tasks have come, gone or failed. */
export function countsOf({ service, deployment }: Facts): string {
  const rollouts = (service?.deployments ?? []).map(
    ({ id, status, rolloutState, runningCount, pendingCount, failedTasks }) => [
      id,
      status,
      rolloutState,
      runningCount,
      pendingCount,
      failedTasks,
    ],
  )
  const target = deployment?.targetServiceRevision
  return JSON.stringify([
    service?.status,
    service?.desiredCount,
    service?.runningCount,
    // Each task that comes or goes is an event, whether Amazon counts it or not.
    service?.events?.[0]?.id,
    rollouts,
    deployment?.status,
    deployment?.lifecycleStage,
    deployment?.lifecycleHookDetails?.map(({ status }) => status),
    target?.runningTaskCount,
    target?.requestedProductionTrafficWeight,
    deployment?.deploymentCircuitBreaker?.failureCount,
  ])
}

function hasLost({ service, deployment }: Facts): boolean {
  const failedTasks =
    service?.deployments?.some(({ failedTasks: lost = 0, rolloutState }) => lost > 0 || rolloutState === 'FAILED') ??
    false
  const status: string = deployment?.status ?? ''
  return (
    failedTasks ||
    (deployment?.deploymentCircuitBreaker?.failureCount ?? 0) > 0 ||
    status.includes('ROLLBACK') ||
    status.startsWith('STOP')
  )
}
