import type { Revision } from './revision.ts'

/** `sha-<40>[-<suffix>]`: written only after the smoke test passed; never moves. */
export function releaseTag(revision: Revision, suffix?: string): string {
  return suffix ? `sha-${revision}-${suffix}` : `sha-${revision}`
}

/** `candidate-<sha>-<run>-<attempt>`: where push by digest is impossible; proves nothing. */
export function candidateTag(revision: Revision, run: { id: string; attempt: number }): string {
  return `candidate-${revision}-${run.id}-${String(run.attempt)}`
}

/** The moving tag of an environment: its slug. */
export function environmentSlug(environment: string): string {
  return environment
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 64)
}

/** `deployed-<env>-<UTC>-<40>`: verified there at that time; never moves. */
export function deployedTag(environment: string, at: Date, revision: Revision): string {
  return `deployed-${environmentSlug(environment)}-${compactUtc(at)}-${revision}`
}

/** `bad-<env>-<UTC>-<40>`: rolled back from; skipped by `previous` until a later healthy release of the same digest. */
export function badTag(environment: string, at: Date, revision: Revision): string {
  return `bad-${environmentSlug(environment)}-${compactUtc(at)}-${revision}`
}

export interface HistoryTag {
  readonly kind: 'deployed' | 'bad'
  readonly at: Date
  readonly revision: Revision
  readonly tag: string
}

/** Reads one of our history tags of that environment back; undefined for every other tag. */
export function parseHistoryTag(tag: string, environment: string): HistoryTag | undefined {
  const slug = environmentSlug(environment).replace(/[.]/g, '\\.')
  const match = new RegExp(
    `^(deployed|bad)-${slug}-(\\d{4})(\\d{2})(\\d{2})T(\\d{2})(\\d{2})(\\d{2})Z-([0-9a-f]{40})$`,
  ).exec(tag)
  if (!match) return undefined
  const [, kind, year, month, day, hour, minute, second, revision] = match as unknown as string[]
  const at = new Date(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`)
  return { kind: kind === 'bad' ? 'bad' : 'deployed', at, revision: revision ?? '', tag }
}

/** Names that an environment tag must not take: they would collide with ours. */
export function collidesWithOurs(tag: string): boolean {
  return /^(?:sha|pr|candidate|proof|deployed|bad)-/.test(tag)
}

function compactUtc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}
