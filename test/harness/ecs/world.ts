// The state of the double: what exists, its knobs, and how things get their names.
import { randomBytes, randomInt } from 'node:crypto'
import { Dial } from './dial.ts'
import type { Hook, Revision, Rollout, Service, ServiceDeployment, Task, TaskDefinition } from './model.ts'
import type { Runtime } from './runtime.ts'

/** Times in ms. `minute` is how long one of AWS's minutes lasts here. */
export interface Knobs {
  tick: number
  provision: number
  grace: number
  backOff: number
  deploymentStart: number
  drain: number
  completeLag: number
  stopTimeout: number
  minute: number
  /** After a rollback the old deployment becomes PRIMARY again, or a new one with its task definition; nobody knows which. */
  rollbackId: 'reuse' | 'new'
  versionConsistency: boolean
}

export const KNOBS: Knobs = {
  tick: 50,
  provision: 30,
  grace: 150,
  backOff: 100,
  deploymentStart: 30,
  drain: 0,
  completeLag: 0,
  stopTimeout: 2000,
  minute: 1000,
  rollbackId: 'reuse',
  versionConsistency: true,
}

export interface Call {
  /** `ecs`, `logs`, `tagging` or `ec2`. */
  readonly service: string
  readonly operation: string
  /** Who signed it. */
  readonly accessKeyId: string
  readonly input: Record<string, unknown>
  readonly at: number
  readonly status: number
}

export interface World {
  readonly region: string
  readonly account: string
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
  Array.from({ length: count }, (_, index) => (index === 0 ? randomInt(1, 10) : randomInt(10))).join('')
export const hex = (count: number): string => randomBytes(count / 2).toString('hex')
const urlSafe = (): string => randomBytes(16).toString('base64url').slice(0, 21)

export function arn({ region, account }: World, rest: string): string {
  return `arn:aws:ecs:${region}:${account}:${rest}`
}

/** The last part of an ARN, or the name itself. */
export const nameOf = (text: string): string => text.split('/').at(-1) ?? text

export function newRevision(world: World, { cluster, name }: Service, taskDefinition: TaskDefinition): Revision {
  return {
    arn: arn(world, `service-revision/${cluster}/${name}/${digits(19)}`),
    taskDefinition,
    createdAt: Date.now(),
    digests: new Map(),
    testWeight: 0,
    productionWeight: 0,
  }
}

export function newRollout(revision: Revision): Rollout {
  const id = `ecs-svc/${digits(19)}`
  const now = Date.now()
  const reason = `ECS deployment ${id} in progress.`
  return {
    id,
    revision,
    status: 'PRIMARY',
    state: 'IN_PROGRESS',
    reason,
    failedTasks: 0,
    notBefore: 0,
    createdAt: now,
    updatedAt: now,
  }
}

/** A new rollout to that revision, and the service deployment that follows it. */
export function begin(world: World, service: Service, revision: Revision): Rollout {
  const now = Date.now()
  const target = newRollout(revision)
  const sources = service.rollouts.filter(({ state }) => state === 'COMPLETED').map((rollout) => rollout.revision)
  for (const rollout of service.rollouts) rollout.status = 'ACTIVE'
  const [running] = service.deployments
  if (running && !running.finishedAt) {
    finish(running, 'STOPPED', 'Superseded by a newer service deployment.')
  }
  service.rollouts.unshift(target)
  service.deployments.unshift({
    arn: arn(world, `service-deployment/${service.cluster}/${service.name}/${urlSafe()}`),
    target,
    sources,
    createdAt: now,
    updatedAt: now,
    status: 'PENDING',
    reason: '',
    stageSince: now,
    hooks: [],
  })
  return target
}

export function finish(deployment: ServiceDeployment, status: ServiceDeployment['status'], reason: string): void {
  deployment.status = status
  deployment.reason = reason
  deployment.finishedAt = Date.now()
  deployment.updatedAt = deployment.finishedAt
  delete deployment.stage
}

export function newHook(stage: string, expiresAt: number, timeoutAction: Hook['timeoutAction']): Hook {
  return {
    hookId: `ecs-pause-${randomBytes(32).toString('base64url')}`,
    stage,
    status: 'AWAITING_ACTION',
    expiresAt,
    timeoutAction,
  }
}

export function tell(service: Service, message: string): void {
  const id = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`
  service.events.unshift({ id, createdAt: Date.now(), message: `(service ${service.name}) ${message}` })
}

export function tasksOf({ tasks }: World, { cluster, name }: Service): Task[] {
  return [...tasks.values()].filter((task) => task.cluster === cluster && task.service === name)
}
