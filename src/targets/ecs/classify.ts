/** What one snapshot means. Pure: decided by states, ids, counts and digests, never by Amazon's sentences. */
import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { WorkloadObservation } from '../../ports.ts'
import type { OpenHook } from './hooks.ts'
import { foreignHookText, isBeyondHooks, openHook, stageText } from './hooks.ts'
import { isHealthy, isLive, isOf, replicaOf } from './replicas.ts'
import type { ServiceSnapshot } from './snapshot.ts'
import { primaryOf, revision } from './snapshot.ts'
import { restoreState } from './restore-state.ts'
import { endingsOf, events, failed, suspectOf, withWhy } from './why.ts'

type State = WorkloadObservation['state']

/** So many tasks of a version must have failed for certain before it is given up. */
const CERTAIN_FAILURES = 2

export function classify(snapshot: ServiceSnapshot): WorkloadObservation {
  const { name, service, handle } = snapshot
  const tasks = snapshot.tasks.filter(isLive)
  const state = stateOf(snapshot)
  // While the deployment goes on only the new version is proven: the old one serves, as it should.
  const isPart = state.is === 'settled' && isProvable(snapshot)
  const shown = isPart ? tasks.filter((task) => isOf(task, handle)) : tasks
  return {
    name,
    state,
    desired: service?.desiredCount ?? 0,
    replicas: shown.map((task) => replicaOf(task, handle)),
  }
}

function stateOf(snapshot: ServiceSnapshot): State {
  const { name, service } = snapshot
  if (!service || service.status !== 'ACTIVE') {
    return failed({ code: 'workload-gone', what: `the service ${name} is ${service?.status?.toLowerCase() ?? 'gone'}` })
  }
  const primary = primaryOf(service)
  if (!primary) return failed({ code: 'workload-gone', what: `the service ${name} has no deployment any more` })
  return snapshot.handle.isRestore
    ? restoreState(snapshot, service, primary)
    : releaseState(snapshot, { service, primary })
}

function releaseState(
  snapshot: ServiceSnapshot,
  { service, primary }: { service: Service; primary: Deployment },
): State {
  const { name, handle, deployment } = snapshot
  if (primary.id !== handle.deploymentId) return replaced(snapshot, primary)
  const ended = endedBadly(snapshot, deployment)
  if (ended) return ended
  if (primary.rolloutState === 'FAILED')
    return failed(withWhy(snapshot, `${name}: the deployment failed: ${primary.rolloutStateReason ?? ''}`))
  const early = earlyFailure(snapshot)
  if (early) return early
  const hook = openHook(snapshot.deployment, snapshot.pauseStage)
  if (hook && !hook.isOurs) return foreignHookState(snapshot, service, hook)
  if (isProvable(snapshot)) return provableState(snapshot, service)
  return progress(snapshot, service, primary)
}

/** Something else is PRIMARY now: Amazon went back, or somebody deployed. */
function replaced(snapshot: ServiceSnapshot, primary: Deployment): State {
  const { name, deployment, handle } = snapshot
  const ended = endedBadly(snapshot, deployment)
  if (ended && deployment?.status !== 'STOPPED') return ended
  const own = snapshot.service?.deployments?.find(({ id }) => id === handle.deploymentId)
  const isBack = primary.taskDefinition === handle.replaces
  if (!own && isBack && isOldAnswer(snapshot)) {
    return { is: 'progressing', detail: `${name}: Amazon ECS does not show the new deployment yet` }
  }
  if (own?.rolloutState === 'FAILED' || (isBack && deployment?.status !== 'STOPPED')) {
    return failed(withWhy(snapshot, `${name}: Amazon ECS went back to ${revision(primary.taskDefinition)}`))
  }
  return {
    is: 'superseded',
    by: `${revision(primary.taskDefinition)} was deployed by somebody else (deployment ${primary.id ?? ''})`,
  }
}

/** Reads may be older than the update, which is seen by the deployment that they do not know yet. */
const OLD_ANSWERS_MS = 15_000

function isOldAnswer({ deployment, now, startedAt }: ServiceSnapshot): boolean {
  const status: string | undefined = deployment?.status
  if (status === 'PENDING' || status === 'IN_PROGRESS') return true
  // Amazon goes back from no deployment that was successful.
  return (status === undefined || status === 'SUCCESSFUL') && now - startedAt < OLD_ANSWERS_MS
}

const GOING_BACK = new Set([
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
  'STOPPED',
])

function endedBadly(snapshot: ServiceSnapshot, deployment: ServiceDeployment | undefined): State | undefined {
  const status: string = deployment?.status ?? ''
  if (!deployment || !GOING_BACK.has(status)) return undefined
  const why = deployment.statusReason ?? deployment.rollback?.reason ?? ''
  const alarms = deployment.alarms?.triggeredAlarmNames ?? []
  const alarm = alarms.length > 0 ? ` (alarms: ${alarms.join(', ')})` : ''
  const text = `${snapshot.name}: the deployment is ${status.toLowerCase().replaceAll('_', ' ')}${why === '' ? '' : `: ${why}`}${alarm}`
  return failed(withWhy(snapshot, text))
}

