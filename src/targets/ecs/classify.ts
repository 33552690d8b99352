/** What one look means. Pure: decided by states, ids, counts and digests, never by Amazon's sentences. */
import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { Reason } from '../../errors/deploy-error.ts'
import type { WorkloadObservation } from '../../ports.ts'
import { isHealthy, isLive, isOf, isStartedBy, replicaOf } from './replicas.ts'
import type { Look } from './snapshot.ts'
import { openHook, primaryOf } from './snapshot.ts'
import { endingOf } from './stopped.ts'

type State = WorkloadObservation['state']

/** So many tasks of a version must have failed for certain before it is given up. */
const CERTAIN_FAILURES = 2

export function classify(look: Look): WorkloadObservation {
  const { name, service, handle } = look
  const tasks = look.tasks.filter(isLive)
  const state = stateOf(look)
  // While the deployment pauses only the new version is proven: the old one serves, as it should.
  const isPaused = state.is === 'settled' && isWaiting(look)
  const shown = isPaused ? tasks.filter((task) => isOf(task, handle)) : tasks
  return {
    name,
    state,
    desired: service?.desiredCount ?? 0,
    replicas: shown.map((task) => replicaOf(task, handle)),
  }
}

function stateOf(look: Look): State {
  const { name, service } = look
  if (!service || service.status !== 'ACTIVE') {
    return failed({ code: 'workload-gone', what: `the service ${name} is ${service?.status?.toLowerCase() ?? 'gone'}` })
  }
  const primary = primaryOf(service)
  if (!primary) return failed({ code: 'workload-gone', what: `the service ${name} has no deployment any more` })
  return look.handle.isRestore ? wayBackState(look, service, primary) : releaseState(look, { service, primary })
}

function releaseState(look: Look, { service, primary }: { service: Service; primary: Deployment }): State {
  const { name, handle, deployment } = look
  if (primary.id !== handle.deploymentId) return replaced(look, primary)
  const ended = endedBadly(look, deployment)
  if (ended) return ended
  if (primary.rolloutState === 'FAILED')
    return failed(withWhy(look, `${name}: the deployment failed: ${primary.rolloutStateReason ?? ''}`))
  const early = earlyFailure(look)
  if (early) return early
  if (isWaiting(look)) return pausedState(look, service)
  return progress(look, service, primary)
}

/** Something else is PRIMARY now: Amazon went back, or somebody deployed. */
function replaced(look: Look, primary: Deployment): State {
  const { name, deployment, handle } = look
  const ended = endedBadly(look, deployment)
  if (ended && deployment?.status !== 'STOPPED') return ended
  const own = look.service?.deployments?.find(({ id }) => id === handle.deploymentId)
  const isBack = primary.taskDefinition === handle.replaces
  if (own?.rolloutState === 'FAILED' || (isBack && deployment?.status !== 'STOPPED')) {
    return failed(withWhy(look, `${name}: Amazon ECS went back to ${revision(primary.taskDefinition)}`))
  }
  return {
    is: 'superseded',
    by: `${revision(primary.taskDefinition)} was deployed by somebody else (deployment ${primary.id ?? ''})`,
  }
}

const GOING_BACK = new Set([
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
  'STOPPED',
])

function endedBadly(look: Look, deployment: ServiceDeployment | undefined): State | undefined {
  const status: string = deployment?.status ?? ''
  if (!deployment || !GOING_BACK.has(status)) return undefined
  const why = deployment.statusReason ?? deployment.rollback?.reason ?? ''
  const alarms = deployment.alarms?.triggeredAlarmNames ?? []
  const alarm = alarms.length > 0 ? ` (alarms: ${alarms.join(', ')})` : ''
  const text = `${look.name}: the deployment is ${status.toLowerCase().replaceAll('_', ' ')}${why === '' ? '' : `: ${why}`}${alarm}`
  return failed(withWhy(look, text))
}

/** The reason with the clearest cause that is known: what the version's own tasks ended with. */
function withWhy(look: Look, what: string): Reason {
  const endings = look.stopped.flatMap((task) => endingOf(look.name, task) ?? [])
  const [cause] = [...endings].sort((a, b) => Number(b.isCertain) - Number(a.isCertain))
  const evidence = [what, ...(cause?.reason.evidence ?? []), ...events(look)]
  return cause ? { ...cause.reason, evidence } : { code: 'reverted', what, evidence }
}

function earlyFailure(look: Look): State | undefined {
  if (!look.earlyStop) return undefined
  const { handle, tasks } = look
  const certain = look.stopped.flatMap((task) => endingOf(look.name, task) ?? []).filter(({ isCertain }) => isCertain)
  const isAnyHealthy = tasks.some(
    (task) => isOf(task, handle) && isHealthy(task, handle.definition) && ranFor(task, look) > 5000,
  )
  const [first] = certain
  if (!first || certain.length < CERTAIN_FAILURES || isAnyHealthy) return undefined
  const evidence = [...(first.reason.evidence ?? []), ...events(look)]
  return failed({
    ...first.reason,
    what: `${first.reason.what}; ${String(certain.length)} tasks failed and none is healthy`,
    evidence,
  })
}

