// The parts of the AWS SDK that are used, in one module: it is loaded when the first request is sent, and only these
// commands end up in the bundle.
import {
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'

export { ECSClient }

export const COMMANDS = {
  ContinueServiceDeployment: ContinueServiceDeploymentCommand,
  CreateService: CreateServiceCommand,
  DeleteService: DeleteServiceCommand,
  DeregisterTaskDefinition: DeregisterTaskDefinitionCommand,
  DescribeClusters: DescribeClustersCommand,
  DescribeServiceDeployments: DescribeServiceDeploymentsCommand,
  DescribeServiceRevisions: DescribeServiceRevisionsCommand,
  DescribeServices: DescribeServicesCommand,
  DescribeTaskDefinition: DescribeTaskDefinitionCommand,
  DescribeTasks: DescribeTasksCommand,
  ListServiceDeployments: ListServiceDeploymentsCommand,
  ListServices: ListServicesCommand,
  ListTaskDefinitions: ListTaskDefinitionsCommand,
  ListTasks: ListTasksCommand,
  RegisterTaskDefinition: RegisterTaskDefinitionCommand,
  StopServiceDeployment: StopServiceDeploymentCommand,
  TagResource: TagResourceCommand,
  UntagResource: UntagResourceCommand,
  UpdateService: UpdateServiceCommand,
}
