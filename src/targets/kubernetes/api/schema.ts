// What we read of Kubernetes' objects; everything else in them passes by.
import * as v from 'valibot'

const text = v.nullish(v.string())
const count = v.nullish(v.number())
const words = v.nullish(v.record(v.string(), v.string()))
const loose = v.record(v.string(), v.unknown())

const MetadataSchema = v.object({
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

const ConditionSchema = v.object({
  type: v.string(),
  status: v.string(),
  reason: text,
  message: text,
  lastTransitionTime: text,
  lastUpdateTime: text,
})
export type Condition = v.InferOutput<typeof ConditionSchema>

const ContainerSchema = v.looseObject({
  name: v.string(),
  image: text,
  restartPolicy: text,
  readinessProbe: v.nullish(loose),
  livenessProbe: v.nullish(loose),
  startupProbe: v.nullish(loose),
})
export type Container = v.InferOutput<typeof ContainerSchema>

export const TemplateSchema = v.looseObject({
  metadata: v.nullish(v.looseObject({ labels: words, annotations: words })),
  spec: v.looseObject({
    containers: v.array(ContainerSchema),
    initContainers: v.nullish(v.array(ContainerSchema)),
  }),
})
export type Template = v.InferOutput<typeof TemplateSchema>

const SelectorSchema = v.object({
  matchLabels: words,
  matchExpressions: v.nullish(
    v.array(v.object({ key: v.string(), operator: v.string(), values: v.nullish(v.array(v.string())) })),
  ),
})
export type Selector = v.InferOutput<typeof SelectorSchema>

export const WorkloadSchema = v.object({
  metadata: MetadataSchema,
  spec: v.looseObject({
    replicas: count,
    paused: v.nullish(v.boolean()),
    selector: SelectorSchema,
    template: TemplateSchema,
    minReadySeconds: count,
    strategy: v.nullish(
      v.looseObject({
        type: text,
        rollingUpdate: v.nullish(v.looseObject({ maxUnavailable: v.nullish(v.union([v.number(), v.string()])) })),
      }),
    ),
    updateStrategy: v.nullish(
      v.looseObject({ type: text, rollingUpdate: v.nullish(v.looseObject({ partition: count })) }),
    ),
  }),
  status: v.nullish(
    v.object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      unavailableReplicas: count,
      currentRevision: text,
      updateRevision: text,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberReady: count,
      numberAvailable: count,
      conditions: v.nullish(v.array(ConditionSchema)),
    }),
  ),
})
export type Workload = v.InferOutput<typeof WorkloadSchema>

export const ReplicaSetSchema = v.object({
  metadata: MetadataSchema,
  spec: v.object({ replicas: count, template: TemplateSchema }),
})
export type ReplicaSet = v.InferOutput<typeof ReplicaSetSchema>

export const ControllerRevisionSchema = v.object({
  metadata: MetadataSchema,
  revision: v.number(),
  data: v.nullish(v.unknown()),
})
export type ControllerRevision = v.InferOutput<typeof ControllerRevisionSchema>

const TerminatedSchema = v.object({
  exitCode: v.number(),
  reason: text,
  message: text,
  startedAt: text,
  finishedAt: text,
})
export type Terminated = v.InferOutput<typeof TerminatedSchema>

const StateSchema = v.object({
  waiting: v.nullish(v.object({ reason: text, message: text })),
  running: v.nullish(v.object({ startedAt: text })),
  terminated: v.nullish(TerminatedSchema),
})

const ContainerStatusSchema = v.object({
  name: v.string(),
  ready: v.nullish(v.boolean()),
  restartCount: v.nullish(v.number(), 0),
  imageID: text,
  state: v.nullish(StateSchema),
  lastState: v.nullish(StateSchema),
})
export type ContainerStatus = v.InferOutput<typeof ContainerStatusSchema>

/** There may be thousands of pods: only what is used of each is kept. */
const PodContainerSchema = v.object(ContainerSchema.entries)

export const PodSchema = v.object({
  metadata: v.omit(MetadataSchema, ['managedFields', 'annotations']),
  spec: v.object({
    nodeName: text,
    containers: v.array(PodContainerSchema),
    initContainers: v.nullish(v.array(PodContainerSchema)),
    readinessGates: v.nullish(v.array(v.object({ conditionType: v.string() }))),
  }),
  status: v.nullish(
    v.object({
      phase: text,
      reason: text,
      message: text,
      podIP: text,
      conditions: v.nullish(v.array(ConditionSchema)),
      containerStatuses: v.nullish(v.array(ContainerStatusSchema)),
      initContainerStatuses: v.nullish(v.array(ContainerStatusSchema)),
    }),
  ),
})
export type Pod = v.InferOutput<typeof PodSchema>

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

export const StatusSchema = v.object({
  message: text,
  reason: text,
  details: v.nullish(
    v.object({
      causes: v.nullish(v.array(v.object({ reason: text, message: text, field: text }))),
    }),
  ),
})

export const JobSchema = v.object({
  metadata: v.omit(MetadataSchema, ['managedFields']),
  spec: v.object({ suspend: v.nullish(v.boolean()) }),
  status: v.nullish(v.object({ active: count, failed: count, conditions: v.nullish(v.array(ConditionSchema)) })),
})
export type Job = v.InferOutput<typeof JobSchema>

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

interface Page<T> {
  readonly items: T[]
  readonly resourceVersion: string
  /** What to ask for to get the next page. */
  readonly next?: string
}

/** A list's items, one by one: an item that does not look as expected is left out rather than losing the list. */
export function listOf<T>(schema: v.GenericSchema<unknown, T>, body: unknown): Page<T> {
  const parsed = v.safeParse(
    v.object({
      metadata: v.nullish(v.object({ resourceVersion: text, continue: text })),
      items: v.nullish(v.array(v.unknown())),
    }),
    body,
  )
  if (!parsed.success) return { items: [], resourceVersion: '' }
  const items = (parsed.output.items ?? []).flatMap((item) => {
    const one = v.safeParse(schema, item)
    return one.success ? [one.output] : []
  })
  const { resourceVersion, continue: next } = parsed.output.metadata ?? {}
  return { items, resourceVersion: resourceVersion ?? '', ...(next ? { next } : {}) }
}
