/**
 * What one look at a service means. Pure: the table test runs it over snapshots recorded from real engines.
 *
 * Failure is certain when the engine has given up (paused, rolled back), when more tasks failed than its update rules
 * allow, when a task died after the update was complete, or when a service without an update in progress (a new one)
 * failed again and again. A null update status is judged by the tasks alone.
 */
import { digestIn } from '../../domain/digest.ts'
import { equal } from '../../domain/equal.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Replica, WorkloadObservation } from '../../ports.ts'
import { codeOf, hasFailed, reasonFor } from './failure.ts'
import type { Look, TaskLook } from './look.ts'
import { imageOf, isUpToDate, writerOf } from './spec.ts'
import type { Service } from './wire.ts'

/** How long "no suitable node" may last where nothing else is said: a node can come back, resources can be given free. */
const UNSCHEDULABLE_GRACE = 30_000
/** Attempts of one slot before a service without update rules has failed. */
const ATTEMPTS = 3
/**
 * Two updates that cross can leave two tasks in one slot until the next update: more replicas than asked for, all of
 * the right version, are not a fault once the engine has had this long to end one.
 */
const SURPLUS_GRACE = 10_000
/** Another attempt cannot end otherwise. */
const HOPELESS = new Set<Reason['code']>(['wrong-platform', 'cannot-start', 'bad-config-reference'])
/** States in which a task's container may hold ports, volumes and connections. */
const ALIVE = new Set(['starting', 'running'])

interface Parts {
  readonly look: Look
  readonly service: Service
  /** Tasks made from the live spec, newest last. */
  readonly fresh: readonly TaskLook[]
  /** Other tasks that run and were not told to stop. */
  readonly old: readonly TaskLook[]
  /** Fresh tasks that ended by themselves since the rollout began. */
  readonly failures: readonly TaskLook[]
  readonly desired: number
}

export function classify(look: Look): WorkloadObservation {
  const { name, service } = look
  if (service === undefined || service.ID !== look.handle.id) {
    return { name, state: failed(gone(name, service)), desired: 0, replicas: [] }
  }
  const parts = divide(look, service)
  return { name, state: stateOf(parts), desired: parts.desired, replicas: replicasOf(parts) }
}

function divide(look: Look, service: Service): Parts {
  const fresh = look.tasks.filter(({ task }) => isUpToDate(task, service.Spec))
  const old = look.tasks.filter((entry) => !fresh.includes(entry) && isAlive(entry))
  const failures = fresh.filter((entry) => hasFailed(entry) && belongsTo(look, entry))
  return { look, service, fresh, old, failures, desired: desiredOf(service, look.tasks) }
}

/** Clocks of nodes, manager and this machine are known to agree within this only. */
const CLOCKS = 2000

/** Ended or made since the rollout began: what ended before is history. The manager dates the making, the node the end. */
function belongsTo({ startedAt, handle, isRestore }: Look, { task, since }: TaskLook): boolean {
  if (handle.ended?.includes(task.ID) === true) return false
  const made = Date.parse(task.CreatedAt) + since - Date.parse(task.Status.Timestamp)
  // The version that comes back ran before: only what was made for the restore can fail it.
  if (isRestore === true) return made >= startedAt
  return Math.max(since, made) >= startedAt - CLOCKS
}

/** Replicas asked for; of a global service: the nodes that have or get a task. */
export function desiredOf(service: Service, tasks: readonly TaskLook[]): number {
  const replicated = service.Spec.Mode.Replicated
  if (replicated) return replicated.Replicas ?? 1
  const wanted = tasks.filter(({ task }) => task.DesiredState === 'running' || task.DesiredState === 'ready')
  return new Set(wanted.map(({ task }) => task.NodeID ?? task.ID)).size
}

function stateOf(parts: Parts): WorkloadObservation['state'] {
  const { service, look } = parts
  if (!isOurs(look, service)) return notOurs(parts)
  if (parts.desired === 0 && parts.fresh.length === 0) {
    return failed({ code: 'nothing-runs', what: `service ${look.name} has no replicas to prove` })
  }
  const reason = certainFailure(parts)
  if (reason !== undefined) return failed(reason)
  if (isDone(parts)) return { is: 'settled' }
  const suspect = suspectOf(parts)
  return { is: 'progressing', detail: detailOf(parts), ...(suspect === undefined ? {} : { suspect }) }
}

