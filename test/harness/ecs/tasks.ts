import type * as sdk from '@aws-sdk/client-ecs'
import { arn, nameOf } from '../aws/policy.ts'
import { Refusal } from '../aws/wire.ts'
import { stopTask } from './lifecycle.ts'
import type { Task } from './model.ts'
import { taskView } from './views.ts'
import type { World } from './world.ts'
import { clusterOf, described, page } from './world.ts'

export function listTasks(world: World, input: sdk.ListTasksRequest): object {
  const cluster = clusterOf(world, input)
  const { serviceName, startedBy, family, desiredStatus = 'RUNNING' } = input
  if (startedBy !== undefined && (serviceName !== undefined || family !== undefined))
    throw new Refusal('InvalidParameterException', 'startedBy cannot be combined with another filter.')
  const found = [...world.tasks.values()].filter(
    (task) =>
      task.cluster === cluster &&
      task.desiredStatus === desiredStatus &&
      (serviceName === undefined || task.service === nameOf(serviceName)) &&
      (startedBy === undefined || task.startedBy === startedBy) &&
      (family === undefined || task.definition.family === family),
  )
  const { items, nextToken } = page(found, input, 100)
  return { taskArns: items.map(({ taskArn }) => taskArn), nextToken }
}

export function describeTasks(world: World, input: sdk.DescribeTasksRequest): object {
  const cluster = clusterOf(world, input)
  const arns = input.tasks?.map((id) => arn(world, `task/${cluster}/${nameOf(id)}`))
  const { found, failures } = described(arns, 100, (one) => taskIn(world, cluster, one))
  return { tasks: found.map((task) => taskView(world, task)), failures }
}

function taskIn(world: World, cluster: string, reference: string): Task | undefined {
  const task = world.tasks.get(nameOf(reference))
  return task?.cluster === cluster ? task : undefined
}

export function stopTaskByClient(world: World, input: sdk.StopTaskRequest): object {
  const task = taskIn(world, clusterOf(world, input), input.task ?? '')
  if (!task) throw new Refusal('InvalidParameterException', 'The referenced task was not found.')
  stopTask(task, 'UserInitiated', input.reason ?? 'Task stopped by user')
  return { task: taskView(world, task) }
}
