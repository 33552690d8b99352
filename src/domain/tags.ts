import { shortHash } from './place.ts'
import type { Revision } from './revision.ts'

/** `sha-<40>[-<suffix>]`: written only after the smoke test passed; never moves. */
export function releaseTag(revision: Revision, suffix?: string): string {
  return suffix ? `sha-${revision}-${suffix}` : `sha-${revision}`
}

/**
 * `candidate-<sha>-<run>-<attempt>[-<suffix>]`: where push by digest is impossible; proves nothing.
 */
export function candidateTag(revision: Revision, run: { id: string; attempt: number }, suffix?: string): string {
  const tag = `candidate-${revision}-${run.id}-${String(run.attempt)}`
  return suffix ? cut(`${tag}-${suffix}`, 128) : tag
}

/** `candidate-<app>-pr-<number>-<run>-<attempt>`: the same for a preview, with which it goes. */
export function previewTag(name: string, run: { id: string; attempt: number }): string {
  return `${previewTagPrefix(name)}${run.id}-${String(run.attempt)}`
}

/** What the candidates of a preview begin with, and those of others whose app is named like a preview. */
export function previewTagPrefix(name: string): string {
  return `candidate-${name}-`
}

/** Whether a tag is a candidate of that preview. The id of a run has no dash, so no other preview's tag has this form. */
export function isPreviewTag(tag: string, name: string): boolean {
  const prefix = previewTagPrefix(name)
  return tag.startsWith(prefix) && /^[^-]+-\d+-[0-9a-f]{6}$/.test(tag.slice(prefix.length))
}

/**
 * A candidate's tag with six digits for one build alone. It is the image's name on the engine too: two builds that shared
 * it would push what the other has just tagged, or lose the name that keeps the image.
 */
export function tagOfBuild(tag: string, secret: string): string {
  return `${cut(tag, 128 - secret.length - 1)}-${secret}`
}

/**
 * The moving tag of an environment: its name in lower case, with dashes for blanks. Where more had to be changed or cut,
 * six letters of a hash keep `a/b` and `a-b` apart. Empty when no letter or digit is left.
 */
export function environmentSlug(environment: string): string {
  const name = environment.trim().toLowerCase().replace(/\s+/g, '-')
  const slug = cut(slugOf(name), 64)
  return slug === name || slug === '' ? slug : `${cut(slug, 57)}-${shortHash([name], 6)}`
}

/** The moving tag of one place of an environment that has several. A full stop: no name of ours continues with one. */
export function placeTag(environmentTag: string, key: string): string {
  return `${environmentTag}.${key}`
}

/** What of a name can stand in a tag. */
export function slugOf(name: string): string {
  return name.replace(/[^a-z0-9_.-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '')
}

function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[.-]+$/, '')
}

export type RecordKind = 'deployed' | 'bad'

/** Whose records: the environment is for people, the key decides. */
export interface RecordOwner {
  readonly environment: string
  readonly key: string
}

/**
 * What every record tag of a place begins with: `deployed-<env>-<key>-`. The environment is readable and cut; the key is
 * a hash of app, environment and place, so no two places share a prefix.
 */
export function recordPrefix(kind: RecordKind, { environment, key }: RecordOwner): string {
  return `${environmentPrefix(kind, environment)}${key}-`
}

/** What the record tags of all places of an environment begin with. */
export function environmentPrefix(kind: RecordKind, environment: string): string {
  return `${kind}-${cut(slugOf(environment.trim().toLowerCase()), 30) || 'env'}-`
}

export interface RecordTag {
  readonly kind: RecordKind
  readonly sequence: number
  /** When it was written, by the clock of the run that wrote it: for people. */
  readonly at: Date
  readonly revision: Revision | undefined
}

/** Counts down, so that registries, which list in the order of names, tell the newest record first. */
const LAST_SEQUENCE_NUMBER = 99_999_999

/** `deployed-<env>-<key>-<countdown>-<UTC>-<40>`: verified at that place, or marked bad there; never moves. */
export function recordTag(owner: RecordOwner, { kind, sequence, at, revision }: RecordTag): string {
  const countdown = String(Math.max(0, LAST_SEQUENCE_NUMBER - sequence)).padStart(8, '0')
  return `${recordPrefix(kind, owner)}${countdown}-${compactUtc(at)}-${revision ?? 'unknown'}`
}

const REST = /^(\d{8})-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-([0-9a-f]{40}|unknown)$/

/** Reads a record tag of that place back; undefined for every other tag. */
export function parseRecordTag(tag: string, kind: RecordKind, owner: RecordOwner): RecordTag | undefined {
  const prefix = recordPrefix(kind, owner)
  const match = tag.startsWith(prefix) ? REST.exec(tag.slice(prefix.length)) : null
  if (!match) return undefined
  const [, countdown, year, month, day, hour, minute, second, revision] = match
  const at = new Date(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`)
  return {
    kind,
    sequence: LAST_SEQUENCE_NUMBER - Number(countdown),
    at,
    revision: revision === 'unknown' ? undefined : revision,
  }
}

/** Names that an environment tag must not take: they would collide with ours. */
export function collidesWithOurs(tag: string): boolean {
  return /^(?:sha|pr|candidate|proof|deployed|bad)-/.test(tag)
}

function compactUtc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}
