/** Typed looks at YAML nodes. Every fault is remembered with its line; a reader then answers undefined and goes on. */
import type { Document, LineCounter, Node } from 'yaml'
import { isAlias, isMap, isScalar, isSeq, Scalar } from 'yaml'
import type { Duration } from '../../domain/duration.ts'
import { parseDuration } from '../../domain/duration.ts'
import type { Fault } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'
import type { Pattern } from '../pattern.ts'
import { parsePattern } from '../pattern.ts'
import { nearest } from '../../domain/nearest.ts'
import type { Variables } from './variables.ts'
import { escapeRegex, substitute } from './variables.ts'
import { parseSize } from '../../domain/size.ts'

/** One node and the name by which a person finds it: `checks[2].expect.status`. */
export interface Value {
  readonly node: Node | undefined
  readonly name: string
}

type Extra = Pick<Fault, 'value' | 'example' | 'suggestion'>

export class Reader {
  readonly faults: Fault[] = []
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #source: string
  readonly #variables: Variables

  constructor(document: Document, lines: LineCounter, source: string, variables: Variables) {
    this.#document = document
    this.#lines = lines
    this.#source = source
    this.#variables = variables
  }

  /** Remembers a fault; stands for the value that could not be read. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- any reader may return it
  fault<T>(value: Value, problem: string, extra: Extra = {}): T | undefined {
    const offset = value.node?.range?.[0]
    const line = offset === undefined ? '' : `:${String(this.#lines.linePos(offset).line)}`
    this.faults.push({
      name: value.name === '' ? 'smoke' : value.name,
      source: `${this.#source}${line}`,
      problem,
      ...given(this.#resolve(value)),
      ...extra,
    })
    return undefined
  }

  isMapping(value: Value): boolean {
    return isMap(this.#resolve(value))
  }

  isList(value: Value): boolean {
    return isSeq(this.#resolve(value))
  }

  isEmpty(value: Value): boolean {
    const node = this.#resolve(value)
    return node === undefined || (isScalar(node) && node.value === null)
  }

  isEmptyList(value: Value): boolean {
    const node = this.#resolve(value)
    return isSeq(node) && node.items.length === 0
  }

  /** A piece of a scalar's text as a value of its own, at the same place. */
  part(value: Value, text: string): Value {
    const node = new Scalar(text)
    if (value.node?.range) node.range = value.node.range
    return { node, name: value.name }
  }

  /** The members of a mapping whose keys must be among `known`; undefined when it is none. */
  fields(value: Value, known: readonly string[], example: string): ReadonlyMap<string, Value> | undefined {
    const found = this.members(value, example)
    if (!found) return undefined
    for (const [key, member] of found) {
      if (known.includes(key)) continue
      const suggestion = nearest(key, known)
      const at = { node: member.node, name: join(value.name, key) }
      this.fault(
        at,
        `unknown key ${key}; known here: ${known.join(', ')}`,
        suggestion === undefined ? {} : { suggestion },
      )
    }
    return found
  }

  /** The members of a mapping with free keys. */
  members(value: Value, example: string): ReadonlyMap<string, Value> | undefined {
    const node = this.#resolve(value)
    if (!isMap(node)) return this.fault(value, 'must be a mapping', { example })
    const found = new Map<string, Value>()
    for (const { key, value: member } of node.items) {
      if (!isScalar(key)) return this.fault(value, 'keys must be plain words', { example })
      const name = String(key.source ?? key.value)
      // An empty member keeps the key's place, so that its fault has a line.
      found.set(name, { node: member === null ? key : (member as Node), name: join(value.name, name) })
    }
    return found
  }

  /** The elements of a list that must not be empty; one scalar stands for a list of one. */
  list(value: Value, example: string): readonly Value[] | undefined {
    const node = this.#resolve(value)
    if (isSeq(node)) {
      if (node.items.length === 0) return this.fault(value, 'an empty list demands nothing', { example })
      return node.items.map((item, index) => ({ node: item as Node, name: `${value.name}[${String(index)}]` }))
    }
    if (isScalar(node) && node.value !== null) return [value]
    return this.fault(value, 'must be a list', { example })
  }

  /** Text as written, with variables put in: `0644` and `1.10` keep their digits. */
  text(value: Value, example: string): string | undefined {
    return this.#text(value, example)
  }

  texts(value: Value, example: string): readonly string[] | undefined {
    return all(this.list(value, example)?.map((item) => this.text(item, example)))
  }

