import type { ArtifactId } from '../../domain/artifact.ts'
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import type { VersionEntry } from '../../domain/result.ts'
import { isBad } from '../../domain/history.ts'
import type { Running, RunningWorkload } from '../../ports.ts'
import type { Memory } from './memory.ts'

/** One version of a place with all that is known of it. */
export interface Version extends VersionEntry {
  /** Further digests that a runtime may report for it. */
  readonly accepted: readonly Digest[]
  /** The release tag that named it, where a record says so. */
  readonly tag?: string
}

/** Pure: every remembered version, the newest first, and what it counts as now. */
export function versionsOf({ history, by }: Memory, before: Running<unknown>): Version[] {
  return history.verified.map((version): Version => {
    const { digest, revision, at, reason, tag } = version
    const accepted = version.accepted ?? []
    const isSet = isSetEverywhere(before, new Set([digest, ...accepted]))
    const knownBy = [...by].filter(([, own]) => own.verified.some((entry) => entry.digest === digest))
    return {
      digest,
      accepted,
      verdict: isSet ? 'running' : isBad(history, digest) ? 'bad' : 'verified',
      knownBy: knownBy.map(([name]) => name),
      ...(revision === undefined ? {} : { revision }),
      ...(at === undefined ? {} : { at }),
      ...(reason === undefined ? {} : { reason }),
      ...(tag === undefined ? {} : { tag }),
    }
  })
}

/**
 * Whether every workload is set to one of these digests. What the specification names decides, not what still runs
 * beside it: after a release that was killed half-way the version before still serves, and is not what is set.
 */
export function isSetEverywhere({ workloads }: Running<unknown>, accepted: ReadonlySet<ArtifactId>): boolean {
  return (
    workloads.length > 0 && workloads.every((workload) => setDigests(workload).some((digest) => accepted.has(digest)))
  )
}

/** What a workload's specification names; where it names only a tag, what its replicas report. */
export function setDigests({ image, digests }: RunningWorkload<unknown>): readonly Digest[] {
  const named = image === undefined ? undefined : digestIn(image)
  return named === undefined ? digests : [named]
}

/** A table that people and refusals show: time, revision, verdict, digest. */
export function candidatesText(all: readonly VersionEntry[]): string[] {
  return all.map(({ at, revision, verdict, digest }) => `${at ?? '-'}  ${revision ?? '-'}  ${verdict}  ${digest}`)
}
