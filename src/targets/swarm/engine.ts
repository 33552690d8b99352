/** The few calls of the Engine API that Swarm needs, with the engine's refusals as DeployErrors. */
import * as v from 'valibot'
import type { ReasonCode } from '../../errors/catalogue.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { EngineAnswer, EngineApi } from '../../ports.ts'
import { NETWORK_AWAY } from './network-away.ts'
import * as schema from './schema.ts'
import type { Service, ServiceSpec, Task } from './schema.ts'

/** Somebody else wrote the service between our read and our write. */
export class OutOfSequence extends Error {}

export interface Swarm {
  readonly endpoint: string
  info(): Promise<v.InferOutput<typeof schema.Info>>
  /** Of these exact names, in one call; `skew` is how far the engine's clock is ahead of ours, ms. */
  services(names: readonly string[], now?: () => number): Promise<{ services: Service[]; skew: number }>
  /** The same by a label, `key=value`. */
  labelled(label: string, now?: () => number): Promise<{ services: Service[]; skew: number }>
  tasks(serviceIds: readonly string[]): Promise<Task[]>
  nodes(): Promise<schema.Node[]>
  /** Containers of this engine among these ids. */
  containers(ids: readonly string[]): Promise<v.InferOutput<typeof schema.ContainerSummary>[]>
  container(id: string): Promise<v.InferOutput<typeof schema.ContainerDetails> | undefined>
  image(reference: string): Promise<schema.ImageDetails | undefined>
  /** @throws OutOfSequence when the version index is not the newest */
  update(id: string, version: number, spec: ServiceSpec, auth: Auth): Promise<void>
  create(spec: ServiceSpec, auth: Auth): Promise<string>
  remove(id: string): Promise<void>
}

/** Registry credentials that go along: given ones, or those the engine holds for this or the previous spec. */
export type Auth = { readonly header: string } | { readonly from: 'spec' | 'previous-spec' }

export function createSwarm(api: Pick<EngineApi, 'endpoint' | 'request'>): Swarm {
  const get = async (path: string, query?: Record<string, string | boolean | object>): Promise<EngineAnswer> =>
    api.request('GET', path, query === undefined ? {} : { query })

  return {
    endpoint: api.endpoint,
    async info() {
      return parse(schema.Info, accepted(api, await get('/info'), 'read its own state'))
    },
    async services(names, now = Date.now) {
      if (names.length === 0) return { services: [], skew: 0 }
      const answer = await get('/services', { filters: { name: names } })
      const listed = parse(v.array(schema.Service), accepted(api, answer, 'list services'))
      const wanted = new Set(names) // The engine's filter matches prefixes
      return { services: listed.filter((service) => wanted.has(service.Spec.Name)), skew: skewOf(answer, now()) }
    },
    async labelled(label, now = Date.now) {
      const answer = await get('/services', { filters: { label: [label] } })
      const services = parse(v.array(schema.Service), accepted(api, answer, 'list services'))
      return { services, skew: skewOf(answer, now()) }
    },
    async tasks(serviceIds) {
      if (serviceIds.length === 0) return []
      const answer = await get('/tasks', { filters: { service: serviceIds } })
      if (answer.status === 404) return [] // It was removed since it was listed: the next observation says so
      return parse(v.array(schema.Task), accepted(api, answer, 'list tasks'))
    },
    async nodes() {
      return parse(v.array(schema.Node), accepted(api, await get('/nodes'), 'list nodes'))
    },
    async containers(ids) {
      if (ids.length === 0) return []
      const answer = await get('/containers/json', { all: true, filters: { id: ids } })
      return parse(v.array(schema.ContainerSummary), accepted(api, answer, 'list containers'))
    },
    async container(id) {
      const answer = await get(`/containers/${encodeURIComponent(id)}/json`)
      return answer.status === 200 ? parse(schema.ContainerDetails, answer.json()) : undefined
    },
    async image(reference) {
      const answer = await get(`/images/${reference}/json`)
      return answer.status === 200 ? parse(schema.ImageDetails, answer.json()) : undefined
    },
    async update(id, version, spec, auth) {
      const answer = await api.request('POST', `/services/${id}/update`, {
        query: { version, ...('from' in auth ? { registryAuthFrom: auth.from } : {}) },
        body: spec,
        ...authHeaders(auth),
      })
      if (answer.status >= 400 && /out of sequence/i.test(answer.message())) throw new OutOfSequence()
      accepted(api, answer, `update service ${spec.Name}`)
    },
    async create(spec, auth) {
      const answer = await api.request('POST', '/services/create', { body: spec, ...authHeaders(auth) })
      const created = parse(v.object({ ID: v.string() }), accepted(api, answer, `create service ${spec.Name}`))
      return created.ID
    },
    async remove(id) {
      const answer = await api.request('DELETE', `/services/${id}`)
      if (answer.status !== 404) accepted(api, answer, `remove service ${id}`)
    },
  }
}

function authHeaders(auth: Auth): { headers?: Record<string, string> } {
  return 'header' in auth ? { headers: { 'X-Registry-Auth': auth.header } } : {}
}

/** The body of an answer that is not a refusal. */
export function accepted(api: { endpoint: string }, answer: EngineAnswer, to: string): unknown {
  if (answer.status < 400) return answer.json()
  throw new DeployError(codeOf(answer), `the engine at ${api.endpoint} refuses to ${to}: ${answer.message()}`, {
    evidence: [`HTTP ${String(answer.status)}`],
    isLasting: answer.status === 401,
  })
}

/** What the engine says counts before the status: it answers 500 to much where only the request is wrong. */
const BY_MESSAGE: readonly (readonly [RegExp, ReasonCode])[] = [
  [/port '?\d+'? is already in use/i, 'port-in-use'],
  [NETWORK_AWAY, 'network-unavailable'],
  [/(?:secret|config)s? .*(?:not found|does not exist)/i, 'bad-config-reference'],
  [/name conflicts with an existing object|already exists/i, 'another-rollout'],
  [/no leader|does not have a leader|not a swarm manager|context deadline exceeded/i, 'target-unreachable'],
]

const BY_STATUS: Readonly<Record<number, ReasonCode>> = {
  400: 'manifest-invalid',
  404: 'workload-gone',
  409: 'another-rollout',
  500: 'target-error',
  503: 'target-unreachable',
}

export function codeOf(answer: Pick<EngineAnswer, 'status' | 'message'>): ReasonCode {
  const message = answer.message()
  const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1]
  return byMessage ?? BY_STATUS[answer.status] ?? 'target-denied'
}

function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return parsed.output
  const issue = parsed.issues[0]
  throw new DeployError('internal-error', `the engine's answer is not understood: ${issue.message}`, {
    evidence: [v.getDotPath(issue) ?? ''],
  })
}

/** `Date` has whole seconds: less than two of them are not a difference. */
function skewOf(answer: EngineAnswer, now: number): number {
  const skew = Date.parse(String(answer.headers.date)) - now
  return Math.abs(skew) >= 2000 ? skew : 0
}
