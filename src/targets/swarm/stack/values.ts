/** Reads the loosely typed values of a stack file. The shape was judged before: what does not fit reads as absent. */
export type Node = Readonly<Record<string, unknown>>

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function nodeOf(value: unknown): Node {
  return isNode(value) ? value : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

/** Any scalar as Docker's client prints it. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return typeof value === 'number' ? floatText(value) : undefined
}

/** A string or a list of them. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return listOf(value).map((item) => textOf(item) ?? '')
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
}

export function booleanOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

/** `a: b` or `- a=b`; null for a name without a value. */
export function pairsOf(value: unknown): Record<string, string | null> {
  const entries = Array.isArray(value)
    ? textsOf(value).map((text): [string, string | null] => {
        const equals = text.indexOf('=')
        return equals < 0 ? [text, null] : [text.slice(0, equals), text.slice(equals + 1)]
      })
    : Object.entries(nodeOf(value)).map(([key, item]): [string, string | null] => [key, textOf(item) ?? null])
  return Object.fromEntries(entries)
}

/** As `pairsOf`; a name without a value has an empty one. */
export function labelsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(pairsOf(value)).map(([key, item]) => [key, item ?? '']))
}

/** As Go prints a float: 100000 as it is, a million as `1e+06`. */
function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** The object without what is undefined or empty: the engine has its own defaults. */
export function compact<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(value as Record<string, unknown>).filter(([, item]) => !isEmpty(item))
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

function isEmpty(item: unknown): boolean {
  if (item === undefined || item === '') return true
  if (Array.isArray(item)) return item.length === 0
  return typeof item === 'object' && item !== null && Object.keys(item).length === 0
}
