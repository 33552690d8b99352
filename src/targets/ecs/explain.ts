/** Adds to a failure what only another service knows: the last log lines of the task that failed. */
import type { WorkloadObservation } from '../../ports.ts'
import type { LogReader } from './logs.ts'
import { streamOf } from './logs.ts'
import type { Look } from './snapshot.ts'
import { endingOf } from './stopped.ts'

const LINES = 20

export async function explain(
  logs: LogReader,
  look: Look,
  observation: WorkloadObservation,
): Promise<WorkloadObservation> {
  const { state } = observation
  if (state.is !== 'failed') return observation
  const { definition, container } = look.handle
  const failed = look.stopped.find((task) => endingOf(look.name, task)?.isCertain)
  const stream = failed && streamOf(definition, container, failed)
  const lines = stream ? await logs.tail(stream, LINES) : []
  if (lines.length === 0) return observation
  const evidence = [...(state.reason.evidence ?? []), `last log lines of ${container}:`, ...lines]
  return { ...observation, state: { is: 'failed', reason: { ...state.reason, evidence } } }
}
