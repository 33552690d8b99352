// Follows the objects of a rollout and judges them at each look.
import type { Duration } from '../../domain/duration.ts'
import type { KubeApi, Observation, Rollout, WorkloadObservation } from '../../ports.ts'
import { classify, type Judgement, type Memory } from './classify.ts'
import type { Snapshot, Wanted } from './snapshot.ts'
import { gather, readEvents, withEvidence } from './evidence.ts'
import type { Kind, Paths } from './names.ts'
import { isOwner } from './progress.ts'
import {
  ControllerRevisionSchema,
  PodSchema,
  ReplicaSetSchema,
  WorkloadSchema,
  type ControllerRevision,
  type KubeEvent,
  type Pod,
  type ReplicaSet,
  type Workload,
} from './schema.ts'
import { selectorText, type KubeSpec } from './spec.ts'
import { watchObjects, type Selection, type Watched } from './watched.ts'

export interface Observer {
  look(rollout: Rollout<KubeSpec>): Promise<Observation>
  changed(ms: number, signal: AbortSignal): Promise<void>
  stop(): void
}

interface Collections {
  readonly workloads: ReadonlyMap<Kind, Watched<Workload>>
  readonly replicaSets: Watched<ReplicaSet> | undefined
  readonly revisions: Watched<ControllerRevision> | undefined
  readonly pods: Watched<Pod>
}

/** However well a watch seems to run: no verdict rests on what is older. */
const TRUSTED_FOR = 10_000
const EVENTS_AFTER = 2000
const EVENTS_EVERY = 3000
const EVIDENCE_EVERY = 5000

export function makeObserver(api: KubeApi, paths: Paths, specs: readonly KubeSpec[], grace: Duration): Observer {
  const listeners = new Set<() => void>()
  let unseen = false
  const notify = () => {
    unseen = true
    for (const listener of [...listeners]) listener()
  }
  const collections = follow(api, paths, specs, notify)
  const all = [
    ...collections.workloads.values(),
    ...(collections.replicaSets ? [collections.replicaSets] : []),
    ...(collections.revisions ? [collections.revisions] : []),
    collections.pods,
  ]
  const memories = new WeakMap<Rollout<KubeSpec>, Map<string, Memory>>()
  const evidence = new Map<string, { at: number; lines: readonly string[] }>()
  let events: readonly KubeEvent[] = []
  let eventsAt = 0

  const refresh = () => Promise.all(all.map((collection) => collection.refresh()))

  async function look(rollout: Rollout<KubeSpec>): Promise<Observation> {
    unseen = false
    const began = Date.now()
    if (all.some((collection) => began - collection.listedAt() > TRUSTED_FOR)) await refresh()
    const memory = memories.get(rollout) ?? new Map<string, Memory>()
    memories.set(rollout, memory)
    let judgements = judge(rollout, memory)
    if (isTroubled(judgements) && began - rollout.startedAt > EVENTS_AFTER && began - eventsAt > EVENTS_EVERY) {
      eventsAt = began
      events = await readEvents(api, paths, rollout.startedAt - 5000)
      judgements = judge(rollout, memory)
    }
    // What ends the wait is never taken from a watch alone.
    if (isFinal(judgements) && all.some((collection) => collection.listedAt() < began)) {
      await refresh()
      judgements = judge(rollout, memory)
    }
    for (const { observation, memory: next } of judgements) memory.set(observation.name, next)
    return { workloads: await Promise.all(judgements.map((judgement) => explain(rollout, judgement))) }
  }

  function judge(rollout: Rollout<KubeSpec>, memory: ReadonlyMap<string, Memory>): Judgement[] {
    return rollout.workloads.map(({ name, handle, accepted }) => {
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
        isWayBack: rollout.isWayBack ?? false,
        restartsBefore: handle.restartsBefore ?? {},
      }
      const judgement = classify(snapshot(handle), wanted, before)
      // In blue-green the object behind a workload's name changes with its colour.
      return { ...judgement, observation: { ...judgement.observation, name } }
    })
  }

  function snapshot(spec: KubeSpec): Snapshot {
    const workload = collections.workloads
      .get(spec.id.kind)
      ?.items()
      .find(({ metadata }) => metadata.name === spec.id.name)
    const replicaSets = (collections.replicaSets?.items() ?? []).filter((set) => isOwner(set, spec.uid))
    const owners = new Set([spec.uid, ...replicaSets.map(({ metadata }) => metadata.uid)])
    const pods = collections.pods.items().filter((pod) => [...owners].some((owner) => isOwner(pod, owner)))
    const uids = new Set([...owners, ...pods.map(({ metadata }) => metadata.uid)])
    return {
      now: Date.now(),
      workload,
      replicaSets,
      revisions: (collections.revisions?.items() ?? []).filter((revision) => isOwner(revision, spec.uid)),
      pods,
      events: events.filter(({ involvedObject }) => uids.has(involvedObject.uid ?? '')),
    }
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
      if (state.is === 'failed') events = await readEvents(api, paths, rollout.startedAt - 5000)
      const scene = snapshot(handle)
      const lines = await gather(api, paths, {
        pods: scene.pods,
        slots: handle.containers,
        events: scene.events,
        culprit,
      })
      evidence.set(observation.name, { at: Date.now(), lines })
    }
    const explained = withEvidence(reason, evidence.get(observation.name)?.lines ?? [])
    // What the log says ends the wait: no restart gives a node another architecture.
    return state.is === 'failed' || explained.code === 'wrong-platform'
      ? { ...observation, state: { is: 'failed', reason: explained } }
      : { ...observation, state: { ...state, suspect: explained } as WorkloadObservation['state'] }
  }

  return {
    look,
    changed: (ms, signal) =>
      new Promise((resolve) => {
        if (unseen || signal.aborted) {
          resolve()
          return
        }
        const timer = setTimeout(done, ms)
        function done() {
          clearTimeout(timer)
          listeners.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        listeners.add(done)
        signal.addEventListener('abort', done, { once: true })
      }),
    stop() {
      for (const collection of all) collection.stop()
      notify()
    },
  }
}

