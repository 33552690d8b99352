// The state of the double: what exists, its knobs, and how things are found.
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { Failure } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/policy.ts'
import { nameOf } from '../aws/policy.ts'
import type { Asked } from '../aws/wire.ts'
import { Refusal } from '../aws/wire.ts'
import { Dial } from './dial.ts'
import type { Service, Task, TaskDefinition } from './model.ts'
import type { Runtime } from './runtime.ts'

/** Times in ms. `minute` is how long one of AWS's minutes lasts here. */
export const KNOBS = {
  tick: 50,
  provision: 30,
  grace: 150,
  backOff: 100,
  deploymentStart: 30,
  drain: 0,
  completeLag: 0,
  stopTimeout: 2000,
  minute: 1000,
  /** After a rollback the old deployment becomes PRIMARY again, or a new one with its task definition; nobody knows which. */
  rollbackId: 'reuse' as 'reuse' | 'new',
  versionConsistency: true,
}
export type Knobs = typeof KNOBS

export interface Call extends Asked {
  /** Who signed it. */
  readonly accessKeyId: string
  readonly at: number
  readonly status: number
}

export interface World extends Account {
  readonly knobs: Knobs
  readonly dial: Dial
  readonly runtime: Runtime
  readonly clusters: Set<string>
  /** By family, oldest first. */
  readonly families: Map<string, TaskDefinition[]>
  /** `cluster/name` → service. */
  readonly services: Map<string, Service>
  /** Task id → task; stopped ones stay. */
  readonly tasks: Map<string, Task>
  readonly calls: Call[]
  /** Of every task that has a public address. */
  publicIp: string
  /** CloudWatch Logs: `group stream` → lines. */
  readonly logs: Map<string, readonly string[]>
}

export function createWorld(runtime: Runtime, knobs: Partial<Knobs>): World {
  return {
    region: 'eu-test-1',
    account: '123456789012',
    knobs: { ...KNOBS, ...knobs },
    dial: new Dial(),
    runtime,
    clusters: new Set(['default']),
    families: new Map(),
    services: new Map(),
    tasks: new Map(),
    calls: [],
    publicIp: '127.0.0.1',
    logs: new Map(),
  }
}

export const digits = (count: number): string =>
  Array.from({ length: count }, (_, index) => randomInt(index === 0 ? 1 : 0, 10)).join('')
export const hex = (count: number): string => randomBytes(count / 2).toString('hex')
export const urlSafe = (count: number): string => randomBytes(count).toString('base64url').slice(0, count)

export function tell(service: Service, message: string): void {
  service.events.unshift({ id: randomUUID(), createdAt: new Date(), message: `(service ${service.name}) ${message}` })
}

/** Tasks of the service that have not ended. */
export function alive(world: World, service: Service): Task[] {
  return tasksOf(world, service).filter(({ lastStatus }) => lastStatus !== 'STOPPED')
}

export function tasksOf({ tasks }: World, { cluster, name }: Service): Task[] {
  return [...tasks.values()].filter((task) => task.cluster === cluster && task.service === name)
}

export function clusterOf(world: World, { cluster }: { cluster?: string | undefined }): string {
  const name = nameOf(cluster ?? 'default')
  if (world.clusters.has(name)) return name
  throw new Refusal('ClusterNotFoundException', 'Cluster not found.')
}

interface Named {
  readonly cluster?: string | undefined
  readonly service: string | undefined
}

export function serviceOf(world: World, input: Named): Service {
  const service = world.services.get(`${clusterOf(world, input)}/${nameOf(input.service ?? '')}`)
  if (!service) throw new Refusal('ServiceNotFoundException', 'Service not found.')
  return service
}

export function activeService(world: World, input: Named): Service {
  const service = serviceOf(world, input)
  if (service.status !== 'ACTIVE') throw new Refusal('ServiceNotActiveException', 'Service was not ACTIVE.')
  return service
}

/** What is described one by one: what is there, and a failure for each that is not. */
export function described<T>(
  arns: readonly string[] | undefined,
  most: number,
  find: (arn: string) => T | undefined,
): { found: T[]; failures: Failure[] } {
  if (!arns?.length) throw new Refusal('InvalidParameterException', 'The list cannot be empty.')
  if (arns.length > most)
    throw new Refusal('InvalidParameterException', `The list cannot have more than ${String(most)} items.`)
  const all = arns.map((arn) => ({ arn, found: find(arn) }))
  return {
    found: all.flatMap(({ found }) => found ?? []),
    failures: all.flatMap(({ arn, found }) => (found === undefined ? { arn, reason: 'MISSING' } : [])),
  }
}

/** One page; the token is opaque and only this list's. */
export function page<T>(
  items: readonly T[],
  input: { nextToken?: string | undefined; maxResults?: number | undefined },
  most: number,
): { items: T[]; nextToken: string | undefined } {
  const from = Number(Buffer.from(input.nextToken ?? '', 'base64url').toString())
  if (Number.isNaN(from)) throw new Refusal('InvalidParameterException', 'Invalid token.')
  const end = from + Math.min(input.maxResults ?? most, 100)
  const nextToken = end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined
  return { items: items.slice(from, end), nextToken }
}
