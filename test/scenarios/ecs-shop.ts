// A shop on Amazon ECS: the double on the wire with scripted tasks, which lets the action make only the calls that the
// documented policy allows, and whose answers are held against the SDK's model.
import { CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { expect, vi } from 'vitest'
import { policy } from '../../src/targets/ecs/policy.ts'
import { faultsOf } from '../harness/aws/model.ts'
import type { Double, DoubleOptions } from '../harness/ecs/index.ts'
import { CREDENTIALS, startDouble } from '../harness/ecs/index.ts'
import type { Service } from '../harness/ecs/model.ts'
import type { Policy } from '../harness/aws/policy.ts'
import { ScriptedRuntime } from '../harness/ecs/scripted.ts'
import type { RunOptions } from '../harness/runner.ts'
import type { Told, WorldOptions } from './world.ts'
import { World } from './world.ts'

/** What ran before the first release. */
export const OLD = `sha256:${'a'.repeat(64)}`
export const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } }
export const PAUSED = {
  strategy: 'BLUE_GREEN',
  bakeTimeInMinutes: 1,
  lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
} as const

export interface ServiceOptions {
  readonly name?: string
  readonly count?: number
  /** More of the service, as CreateService takes it. */
  readonly more?: object
  /** More of its released container. */
  readonly container?: object
}

/** Inputs and what the runner does, with what the shop needs added. */
export class EcsShop {
  readonly world: World
  readonly runtime: ScriptedRuntime
  readonly double: Double
  readonly client: ECSClient
  readonly #faults: string[]

  private constructor(world: World, runtime: ScriptedRuntime, double: Double, faults: string[]) {
    this.world = world
    this.runtime = runtime
    this.double = double
    this.#faults = faults
    this.client = new ECSClient({ endpoint: double.url, region: double.world.region, credentials: CREDENTIALS })
  }

  static async open(options: DoubleOptions = {}, worldOptions: WorldOptions = {}): Promise<EcsShop> {
    const faults: string[] = []
    const runtime = new ScriptedRuntime()
    const onAnswer = (operation: string, output: object) => faults.push(...faultsOf(operation, output))
    const double = await startDouble({ policy: policy() as Policy, onAnswer, ...options, runtime })
    return new EcsShop(await World.open(worldOptions), runtime, double, faults)
  }

  async close(): Promise<void> {
    this.client.destroy()
    await this.double.close()
    await this.world.close()
    expect(this.#faults).toEqual([])
  }

  /** A revision with a side-car, as somebody else registered it. */
  async register(family = 'web', container: object = {}, digest = OLD): Promise<string> {
    const image = `${this.world.image}@${digest}`
    const containerDefinitions = [
      { name: 'app', image, environment: [{ name: 'LEVEL', value: 'one' }], ...container },
      { name: 'proxy', image: `registry.test/proxy@${OLD}`, essential: false },
    ]
    const answer = await this.client.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }))
    return answer.taskDefinition?.taskDefinitionArn ?? ''
  }

  /** A service that runs the old version. */
  async create(configuration: object = {}, options: ServiceOptions = {}): Promise<void> {
    const { name = 'web', count = 2, more = {}, container = {} } = options
    const taskDefinition = await this.register(name, container)
    const input = {
      serviceName: name,
      taskDefinition,
      desiredCount: count,
      deploymentConfiguration: configuration,
      ...more,
    }
    await this.client.send(new CreateServiceCommand(input))
    await this.until(() => expect(this.service(name).deployments[0]?.rolloutState).toBe('COMPLETED'))
    this.double.world.calls.length = 0
  }

  service(name = 'web'): Service {
    const service = this.double.world.services.get(`default/${name}`)
    if (!service) throw new Error(`there is no service ${name}`)
    return service
  }

  /** Digests that the released containers of the live tasks run. */
  digests(name = 'web'): (string | undefined)[] {
    return [...this.double.world.tasks.values()]
      .filter((task) => task.service === name && task.desiredStatus === 'RUNNING')
      .map(({ containers }) => containers.find(({ name: container }) => container === 'app')?.imageDigest)
  }

  #inputs(more: Record<string, string>): Record<string, string> {
    return { 'deploy-to': 'ecs', workload: 'web', timeout: '30s', ...more }
  }

  release(more: Record<string, string> = {}, options: RunOptions = {}): Promise<Told> {
    return this.world.release(this.#inputs(more), { ...options, env: { ...this.double.env, ...options.env } })
  }

  rollback(more: Record<string, string> = {}, options: RunOptions = {}): Promise<Told> {
    return this.world.rollback(this.#inputs(more), { ...options, env: { ...this.double.env, ...options.env } })
  }

  /** Every version that is built from now on ends like that; the old one does not. */
  crashes(code = 3, afterMs = 50): void {
    this.runtime.otherwise = { exit: { code, afterMs }, logs: ['listening', 'panic: no database'] }
    this.runtime.behaviours.set(OLD, {})
  }

  until<T>(look: () => T | Promise<T>): Promise<T> {
    return vi.waitFor(look, { timeout: 30_000, interval: 30 })
  }

  /** The update was sent. */
  async sent(): Promise<void> {
    await this.until(() => expect(this.double.mutations()).toContain('UpdateService'))
  }
}
