// Follows the objects of a rollout and judges them at each look.
import type { Duration } from '../../../domain/duration.ts'
import type { KubeApi, Observation, Rollout, WorkloadObservation } from '../../../ports.ts'
import { makeChanges } from './changes.ts'
import { classify, type Judgement, type Memory } from '../why/classify.ts'
import { gather, readEvents, withEvidence } from '../why/evidence.ts'
import { follow } from './followed.ts'
import type { Paths } from '../api/names.ts'
import { isReady } from '../why/progress.ts'
import type { KubeEvent } from '../api/schema.ts'
import type { Snapshot, Wanted } from './snapshot.ts'
import type { KubeSpec } from '../spec.ts'

export interface Observer {
  /** `confirms`: nothing may rest on what the watches know. */
  look(rollout: Rollout<KubeSpec>, confirms: boolean): Promise<Observation>
  changed(ms: number, signal: AbortSignal): Promise<void>
  stop(): void
}

export interface ObserverContext {
  readonly api: KubeApi
  readonly paths: Paths
  readonly grace: Duration
}

/** However well a watch seems to run: everything is listed anew from time to time, the more seldom the more it costs. */
const TRUSTED_FOR = 10_000
const LISTING_PART = 1 / 40
/** Looking takes at most this part of the time. */
const LOOKING_PART = 1 / 20
const LONGEST_PAUSE = 1000
const EVENTS_AFTER = 2000
const EVENTS_EVERY = 3000
const EVIDENCE_EVERY = 5000
/** Events are read of so many pods that are not ready. */
const ASKED_PODS = 3

/** What is remembered of one rollout between two looks. */
interface Course {
  memory: Map<string, Memory>
  ready: number
  readySince: number
  settledSince: number | undefined
}

