/** Annotations by which controllers outside give names, addresses and hosts: a preview must not claim production's. Pure. */
import type { Fields } from './fields.ts'
import { changedAt, changedTemplates, fieldsOf } from './fields.ts'
import type { HostContext } from './own-host.ts'
import { namesEndpointGroup } from './registered.ts'
import { isTemplated } from './template.ts'

/** Values are hosts: they follow `url`. */
const HOSTS = /(?:^|[./-])(?:internal-)?(?:hostname|server-alias|dns-?name|domain|common-name|alt-names)$/i
/** Addresses and names of load balancers, and names under which pods are found from outside. */
const CLAIMS: readonly RegExp[] = [
  /(?:^|[./-])(?:eip|pip|ips?|ipv4|ipv6|load-?balancer-?ips?)(?:-names?|-addresses|-allocations|-ids?)?$/i,
  /(?:^|[./-])load-?balancer(?:\.\w+\.\w+)?[/-](?:name|id)$/i,
  /-static-ip-name$|dns-label-name$/,
  /^getambassador\.io\/config$/,
  /^consul\.hashicorp\.com\/(?:connect-service|service-name|service-sync)/,
  /^external-dns\.alpha\.kubernetes\.io\//,
  /^traefik\.(?:frontend|http|tcp|udp)\./,
]

/** The object, and its pods, without claims that are not templated; hosts follow `url` where there is one. */
export function withOwnAnnotations(object: Fields, context: HostContext): Fields {
  const own = (annotations: unknown): unknown => ownAnnotations(fieldsOf(annotations), context)
  return changedTemplates(changedAt(object, 'metadata.annotations', own), (template) =>
    changedAt(template, 'metadata.annotations', own),
  )
}

function ownAnnotations(annotations: Fields, { host, notes, subject }: HostContext): Fields {
  return Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]): [string, unknown][] => {
      if (typeof value === 'string' && isTemplated(value)) return [[key, value]]
      if (HOSTS.test(key)) {
        if (host !== undefined) return [[key, host]]
      } else if (!CLAIMS.some((claim) => claim.test(key)) && !namesEndpointGroup(key, value)) return [[key, value]]
      notes.warning(subject, `loses the annotation ${key}: it is production’s (with \${number} in it, it would stay)`)
      return []
    }),
  )
}
