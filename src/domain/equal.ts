/** Deep equality of values that came from JSON or YAML: the order of keys does not count, and what is undefined is absent. */
export function equal(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const left = definedEntries(one)
  const right = new Map(definedEntries(other))
  return left.length === right.size && left.every(([key, value]) => right.has(key) && equal(value, right.get(key)))
}

function definedEntries(value: object): [string, unknown][] {
  return (Object.entries(value) as [string, unknown][]).filter(([, item]) => item !== undefined)
}