export function makeObserver({ api, paths, grace }: ObserverContext, specs: readonly KubeSpec[]): Observer {
  const changes = makeChanges()
  const followed = follow(api, paths, specs, () => changes.notify())
  const courses = new WeakMap<Rollout<KubeSpec>, Course>()
  const evidence = new Map<string, { at: number; lines: readonly string[] }>()
  let events: readonly KubeEvent[] = []
  let eventsAt = 0
  let cost = 0

  async function look(rollout: Rollout<KubeSpec>, confirms: boolean): Promise<Observation> {
    changes.seen()
    const began = Date.now()
    const trusted = Math.max(TRUSTED_FOR, followed.listedIn() / LISTING_PART)
    if (confirms || began - followed.listedAt() > trusted) await followed.refresh()
    const course = courseOf(rollout, began)
    let judgements = judge(rollout, course)
    note(course, judgements, began)
    if (isStalled(course, judgements, began) && began - eventsAt > EVENTS_EVERY) {
      eventsAt = began
      events = await readEvents(
        api,
        paths,
        rollout.workloads.flatMap(({ handle }) => subjects(handle)),
        since(rollout),
      )
      judgements = judge(rollout, course)
    }
    // What ends the wait is never taken from a watch alone.
    if (isFinal(judgements) && followed.listedAt() < (course.settledSince ?? began)) {
      await followed.refresh()
      judgements = judge(rollout, course)
    }
    for (const { observation, memory } of judgements) course.memory.set(observation.name, memory)
    return { workloads: await Promise.all(judgements.map((judgement) => explain(rollout, judgement))) }
  }

  function courseOf(rollout: Rollout<KubeSpec>, now: number): Course {
    const course = courses.get(rollout) ?? { memory: new Map(), ready: 0, readySince: now, settledSince: undefined }
    courses.set(rollout, course)
    return course
  }

  function judge(rollout: Rollout<KubeSpec>, { memory }: Course): Judgement[] {
    const began = performance.now()
    const judgements = rollout.workloads.map(({ name, handle, accepted }) => {
      const before = memory.get(name) ?? new Map<string, number>()
      if (handle.refused) {
        const state = { is: 'failed' as const, reason: handle.refused }
        return { observation: { name, state, desired: 0, replicas: [] }, memory: before }
      }
      const wanted: Wanted = {
        id: handle.id,
        uid: handle.uid,
        generation: handle.generation,
        containers: handle.containers,
        accepted: accepted ?? rollout.accepted,
        grace,
        isRestore: rollout.isRestore ?? false,
        restartsBefore: handle.restartsBefore ?? {},
      }
      const judgement = classify(snapshot(handle), wanted, before)
      // In blue-green the object behind a workload's name changes with its colour.
      return { ...judgement, observation: { ...judgement.observation, name } }
    })
    cost = performance.now() - began
    return judgements
  }

  function snapshot(spec: KubeSpec): Snapshot {
    return { now: Date.now(), events, ...followed.snapshot(spec) }
  }

  /** Whose events may say why nothing goes on: the workload, what makes its pods, and some pods that are not ready. */
  function subjects(spec: KubeSpec, culprit?: string): string[] {
    const { replicaSets, pods } = followed.snapshot(spec)
    const waiting = pods.filter((pod) => !isReady(pod) && !pod.metadata.deletionTimestamp)
    const asked = [...waiting].sort((one, other) => (one.metadata.uid < other.metadata.uid ? -1 : 1))
    return [
      spec.uid,
      ...replicaSets.filter((set) => (set.spec.replicas ?? 0) > 0).map(({ metadata }) => metadata.uid),
      ...pods.filter(({ metadata }) => metadata.name === culprit).map(({ metadata }) => metadata.uid),
      ...asked.slice(0, ASKED_PODS).map(({ metadata }) => metadata.uid),
    ].filter((uid, index, all) => uid !== '' && all.indexOf(uid) === index)
  }

  /** A failure gets its evidence now; a suspicion, which may become the reason at the deadline, from time to time. */
  async function explain(rollout: Rollout<KubeSpec>, judgement: Judgement): Promise<WorkloadObservation> {
    const { observation, culprit } = judgement
    const { state } = observation
    const reason = state.is === 'failed' ? state.reason : state.is === 'progressing' ? state.suspect : undefined
    const handle = rollout.workloads.find(({ name }) => name === observation.name)?.handle
    if (!reason || !handle || handle.refused) return observation
    const known = evidence.get(observation.name)
    const isDue = Date.now() - rollout.startedAt > EVENTS_AFTER && Date.now() - (known?.at ?? 0) > EVIDENCE_EVERY
    if (state.is === 'failed' || isDue) {
      if (state.is === 'failed') events = await readEvents(api, paths, subjects(handle, culprit?.pod), since(rollout))
      const { pods } = followed.snapshot(handle)
      const uids = new Set(subjects(handle, culprit?.pod))
      const told = events.filter(({ involvedObject }) => uids.has(involvedObject.uid ?? ''))
      const lines = await gather(api, paths, { pods, slots: handle.containers, events: told, culprit })
      evidence.set(observation.name, { at: Date.now(), lines })
    }
    const explained = withEvidence(reason, evidence.get(observation.name)?.lines ?? [])
    // What the log says ends the wait: no restart gives a node another architecture.
    if (state.is === 'failed' || explained.code === 'wrong-platform') {
      return { ...observation, state: { is: 'failed', reason: explained } }
    }
    return state.is === 'progressing' ? { ...observation, state: { ...state, suspect: explained } } : observation
  }

  return {
    look,
    changed: (ms, signal) => changes.wait(ms, Math.min(cost / LOOKING_PART, LONGEST_PAUSE), signal),
    stop() {
      followed.stop()
      changes.notify()
    },
  }
}

function since(rollout: Rollout<KubeSpec>): number {
  return rollout.startedAt - 5000
}

/** When the number of ready pods last changed, and since when all is settled. */
function note(course: Course, judgements: readonly Judgement[], now: number): void {
  const healthy = judgements.flatMap(({ observation }) => observation.replicas.filter((replica) => replica.healthy))
  if (healthy.length !== course.ready) {
    course.ready = healthy.length
    course.readySince = now
  }
  const isSettled = judgements.every(({ observation }) => observation.state.is === 'settled')
  course.settledSince = isSettled ? (course.settledSince ?? now) : undefined
}

/** Nothing became ready for a while: only then the cluster is asked what it complains about. */
function isStalled({ readySince }: Course, judgements: readonly Judgement[], now: number): boolean {
  const isProgressing = judgements.some(({ observation }) => observation.state.is === 'progressing')
  return isProgressing && now - readySince > EVENTS_AFTER
}

function isFinal(judgements: readonly Judgement[]): boolean {
  const states = judgements.map(({ observation }) => observation.state.is)
  return (
    states.every((state) => state === 'settled') || states.some((state) => state === 'failed' || state === 'superseded')
  )
}
