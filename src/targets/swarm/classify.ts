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
import { certainFailure, isComplete, isUnschedulable } from './certain-failure.ts'
import { hasFailed, reasonFor } from './failure.ts'
import type { ServiceInspection } from './inspection.ts'
import type { Parts } from './parts.ts'
import {
  byInformation,
  divide,
  isAlive,
  isLeaving,
  isPaused,
  isRolledBack,
  isServing,
  slotOf,
  updateState,
} from './parts.ts'
import { imageOf, writerOf } from './spec.ts'
import type { Service } from './schema.ts'

export function classify(inspection: ServiceInspection): WorkloadObservation {
  const { name, service } = inspection
  if (service === undefined || service.ID !== inspection.handle.id) {
    return { name, state: failed(gone(name, service)), desired: 0, replicas: [] }
  }
  const parts = divide(inspection, service)
  return { name, state: stateOf(parts), desired: parts.desired, replicas: replicasOf(parts) }
}

function stateOf(parts: Parts): WorkloadObservation['state'] {
  const { service, inspection } = parts
  if (!isOurs(inspection, service)) return notOurs(parts)
  if (parts.desired === 0 && parts.fresh.length === 0) {
    return failed({ code: 'nothing-runs', what: `service ${inspection.name} has no replicas to prove` })
  }
  const reason = certainFailure(parts)
  if (reason !== undefined) return failed(reason)
  if (isDone(parts)) return { is: 'settled' }
  const suspect = suspectOf(parts)
  return { is: 'progressing', detail: detailOf(parts), ...(suspect === undefined ? {} : { suspect }) }
}

/** What will have been the reason if time runs out now. */
function suspectOf({ inspection, fresh, failures }: Parts): Reason | undefined {
  const unschedulable = fresh.filter(isUnschedulable)
  const suspects = unschedulable.length > 0 ? unschedulable : byInformation(failures)
  return suspects.length === 0 ? undefined : reasonFor(inspection.name, suspects)
}

function failed(reason: Reason): WorkloadObservation['state'] {
  return { is: 'failed', reason }
}

function gone(name: string, service: Service | undefined): Reason {
  const what = service === undefined ? 'was removed' : 'was removed and created again'
  return { code: 'workload-gone', what: `service ${name} ${what} while this run waited` }
}

// ---------------------------------------------------------------- whose spec it is

function isOurs(inspection: ServiceInspection, service: Service): boolean {
  const ours = imageOf(inspection.handle.spec)
  const live = imageOf(service.Spec)
  if (live !== ours && (digestIn(live) === undefined || digestIn(live) !== digestIn(ours))) return false
  // After a rollback of the engine the same image can stand there with the settings of before.
  return !isRolledBack(service) || equal(inspection.handle.spec.TaskTemplate, service.Spec.TaskTemplate)
}

function notOurs({ inspection, service }: Parts): WorkloadObservation['state'] {
  const message = service.UpdateStatus?.Message ?? ''
  if (!isRolledBack(service) || /manually/i.test(message)) {
    return { is: 'superseded', by: `${writerOf(service.Spec)}, which set ${imageOf(service.Spec)}` }
  }
  // The engine went back by itself. Its message names no cause: the tasks of our image do.
  const failures = inspection.tasks.filter(
    (entry) => hasFailed(entry) && imageOf({ TaskTemplate: entry.task.Spec }) === imageOf(inspection.handle.spec),
  )
  const reason = reasonFor(inspection.name, byInformation(failures))
  const evidence = [...(reason.evidence ?? []), `the engine went back by itself: ${message}`]
  return failed({ ...reason, evidence })
}

// ---------------------------------------------------------------- done?

function isDone(parts: Parts): boolean {
  const state = updateState(parts.service)
  const rested = state === '' || state.endsWith('completed') || isPaused(parts.service)
  return rested && isComplete(parts)
}

function detailOf({ service, fresh, old, desired }: Parts): string {
  const serving = fresh.filter(isServing).length
  const waiting = fresh.find(({ task }) => !isLeaving(task.DesiredState) && task.Status.Err !== '')
  const lines = [
    `${String(serving)} of ${String(desired)} replicas run the wanted version`,
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
