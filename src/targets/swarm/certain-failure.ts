/** When a rollout has failed for certain, and when all is done. Pure. */
import type { Duration } from '../../domain/duration.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { codeOf, hasFailed, reasonFor } from './failure.ts'
import type { TaskInspection } from './inspection.ts'
import type { Parts } from './parts.ts'
import { wasReady } from './readiness.ts'
import { byInformation, isLeaving, isPaused, isServing, slotOf, updateState } from './parts.ts'

/** How long "no suitable node" may last where nothing else is said: a node can come back, resources can be given free. */
const UNSCHEDULABLE_GRACE_MS = 30_000

/** Attempts of one slot before a service without update rules has failed. */
const ATTEMPTS = 3

/** Another attempt cannot end otherwise. */
const HOPELESS = new Set<Reason['code']>(['wrong-platform', 'cannot-start', 'bad-config-reference'])

/**
 * Two updates that cross can leave two tasks in one slot until the next update: more replicas than asked for, all of
 * the right version, are not a fault once the engine has had this long to end one.
 */
const SURPLUS_GRACE_MS = 10_000

export function certainFailure(parts: Parts): Reason | undefined {
  return engineGaveUp(parts) ?? tooManyFailures(parts) ?? unschedulable(parts)
}

function engineGaveUp(parts: Parts): Reason | undefined {
  const { inspection, service, fresh } = parts
  // An old verdict of the engine over what runs well by now counts no more.
  if (!isPaused(service) || (parts.failures.length === 0 && isComplete(parts))) return undefined
  const failures = fresh.filter(hasFailed)
  const message = service.UpdateStatus?.Message ?? ''
  if (failures.length > 0) return reasonFor(inspection.name, byInformation(failures))
  return { code: 'reverted', what: `the engine stopped the update of service ${inspection.name}: ${message}` }
}

function tooManyFailures(parts: Parts): Reason | undefined {
  const { inspection, service, failures } = parts
  if (failures.length === 0) return undefined
  const late = byInformation(lateFailures(parts))
  const [worst] = late
  if (worst !== undefined) return reasonFor(inspection.name, late, wasReady(worst, service))
  const { MaxFailureRatio: ratio = 0, FailureAction: action } = service.Spec.UpdateConfig ?? {}
  const updating = updateState(service) === 'updating' || updateState(service) === 'rollback_started'
  const certain =
    updating && action !== 'continue'
      ? failures.length / Math.max(1, parts.desired) > ratio
      : failures.some((entry) => HOPELESS.has(codeOf(entry, false))) || slotsOf(parts).some(hasGivenUp)
  return certain ? reasonFor(inspection.name, byInformation(failures)) : undefined
}

/** Failures that the engine lets pass as a restart: after it called the update complete, or where it had none to make. */
function lateFailures({ inspection, service, failures }: Parts): readonly TaskInspection[] {
  const state = updateState(service)
  if (state === '') return inspection.handle.version > 0 ? failures : []
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

function unschedulable({ inspection, fresh }: Parts): Reason | undefined {
  const certain = fresh
    .filter(isUnschedulable)
    .filter(
      (entry) =>
        codeOf(entry, false) === 'wrong-platform' || inspection.now - entry.since >= graceOf(entry, inspection),
    )
  return certain.length === 0 ? undefined : reasonFor(inspection.name, certain)
}

/** The scheduler's words for a node that is down, or that takes no tasks for a while. */
const NODE_AWAY = /not available for new tasks/

function graceOf({ task }: TaskInspection, { grace, nodeGrace }: Parts['inspection']): Duration {
  return (NODE_AWAY.test(task.Status.Err) ? nodeGrace : undefined) ?? grace ?? UNSCHEDULABLE_GRACE_MS
}

export function isUnschedulable({ task }: TaskInspection): boolean {
  return task.Status.State === 'pending' && !isLeaving(task.DesiredState) && /no suitable node/i.test(task.Status.Err)
}

export function isComplete({ inspection, fresh, old, desired }: Parts): boolean {
  if (desired === 0 || old.length > 0) return false
  const serving = fresh.filter(isServing)
  const forgotten = serving.every(({ since }) => inspection.now - since >= SURPLUS_GRACE_MS)
  return serving.length === desired || (serving.length > desired && forgotten)
}
