/**
 * Hosts that a preview answers at. Under production's host it would take production's traffic: so every host is the
 * preview's own, by a template in the manifest or by the host of `url`. Pure.
 */
import { stringifyJson } from '../../../domain/json.ts'
import { fillTemplate } from '../../../domain/preview.ts'
import { isOwnRule, parseRule } from '../../shared/traefik-rule.ts'
import type { Fields } from './fields.ts'
import { changedAt, changedTexts, fieldsOf, isFields, listOf, textOf, valueAt, withField } from './fields.ts'
import { groupOf, isCustom } from './kinds.ts'
import type { Notes } from './notes.ts'
import { isTemplated } from './template.ts'

export interface HostContext {
  /** The host of `url`. */
  readonly host: string | undefined
  readonly app: string
  /** `deploy/app.yml:12: ingress/web` */
  readonly subject: string
  readonly notes: Notes
}

/** The object with its hosts made the preview's own, or a fault for what cannot be. */
export function withOwnHosts(object: Fields, context: HostContext): Fields {
  const group = groupOf(object)
  const kind = textOf(object['kind']) ?? ''
  if (kind === 'Ingress') return ingress(object, context)
  if (group === 'gateway.networking.k8s.io') return gateway(object, kind, context)
  return isCustom(object) ? custom(object, kind, context) : object
}

function own(host: string, context: HostContext): string {
  if (isTemplated(host)) return host
  if (context.host === undefined)
    refuse(`answers at ${host}, and would take the traffic of production there`, context, host)
  else if (context.host === host)
    refuse(`answers at ${host}, which url names as well, so it is not the preview’s alone`, context, host)
  return context.host ?? host
}

function refuse(problem: string, { notes, subject, app }: HostContext, host?: string): void {
  const known = host !== undefined && host.includes('.') && !host.includes('*')
  const example = known
    ? `${app}-pr-\${number}.${host.slice(host.indexOf('.') + 1)}`
    : `${app}-pr-\${number}.example.com`
  const fix = `Set url, such as https://${example}: hosts follow it; or write ${example} in the manifest.`
  notes.fault(subject, problem, fix)
}

function eachHost(object: Fields, path: string, context: HostContext): Fields {
  return changedAt(object, path, (host) => (typeof host === 'string' ? own(host, context) : host))
}

// ---------------------------------------------------------------- Ingress

function ingress(object: Fields, context: HostContext): Fields {
  const named = eachHost(eachHost(object, 'spec.rules.*.host', context), 'spec.tls.*.hosts.*', context)
  const whole = changedAt(named, 'spec.rules.*', (rule) => withHost(fieldsOf(rule), context))
  const rules = changedAt(withoutDefaultBackend(whole, context), 'spec.rules', (list) => distinct(listOf(list)))
  return changedAt(rules, 'spec.tls.*.hosts', (list) => distinct(listOf(list)))
}

function withHost(rule: Fields, context: HostContext): Fields {
  if (typeof rule['host'] === 'string' && rule['host'] !== '') return rule
  if (context.host === undefined) refuse('has a rule without host, which takes the traffic of every host', context)
  return withField(rule, 'host', context.host)
}

/** What no rule matches goes to it, whatever the host: it becomes the last path of the preview's host. */
function withoutDefaultBackend(object: Fields, context: HostContext): Fields {
  const spec = fieldsOf(object['spec'])
  const backend = spec['defaultBackend'] ?? spec['backend']
  if (!isFields(backend)) return object
  const { host } = context
  if (host === undefined) {
    refuse('has a default backend, which takes the traffic of every host', context)
    return object
  }
  const rest = withField(withField(spec, 'defaultBackend', undefined), 'backend', undefined)
  const path = { path: '/', pathType: 'Prefix', backend }
  return { ...object, spec: { ...rest, rules: [...listOf(spec['rules']), { host, http: { paths: [path] } }] } }
}

function distinct(list: readonly unknown[]): unknown[] {
  const texts = list.map(stringifyJson)
  return list.filter((_, index) => texts.indexOf(texts[index] ?? '') === index)
}

// ---------------------------------------------------------------- Gateway API

