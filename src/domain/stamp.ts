/** What a release writes on a workload together with the image: who released what. */
import type { Digest } from './digest.ts'
import type { History } from './history.ts'
import type { Run } from './labels.ts'
import { LABEL, runKey } from './labels.ts'
import type { Revision } from './revision.ts'
import { asRevision } from './revision.ts'

export interface Stamp {
  readonly app: string
  readonly environment: string
  readonly digest: Digest
  readonly revision?: Revision
  readonly run: Run
  /** Of a preview: the tag in the registry that was made for it alone, as a whole reference. */
  readonly candidate?: string
  /** What was known before this release, for targets that can write it in the same request. */
  readonly history?: History
}

export const STAMP_KEYS = [LABEL.app, LABEL.environment, LABEL.digest, LABEL.revision, LABEL.run] as const

type StampKey = (typeof STAMP_KEYS)[number]

/** The stamp as labels or annotations; null removes a key that an earlier release left. */
export function stampLabels(stamp: Stamp): Record<StampKey, string | null> {
  return {
    [LABEL.app]: stamp.app,
    [LABEL.environment]: stamp.environment,
    [LABEL.digest]: stamp.digest,
    [LABEL.revision]: stamp.revision ?? null,
    [LABEL.run]: runKey(stamp.run),
  }
}

type Labels = Readonly<Record<string, string | undefined>>

/** The stamp that labels carry, only while its digest is what the workload is set to: other tools change the image alone. */
export function stampThatFits(
  labels: Labels,
  set: Digest | undefined,
): { readonly revision?: Revision; readonly run?: string } | undefined {
  if (set === undefined || labels[LABEL.digest] !== set) return undefined
  const [revision, run] = [asRevision(labels[LABEL.revision]), labels[LABEL.run]]
  return {
    ...(revision === undefined ? {} : { revision }),
    ...(run === undefined ? {} : { run }),
  }
}
