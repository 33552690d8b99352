import type { Preview } from '../domain/preview.ts'

/** A preview that a target holds, found by the labels that only previews carry. */
export interface FoundPreview extends Preview {
  /** Its time is over, by the target's own clock. */
  readonly expired: boolean
}

/** What a removal came to. Removing what is not there removes nothing and is not a fault. */
export interface Removal {
  /** Names of everything that was removed, as people know them: `service shop-pr-7_web`, `namespace shop-pr-7`. */
  readonly removed: readonly string[]
  /** What carries the preview's name or labels, but is not a part of it: left alone. */
  readonly left: readonly string[]
  /** What is the preview's own, but cannot be removed from here: `volume shop-pr-7_data on node worker-1`. */
  readonly outOfReach?: readonly string[]
  /** The tags (`Stamp.candidate`) that what was removed carried. */
  readonly candidates: readonly string[]
}

/**
 * Where previews run. Needs no checkout: everything is found by label, that of the repository included. Where `replace`
 * would change a preview of another repository, it refuses with `another-rollout`.
 */
export interface PreviewHost {
  /** All previews, of every app: at most five requests for hundreds. A target whose index may not be asked takes more, and says so. */
  list(): Promise<readonly FoundPreview[]>
  /**
   * Removes everything that carries the labels of this preview, and nothing else; resolves when it is gone.
   * @throws DeployError target-denied, target-unreachable, timed-out, cancelled
   */
  remove(preview: Preview): Promise<Removal>
  close(): Promise<void>
}

/** Targets that know where a deployed preview answers. */
export interface Addressed {
  /**
   * By a published port, an Ingress, a gateway's route, a load balancer or a proxy's label; waits for one that is being
   * given out. undefined: there is none.
   */
  address(signal: AbortSignal): Promise<string | undefined>
}
