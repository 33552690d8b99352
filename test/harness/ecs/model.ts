// What the double remembers. The shapes that a client sees are made from it in views.ts.

export type Document = Record<string, unknown>

export interface HealthCheck {
  readonly command: readonly string[]
  readonly interval?: number
  readonly timeout?: number
  readonly retries?: number
  readonly startPeriod?: number
}

/** The fields of a container definition that the double acts on; the document keeps all of them. */
export interface ContainerDefinition {
  readonly name: string
  readonly image: string
  readonly essential?: boolean
  readonly command?: readonly string[]
  readonly entryPoint?: readonly string[]
  readonly environment?: readonly { readonly name: string; readonly value: string }[]
  readonly healthCheck?: HealthCheck
  readonly stopTimeout?: number
  readonly logConfiguration?: { readonly logDriver: string; readonly options?: Readonly<Record<string, string>> }
}

export interface Tag {
  readonly key: string
  readonly value: string
}

export interface TaskDefinition {
  readonly arn: string
  readonly family: string
  readonly revision: number
  status: 'ACTIVE' | 'INACTIVE'
  readonly containers: readonly ContainerDefinition[]
  /** As it was registered. */
  readonly document: Document
  readonly registeredAt: number
  tags: Tag[]
}

export interface Hook {
  readonly hookId: string
  readonly stage: string
  status: 'AWAITING_ACTION' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT'
  readonly expiresAt: number
  readonly timeoutAction: 'ROLLBACK' | 'CONTINUE'
}

export interface Revision {
  readonly arn: string
  readonly taskDefinition: TaskDefinition
  readonly createdAt: number
  /** Container name → digest; empty until the first task has established them. */
  readonly digests: Map<string, string>
  testWeight: number
  productionWeight: number
}

/** One entry of `deployments[]`. */
export interface Rollout {
  readonly id: string
  readonly revision: Revision
  status: 'PRIMARY' | 'ACTIVE'
  state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  reason: string
  failedTasks: number
  notBefore: number
  readonly createdAt: number
  updatedAt: number
}

export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'STOP_REQUESTED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED'

export const ENDED: ReadonlySet<ServiceDeploymentStatus> = new Set([
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
])

export interface ServiceDeployment {
  readonly arn: string
  readonly target: Rollout
  readonly sources: readonly Revision[]
  readonly createdAt: number
  status: ServiceDeploymentStatus
  reason: string
  startedAt?: number
  finishedAt?: number
  updatedAt: number
  stage?: string
  /** When the stage was entered. */
  stageSince: number
  readonly hooks: Hook[]
  rollback?: { readonly reason: string; readonly startedAt: number; readonly revision: Revision }
  /** Seen ready to be complete since. */
  readySince?: number
}

export interface DeploymentConfiguration {
  readonly deploymentCircuitBreaker?: {
    readonly enable: boolean
    readonly rollback: boolean
    readonly thresholdConfiguration?: { readonly type: string; readonly value: number }
  }
  readonly maximumPercent?: number
  readonly minimumHealthyPercent?: number
  readonly strategy?: 'ROLLING' | 'BLUE_GREEN' | 'LINEAR' | 'CANARY'
  readonly bakeTimeInMinutes?: number
  readonly lifecycleHooks?: readonly {
    readonly targetType: string
    readonly lifecycleStages: readonly string[]
    readonly timeoutConfiguration?: { readonly timeoutInMinutes?: number; readonly action?: 'ROLLBACK' | 'CONTINUE' }
  }[]
  readonly linearConfiguration?: { readonly stepPercent?: number; readonly stepBakeTimeInMinutes?: number }
  readonly canaryConfiguration?: { readonly canaryPercent?: number; readonly canaryBakeTimeInMinutes?: number }
  readonly earlySuccessCriteria?: {
    readonly enable: boolean
    readonly healthyPercent?: number
    readonly sourceServiceRevisionCleanup?: 'BLOCKING' | 'DEFERRED'
  }
}

export interface Service {
  readonly name: string
  readonly arn: string
  readonly cluster: string
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  taskDefinition: TaskDefinition
  desired: number
  readonly daemon: boolean
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL'
  configuration: DeploymentConfiguration
  readonly document: Document
  readonly createdAt: number
  /** Newest first. */
  rollouts: Rollout[]
  /** Newest first. */
  readonly deployments: ServiceDeployment[]
  readonly events: { readonly id: string; readonly createdAt: number; readonly message: string }[]
  tags: Tag[]
}

export type TaskStatus =
  'PROVISIONING' | 'PENDING' | 'ACTIVATING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'DEPROVISIONING' | 'STOPPED'

export interface TaskContainer {
  readonly definition: ContainerDefinition
  digest?: string
  runtimeId?: string
  exitCode?: number
  reason?: string
  health: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
}

export interface Task {
  readonly id: string
  readonly arn: string
  readonly cluster: string
  readonly taskDefinition: TaskDefinition
  readonly service?: string
  readonly startedBy: string
  readonly containers: readonly TaskContainer[]
  status: TaskStatus
  desired: 'RUNNING' | 'STOPPED'
  health: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
  version: number
  since: number
  readonly createdAt: number
  startedAt?: number
  stoppingAt?: number
  stoppedAt?: number
  stopCode?: string
  stoppedReason?: string
  /** Its end has been counted by the scheduler. */
  counted: boolean
  busy: boolean
}

/** Refused as AWS refuses: `{"__type": …, "message": …}` with HTTP 400. */
export class Refusal extends Error {
  readonly type: string
  readonly status: number

  constructor(type: string, message: string, status = 400) {
    super(message)
    this.type = type
    this.status = status
  }
}
