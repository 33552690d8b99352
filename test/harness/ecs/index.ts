// An Amazon ECS of our own to test against: the API on the wire, the scheduler, and a dial for everything that can go wrong.
// docs: the API reference of Amazon ECS, AWS JSON 1.1; what it takes and answers is held against the SDK's own model.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Policy } from '../aws/policy.ts'
import type { Credentials } from '../aws/signature.ts'
import type { Document } from '../aws/wire.ts'
import type { Rule } from './dial.ts'
import { serve } from './front.ts'
import { isMutating } from './operations.ts'
import type { Runtime } from './runtime.ts'
import { tick } from './scheduler.ts'
import { ScriptedRuntime } from './scripted.ts'
import type { Call, Knobs, World } from './world.ts'
import { createWorld } from './world.ts'

export interface DoubleOptions {
  readonly runtime?: Runtime
  readonly knobs?: Partial<Knobs>
  /** What the action signs with; ends when a test says so. */
  readonly credentials?: Credentials
  /** What the action may do; everything by default. */
  readonly policy?: Policy
  /** Called with every answer, for the check against the SDK's model. */
  readonly onAnswer?: (operation: string, output: Document) => void
}

export interface Double {
  readonly url: string
  readonly world: World
  /** What the action signs with. */
  readonly credentials: Credentials
  /** What the action needs to reach it. */
  readonly env: Readonly<Record<string, string>>
  dial(...rules: Rule[]): void
  /** Names of the calls that change something, in order. */
  mutations(): string[]
  calls(operation?: string): readonly Call[]
  close(): Promise<void>
}

/** What tests sign with themselves: no policy holds them. */
export const CREDENTIALS: Credentials = { accessKeyId: 'AKIDOUBLE', secretAccessKey: 'double-secret' }
const ACTION: Credentials = { accessKeyId: 'AKIACTION', secretAccessKey: 'action-secret' }

export async function startDouble(options: DoubleOptions = {}): Promise<Double> {
  const world = createWorld(options.runtime ?? new ScriptedRuntime(), options.knobs ?? {})
  const credentials = options.credentials ?? { ...ACTION }
  const front = { ...options, world, credentials, tester: CREDENTIALS, answers: new Map<string, string>() }
  const server = createServer((request, response) => void serve(front, request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  let ticking = Promise.resolve()
  const timer = setInterval(() => {
    ticking = ticking.then(() => tick(world)).catch(() => undefined)
  }, world.knobs.tick)
  const calls = (operation?: string) =>
    world.calls.filter((call) => operation === undefined || call.operation === operation)
  return {
    url,
    world,
    credentials,
    env: {
      AWS_ENDPOINT_URL_ECS: url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
      AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: url,
      AWS_ENDPOINT_URL_EC2: url,
      AWS_REGION: world.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    dial: (...rules) => world.dial.set(...rules),
    mutations: () =>
      calls().flatMap(({ operation, status }) => (isMutating(operation) && status === 200 ? operation : [])),
    calls,
    async close() {
      clearInterval(timer)
      await ticking
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await world.runtime.close()
    },
  }
}
