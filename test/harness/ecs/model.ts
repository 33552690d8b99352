// What the double remembers: the SDK's own shapes, with what only the engine knows added. views.ts leaves that out again.
import type * as sdk from '@aws-sdk/client-ecs'

/** A shape of the SDK in which these fields are always there. */
type With<T, K extends keyof T> = T & { [P in K]-?: NonNullable<T[P]> }

export type ContainerDefinition = With<sdk.ContainerDefinition, 'name' | 'image'>
export type Tag = With<sdk.Tag, 'key' | 'value'>
export type Health = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'

export interface TaskDefinition extends With<sdk.TaskDefinition, 'taskDefinitionArn' | 'family'> {
  readonly containerDefinitions: ContainerDefinition[]
  tags: Tag[]
}

export interface Revision extends With<sdk.ServiceRevision, 'serviceRevisionArn'> {
  readonly definition: TaskDefinition
  /** With the digests, once the first task has established them. */
  readonly containerImages: sdk.ContainerImage[]
  testWeight: number
  productionWeight: number
}

/** One entry of `deployments[]`. */
export interface Deployment extends With<sdk.Deployment, 'id' | 'failedTasks'> {
  readonly revision: Revision
  /** No task is started before, ms since 1970. */
  notBefore: number
}

export interface Hook extends With<sdk.DeploymentLifecycleHookDetail, 'hookId' | 'expiresAt'> {
  readonly stage: string
}

export interface ServiceDeployment extends With<sdk.ServiceDeployment, 'serviceDeploymentArn' | 'createdAt'> {
  status: sdk.ServiceDeploymentStatus
  readonly target: Deployment
  readonly sources: readonly Revision[]
  readonly lifecycleHookDetails: Hook[]
  /** When the stage was entered, and since when it could be complete, ms since 1970. */
  stageSince: number
  readySince?: number
}

export const ENDED: ReadonlySet<sdk.ServiceDeploymentStatus> = new Set([
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
])

export interface Service {
  readonly name: string
  readonly cluster: string
  readonly arn: string
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  definition: TaskDefinition
  /** As it was created and updated. */
  readonly settings: Omit<sdk.CreateServiceRequest, 'serviceName' | 'cluster' | 'taskDefinition' | 'tags'>
  readonly createdAt: Date
  /** Newest first, as the next two. */
  deployments: Deployment[]
  readonly serviceDeployments: ServiceDeployment[]
  readonly events: sdk.ServiceEvent[]
  tags: Tag[]
}

export interface TaskContainer extends sdk.Container {
  readonly definition: ContainerDefinition
  healthStatus: Health
}

export interface Task extends With<sdk.Task, 'taskArn' | 'startedBy' | 'version'> {
  readonly id: string
  readonly cluster: string
  readonly service: string
  readonly definition: TaskDefinition
  readonly containers: TaskContainer[]
  desiredStatus: 'RUNNING' | 'STOPPED'
  healthStatus: Health
  /** When `lastStatus` was entered, ms since 1970. */
  since: number
  /** Its end has been counted by the scheduler. */
  isCounted: boolean
  isBusy: boolean
}

export const isDaemon = ({ settings }: Service): boolean => settings.schedulingStrategy === 'DAEMON'
export const controllerOf = ({ settings }: Service): string => settings.deploymentController?.type ?? 'ECS'
/** How many tasks there are to be; a daemon service has one here, as on a single host. */
export const wantedBy = (service: Service): number => (isDaemon(service) ? 1 : (service.settings.desiredCount ?? 0))
export const strategyOf = ({ settings }: Service): string => settings.deploymentConfiguration?.strategy ?? 'ROLLING'

/** How many failed tasks end a deployment. */
export function threshold(service: Service): number {
  const { type, value } =
    service.settings.deploymentConfiguration?.deploymentCircuitBreaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT' && value !== undefined) return value
  const wanted = Math.ceil(((value ?? 50) / 100) * wantedBy(service))
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, wanted) : Math.min(200, Math.max(3, wanted))
}
