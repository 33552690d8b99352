// One run at a time for an app in an environment: a Lease that heals itself. It keeps runs apart; what protects the
// workloads is the version that every changing request carries.
import { slugOf } from '../../domain/tags.ts'
import { runKey, type Run } from '../../domain/labels.ts'
import { cancelled, DeployError } from '../../errors/deploy-error.ts'
import type { Clock, KubeAnswer, KubeApi } from '../../ports.ts'
import { FIELD_MANAGER, parse, read, refusal } from './api/client.ts'
import type { Paths } from './api/names.ts'
import { LeaseSchema, type Lease } from './api/schema.ts'

export interface LockOptions {
  readonly api: KubeApi
  readonly paths: Paths
  readonly clock: Clock
  readonly run: Run
  readonly name: string
  /** `superseded`: a lock that somebody holds is refused at once. */
  readonly onBusy: 'wait' | 'superseded'
  readonly signal?: AbortSignal | undefined
  readonly isRunOver?: ((holder: string) => Promise<boolean>) | undefined
  readonly onWait?: ((holder: string) => void) | undefined
}

export interface Lock {
  /** Holds the lock from now on. @returns whether another run held it before. @throws DeployError another-rollout, cancelled */
  acquire(): Promise<boolean>
  release(): Promise<void>
}

const DURATION_S = 15
const RENEW_EVERY = 5000
/** A renewal may come late by so much. */
const MARGIN = 5000
/** Whatever a lease says of itself. */
const LONGEST_S = 60
const ASK_EVERY = 500
/** Whether a run is over is asked of a service with a limit of its own. */
const RUN_ASKED_EVERY = 10_000
const PATIENCE = 15 * 60_000

/** A DNS name, at most 63 characters, for whatever app and environment. */
export function lockName(app: string, environment: string): string {
  const slug = `${app}-${slugOf(environment.toLowerCase())}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return `immutable-deploy-${slug}`.slice(0, 63).replace(/-+$/, '')
}

export function makeLock(options: LockOptions): Lock {
  const { api, paths, clock, name } = options
  const holder = runKey(options.run)
  const path = paths.lease(name)
  let held: Lease | undefined
  let timer: NodeJS.Timeout | undefined
  let renewal: Promise<void> = Promise.resolve()
  let askedAt = 0
  /** The record of another holder, and since when we have seen it unchanged, by our own clock. */
  let seen: { readonly record: string; readonly since: number; readonly renewed: boolean } | undefined

  const body = (before: Lease | undefined) => {
    const now = new Date(clock.now()).toISOString().replace('Z', '000Z')
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        labels: { 'app.kubernetes.io/managed-by': FIELD_MANAGER },
        ...(before ? { resourceVersion: before.metadata.resourceVersion, uid: before.metadata.uid } : {}),
      },
      spec: {
        holderIdentity: holder,
        leaseDurationSeconds: DURATION_S,
        acquireTime: held?.spec?.acquireTime ?? now,
        renewTime: now,
        leaseTransitions: (before?.spec?.leaseTransitions ?? 0) + (before?.spec?.holderIdentity === holder ? 0 : 1),
      },
    }
  }

  async function acquire(): Promise<boolean> {
    if (held) return false
    const until = clock.now() + PATIENCE
    let waited = false
    for (;;) {
      const found = await read(api, path, LeaseSchema)
      const other = found && (await holderOf(found))
      if (other === undefined) {
        if (await take(found)) return waited
        continue
      }
      // Refused only when it is known to live: what a killed runner left is never renewed.
      if ((options.onBusy === 'superseded' && seen?.renewed) || clock.now() > until) throw busy(other)
      if (!waited) options.onWait?.(other)
      waited = true
      await clock.sleep(ASK_EVERY, options.signal)
      if (options.signal?.aborted) throw cancelled()
    }
  }

  /**
   * Who holds it rightfully; undefined: it is free, its run is over, or nobody has renewed it while we looked. The times
   * in it are by the holder's clock, which may be an hour away from ours: only whether it changes counts.
   */
  async function holderOf({ metadata, spec }: Lease): Promise<string | undefined> {
    const other = spec?.holderIdentity
    if (!other || other === holder || isEarlierAttempt(other)) return undefined
    const record = `${metadata.uid ?? ''} ${metadata.resourceVersion ?? ''}`
    if (seen?.record !== record) seen = { record, since: clock.now(), renewed: seen !== undefined }
    const limit = Math.min(spec.leaseDurationSeconds ?? DURATION_S, LONGEST_S) * 1000 + MARGIN
    if (clock.now() - seen.since > limit) return undefined
    return (await isOver(other)) ? undefined : other
  }

  async function isOver(other: string): Promise<boolean> {
    if (!options.isRunOver || clock.now() - askedAt < RUN_ASKED_EVERY) return false
    askedAt = clock.now()
    return options.isRunOver(other).catch(() => false)
  }

  /** A run is started again only after its attempt before has ended. */
  function isEarlierAttempt(other: string): boolean {
    const cut = other.lastIndexOf('-')
    return other.slice(0, cut) === options.run.id && Number(other.slice(cut + 1)) < options.run.attempt
  }

  /** @returns false when another run was quicker */
  async function take(found: Lease | undefined): Promise<boolean> {
    const answer = found
      ? await api.request('PUT', path, { body: body(found) })
      : await api.request('POST', paths.leases, { body: body(undefined) })
    if (answer.status === 409 || answer.status === 404) return false
    held = leaseIn(answer)
    timer = setInterval(() => {
      renewal = renewal.then(renew)
    }, RENEW_EVERY)
    timer.unref()
    return true
  }

  function leaseIn(answer: KubeAnswer): Lease {
    if (answer.status !== 200 && answer.status !== 201) throw refusal(answer, `the lock ${name} could not be taken`)
    return parse(LeaseSchema, answer.body, path)
  }

  async function renew(): Promise<void> {
    if (!held) return
    const answer = await api.request('PUT', path, { body: body(held) }).catch(() => undefined)
    // Taken over or gone: there is nothing to renew. An API that is away is asked again by the next turn.
    if (answer?.status === 200) held = leaseIn(answer)
    else if (answer?.status === 409 || answer?.status === 404) stop()
  }

  function stop(): void {
    clearInterval(timer)
    held = undefined
  }

  async function release(): Promise<void> {
    clearInterval(timer)
    await renewal.catch(() => undefined)
    const last = held
    stop()
    if (!last) return
    const { uid, resourceVersion } = last.metadata
    // Only the very object that this run wrote; who has taken it over keeps it.
    await api.request('DELETE', path, { body: { preconditions: { uid, resourceVersion } } }).catch(() => undefined)
  }

  function busy(other: string): DeployError {
    return new DeployError('another-rollout', `run ${other} is releasing the same app here (Lease ${name})`, {
      state: 'nothing was changed by this run',
      fix: 'Nothing to do if that run is the newer one; otherwise run again when it has ended.',
    })
  }

  return { acquire, release }
}
