/** Hosts in kinds that Kubernetes does not define: routers and certificates of all makers. Pure. */
import { ownAddress } from './addresses.ts'
import type { Fields } from './fields.ts'
import { changedAt, changedObjects, changedTexts, fieldsOf, listOf, textOf, valueAt } from './fields.ts'
import { groupOf } from './kinds.ts'
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

/** Without that field they answer at every host. */
const EVERY_HOST_WITHOUT: Readonly<Record<string, { readonly field: string; readonly isList?: true }>> = {
  'getambassador.io/Mapping': { field: 'hostname' },
  'getambassador.io/TCPMapping': { field: 'host' },
  'zalando.org/RouteGroup': { field: 'hosts', isList: true },
}

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
  const routed = /\/IngressRoute(?:TCP)?$/.test(kind) ? withOwnMatches(object, context) : object
  return { ...routed, spec: withHostField(withOwnFields(routed['spec'], kind, context), kind, context) }
}

function withHostField(given: unknown, kind: string, context: HostContext): unknown {
  const without = EVERY_HOST_WITHOUT[kind]
  const spec = fieldsOf(given)
  const { host } = context
  const isNamed = ['host', 'hostname', 'hosts'].some(
    (field) => [textOf(spec[field]) ?? listOf(spec[field])].flat().join('') !== '',
  )
  if (without === undefined || isNamed) return given
  if (host === undefined) refuseHost(`has no ${without.field}, so it takes the traffic of every host`, context)
  return host === undefined ? spec : { ...spec, [without.field]: without.isList ? [host] : host }
}

/** Fields of routers and certificates of all makers that hold hosts. */
const HOST_FIELDS: ReadonlySet<string> = new Set([
  ...['host', 'hosts', 'hostname', 'hostnames', 'fqdn', 'domain', 'domains', 'main', 'sans', 'sniHosts'],
  ...['commonName', 'dnsName', 'dnsNames'],
])

function withOwnFields(spec: unknown, kind: string, context: HostContext): unknown {
  const isPattern = valueAt(spec, 'host_regex') === true
  const own = changedTexts(spec, (text, path) => {
    const field = path.at(-1) ?? ''
    if (!HOST_FIELDS.has(field) || path.some((name) => OUTGOING_FIELDS.has(name))) return text
    const isAny = path.includes('operation') && text === '*' // a policy for what comes in, whatever its host
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
