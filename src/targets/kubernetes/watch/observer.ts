// Follows the objects of a rollout and judges them at each look.
import type { Duration } from '../../../domain/duration.ts'
import type { Observation, Rollout } from '../../../ports.ts'
import type { Cluster } from '../api/cluster.ts'
import type { KubernetesRequest } from '../request.ts'
import type { KubeSpec } from '../spec.ts'
import type { Judgement } from '../why/classify.ts'
import { classify } from '../why/classify.ts'
import { Changes } from './changes.ts'
import { Course, isFinal } from './course.ts'
import { Explainer } from './explainer.ts'
import type { Followed } from './followed.ts'
import { follow } from './followed.ts'
import type { Wanted } from './snapshot.ts'

/** Everything is listed anew from time to time even while a watch works, less often where listing costs more. */
const TRUSTED_FOR_MS = 10_000
const LISTING_PART = 1 / 40
/** Observations take at most this part of the time. */
const LOOKING_PART = 1 / 20
const LONGEST_PAUSE_MS = 1000

/** How long troubles that others may end by themselves are waited for. */
export type Patience = Pick<Wanted, 'grace' | 'nodeGrace'>

/** A third of the default `timeout`. */
const GRACE_MS: Duration = 200_000

export function patienceOf({ grace = GRACE_MS, nodeGrace = grace }: KubernetesRequest): Patience {
  return { grace, nodeGrace }
}

export class Observer {
  readonly #cluster: Cluster
  readonly #subject: string
  readonly #patience: Patience
  readonly #changes: Changes
  readonly #followed: Followed
  readonly #explainer: Explainer
  readonly #courses = new WeakMap<Rollout<KubeSpec>, Course>()
  /** How long the last judgement took, ms. */
  #cost = 0

  constructor(cluster: Cluster, specs: readonly KubeSpec[], patience: Patience) {
    this.#cluster = cluster
    this.#subject = subjectOf(specs)
    this.#patience = patience
    this.#changes = new Changes(cluster.clock)
    this.#followed = follow(cluster, specs, () => this.#changes.notify())
    this.#explainer = new Explainer(cluster, this.#followed)
  }

  /** Whether it follows these workloads. */
  follows(specs: readonly KubeSpec[]): boolean {
    return subjectOf(specs) === this.#subject
  }

  /** @param confirms nothing may rest on what the watches know */
  async observe(rollout: Rollout<KubeSpec>, confirms: boolean): Promise<Observation> {
    this.#changes.seen()
    const began = this.#cluster.clock.now()
    const trusted = Math.max(TRUSTED_FOR_MS, this.#followed.listedIn() / LISTING_PART)
    if (confirms || began - this.#followed.listedAt() > trusted) await this.#followed.refresh()
    const course = this.#courseOf(rollout, began)
    let judgements = this.#judge(rollout, course)
    course.note(judgements, began)
    if (course.isStalled(judgements, began) && (await this.#explainer.refreshEvents(rollout))) {
      judgements = this.#judge(rollout, course)
    }
    // What ends the wait is never taken from a watch alone.
    if (isFinal(judgements) && this.#followed.listedAt() < (course.settledSince ?? began)) {
      await this.#followed.refresh()
      judgements = this.#judge(rollout, course)
    }
    course.remember(judgements)
    return { workloads: await Promise.all(judgements.map((judgement) => this.#explainer.explain(rollout, judgement))) }
  }

  async changed(ms: number, signal: AbortSignal): Promise<void> {
    await this.#changes.wait(ms, Math.min(this.#cost / LOOKING_PART, LONGEST_PAUSE_MS), signal)
  }

  stop(): void {
    this.#followed.stop()
    this.#changes.notify()
  }

  #courseOf(rollout: Rollout<KubeSpec>, now: number): Course {
    const course = this.#courses.get(rollout) ?? new Course(now)
    this.#courses.set(rollout, course)
    return course
  }

  #judge(rollout: Rollout<KubeSpec>, course: Course): readonly Judgement[] {
    const began = this.#cluster.clock.now()
    const judgements = rollout.workloads.map((workload) => this.#judgeOne(rollout, workload, course))
    this.#cost = this.#cluster.clock.now() - began
    return judgements
  }

  #judgeOne(
    rollout: Rollout<KubeSpec>,
    { name, handle, accepted = rollout.accepted }: Rollout<KubeSpec>['workloads'][number],
    course: Course,
  ): Judgement {
    const memory = course.memoryOf(name)
    if (handle.refused) {
      const state = { is: 'failed' as const, reason: handle.refused }
      return { observation: { name, state, desired: 0, replicas: [] }, memory }
    }
    const { id, uid, generation, containers, restartsBefore = {} } = handle
    const { isRestore = false } = rollout
    const wanted: Wanted = { id, uid, generation, containers, accepted, ...this.#patience, isRestore, restartsBefore }
    const snapshot = {
      now: this.#cluster.clock.now(),
      events: this.#explainer.events,
      ...this.#followed.snapshot(handle),
    }
    const judgement = classify(snapshot, wanted, memory)
    // In blue-green the object behind a workload's name changes with its colour.
    return { ...judgement, observation: { ...judgement.observation, name } }
  }
}

function subjectOf(specs: readonly KubeSpec[]): string {
  return specs.map(({ id, uid }) => `${id.label} ${uid}`).join()
}
