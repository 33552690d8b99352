/** JSON that keeps every digit: integers of 64 bits that a double cannot hold are bigint, and written with their digits. */
import { randomUUID } from 'node:crypto'

/** Begins the text that stands for a big integer for a moment: no document can hold it by accident or on purpose. */
const MARK = `integer:${randomUUID()}:`
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g')
/** A string, or an integer with 16 digits or more. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g
const MAY_BE_BIG = /\d{16}/

/** @throws SyntaxError */
export function parseJson(text: string): unknown {
  if (!MAY_BE_BIG.test(text)) return JSON.parse(text) as unknown
  const marked = text.replace(TOKEN, (token, at: number) => {
    // The digits after a point or an exponent belong to a number that is not an integer.
    if (token.startsWith('"') || /[\d.eE+]/.test(text.charAt(at - 1)) || !isBig(token)) return token
    return `"${MARK}${token}"`
  })
  // Long digits stood inside of texts only: visiting every value of a large answer would cost much for nothing.
  if (marked === text) return JSON.parse(text) as unknown
  return JSON.parse(marked, (_, value: unknown) => {
    return typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value
  }) as unknown
}

export function stringifyJson(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? `${MARK}${String(inner)}` : inner,
  ) as string | undefined
  return (text ?? 'null').replace(MARKED, '$1')
}

/** The value of an integer's digits: a number where that is exact. */
export function integer(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

function isBig(digits: string): boolean {
  const value = BigInt(digits)
  return typeof integer(value) === 'bigint' && BigInt.asIntN(64, value) === value
}
