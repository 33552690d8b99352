import type { LineCounter, Node } from 'yaml'
import { isMap, isNode, isScalar, isSeq, Scalar } from 'yaml'
import type { Input } from './inputs.ts'
import type { Raw } from '../inputs/raw.ts'

export interface SourceText {
  readonly text: string
  readonly lines: LineCounter
}

export class ValueMisfit extends Error {}

/**
 * A node of the file as the inputs' syntax has it: scalars as written, sequences as lists, mappings as `key=value`.
 * Documents keep the file's lines, so that faults inside them name the right one. Undefined: nothing is set.
 */
export function rawOf(node: unknown, input: Input, place: SourceText): Raw['value'] | undefined {
  if (node === null || node === undefined) return undefined
  if (isScalar(node)) return scalar(node, input, place)
  if (input.kind === 'document' && isNode(node)) return inPlace(node, place)
  if (input.kind !== 'list' && input.kind !== 'lines') throw new ValueMisfit('takes one value')
  if (isSeq(node)) return node.items.map((item) => word(item))
  if (isMap(node)) return node.items.map(({ key, value }) => `${word(key)}=${word(value)}`)
  throw new ValueMisfit('cannot be read')
}

function scalar(node: Scalar, input: Input, { lines }: SourceText): string | undefined {
  if (node.value === null) return undefined
  if (input.kind !== 'document') return word(node).trim()
  const line = lines.linePos(node.range?.[0] ?? 0).line
  const block = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED
  return '\n'.repeat(block ? line : line - 1) + word(node)
}

function word(node: unknown): string {
  if (!isScalar(node)) throw new ValueMisfit('takes plain values only, nothing nested')
  if (typeof node.value === 'string') return node.value
  return node.value === null ? '' : (node.source ?? JSON.stringify(node.value))
}

/** The node's own text where it stands: everything around it blanked, line breaks kept. */
function inPlace(node: Node, { text }: SourceText): string {
  const [start, end] = node.range ?? [0, text.length]
  return text.slice(0, start).replace(/[^\n]/g, ' ') + text.slice(start, end)
}
