/** The tasks of a service, divided: of the new version, of an older one, ended. Pure. */
import type { ServiceInspection, TaskInspection } from './inspection.ts'
import { hasFailed } from './failure.ts'
import { isUpToDate } from './spec.ts'
import type { Service } from './schema.ts'

/** States in which a task's container may hold ports, volumes and connections. */
const ALIVE = new Set(['starting', 'running'])

/** Clocks of nodes, manager and this machine are known to agree within this only. */
const CLOCK_SKEW_MS = 2000

export interface Parts {
  readonly inspection: ServiceInspection
  readonly service: Service
  /** Tasks made from the live spec, newest last. */
  readonly fresh: readonly TaskInspection[]
  /** Other tasks that run and were not asked to stop. */
  readonly old: readonly TaskInspection[]
  /** Fresh tasks that ended by themselves since the rollout began; not for the sake of a node that was down. */
  readonly failures: readonly TaskInspection[]
  readonly desired: number
}

export function divide(inspection: ServiceInspection, service: Service): Parts {
  const fresh = inspection.tasks.filter(({ task }) => isUpToDate(task, service.Spec))
  const old = inspection.tasks.filter((entry) => !fresh.includes(entry) && isAlive(entry))
  const failures = fresh.filter((entry) => hasFailed(entry) && entry.wasLost !== true && belongsTo(inspection, entry))
  return { inspection, service, fresh, old, failures, desired: desiredOf(service, inspection.tasks) }
}

/** Ended or made since the rollout began: what ended before is history. The manager dates the making, the node the end. */
function belongsTo({ startedAt, handle, isRestore }: ServiceInspection, { task, since }: TaskInspection): boolean {
  if (handle.ended?.includes(task.ID) === true) return false
  const made = Date.parse(task.CreatedAt) + since - Date.parse(task.Status.Timestamp)
  // The version that comes back ran before: only what was made for the restore can fail it.
  if (isRestore === true) return made >= startedAt
  return Math.max(since, made) >= startedAt - CLOCK_SKEW_MS
}

/** Replicas asked for; of a global service: the nodes that have or get a task. */
export function desiredOf(service: Service, tasks: readonly TaskInspection[]): number {
  const replicated = service.Spec.Mode.Replicated
  if (replicated) return replicated.Replicas ?? 1
  const wanted = tasks.filter(({ task }) => task.DesiredState === 'running' || task.DesiredState === 'ready')
  return new Set(wanted.map(({ task }) => task.NodeID ?? task.ID)).size
}

export function updateState(service: Service): string {
  return service.UpdateStatus?.State ?? ''
}

export function isPaused(service: Service): boolean {
  return updateState(service).endsWith('paused')
}

export function isRolledBack(service: Service): boolean {
  return updateState(service).startsWith('rollback')
}

/** Tasks with an exit code or a message of their own tell more than followers. */
export function byInformation(failures: readonly TaskInspection[]): TaskInspection[] {
  const weight = ({ task }: TaskInspection): number => (task.Status.Err === '' ? 0 : 1)
  return [...failures].sort((a, b) => weight(b) - weight(a) || b.since - a.since)
}

export function isServing({ task, isNodeDown: lost }: TaskInspection): boolean {
  return task.Status.State === 'running' && !isLeaving(task.DesiredState) && lost !== true
}

/** A task that was asked to stop is not a replica any more: the engine takes it out of the service before it ends it. */
export function isAlive({ task, isNodeDown: lost }: TaskInspection): boolean {
  return ALIVE.has(task.Status.State) && !isLeaving(task.DesiredState) && lost !== true
}

export function isLeaving(desired: string): boolean {
  return desired === 'shutdown' || desired === 'remove'
}

export function slotOf({ task }: TaskInspection): string {
  return String(task.Slot ?? task.NodeID ?? '')
}
