/**
 * What a stack file says for a preview beside what it would say for another one: where both differ, `${number}` or `${name}`
 * stands, and the value is the preview's own. Pure.
 */
import type { Preview } from '../../../domain/preview.ts'
import type { Environment } from '../stack/interpolate.ts'
import type { Config } from '../stack/load.ts'
import type { Node } from '../stack/values.ts'
import { labelsOf, listOf, nodeOf, textOf } from '../stack/values.ts'

/** One part of the files for this preview and for another. */
export interface Beside {
  readonly own: Node
  readonly other: Node
}

/** The whole files. */
export interface ConfigBeside {
  readonly own: Config
  readonly other: Config
}

export function previewEnvironment(env: Environment, { number, name }: Pick<Preview, 'number' | 'name'>): Environment {
  return { ...env, number: String(number), name }
}

/** A preview that differs in number and name; a lower number fits wherever this one does. */
export function anotherPreview({ number }: Preview): Pick<Preview, 'number' | 'name'> {
  return { number: number === 1 ? 2 : number - 1, name: 'another-preview' }
}

export function isTemplated({ own, other }: Beside, key: string): boolean {
  const [value, beside] = [textOf(own[key]), textOf(other[key])]
  return value !== undefined && value !== beside
}

export function partBeside({ own, other }: Beside, key: string): Beside {
  return { own: nodeOf(own[key]), other: nodeOf(other[key]) }
}

/** Items of a list that the other preview's list does not hold. */
export function ownItems({ own, other }: Beside, key: string, keyOf: (item: Node) => string): ReadonlySet<string> {
  const beside = new Set(listOf(other[key]).map((item) => keyOf(nodeOf(item))))
  return new Set(
    listOf(own[key])
      .map((item) => keyOf(nodeOf(item)))
      .filter((item) => !beside.has(item)),
  )
}

/** One label. A list of labels can template their names too. */
export interface Label {
  readonly key: string
  readonly value: string
  readonly otherKey: string
  readonly otherValue: string
}

export interface KeptLabel {
  /** Its key in the file. */
  readonly from: string
  readonly key: string
  readonly value: string
}

export function labelsBeside({ own, other }: Beside): Label[] {
  const [mine, theirs] = [Object.entries(labelsOf(own.labels)), Object.entries(labelsOf(other.labels))]
  // Both come from the same lines, in the same order.
  const isParallel = mine.length === theirs.length
  const values = new Map(theirs)
  return mine.map(([key, value], index) => {
    const [otherKey, otherValue] = (isParallel ? theirs[index] : undefined) ?? [key, values.get(key) ?? value]
    return { key, value, otherKey, otherValue }
  })
}

export function isTemplatedLabel({ key, value, otherKey, otherValue }: Label): boolean {
  return key !== otherKey || value !== otherValue
}

const HOST = /(?:\*\.)?(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*/gi

/** Hosts that the value names for both previews: beside one that is templated production's may stand. */
export function sharedHosts(value: string, otherValue: string): string[] {
  const others = new Set(otherValue.match(HOST))
  return (value.match(HOST) ?? []).filter((host) => others.has(host))
}
