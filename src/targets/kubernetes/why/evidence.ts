// What a person needs to see beside a failure: the pods, their last log lines, and the warnings of the cluster.
import type { Cluster } from '../api/cluster.ts'
import { shortDigest } from '../../../domain/digest.ts'
import { isForeignBinary } from '../../../domain/wrong-platform.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import { digestsOf } from './classify.ts'
import type { Slot } from '../api/containers.ts'
import { isProbeKill } from './endings.ts'
import { isAboutNewNodes } from './scheduling.ts'
import { isReady } from './progress.ts'
import type { KubeEvent, Pod } from '../api/schema.ts'
import { EventSchema, listOf } from '../api/schema.ts'

const LOG_LINES = 50
const EVENT_LINES = 10
const POD_LINES = 20
/** Warnings about the cluster's set-up that say nothing about a release. */
const NOISE = new Set(['MissingClusterDNS', 'DNSConfigForming'])

/**
 * What was said about these objects since `from` (ms), newest first: warnings, the probes over which a node ended a
 * container (no warning, yet the only word that it was the node), and what an autoscaler promised. A namespace may hold
 * ten thousand events of strangers, so each object's own are asked for. None where the role may not read them.
 */
export async function readEvents({ api, paths }: Cluster, uids: readonly string[], from: number): Promise<KubeEvent[]> {
  const of = async (uid: string): Promise<readonly KubeEvent[]> => {
    const options = { query: { fieldSelector: `involvedObject.uid=${uid}` }, patience: 0 }
    const answer = await api.request('GET', paths.events, options).catch(() => undefined)
    return answer?.status === 200 ? listOf(EventSchema, answer.body).items : []
  }
  const events = (await Promise.all(uids.map(of))).flat()
  return events
    .filter((event) => isTelling(event) && timeOf(event) >= from && !NOISE.has(event.reason ?? ''))
    .sort((one, other) => timeOf(other) - timeOf(one))
}

function isTelling(event: KubeEvent): boolean {
  return event.type === 'Warning' || isProbeKill(event) || isAboutNewNodes(event)
}

function timeOf(event: KubeEvent): number {
  const times = [event.series?.lastObservedTime, event.lastTimestamp, event.eventTime, event.metadata.creationTimestamp]
  return Math.max(0, ...times.map((time) => Date.parse(time ?? '')).filter(Number.isFinite))
}

export interface Scene {
  readonly pods: readonly Pod[]
  readonly slots: readonly Slot[]
  readonly events: readonly KubeEvent[]
  readonly culprit: { readonly pod: string; readonly container?: string } | undefined
}

/** The lines of evidence: pod table, log lines of the run before and of this one, warnings. Hostile text. */
export async function gather(cluster: Cluster, scene: Scene): Promise<string[]> {
  const { culprit } = scene
  const logs =
    culprit?.container === undefined
      ? []
      : await Promise.all([
          readLog(cluster, { pod: culprit.pod, container: culprit.container }, true),
          readLog(cluster, { pod: culprit.pod, container: culprit.container }, false),
        ])
  const [previous = [], current = []] = logs
  return [
    ...podTable(scene.pods, scene.slots),
    ...section(`last log lines of ${culprit?.pod ?? ''} (the run before):`, previous),
    ...section(`last log lines of ${culprit?.pod ?? ''}:`, current),
    ...section('warnings of the cluster:', eventLines(scene.events)),
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]
}

export async function readLog(
  { api, paths }: Cluster,
  { pod, container }: { readonly pod: string; readonly container: string },
  previous: boolean,
): Promise<string[]> {
  const query = { container, tailLines: LOG_LINES, limitBytes: 64_000, ...(previous ? { previous } : {}) }
  const answer = await api.request('GET', paths.log(pod), { query, patience: 0 }).catch(() => undefined)
  if (answer?.status !== 200 || typeof answer.body !== 'string') return []
  // The kubelet says so in the place of the log when there is none.
  if (/^unable to retrieve container logs/.test(answer.body)) return []
  return answer.body
    .split('\n')
    .filter((line) => line !== '')
    .slice(-LOG_LINES)
}

export function podTable(pods: readonly Pod[], slots: readonly Slot[]): string[] {
  if (pods.length === 0) return ['pods: none']
  const rows = pods.slice(0, POD_LINES).map((pod) => {
    const statuses = pod.status?.containerStatuses ?? []
    const ready = `${String(statuses.filter((status) => status.ready).length)}/${String(pod.spec.containers.length)}`
    const restarts = statuses.reduce((sum, status) => sum + (status.restartCount ?? 0), 0)
    const digest = digestsOf(pod, slots)[0]
    const node = pod.spec.nodeName ?? 'no node'
    return `  ${pod.metadata.name}  ${ready}  ${stateOf(pod)}  restarts ${String(restarts)}  ${node}  ${shortDigest(digest ?? '-')}`
  })
  const more = pods.length > POD_LINES ? [`  … and ${String(pods.length - POD_LINES)} more`] : []
  return ['pods:', ...rows, ...more]
}

function stateOf(pod: Pod): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating'
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const waiting = statuses.find(({ state }) => state?.waiting)?.state?.waiting?.reason
  const ended = statuses.find(({ state }) => state?.terminated && state.terminated.exitCode !== 0)?.state?.terminated
  if (waiting && waiting !== 'PodInitializing' && waiting !== 'ContainerCreating') return waiting
  return ended?.reason ?? pod.status?.reason ?? waiting ?? (isReady(pod) ? 'Ready' : (pod.status?.phase ?? 'Unknown'))
}

function eventLines(events: readonly KubeEvent[]): string[] {
  return events.slice(0, EVENT_LINES).map((event) => {
    const times = event.series?.count ?? event.count ?? 1
    const object = `${(event.involvedObject.kind ?? '').toLowerCase()}/${event.involvedObject.name ?? ''}`
    const text = (event.message ?? '').replace(/\s+/g, ' ').slice(0, 400)
    return `${event.reason ?? ''} ${object}: ${text}${times > 1 ? ` (${String(times)} times)` : ''}`
  })
}

/** A reason with its evidence; the log may know better than the exit code what happened. */
export function withEvidence(reason: Reason, evidence: readonly string[]): Reason {
  const format = evidence.find(isForeignBinary)
  if (format && (reason.code === 'crash-on-start' || reason.code === 'cannot-start')) {
    return { ...reason, code: 'wrong-platform', what: `${reason.what}: ${format.trim()}`, evidence }
  }
  return { ...reason, evidence }
}
