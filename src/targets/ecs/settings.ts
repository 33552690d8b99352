/** In which settings two task definitions differ: names for people, never values. */
import { equal } from '../../domain/equal.ts'
import type { Definition } from './definition.ts'
import { withImage } from './definition.ts'

type Container = Definition['containerDefinitions'][number]

/** Differences beside the image of the container that is released. */
export function differingSettings(one: Definition, other: Definition, container: string): string[] {
  const [a, b] = [withImage(one, container, ''), withImage(other, container, '')]
  const names = keysOf(a, b).filter((name) => name !== 'containerDefinitions' && !equal(a[name], b[name]))
  const containers = new Set([...a.containerDefinitions, ...b.containerDefinitions].map(({ name }) => name))
  return [...names, ...[...containers].flatMap((name) => inContainer(name, find(a, name), find(b, name)))]
}

function find({ containerDefinitions }: Definition, name: string): Container | undefined {
  return containerDefinitions.find((container) => container.name === name)
}

function inContainer(name: string, a: Container | undefined, b: Container | undefined): string[] {
  if (!a || !b) return [`container ${name}`]
  return keysOf(a, b)
    .filter((key) => !equal(a[key], b[key]))
    .flatMap((key) =>
      key === 'environment' || key === 'secrets' ? variables(name, a[key], b[key]) : [`${name}: ${key}`],
    )
}

function variables(container: string, a: unknown, b: unknown): string[] {
  const [left, right] = [byName(a), byName(b)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((name) => !equal(left.get(name), right.get(name)))
    .map((name) => `${container}: ${name}`)
}

function byName(list: unknown): Map<string, unknown> {
  const entries: unknown[] = Array.isArray(list) ? list : []
  return new Map(
    entries.flatMap((entry) =>
      typeof entry === 'object' && entry !== null && 'name' in entry ? [[String(entry.name), entry] as const] : [],
    ),
  )
}

function keysOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
}
