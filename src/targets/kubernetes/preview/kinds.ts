/** What is known of kinds of objects. Pure. */
import type { Fields } from './fields.ts'
import { fieldsOf, listOf, textOf, valueAt } from './fields.ts'

/** Groups of the API that Kubernetes itself defines; all others are custom. */
const BUILT_IN: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'autoscaling', 'policy', 'extensions', 'events'])

export function groupOf(object: Fields): string {
  const version = textOf(object['apiVersion']) ?? ''
  return version.includes('/') ? (version.split('/')[0] ?? '') : ''
}

export function isCustom(object: Fields): boolean {
  const group = groupOf(object)
  return !BUILT_IN.has(group) && !(group.endsWith('.k8s.io') && group !== 'gateway.networking.k8s.io')
}

/** A route whose parents are Services: it has no host, and the rules of meshes hold for it. */
export function isOfTheMesh(object: Fields): boolean {
  const parents = listOf(valueAt(object, 'spec.parentRefs')).map(fieldsOf)
  return parents.length > 0 && parents.every(({ kind }) => kind === 'Service')
}

/** `deployment/web`, as people write it. */
export function labelOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind.toLowerCase()}/${name}`
}

/** Kinds that a preview makes, where nothing more is known of what it made. */
export const COLLECTIONS: readonly string[] = [
  'apis/apps/v1/deployments',
  'apis/apps/v1/statefulsets',
  'apis/apps/v1/daemonsets',
  'apis/batch/v1/jobs',
  'apis/batch/v1/cronjobs',
  'apis/networking.k8s.io/v1/ingresses',
  'apis/networking.k8s.io/v1/networkpolicies',
  'apis/policy/v1/poddisruptionbudgets',
  'apis/autoscaling/v2/horizontalpodautoscalers',
  'apis/rbac.authorization.k8s.io/v1/roles',
  'apis/rbac.authorization.k8s.io/v1/rolebindings',
  'api/v1/services',
  'api/v1/persistentvolumeclaims',
  'api/v1/secrets',
  'api/v1/serviceaccounts',
  'api/v1/configmaps',
]
