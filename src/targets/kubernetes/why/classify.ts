// One look at one workload, judged. Pure: everything it knows is in the snapshot and in what was seen before.
import type { Digest } from '../../../domain/digest.ts'
import { digestIn } from '../../../domain/digest.ts'
import { exitText } from '../../../domain/exit-code.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { Replica, WorkloadObservation } from '../../../ports.ts'
import { admissionTroubles } from './admission.ts'
import type { Slot } from '../api/containers.ts'
import { imageOf, sameImage } from '../api/containers.ts'
import { troublesOf } from './pods.ts'
import { isAboutNewNodes } from './scheduling.ts'
import type { WorkloadId } from '../api/names.ts'
import { noNodeReason } from './nodes.ts'
import type { Progress } from './progress.ts'
import { isReady, progressOf } from './progress.ts'
import type { KubeEvent, Pod, Workload } from '../api/schema.ts'
import type { Snapshot, Wanted } from '../watch/snapshot.ts'
import type { Trouble } from './trouble.ts'

/** Key → since when (ms): how long a trouble lasts, and what was reached before. */
export type Memory = ReadonlyMap<string, number>

export interface Judgement {
  readonly observation: WorkloadObservation
  readonly memory: Memory
  /** Where to look for evidence. */
  readonly culprit?: { readonly pod: string; readonly container?: string }
}

/** Memory's key: all was done once. */
const SETTLED = 'settled'

export function classify(snapshot: Snapshot, wanted: Wanted, before: Memory): Judgement {
  const { workload } = snapshot
  const { label } = wanted.id
  const nothing = { name: label, desired: 0, replicas: [] }
  if (!workload || workload.metadata.uid !== wanted.uid) {
    const what = workload ? `${label} was deleted and created anew by somebody else` : `${label} was deleted`
    return {
      observation: { ...nothing, state: { is: 'failed', reason: { code: 'workload-gone', what } } },
      memory: before,
    }
  }
  const progress = progressOf(snapshot, workload, wanted)
  const { fresh } = progress
  const replicas = [...fresh, ...progress.stale].map((pod) => replicaOf(pod, wanted))
  const base = { name: label, desired: progress.desired, replicas }
  const at = (state: WorkloadObservation['state'], memory: Memory, culprit?: Judgement['culprit']): Judgement => ({
    observation: { ...base, state },
    memory,
    ...(culprit ? { culprit } : {}),
  })

  const foreign = wanted.containers.find((slot) => !sameImage(imageOf(workload.spec.template, slot), slot.image))
  if (foreign) {
    const now = imageOf(workload.spec.template, foreign) ?? 'no such container'
    return at({ is: 'superseded', by: `${lastWriter(workload)} set container ${foreign.name} to ${now}` }, before)
  }
  const blocked = blockedReason(workload, wanted.id, progress)
  if (blocked) return at({ is: 'failed', reason: blocked }, before)

  const patience = { ...wanted, nodeNews: snapshot.events.find(isAboutNewNodes) }
  const troubles = [
    ...(wanted.isRestore ? [] : diedAfterReady(fresh, before, label)),
    ...fresh
      .filter((pod) => !isReady(pod))
      .flatMap((pod) => troublesOf(pod, eventsOf(snapshot.events, pod.metadata.uid), patience)),
    ...admissionTroubles(snapshot, workload, wanted, progress),
  ]
  const memory = remember(before, troubles, snapshot.now)
  const certain = troubles.find((trouble) => isCertain(trouble, memory, snapshot.now, fresh.some(isReady)))
  if (certain) return at({ is: 'failed', reason: withName(certain.reason, label) }, memory, certain)
  if (progress.exceeded !== undefined) {
    const [worst] = troubles
    const reason: Reason = worst
      ? { ...worst.reason, what: `${worst.reason.what} (${progress.exceeded})` }
      : { code: 'unhealthy', what: progress.exceeded }
    return at({ is: 'failed', reason: withName(reason, label) }, memory, worst)
  }
  if (progress.done) {
    return at({ is: 'settled' }, settledMemory(memory, fresh, snapshot.now))
  }
  const [suspect] = troubles
  const detail = suspect ? `${progress.detail}; ${suspect.reason.what}` : progress.detail
  return at(
    { is: 'progressing', detail, ...(suspect ? { suspect: withName(suspect.reason, label) } : {}) },
    memory,
    suspect,
  )
}

function withName(reason: Reason, label: string): Reason {
  return reason.what.startsWith(label) ? reason : { ...reason, what: `${label}: ${reason.what}` }
}

function blockedReason(workload: Workload, { kind, label }: WorkloadId, progress: Progress): Reason | undefined {
  if (workload.spec.paused === true) {
    const fix = `Resume it: kubectl rollout resume ${label}`
    return { code: 'nothing-runs', what: `${label} is paused: nothing is replaced until it is resumed`, fix }
  }
  const { desired, observed } = progress
  if (desired > 0 || (!observed && workload.spec.replicas !== 0)) return undefined
  if (kind === 'DaemonSet') return noNodeReason(workload.spec, label)
  return { code: 'nothing-runs', what: `${label} is scaled to zero: nothing runs, so nothing can be proven` }
}

