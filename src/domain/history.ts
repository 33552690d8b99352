/** What was verified at a place and what was marked bad there: one schema, one merge and one limit for every ledger. */
import * as v from 'valibot'
import type { Digest } from './digest.ts'
import { isDigest } from './digest.ts'
import type { Revision } from './revision.ts'
import { isRevision } from './revision.ts'

interface Entry {
  readonly digest: Digest
  readonly revision?: Revision | undefined
  /** Position among all records of the place: a larger number is later. Clocks of runners differ, so times order nothing. */
  readonly sequence?: number | undefined
  /** ISO time of the record, for people. */
  readonly at?: string | undefined
  /** Why, where somebody said it: the input `reason` of a rollback. */
  readonly reason?: string | undefined
}

/** One version that was verified at a place. */
export interface VerifiedVersion extends Entry {
  readonly run?: string | undefined
  /** Further digests that a runtime may report for it, so that it can be proven when the registry is down. */
  readonly accepted?: readonly Digest[] | undefined
  /** The release tag that named it. */
  readonly tag?: string | undefined
}

export type BadMark = Entry

/** At most ten verified versions, newest first, and the versions marked bad. Fields of later versions are kept. */
export interface History {
  /** `placeScope` of the place that it was recorded for. */
  readonly place?: string | undefined
  readonly verified: readonly VerifiedVersion[]
  readonly bad: readonly BadMark[]
}

export const EMPTY_HISTORY: History = { verified: [], bad: [] }
const KEPT_VERSIONS = 10

const text = v.fallback(v.optional(v.string()), undefined)
const digest = v.custom<Digest>((value) => typeof value === 'string' && isDigest(value))
const entry = {
  digest,
  revision: v.fallback(v.optional(v.pipe(v.string(), v.check(isRevision))), undefined),
  sequence: v.fallback(v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), undefined),
  at: text,
  reason: text,
}
const VerifiedSchema = v.looseObject({
  ...entry,
  run: text,
  accepted: v.fallback(v.optional(v.array(digest)), undefined),
  tag: text,
})
const BadSchema = v.looseObject(entry)
const DocumentSchema = v.looseObject({
  place: text,
  verified: v.fallback(v.array(v.unknown()), []),
  bad: v.fallback(v.array(v.unknown()), []),
})

/** Reads a history that a target keeps as text: what cannot be read is left out, entry by entry. */
export function parseHistory(source: string | undefined): History {
  const document = v.safeParse(DocumentSchema, parseJson(source))
  if (!document.success) return EMPTY_HISTORY
  return numbered({
    ...document.output,
    verified: document.output.verified.flatMap((value) => readable(VerifiedSchema, value)),
    bad: document.output.bad.flatMap((value) => readable(BadSchema, value)),
  })
}

export function historyText(history: History): string {
  return JSON.stringify(history)
}

function parseJson(source: string | undefined): unknown {
  try {
    return JSON.parse(source ?? '')
  } catch {
    return undefined
  }
}

function readable<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T[] {
  const parsed = v.safeParse(schema, value)
  return parsed.success ? [parsed.output] : []
}

/** Entries without a sequence get the one that their position stands for. */
function numbered(history: History): History {
  const missing = [...history.verified, ...history.bad].some(({ sequence }) => sequence === undefined)
  if (!missing) return history
  const { length } = history.verified
  return {
    ...history,
    verified: history.verified.map((version, index) => ({ ...version, sequence: version.sequence ?? length - index })),
    bad: history.bad.map((mark) => ({ ...mark, sequence: mark.sequence ?? length })),
  }
}

export function sequenceOf(record: { readonly sequence?: number | undefined }): number {
  return record.sequence ?? 0
}

/** The number of the next record. */
export function nextSequence({ verified, bad }: History): number {
  return 1 + Math.max(0, ...verified.map(sequenceOf), ...bad.map(sequenceOf))
}

/** All memories in one. A bad mark ends with a later healthy verdict of the same digest. */
export function mergeHistories(histories: readonly History[]): History {
  const all = histories.map(numbered)
  const verified = newest(all.flatMap((history) => history.verified))
  const bad = newest(all.flatMap((history) => history.bad)).filter(
    (mark) => !verified.some((version) => version.digest === mark.digest && sequenceOf(version) > sequenceOf(mark)),
  )
  const fields = Object.assign({}, ...all.toReversed()) as Partial<History>
  return { ...fields, verified: verified.slice(0, KEPT_VERSIONS), bad: bad.slice(0, KEPT_VERSIONS) }
}

/** Each digest once, the latest first; what only an earlier record of it says is kept. */
function newest<T extends Entry>(entries: readonly T[]): T[] {
  const byDigest = new Map<Digest, T>()
  for (const record of entries.toReversed().sort((one, other) => sequenceOf(one) - sequenceOf(other))) {
    const known = byDigest.get(record.digest)
    byDigest.delete(record.digest)
    byDigest.set(record.digest, known ? { ...known, ...defined(record) } : record)
  }
  return [...byDigest.values()].reverse()
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
}

/** The history after a healthy verdict: this version first, its bad mark lifted. */
export function withVerified(history: History, version: VerifiedVersion): History {
  return {
    ...history,
    verified: [version, ...history.verified.filter((known) => known.digest !== version.digest)].slice(0, KEPT_VERSIONS),
    bad: history.bad.filter((mark) => mark.digest !== version.digest),
  }
}

/** The history after a version was rolled back from. */
export function withBad(history: History, mark: BadMark): History {
  return {
    ...history,
    bad: [mark, ...history.bad.filter((known) => known.digest !== mark.digest)].slice(0, KEPT_VERSIONS),
  }
}

/** Records of another place that are taken over count as older than every own one, in the order that they have. */
export function takenOver(history: History): History {
  const { verified, bad } = mergeHistories([history])
  const oldest = <T extends Entry>(record: T): T => ({ ...record, sequence: 0 })
  return { verified: verified.map(oldest), bad: bad.map(oldest) }
}

export function isBad(history: History, wanted: Digest): boolean {
  return history.bad.some((mark) => mark.digest === wanted)
}
