/** What sends traffic to pods. */
import * as v from 'valibot'
import { MetadataSchema, text, words } from './parts.ts'

export const ServiceSchema = v.object({
  metadata: MetadataSchema,
  spec: v.looseObject({
    selector: words,
    ports: v.nullish(v.array(v.looseObject({ port: v.number() }))),
    clusterIP: text,
    type: text,
  }),
})
export type Service = v.InferOutput<typeof ServiceSchema>

export const EndpointSliceSchema = v.object({
  metadata: MetadataSchema,
  endpoints: v.nullish(
    v.array(
      v.object({
        conditions: v.nullish(v.object({ ready: v.nullish(v.boolean()) })),
        targetRef: v.nullish(v.object({ kind: text, uid: text, name: text })),
      }),
    ),
  ),
})
export type EndpointSlice = v.InferOutput<typeof EndpointSliceSchema>
