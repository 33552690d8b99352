/** Traefik's own routers: ``Host(`shop.example.com`) && PathPrefix(`/api`)`` in `routes.*.match`. Pure. */
import { fillTemplate } from '../../../domain/preview.ts'
import { isOwnRule, parseRule } from '../../shared/traefik-rule.ts'
import type { Fields } from './fields.ts'
import { changedAt, isFields, textOf, valueAt } from './fields.ts'
import type { HostContext } from './own-host.ts'
import { ownHost, refuseHost } from './own-host.ts'

const MATCHER = /\b(?:Host|HostSNI|HostHeader|Hostname)\(([^)]*)\)/g
const QUOTED = /([`"'])([^`"']+)\1/g

export function withOwnMatches(object: Fields, context: HostContext): Fields {
  const isTcp = object['kind'] === 'IngressRouteTCP'
  const matcher = isTcp ? 'HostSNI' : 'Host'
  const change = (match: unknown): unknown => ownMatch(textOf(match) ?? '', matcher, context)
  if (isTcp && !isFields(valueAt(object, 'spec.tls'))) {
    const fix = 'Leave it out of the preview, or give it tls: Traefik tells hosts apart by it.'
    context.notes.fault(context.subject, 'takes all the traffic of its entry point: without tls it has no host', fix)
    return object
  }
  return changedAt(object, 'spec.routes.*.match', change)
}

function ownMatch(match: string, matcher: 'Host' | 'HostSNI', context: HostContext): string {
  if (isOwnMatch(match)) return match
  const { host } = context
  const followed = withHosts(match, (one) => ownHost(one, context))
  // Every alternative asks for a host, so it is the preview's own with the hosts.
  if (isOwnMatch(withHosts(match, () => '${name}'))) return followed
  if (host === undefined) {
    refuseHost(`matches ${match} at every host, and would take the traffic of production`, context)
    return match
  }
  return match === '' ? `${matcher}(\`${host}\`)` : `${matcher}(\`${host}\`) && (${followed})`
}

function withHosts(match: string, change: (host: string) => string): string {
  return match.replaceAll(MATCHER, (whole: string, hosts: string) => {
    const changed = hosts.replaceAll(QUOTED, (_, quote: string, host: string) => quote + change(host) + quote)
    return whole.replace(hosts, () => changed)
  })
}

/** Every alternative of it asks for a host or a header that another preview's does not ask for. */
function isOwnMatch(match: string): boolean {
  const [mine, other] = [
    { number: 1, name: 'one' },
    { number: 2, name: 'two' },
  ].map((preview) => parseRule(fillTemplate(match, preview)))
  return mine !== undefined && other !== undefined && isOwnRule(mine, other)
}
