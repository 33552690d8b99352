/** Foreign text made fit for people: no terminal escapes, no control characters, no secrets. */

const ESCAPES =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])/g
// Bidirectional overrides go too: they make a line read otherwise than it is.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

export function plain(text: string): string {
  return text.replace(ESCAPES, '').replace(CONTROLS, '')
}

/** At most `limit` characters in one line. */
export function excerpt(text: string, limit = 200): string {
  const line = plain(text).replace(/\s+/g, ' ').trim()
  return line.length > limit ? `${line.slice(0, limit)}…` : line
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
  return (text) => ordered.reduce((line, form) => line.replaceAll(form, '***'), plain(text))
}
