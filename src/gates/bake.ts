import type { Duration } from '../domain/duration.ts'
import { formatDuration } from '../domain/duration.ts'
import type { Gate } from '../ports.ts'

/** The new version is watched for that time, while a restore is still possible. */
export function bakeGate(time: Duration): Gate {
  return {
    name: 'bake',
    moments: ['baking'],
    step: 'verify',
    title: () => `Watch the new version for ${formatDuration(time)}`,
    async ask({ watch }) {
      const reason = await watch(time)
      return reason ? { reason } : {}
    },
  }
}
