/**
 * YAML as Docker's client reads it: scalars mean what they mean to Go's yaml.v3. Integers become `bigint`, so that no
 * digit is lost and `1e6` is told from `1000000`; a date becomes the text that Docker makes of it.
 */
import type { ScalarTag, Tags } from 'yaml'
import { errorMessage } from '../../../errors/message.ts'

const NULL: ScalarTag = {
  tag: 'tag:yaml.org,2002:null',
  default: true,
  test: /^(?:~|null|Null|NULL)?$/,
  resolve: () => null,
}

const BOOLEAN: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:true|True|TRUE|false|False|FALSE)$/,
  resolve: (text: string) => text.toLowerCase() === 'true',
}

const INTEGER: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][\d_]*|0)$/,
  resolve: (text: string) => integer(text),
}

const FLOAT: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^(?:[-+]?(?:\.\d+|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  resolve: (text: string) => float(text),
}

const DATE = /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ ]+)(\d\d?):(\d\d?):(\d\d?)(?:\.(\d{1,9}))?(Z|[-+]\d\d:\d\d)?)?$/

const TIMESTAMP: ScalarTag = {
  tag: 'tag:yaml.org,2002:timestamp',
  default: true,
  test: DATE,
  resolve: (text: string) => date(text),
}

const TAGS: Tags = [NULL, BOOLEAN, TIMESTAMP, INTEGER, FLOAT]

/** A number of this size cannot be kept as an integer by Docker's reader: it becomes a float. */
const LARGEST = 2n ** 64n

function integer(text: string): bigint | number {
  const plain = text.replaceAll('_', '')
  const digits = plain.replace(/^[-+]/, '').replace(/^0(?=[0-7]+$)/, '0o')
  const size = BigInt(digits)
  const negative = plain.startsWith('-')
  if (size >= (negative ? LARGEST / 2n + 1n : LARGEST)) return Number(size) * (negative ? -1 : 1)
  return negative ? -size : size
}

function float(text: string): number {
  const plain = text.replaceAll('_', '').toLowerCase()
  if (plain.endsWith('nan')) return Number.NaN
  if (plain.endsWith('inf')) return plain.startsWith('-') ? -Infinity : Infinity
  return Number(plain)
}

/** `2026-01-02 00:00:00 +0000 UTC`, as Go prints a time. */
function date(text: string): string {
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', zone] =
    DATE.exec(text) ?? []
  const two = (part: string): string => part.padStart(2, '0')
  const rest = fraction.replace(/0+$/, '')
  const offset = zone === undefined || zone === 'Z' ? '+0000 UTC' : `${zone.replace(':', '')} ${zone.replace(':', '')}`
  const time = `${two(hour)}:${two(minute)}:${two(second)}${rest === '' ? '' : `.${rest}`}`
  return `${year}-${two(month)}-${two(day)} ${time} ${offset}`
}

/**
 * The first document of a file.
 * @throws Error with a sentence that begins with the line where the YAML is wrong
 */
export async function parseYaml(text: string): Promise<unknown> {
  const { isScalar, parseAllDocuments, visit } = await import('yaml')
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    merge: true,
    customTags: (tags) => [...TAGS, ...tags],
  })
  const [first] = Array.isArray(documents) ? documents : []
  if (first === undefined) return undefined
  const [fault] = first.errors
  if (fault) throw new Error(errorMessage(fault).split('\n', 1)[0] ?? '')
  visit(first, {
    Pair(_, { key }) {
      const isText = !isScalar(key) || typeof key.value === 'string' || typeof key.value === 'symbol'
      if (!isText) throw new Error(`the key ${String(key.value)} is not a text: quote it`)
    },
  })
  return first.toJS({ maxAliasCount: 100_000, mapAsMap: false }) as unknown
}
