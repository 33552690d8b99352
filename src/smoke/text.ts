import { cut, printable } from '../domain/text.ts'

/** At most `limit` characters in one line. */
export function excerpt(text: string, limit = 200): string {
  return cut(printable(text).replace(/\s+/g, ' ').trim(), limit)
}

export type Cleaner = (text: string) => string

/**
 * Strips control characters and replaces every secret, its lines, its JSON-escaped and its base64 form by `***`.
 * Very short values are not masked: they would blot out ordinary text.
 */
export function cleaner(secrets: readonly string[]): Cleaner {
  const forms = new Set<string>()
  for (const secret of secrets) {
    for (const part of [secret, ...secret.split(/\r?\n/)]) {
      const value = part.trim()
      if (value.length < 3) continue
      forms.add(value)
      forms.add(JSON.stringify(value).slice(1, -1))
      forms.add(Buffer.from(value).toString('base64'))
    }
  }
  const ordered = [...forms].sort((a, b) => b.length - a.length)
  return (text) => ordered.reduce((line, form) => line.replaceAll(form, '***'), printable(text))
}