const ROUTES: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute'])

function gateway(object: Fields, kind: string, context: HostContext): Fields {
  if (kind === 'Gateway') return eachHost(object, 'spec.listeners.*.hostname', context)
  if (kind === 'TCPRoute' || kind === 'UDPRoute') {
    const fix = 'Leave it out of the preview, or route it by host with an HTTPRoute or a TLSRoute.'
    context.notes.fault(context.subject, 'takes all the traffic of its listener: it has no host', fix)
  }
  if (!ROUTES.has(kind)) return object
  if (listOf(valueAt(object, 'spec.hostnames')).length === 0) {
    if (context.host === undefined) refuse('has no hostnames, so it takes the traffic of every host', context)
    const hostnames = context.host === undefined ? undefined : [context.host]
    return { ...object, spec: withField(fieldsOf(object['spec']), 'hostnames', hostnames) }
  }
  return changedAt(eachHost(object, 'spec.hostnames.*', context), 'spec.hostnames', (list) => distinct(listOf(list)))
}

// ---------------------------------------------------------------- custom kinds

/** Fields of routers and certificates of all makers that hold hosts. */
const HOST_FIELDS: ReadonlySet<string> = new Set([
  'host',
  'hosts',
  'hostname',
  'hostnames',
  'fqdn',
  'domain',
  'domains',
  'main',
  'sans',
  'sniHosts',
  'commonName',
  'dnsName',
  'dnsNames',
])
const HOST = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i
const IN_CLUSTER = /\.(?:svc|local|internal)$/i
/** Istio: all hosts of an entry, also `namespace/*`. */
const EVERY_HOST = /^(?:[^/]+\/)?\*$/
const ROUTERS: ReadonlySet<string> = new Set(['VirtualService', 'Gateway'])
/** Traefik: Host(`shop.example.com`) */
const MATCHER = /\b(?:Host|HostSNI|Hostname)\(([^)]*)\)/g
const QUOTED = /([`"'])([^`"']+)\1/g

function custom(object: Fields, kind: string, context: HostContext): Fields {
  if (kind === 'IngressRouteUDP') {
    context.notes.fault(
      context.subject,
      'takes all the traffic of its entry point: it has no host',
      'Leave it out of the preview.',
    )
  }
  return {
    ...object,
    spec: changedTexts(object['spec'], (text, path) => {
      const field = path.at(-1) ?? ''
      // `routes` of Traefik; elsewhere a match is about paths and headers.
      if (kind.startsWith('IngressRoute') && field === 'match') return ownMatch(text, context)
      const isHost =
        HOST_FIELDS.has(field) && !path.includes('destination') && HOST.test(text) && !IN_CLUSTER.test(text)
      if (EVERY_HOST.test(text) && field === 'hosts' && ROUTERS.has(kind)) return own('*', context)
      return isHost || (HOST_FIELDS.has(field) && isTemplated(text)) ? own(text, context) : text
    }),
  }
}

function ownMatch(match: string, context: HostContext): string {
  if (isOwnMatch(match)) return match
  const { host } = context
  const followed = withHosts(match, (one) => own(one, context))
  // Every alternative asks for a host, so it is the preview's own with the hosts.
  if (isOwnMatch(withHosts(match, () => '${name}'))) return followed
  if (host === undefined) refuse(`matches ${match} at every host, and would take the traffic of production`, context)
  return host === undefined ? match : `Host(\`${host}\`) && (${followed})`
}

function withHosts(match: string, change: (host: string) => string): string {
  return match.replaceAll(MATCHER, (matcher: string, hosts: string) => {
    const changed = hosts.replaceAll(QUOTED, (_, quote: string, host: string) => quote + change(host) + quote)
    return matcher.replace(hosts, () => changed)
  })
}

/** Every alternative of it demands something that another preview's does not. */
function isOwnMatch(match: string): boolean {
  const [mine, other] = [
    { number: 1, name: 'one' },
    { number: 2, name: 'two' },
  ].map((preview) => parseRule(fillTemplate(match, preview)))
  return mine !== undefined && other !== undefined && isOwnRule(mine, other)
}
