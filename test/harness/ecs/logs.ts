// CloudWatch Logs, as far as the log driver `awslogs` writes there and `GetLogEvents` reads from there.
import { needed, count } from './inputs.ts'
import type { Document, Task, TaskContainer } from './model.ts'
import { Refusal } from './model.ts'
import type { World } from './world.ts'

/** The stream's name is made by the driver: prefix, container, task id. */
export async function keepLogs(world: World, task: Task, { definition, runtimeId = '' }: TaskContainer): Promise<void> {
  const { logDriver, options = {} } = definition.logConfiguration ?? {}
  if (logDriver !== 'awslogs') return
  const stream = `${options['awslogs-stream-prefix'] ?? ''}/${definition.name}/${task.id}`
  world.logs.set(`${options['awslogs-group'] ?? ''} ${stream}`, await world.runtime.logs(runtimeId))
}

export function getLogEvents(world: World, input: Document): Document {
  const lines = world.logs.get(`${needed(input, 'logGroupName')} ${needed(input, 'logStreamName')}`)
  if (!lines) throw new Refusal('ResourceNotFoundException', 'The specified log stream does not exist.')
  const limit = count(input, 'limit') ?? 10_000
  const shown = input.startFromHead === true ? lines.slice(0, limit) : lines.slice(-limit)
  return {
    events: shown.map((message, index) => ({ timestamp: index, ingestionTime: index, message })),
    nextForwardToken: 'f/1',
    nextBackwardToken: 'b/1',
  }
}