/** One workload is followed by name and by labels; several share what the whole namespace says. */
function follow(api: KubeApi, paths: Paths, specs: readonly KubeSpec[], notify: () => void): Collections {
  const [only] = specs
  const single = specs.length === 1 ? only : undefined
  const byLabels: Selection = single ? { labelSelector: selectorText(single.selector) } : {}
  const byName: Selection = single ? { fieldSelector: `metadata.name=${single.id.name}` } : {}
  const kinds = [...new Set(specs.map(({ id }) => id.kind))]
  return {
    workloads: new Map(
      kinds.map((kind) => [kind, watchObjects(api, paths.workloads(kind), WorkloadSchema, byName, notify)]),
    ),
    replicaSets: kinds.includes('Deployment')
      ? watchObjects(api, paths.replicaSets, ReplicaSetSchema, byLabels, notify)
      : undefined,
    revisions: kinds.includes('DaemonSet')
      ? watchObjects(api, paths.controllerRevisions, ControllerRevisionSchema, byLabels, notify)
      : undefined,
    pods: watchObjects(api, paths.pods, PodSchema, byLabels, notify),
  }
}

function isTroubled(judgements: readonly Judgement[]): boolean {
  return judgements.some(({ observation: { state, replicas, desired } }) => {
    return state.is === 'progressing' && replicas.filter(({ healthy }) => healthy).length <= desired
  })
}

function isFinal(judgements: readonly Judgement[]): boolean {
  const states = judgements.map(({ observation }) => observation.state.is)
  return (
    states.every((state) => state === 'settled') || states.some((state) => state === 'failed' || state === 'superseded')
  )
}
