// What is seen of one service at one moment: plain data for the pure classification.
import type { Deployment, Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs'
import type { Digest } from '../../domain/digest.ts'
import type { Definition, Tag } from './definition.ts'

/** One service as it was seen or sent: what restore puts back, and the handle of a rollout. */
export interface EcsSpec {
  /** Name, as the user gave it. */
  readonly service: string
  readonly serviceArn: string | undefined
  /** ARN of the task definition that the service names; undefined while the service does not exist. */
  readonly taskDefinition: string | undefined
  /** Its document, where it was read: the next release is made from it. */
  readonly definition: Definition | undefined
  /** Tags of the task definition and of the service. */
  readonly definitionTags: readonly Tag[]
  readonly serviceTags: readonly Tag[]
  /** The container that is released. */
  readonly container: string
  /** The one digest that all its tasks ran when it was read. */
  readonly ran?: Digest
  /** Entry of `deployments[]` that was PRIMARY when it was read, or that this run started. */
  readonly deploymentId: string | undefined
  /** The task definition that this one took the place of. */
  readonly replaces?: string | undefined
  /** ARN of the service deployment, where it is known already. */
  readonly serviceDeployment?: string
  /** This run sent it. One that it only found may have lost tasks before, for reasons that are gone by now. */
  readonly isOurs?: true
  /** During a restore any deployment of that task definition counts, whoever started it. */
  readonly isRestore?: true
}

export interface ServiceSnapshot {
  readonly name: string
  readonly handle: EcsSpec
  /** undefined: it is gone. */
  readonly service: Service | undefined
  /** The service deployment of the handle; undefined where it is not known or may not be read. */
  readonly deployment: ServiceDeployment | undefined
  /** Live tasks of the service, of every deployment. */
  readonly tasks: readonly Task[]
  /** Tasks of the handle's deployment that ended. */
  readonly stopped: readonly Task[]
  /** ARNs of those that had ended when this run first saw a deployment that it only found. */
  readonly endedBefore: ReadonlySet<string>
  readonly earlyStop: boolean
  readonly pauseStage: string
  /** The traffic has been let through by this run already. */
  readonly isShifted: boolean
  readonly startedAt: number
  /** When it was taken, ms since 1970. */
  readonly now: number
}

export function primaryOf(service: Service): Deployment | undefined {
  return service.deployments?.find(({ status }) => status === 'PRIMARY')
}

export function isManaged(service: Service | undefined): boolean {
  const strategy = service?.deploymentConfiguration?.strategy ?? 'ROLLING'
  return strategy !== 'ROLLING'
}

/** `shop:12` of an ARN. */
export function revision(arn: string | undefined): string {
  return arn?.split('/').at(-1) ?? 'another task definition'
}
