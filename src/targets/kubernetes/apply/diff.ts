// What a change would change, line by line, for people. Pure.
import { stringifyJson } from '../../../domain/json.ts'

const HIDDEN = new Set(['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid', 'selfLink'])
const VALUE_CHARACTERS = 200

/** `spec.replicas: 2 → 3`; values of Secrets are never shown. */
export function diffLines(before: unknown, after: unknown, secret = false): string[] {
  return differences(strip(before), strip(after), '', secret)
}

/** What `kubectl apply` had set and the manifest does not set any more: it goes with the release. */
export function removedLines(lastApplied: unknown, manifest: unknown, secret = false): string[] {
  if (lastApplied === undefined) return []
  return diffLines(lastApplied, manifest, secret).filter((line) => line.endsWith(' → nothing'))
}

function strip(value: unknown): unknown {
  if (!isObject(value)) return value
  const fields = Object.entries(value).filter(([key]) => key !== 'status')
  return Object.fromEntries(
    fields.map(([key, inner]) => {
      if (key !== 'metadata' || !isObject(inner)) return [key, inner]
      return [key, Object.fromEntries(Object.entries(inner).filter(([name]) => !HIDDEN.has(name)))]
    }),
  )
}

function differences(before: unknown, after: unknown, at: string, secret: boolean): string[] {
  if (stringifyJson(before) === stringifyJson(after)) return []
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    return keys.flatMap((key) => differences(before[key], after[key], at === '' ? key : `${at}.${key}`, secret))
  }
  if (isNamedList(before) && isNamedList(after)) {
    const names = [...new Set([...before, ...after].map(({ name }) => name))]
    const of = (list: readonly Named[], name: string) => list.find((item) => item.name === name)
    return names.flatMap((name) => differences(of(before, name), of(after, name), `${at}[${name}]`, secret))
  }
  const hidden = secret && /^(data|stringData)\b/.test(at)
  return [`${at}: ${hidden ? 'changes (not shown)' : `${shown(before)} → ${shown(after)}`}`]
}

interface Named {
  readonly name: string
}

function isNamedList(value: unknown): value is Named[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isObject(item) && typeof item['name'] === 'string')
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? value : stringifyJson(value)
  return text.length > VALUE_CHARACTERS ? `${text.slice(0, VALUE_CHARACTERS)}…` : text
}
