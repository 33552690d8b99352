/** Selectors of others in a shared namespace: none of them may match the preview's pods. */
import * as v from 'valibot'
import { LABEL } from '../../../domain/labels.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { Manifest } from '../apply/manifests.ts'
import type { Cluster } from '../api/cluster.ts'
import { listOf as itemsOf } from '../api/schema.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, templatesIn } from './fields.ts'
import { isSelected } from './labels.ts'

const SelectingSchema = v.object({
  metadata: v.object({ name: v.string(), labels: v.nullish(v.record(v.string(), v.string())) }),
  spec: v.nullish(v.object({ selector: v.nullish(v.record(v.string(), v.unknown())) })),
})

const KINDS = [
  { label: 'service', path: (at: string) => `/api/v1/${at}/services`, selectsAll: false },
  {
    label: 'poddisruptionbudget',
    path: (at: string) => `/apis/policy/v1/${at}/poddisruptionbudgets`,
    selectsAll: true,
  },
] as const

/** Services would send the preview traffic; budgets would count its pods as production's. */
export async function selectedByOthers(
  { api, paths, namespace }: Cluster,
  manifests: readonly Manifest[],
): Promise<Reason[]> {
  const at = paths.namespace.slice('/api/v1/'.length)
  const pods = manifests
    .flatMap(({ object }) => templatesIn(object))
    .map(({ metadata }) => fieldsOf(fieldsOf(metadata)['labels']))
  const found = await Promise.all(
    KINDS.map(async ({ label, path, selectsAll }) => {
      const answer = await api.request('GET', path(at))
      // Without the right to list them there is nothing to compare with; the labels differ in any case.
      if (answer.status !== 200) return []
      const others = itemsOf(SelectingSchema, answer.body).items.filter(
        ({ metadata }) => metadata.labels?.[LABEL.preview] === undefined,
      )
      return others.flatMap(({ metadata, spec }) => {
        const selector: Fields | undefined = spec?.selector ?? undefined
        if (!selector || (!selectsAll && Object.keys(selector).length === 0)) return []
        return pods.some((labels) => isSelected(labels, selector)) ? [`${label} ${metadata.name}`] : []
      })
    }),
  )
  return found.flat().map((name) => ({
    code: 'manifest-invalid',
    what: `${name} in namespace ${namespace} would select the preview’s pods`,
    fix: 'Make it select by labels whose values are its own (app: web), or give each preview a namespace of its own (namespace with ${number}).',
  }))
}
