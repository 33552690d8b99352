/** The full commit SHA that an image was built from: 40 lower-case hex digits. */
export type Revision = string & { readonly brand?: 'revision' }

export function isRevision(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text)
}

/** A label's text as a revision: whatever is not 40 hex digits names no commit, and goes nowhere. */
export function asRevision(text: string | undefined): Revision | undefined {
  return text !== undefined && isRevision(text) ? text : undefined
}

/** The first seven digits, for people only: never used as a key. */
export function shortRevision(revision: string): string {
  return revision.slice(0, 7)
}
