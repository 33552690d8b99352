/**
 * Containers and networks that a smoke test makes and that nobody may miss. A container inherits the labels of its image
 * (and a task those of its service), so a label alone proves nothing: ours repeats the name of the very thing that it
 * stands on, which no image can know.
 */
import type { Duration } from './duration.ts'
import { LABEL } from './labels.ts'

const PREFIX = 'imd-smoke-'

/** What an engine says of a container or network. */
export interface Found {
  /** Without the slash that engines put before a container's name. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** By the engine's own clock, milliseconds since 1970. */
  readonly created: number
}

/** @param run as `runKey` gives it; @param secret tells two tests of one run apart */
export function throwawayName(run: string, secret: string, role?: string): string {
  const name = `${prefixOf(run)}${secret}`
  return role === undefined ? name : `${name}-${role}`
}

/** @param lifetime after which anybody may remove the thing, counted from its creation by the engine's clock */
export function throwawayLabels(name: string, run: string, lifetime: Duration): Readonly<Record<string, string>> {
  return { [LABEL.owner]: name, [LABEL.run]: run, [LABEL.lifetime]: String(Math.ceil(lifetime / 1000)) }
}

export function isThrowaway({ name, labels }: Found): boolean {
  return name.startsWith(PREFIX) && labels[LABEL.owner] === name
}

export function isThrowawayOf(found: Found, run: string): boolean {
  return isThrowaway(found) && found.name.startsWith(prefixOf(run)) && found.labels[LABEL.run] === run
}

/** @param now by the engine's own clock */
export function hasExpired(found: Found, now: number): boolean {
  const lifetime = found.labels[LABEL.lifetime] ?? ''
  return isThrowaway(found) && /^\d{1,9}$/.test(lifetime) && found.created + Number(lifetime) * 1000 < now
}

function prefixOf(run: string): string {
  return `${PREFIX}${run.replace(/[^a-zA-Z0-9_.-]/g, '-')}-`
}
