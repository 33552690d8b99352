/** Whether a task that ended had been ready, by the engine's own record of it. Pure. */
import type { Duration } from '../../domain/duration.ts'
import type { TaskInspection } from './inspection.ts'
import { isRolledBack } from './parts.ts'
import type { Service, UpdateConfig } from './schema.ts'

/** What the engine takes where the service names no time for its monitor. */
const MONITOR_MS: Duration = 5000
/** A process that ended so soon never was ready, however short the monitor of its service. */
const AT_ONCE_MS: Duration = 2000
const NANOSECONDS = 1_000_000

/**
 * With a HEALTHCHECK one passed probe says it. Without one the engine takes a started process for a ready one, so what
 * tells is that it outlived the monitor: the engine said so of all tasks of an update that it monitored to the end, else
 * the container's own times say it.
 */
export function wasReady(inspection: TaskInspection, service: Service): boolean {
  const { ended } = inspection
  if (ended !== undefined && ended.health.length > 0) return ended.wasHealthy === true
  if (ended !== undefined && ended.ranFor < AT_ONCE_MS) return false
  if (outlivedTheUpdate(inspection, service)) return true
  const { Monitor: monitor = 0 } = rulesOf(service)
  const needed = Math.max(monitor > 0 ? monitor / NANOSECONDS : MONITOR_MS, AT_ONCE_MS)
  return (ended?.ranFor ?? longestPossible(inspection)) >= needed
}

/** Made before the engine called a monitored update complete, and ended after it. The manager dates both moments. */
function outlivedTheUpdate({ task }: TaskInspection, service: Service): boolean {
  const completedAt = service.UpdateStatus?.CompletedAt ?? ''
  // Nothing is watched where the update goes on whatever happens.
  if (rulesOf(service).FailureAction === 'continue' || completedAt === '') return false
  return Date.parse(task.CreatedAt) < Date.parse(completedAt)
}

function rulesOf(service: Service): UpdateConfig {
  return (isRolledBack(service) ? service.Spec.RollbackConfig : service.Spec.UpdateConfig) ?? {}
}

/** Whose container is gone, or on another node, cannot have run for longer than its task was there. */
function longestPossible({ task }: TaskInspection): Duration {
  return Date.parse(task.Status.Timestamp) - Date.parse(task.CreatedAt)
}
