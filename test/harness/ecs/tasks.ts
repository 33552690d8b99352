import { clusterOf, list, needed, page, text } from './inputs.ts'
import { stopTask } from './lifecycle.ts'
import type { Document, Task } from './model.ts'
import { Refusal } from './model.ts'
import { taskView } from './views.ts'
import type { World } from './world.ts'
import { arn, nameOf } from './world.ts'

export function listTasks(world: World, input: Document): Document {
  const cluster = clusterOf(world, input)
  const [service, startedBy, family] = ['serviceName', 'startedBy', 'family'].map((name) => text(input, name))
  if (startedBy !== undefined && (service !== undefined || family !== undefined))
    throw new Refusal('InvalidParameterException', 'startedBy cannot be combined with another filter.')
  const desired = text(input, 'desiredStatus') ?? 'RUNNING'
  const arns = [...world.tasks.values()]
    .filter((task) => task.cluster === cluster && task.desired === desired)
    .filter((task) => service === undefined || task.service === nameOf(service))
    .filter((task) => startedBy === undefined || task.startedBy === startedBy)
    .filter((task) => family === undefined || task.taskDefinition.family === family)
    .map((task) => task.arn)
  const { items, nextToken } = page(arns, input, 100)
  return { taskArns: items, ...(nextToken === undefined ? {} : { nextToken }) }
}

export function describeTasks(world: World, input: Document): Document {
  const cluster = clusterOf(world, input)
  const ids = list(input, 'tasks').map(nameOf)
  if (ids.length === 0) throw new Refusal('InvalidParameterException', 'Tasks cannot be empty.')
  if (ids.length > 100) throw new Refusal('InvalidParameterException', 'Tasks cannot have more than 100 items.')
  const found = ids.map((id) => ({ id, task: taskIn(world, cluster, id) }))
  return {
    tasks: found.flatMap(({ task }) => (task ? [taskView(world, task)] : [])),
    failures: found
      .filter(({ task }) => !task)
      .map(({ id }) => ({ arn: arn(world, `task/${cluster}/${id}`), reason: 'MISSING' })),
  }
}

function taskIn(world: World, cluster: string, id: string): Task | undefined {
  const task = world.tasks.get(id)
  return task?.cluster === cluster ? task : undefined
}

export function stopTaskByClient(world: World, input: Document): Document {
  const task = taskIn(world, clusterOf(world, input), nameOf(needed(input, 'task')))
  if (!task) throw new Refusal('InvalidParameterException', 'The referenced task was not found.')
  stopTask(task, 'UserInitiated', text(input, 'reason') ?? 'Task stopped by user')
  return { task: taskView(world, task) }
}
