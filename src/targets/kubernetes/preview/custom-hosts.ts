/** Hosts in kinds that Kubernetes does not define: routers and certificates of all makers. Pure. */
import { ownAddress } from './addresses.ts'
import type { Fields } from './fields.ts'
import { changedAt, changedObjects, changedTexts, fieldsOf, listOf, textOf, valueAt } from './fields.ts'
import { groupOf, isOfTheMesh } from './kinds.ts'
import type { HostContext } from './own-host.ts'
import { ownHost, refuseHost } from './own-host.ts'
import { isTemplated } from './template.ts'
import { withOwnMatches } from './traefik-match.ts'

/** Their hosts are where traffic goes to, and nothing that the preview answers at. */
const OUTGOING: ReadonlySet<string> = new Set([
  ...['ServiceEntry', 'DestinationRule', 'Sidecar', 'WorkloadEntry', 'WorkloadGroup'].map(
    (kind) => `networking.istio.io/${kind}`,
  ),
  ...['ScaledObject', 'ScaledJob', 'TriggerAuthentication'].map((kind) => `keda.sh/${kind}`),
  ...['SecretStore', 'ExternalSecret'].map((kind) => `external-secrets.io/${kind}`),
  'gateway.envoyproxy.io/Backend',
  'gloo.solo.io/Upstream',
])
/** The same for parts of routers. */
const OUTGOING_FIELDS: ReadonlySet<string> = new Set(['destination', 'mirror', 'mirrors', 'upstream', 'upstreams'])

interface HostField {
  readonly field: string
  readonly isList?: true
  /** Where the objects are that have the field; the spec where nothing is said. */
  readonly at?: string
}

/** Without that field they answer at every host. */
const EVERY_HOST_WITHOUT: Readonly<Record<string, HostField>> = {
  'getambassador.io/Mapping': { field: 'hostname' },
  'getambassador.io/TCPMapping': { field: 'host' },
  'zalando.org/RouteGroup': { field: 'hosts', isList: true },
  'apisix.apache.org/ApisixRoute': { field: 'hosts', isList: true, at: 'spec.http.*.match' },
  'gateway.solo.io/VirtualService': { field: 'domains', isList: true, at: 'spec.virtualHost' },
}
/** Without a host they have a name of their own, made of the object's, or they are a part of another router. */
const NAMED_BY_THEMSELVES: ReadonlySet<string> = new Set([
  ...['route.openshift.io/Route', 'serving.knative.dev/Route', 'projectcontour.io/HTTPProxy'],
])

export function customHosts(object: Fields, context: HostContext): Fields {
  const kind = `${groupOf(object)}/${textOf(object['kind']) ?? ''}`
  if (OUTGOING.has(kind)) return object
  if (/\/IngressRouteUDP$/.test(kind)) {
    const fix = 'Leave it out of the preview.'
    context.notes.fault(context.subject, 'takes all the traffic of its entry point: it has no host', fix)
    return object
  }
  // Its name is the host.
  if (kind === 'serving.knative.dev/DomainMapping')
    return changedAt(object, 'metadata.name', (name) => ownHost(textOf(name) ?? '', context))
  const isMatched = /\/IngressRoute(?:TCP)?$/.test(kind)
  const routed = isMatched ? withOwnMatches(object, context) : object
  const own = { ...routed, spec: withOwnFields(routed['spec'], kind, context) }
  const without = EVERY_HOST_WITHOUT[kind]
  noteStream(own, context)
  if (without) return withHostField(own, without, context)
  if (ROUTER.test(kind) && !isMatched) noteWithoutHost(own, kind, context)
  return own
}

function withHostField(object: Fields, { field, isList, at = 'spec' }: HostField, context: HostContext): Fields {
  const { host } = context
  // Older versions of the Mapping know no other field.
  const name = /^getambassador\.io\/v[12]$/.test(textOf(object['apiVersion']) ?? '') ? 'host' : field
  return changedAt(object, at, (value) => {
    const fields = fieldsOf(value)
    const isNamed = ['host', 'hostname', 'hosts', name].some(
      (one) => [textOf(fields[one]) ?? listOf(fields[one])].flat().join('') !== '',
    )
    if (isNamed) return fields
    if (host === undefined) refuseHost(`has no ${name}, so it takes the traffic of every host`, context)
    return host === undefined ? fields : { ...fields, [name]: isList ? [host] : host }
  })
}

/** Streams are told apart by their port alone. */
function noteStream(object: Fields, { notes, subject }: HostContext): void {
  if (listOf(valueAt(object, 'spec.stream')).length === 0) return
  const fix = 'Leave the streams out of the preview.'
  notes.fault(subject, 'takes all the traffic of a port: its streams have no host', fix)
}