/** What will have been the reason if time runs out now. */
function suspectOf({ look, fresh, failures }: Parts): Reason | undefined {
  const stuck = fresh.filter(isUnschedulable)
  const suspects = stuck.length > 0 ? stuck : byInformation(failures)
  return suspects.length === 0 ? undefined : reasonFor(look.name, suspects)
}

function failed(reason: Reason): WorkloadObservation['state'] {
  return { is: 'failed', reason }
}

function gone(name: string, service: Service | undefined): Reason {
  const what = service === undefined ? 'was removed' : 'was removed and created again'
  return { code: 'workload-gone', what: `service ${name} ${what} while this run waited` }
}

// ---------------------------------------------------------------- whose spec it is

function isOurs(look: Look, service: Service): boolean {
  const ours = imageOf(look.handle.spec)
  const live = imageOf(service.Spec)
  if (live !== ours && (digestIn(live) === undefined || digestIn(live) !== digestIn(ours))) return false
  // After a rollback of the engine the same image can stand there with the settings of before.
  return !isRolledBack(service) || equal(look.handle.spec.TaskTemplate, service.Spec.TaskTemplate)
}

function isRolledBack(service: Service): boolean {
  return updateState(service).startsWith('rollback')
}

function updateState(service: Service): string {
  return service.UpdateStatus?.State ?? ''
}

function notOurs({ look, service }: Parts): WorkloadObservation['state'] {
  const message = service.UpdateStatus?.Message ?? ''
  if (!isRolledBack(service) || /manually/i.test(message)) {
    return { is: 'superseded', by: `${writerOf(service.Spec)}, which set ${imageOf(service.Spec)}` }
  }
  // The engine went back by itself. Its message names no cause: the tasks of our image do.
  const failures = look.tasks.filter(
    (entry) => hasFailed(entry) && imageOf({ TaskTemplate: entry.task.Spec }) === imageOf(look.handle.spec),
  )
  const reason = reasonFor(look.name, byInformation(failures))
  const evidence = [...(reason.evidence ?? []), `the engine went back by itself: ${message}`]
  return failed({ ...reason, evidence })
}

// ---------------------------------------------------------------- failed?

function certainFailure(parts: Parts): Reason | undefined {
  return engineGaveUp(parts) ?? tooManyFailures(parts) ?? unschedulable(parts)
}

function engineGaveUp(parts: Parts): Reason | undefined {
  const { look, service, fresh } = parts
  // An old verdict of the engine over what runs well by now counts no more.
  if (!isPaused(service) || (parts.failures.length === 0 && isComplete(parts))) return undefined
  const failures = fresh.filter(hasFailed)
  const message = service.UpdateStatus?.Message ?? ''
  if (failures.length > 0) return reasonFor(look.name, byInformation(failures))
  return { code: 'reverted', what: `the engine stopped the update of service ${look.name}: ${message}` }
}

function tooManyFailures(parts: Parts): Reason | undefined {
  const { look, service, failures } = parts
  if (failures.length === 0) return undefined
  const late = lateFailures(parts)
  if (late.length > 0) return reasonFor(look.name, byInformation(late), true)
  const { MaxFailureRatio: ratio = 0, FailureAction: action } = service.Spec.UpdateConfig ?? {}
  const updating = updateState(service) === 'updating' || updateState(service) === 'rollback_started'
  const certain =
    updating && action !== 'continue'
      ? failures.length / Math.max(1, parts.desired) > ratio
      : failures.some((entry) => HOPELESS.has(codeOf(entry, false))) || slotsOf(parts).some(hasGivenUp)
  return certain ? reasonFor(look.name, byInformation(failures)) : undefined
}

/** Failures of replicas that were ready: after the engine called the update complete, or where it had none to make. */
function lateFailures({ look, service, failures }: Parts): readonly TaskLook[] {
  const state = updateState(service)
  if (state === '') return look.handle.version > 0 ? failures : []
  const completed = service.UpdateStatus?.CompletedAt ?? ''
  if (!state.endsWith('completed') || completed === '') return []
  return failures.filter(({ task }) => Date.parse(task.Status.Timestamp) >= Date.parse(completed))
}

