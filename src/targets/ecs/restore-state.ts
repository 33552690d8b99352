/** What a snapshot during a restore means. Pure, as classify.ts. */
import type { Deployment, Service } from '@aws-sdk/client-ecs'
import type { WorkloadObservation } from '../../ports.ts'
import { isLive, isStartedBy } from './replicas.ts'
import type { ServiceSnapshot } from './snapshot.ts'
import { revision } from './snapshot.ts'
import { failed, withWhy } from './why.ts'

export function restoreState(
  snapshot: ServiceSnapshot,
  service: Service,
  primary: Deployment,
): WorkloadObservation['state'] {
  const { name, handle, deployment } = snapshot
  if (deployment?.status === 'ROLLBACK_FAILED')
    return failed(withWhy(snapshot, `${name}: Amazon ECS could not go back: ${deployment.statusReason ?? ''}`))
  const isGoing =
    deployment !== undefined &&
    ['STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(deployment.status ?? '')
  if (primary.taskDefinition !== handle.taskDefinition) {
    // Asked to go back, Amazon may take a moment before it says so.
    const isAsked = handle.serviceDeployment !== undefined && deployment?.status === 'IN_PROGRESS'
    if (isGoing || isAsked) return { is: 'progressing', detail: 'Amazon ECS goes back' }
    return { is: 'superseded', by: `${revision(primary.taskDefinition)} was deployed by somebody else` }
  }
  if (primary.rolloutState === 'FAILED')
    return failed(withWhy(snapshot, `${name}: the restore failed: ${primary.rolloutStateReason ?? ''}`))
  const old = snapshot.tasks.filter((task) => isLive(task) && !isStartedBy(task, primary.id, handle.taskDefinition))
  const wanted = service.desiredCount ?? 0
  const isDone = primary.rolloutState === 'COMPLETED' && (primary.runningCount ?? 0) >= wanted && !isGoing
  if (wanted === 0 || (isDone && old.length === 0)) return { is: 'settled' }
  return {
    is: 'progressing',
    detail: `${String(primary.runningCount ?? 0)} of ${String(wanted)} tasks of the version before run`,
  }
}
