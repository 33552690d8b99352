// The operations by service and name: each takes the client's input and gives AWS's output, or refuses as AWS does.
import * as clusters from './clusters.ts'
import * as history from './history.ts'
import * as neighbours from './neighbours.ts'
import * as services from './services.ts'
import * as definitions from './task-definitions.ts'
import * as tasks from './tasks.ts'
import type { World } from './world.ts'

/** Its input was held against the model of the operation before. */
export type Operation = (world: World, input: never) => object | string

export const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  logs: { GetLogEvents: neighbours.getLogEvents },
  tagging: { GetResources: neighbours.getResources },
  ec2: { DescribeNetworkInterfaces: neighbours.describeNetworkInterfaces },
  ecs: {
    CreateCluster: clusters.createCluster,
    DescribeClusters: clusters.describeClusters,
    TagResource: clusters.tagResource,
    UntagResource: clusters.untagResource,
    ListTagsForResource: clusters.listTagsForResource,
    RegisterTaskDefinition: definitions.registerTaskDefinition,
    DescribeTaskDefinition: definitions.describeTaskDefinition,
    ListTaskDefinitions: definitions.listTaskDefinitions,
    DeregisterTaskDefinition: definitions.deregisterTaskDefinition,
    CreateService: services.createService,
    UpdateService: services.updateService,
    DeleteService: services.deleteService,
    DescribeServices: services.describeServices,
    ListServices: services.listServices,
    ListTasks: tasks.listTasks,
    DescribeTasks: tasks.describeTasks,
    StopTask: tasks.stopTaskByClient,
    ListServiceDeployments: history.listServiceDeployments,
    DescribeServiceDeployments: history.describeServiceDeployments,
    DescribeServiceRevisions: history.describeServiceRevisions,
    StopServiceDeployment: history.stopServiceDeployment,
    ContinueServiceDeployment: history.continueServiceDeployment,
  },
}

/** Whether an operation changes something. */
export const isMutating = (operation: string): boolean => !/^(?:Describe|List|Get)/.test(operation)
