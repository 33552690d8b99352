// Takes back what one run changed in an object, and nothing that others changed since. Pure.
import * as v from 'valibot'
import { equal } from '../../../domain/equal.ts'
import type { Template } from '../api/schema.ts'
import { TemplateSchema } from '../api/schema.ts'

type Fields = Readonly<Record<string, unknown>>

/** Fields by which Kubernetes tells the items of a list apart. */
const MERGE_KEYS = ['name', 'mountPath', 'containerPort', 'ip', 'topologyKey', 'devicePath'] as const

/**
 * `live` without the change from `before` to `written`. What differs from `written` by now was changed by somebody else
 * and stays; undefined stands for an absent field.
 */
export function reverted(before: unknown, written: unknown, live: unknown): unknown {
  if (equal(before, written) || equal(before, live)) return live
  if (equal(written, live)) return before
  if (isFields(before) && isFields(written) && isFields(live)) return revertedFields(before, written, live)
  if (Array.isArray(before) && Array.isArray(written) && Array.isArray(live)) {
    return revertedList(before, written, live) ?? live
  }
  // Both changed the same value: the later change is theirs.
  return live
}

export function revertedTemplate(before: Template, written: Template, live: Template): Template {
  return v.parse(TemplateSchema, reverted(before, written, live))
}

function revertedFields(before: Fields, written: Fields, live: Fields): Fields {
  const keys = [...new Set([...Object.keys(live), ...Object.keys(before)])]
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = reverted(before[key], written[key], live[key])
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

/** Item by item, where all of them carry the same unique key; undefined where they do not. */
function revertedList(
  before: readonly unknown[],
  written: readonly unknown[],
  live: readonly unknown[],
): unknown[] | undefined {
  for (const key of MERGE_KEYS) {
    const [was, sent, is] = [before, written, live].map((list) => byKey(list, key))
    if (!was || !sent || !is) continue
    const names = [...new Set([...is.keys(), ...was.keys()])]
    return names.flatMap((name) => {
      const value = reverted(was.get(name), sent.get(name), is.get(name))
      return value === undefined ? [] : [value]
    })
  }
  return undefined
}

function byKey(list: readonly unknown[], key: string): ReadonlyMap<unknown, Fields> | undefined {
  const items = list.filter(isFields)
  const map = new Map(items.map((item) => [item[key], item]))
  return items.length === list.length && map.size === list.length && !map.has(undefined) ? map : undefined
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
