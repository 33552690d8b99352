import { createHash } from 'node:crypto'

/** Where an app runs: records of one place say nothing about another. */
export interface Place {
  /** Name of the image's repository: a version of another one could not be pulled from here. */
  readonly repository: string
  readonly app: string
  readonly environment: string
  /** The kind of target: `swarm`, `kubernetes`. */
  readonly target: string
  /** What tells this cluster from every other: the Swarm's id, the uid of the Kubernetes namespace. */
  readonly cluster: string
  readonly namespace?: string | undefined
  readonly workloads: readonly string[]
}

/** Ten letters and digits that stand for the whole place in tag names: 50 bits. */
export function placeKey(place: Place): string {
  return shortHash([...scopeParts(place), ...[...place.workloads].sort()])
}

/** The same without the workloads: for records that are kept on a workload itself. */
export function placeScope(place: Place): string {
  return shortHash(scopeParts(place))
}

/** GitHub does not tell environments apart by case, and neither do we. */
function scopeParts({ repository, app, environment, target, cluster, namespace }: Place): string[] {
  return [repository, app, environment.trim().toLowerCase(), target, cluster, namespace ?? '']
}

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
const KEY_LENGTH = 10

/** Letters and digits that cannot be mistaken for one another. */
export function shortHash(parts: readonly string[], length = KEY_LENGTH): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest()
  return Array.from({ length }, (_, index) => ALPHABET[(bytes[index] ?? 0) % ALPHABET.length]).join('')
}

export function isPlaceKey(text: string): boolean {
  return new RegExp(`^[${ALPHABET}]{${String(KEY_LENGTH)}}$`).test(text)
}
