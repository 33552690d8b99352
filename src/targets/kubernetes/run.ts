import { once } from '../../async/once.ts'
import type { Rollout } from '../../ports.ts'
import type { Cluster } from './api/cluster.ts'
import { createCluster } from './api/cluster.ts'
import type { KubernetesDeps } from './api/deps.ts'
import type { WorkloadId } from './api/names.ts'
import { parseWorkload } from './api/names.ts'
import type { Applier } from './apply/applier.ts'
import { createApplier } from './apply/applier.ts'
import type { JobWatch } from './apply/jobs.ts'
import { OwnTemplates } from './apply/own-templates.ts'
import type { Scene } from './blue-green/scene.ts'
import { findColours } from './blue-green/scene.ts'
import type { Found } from './current.ts'
import { find } from './current.ts'
import type { Lock } from './lock/lock.ts'
import { createLock, lockName } from './lock/lock.ts'
import type { KubernetesRequest } from './request.ts'
import type { KubeSpec } from './spec.ts'
import { Observer, patienceOf } from './watch/observer.ts'

/** What one run knows of the cluster and holds open there. Everything is made when it is first needed. */
export class KubernetesRun {
  readonly request: KubernetesRequest
  readonly deps: KubernetesDeps
  /** The workloads that the request names. */
  readonly named: readonly WorkloadId[]
  readonly cluster: () => Promise<Cluster>
  readonly templates = new OwnTemplates()
  /** The Jobs that this run applied. */
  jobs: JobWatch | undefined
  #applier: Promise<Applier> | undefined
  #lock: Lock | undefined
  #observer: Observer | undefined

  constructor(request: KubernetesRequest, deps: KubernetesDeps) {
    this.request = request
    this.deps = deps
    this.named = request.workloads.flatMap((text) => parseWorkload(text) ?? [])
    this.cluster = once(async () => {
      const { grace } = patienceOf(request)
      return createCluster({ ...deps, grace }, request.namespace ?? (await deps.api.namespace()))
    })
  }

  warn(text: string): void {
    this.deps.onWarning?.(text)
  }

  manifests(): Promise<Applier> {
    return (this.#applier ??= this.#readManifests())
  }

  /** The files may have been written since they were read. */
  forgetManifests(): void {
    this.#applier = undefined
  }

  async #readManifests(): Promise<Applier> {
    const { request, named: wanted } = this
    const { repository, onWarning, preview } = this.deps
    const { manifests: files, container } = request
    const takeOver = request.takeOver ?? []
    const cluster = await this.cluster()
    return createApplier({ cluster, files, container, repository, wanted, takeOver, onWarning, preview })
  }

  async colours(): Promise<Scene> {
    return findColours(await this.cluster(), this.request, this.deps.repository)
  }

  /** The named workloads, else those that the manifests bring; the live colour in blue-green. */
  async workloadIds(): Promise<readonly WorkloadId[]> {
    return this.request.strategy === 'blue-green' ? [(await this.colours()).live.id] : this.placeIds()
  }

  /** The same whichever colour is live. */
  async placeIds(): Promise<readonly WorkloadId[]> {
    if (this.request.strategy === 'blue-green' || this.named.length > 0) return this.named
    return (await this.manifests()).workloads.map(({ id }) => id)
  }

  async findAll(): Promise<Found[]> {
    const [cluster, ids, { workloads }] = await Promise.all([this.cluster(), this.workloadIds(), this.manifests()])
    const choice = { repository: this.deps.repository, container: this.request.container }
    return Promise.all(
      ids.map(async (id) => {
        const found = await find(cluster, id, choice)
        if (found.workload) return found
        return { ...found, slots: workloads.find((workload) => workload.id.label === id.label)?.slots ?? [] }
      }),
    )
  }

  /** @returns whether another run held the lock before */
  async acquireLock(): Promise<boolean> {
    const { app, environment, onBusy = 'wait' } = this.request
    const { run, signal, isRunOver } = this.deps
    const cluster = await this.cluster()
    this.#lock ??= createLock(cluster, {
      run,
      signal,
      isRunOver,
      name: lockName(app, environment),
      onBusy,
      onWait: (holder) => this.warn(`run ${holder} is releasing ${app} here: waiting for it to end`),
    })
    return this.#lock.acquire()
  }

  /** What follows the workloads of this rollout: a restore of the same workloads is followed by the same watches. */
  async observerOf(rollout: Rollout<KubeSpec>): Promise<Observer> {
    const specs = rollout.workloads.map(({ handle }) => handle)
    if (this.#observer?.follows(specs)) return this.#observer
    this.#observer?.stop()
    this.#observer = new Observer(await this.cluster(), specs, patienceOf(this.request))
    return this.#observer
  }

  async changed(ms: number, signal: AbortSignal): Promise<void> {
    await (this.#observer ? this.#observer.changed(ms, signal) : this.deps.clock.sleep(ms, signal))
  }

  async close(): Promise<void> {
    this.#observer?.stop()
    await this.#lock?.release().catch(() => undefined)
    await this.deps.api.close()
  }
}
