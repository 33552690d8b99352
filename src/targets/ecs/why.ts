/** Why a rollout fails or stands still: how its tasks ended, and what Amazon's events name. */
import type { Reason } from '../../errors/deploy-error.ts'
import type { WorkloadObservation } from '../../ports.ts'
import type { ServiceSnapshot } from './snapshot.ts'
import type { Ending } from './stopped.ts'
import { endingOf } from './stopped.ts'

export function failed(reason: Reason): WorkloadObservation['state'] {
  return { is: 'failed', reason }
}

export function endingsOf({ name, handle, stopped }: Pick<ServiceSnapshot, 'name' | 'handle' | 'stopped'>): Ending[] {
  return stopped.flatMap((task) => endingOf(name, task, handle.definition) ?? [])
}

/** The reason with the clearest cause that is known: what the version's own tasks ended with. */
export function withWhy(snapshot: ServiceSnapshot, what: string): Reason {
  const endings = endingsOf(snapshot)
  const [cause] = [...endings].sort((a, b) => Number(b.isCertain) - Number(a.isCertain))
  const evidence = [what, ...(cause?.reason.evidence ?? []), ...events(snapshot)]
  return cause ? { ...cause.reason, evidence } : { code: 'reverted', what, evidence }
}

/** What will have been the reason if time runs out now. */
export function suspectOf(
  snapshot: ServiceSnapshot,
  { isDone, old }: { isDone: boolean; old: number },
): Reason | undefined {
  const [ending] = endingsOf(snapshot)
  if (ending) return ending.reason
  const [event] = events(snapshot)
  if (event !== undefined) return { code: 'unschedulable', what: event, evidence: events(snapshot) }
  if (!isDone || old === 0) return undefined
  const what = `${snapshot.name}: Amazon ECS calls the deployment successful, but ${String(old)} tasks of the version before still run`
  return { code: 'rollout-timeout', what }
}

/** Events that name what a person has to mend: capacity, secrets, targets. */
export function events({ service, startedAt }: ServiceSnapshot): string[] {
  return (service?.events ?? [])
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= startedAt)
    .flatMap(({ message }) => message ?? [])
    .filter((message) => /unable|fail|error|unhealthy|missing|throttl|alarm/i.test(message))
    .slice(0, 5)
}
