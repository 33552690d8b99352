/** Workloads of the manifests that run something else than the image, such as a database: a preview waits for them too. */
import type { Observation, Rollout } from '../../../ports.ts'
import { read } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import type { WorkloadId } from '../api/names.ts'
import { WorkloadSchema } from '../api/schema.ts'
import type { JobState } from '../apply/jobs.ts'
import { withStates } from '../apply/jobs.ts'
import type { KubeSpec } from '../spec.ts'
import { specOf } from '../spec.ts'
import type { Patience } from '../watch/observer.ts'
import { Observer } from '../watch/observer.ts'

export class Companions {
  readonly #observer: Observer
  readonly #rollout: Rollout<KubeSpec>

  private constructor(observer: Observer, rollout: Rollout<KubeSpec>) {
    this.#observer = observer
    this.#rollout = rollout
  }

  /** @returns undefined when there are none */
  static async of(cluster: Cluster, ids: readonly WorkloadId[], patience: Patience): Promise<Companions | undefined> {
    const found = await Promise.all(
      ids.map(async (id) => {
        const live = await read(cluster, cluster.paths.workload(id), WorkloadSchema)
        // What is scaled to zero on purpose is not waited for.
        if (!live || live.spec.replicas === 0) return []
        return [specOf(id, live, { namespace: cluster.namespace, containers: [] })]
      }),
    )
    const specs = found.flat()
    if (specs.length === 0) return undefined
    const workloads = specs.map((handle) => ({ name: handle.id.label, handle }))
    const rollout = { before: { workloads: [] }, accepted: new Set<never>(), startedAt: cluster.clock.now(), workloads }
    return new Companions(new Observer(cluster, specs, patience), rollout)
  }

  /** The observation of the workloads, with what these add. */
  async added(observation: Observation, confirms: boolean): Promise<Observation> {
    const { workloads } = await this.#observer.observe(this.#rollout, confirms)
    return withStates(
      observation,
      workloads.map(({ name, state }): JobState => {
        switch (state.is) {
          case 'settled':
            return { is: 'done' }
          case 'failed':
            return state
          case 'superseded':
            return { is: 'running', detail: `${name} was changed by ${state.by}` }
          case 'progressing':
            return { is: 'running', detail: `${name}: ${state.detail}` }
        }
      }),
    )
  }

  stop(): void {
    this.#observer.stop()
  }
}
