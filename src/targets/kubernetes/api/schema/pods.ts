/** Pods, and how their containers do. */
import * as v from 'valibot'
import { ConditionSchema, MetadataSchema, text } from './parts.ts'
import { ContainerSchema } from './workloads.ts'

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
