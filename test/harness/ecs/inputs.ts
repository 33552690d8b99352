// Reads the inputs of operations; what has the wrong type is refused as AWS refuses it.
import type { Document, Service, Tag } from './model.ts'
import { Refusal } from './model.ts'
import type { World } from './world.ts'
import { nameOf } from './world.ts'

export function text(input: Document, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || typeof value === 'string') return value
  throw new Refusal('SerializationException', `STRING_VALUE expected for ${name}`)
}

export function needed(input: Document, name: string): string {
  const value = text(input, name)
  if (value !== undefined && value !== '') return value
  throw new Refusal('InvalidParameterException', `${name} cannot be blank.`)
}

export function list(input: Document, name: string): string[] {
  const value = input[name] ?? []
  if (Array.isArray(value)) return value.map(String)
  throw new Refusal('SerializationException', `LIST_VALUE expected for ${name}`)
}

export function count(input: Document, name: string): number | undefined {
  const value = input[name]
  if (value === undefined || typeof value === 'number') return value
  throw new Refusal('SerializationException', `NUMBER_VALUE expected for ${name}`)
}

export function tagsIn(input: Document): Tag[] {
  const value = (input.tags ?? []) as Tag[]
  if (value.length > 50) throw new Refusal('InvalidParameterException', 'Tags can not have more than 50 items.')
  for (const { key, value: content = '' } of value) {
    if (
      key.length < 1 ||
      key.length > 128 ||
      content.length > 256 ||
      !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + content)
    )
      throw new Refusal('InvalidParameterException', `Tag ${key.slice(0, 40)} is not valid.`)
  }
  return value
}

export function clusterOf(world: World, input: Document): string {
  const cluster = nameOf(text(input, 'cluster') ?? 'default')
  if (world.clusters.has(cluster)) return cluster
  throw new Refusal('ClusterNotFoundException', 'Cluster not found.')
}

export function serviceOf(world: World, input: Document): Service {
  const service = world.services.get(`${clusterOf(world, input)}/${nameOf(needed(input, 'service'))}`)
  if (!service) throw new Refusal('ServiceNotFoundException', 'Service not found.')
  if (service.status !== 'ACTIVE') throw new Refusal('ServiceNotActiveException', 'Service was not ACTIVE.')
  return service
}

/** One page; the token is opaque and only this list's. */
export function page<T>(
  items: readonly T[],
  input: Document,
  most: number,
): { items: readonly T[]; nextToken?: string } {
  const token = text(input, 'nextToken')
  const from = token === undefined ? 0 : Number.parseInt(Buffer.from(token, 'base64url').toString(), 10)
  if (Number.isNaN(from)) throw new Refusal('InvalidParameterException', 'Invalid token.')
  const size = Math.min(count(input, 'maxResults') ?? most, 100)
  const rest = from + size < items.length
  return {
    items: items.slice(from, from + size),
    ...(rest ? { nextToken: Buffer.from(String(from + size)).toString('base64url') } : {}),
  }
}
