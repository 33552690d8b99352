/** Adds to a failure what only another service knows: the last log lines of the container that failed. */
import type { WorkloadObservation } from '../../ports.ts'
import type { LogReader } from './logs.ts'
import { streamOf } from './logs.ts'
import type { ServiceSnapshot } from './snapshot.ts'
import { endedContainer, endingOf } from './stopped.ts'

const LOG_LINES = 20

export async function explain(
  logs: LogReader,
  snapshot: ServiceSnapshot,
  observation: WorkloadObservation,
): Promise<WorkloadObservation> {
  const { state } = observation
  if (state.is !== 'failed') return observation
  const { definition, container } = snapshot.handle
  const failed = snapshot.stopped.find((task) => endingOf(snapshot.name, task)?.isCertain)
  const name = (failed && endedContainer(failed)?.name) ?? container
  const stream = failed && streamOf(definition, name, failed)
  if (!stream) return observation
  const lines = await logs.tail(stream, LOG_LINES)
  const more = 'lines' in lines ? [`last log lines of ${name}:`, ...lines.lines] : [lines.missing]
  const evidence = [...(state.reason.evidence ?? []), ...more]
  return { ...observation, state: { is: 'failed', reason: { ...state.reason, evidence } } }
}
