// An Amazon ECS of our own to test against: the API on the wire, the scheduler, and a dial for everything that can go wrong.
// docs: the API reference of Amazon ECS, AWS JSON 1.1; what it answers is held against the SDK's own model in conform.ts.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Rule } from './dial.ts'
import type { Document } from './model.ts'
import { Refusal } from './model.ts'
import type { Operation } from './operations.ts'
import { isMutating, OPERATIONS } from './operations.ts'
import type { Asked, Policy } from './policy.ts'
import { actionOf, checkPolicy, denied } from './policy.ts'
import type { Runtime } from './runtime.ts'
import { ScriptedRuntime } from './runtime.ts'
import { tick } from './scheduler.ts'
import type { Credentials } from './signature.ts'
import { checkSignature } from './signature.ts'
import { addressed, errorText } from './wire.ts'
import type { Call, Knobs, World } from './world.ts'
import { createWorld, nameOf } from './world.ts'

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
  const snapshots = new Map<string, Document | string>()
  const front: Front = { ...options, world, credentials, snapshots }
  const server = createServer((request, response) => void serve(front, request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  let ticking = Promise.resolve()
  const timer = setInterval(() => {
    ticking = ticking.then(() => tick(world)).catch(() => undefined)
  }, world.knobs.tick)
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
      world.calls
        .filter(({ operation, status }) => isMutating(operation) && status === 200)
        .map(({ operation }) => operation),
    calls: (operation) => world.calls.filter((call) => operation === undefined || call.operation === operation),
    async close() {
      clearInterval(timer)
      await ticking
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await world.runtime.close()
    },
  }
}

interface Front extends DoubleOptions {
  readonly world: World
  readonly credentials: Credentials
  /** The last answer of each read, for stale reads. */
  readonly snapshots: Map<string, Document | string>
}

async function serve(front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, credentials, policy } = front
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const { service, operation, parse } = addressed(request, body)
  const send = (status: number, output: Document | string): void => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': crypto.randomUUID() }
    response.writeHead(status, headers).end(typeof output === 'string' ? output : JSON.stringify(output))
  }
  let input: Document = {}
  let status = 200
  let accessKeyId = ''
  try {
    const { method = '', url = '', headers } = request
    const known = [credentials, CREDENTIALS]
    accessKeyId = checkSignature({ method, path: url, headers, body }, known, { region: world.region, service })
    input = parse()
    if (policy && accessKeyId === credentials.accessKeyId) checkPolicy(world, policy, { service, operation, input })
    const fault = await fail(world, { service, operation, input })
    if (fault === 'silent' || fault === 'reset') {
      // Not taken, and not answered.
      status = 0
      if (fault === 'reset') request.socket.destroy()
      return
    }
    const run = OPERATIONS[service]?.[operation]
    if (!run) throw new Refusal('UnknownOperationException', `Unknown operation ${operation}`)
    const output = answer(front, { operation, input, run, stale: fault === 'stale' })
    if (fault === 'silent-after') return
    if (fault === 'reset-after') return void request.socket.destroy()
    const text = typeof output === 'string' ? output : JSON.stringify(output)
    send(200, fault === 'truncate' ? text.slice(0, Math.ceil(text.length / 2)) : text)
  } catch (error) {
    status = error instanceof Refusal ? error.status : 500
    const type = error instanceof Refusal ? error.type : 'ServerException'
    send(status, errorText(service, type, error instanceof Error ? error.message : String(error)))
  } finally {
    world.calls.push({ service, accessKeyId, operation, input, at: Date.now(), status })
  }
}

function answer(
  { world, snapshots, onAnswer }: Front,
  { operation, input, run, stale }: { operation: string; input: Document; run: Operation; stale: boolean },
): Document | string {
  const key = `${operation} ${JSON.stringify(input)}`
  const old = stale ? snapshots.get(key) : undefined
  const output = old ?? run(world, input)
  // A snapshot: later changes of the world must not reach it.
  snapshots.set(key, structuredClone(output))
  if (typeof output !== 'string' && operation !== 'GetResources') onAnswer?.(operation, output)
  return output
}

/** Faults before the operation; what is to happen after it is returned. */
async function fail(world: World, { service: api, operation, input }: Asked): Promise<Rule['kind'] | undefined> {
  const services = Array.isArray(input.services) ? input.services : [input.service ?? input.serviceName]
  const service = typeof services[0] === 'string' ? nameOf(services[0]) : undefined
  const kinds = [
    'throttle',
    'server-error',
    'reset',
    'reset-after',
    'latency',
    'deny',
    'truncate',
    'silent',
    'silent-after',
    'stale',
  ] as const
  const rule = world.dial.take(kinds, operation, service)
  switch (String(rule?.kind)) {
    case 'throttle':
      throw new Refusal('ThrottlingException', 'Rate exceeded')
    case 'server-error':
      throw new Refusal('ServerException', 'Service Unavailable. Please try again later.', 500)
    case 'deny':
      throw denied(world, actionOf(api, operation))
    case 'latency':
      await new Promise((resolve) => setTimeout(resolve, rule?.ms ?? 200))
      return undefined
    default:
      return rule?.kind
  }
}