/** Who changed it last, by the name that the API server keeps. */
export function lastWriter(workload: Workload): string {
  const writers = (workload.metadata.managedFields ?? []).filter(({ subresource }) => !subresource)
  const newest = [...writers].sort((one, other) => Date.parse(other.time ?? '') - Date.parse(one.time ?? ''))[0]
  return newest?.manager ? `${newest.manager} (at ${newest.time ?? 'an unknown time'})` : 'somebody'
}

// ---------------------------------------------------------------- pods

type Expected = Pick<Wanted, 'containers' | 'accepted'>

/** A pod that did not change since the last look is the same object: it is not read again. */
const replicas = new WeakMap<Pod, { readonly accepted: Expected['accepted']; readonly replica: Replica }>()

function replicaOf(pod: Pod, wanted: Expected): Replica {
  const known = replicas.get(pod)
  if (known?.accepted === wanted.accepted) return known.replica
  const replica = readReplica(pod, wanted)
  replicas.set(pod, { accepted: wanted.accepted, replica })
  return replica
}

function readReplica(pod: Pod, wanted: Expected): Replica {
  const digests = digestsOf(pod, wanted.containers)
  const digest = digests.find((candidate) => !wanted.accepted.has(candidate)) ?? digests[0]
  const since = (pod.status?.conditions ?? []).find(({ type, status }) => type === 'Ready' && status === 'True')
  const healthySince = Date.parse(since?.lastTransitionTime ?? '')
  return {
    id: `${pod.metadata.name}/${pod.metadata.uid.slice(0, 8)}`,
    healthy: isReady(pod) && !pod.metadata.deletionTimestamp,
    restarts: restartsOf(pod),
    ...(digest === undefined ? {} : { digest }),
    ...(Number.isFinite(healthySince) ? { healthySince } : {}),
  }
}

/** What the runtime reports for the containers that take the image; nothing while one of them says nothing. */
export function digestsOf(pod: Pod, slots: readonly Slot[]): Digest[] {
  const digests = slots.map(({ name, init }) => {
    const statuses = (init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses) ?? []
    return digestIn(statuses.find((status) => status.name === name)?.imageID ?? '')
  })
  return digests.every((digest) => digest !== undefined) ? digests : []
}

function restartsOf(pod: Pod): number {
  const ours = new Set(pod.spec.containers.map(({ name }) => name))
  return (pod.status?.containerStatuses ?? [])
    .filter(({ name }) => ours.has(name))
    .reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0)
}

function eventsOf(events: readonly KubeEvent[], uid: string): readonly KubeEvent[] {
  return events.length === 0 ? events : events.filter(({ involvedObject }) => involvedObject.uid === uid)
}

/** After all was done once, a container that ends says: it died after it was ready. */
function diedAfterReady(pods: readonly Pod[], before: Memory, label: string): Trouble[] {
  if (!before.has(SETTLED)) return []
  return pods.flatMap((pod) => {
    const known = before.get(`restarts:${pod.metadata.uid}`)
    if (known === undefined) return []
    const dead = (pod.status?.containerStatuses ?? []).find(({ state, lastState }) => {
      return state?.terminated ?? (restartsOf(pod) > known ? lastState?.terminated : undefined)
    })
    const last = dead?.state?.terminated ?? dead?.lastState?.terminated
    if (!dead || !last) return []
    const code = last.reason === 'OOMKilled' ? 'out-of-memory' : 'died-after-ready'
    const what = `${label}: ${pod.metadata.name}: container ${dead.name} was ready and then ended with ${exitText(last.exitCode)}`
    return [
      {
        key: `died:${pod.metadata.uid}:${dead.name}`,
        reason: { code, what },
        certainAfter: 0,
        pod: pod.metadata.name,
        container: dead.name,
      },
    ]
  })
}

function settledMemory(memory: Memory, pods: readonly Pod[], now: number): Memory {
  if (memory.has(SETTLED)) {
    const news = pods.filter((pod) => !memory.has(`restarts:${pod.metadata.uid}`))
    return news.length === 0 ? memory : new Map([...memory, ...restartMarks(news)])
  }
  return new Map([...memory, [SETTLED, now], ...restartMarks(pods)])
}

function restartMarks(pods: readonly Pod[]): [string, number][] {
  return pods.map((pod) => [`restarts:${pod.metadata.uid}`, restartsOf(pod)])
}

// ---------------------------------------------------------------- memory

function remember(before: Memory, troubles: readonly Trouble[], now: number): Memory {
  const news = troubles.filter(({ key }) => !before.has(key))
  return news.length === 0 ? before : new Map([...before, ...news.map(({ key }): [string, number] => [key, now])])
}

function isCertain(trouble: Trouble, memory: Memory, now: number, othersReady: boolean): boolean {
  if (trouble.certainAfter === 'never') return false
  if (trouble.unlessOthersReady && othersReady) return false
  return now - (memory.get(trouble.key) ?? now) >= trouble.certainAfter
}
