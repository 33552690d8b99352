import type { Digest } from '../../domain/digest.ts'
import type { Revision } from '../../domain/revision.ts'
import type {
  Descriptor,
  Existence,
  ImageBuilder,
  LedgerContext,
  RemoteImage,
  Running,
  SourceFacts,
  Target,
} from '../../ports.ts'
import type { Foreign } from './image-inspection.ts'
import type { Memory } from './memory.ts'

/** Everything that was found out before anything is changed; a dry run ends here and prints it. */
export interface Plan {
  readonly revision: Revision | undefined
  readonly source: SourceFacts | undefined
  readonly fingerprint: string
  /** Present unless nothing has to be built. */
  readonly builder: ImageBuilder | undefined
  readonly tag: string | undefined
  /** The image that is released without a build: a proven one of this revision, or the one that `digest` names. */
  readonly reuse: RemoteImage | undefined
  /** What the release tag names already. */
  readonly tagged: Digest | undefined
  /** Whether `reuse` was proven by an earlier run: then it needs no smoke test. */
  readonly proven: boolean
  /** What a foreign tag of the release tag's name names; the image where all of it is there. */
  readonly foreign: Foreign | undefined
  readonly environmentTag: Existence<Descriptor> | undefined
  readonly target: Target | undefined
  readonly before: Running<unknown>
  readonly memory: Memory
  /** What the records of this place are read and written with; undefined without a target. */
  readonly ledgers: LedgerContext | undefined
  /** What runs now, by stamp, else by the environment tag's image. */
  readonly runningRevision: Revision | undefined
  readonly lines: readonly string[]
}
