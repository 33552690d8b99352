import { parseDuration } from '../domain/duration.ts'
import { nearest } from '../domain/nearest.ts'
import type { Document } from '../domain/request.ts'
import type { Faults } from './faults.ts'
import { parseList, UnclosedQuote } from './list.ts'
import type { Layer, Raw } from './raw.ts'
import { shown } from './raw.ts'
import type { ChoiceOf, Input, NameOf } from './types.ts'

/** Typed access to the values of these rows: the first layer that has a name counts, and is remembered. */
export class Values<Row extends Input> {
  readonly #rows: readonly Input[]
  readonly #layers: readonly Layer[]
  readonly #faults: Faults
  readonly #origins = new Map<string, string>()

  /** @param rows of two with the same name the first one is meant */
  constructor(rows: readonly Input[], layers: readonly Layer[], faults: Faults) {
    this.#rows = rows
    this.#layers = layers
    this.#faults = faults
  }

  /** Where each value that was read came from: `input`, a file's line, `default`. */
  get origins(): ReadonlyMap<string, string> {
    return this.#origins
  }

  /** The value as written, and which layer it is from; undefined where nobody wrote one. */
  given(name: Row['name']): (Raw & { readonly from: Layer['of'] }) | undefined {
    const fileMay = this.#row(name).file !== false
    for (const layer of this.#layers) {
      const raw = layer.of === 'input' || fileMay ? layer.get(name) : undefined
      if (raw && raw.value.length > 0) return { ...raw, from: layer.of }
    }
    return undefined
  }

  /** Given by an input or for the chosen environment: not in those parts of the file that other environments share. */
  isGivenHere(name: Row['name']): boolean {
    const from = this.given(name)?.from
    return from === 'input' || from === 'environment'
  }

  /** Of several inputs that exclude each other those that the foremost layer with any of them gives. */
  foremost<N extends Row['name']>(names: readonly N[]): readonly N[] {
    for (const layer of this.#layers) {
      const known = names.filter((name) => (layer.get(name)?.value.length ?? 0) > 0)
      if (known.length > 0) return known
    }
    return []
  }

  text(name: NameOf<Row, 'text' | 'secret'>): string | undefined {
    return this.#parsed(name, asText)
  }

  list(name: NameOf<Row, 'list' | 'lines' | 'secret-lines'>): readonly string[] {
    return this.#parsed(name, asList) ?? []
  }

  flag(name: NameOf<Row, 'boolean'>): boolean {
    return this.#parsed(name, asBoolean) ?? false
  }

  duration(name: NameOf<Row, 'duration'>): number {
    return this.#parsed(name, asDuration) ?? 0
  }

  choice<N extends NameOf<Row, 'choice'>>(name: N): ChoiceOf<Row, N> {
    // A faulty choice is never used: the faults are thrown before anything acts on it.
    return (this.#parsed(name, asChoice) ?? '') as ChoiceOf<Row, N>
  }

  /** The value as it would be an option, several for a list; none where nobody gave another than the default. */
  options(name: Row['name']): readonly string[] {
    const { kind, default: fallback } = this.#row(name)
    const raw = this.given(name)
    if (!raw || kind.startsWith('secret') || raw.value === fallback) return []
    return kind === 'list' || kind === 'lines' ? (this.#parsed(name, asList) ?? []) : [raw.value].flat()
  }

  document(name: NameOf<Row, 'document'>): Document | undefined {
    const raw = this.#raw(name)
    return raw && typeof raw.value === 'string' ? { text: raw.value, source: documentSource(name, raw) } : undefined
  }

  /** Reports a fault of this input with its value and source. */
  fault(
    name: Row['name'],
    problem: string,
    more: { value?: string; example?: string; suggestion?: string } = {},
  ): void {
    const row = this.#row(name)
    const raw = this.given(name)
    const secret = row.kind.startsWith('secret')
    this.#faults.add({
      name,
      value: secret ? undefined : (more.value ?? (raw ? shown(raw) : undefined)),
      source: raw?.source,
      problem,
      example: more.example ?? row.example,
      suggestion: more.suggestion,
    })
  }

  #row(name: Row['name']): Input {
    const row = this.#rows.find((input) => input.name === name)
    if (!row) throw new Error(`no input ${name}`)
    return row
  }

  #raw(name: Row['name']): Raw | undefined {
    const given = this.given(name)
    const fallback = this.#row(name).default
    const raw = given ?? (fallback === undefined ? undefined : { value: fallback, source: 'default' })
    if (raw) this.#origins.set(name, raw.source)
    return raw
  }

  #parsed<T>(name: Row['name'], parse: (raw: Raw, row: Input) => T): T | undefined {
    const raw = this.#raw(name)
    if (!raw) return undefined
    try {
      return parse(raw, this.#row(name))
    } catch (thrown) {
      if (!(thrown instanceof Misfit)) throw thrown
      this.fault(name, thrown.message, thrown.suggestion === undefined ? {} : { suggestion: thrown.suggestion })
      return undefined
    }
  }
}

/** A value that its kind does not accept. */
class Misfit extends Error {
  readonly suggestion: string | undefined

  constructor(problem: string, suggestion?: string) {
    super(problem)
    this.suggestion = suggestion
  }
}

function asText({ value }: Raw): string {
  if (typeof value !== 'string') throw new Misfit('takes one value, not a list')
  return value
}

function asList({ value }: Raw, row: Input): readonly string[] {
  if (typeof value !== 'string') return value
  try {
    return parseList(value, { keepCommas: row.kind !== 'list', keepSpace: row.kind === 'secret-lines' })
  } catch (thrown) {
    if (thrown instanceof UnclosedQuote) throw new Misfit(thrown.message)
    throw thrown
  }
}

/** YAML's core schema: `yes`, `on` and `1` are not booleans. */
function asBoolean(raw: Raw): boolean {
  const text = asText(raw)
  if (/^(?:true|True|TRUE)$/.test(text)) return true
  if (/^(?:false|False|FALSE)$/.test(text)) return false
  throw new Misfit('is not a boolean: write true or false', booleanWord(text))
}

function booleanWord(text: string): string | undefined {
  if (/^(?:yes|y|on|1)$/i.test(text)) return 'true'
  if (/^(?:no|n|off|0)$/i.test(text)) return 'false'
  return nearest(text, ['true', 'false'])
}

function asDuration(raw: Raw, row: Input): number {
  const text = asText(raw)
  const duration = parseDuration(text)
  if (duration === 0 && row.positive) throw new Misfit('must be longer than nothing')
  if (duration !== undefined) return duration
  const bare = /^\d+(?:\.\d+)?$/.test(text.trim())
  throw new Misfit('is not a duration: a number with ms, s, m, h or d', bare ? `${text.trim()}s` : undefined)
}

function asChoice(raw: Raw, row: Input): string {
  const text = asText(raw)
  const choices = row.choices ?? []
  if (choices.includes(text)) return text
  const meant = row.also?.[text.toLowerCase()] ?? nearest(text, choices)
  throw new Misfit(`must be one of ${choices.join(', ')}`, meant)
}

/** Where the document stands, without a line: its text keeps the lines of the file it is from. */
function documentSource(name: string, raw: Raw): string {
  return raw.source === 'input' ? `input ${name}` : raw.source.replace(/:\d+$/, '')
}
