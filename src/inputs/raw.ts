/** What somebody wrote, and where. */
export interface Raw {
  /** Text in the inputs' own syntax, or items that were a list already. */
  readonly value: string | readonly string[]
  /** `input`, `option --timeout`, `.github/immutable-deploy.yml:12`. */
  readonly source: string
}

/** One place that may know a value. */
export interface Layer {
  readonly of: 'input' | 'environment' | 'app' | 'defaults'
  get(name: string): Raw | undefined
}

export function layer(of: Layer['of'], values: ReadonlyMap<string, Raw>): Layer {
  return { of, get: (name) => values.get(name) }
}

/** For messages: the text, cut. */
export function shown(raw: Raw): string {
  const text = (typeof raw.value === 'string' ? raw.value : raw.value.join(', ')).trim()
  const line = text.split('\n').length > 1 ? `${text.split('\n')[0] ?? ''} …` : text
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}
