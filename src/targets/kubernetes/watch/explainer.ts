import type { Rollout, WorkloadObservation } from '../../../ports.ts'
import type { Cluster } from '../api/cluster.ts'
import type { KubeEvent } from '../api/schema.ts'
import type { KubeSpec } from '../spec.ts'
import type { Judgement } from '../why/classify.ts'
import { gather, readEvents, withEvidence } from '../why/evidence.ts'
import { isReady } from '../why/progress.ts'
import { STALLED_AFTER_MS } from './course.ts'
import type { Followed } from './followed.ts'

const EVENTS_EVERY_MS = 3000
const EVIDENCE_EVERY_MS = 5000
/** Events are read of so many pods that are not ready. */
const ASKED_PODS = 3
/** Clocks of the runner and of the cluster differ. */
const CLOCK_SKEW_MS = 5000

/** Reads the warnings of the cluster, no more often than needed, and adds them to reasons. */
export class Explainer {
  readonly #cluster: Cluster
  readonly #followed: Followed
  readonly #evidence = new Map<string, { readonly at: number; readonly lines: readonly string[] }>()
  #events: readonly KubeEvent[] = []
  #eventsAt = 0

  constructor(cluster: Cluster, followed: Followed) {
    this.#cluster = cluster
    this.#followed = followed
  }

  /** What is known to be said about the objects of the rollout. */
  get events(): readonly KubeEvent[] {
    return this.#events
  }

  /** @returns whether events were read anew */
  async refreshEvents({ workloads, startedAt }: Rollout<KubeSpec>): Promise<boolean> {
    const now = this.#cluster.clock.now()
    if (now - this.#eventsAt <= EVENTS_EVERY_MS) return false
    this.#eventsAt = now
    const uids = workloads.flatMap(({ handle }) => this.#subjects(handle))
    this.#events = await readEvents(this.#cluster, uids, startedAt - CLOCK_SKEW_MS)
    return true
  }

  /** A failure gets its evidence now; a suspicion, which may become the reason at the deadline, from time to time. */
  async explain(rollout: Rollout<KubeSpec>, judgement: Judgement): Promise<WorkloadObservation> {
    const { observation } = judgement
    const { name, state } = observation
    const reason = state.is === 'failed' ? state.reason : state.is === 'progressing' ? state.suspect : undefined
    const handle = rollout.workloads.find((workload) => workload.name === name)?.handle
    if (!reason || !handle || handle.refused) return observation
    if (state.is === 'failed' || this.#isDue(rollout, name)) await this.#gather(rollout, handle, judgement)
    const explained = withEvidence(reason, this.#evidence.get(name)?.lines ?? [])
    // What the log says ends the wait: no restart gives a node another architecture.
    if (state.is === 'failed' || explained.code === 'wrong-platform') {
      return { ...observation, state: { is: 'failed', reason: explained } }
    }
    return state.is === 'progressing' ? { ...observation, state: { ...state, suspect: explained } } : observation
  }

  #isDue({ startedAt }: Rollout<KubeSpec>, name: string): boolean {
    const now = this.#cluster.clock.now()
    return now - startedAt > STALLED_AFTER_MS && now - (this.#evidence.get(name)?.at ?? 0) > EVIDENCE_EVERY_MS
  }

  async #gather({ startedAt }: Rollout<KubeSpec>, handle: KubeSpec, judgement: Judgement): Promise<void> {
    const { culprit, observation } = judgement
    const uids = this.#subjects(handle, culprit?.pod)
    if (observation.state.is === 'failed') {
      this.#events = await readEvents(this.#cluster, uids, startedAt - CLOCK_SKEW_MS)
    }
    const { pods } = this.#followed.snapshot(handle)
    const known = new Set(this.#subjects(handle, culprit?.pod))
    const events = this.#events.filter(({ involvedObject }) => known.has(involvedObject.uid ?? ''))
    const lines = await gather(this.#cluster, { pods, slots: handle.containers, events, culprit })
    this.#evidence.set(observation.name, { at: this.#cluster.clock.now(), lines })
  }

  /** Whose events may say why nothing goes on: the workload, what makes its pods, and some pods that are not ready. */
  #subjects(spec: KubeSpec, culprit?: string): string[] {
    const { replicaSets, pods } = this.#followed.snapshot(spec)
    const waiting = pods.filter((pod) => !isReady(pod) && !pod.metadata.deletionTimestamp)
    const asked = [...waiting].sort((one, other) => (one.metadata.uid < other.metadata.uid ? -1 : 1))
    const uids = [
      spec.uid,
      ...replicaSets.filter((set) => (set.spec.replicas ?? 0) > 0).map(({ metadata }) => metadata.uid),
      ...pods.filter(({ metadata }) => metadata.name === culprit).map(({ metadata }) => metadata.uid),
      ...asked.slice(0, ASKED_PODS).map(({ metadata }) => metadata.uid),
    ]
    return [...new Set(uids)].filter((uid) => uid !== '')
  }
}
