import * as v from 'valibot'
import { runKey } from '../../../domain/labels.ts'
import type { KubeAnswer } from '../../../ports.ts'
import { FIELD_MANAGER, parse, refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Lease } from '../api/schema.ts'
import { LeaseSchema } from '../api/schema.ts'
import type { LockOptions } from './lock.ts'

export const LEASE_SECONDS = 15
const RENEW_EVERY_MS = 5000

/** The Lease while this run holds it: renewed until it is released. */
export class HeldLease {
  readonly #cluster: Cluster
  readonly #name: string
  readonly #path: string
  readonly #holder: string
  #held: Lease | undefined
  #stopper = new AbortController()
  #renewals: Promise<void> = Promise.resolve()

  constructor(cluster: Cluster, { name, run }: LockOptions) {
    this.#cluster = cluster
    this.#name = name
    this.#path = cluster.paths.lease(name)
    this.#holder = runKey(run)
  }

  get isHeld(): boolean {
    return this.#held !== undefined
  }

  /** @returns false when another run was quicker */
  async take(found: Lease | undefined): Promise<boolean> {
    const { api, paths } = this.#cluster
    const answer = found
      ? await api.request('PUT', this.#path, { body: this.#body(found) })
      : await api.request('POST', paths.leases, { body: this.#body(undefined) })
    if (answer.status === 409 || answer.status === 404) return false
    this.#held = this.#leaseIn(answer)
    this.#stopper = new AbortController()
    this.#renewals = this.#renewUntil(this.#stopper.signal)
    return true
  }

  async release(): Promise<void> {
    this.#stopper.abort()
    await this.#renewals.catch(() => undefined)
    const last = this.#held
    this.#held = undefined
    if (!last) return
    const { uid, resourceVersion } = last.metadata
    // Only the very object that this run wrote; who has taken it over keeps it.
    const body = { preconditions: { uid, resourceVersion } }
    await this.#cluster.api.request('DELETE', this.#path, { body }).catch(() => undefined)
  }

  async #renewUntil(stop: AbortSignal): Promise<void> {
    for (;;) {
      await this.#cluster.clock.sleep(RENEW_EVERY_MS, stop)
      if (stop.aborted || !this.#held) return
      const body = this.#body(this.#held)
      const answer = await this.#cluster.api.request('PUT', this.#path, { body }).catch(() => undefined)
      // Taken over or gone: there is nothing to renew. An API that is away is asked again by the next turn.
      if (answer?.status === 409 || answer?.status === 404) this.#held = undefined
      const renewed = v.safeParse(LeaseSchema, answer?.status === 200 ? answer.body : undefined)
      if (renewed.success) this.#held = renewed.output
    }
  }

  #leaseIn(answer: KubeAnswer): Lease {
    if (answer.status !== 200 && answer.status !== 201) {
      throw refusal(answer, `the lock ${this.#name} could not be taken`)
    }
    return parse(LeaseSchema, answer.body, this.#path)
  }

  #body(before: Lease | undefined): object {
    const now = new Date(this.#cluster.clock.now()).toISOString().replace('Z', '000Z')
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: this.#name,
        labels: { 'app.kubernetes.io/managed-by': FIELD_MANAGER },
        ...(before ? { resourceVersion: before.metadata.resourceVersion, uid: before.metadata.uid } : {}),
      },
      spec: {
        holderIdentity: this.#holder,
        leaseDurationSeconds: LEASE_SECONDS,
        acquireTime: this.#held?.spec?.acquireTime ?? now,
        renewTime: now,
        leaseTransitions:
          (before?.spec?.leaseTransitions ?? 0) + (before?.spec?.holderIdentity === this.#holder ? 0 : 1),
      },
    }
  }
}
