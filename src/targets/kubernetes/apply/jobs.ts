// Jobs of the manifests: a release is not healthy while one of them runs, and fails with one that fails.
import type { Reason } from '../../../errors/deploy-error.ts'
import { asDeployError, DeployError } from '../../../errors/deploy-error.ts'
import type { Observation } from '../../../ports.ts'
import { read, refusal } from '../api/client.ts'
import { podTable, readLog } from '../why/evidence.ts'
import { listObjects } from '../api/list.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Job } from '../api/schema.ts'
import { EventSchema, JobSchema, listOf, PodSchema } from '../api/schema.ts'

export interface JobPlace {
  /** `job/migrate` */
  readonly label: string
  readonly path: string
}

export type JobState =
  | { readonly is: 'done' }
  | { readonly is: 'running'; readonly detail: string }
  | { readonly is: 'failed'; readonly reason: Reason }

const ASKED_EVERY_MS = 1000
const REMOVED_WITHIN_MS = 30_000
const ASK_EVERY_MS = 200

export function isJob({ kind, apiVersion }: { readonly kind: string; readonly apiVersion: string }): boolean {
  return kind === 'Job' && apiVersion.startsWith('batch/')
}

/** Pure: what the cluster says of a Job. */
export function jobState(job: Job | undefined, label: string): JobState {
  if (!job) return { is: 'failed', reason: { code: 'job-failed', what: `${label} was deleted before it was done` } }
  const condition = (...types: string[]) =>
    (job.status?.conditions ?? []).find(({ type, status }) => types.includes(type) && status === 'True')
  const failure = condition('Failed', 'FailureTarget')
  if (failure) {
    const reported = [failure.reason, failure.message].filter(Boolean).join(': ')
    return { is: 'failed', reason: { code: 'job-failed', what: `${label} failed${reported ? `: ${reported}` : ''}` } }
  }
  if (condition('Complete', 'SuccessCriteriaMet')) return { is: 'done' }
  if (job.spec.suspend === true) return { is: 'running', detail: `${label} is suspended` }
  const { active = 0, failed = 0 } = job.status ?? {}
  const failures = (failed ?? 0) > 0 ? `, ${String(failed)} failed so far` : ''
  return { is: 'running', detail: `${label} is not done: ${String(active ?? 0)} of its pods run${failures}` }
}

export function hasEnded(job: Job): boolean {
  return jobState(job, '').is !== 'running'
}

/** Watches the Jobs that a release applied. */
export class JobWatch {
  readonly #cluster: Cluster
  readonly #places: readonly JobPlace[]
  #asked: Promise<JobState[]> | undefined
  #askedAt = 0

  constructor(cluster: Cluster, places: readonly JobPlace[]) {
    this.#cluster = cluster
    this.#places = places
  }

