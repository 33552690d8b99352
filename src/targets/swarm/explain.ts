/** Adds the last log lines of the task that shows a failure best; nothing is fetched while all goes well. */
import type { Reason } from '../../errors/deploy-error.ts'
import type { EngineApi, WorkloadObservation } from '../../ports.ts'
import { hasFailed } from './failure.ts'
import type { ServiceInspection, TaskInspection } from './inspection.ts'
import { imageOf } from './spec.ts'
import { framedText } from '../../domain/log-frames.ts'
import { isForeignBinary } from '../../domain/wrong-platform.ts'

const LOG_LINES = 20
const ANSWER_WITHIN_MS = 3000

export async function explain(
  api: EngineApi,
  inspection: ServiceInspection,
  observation: WorkloadObservation,
): Promise<WorkloadObservation> {
  if (observation.state.is !== 'failed') return observation
  const task = newestFailure(inspection)
  if (task === undefined) return observation
  const lines = await logsOf(api, task)
  if (lines.length === 0) return observation
  const reason = refined(observation.state.reason, lines)
  const evidence = [...(reason.evidence ?? []), `last log lines of task ${task.task.ID.slice(0, 12)}:`, ...lines]
  return { ...observation, state: { is: 'failed', reason: { ...reason, evidence } } }
}

/** Older runtimes tell of a foreign binary only in the container's own log. */
function refined(reason: Reason, lines: readonly string[]): Reason {
  const foreign = lines.length <= 3 && lines.some((line) => isForeignBinary(line))
  if (!foreign || (reason.code !== 'crash-on-start' && reason.code !== 'died-after-ready')) return reason
  return {
    ...reason,
    code: 'wrong-platform',
    what: `${reason.what}: the image is for another architecture than the node`,
  }
}

/** The newest task of the new version that ended and had a container. */
function newestFailure(inspection: ServiceInspection): TaskInspection | undefined {
  const image = imageOf(inspection.handle.spec)
  return inspection.tasks.findLast(
    (entry) =>
      hasFailed(entry) &&
      entry.since >= inspection.startedAt &&
      imageOf({ TaskTemplate: entry.task.Spec }) === image &&
      Boolean(entry.task.Status.ContainerStatus?.ContainerID),
  )
}

/** From the container where it is on this engine, else through the manager. Never a reason to fail. */
async function logsOf(api: EngineApi, { task, evidence }: TaskInspection): Promise<string[]> {
  const path =
    evidence === 'spec'
      ? `/tasks/${task.ID}/logs`
      : `/containers/${task.Status.ContainerStatus?.ContainerID ?? ''}/logs`
  try {
    const query = { stdout: true, stderr: true, tail: String(LOG_LINES) }
    const answer = await api.request('GET', path, { query, within: ANSWER_WITHIN_MS })
    return answer.status === 200 ? linesOf(answer.bytes) : []
  } catch {
    return []
  }
}

/** The last log lines of the engine's answer. */
export function linesOf(bytes: Uint8Array): string[] {
  const lines = framedText(Buffer.from(bytes)).split(/\r?\n/)
  return lines.filter((line) => line !== '').slice(-LOG_LINES)
}
