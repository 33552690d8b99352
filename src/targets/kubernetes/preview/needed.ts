/** What manifests refer to by name and somebody has to bring: Secrets, ConfigMaps and service accounts. */
import type { Reason } from '../../../errors/deploy-error.ts'
import type { AbsentReferences } from '../apply/absent-references.ts'
import { referencesIn } from '../apply/references.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, listOf, templatesIn, textOf, valueAt } from './fields.ts'
import { labelOf } from './kinds.ts'
import type { Brought } from './shared-names.ts'
import { broughtBy } from './shared-names.ts'

export interface Needed {
  readonly kind: 'Secret' | 'ConfigMap' | 'ServiceAccount'
  readonly name: string
  /** `deployment/web` */
  readonly by: string
}

interface Described {
  readonly kind: string
  readonly name: string
  readonly object: Fields
}

/** Everything that is not among the manifests; each only once. */
export function neededBy(manifests: readonly Described[]): Needed[] {
  const brought = new Set(manifests.flatMap(({ object }) => broughtBy(object)).map(keyOf))
  const needed = manifests.flatMap((manifest) => {
    return referencesOf(manifest).map((reference) => ({ ...reference, by: labelOf(manifest) }))
  })
  const keys = needed.map(keyOf)
  return needed.filter((one, index) => keys.indexOf(keyOf(one)) === index && !brought.has(keyOf(one)))
}

function keyOf({ kind, name }: Brought): string {
  return `${kind} ${name}`
}

function referencesOf({ kind, object }: Described): Omit<Needed, 'by'>[] {
  const secret = (value: unknown) => named('Secret', fieldsOf(value)['name'])
  if (kind === 'ServiceAccount') return listOf(object['imagePullSecrets']).flatMap(secret)
  if (kind === 'Ingress') {
    return listOf(valueAt(object, 'spec.tls')).flatMap((tls) => named('Secret', fieldsOf(tls)['secretName']))
  }
  return templatesIn(object).flatMap(({ spec }) => {
    const { serviceAccountName, imagePullSecrets } = fieldsOf(spec)
    return [
      ...referencesIn(spec).filter(({ optional }) => !optional),
      ...listOf(imagePullSecrets).flatMap(secret),
      ...(serviceAccountName === 'default' ? [] : named('ServiceAccount', serviceAccountName)),
    ]
  })
}

function named(kind: Needed['kind'], value: unknown): Omit<Needed, 'by'>[] {
  const name = textOf(value)
  return name === undefined || name === '' ? [] : [{ kind, name }]
}

interface Supply {
  readonly isOwn: boolean
  /** Where production has them, as far as that is known. */
  readonly from: string
  readonly copies: readonly Brought[]
}

/** What is needed and neither copied nor in the namespace: the pods would wait for it for ever. */
export async function absentFor(
  cluster: Cluster,
  needed: readonly Needed[],
  supply: Supply,
): Promise<AbsentReferences> {
  const copied = new Set(supply.copies.map(keyOf))
  const open = needed.filter((one) => !copied.has(keyOf(one)))
  const states = await Promise.all(open.map((one) => statusOf(cluster, one)))
  const unread = open.filter((_, index) => states[index] !== 200 && states[index] !== 404)
  return {
    faults: open.flatMap((one, index) => (states[index] === 404 ? [absentFault(one, cluster, supply)] : [])),
    warnings: [],
    notices:
      unread.length === 0
        ? []
        : [
            `${unread.map(keyOf).join(', ')}: this step may not read them, so whether they exist is seen when the pods start`,
          ],
  }
}

async function statusOf({ api, paths }: Cluster, { kind, name }: Needed): Promise<number> {
  const path = {
    Secret: paths.secret(name),
    ConfigMap: paths.configMap(name),
    ServiceAccount: paths.serviceAccount(name),
  }[kind]
  return (await api.request('GET', path)).status
}

function absentFault({ kind, name, by }: Needed, { namespace }: Cluster, { isOwn, from }: Supply): Reason {
  const where = isOwn ? `the preview’s own namespace ${namespace} has none` : `not in namespace ${namespace} either`
  const what = `${by} refers to the ${kind} ${name}, which is not among the manifests, and ${where}`
  if (kind === 'ServiceAccount')
    return { code: 'bad-config-reference', what, fix: `Add the ServiceAccount ${name} to the manifests.` }
  const create = kind === 'Secret' ? 'secret generic' : 'configmap'
  const fix = isOwn
    ? `Write copy-secrets: ${from}/${name}, or share a namespace that has it (namespace: NAME, without \${number}).`
    : `Create it once (kubectl create ${create} ${name} --namespace ${namespace} …), or copy it with copy-secrets: NAMESPACE/${name}.`
  return { code: 'bad-config-reference', what, fix }
}
