/** Where a deployed preview answers: an Ingress, a gateway's route, a load balancer, a port of the nodes. */
import * as v from 'valibot'
import type { Preview } from '../../../domain/preview.ts'
import { cancelled } from '../../../errors/deploy-error.ts'
import type { Manifest } from '../apply/manifests.ts'
import { read } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import { listObjects } from '../api/list.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, listOf, textOf, valueAt } from './fields.ts'
import { groupOf } from './kinds.ts'
import { selectorOf } from './ownership.ts'
import type { RemovalLimit } from './removal.ts'

const ASK_EVERY_MS = 1000

interface AddressContext {
  readonly cluster: Cluster
  readonly preview: Preview
  /** How long a load balancer is waited for. */
  readonly limit: RemovalLimit
  readonly warn: (text: string) => void
}

/** undefined: nothing leads to it from outside of the cluster. */
export async function addressOf(context: AddressContext, manifests: readonly Manifest[]): Promise<string | undefined> {
  const objects = manifests.map(({ object }) => object)
  const [host] = objects.flatMap(ingressAddress)
  if (host !== undefined) return host
  for (const object of objects) {
    const route = await routeAddress(context, object)
    if (route !== undefined) return route
  }
  const services = objects.filter(({ kind }) => kind === 'Service')
  const balanced = services.find((object) => valueAt(object, 'spec.type') === 'LoadBalancer')
  if (balanced) return balancerAddress(context, nameOf(balanced))
  const published = services.find((object) => valueAt(object, 'spec.type') === 'NodePort')
  return published ? nodeAddress(context, nameOf(published)) : undefined
}

function nameOf(object: Fields): string {
  return textOf(valueAt(object, 'metadata.name')) ?? ''
}

function ingressAddress(object: Fields): string[] {
  if (object['kind'] !== 'Ingress') return []
  return listOf(valueAt(object, 'spec.rules')).flatMap((rule) => {
    const host = textOf(fieldsOf(rule)['host'])
    if (host === undefined || host.includes('*')) return []
    const [path] = listOf(valueAt(rule, 'http.paths')).flatMap((one) => textOf(fieldsOf(one)['path']) ?? [])
    return [
      `${isEncrypted(object, host) ? 'https' : 'http'}://${host}${path === undefined || path === '/' ? '' : plainPath(path)}`,
    ]
  })
}

/** A path that is a pattern leads nowhere. */
function plainPath(path: string): string {
  return /^[\w/.~-]*$/.test(path) ? path : ''
}

function isEncrypted(object: Fields, host: string): boolean {
  return listOf(valueAt(object, 'spec.tls')).some((tls) => {
    const hosts = listOf(fieldsOf(tls)['hosts'])
    const wildcard = `*${host.slice(host.indexOf('.'))}`
    return hosts.length === 0 || hosts.includes(host) || hosts.includes(wildcard)
  })
}

const GatewaySchema = v.object({
  spec: v.object({
    listeners: v.array(v.object({ name: v.string(), protocol: v.string(), hostname: v.nullish(v.string()) })),
  }),
})

async function routeAddress({ cluster }: AddressContext, object: Fields): Promise<string | undefined> {
  if (groupOf(object) !== 'gateway.networking.k8s.io') return undefined
  const hosts = listOf(valueAt(object, 'spec.hostnames')).flatMap((one) => textOf(one) ?? [])
  const host = hosts.find((one) => !one.includes('*'))
  if (host === undefined) return undefined
  const parents = listOf(valueAt(object, 'spec.parentRefs')).map(fieldsOf)
  const encrypted = await Promise.all(parents.map((parent) => isGatewayEncrypted(cluster, parent, host)))
  // Where the Gateway may not be read: most of them end TLS.
  const isPlain = encrypted.length > 0 && encrypted.every((one) => one === false)
  return `${isPlain ? 'http' : 'https'}://${host}`
}

/** undefined: it may not be read. */
async function isGatewayEncrypted(
  { api, namespace }: Cluster,
  parent: Fields,
  host: string,
): Promise<boolean | undefined> {
  const [name, sectionName] = [textOf(parent['name']) ?? '', textOf(parent['sectionName'])]
  const at = textOf(parent['namespace']) ?? namespace
  const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${encodeURIComponent(at)}/gateways/${encodeURIComponent(name)}`
  const answer = await api.request('GET', path)
  const parsed = v.safeParse(GatewaySchema, answer.body)
  if (answer.status !== 200 || !parsed.success) return undefined
  return parsed.output.spec.listeners.some((listener) => {
    const isMeant = sectionName === undefined || sectionName === listener.name
    return isMeant && isServed(listener.hostname, host) && /^(?:HTTPS|TLS)$/.test(listener.protocol)
  })
}

function isServed(hostname: string | null | undefined, host: string): boolean {
  if (!hostname || hostname === host) return true
  return hostname.startsWith('*.') && host.endsWith(hostname.slice(1))
}

const ServiceSchema = v.object({
  spec: v.object({
    ports: v.nullish(
      v.array(
        v.object({
          port: v.number(),
          nodePort: v.nullish(v.number()),
          name: v.nullish(v.string()),
          appProtocol: v.nullish(v.string()),
        }),
      ),
    ),
  }),
  status: v.nullish(
    v.object({
      loadBalancer: v.nullish(
        v.object({
          ingress: v.nullish(v.array(v.object({ ip: v.nullish(v.string()), hostname: v.nullish(v.string()) }))),
        }),
      ),
    }),
  ),
})
type Port = NonNullable<v.InferOutput<typeof ServiceSchema>['spec']['ports']>[number]

/** Balancers are made while the pods start, and often later. */
async function balancerAddress({ cluster, limit, warn }: AddressContext, name: string): Promise<string | undefined> {
  const { paths, clock } = cluster
  const { signal } = limit
  for (const until = clock.now() + limit.within; ;) {
    const service = await read(cluster, paths.service(name), ServiceSchema)
    const [place] = service?.status?.loadBalancer?.ingress ?? []
    const host = place?.hostname ?? place?.ip ?? undefined
    const [port] = service?.spec.ports ?? []
    if (host !== undefined && port) return urlOf(host, port, port.port)
    if (signal?.aborted) throw cancelled()
    if (!service || clock.now() > until) {
      warn(`the load balancer of service/${name} has no address yet`)
      return undefined
    }
    await clock.sleep(ASK_EVERY_MS, signal)
  }
}

const PodSchema = v.object({ status: v.nullish(v.object({ hostIP: v.nullish(v.string()) })) })

/** A node on which one of its pods runs: nodes themselves belong to the cluster, and few steps may read them. */
async function nodeAddress({ cluster, preview }: AddressContext, name: string): Promise<string | undefined> {
  const { paths } = cluster
  const [service, pods] = await Promise.all([
    read(cluster, paths.service(name), ServiceSchema),
    listObjects(cluster, paths.pods, PodSchema, { labelSelector: selectorOf(preview) }),
  ])
  const [port] = service?.spec.ports ?? []
  const [host] = pods.items.flatMap(({ status }) => status?.hostIP ?? [])
  return host === undefined || !port?.nodePort ? undefined : urlOf(host, port, port.nodePort)
}

function urlOf(host: string, { name, appProtocol, port }: Port, at: number): string {
  const isEncrypted = port === 443 || port === 8443 || appProtocol === 'https' || /^https(?:-|$)/.test(name ?? '')
  const usual = isEncrypted ? 443 : 80
  const place = host.includes(':') ? `[${host}]` : host
  return `${isEncrypted ? 'https' : 'http'}://${place}${at === usual ? '' : `:${String(at)}`}`
}