function ranFor({ startedAt }: { startedAt?: Date | undefined }, { service, now }: Look): number {
  const seen = service?.events?.[0]?.createdAt?.getTime() ?? now
  return startedAt === undefined ? 0 : Math.max(seen, now) - startedAt.getTime()
}

function isWaiting({ deployment, isShifted }: Look): boolean {
  return !isShifted && openHook(deployment) !== undefined
}

function pausedState({ name, tasks, handle, deployment }: Look, service: Service): State {
  const mine = tasks.filter((task) => isOf(task, handle) && isHealthy(task, handle.definition))
  const stage = deployment?.lifecycleStage ?? 'a hook'
  if (mine.length >= (service.desiredCount ?? 0)) return { is: 'settled' }
  return {
    is: 'progressing',
    detail: `${name} pauses at ${stage}, ${String(mine.length)} of ${String(service.desiredCount ?? 0)} new tasks are healthy`,
  }
}

function progress(look: Look, service: Service, primary: Deployment): State {
  const { deployment, tasks, handle } = look
  const wanted = service.desiredCount ?? 0
  const old = tasks.filter((task) => isLive(task) && !isOf(task, handle))
  const isDone =
    primary.rolloutState === 'COMPLETED' && (deployment === undefined || deployment.status === 'SUCCESSFUL')
  if (wanted === 0) return { is: 'settled' }
  if (isDone && old.length === 0 && (primary.runningCount ?? 0) >= wanted) return { is: 'settled' }
  const counts = `${String(primary.runningCount ?? 0)} of ${String(wanted)} new tasks run`
  const stage = deployment?.lifecycleStage ? `, ${deployment.lifecycleStage.toLowerCase().replaceAll('_', ' ')}` : ''
  const weight = deployment?.targetServiceRevision?.requestedProductionTrafficWeight ?? 0
  const traffic = weight > 0 && weight < 100 ? `, ${String(weight)} % of the traffic` : ''
  const left = old.length > 0 ? `, ${String(old.length)} old tasks still run` : ''
  const suspect = suspectOf(look, { isDone, old: old.length })
  return {
    is: 'progressing',
    detail: `${counts}${breakerText(look, primary)}${stage}${traffic}${left}`,
    ...(suspect ? { suspect } : {}),
  }
}

function breakerText({ deployment }: Look, primary: Deployment): string {
  const { failureCount, threshold } = deployment?.deploymentCircuitBreaker ?? {}
  const lost = failureCount ?? primary.failedTasks ?? 0
  if (lost === 0) return ''
  return threshold === undefined ? `, ${String(lost)} failed` : `, ${String(lost)} of ${String(threshold)} failures`
}

/** What will have been the reason if time runs out now. */
function suspectOf(look: Look, { isDone, old }: { isDone: boolean; old: number }): Reason | undefined {
  const [ending] = look.stopped.flatMap((task) => endingOf(look.name, task) ?? [])
  if (ending) return ending.reason
  const [event] = events(look)
  if (event !== undefined) return { code: 'unschedulable', what: event, evidence: events(look) }
  if (!isDone || old === 0) return undefined
  const what = `${look.name}: Amazon ECS calls the deployment successful, but ${String(old)} tasks of the version before still run`
  return { code: 'rollout-timeout', what }
}

/** Events that name what a person has to mend: capacity, secrets, targets. */
function events({ service, startedAt }: Look): string[] {
  return (service?.events ?? [])
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= startedAt)
    .flatMap(({ message }) => message ?? [])
    .filter((message) => /unable|fail|error|unhealthy|missing|throttl|alarm/i.test(message))
    .slice(0, 5)
}

function wayBackState(look: Look, service: Service, primary: Deployment): State {
  const { name, handle, deployment } = look
  if (deployment?.status === 'ROLLBACK_FAILED')
    return failed(withWhy(look, `${name}: Amazon ECS could not go back: ${deployment.statusReason ?? ''}`))
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
    return failed(withWhy(look, `${name}: the way back failed: ${primary.rolloutStateReason ?? ''}`))
  const old = look.tasks.filter((task) => isLive(task) && !isStartedBy(task, primary.id, handle.taskDefinition))
  const wanted = service.desiredCount ?? 0
  const isDone = primary.rolloutState === 'COMPLETED' && (primary.runningCount ?? 0) >= wanted && !isGoing
  if (wanted === 0 || (isDone && old.length === 0)) return { is: 'settled' }
  return {
    is: 'progressing',
    detail: `${String(primary.runningCount ?? 0)} of ${String(wanted)} tasks of the version before run`,
  }
}

function failed(reason: Reason): State {
  return { is: 'failed', reason }
}

/** `shop:12` of an ARN. */
export function revision(arn: string | undefined): string {
  return arn?.split('/').at(-1) ?? 'another task definition'
}
