/** Takes one change back in a value that others may have changed since. Pure. */

/**
 * `live` without the change from `before` to `written`: mappings key by key. What differs from `written` by now was
 * changed by somebody else and stays.
 */
export function reverted(before: unknown, written: unknown, live: unknown): unknown {
  if (equal(before, written)) return live
  if (equal(written, live)) return before
  if (!isMapping(before) || !isMapping(written) || !isMapping(live)) return live
  const keys = new Set([...Object.keys(live), ...Object.keys(before)])
  const entries = [...keys].map((key) => [key, reverted(before[key], written[key], live[key])] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
import { equal } from '../../domain/equal.ts'
