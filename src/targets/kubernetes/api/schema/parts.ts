/** What the schemas of Kubernetes' objects have in common. */
import * as v from 'valibot'

export const text = v.nullish(v.string())
export const count = v.nullish(v.number())
export const words = v.nullish(v.record(v.string(), v.string()))
export const loose = v.record(v.string(), v.unknown())

export const MetadataSchema = v.object({
  name: v.string(),
  namespace: text,
  uid: v.string(),
  resourceVersion: v.string(),
  generation: count,
  creationTimestamp: text,
  deletionTimestamp: text,
  labels: words,
  annotations: words,
  ownerReferences: v.nullish(
    v.array(v.object({ uid: v.string(), kind: v.string(), controller: v.nullish(v.boolean()) })),
  ),
  managedFields: v.nullish(
    v.array(
      v.object({ manager: text, operation: text, time: text, subresource: text, fieldsV1: v.nullish(v.unknown()) }),
    ),
  ),
})

export const ConditionSchema = v.object({
  type: v.string(),
  status: v.string(),
  reason: text,
  message: text,
  lastTransitionTime: text,
  lastUpdateTime: text,
})
export type Condition = v.InferOutput<typeof ConditionSchema>
