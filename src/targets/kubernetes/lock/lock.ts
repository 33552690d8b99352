// One run at a time for an app in an environment: a Lease that heals itself. It keeps runs apart; what protects the
// workloads is the version that every changing request carries.
import type { Run } from '../../../domain/labels.ts'
import { slugOf } from '../../../domain/tags.ts'
import { cancelled, DeployError } from '../../../errors/deploy-error.ts'
import { read } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import { LeaseSchema } from '../api/schema.ts'
import { HeldLease } from './held-lease.ts'
import { Holders } from './holders.ts'

export interface LockOptions {
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

const ASK_EVERY_MS = 500
const PATIENCE_MS = 15 * 60_000

/** A DNS name, at most 63 characters, for whatever app and environment. */
export function lockName(app: string, environment: string): string {
  const slug = `${app}-${slugOf(environment.toLowerCase())}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return `immutable-deploy-${slug}`.slice(0, 63).replace(/-+$/, '')
}

export function createLock(cluster: Cluster, options: LockOptions): Lock {
  const lease = new HeldLease(cluster, options)
  const holders = new Holders(cluster, options)

  async function acquire(): Promise<boolean> {
    if (lease.isHeld) return false
    const { clock } = cluster
    const until = clock.now() + PATIENCE_MS
    let waited = false
    for (;;) {
      const found = await read(cluster, cluster.paths.lease(options.name), LeaseSchema)
      const other = found && (await holders.rightful(found))
      if (other === undefined) {
        if (await lease.take(found)) return waited
        continue
      }
      // Refused only when it is known to live: what a killed runner left is never renewed.
      if ((options.onBusy === 'superseded' && holders.isRenewed) || clock.now() > until) throw busy(other, options.name)
      if (!waited) options.onWait?.(other)
      waited = true
      await clock.sleep(ASK_EVERY_MS, options.signal)
      if (options.signal?.aborted) throw cancelled()
    }
  }

  return { acquire, release: () => lease.release() }
}

function busy(other: string, name: string): DeployError {
  return new DeployError('another-rollout', `run ${other} is releasing the same app here (Lease ${name})`, {
    state: 'nothing was changed by this run',
    fix: 'Nothing to do if that run is the newer one; otherwise run again when it has ended.',
  })
}
