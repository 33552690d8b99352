import { createHash } from 'node:crypto'

/** A manifest's, index's or config's identity: `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`

const PATTERN = /^sha256:[0-9a-f]{64}$/

export function isDigest(text: string): text is Digest {
  return PATTERN.test(text)
}

/** Digest of exactly these bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** The digest inside what a runtime reports: `docker-pullable://repo@sha256:…`, `repo:tag@sha256:…` or the bare digest. */
export function digestIn(text: string): Digest | undefined {
  const match = /sha256:[0-9a-f]{64}$/.exec(text.trim())
  return match ? (match[0] as Digest) : undefined
}

/** `sha256:0123456789ab`: enough for a person to compare. */
export function shortDigest(digest: string): string {
  return digest.startsWith('sha256:') ? digest.slice(0, 'sha256:'.length + 12) : digest
}
