/** Workloads, the template of their pods, and the older versions that Kubernetes keeps of them. */
import * as v from 'valibot'
import { ConditionSchema, count, loose, MetadataSchema, text, words } from './parts.ts'

export const ContainerSchema = v.looseObject({
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