  choice<T extends string>(value: Value, known: readonly T[]): T | undefined {
    const text = this.text(value, known[0] ?? '')
    if (text === undefined) return undefined
    const found = known.find((candidate) => candidate === text)
    if (found !== undefined) return found
    const suggestion =
      nearest(text, known) ?? known.find((name) => text.length > 2 && name.endsWith(text.toUpperCase()))
    return this.fault(value, `must be one of ${known.join(', ')}`, suggestion === undefined ? {} : { suggestion })
  }

  boolean(value: Value): boolean | undefined {
    const node = this.#resolve(value)
    if (isScalar(node) && typeof node.value === 'boolean') return node.value
    return this.fault(value, 'must be true or false', { example: 'true' })
  }

  integer(value: Value, range: { min: number; max: number }, example: string): number | undefined {
    const text = this.text(value, example)
    if (text === undefined) return undefined
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (number >= range.min && number <= range.max) return number
    return this.fault(value, `must be a whole number from ${String(range.min)} to ${String(range.max)}`, { example })
  }

  duration(value: Value, example: string): Duration | undefined {
    const text = this.text(value, example)
    if (text === undefined) return undefined
    const duration = parseDuration(text)
    if (duration !== undefined) return duration
    const problem = /^\d+$/.test(text) ? 'a duration needs a unit' : 'is not a duration'
    return this.fault(value, problem, { example, ...(/^\d+$/.test(text) ? { suggestion: `${text}s` } : {}) })
  }

  /** `256m`, `1GiB` binary; `300MB` decimal, as Docker's tools count memory and image sizes. */
  bytes(value: Value, example: string): number | undefined {
    const text = this.text(value, example)
    if (text === undefined) return undefined
    return parseSize(text, true) ?? this.fault(value, 'is not a size', { example })
  }

  patterns(value: Value): readonly Pattern[] | undefined {
    const example = '["text", "!text", "/regex/", "!/regex/"]'
    return all(this.list(value, example)?.map((item) => this.#pattern(item, example)))
  }

  /** Plain data with variables put into its strings. */
  data(value: Value): unknown {
    const node = this.#resolve(value)
    const convert = (data: unknown): unknown => {
      if (typeof data === 'string') return this.#substitute(value, data)
      if (Array.isArray(data)) return data.map(convert)
      if (typeof data !== 'object' || data === null) return data
      return Object.fromEntries(Object.entries(data).map(([key, member]) => [key, convert(member)]))
    }
    return convert(node?.toJS(this.#document))
  }

  #pattern(value: Value, example: string): Pattern | undefined {
    const node = this.#resolve(value)
    const isRegex = isScalar(node) && /^!?\/.+\/$/s.test(String(node.value))
    const text = this.#text(value, example, isRegex ? escapeRegex : undefined)
    if (text === undefined) return undefined
    if (text === '' || text === '!')
      return this.fault(value, 'an empty pattern demands nothing', { example: '"ready"' })
    try {
      return parsePattern(text)
    } catch (thrown) {
      const detail = errorMessage(thrown).replace(/^Invalid regular expression: /, '')
      return this.fault(value, `is not a regular expression: ${detail}`, { example: '/^ready in \\d+ ms/' })
    }
  }

  #text(value: Value, example: string, escape?: (text: string) => string): string | undefined {
    const node = this.#resolve(value)
    if (!isScalar(node) || node.value === null) return this.fault(value, 'must be text', { example })
    if (node.tag?.startsWith('!') && !node.tag.startsWith('!!')) {
      return this.fault(value, 'YAML reads a leading ! as a tag: put it in quotes', { example: `"${node.tag}"` })
    }
    return this.#substitute(value, source(node), escape)
  }

  #substitute(value: Value, text: string, escape?: (text: string) => string): string {
    const fault = (problem: string, suggestion?: string): void => {
      this.fault(value, problem, suggestion === undefined ? {} : { suggestion })
    }
    return substitute(text, this.#variables, fault, escape)
  }

  #resolve(value: Value): Node | undefined {
    return isAlias(value.node) ? value.node.resolve(this.#document) : value.node
  }
}

function source(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}

/** Faults show what was written: only short scalars, and never the members of a mapping. */
function given(node: Node | undefined): Pick<Fault, 'value'> {
  if (!isScalar(node) || node.value === null) return {}
  const text = source(node)
  return { value: text.length > 80 ? `${text.slice(0, 80)}…` : text }
}

function join(name: string, key: string): string {
  return name === '' ? key : `${name}.${key}`
}

function all<T>(values: readonly (T | undefined)[] | undefined): readonly T[] | undefined {
  const kept = values?.filter((value) => value !== undefined)
  return kept?.length === values?.length ? kept : undefined
}