/** A router of whatever maker that names no host at all: nobody knows what it takes. */
function noteWithoutHost(object: Fields, kind: string, { notes, subject }: HostContext): void {
  const isConfiguration = kind.endsWith('Proxy') && fieldsOf(object['spec'])['routes'] === undefined
  if (NAMED_BY_THEMSELVES.has(kind) || isOfTheMesh(object) || isConfiguration) return
  let isNamed = false
  changedTexts(object['spec'], (text, path) => {
    isNamed ||= isHostField(path) && text !== ''
    return text
  })
  if (isNamed) return
  const fix = 'Give it a host with ${number} or ${name} in it, or leave it out of the preview.'
  notes.fault(subject, 'names no host, and may take the traffic of production', fix)
}

/** Fields of routers and certificates of all makers that hold hosts. */
const HOST_FIELDS: ReadonlySet<string> = new Set([
  ...['host', 'hosts', 'hostname', 'hostnames', 'fqdn', 'domain', 'domains', 'main', 'sans', 'sniHosts'],
  ...['commonName', 'dnsName', 'dnsNames', 'authority', ':authority'],
])

/** `authority: { exact: shop.test }` and `headers: { ":authority": shop.test }` name a host too. */
function isHostField(path: readonly string[]): boolean {
  const field = path.at(-1) ?? ''
  const name = /^(?:exact|prefix|regex|value)$/.test(field) ? (path.at(-2) ?? '') : field
  return HOST_FIELDS.has(name.toLowerCase()) || HOST_FIELDS.has(name)
}

function withOwnFields(spec: unknown, kind: string, context: HostContext): unknown {
  const isPattern = valueAt(spec, 'host_regex') === true
  const own = changedTexts(spec, (text, path) => {
    const field = path.at(-1) ?? ''
    if (!isHostField(path) || path.some((name) => OUTGOING_FIELDS.has(name))) return text
    const isAny = path.includes('operation') && text === '*' // A policy for what comes in, whatever its host
    if (isAny) return text
    if (isPattern && field === 'host') return ownHost(isTemplated(text) ? text : '*', context)
    return ownField(text, kind, context)
  })
  // Several hosts of production become one.
  return changedObjects(own, (inner) =>
    Object.fromEntries(
      Object.entries(inner).map(([field, value]) => {
        return [field, HOST_FIELDS.has(field) && Array.isArray(value) ? [...new Set<unknown>(value)] : value]
      }),
    ),
  )
}

/** Not an address of the network, and not the name of a person or an authority. */
const HOST = /^(?=.*[.*])(?=.*[a-z*])[^\s@/]+$/i
/** Istio: `namespace/host`, also `./host` and `namespace/*`. */
const IN_NAMESPACE = /^([a-z0-9-]+|[.*~])\/(.+)$/i
const IN_CLUSTER = /\.svc(?:\.cluster\.local)?$/i
/** Of what is answered by others than the Service itself. Elsewhere a host in the cluster is one that is asked. */
const ROUTER = /(?:Route|RouteTCP|RouteGroup|Proxy|Mapping|VirtualService|VirtualServer|VirtualHost)$/
const BARE = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i

function ownField(text: string, kind: string, context: HostContext): string {
  const [, namespace, named] = kind.startsWith('networking.istio.io/') ? (IN_NAMESPACE.exec(text) ?? []) : []
  if (namespace !== undefined && named !== undefined) {
    const host = ownField(named, kind, context)
    if (host !== named) return host
    return namespace === context.addresses.from ? `./${host}` : text
  }
  if (isTemplated(text)) return text
  const address = ownAddress('host', text, context.addresses)
  if (address !== text) return address
  const isBare = BARE.test(text)
  if (!isBare && !IN_CLUSTER.test(text)) return HOST.test(text) ? ownHost(text, context) : text
  if (isBare ? kind === 'networking.istio.io/VirtualService' : ROUTER.test(kind)) refuseForeign(text, context)
  return text
}

/** A rule of the mesh holds for everybody who asks for that Service. */
function refuseForeign(text: string, { addresses, notes, subject }: HostContext): void {
  const { services, from, to } = addresses
  // A bare name is one of the namespace that the rule is in.
  if (!text.includes('.') && (from !== to || services.has(text))) return
  const fix = 'Add that Service to the manifests, so that the preview has one of its own, or leave the rule out.'
  notes.fault(subject, `routes what is sent to the Service ${text}, which is not the preview’s`, fix)
}
