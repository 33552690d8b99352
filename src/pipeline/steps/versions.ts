import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import type { History } from '../../domain/labels.ts'
import type { VersionEntry } from '../../domain/result.ts'
import type { HistoryTag } from '../../domain/tags.ts'
import { parseHistoryTag } from '../../domain/tags.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Registry, Running } from '../../ports.ts'

/** One version of an environment with all that is known of it. */
export interface Version extends VersionEntry {
  /** Further digests that a runtime may report for it. */
  readonly accepted: readonly Digest[]
}

export interface Versions {
  /** Newest first. */
  readonly all: readonly Version[]
  /** Why the registry could not be asked; the target's own stamp is all that is known then. */
  readonly registryDown: Reason | undefined
}

/** More history than this is not resolved: each tag costs a request. */
const RESOLVED = 20

/** Merges the target's stamp and the registry's history tags; either alone is enough. */
export async function versions(
  place: { readonly repository: Repository; readonly environment: string },
  history: History,
  before: Running<unknown>,
  registry: Registry,
): Promise<Versions> {
  const tags = await registry.tags(place.repository)
  const parsed = tags.is === 'present' ? tags.value.flatMap((tag) => parseHistoryTag(tag, place.environment) ?? []) : []
  const remembered = await resolved(parsed, place.repository, registry)
  return {
    all: merge(history, remembered, runningDigests(before)),
    registryDown: tags.is === 'unknown' ? tags.why : undefined,
  }
}

type ResolvedTag = HistoryTag & { readonly digest: Digest }

async function resolved(
  tags: readonly HistoryTag[],
  repository: Repository,
  registry: Registry,
): Promise<ResolvedTag[]> {
  const newest = [...tags].sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, RESOLVED)
  const found = await Promise.all(newest.map(async (tag) => ({ tag, is: await registry.resolve(repository, tag.tag) })))
  return found.flatMap(({ tag, is }) => (is.is === 'present' ? [{ ...tag, digest: is.value.digest }] : []))
}

/** Pure: every version with the newest time it was verified, and what it counts as now. */
export function merge(history: History, tags: readonly ResolvedTag[], running: ReadonlySet<Digest>): Version[] {
  const verified = [
    ...history.verified.map((entry) => ({ ...entry, knownBy: 'target' as const })),
    ...tags
      .filter(({ kind }) => kind === 'deployed')
      .map(({ digest, revision, at }) => ({
        digest,
        revision,
        at: at.toISOString(),
        accepted: [],
        knownBy: 'registry' as const,
      })),
  ]
  const badSince = new Map<Digest, string>()
  const bad = [
    ...history.bad,
    ...tags.filter(({ kind }) => kind === 'bad').map(({ digest, at }) => ({ digest, at: at.toISOString() })),
  ]
  for (const { digest, at } of bad) if (at > (badSince.get(digest) ?? '')) badSince.set(digest, at)

  const byDigest = new Map<Digest, Version>()
  for (const entry of verified) {
    const known = byDigest.get(entry.digest)
    const at = known?.at !== undefined && known.at > entry.at ? known.at : entry.at
    const revision = known?.revision ?? entry.revision
    const accepted = [...new Set([...(known?.accepted ?? []), ...(entry.accepted ?? [])])]
    const knownBy = [...new Set([...(known?.knownBy ?? []), entry.knownBy])]
    const isRunning = [entry.digest, ...accepted].some((digest) => running.has(digest))
    // Tags carry seconds, stamps milliseconds: a mark counts only when it is later by the coarser of both.
    const isBad = (badSince.get(entry.digest) ?? '').slice(0, 19) > at.slice(0, 19)
    byDigest.set(entry.digest, {
      digest: entry.digest,
      at,
      ...(revision === undefined ? {} : { revision }),
      accepted,
      knownBy,
      verdict: isRunning ? 'running' : isBad ? 'bad' : 'verified',
    })
  }
  return [...byDigest.values()].sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''))
}

/** What the workloads run, by their spec and by their replicas' word. */
export function runningDigests(before: Running<unknown>): Set<Digest> {
  return new Set(
    before.workloads.flatMap(({ image, digests }) => {
      const set = image === undefined ? undefined : digestIn(image)
      return set === undefined ? digests : [set, ...digests]
    }),
  )
}

/** A table that people and refusals show: time, revision, verdict, digest. */
export function candidatesText(all: readonly VersionEntry[]): string[] {
  return all.map(({ at, revision, verdict, digest }) => `${at ?? '-'}  ${revision ?? '-'}  ${verdict}  ${digest}`)
}
