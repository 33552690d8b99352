/**
 * Hosts that a preview answers at. Under production's host it would take production's traffic: so every host is the
 * preview's own, by a template in the manifest or by the host of `url`. Pure.
 */
import { stringifyJson } from '../../../domain/json.ts'
import { customHosts } from './custom-hosts.ts'
import type { Fields } from './fields.ts'
import { changedAt, fieldsOf, isFields, listOf, textOf, valueAt, withField } from './fields.ts'
import { groupOf, isCustom, isOfTheMesh } from './kinds.ts'
import type { HostContext } from './own-host.ts'
import { ownHost, refuseHost } from './own-host.ts'

/** The object with its hosts made the preview's own, or a fault for what cannot be. */
export function withOwnHosts(object: Fields, context: HostContext): Fields {
  const group = groupOf(object)
  const kind = textOf(object['kind']) ?? ''
  if (kind === 'Ingress') return ingress(object, context)
  if (group === 'gateway.networking.k8s.io') return gateway(object, kind, context)
  return isCustom(object) ? customHosts(object, context) : object
}

function eachHost(object: Fields, path: string, context: HostContext): Fields {
  return changedAt(object, path, (host) => (typeof host === 'string' ? ownHost(host, context) : host))
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
  if (context.host === undefined) refuseHost('has a rule without host, which takes the traffic of every host', context)
  return withField(rule, 'host', context.host)
}

/** What no rule matches goes to it, whatever the host: it becomes the last path of the preview's host. */
function withoutDefaultBackend(object: Fields, context: HostContext): Fields {
  const spec = fieldsOf(object['spec'])
  const backend = spec['defaultBackend'] ?? spec['backend']
  if (!isFields(backend)) return object
  const { host } = context
  if (host === undefined) {
    refuseHost('has a default backend, which takes the traffic of every host', context)
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
  if (isOfTheMesh(object)) return object
  if (listOf(valueAt(object, 'spec.hostnames')).length === 0) {
    if (context.host === undefined) refuseHost('has no hostnames, so it takes the traffic of every host', context)
    const hostnames = context.host === undefined ? undefined : [context.host]
    return { ...object, spec: withField(fieldsOf(object['spec']), 'hostnames', hostnames) }
  }
  return changedAt(eachHost(object, 'spec.hostnames.*', context), 'spec.hostnames', (list) => distinct(listOf(list)))
}
