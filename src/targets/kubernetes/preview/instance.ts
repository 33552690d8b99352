/**
 * The label by which Argo CD, by default, knows what belongs to an application, in all namespaces: what carries
 * production's value and is not in its source is pruned. So a preview has a value of its own. Pure.
 */
import type { Fields } from './fields.ts'
import { changedObjects, fieldsOf, listOf, templatesIn, textOf } from './fields.ts'
import { suffixed } from './names.ts'
import { isTemplated } from './template.ts'

const INSTANCE = 'app.kubernetes.io/instance'

/** The objects with their labels changed, and all that selects by them. */
export function ownInstances(objects: readonly Fields[], suffix: string): (object: Fields) => Fields {
  const labelled = [...objects, ...objects.flatMap(templatesIn)]
  const values = new Set(
    labelled.flatMap(({ metadata }) => textOf(fieldsOf(fieldsOf(metadata)['labels'])[INSTANCE]) ?? []),
  )
  const own = (value: unknown): unknown =>
    typeof value === 'string' && values.has(value) && !isTemplated(value) ? suffixed(value, suffix) : value
  return (object) =>
    fieldsOf(
      changedObjects(object, (inner) => {
        if (inner[INSTANCE] !== undefined) return { ...inner, [INSTANCE]: own(inner[INSTANCE]) }
        return inner['key'] === INSTANCE && Array.isArray(inner['values'])
          ? { ...inner, values: listOf(inner['values']).map(own) }
          : inner
      }),
    )
}