function earlyFailure(snapshot: ServiceSnapshot): State | undefined {
  if (!snapshot.earlyStop) return undefined
  const { handle, tasks, endedBefore } = snapshot
  const stopped = snapshot.stopped.filter(({ taskArn = '' }) => !endedBefore.has(taskArn))
  const certain = endingsOf({ ...snapshot, stopped }).filter(({ isCertain }) => isCertain)
  const isAnyHealthy = tasks.some(
    (task) => isOf(task, handle) && isHealthy(task, handle.definition) && ranFor(task, snapshot) > 5000,
  )
  const [first] = certain
  if (!first || certain.length < CERTAIN_FAILURES || isAnyHealthy) return undefined
  const evidence = [...(first.reason.evidence ?? []), ...events(snapshot)]
  return failed({
    ...first.reason,
    what: `${first.reason.what}; ${String(certain.length)} tasks failed and none is healthy`,
    evidence,
  })
}

function ranFor({ startedAt }: { startedAt?: Date | undefined }, { service, now }: ServiceSnapshot): number {
  const seen = service?.events?.[0]?.createdAt?.getTime() ?? now
  return startedAt === undefined ? 0 : Math.max(seen, now) - startedAt.getTime()
}

/**
 * Amazon goes on by itself from here, or waits for this run: what is left to follow is the traffic. The new tasks can be
 * proven now.
 */
function isProvable({ deployment, pauseStage, isShifted }: ServiceSnapshot): boolean {
  if (isShifted) return false
  return openHook(deployment, pauseStage)?.isOurs ?? isBeyondHooks(deployment, pauseStage)
}

function provableState(snapshot: ServiceSnapshot, service: Service): State {
  if (isComplete(snapshot, service)) return { is: 'settled' }
  return {
    is: 'progressing',
    detail: `${stageText(snapshot.deployment?.lifecycleStage ?? '')}, ${countText(snapshot, service)}`,
  }
}

/** A hook that is not ours is shown and waited for, and never answered. */
function foreignHookState(snapshot: ServiceSnapshot, service: Service, hook: OpenHook): State {
  const text = foreignHookText(hook)
  const what = `${snapshot.name} ${text}; pause-stage is ${snapshot.pauseStage}, and only a hook there is answered`
  return {
    is: 'progressing',
    detail: `${text}; ${countText(snapshot, service)}`,
    suspect: { code: 'rollout-timeout', what },
  }
}

function isComplete(snapshot: ServiceSnapshot, service: Service): boolean {
  return healthyNew(snapshot) >= (service.desiredCount ?? 0)
}

function countText(snapshot: ServiceSnapshot, { desiredCount = 0 }: Service): string {
  return `${String(healthyNew(snapshot))} of ${String(desiredCount)} new tasks are healthy`
}

function healthyNew({ tasks, handle }: ServiceSnapshot): number {
  return tasks.filter((task) => isOf(task, handle) && isHealthy(task, handle.definition)).length
}

function progress(snapshot: ServiceSnapshot, service: Service, primary: Deployment): State {
  const { deployment, tasks, handle } = snapshot
  const wanted = service.desiredCount ?? 0
  const old = tasks.filter((task) => isLive(task) && !isOf(task, handle))
  const isDone =
    primary.rolloutState === 'COMPLETED' && (deployment === undefined || deployment.status === 'SUCCESSFUL')
  if (wanted === 0) return { is: 'settled' }
  if (isDone && old.length === 0 && (primary.runningCount ?? 0) >= wanted) return { is: 'settled' }
  const counts = `${String(primary.runningCount ?? 0)} of ${String(wanted)} new tasks run`
  const stage = deployment?.lifecycleStage ? `, ${stageText(deployment.lifecycleStage)}` : ''
  const weight = deployment?.targetServiceRevision?.requestedProductionTrafficWeight ?? 0
  const traffic = weight > 0 && weight < 100 ? `, ${String(weight)} % of the traffic` : ''
  const left = old.length > 0 ? `, ${String(old.length)} old tasks still run` : ''
  const suspect = suspectOf(snapshot, { isDone, old: old.length })
  return {
    is: 'progressing',
    detail: `${counts}${breakerText(snapshot, primary)}${stage}${traffic}${left}`,
    ...(suspect ? { suspect } : {}),
  }
}

function breakerText({ deployment }: ServiceSnapshot, primary: Deployment): string {
  const { failureCount, threshold } = deployment?.deploymentCircuitBreaker ?? {}
  const lost = failureCount ?? primary.failedTasks ?? 0
  if (lost === 0) return ''
  return threshold === undefined ? `, ${String(lost)} failed` : `, ${String(lost)} of ${String(threshold)} failures`
}
