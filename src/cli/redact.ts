export interface Redactor {
  readonly add: (secrets: readonly string[]) => void
  /** The text with `***` in place of every secret, also where it stands inside JSON. */
  readonly clean: (text: string) => string
}

/** Shorter values would tear ordinary words apart. */
const SHORTEST = 4

/** What the runner does to a run's log, for a terminal. */
export function createRedactor(): Redactor {
  const known = new Set<string>()
  return {
    add(secrets) {
      for (const secret of secrets.flatMap((value) => [value, ...value.split(/\r?\n/)])) {
        if (secret.trim().length < SHORTEST) continue
        known.add(secret)
        known.add(JSON.stringify(secret).slice(1, -1))
      }
    },
    clean(text) {
      // Longest first: a secret may hold another one.
      const longestFirst = [...known].sort((one, two) => two.length - one.length)
      return longestFirst.reduce((clean, secret) => clean.replaceAll(secret, '***'), text)
    },
  }
}
