/** What is deployed, and everything that decides about it. */
import type { Digest } from '../../domain/digest.ts'
import type { Duration } from '../../domain/duration.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { Run } from '../../domain/labels.ts'
import { placeScope } from '../../domain/place.ts'
import type { Stamp } from '../../domain/stamp.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { LedgerContext, Ports, Running, Target } from '../../ports.ts'
import type { Ending, Trace } from '../trace.ts'
import type { Memory } from './memory.ts'
import type { AbandonedVersion } from './record.ts'

/** One replacement with everything that decides about it: the same for a release and for a rollback. */
export interface Deployment {
  readonly app: string
  readonly environment: string
  readonly environmentTag: string | undefined
  /** What the environment tag names now, where known: an equal tag is not written again. */
  readonly pointsAt: Digest | undefined
  readonly image: PinnedImage
  readonly before: Running<unknown>
  readonly ledgers: LedgerContext
  readonly memory: Memory
  /** The versions that a rollback by hand leaves behind: marked bad. */
  readonly abandoned: readonly AbandonedVersion[]
  /** Why, by the input of that name: goes into the records. */
  readonly reason: string | undefined
  /** Address of the app, for the records. */
  readonly url: string | undefined
  readonly timeout: Duration
  readonly stability: Duration
  /** Whether what ran before is put back when the replacement fails. */
  readonly restores: boolean
  readonly onCancel: 'leave' | 'rollback'
  /** `before` was read some time ago: building and smoke testing came between. */
  readonly stale: boolean
  /** Asked when another run came first meanwhile: why not to go on. */
  readonly recheck?: (before: Running<unknown>) => Promise<Reason | undefined>
  /** The exact spec of that version, where the target still holds it: restored instead of replacing the image only. */
  readonly exact?: Running<unknown> | undefined
  /** Sent also where the image is set already: the time of a preview begins anew. */
  readonly renews?: boolean
  readonly run: Run
  /** Of a preview: the tag that its image was pushed under, as a whole reference. */
  readonly candidate?: string | undefined
}

export type DeployContext = Omit<Ports, 'target'> & { readonly target: Target }

export interface Deployed {
  readonly trace: Trace
  readonly ending: Ending
}

export function stampOf({ app, environment, image, run, memory, ledgers, candidate }: Deployment): Stamp {
  return {
    app,
    environment,
    digest: image.digest,
    run,
    history: ledgers.place ? { ...memory.history, place: placeScope(ledgers.place) } : memory.history,
    ...(image.revision === undefined ? {} : { revision: image.revision }),
    ...(candidate === undefined ? {} : { candidate }),
  }
}
