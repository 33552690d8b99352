/** What a task's end means: the engine's words and the exit code as one of our reasons. Pure. */
import { exitText } from '../../domain/exit-code.ts'
import type { ReasonCode } from '../../errors/catalogue.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { TaskInspection } from './inspection.ts'
import { NETWORK_AWAY } from './network-away.ts'
import { WRONG_PLATFORM } from '../../domain/wrong-platform.ts'

/** Task states from which a task never runs again; `orphaned` is the node's trouble, `shutdown` is what was asked for. */
const ENDED = new Set(['failed', 'rejected', 'complete'])

export function hasFailed(inspection: TaskInspection): boolean {
  return ENDED.has(inspection.task.Status.State)
}

const BY_MESSAGE: readonly (readonly [RegExp, ReasonCode])[] = [
  [/unhealthy container/i, 'unhealthy'],
  [NETWORK_AWAY, 'network-unavailable'],
  [WRONG_PLATFORM, 'wrong-platform'],
  [
    /no such image|pull access denied|manifest unknown|failed to (?:pull|resolve)|image .*not found/i,
    'image-pull-failed',
  ],
  [/invalid mount|bind source path/i, 'cannot-start'],
  [/\b(?:secret|config)s? .*(?:not found|not available|does not exist)/i, 'bad-config-reference'],
  [/no suitable node/i, 'unschedulable'],
  [
    /oci runtime|executable file not found|starting container failed|mount|bind|cannot (?:create|start)/i,
    'cannot-start',
  ],
]

export function codeOf(inspection: TaskInspection, wasReady: boolean): ReasonCode {
  const { Err: message, State: state, ContainerStatus: container } = inspection.task.Status
  const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1]
  if (byMessage !== undefined) return byMessage
  if (inspection.ended?.unhealthy === true) return 'unhealthy'
  if (wasOutOfMemory(inspection)) return 'out-of-memory'
  if (state === 'complete' || (container?.ExitCode === 0 && message === '')) return 'exited'
  if (wasReady) return 'died-after-ready'
  return state === 'rejected' ? 'cannot-start' : 'crash-on-start'
}

function wasOutOfMemory({ task, ended }: TaskInspection): boolean {
  if (ended !== undefined) return ended.oomKilled
  // A container on another node cannot be asked: killed while it had a limit is the next best sign.
  const limit = task.Spec.Resources?.Limits?.MemoryBytes ?? 0
  return task.Status.ContainerStatus?.ExitCode === 137 && limit > 0
}

const SENTENCES: Partial<Record<ReasonCode, string>> = {
  unhealthy: 'its HEALTHCHECK fails',
  'wrong-platform': 'the image is for another architecture than the node',
  'image-pull-failed': 'the node cannot pull the image',
  'bad-config-reference': 'a config or secret that it refers to is missing',
  unschedulable: 'no node can take it',
  'network-unavailable': 'its network is missing on the node, or is being removed there',
  'cannot-start': 'its container cannot be created or started',
  'out-of-memory': 'the kernel killed it for using more memory than its limit',
  exited: 'its process ends with exit code 0',
  'died-after-ready': 'it died after it was ready',
  'crash-on-start': 'its process crashes',
}

const FIXES: Partial<Record<ReasonCode, string>> = {
  unschedulable:
    'Compare the constraints and reservations of the service with `docker node ls` and `docker node inspect`. The update is start-first: while it runs, the nodes need room for one more task.',
  'image-pull-failed':
    'Check on the node that `docker pull` of that digest works; the credentials of this run were passed on to the engine.',
  'out-of-memory': 'Raise the limit (`docker service update --limit-memory`) or find the leak.',
}

/** The reason for a workload's failure by the task that shows it best. */
export function reasonFor(service: string, inspections: readonly TaskInspection[], wasReady = false): Reason {
  const [worst] = inspections
  if (worst === undefined) return { code: 'reverted', what: `service ${service} was taken back by the engine` }
  const code = codeOf(worst, wasReady)
  const fix = FIXES[code]
  return {
    code,
    what: `the new version of service ${service} does not run: ${SENTENCES[code] ?? code}${detail(worst)}`,
    evidence: inspections.slice(0, 5).flatMap((inspection) => evidence(service, inspection)),
    ...(fix === undefined ? {} : { fix }),
  }
}

function detail({ task }: TaskInspection): string {
  const code = task.Status.ContainerStatus?.ExitCode
  if (task.Status.State === 'failed' && code !== undefined && code > 0) return `: ${exitText(code)}`
  return task.Status.Err === '' ? '' : ` (${firstLine(task.Status.Err)})`
}

/** `task web.1 on node-1: failed, task: non-zero exit (3)` and what the container said of itself. */
function evidence(service: string, { task, node, ended }: TaskInspection): string[] {
  const where = node ?? task.NodeID
  const reported = [task.Status.State, task.Status.Err || task.Status.Message].filter((text) => text !== '').join(', ')
  const lines = [
    `task ${service}.${String(task.Slot ?? where ?? task.ID)}${where ? ` on ${where}` : ''}: ${firstLine(reported)}`,
  ]
  if (task.Status.State === 'complete' && ended === undefined && where !== undefined) {
    lines.push('its container is on another node: whether its HEALTHCHECK stopped it cannot be seen from here')
  }
  if (ended?.oomKilled) lines.push('the engine says OOMKilled')
  if (ended?.error) lines.push(`the engine says: ${firstLine(ended.error)}`)
  return [...lines, ...(ended?.health ?? []).map((line) => `health check: ${firstLine(line)}`)]
}

function firstLine(text: string): string {
  return text.trim().split(/\r?\n/, 1)[0] ?? ''
}