interface Slot {
  readonly failures: number
  readonly wanted: boolean
}

function hasGivenUp(slot: Slot): boolean {
  return slot.failures >= ATTEMPTS || (slot.failures > 0 && !slot.wanted)
}

function slotsOf({ fresh, failures }: Parts): Slot[] {
  const keys = new Set(fresh.map(slotOf))
  return [...keys].map((key) => ({
    failures: failures.filter((entry) => slotOf(entry) === key).length,
    wanted: fresh.some((entry) => slotOf(entry) === key && !isLeaving(entry.task.DesiredState)),
  }))
}

function unschedulable({ look, fresh }: Parts): Reason | undefined {
  const certain = fresh
    .filter(isUnschedulable)
    .filter(
      (entry) =>
        codeOf(entry, false) === 'wrong-platform' || look.now - entry.since >= (look.grace ?? UNSCHEDULABLE_GRACE),
    )
  return certain.length === 0 ? undefined : reasonFor(look.name, certain)
}

function isUnschedulable({ task }: TaskLook): boolean {
  return task.Status.State === 'pending' && !isLeaving(task.DesiredState) && /no suitable node/i.test(task.Status.Err)
}

/** Tasks with an exit code or a message of their own tell more than followers. */
function byInformation(failures: readonly TaskLook[]): TaskLook[] {
  const weight = ({ task }: TaskLook): number => (task.Status.Err === '' ? 0 : 1)
  return [...failures].sort((a, b) => weight(b) - weight(a) || b.since - a.since)
}

// ---------------------------------------------------------------- done?

function isDone(parts: Parts): boolean {
  const state = updateState(parts.service)
  const rested = state === '' || state.endsWith('completed') || isPaused(parts.service)
  return rested && isComplete(parts)
}

function isComplete({ look, fresh, old, desired }: Parts): boolean {
  if (desired === 0 || old.length > 0) return false
  const serving = fresh.filter(isServing)
  const forgotten = serving.every(({ since }) => look.now - since >= SURPLUS_GRACE)
  return serving.length === desired || (serving.length > desired && forgotten)
}

function isPaused(service: Service): boolean {
  return updateState(service).endsWith('paused')
}

export function isServing({ task, lost }: TaskLook): boolean {
  return task.Status.State === 'running' && !isLeaving(task.DesiredState) && lost !== true
}

/** A task that was told to stop is not a replica any more: the engine takes it out of the service before it ends it. */
function isAlive({ task, lost }: TaskLook): boolean {
  return ALIVE.has(task.Status.State) && !isLeaving(task.DesiredState) && lost !== true
}

function isLeaving(desired: string): boolean {
  return desired === 'shutdown' || desired === 'remove'
}

function slotOf({ task }: TaskLook): string {
  return String(task.Slot ?? task.NodeID ?? '')
}

function detailOf({ service, fresh, old, desired }: Parts): string {
  const serving = fresh.filter(isServing).length
  const waiting = fresh.find(({ task }) => !isLeaving(task.DesiredState) && task.Status.Err !== '')
  const lines = [
    `${String(serving)} of ${String(desired)} replicas run the new version`,
    old.length > 0 ? `${String(old.length)} of the old one still run` : '',
    updateState(service) === 'updating' && serving === desired ? 'the engine still monitors the update' : '',
    waiting ? waiting.task.Status.Err : '',
  ]
  return lines.filter((line) => line !== '').join(', ')
}

// ---------------------------------------------------------------- replicas

function replicasOf({ fresh, old, failures }: Parts): Replica[] {
  const running = [...fresh.filter((entry) => isAlive(entry)), ...old]
  return running.map((entry) => ({
    id: entry.task.ID,
    ...(entry.digest === undefined ? {} : { digest: entry.digest }),
    evidence: entry.evidence === 'spec' ? ('spec' as const) : ('runtime' as const),
    healthy: entry.task.Status.State === 'running',
    restarts: failures.filter((failure) => slotOf(failure) === slotOf(entry)).length,
    ...(entry.task.Status.State === 'running' ? { healthySince: entry.since } : {}),
  }))
}