  /** The observation of the workloads, with what the Jobs add: a failed one fails the first workload that is not worse. */
  async added(observation: Observation, confirms: boolean): Promise<Observation> {
    if (this.#places.length === 0) return observation
    return withStates(observation, await this.#states(confirms))
  }

  #states(confirms: boolean): Promise<JobState[]> {
    const now = this.#cluster.clock.now()
    if (this.#asked && !confirms && now - this.#askedAt < ASKED_EVERY_MS) return this.#asked
    this.#askedAt = now
    this.#asked = Promise.all(this.#places.map((place) => this.#state(place)))
    return this.#asked
  }

  async #state({ label, path }: JobPlace): Promise<JobState> {
    const job = await read(this.#cluster, path, JobSchema)
    if (!job && (await this.#wasCompleted(path))) return { is: 'done' }
    const state = jobState(job, label)
    if (state.is !== 'failed' || !job) return state
    return { is: 'failed', reason: { ...state.reason, evidence: await this.#evidence(job.metadata.name) } }
  }

  /** A Job with `ttlSecondsAfterFinished` goes as soon as it is done; its events stay. */
  async #wasCompleted(path: string): Promise<boolean> {
    const { api, paths } = this.#cluster
    const name = path.split('/').at(-1) ?? ''
    const query = { fieldSelector: `involvedObject.kind=Job,involvedObject.name=${name},reason=Completed` }
    const answer = await api.request('GET', paths.events, { query, patience: 0 })
    return answer.status === 200 && listOf(EventSchema, answer.body).items.length > 0
  }

  async #evidence(name: string): Promise<string[]> {
    const cluster = this.#cluster
    const selection = { labelSelector: `job-name=${name}` }
    const { items } = await listObjects(cluster, cluster.paths.pods, PodSchema, selection).catch(() => ({ items: [] }))
    const ended = items.filter(({ status }) => status?.phase === 'Failed').at(-1) ?? items.at(-1)
    const container = ended?.spec.containers[0]?.name
    if (!ended || container === undefined) return podTable(items, [])
    const place = { pod: ended.metadata.name, container }
    const log = await readLog(cluster, place, false)
    const title = `last log lines of ${place.pod}:`
    return [...podTable(items, []), ...(log.length > 0 ? [title, ...log.map((line) => `  ${line}`)] : [])]
  }
}

/** The observation with what else the release waits for: something that failed fails the first workload that is not worse. */
export function withStates(observation: Observation, states: readonly JobState[]): Observation {
  const failed = states.find((state) => state.is === 'failed')
  const running = states.flatMap((state) => (state.is === 'running' ? [state.detail] : []))
  const { workloads } = observation
  const isDone = workloads.every(({ state }) => state.is === 'settled')
  const target = failed ? 0 : isDone && running.length > 0 ? 0 : -1
  return {
    workloads: workloads.map((workload, index) => {
      if (index !== target || workload.state.is === 'failed' || workload.state.is === 'superseded') return workload
      if (failed) return { ...workload, state: failed }
      return { ...workload, state: { is: 'progressing', detail: running.join('; ') } }
    }),
  }
}

/** Applies a Job; one that has ended and cannot be changed, or that failed, makes room first. @throws DeployError */
export async function replaceJob<T>(cluster: Cluster, place: JobPlace, apply: () => Promise<T>): Promise<T> {
  const before = await read(cluster, place.path, JobSchema)
  if (before && jobState(before, place.label).is === 'failed') await removeEndedJob(cluster, place)
  try {
    return await apply()
  } catch (error) {
    if (!before || !isImmutable(asDeployError(error).what)) throw error
    await removeEndedJob(cluster, place)
    return apply()
  }
}

/** What a release would do with a Job that is there already, as lines of the plan. @throws DeployError */
export async function tryExistingJob(
  cluster: Cluster,
  place: JobPlace,
  dryRun: () => Promise<unknown>,
): Promise<string[]> {
  const job = await read(cluster, place.path, JobSchema)
  const failed = job && jobState(job, place.label).is === 'failed'
  try {
    await dryRun()
    return failed ? [`${place.label} failed before and would run anew`] : []
  } catch (error) {
    if (!job || !isImmutable(asDeployError(error).what)) throw error
    if (!hasEnded(job)) throw stillRuns(place.label)
    return [`${place.label} has ended and would be replaced: the pod template of a Job cannot be changed`]
  }
}

/** Removes a Job that has ended. One that runs is not ours to end. @throws DeployError manifest-invalid */
export async function removeEndedJob(cluster: Cluster, { label, path }: JobPlace): Promise<void> {
  const { api, clock } = cluster
  const job = await read(cluster, path, JobSchema)
  if (!job) return
  if (!hasEnded(job)) throw stillRuns(label)
  const body = { propagationPolicy: 'Background', preconditions: { uid: job.metadata.uid } }
  const answer = await api.request('DELETE', path, { body })
  if (answer.status >= 400 && answer.status !== 404) throw refusal(answer, `${label} could not be replaced`)
  const until = clock.now() + REMOVED_WITHIN_MS
  while ((await read(cluster, path, JobSchema))?.metadata.uid === job.metadata.uid) {
    if (clock.now() > until)
      throw new DeployError('manifest-invalid', `${label} was deleted to be made anew, but it stays`)
    await clock.sleep(ASK_EVERY_MS)
  }
}

export function stillRuns(label: string): DeployError {
  const what = `${label} still runs with another pod template, and the template of a Job cannot be changed`
  const fix = 'Wait until it has ended, delete it, or give the Job of every release a name of its own.'
  return new DeployError('manifest-invalid', what, { fix })
}

/** A refusal because a field can never be changed, in words that say so. */
export function isImmutable(message: string): boolean {
  return /field is immutable|may not (?:be changed|change fields)|fields other than .* are forbidden|is immutable when/i.test(
    message,
  )
}

export function immutableAdvice(error: DeployError, label: string): DeployError {
  if (!isImmutable(error.what)) return error
  const fix = `${label} has a field that cannot be changed once it is made: leave that field as it is, delete the object before the release, or give it another name.`
  return new DeployError(error.code, error.what, { fix, evidence: error.evidence })
}
