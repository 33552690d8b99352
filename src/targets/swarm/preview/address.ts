/** Where a deployed preview answers: by a proxy's label, else at a published port. */
import * as v from 'valibot'
import type { Duration } from '../../../domain/duration.ts'
import type { Clock, EngineApi } from '../../../ports.ts'
import type { Swarm } from '../engine.ts'
import { accepted } from '../engine.ts'
import type { PreviewStack } from './stack.ts'

export interface AddressContext {
  readonly api: EngineApi
  readonly swarm: Swarm
  readonly clock: Clock
  readonly stack: PreviewStack
}

/** The engine gives ports within moments. */
const GIVEN_WITHIN_MS: Duration = 10_000
const ASK_EVERY_MS: Duration = 300

const Port = v.object({
  Protocol: v.optional(v.string(), 'tcp'),
  TargetPort: v.optional(v.number(), 0),
  PublishedPort: v.optional(v.number(), 0),
  PublishMode: v.optional(v.string(), 'ingress'),
})
type Port = v.InferOutput<typeof Port>

const Services = v.array(
  v.object({
    ID: v.string(),
    Spec: v.object({ Name: v.string() }),
    Endpoint: v.optional(v.object({ Ports: v.nullish(v.array(Port)) })),
  }),
)
const Tasks = v.array(
  v.object({
    NodeID: v.optional(v.string(), ''),
    Status: v.object({ PortStatus: v.optional(v.object({ Ports: v.nullish(v.array(Port)) })) }),
  }),
)

export async function addressOf(context: AddressContext, signal: AbortSignal): Promise<string | undefined> {
  const { clock, stack } = context
  const { names, services, urls } = stack
  const inOrder = [...names, ...[...services.keys()].filter((name) => !names.includes(name))]
  const shown = inOrder.map((name) => urls.get(name)).find((url) => url !== undefined)
  if (shown !== undefined) return shown
  const publishing = inOrder.filter((name) => (services.get(name)?.spec.EndpointSpec?.Ports ?? []).length > 0)
  const until = clock.now() + GIVEN_WITHIN_MS
  while (publishing.length > 0 && !signal.aborted) {
    const found = await published(context, publishing)
    if (found !== undefined || clock.now() >= until) return found
    await clock.sleep(ASK_EVERY_MS, signal)
  }
  return undefined
}

async function published({ api, swarm }: AddressContext, names: readonly string[]): Promise<string | undefined> {
  const answer = await api.request('GET', '/services', { query: { filters: { name: names } } })
  const listed = v.parse(Services, accepted(api, answer, 'list services'))
  for (const name of names) {
    const service = listed.find(({ Spec }) => Spec.Name === name)
    const ports = (service?.Endpoint?.Ports ?? []).filter(({ Protocol }) => Protocol === 'tcp')
    const ingress = ports.find(({ PublishMode, PublishedPort }) => PublishMode === 'ingress' && PublishedPort > 0)
    if (ingress) return urlOf(await managerHost(api, swarm), ingress)
    if (service && ports.some(({ PublishMode }) => PublishMode === 'host')) {
      const found = await hostPort({ api, swarm }, service.ID)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** A port of the node that a task runs on. */
async function hostPort(
  { api, swarm }: Pick<AddressContext, 'api' | 'swarm'>,
  id: string,
): Promise<string | undefined> {
  const filters = { service: [id], 'desired-state': ['running'] }
  const tasks = v.parse(Tasks, accepted(api, await api.request('GET', '/tasks', { query: { filters } }), 'list tasks'))
  for (const { NodeID, Status } of tasks) {
    const port = (Status.PortStatus?.Ports ?? []).find(
      ({ Protocol, PublishedPort }) => Protocol === 'tcp' && PublishedPort > 0,
    )
    if (port === undefined) continue
    const [{ Swarm: own }, nodes] = await Promise.all([swarm.info(), swarm.nodes()])
    const node = nodes.find(({ ID }) => ID === NodeID)
    return urlOf(NodeID === own?.NodeID ? await managerHost(api, swarm) : (node?.Status?.Addr ?? ''), port)
  }
  return undefined
}

/** As it is reached from here; behind a socket, as the Swarm knows it. */
async function managerHost(api: EngineApi, swarm: Swarm): Promise<string> {
  if (/^(?:tcp|ssh|https?):\/\//.test(api.endpoint) && URL.canParse(api.endpoint)) return new URL(api.endpoint).hostname
  const { Swarm: own } = await swarm.info()
  return own?.NodeAddr ?? ''
}

function urlOf(host: string, { TargetPort: target, PublishedPort: published }: Port): string | undefined {
  if (host === '' || host === '0.0.0.0') return undefined
  const scheme = target === 443 || target === 8443 ? 'https' : 'http'
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return `${scheme}://${name}:${String(published)}`
}
