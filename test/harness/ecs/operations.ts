// The operations by name: each takes the client's input and gives AWS's output, or refuses as AWS does.
import {
  describeServiceDeployments,
  describeServiceRevisions,
  continueServiceDeployment,
  listServiceDeployments,
  stopServiceDeployment,
} from './service-deployments.ts'
import { createService, deleteService, describeServices, listServices, updateService } from './services.ts'
import {
  createCluster,
  deregisterTaskDefinition,
  describeClusters,
  describeTaskDefinition,
  listTagsForResource,
  registerTaskDefinition,
  tagResource,
  untagResource,
} from './task-definitions.ts'
import { getLogEvents } from './logs.ts'
import { describeTasks, listTasks, stopTaskByClient } from './tasks.ts'
import type { Document } from './model.ts'
import type { World } from './world.ts'

export type Operation = (world: World, input: Document) => Document

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateCluster: createCluster,
  DescribeClusters: describeClusters,
  RegisterTaskDefinition: registerTaskDefinition,
  DescribeTaskDefinition: describeTaskDefinition,
  DeregisterTaskDefinition: deregisterTaskDefinition,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
  CreateService: createService,
  UpdateService: updateService,
  DeleteService: deleteService,
  DescribeServices: describeServices,
  ListServices: listServices,
  ListTasks: listTasks,
  DescribeTasks: describeTasks,
  StopTask: stopTaskByClient,
  ListServiceDeployments: listServiceDeployments,
  DescribeServiceDeployments: describeServiceDeployments,
  DescribeServiceRevisions: describeServiceRevisions,
  StopServiceDeployment: stopServiceDeployment,
  ContinueServiceDeployment: continueServiceDeployment,
}

/** CloudWatch Logs. */
export const LOG_OPERATIONS: Readonly<Record<string, Operation>> = { GetLogEvents: getLogEvents }

export const MUTATING = new Set([
  'CreateCluster',
  'RegisterTaskDefinition',
  'DeregisterTaskDefinition',
  'TagResource',
  'UntagResource',
  'CreateService',
  'UpdateService',
  'DeleteService',
  'StopTask',
  'StopServiceDeployment',
  'ContinueServiceDeployment',
])
