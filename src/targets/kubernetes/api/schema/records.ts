/** Objects beside the workloads: events, jobs, leases. */
import * as v from 'valibot'
import { ConditionSchema, count, MetadataSchema, text } from './parts.ts'

export const EventSchema = v.object({
  metadata: v.object({ uid: v.string(), resourceVersion: v.string(), creationTimestamp: text }),
  type: text,
  reason: text,
  message: text,
  count: count,
  lastTimestamp: text,
  eventTime: text,
  series: v.nullish(v.object({ count: count, lastObservedTime: text })),
  involvedObject: v.object({ uid: text, kind: text, name: text, fieldPath: text }),
})
export type KubeEvent = v.InferOutput<typeof EventSchema>

export const JobSchema = v.object({
  metadata: v.omit(MetadataSchema, ['managedFields']),
  spec: v.object({ suspend: v.nullish(v.boolean()) }),
  status: v.nullish(v.object({ active: count, failed: count, conditions: v.nullish(v.array(ConditionSchema)) })),
})
export type Job = v.InferOutput<typeof JobSchema>

export const LeaseSchema = v.object({
  metadata: MetadataSchema,
  spec: v.nullish(
    v.object({
      holderIdentity: text,
      leaseDurationSeconds: count,
      renewTime: text,
      acquireTime: text,
      leaseTransitions: count,
    }),
  ),
})
export type Lease = v.InferOutput<typeof LeaseSchema>
