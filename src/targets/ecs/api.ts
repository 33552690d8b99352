// What this target asks of Amazon ECS: one entry a call. The documented policy is made from this table.
import type * as Sdk from '@aws-sdk/client-ecs'

interface Calls {
  ContinueServiceDeployment: [Sdk.ContinueServiceDeploymentCommandInput, Sdk.ContinueServiceDeploymentCommandOutput]
  CreateService: [Sdk.CreateServiceCommandInput, Sdk.CreateServiceCommandOutput]
  DeleteService: [Sdk.DeleteServiceCommandInput, Sdk.DeleteServiceCommandOutput]
  DeregisterTaskDefinition: [Sdk.DeregisterTaskDefinitionCommandInput, Sdk.DeregisterTaskDefinitionCommandOutput]
  DescribeClusters: [Sdk.DescribeClustersCommandInput, Sdk.DescribeClustersCommandOutput]
  DescribeServiceDeployments: [Sdk.DescribeServiceDeploymentsCommandInput, Sdk.DescribeServiceDeploymentsCommandOutput]
  DescribeServiceRevisions: [Sdk.DescribeServiceRevisionsCommandInput, Sdk.DescribeServiceRevisionsCommandOutput]
  DescribeServices: [Sdk.DescribeServicesCommandInput, Sdk.DescribeServicesCommandOutput]
  DescribeTaskDefinition: [Sdk.DescribeTaskDefinitionCommandInput, Sdk.DescribeTaskDefinitionCommandOutput]
  DescribeTasks: [Sdk.DescribeTasksCommandInput, Sdk.DescribeTasksCommandOutput]
  ListServiceDeployments: [Sdk.ListServiceDeploymentsCommandInput, Sdk.ListServiceDeploymentsCommandOutput]
  ListServices: [Sdk.ListServicesCommandInput, Sdk.ListServicesCommandOutput]
  ListTaskDefinitions: [Sdk.ListTaskDefinitionsCommandInput, Sdk.ListTaskDefinitionsCommandOutput]
  ListTasks: [Sdk.ListTasksCommandInput, Sdk.ListTasksCommandOutput]
  RegisterTaskDefinition: [Sdk.RegisterTaskDefinitionCommandInput, Sdk.RegisterTaskDefinitionCommandOutput]
  StopServiceDeployment: [Sdk.StopServiceDeploymentCommandInput, Sdk.StopServiceDeploymentCommandOutput]
  TagResource: [Sdk.TagResourceCommandInput, Sdk.TagResourceCommandOutput]
  UntagResource: [Sdk.UntagResourceCommandInput, Sdk.UntagResourceCommandOutput]
  UpdateService: [Sdk.UpdateServiceCommandInput, Sdk.UpdateServiceCommandOutput]
}

export type Operation = keyof Calls
export type InputOf<O extends Operation> = Calls[O][0]
export type OutputOf<O extends Operation> = Calls[O][1]

/** A JSON document whose unknown fields are kept. */
export type Json = Readonly<Record<string, unknown>>

/**
 * Amazon ECS as this target uses it. Every call has a deadline of its own and ends when the run is cancelled.
 * @throws DeployError target-denied, target-unreachable, cancelled, and Refused for what the service itself refuses
 */
export interface EcsApi {
  /** Asks again for as long as the answer may come: throttled, broken off or cut. */
  read<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>>
  /**
   * Changes something. Throttled calls are sent again, since they were not taken. Where nobody knows whether a call was
   * taken, `done` reads back and gives the answer, or undefined: then it is sent again.
   */
  write<O extends Operation>(
    operation: O,
    input: InputOf<O>,
    done: () => Promise<OutputOf<O> | undefined>,
  ): Promise<OutputOf<O>>
  /** The answer as it came, with fields that the SDK does not know. */
  readJson(operation: Operation, input: Json): Promise<Json>
  /** The same for a call that changes something. */
  writeJson(operation: Operation, input: Json, done: () => Promise<Json | undefined>): Promise<Json>
  close(): void
}

/** The service understood the call and refused it. */
export class Refused extends Error {
  /** AWS's name: `ClientException`. */
  readonly type: string
  readonly operation: Operation

  constructor(operation: Operation, type: string, message: string) {
    super(message)
    this.operation = operation
    this.type = type
  }
}
