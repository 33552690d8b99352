/**
 * Takes secrets out of text. Builds and programs print them in more forms than their own, so every form that a log
 * usually shows is known here: the action, the command line, outputs, summary and smoke reports all use this one list.
 */
export interface Redactor {
  readonly add: (secrets: readonly string[]) => void
  /** The text with `***` in place of every secret, also where it is encoded or was cut off at the end. */
  readonly clean: (text: string) => string
}

/** Shorter values would tear ordinary words apart. */
const MIN_CHARACTERS = 3
/** Line lengths at which `base64` and PEM files break. */
const BASE64_LINES = [76, 64]
/** A secret whose beginning stands before an ellipsis is recognized from this length on. */
const MIN_PREFIX_CHARACTERS = 6
const MASK = '***'

export function createRedactor(secrets: readonly string[] = []): Redactor {
  const forms = new Set<string>()
  let pattern: RegExp | undefined
  const add = (values: readonly string[]): void => {
    for (const form of values.flatMap(secretForms)) forms.add(form)
    pattern = undefined
  }
  add(secrets)
  return {
    add,
    clean(text) {
      if (forms.size === 0) return text
      pattern ??= patternOf(forms)
      const clean = text.replace(pattern, MASK)
      return clean.includes('…') ? withoutBeginnings(clean, forms) : clean
    },
  }
}

/** A secret and its lines, each plain, escaped for JSON, XML and addresses, and in base64. */
export function secretForms(secret: string): string[] {
  const parts = [secret, secret.trim(), ...secret.split(/\r?\n/).map((line) => line.trim())]
  const values = [...new Set(parts)].filter((value) => value.trim().length >= MIN_CHARACTERS)
  return [...new Set(values.flatMap((value) => [value, ...escaped(value), ...base64Forms(value)]))]
}

function escaped(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  // Half a character cannot be encoded.
  const whole = Buffer.from(value).toString()
  const address = encodeURIComponent(whole)
  const strict = address.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  const lowerCase = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
  const xml = value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
  return [
    ...jsonForms(json),
    ...jsonForms(JSON.stringify(json).slice(1, -1)),
    address,
    strict,
    lowerCase(strict),
    strict.replaceAll('%20', '+'),
    encodeURI(whole),
    xml,
    value.replaceAll("'", String.raw`'\''`),
    value.replaceAll("'", String.raw`\'`),
    value.replace(/[^\w@%+=:,./\n-]/g, String.raw`\$&`),
    value.replaceAll('\n', String.raw`\n`),
  ]
}

/** Go escapes what HTML would read, PHP also slashes, Python whatever is not ASCII. */
function jsonForms(json: string): string[] {
  const code = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  const html = json.replace(/[<>&\u2028\u2029]/g, code)
  const ascii = json.replace(/[\u007f-\uffff]/g, code)
  const slashes = String.raw`\/`
  return [json, html, ascii, json.replaceAll('/', slashes), ascii.replaceAll('/', slashes)]
}

/** The value alone, with a line break after it, and inside a longer text: three alignments of its bytes. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value)
  const whole = [bytes, Buffer.concat([bytes, Buffer.from('\n')])].map((each) => each.toString('base64'))
  const inside = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // Characters at both ends also hold bits of what stands beside the value.
    const shared = (offset + bytes.length) % 3 === 0 ? 0 : 1
    return text.slice(Math.ceil((offset * 8) / 6), text.length - shared)
  })
  const lines = whole.flatMap((text) =>
    BASE64_LINES.flatMap((width) => (text.length > width ? cutInto(text, width) : [])),
  )
  const forms = [...whole, ...whole.map((text) => text.replace(/=+$/, '')), ...inside, ...lines]
  // A few characters of base64 may stand anywhere by chance.
  const long = forms.filter((form) => form.length >= 6)
  return long.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

function cutInto(text: string, width: number): string[] {
  return Array.from({ length: Math.ceil(text.length / width) }, (_, at) => text.slice(at * width, (at + 1) * width))
}

/** Longest first: a secret may hold another one. */
function patternOf(forms: ReadonlySet<string>): RegExp {
  const longestFirst = [...forms].sort((one, two) => two.length - one.length)
  return new RegExp(longestFirst.map((form) => form.replace(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)).join('|'), 'g')
}

/** Text that was cut before it came here may end in the beginning of a secret. */
function withoutBeginnings(text: string, forms: ReadonlySet<string>): string {
  return text.replace(/\S{6,}…/g, (word) => {
    const shown = word.slice(0, -1)
    for (const form of forms) {
      for (let length = Math.min(form.length - 1, shown.length); length >= MIN_PREFIX_CHARACTERS; length -= 1) {
        if (shown.endsWith(form.slice(0, length))) return `${shown.slice(0, -length)}${MASK}…`
      }
    }
    return word
  })
}

/** Facts that identify something: a secret that happens to stand inside a digest must not destroy it. */
const IDENTITIES: ReadonlySet<string> = new Set([
  'action',
  'digest',
  'id',
  'image',
  'imageRef',
  'outcome',
  'previousDigest',
  'previousRevision',
  'reasonCode',
  'revision',
  'code',
  'step',
  'tags',
  'type',
  'verdict',
])

/** A copy of plain data in which every text is clean, except those that identify something. */
export function redacted<T>(value: T, { clean }: Pick<Redactor, 'clean'>): T
export function redacted(value: unknown, { clean }: Pick<Redactor, 'clean'>): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item: unknown) => redacted(item, { clean }))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      IDENTITIES.has(key) ? item : redacted(item, { clean }),
    ]),
  )
}
