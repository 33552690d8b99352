// What a scalar means, by the rules of the decoder that Kubernetes (YAML 1.1) or Docker (1.1 without yes and no) uses. Pure.
import { integer } from '../domain/json.ts'
import { goTime } from './yaml-date.ts'

/**
 * `kubernetes`: as kubectl reads manifests; `docker`: as `docker stack` reads Compose files, where every integer is a
 * `bigint`, so that `1e6` differs from `1000000`.
 */
export type YamlSchema = 'kubernetes' | 'docker'

export type ScalarValue = string | number | bigint | boolean | null

const TRUE = ['true', 'True', 'TRUE']
const FALSE = ['false', 'False', 'FALSE']
const YES = ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']
const NO = ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']

type Word = readonly [string, boolean | number | null]
const words = (texts: readonly string[], value: Word[1]): Word[] => texts.map((text): Word => [text, value])

const SHARED: readonly Word[] = [
  ...words(TRUE, true),
  ...words(FALSE, false),
  ...words(['', '~', 'null', 'Null', 'NULL'], null),
  ...words(['.nan', '.NaN', '.NAN'], Number.NaN),
  ...words(['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'], Number.POSITIVE_INFINITY),
  ...words(['-.inf', '-.Inf', '-.INF'], Number.NEGATIVE_INFINITY),
]
const WORDS: Readonly<Record<YamlSchema, ReadonlyMap<string, Word[1]>>> = {
  kubernetes: new Map([...SHARED, ...words(YES, true), ...words(NO, false)]),
  docker: new Map(SHARED),
}

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const POINT_FLOAT = /^\.[0-9]+([eE][-+]?[0-9]+)?$/
const DATE = /^\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])/
const INTEGERS: readonly (readonly [RegExp, string])[] = [
  [/^0[xX][0-9a-fA-F]+$/, ''],
  [/^0[bB][01]+$/, ''],
  [/^0[oO][0-7]+$/, ''],
  [/^0[0-7]+$/, '0o'],
  [/^(?:0|[1-9][0-9]*)$/, ''],
]
const SMALLEST = -(2n ** 63n)
const MAX_SIGNED = 2n ** 63n - 1n
const MAX_UNSIGNED = 2n ** 64n - 1n

/** The value of a plain scalar. */
export function plainValue(text: string, schema: YamlSchema): ScalarValue {
  const word = WORDS[schema].get(text)
  if (word !== undefined) return word
  if (text.startsWith('.')) return finite(POINT_FLOAT.test(text) ? Number(text) : undefined) ?? text
  if (!/^[-+0-9]/.test(text)) return text
  // For Kubernetes a date stays the text that it is.
  if (DATE.test(text)) return (schema === 'docker' ? goTime(text) : undefined) ?? text
  const digits = text.replaceAll('_', '')
  return integerValue(digits, schema) ?? finite(FLOAT.test(digits) ? Number(digits) : undefined) ?? text
}

/** The value of a scalar with a tag of YAML's own (`!!int "3"`); undefined where the text is not of that type. */
export function taggedValue(tag: string, text: string, schema: YamlSchema): ScalarValue | undefined {
  if (tag === 'binary') return binaryValue(text)
  const value = plainValue(text, schema)
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  switch (tag) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'null':
      return value === null ? null : undefined
    case 'int':
      return isNumber && integerValue(text.replaceAll('_', ''), schema) !== undefined ? value : undefined
    case 'float':
      return isNumber ? Number(value) : undefined
    case 'timestamp':
      return DATE.test(text) && typeof value === 'string' ? value : undefined
    default:
      return text
  }
}

function integerValue(text: string, schema: YamlSchema): number | bigint | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text) ?? []
  const form = INTEGERS.find(([pattern]) => pattern.test(digits))
  if (!form) return undefined
  const size = BigInt(form[1] === '' ? digits : form[1] + digits.slice(1))
  const value = sign === '-' ? -size : size
  if (value < SMALLEST || value > MAX_UNSIGNED || (sign === '+' && value > MAX_SIGNED)) return undefined
  if (schema === 'docker') return value
  // What no signed 64 bits hold becomes a floating point number on its way through JSON.
  return value > MAX_SIGNED ? Number(value) : integer(value)
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined
}

function binaryValue(text: string): string | undefined {
  const packed = text.replace(/[\r\n]/g, '')
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(packed)
  return isBase64 ? Buffer.from(packed, 'base64').toString('utf8') : undefined
}
