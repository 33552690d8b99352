import { runKey } from '../../../domain/labels.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Lease } from '../api/schema.ts'
import { LEASE_SECONDS } from './held-lease.ts'
import type { LockOptions } from './lock.ts'

/** A renewal may come late by so much. */
const MARGIN_MS = 5000
/** Whatever a lease says of itself. */
const MAX_LEASE_SECONDS = 60
/** Whether a run is over is asked of a service with a limit of its own. */
const RUN_ASKED_EVERY_MS = 10_000

/** Judges who else holds the Lease. */
export class Holders {
  readonly #cluster: Cluster
  readonly #options: LockOptions
  #askedAt = 0
  /** The record of another holder, and since when it was seen unchanged, by our own clock. */
  #seen: { readonly record: string; readonly since: number; readonly renewed: boolean } | undefined

  constructor(cluster: Cluster, options: LockOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  /** Whether the other holder's record was seen to change. */
  get isRenewed(): boolean {
    return this.#seen?.renewed ?? false
  }

  /**
   * Who holds it rightfully; undefined: it is free, its run is over, or nobody has renewed it while we looked. The times
   * in it are by the holder's clock, which may be an hour away from ours: only whether it changes counts.
   */
  async rightful({ metadata, spec }: Lease): Promise<string | undefined> {
    const other = spec?.holderIdentity
    if (!other || other === runKey(this.#options.run) || this.#isEarlierAttempt(other)) return undefined
    const now = this.#cluster.clock.now()
    const record = `${metadata.uid ?? ''} ${metadata.resourceVersion ?? ''}`
    if (this.#seen?.record !== record) this.#seen = { record, since: now, renewed: this.#seen !== undefined }
    const limit = Math.min(spec.leaseDurationSeconds ?? LEASE_SECONDS, MAX_LEASE_SECONDS) * 1000 + MARGIN_MS
    if (now - this.#seen.since > limit) return undefined
    return (await this.#isOver(other)) ? undefined : other
  }

  async #isOver(other: string): Promise<boolean> {
    const now = this.#cluster.clock.now()
    if (!this.#options.isRunOver || now - this.#askedAt < RUN_ASKED_EVERY_MS) return false
    this.#askedAt = now
    return this.#options.isRunOver(other).catch(() => false)
  }

  /** A run is started again only after its attempt before has ended. */
  #isEarlierAttempt(other: string): boolean {
    const { id, attempt } = this.#options.run
    const cut = other.lastIndexOf('-')
    return other.slice(0, cut) === id && Number(other.slice(cut + 1)) < attempt
  }
}
