/**
 * What the Engine API says about Swarm, as far as we read it. Unknown fields are kept: a service's spec is sent back
 * to the engine whole, with only the image, the stamp and the update order changed.
 */
import * as v from 'valibot'

const Labels = v.nullish(v.record(v.string(), v.string()))

export const UpdateConfig = v.looseObject({
  Parallelism: v.optional(v.number()),
  FailureAction: v.optional(v.string()),
  MaxFailureRatio: v.optional(v.number()),
  /** How long the engine watches a replaced task, in nanoseconds. */
  Monitor: v.optional(v.number()),
  Order: v.optional(v.string()),
})

export type UpdateConfig = v.InferOutput<typeof UpdateConfig>

export const TaskTemplate = v.looseObject({
  ContainerSpec: v.optional(
    v.looseObject({
      Image: v.string(),
      Healthcheck: v.optional(v.looseObject({ Test: v.nullish(v.array(v.string())) })),
    }),
  ),
  Resources: v.optional(v.looseObject({ Limits: v.optional(v.looseObject({ MemoryBytes: v.optional(v.number()) })) })),
  Placement: v.optional(
    v.looseObject({ MaxReplicas: v.optional(v.number()), Constraints: v.nullish(v.array(v.string())) }),
  ),
  RestartPolicy: v.optional(v.looseObject({ Condition: v.optional(v.string()), MaxAttempts: v.optional(v.number()) })),
})

export const ServiceSpec = v.looseObject({
  Name: v.string(),
  Labels,
  TaskTemplate,
  Mode: v.looseObject({
    Replicated: v.optional(v.looseObject({ Replicas: v.optional(v.number()) })),
    Global: v.optional(v.looseObject({})),
  }),
  UpdateConfig: v.optional(UpdateConfig),
  RollbackConfig: v.optional(UpdateConfig),
  EndpointSpec: v.optional(
    v.looseObject({ Ports: v.nullish(v.array(v.looseObject({ PublishMode: v.optional(v.string()) }))) }),
  ),
})
export type ServiceSpec = v.InferOutput<typeof ServiceSpec>

export const Service = v.object({
  ID: v.string(),
  Version: v.object({ Index: v.number() }),
  Spec: ServiceSpec,
  /** Only for the registry credentials that travel with it; never a version to go back to. */
  PreviousSpec: v.optional(v.looseObject({ TaskTemplate: v.optional(TaskTemplate) })),
  UpdateStatus: v.optional(
    v.object({
      State: v.optional(v.string(), ''),
      Message: v.optional(v.string(), ''),
      CompletedAt: v.optional(v.string(), ''),
    }),
  ),
})
export type Service = v.InferOutput<typeof Service>

export const Task = v.object({
  ID: v.string(),
  ServiceID: v.optional(v.string(), ''),
  Slot: v.optional(v.number()),
  NodeID: v.optional(v.string()),
  CreatedAt: v.optional(v.string(), ''),
  DesiredState: v.optional(v.string(), ''),
  Spec: TaskTemplate,
  Status: v.object({
    /** RFC 3339 with nanoseconds: since when it is in this state. */
    Timestamp: v.optional(v.string(), ''),
    State: v.string(),
    Message: v.optional(v.string(), ''),
    Err: v.optional(v.string(), ''),
    ContainerStatus: v.optional(
      v.object({ ContainerID: v.optional(v.string(), ''), ExitCode: v.optional(v.number(), 0) }),
    ),
  }),
})
export type Task = v.InferOutput<typeof Task>

export const ContainerSummary = v.object({ Id: v.string(), ImageID: v.string(), Status: v.optional(v.string(), '') })

export const ContainerDetails = v.object({
  Image: v.string(),
  Config: v.optional(v.object({ Healthcheck: v.nullish(v.object({ Retries: v.optional(v.number(), 0) })) })),
  State: v.object({
    OOMKilled: v.optional(v.boolean(), false),
    ExitCode: v.optional(v.number(), 0),
    Error: v.optional(v.string(), ''),
    StartedAt: v.optional(v.string(), ''),
    FinishedAt: v.optional(v.string(), ''),
    Health: v.nullish(
      v.object({
        Status: v.optional(v.string(), ''),
        FailingStreak: v.optional(v.number(), 0),
        Log: v.nullish(v.array(v.object({ ExitCode: v.number(), Output: v.optional(v.string(), '') }))),
      }),
    ),
  }),
})

export type ContainerDetails = v.InferOutput<typeof ContainerDetails>

export const ImageDetails = v.object({
  Id: v.string(),
  RepoDigests: v.nullish(v.array(v.string())),
  Config: v.nullish(v.object({ Healthcheck: v.nullish(v.object({ Test: v.nullish(v.array(v.string())) })) })),
})
export type ImageDetails = v.InferOutput<typeof ImageDetails>

export const Node = v.object({
  ID: v.string(),
  Spec: v.optional(v.object({ Role: v.optional(v.string(), ''), Availability: v.optional(v.string(), ''), Labels })),
  Description: v.optional(
    v.object({
      Hostname: v.optional(v.string(), ''),
      Platform: v.optional(v.object({ OS: v.optional(v.string(), ''), Architecture: v.optional(v.string(), '') })),
      Engine: v.optional(v.object({ Labels })),
    }),
  ),
  Status: v.optional(v.object({ State: v.optional(v.string(), ''), Addr: v.optional(v.string()) })),
})
export type Node = v.InferOutput<typeof Node>

export const Info = v.object({
  Swarm: v.optional(
    v.object({
      LocalNodeState: v.optional(v.string(), 'inactive'),
      ControlAvailable: v.optional(v.boolean(), false),
      Nodes: v.optional(v.number(), 0),
      Error: v.optional(v.string(), ''),
      NodeID: v.optional(v.string(), ''),
      NodeAddr: v.optional(v.string(), ''),
      Cluster: v.nullish(v.object({ ID: v.optional(v.string(), '') })),
    }),
  ),
})
