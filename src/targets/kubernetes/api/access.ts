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
  /** Set for a preview. */
  readonly preview?: { readonly isOwn: boolean } | undefined
}

const APPS = 'apps'
const NO_NAMESPACE =
  'the first workload’s own identity stands for the place instead, and the history begins anew where that workload is deleted and made again'

/** Every right that a release with these workloads will use. */
export function rightsFor({ kinds, blueGreen, applied, preview }: Need): Right[] {
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
    ...(preview ? previewRights(applied, preview) : []),
    { group: '', resource: 'namespaces', verb: 'get', otherwise: NO_NAMESPACE },
  ]
}

/** What left the manifests is found and removed, and one object says what belongs to the preview. */
function previewRights(applied: Need['applied'], { isOwn }: { readonly isOwn: boolean }): Right[] {
  return [
    ...applied.flatMap(({ group, resource }) => of(group, resource, ['list'])),
    ...(isOwn
      ? of('', 'namespaces', ['get', 'list', 'create', 'patch', 'delete'])
      : of('', 'configmaps', ['get', 'list', 'create', 'patch', 'delete'])),
  ]
}

function of(group: string, resource: string, verbs: readonly string[], subresource?: string): Right[] {
  return verbs.map((verb) => ({ group, resource, verb, ...(subresource === undefined ? {} : { subresource }) }))
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

interface Scope {
  /** The rights are needed in namespaces that are still to be made. */
  readonly isClusterWide: boolean
}

export async function reviewAccess(
  cluster: Cluster,
  wanted: readonly Right[],
  { isClusterWide }: Scope = { isClusterWide: false },
): Promise<Access> {
  const { namespace } = cluster
  const rights = distinct(wanted)
  const answers = await Promise.all(rights.map((right) => isAllowed(cluster, right)))
  const missing = rights.filter((_, index) => answers[index] === false)
  const notices = missing.flatMap((right) =>
    right.otherwise === undefined ? [] : [`this step may not ${nameOf(right)}: ${right.otherwise}`],
  )
  const names = missing.filter(({ otherwise }) => otherwise === undefined).map(nameOf)
  if (names.length === 0) return { notices }
  const who = await whoAmI(cluster)
  const role = isClusterWide ? 'ClusterRole' : 'Role'
  const denied: Reason = {
    code: 'target-denied',
    what: `${who} may not do what this release needs in namespace ${namespace}: ${names.join('; ')}`,
    evidence: [
      `the ${role} that grants everything it needs:`,
      ...roleLines(isClusterWide ? undefined : namespace, rights),
    ],
    fix: `Apply the ${role} below and bind it to the user or service account of this step.`,
  }
  return { denied, notices }
}

/** A right that is needed is not one that can be done without. */
function distinct(rights: readonly Right[]): Right[] {
  const firm = rights.filter(({ otherwise }) => otherwise === undefined).map(nameOf)
  const names = rights.map(nameOf)
  return rights.filter((right, index) => {
    if (right.otherwise !== undefined && firm.includes(nameOf(right))) return false
    return names.indexOf(nameOf(right)) === index
  })
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

/** The Role, or without a namespace the ClusterRole, as YAML: one rule for each group and resource. */
export function roleLines(namespace: string | undefined, rights: readonly Right[]): string[] {
  const rules = new Map<string, { group: string; resource: string; verbs: string[] }>()
  for (const { group, resource, subresource, verb } of rights) {
    const full = subresource === undefined ? resource : `${resource}/${subresource}`
    const rule = rules.get(`${group}/${full}`) ?? { group, resource: full, verbs: [] }
    if (!rule.verbs.includes(verb)) rule.verbs.push(verb)
    rules.set(`${group}/${full}`, rule)
  }
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${namespace === undefined ? 'ClusterRole' : 'Role'}`,
    `metadata: { name: immutable-deploy${namespace === undefined ? '-previews' : `, namespace: ${namespace}`} }`,
    'rules:',
    ...[...rules.values()].map(({ group, resource, verbs }) => {
      return `  - { apiGroups: ["${group}"], resources: ["${resource}"], verbs: [${verbs.join(', ')}] }`
    }),
  ]
}
