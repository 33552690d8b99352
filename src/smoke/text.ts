import { createRedactor } from '../domain/redact.ts'
import { cut, printable } from '../domain/text.ts'

/** At most `limit` characters in one line. */
export function excerpt(text: string, limit = 200): string {
  return cut(printable(text).replace(/\s+/g, ' ').trim(), limit)
}

export type Cleaner = (text: string) => string

/** Strips control characters and replaces every secret, in every form that is known of it, by `***`. */
export function cleaner(secrets: readonly string[]): Cleaner {
  const redactor = createRedactor(secrets)
  return (text) => redactor.clean(printable(text))
}
