// From the nodes of a document to plain values, by the rules of the chosen decoder; what it would refuse is a fault.
import type { Document, Node } from 'yaml'
import { isAlias, isMap, isScalar, isSeq, Scalar } from 'yaml'
import type { ScalarValue, YamlSchema } from './yaml-scalar.ts'
import { plainValue, taggedValue } from './yaml-scalar.ts'

/** Why a document cannot become a value; `at` is an offset into its text. */
export class YamlMisfit extends Error {
  readonly at: number

  constructor(problem: string, node: unknown) {
    super(problem)
    this.at = offsetOf(node)
  }
}

export interface ValueContext {
  readonly document: Document
  readonly schema: YamlSchema
  /** Called for every key that is written twice: the later one counts. */
  readonly onDuplicate: (key: string, at: number) => void
}

/** Aliases may multiply what is written, but not without end: the decoder's own limit. */
const FREE_ALIASES = 100
const FREE_NODES = 1000
const MAX_NODES = 4_000_000
const ALIAS_SHARE = 0.99

/** @throws YamlMisfit */
export function valueOf(root: Node | null, context: ValueContext): unknown {
  const open = new Set<unknown>()
  let nodes = 0
  let aliased = 0

  function visit(node: unknown, isAliased: boolean): unknown {
    if (node === null || node === undefined) return null
    nodes++
    if (isAliased) aliased++
    if (nodes > MAX_NODES || (aliased > FREE_ALIASES && nodes > FREE_NODES && aliased / nodes > ALIAS_SHARE)) {
      throw new YamlMisfit('aliases (*name) make the document too large', node)
    }
    if (isAlias(node)) {
      const target = node.resolve(context.document)
      if (target === undefined) throw new YamlMisfit(`the anchor &${node.source} does not exist`, node)
      if (open.has(target)) throw new YamlMisfit(`the anchor &${node.source} contains itself`, node)
      return visit(target, true)
    }
    if (isScalar(node)) return scalarOf(node, context.schema)
    open.add(node)
    refuseQuestions(node)
    const value = isSeq(node) ? node.items.map((item) => visit(item, isAliased)) : mapping(node, isAliased)
    open.delete(node)
    return value
  }

  function mapping(node: unknown, isAliased: boolean): unknown {
    if (!isMap(node)) return null
    const value = new Map<string, unknown>()
    const written = new Set<string>()
    const merged: unknown[] = []
    for (const { key, value: member } of node.items) {
      if (isMerge(key)) {
        if (context.schema === 'docker') merged.push(member)
        else merge(member, value, isAliased)
        continue
      }
      const name = keyOf(visit(key, isAliased), key, context.schema)
      if (written.has(name)) context.onDuplicate(name, offsetOf(key))
      written.add(name)
      value.set(name, visit(member, isAliased))
    }
    // For Docker what stands beside a merge counts more, for kubectl what stands last.
    for (const member of merged) {
      const added = new Map<string, unknown>()
      merge(member, added, isAliased)
      for (const [name, inner] of added) if (!value.has(name)) value.set(name, inner)
    }
    return Object.fromEntries(value)
  }

  function merge(node: unknown, into: Map<string, unknown>, isAliased: boolean): void {
    const sources = isSeq(node) ? [...node.items].reverse() : [node]
    for (const source of sources) {
      const target = isAlias(source) ? source.resolve(context.document) : source
      if (!isMap(target)) throw new YamlMisfit('<< takes a mapping or a list of mappings', node)
      const value = visit(source, isAliased)
      for (const [name, inner] of Object.entries(value as object)) into.set(name, inner)
    }
  }

  return visit(root, false)
}

function scalarOf(node: Scalar, schema: YamlSchema): ScalarValue {
  const text = node.source ?? ''
  const tag = node.tag?.replace(/^tag:yaml\.org,2002:/, '')
  const isPlain = node.type === Scalar.PLAIN || node.type === undefined
  if (tag === undefined) return checked(isPlain ? plainValue(text, schema) : text, node, schema)
  // A tag that is not one of YAML's own says nothing, but that it is text.
  if (tag === node.tag) return text
  const value = taggedValue(tag, text, schema)
  if (value === undefined) throw new YamlMisfit(`"${shortened(text)}" cannot be read as !!${tag}`, node)
  return checked(value, node, schema)
}

function checked(value: ScalarValue, node: Scalar, schema: YamlSchema): ScalarValue {
  if (schema === 'docker' || typeof value !== 'number' || Number.isFinite(value)) return value
  throw new YamlMisfit(`${node.source ?? ''} is not a number that JSON can hold`, node)
}

/** As a key of JSON; Docker takes only text. */
function keyOf(value: unknown, node: unknown, schema: YamlSchema): string {
  if (typeof value === 'string') return value
  if (schema === 'docker') throw new YamlMisfit(`the key ${String(value)} is not a text: quote it`, node)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(shortest32(value))
  const what = value === null ? 'an empty key' : 'a mapping or a list as a key'
  throw new YamlMisfit(`${what}: text that begins with { or [ has to stand in quotes`, node)
}

/** The shortest digits that name the same 32-bit number. */
function shortest32(value: number): number {
  const single = Math.fround(value)
  for (let digits = 1; digits < 17; digits++) {
    const candidate = Number(single.toPrecision(digits))
    if (Math.fround(candidate) === single) return candidate
  }
  return value
}

/** `[?x]`: in brackets a question mark begins a key for the decoders that we follow, and text for the library. */
function refuseQuestions(node: unknown): void {
  const items = isSeq(node) && node.flow ? node.items : isMap(node) && node.flow ? pairParts(node.items) : []
  for (const item of items) {
    if (isScalar(item) && item.type === Scalar.PLAIN && item.source?.startsWith('?')) {
      throw new YamlMisfit('text that begins with ? has to stand in quotes between brackets', item)
    }
  }
}

function pairParts(pairs: readonly { readonly key: unknown; readonly value: unknown }[]): unknown[] {
  return pairs.flatMap(({ key, value }) => [key, value])
}

function isMerge(key: unknown): boolean {
  if (!isScalar(key) || key.source !== '<<') return false
  return (key.type === Scalar.PLAIN && key.tag === undefined) || key.tag === 'tag:yaml.org,2002:merge'
}

function offsetOf(node: unknown): number {
  const { range } = (node ?? {}) as { range?: readonly number[] | null }
  return range?.[0] ?? 0
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
