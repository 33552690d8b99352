// The operations by service and name: each takes the client's input and gives AWS's output, or refuses as AWS does.
import { getLogEvents } from './logs.ts'
import type { Document } from './model.ts'
import { describeNetworkInterfaces, getResources } from './others.ts'
import * as deployments from './service-deployments.ts'
import * as services from './services.ts'
import * as definitions from './task-definitions.ts'
import * as tasks from './tasks.ts'
import type { World } from './world.ts'

export type Operation = (world: World, input: Document) => Document | string

export const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  logs: { GetLogEvents: getLogEvents },
  tagging: { GetResources: getResources },
  ec2: { DescribeNetworkInterfaces: describeNetworkInterfaces },
  ecs: {
    CreateCluster: definitions.createCluster,
    DescribeClusters: definitions.describeClusters,
    RegisterTaskDefinition: definitions.registerTaskDefinition,
    DescribeTaskDefinition: definitions.describeTaskDefinition,
    ListTaskDefinitions: definitions.listTaskDefinitions,
    DeregisterTaskDefinition: definitions.deregisterTaskDefinition,
    TagResource: definitions.tagResource,
    UntagResource: definitions.untagResource,
    ListTagsForResource: definitions.listTagsForResource,
    CreateService: services.createService,
    UpdateService: services.updateService,
    DeleteService: services.deleteService,
    DescribeServices: services.describeServices,
    ListServices: services.listServices,
    ListTasks: tasks.listTasks,
    DescribeTasks: tasks.describeTasks,
    StopTask: tasks.stopTaskByClient,
    ListServiceDeployments: deployments.listServiceDeployments,
    DescribeServiceDeployments: deployments.describeServiceDeployments,
    DescribeServiceRevisions: deployments.describeServiceRevisions,
    StopServiceDeployment: deployments.stopServiceDeployment,
    ContinueServiceDeployment: deployments.continueServiceDeployment,
  },
}

/** Whether an operation changes something. */
export const isMutating = (operation: string): boolean => !/^(?:Describe|List|Get)/.test(operation)
