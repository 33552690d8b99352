/** The shapes that values of a stack file may have, as data, and the one function that holds a value beside its shape. */
import type { Faults } from './faults.ts'
import type { Node } from './values.ts'
import { isNode } from './values.ts'

type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'null' | 'list' | 'mapping'

export interface Shape {
  readonly kinds: readonly Kind[]
  /** Of a mapping: the known keys; of other keys `others` is asked, and without it they are refused. */
  readonly keys?: Readonly<Record<string, Shape>>
  readonly others?: Shape
  /** What a key that is not known must look like. */
  readonly names?: RegExp
  /** `x-…` is the user's own here. */
  readonly extensible?: boolean
  readonly required?: readonly string[]
  /** Of a list. */
  readonly items?: Shape
  readonly unique?: boolean
  /** Of a text. */
  readonly oneOf?: readonly string[]
  /** Of a number. */
  readonly isCount?: boolean
}

export const text: Shape = { kinds: ['text'] }
export const integer: Shape = { kinds: ['integer'] }
/** A whole number that is not below zero. */
export const count: Shape = { kinds: ['integer'], isCount: true }
export const number: Shape = { kinds: ['integer', 'number'] }
export const boolean: Shape = { kinds: ['boolean'] }
export const anything: Shape = { kinds: ['text', 'integer', 'number', 'boolean', 'null', 'list', 'mapping'] }

export function list(items: Shape, unique = false): Shape {
  return { kinds: ['list'], items, unique }
}

export function mapping(keys: Readonly<Record<string, Shape>>, others?: Shape): Shape {
  return { kinds: ['mapping'], keys, ...(others ? { others } : {}) }
}

/** Anything under names of the user's own. */
export function named(item: Shape): Shape {
  return { kinds: ['mapping'], others: item, names: /^[a-zA-Z0-9._-]+$/ }
}

/** Shapes of different kinds in one: a short form or a long one. */
export function either(...shapes: readonly Shape[]): Shape {
  return Object.assign({}, ...shapes, { kinds: shapes.flatMap(({ kinds }) => kinds) }) as Shape
}

const WORDS: Readonly<Record<Kind, string>> = {
  text: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
  list: 'a list',
  mapping: 'a mapping',
}

function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'bigint') return 'integer'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return isNode(value) ? 'mapping' : 'list'
}

/** Notes everything in `value` that does not have its shape. */
export function judgeShape(value: unknown, shape: Shape, at: string, faults: Faults): void {
  const kind = kindOf(value)
  if (!shape.kinds.includes(kind)) {
    const wanted = shape.kinds.filter((each) => each !== 'null').map((each) => WORDS[each])
    faults.add(at, `must be ${wanted.join(' or ')}${kind === 'null' ? '; it is empty' : ''}`)
    return
  }
  if (kind === 'text' && shape.oneOf && !shape.oneOf.includes(String(value))) {
    faults.add(at, `must be ${shape.oneOf.join(' or ')}`)
  }
  if (shape.isCount && (typeof value === 'number' || typeof value === 'bigint') && value < 0) {
    faults.add(at, 'must not be below zero')
  }
  if (Array.isArray(value)) judgeList(value, shape, at, faults)
  if (isNode(value) && (shape.keys ?? shape.others)) judgeMapping(value, shape, at, faults)
}

function judgeList(value: readonly unknown[], shape: Shape, at: string, faults: Faults): void {
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    const where = `${at}[${String(index)}]`
    if (shape.items) judgeShape(item, shape.items, where, faults)
    const key = JSON.stringify(item, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))
    if (shape.unique && seen.has(key)) faults.add(where, 'is listed twice')
    seen.add(key)
  }
}

function judgeMapping(value: Node, shape: Shape, at: string, faults: Faults): void {
  for (const [key, item] of Object.entries(value)) {
    if (shape.extensible && key.startsWith('x-')) continue
    const known = shape.keys !== undefined && Object.hasOwn(shape.keys, key)
    if (!known && shape.names?.test(key) === false) faults.add(`${at}.${key}`, 'has a name that is not allowed here')
    const own = known ? shape.keys?.[key] : shape.others
    if (own !== undefined) judgeShape(item, own, `${at}.${key}`, faults)
    else faults.refuse(`${at}.${key}`, key)
  }
  for (const key of shape.required ?? []) {
    if (!(key in value)) faults.add(`${at}.${key}`, 'is missing')
  }
}
