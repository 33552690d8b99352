// What a release may do in the cluster: asked before anything is changed, and printed as the Role that grants it.
import * as v from 'valibot'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { Cluster } from './cluster.ts'
import type { Kind } from './names.ts'
import { plural } from './names.ts'

export interface Right {
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly verb: string
  /** A release goes on without it; this says what is lost. */
  readonly otherwise?: string
}

export interface Need {
  readonly kinds: readonly Kind[]
  readonly blueGreen: boolean
  /** Further kinds that manifests apply. */
  readonly applied: readonly { readonly group: string; readonly resource: string }[]
}

const APPS = 'apps'
const NO_NAMESPACE =
  'the first workload’s own identity stands for the place instead, and the history begins anew where that workload is deleted and made again'

/** Every right that a release with these workloads will use. */
export function rightsFor({ kinds, blueGreen, applied }: Need): Right[] {
  const of = (group: string, resource: string, verbs: readonly string[], subresource?: string): Right[] =>
    verbs.map((verb) => ({ group, resource, verb, ...(subresource === undefined ? {} : { subresource }) }))
  return [
    ...kinds.flatMap((kind) => of(APPS, plural(kind), ['get', 'list', 'watch', 'patch'])),
    ...(kinds.includes('Deployment') ? of(APPS, 'replicasets', ['list', 'watch']) : []),
    ...(kinds.some((kind) => kind !== 'Deployment') ? of(APPS, 'controllerrevisions', ['list', 'watch']) : []),
    ...of('', 'pods', ['list', 'watch']),
    ...of('', 'pods', ['get'], 'log'),
    ...of('', 'events', ['list']),
    ...(kinds.includes('StatefulSet') ? of('', 'pods', ['delete']) : []),
    ...of('coordination.k8s.io', 'leases', ['get', 'create', 'update', 'delete']),
    ...(blueGreen
      ? [
          ...of(APPS, 'deployments', ['create', 'delete']),
          ...of('', 'services', ['get', 'create', 'patch', 'delete']),
          ...of('', 'services', ['get', 'create'], 'proxy'),
          ...of('discovery.k8s.io', 'endpointslices', ['list']),
        ]
      : []),
    ...applied.flatMap(({ group, resource }) => of(group, resource, ['get', 'create', 'patch', 'delete'])),
    { group: '', resource: 'namespaces', verb: 'get', otherwise: NO_NAMESPACE },
  ]
}

const ReviewSchema = v.object({ status: v.nullish(v.object({ allowed: v.boolean() })) })
const SelfSchema = v.object({
  status: v.object({ userInfo: v.object({ username: v.nullish(v.string()) }) }),
})

export interface Access {
  /** The rights that are missing, as one reason with the Role that grants all of them; undefined when none is. */
  readonly denied?: Reason
  /** What is lost without the rights that a release can do without. */
  readonly notices: readonly string[]
}

export async function reviewAccess(cluster: Cluster, rights: readonly Right[]): Promise<Access> {
  const { namespace } = cluster
  const answers = await Promise.all(rights.map((right) => isAllowed(cluster, right)))
  const missing = rights.filter((_, index) => answers[index] === false)
  const notices = missing.flatMap((right) =>
    right.otherwise === undefined ? [] : [`this step may not ${nameOf(right)}: ${right.otherwise}`],
  )
  const names = missing.filter(({ otherwise }) => otherwise === undefined).map(nameOf)
  if (names.length === 0) return { notices }
  const who = await whoAmI(cluster)
  const denied: Reason = {
    code: 'target-denied',
    what: `${who} may not do what this release needs in namespace ${namespace}: ${names.join('; ')}`,
    evidence: ['the Role that grants everything a release needs:', ...roleLines(namespace, rights)],
    fix: 'Apply the Role below and bind it to the user or service account of this step.',
  }
  return { denied, notices }
}

/** undefined: the cluster does not say. */
async function isAllowed({ api, paths, namespace }: Cluster, right: Right): Promise<boolean | undefined> {
  const { group, resource, subresource, verb } = right
  // RBAC asks of a namespace object within that namespace: a Role can grant it.
  const resourceAttributes = { namespace, group, resource, subresource, verb }
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }
  const answer = await api.request('POST', paths.accessReviews, { body })
  const parsed = v.safeParse(ReviewSchema, answer.body)
  return answer.status === 201 && parsed.success ? parsed.output.status?.allowed : undefined
}

async function whoAmI({ api, paths }: Cluster): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const answer = await api.request('POST', paths.selfReviews, { body }).catch(() => undefined)
  const parsed = v.safeParse(SelfSchema, answer?.body)
  return (parsed.success && parsed.output.status.userInfo.username) || 'this user'
}

function nameOf({ verb, resource, subresource, group }: Right): string {
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`
}

/** The Role as YAML, one rule for each group and resource. */
export function roleLines(namespace: string, rights: readonly Right[]): string[] {
  const rules = new Map<string, { group: string; resource: string; verbs: string[] }>()
  for (const { group, resource, subresource, verb } of rights) {
    const full = subresource === undefined ? resource : `${resource}/${subresource}`
    const rule = rules.get(`${group}/${full}`) ?? { group, resource: full, verbs: [] }
    if (!rule.verbs.includes(verb)) rule.verbs.push(verb)
    rules.set(`${group}/${full}`, rule)
  }
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: Role',
    `metadata: { name: immutable-deploy, namespace: ${namespace} }`,
    'rules:',
    ...[...rules.values()].map(({ group, resource, verbs }) => {
      return `  - { apiGroups: ["${group}"], resources: ["${resource}"], verbs: [${verbs.join(', ')}] }`
    }),
  ]
}
