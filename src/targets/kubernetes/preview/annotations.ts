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

/** Roles of a cloud that the pods act in: production's may read and write production's data. */
const ROLES: ReadonlySet<string> = new Set([
  'eks.amazonaws.com/role-arn',
  'iam.amazonaws.com/role',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
  'pod-identity.alibabacloud.com/role-name',
])

/** The object, and its pods, without claims that are not templated; hosts follow `url` where there is one. */
export function withOwnAnnotations(object: Fields, context: HostContext): Fields {
  const { kind, metadata } = object
  const name = fieldsOf(metadata)['name']
  // Who gives previews an account of their own has chosen its role for them.
  const isOwnAccount = kind === 'ServiceAccount' && typeof name === 'string' && isTemplated(name)
  const own = (annotations: unknown): unknown => ownAnnotations(fieldsOf(annotations), { ...context, isOwnAccount })
  return changedTemplates(changedAt(object, 'metadata.annotations', own), (template) =>
    changedAt(template, 'metadata.annotations', own),
  )
}

interface AnnotationContext extends HostContext {
  readonly isOwnAccount: boolean
}

function ownAnnotations(annotations: Fields, { host, notes, subject, isOwnAccount }: AnnotationContext): Fields {
  return Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]): [string, unknown][] => {
      if (typeof value === 'string' && isTemplated(value)) return [[key, value]]
      if (ROLES.has(key)) {
        if (isOwnAccount) return [[key, value]]
        const stays = 'with ${number} or ${name} in it, or in the name of a ServiceAccount, it would stay'
        notes.warning(subject, `loses the annotation ${key}: the role may reach production’s data (${stays})`)
        return []
      }
      if (HOSTS.test(key)) {
        if (host !== undefined) return [[key, host]]
      } else if (!CLAIMS.some((claim) => claim.test(key)) && !namesEndpointGroup(key, value)) return [[key, value]]
      notes.warning(subject, `loses the annotation ${key}: it is production’s (with \${number} in it, it would stay)`)
      return []
    }),
  )
}
