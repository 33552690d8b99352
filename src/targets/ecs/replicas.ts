/** Tasks as replicas: what runs, as the agent that runs it reports. */
import type { Task } from '@aws-sdk/client-ecs'
import type { Digest } from '../../domain/digest.ts'
import { isDigest } from '../../domain/digest.ts'
import type { Replica } from '../../ports.ts'
import type { Definition } from './definition.ts'
import type { EcsSpec } from './snapshot.ts'

export function isLive({ lastStatus, desiredStatus }: Task): boolean {
  return desiredStatus !== 'STOPPED' && lastStatus !== 'STOPPED'
}

/**
 * Whether a task belongs to that deployment. Amazon says so by `startedBy`; engines that put something else there are
 * believed by the task definition.
 */
export function isStartedBy(
  { startedBy = '', taskDefinitionArn }: Task,
  deploymentId: string | undefined,
  definition: string | undefined,
): boolean {
  return startedBy.startsWith('ecs-svc/') ? startedBy === deploymentId : taskDefinitionArn === definition
}

export function isOf(task: Task, { deploymentId, taskDefinition }: EcsSpec): boolean {
  return isStartedBy(task, deploymentId, taskDefinition)
}

export function digestOf(task: Task, container: string): Digest | undefined {
  const digest = task.containers?.find(({ name }) => name === container)?.imageDigest
  return digest !== undefined && isDigest(digest) ? digest : undefined
}

/** Running, and healthy where the task definition has a health check: before its first answer Amazon says UNKNOWN. */
export function isHealthy({ lastStatus, healthStatus }: Task, definition: Definition | undefined): boolean {
  if (lastStatus !== 'RUNNING' || healthStatus === 'UNHEALTHY') return false
  return healthStatus === 'HEALTHY' || !isChecked(definition)
}

function isChecked(definition: Definition | undefined): boolean {
  return (
    definition?.containerDefinitions.some(({ healthCheck, essential }) => healthCheck && essential !== false) ?? false
  )
}

export function replicaOf(task: Task, { container, definition }: EcsSpec): Replica {
  const digest = digestOf(task, container)
  const since = task.startedAt?.getTime()
  return {
    id: task.taskArn?.split('/').at(-1) ?? '',
    ...(digest === undefined ? {} : { digest, evidence: 'runtime' as const }),
    healthy: isHealthy(task, definition),
    restarts: 0,
    ...(since === undefined ? {} : { healthySince: since }),
  }
}
