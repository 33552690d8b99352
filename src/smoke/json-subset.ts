/**
 * Where `actual` lacks what `expected` demands, as a sentence; undefined when it contains it.
 * Objects may have more members; arrays must have the same length; scalars must be equal.
 */
export function missing(expected: unknown, actual: unknown, path = 'json'): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return differs(path, expected, actual)
    if (actual.length !== expected.length) {
      return `${path} has ${String(actual.length)} elements, expected ${String(expected.length)}`
    }
    return first(expected.map((value, index) => [value, (actual as unknown[])[index], `${path}[${String(index)}]`]))
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return differs(path, expected, actual)
    return first(
      Object.entries(expected).map(([key, value]) => [
        value,
        Object.hasOwn(actual, key) ? actual[key] : undefined,
        `${path}.${key}`,
      ]),
    )
  }
  return Object.is(expected, actual) ? undefined : differs(path, expected, actual)
}

function first(pairs: readonly (readonly [unknown, unknown, string])[]): string | undefined {
  for (const [expected, actual, path] of pairs) {
    const fault = missing(expected, actual, path)
    if (fault !== undefined) return fault
  }
  return undefined
}

function differs(path: string, expected: unknown, actual: unknown): string {
  return `${path} is ${show(actual)}, expected ${show(expected)}`
}

function show(value: unknown): string {
  if (value === undefined) return 'absent'
  const text = JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
