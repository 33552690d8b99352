// In which settings two pod templates differ, by name and never by value. Pure.
import * as v from 'valibot'
import { equal } from '../../../domain/equal.ts'
import type { Container, Template } from '../api/schema.ts'

type Fields = Readonly<Record<string, unknown>>

/** `env PASSWORD of container web`, `container side`, `volume cache`: everything beside the images. */
export function differingSettings(one: Template, other: Template): string[] {
  return [
    ...differing(one.metadata?.labels ?? {}, other.metadata?.labels ?? {}).map((key) => `pod label ${key}`),
    ...differing(one.metadata?.annotations ?? {}, other.metadata?.annotations ?? {}).map((key) => `annotation ${key}`),
    ...containers('container', one.spec.containers, other.spec.containers),
    ...containers('init container', one.spec.initContainers ?? [], other.spec.initContainers ?? []),
    ...fields(without(one.spec, CONTAINERS), without(other.spec, CONTAINERS)),
  ]
}

const NamedSchema = v.looseObject({ name: v.string() })
const CONTAINERS = ['containers', 'initContainers']

function containers(word: string, one: readonly Container[], other: readonly Container[]): string[] {
  const names = [...new Set([...one, ...other].map(({ name }) => name))]
  return names.flatMap((name) => {
    const [left, right] = [one, other].map((list) => list.find((container) => container.name === name))
    if (!left || !right) return [`${word} ${name}`]
    return fields(without(left, ['image']), without(right, ['image'])).map((field) => `${field} of ${word} ${name}`)
  })
}

/** Fields by name; of lists whose items have names, the items. */
function fields(one: Fields, other: Fields): string[] {
  return differing(one, other).flatMap((key) => {
    const [left, right] = [named(one[key] ?? []), named(other[key] ?? [])]
    if (!left || !right) return [key]
    return differing(left, right).map((name) => `${key.replace(/s$/, '')} ${name}`)
  })
}

function named(value: unknown): Fields | undefined {
  if (!Array.isArray(value)) return undefined
  const items = value.flatMap((item: unknown): [string, unknown][] => {
    const found = v.safeParse(NamedSchema, item)
    return found.success ? [[found.output.name, item]] : []
  })
  const map = Object.fromEntries(items)
  return items.length === value.length && Object.keys(map).length === value.length ? map : undefined
}

function differing(one: Fields, other: Fields): string[] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
  return keys.filter((key) => !equal(one[key], other[key]))
}

function without(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)))
}
