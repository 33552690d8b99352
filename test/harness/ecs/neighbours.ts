// What other services know of Amazon ECS: log lines (CloudWatch), tags (the tagging API), and addresses (EC2).
import type { GetLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs'
import { Refusal } from '../aws/wire.ts'
import type { Service, Task, TaskContainer } from './model.ts'
import type { World } from './world.ts'

/** The stream's name is made by the driver: prefix, container, task id. */
export async function keepLogs(world: World, task: Task, { definition, runtimeId = '' }: TaskContainer): Promise<void> {
  const { logDriver, options = {} } = definition.logConfiguration ?? {}
  if (logDriver !== 'awslogs') return
  const stream = `${options['awslogs-stream-prefix'] ?? ''}/${definition.name}/${task.id}`
  world.logs.set(`${options['awslogs-group'] ?? ''} ${stream}`, await world.runtime.logs(runtimeId))
}

export function getLogEvents(world: World, input: GetLogEventsRequest): object {
  const lines = world.logs.get(`${input.logGroupName ?? ''} ${input.logStreamName ?? ''}`)
  if (!lines) throw new Refusal('ResourceNotFoundException', 'The specified log stream does not exist.')
  const limit = input.limit ?? 10_000
  const shown = input.startFromHead === true ? lines.slice(0, limit) : lines.slice(-limit)
  return {
    events: shown.map((message, index) => ({ timestamp: index, ingestionTime: index, message })),
    nextForwardToken: 'f/1',
    nextBackwardToken: 'b/1',
  }
}

interface ResourcesRequest {
  readonly TagFilters?: readonly { readonly Key: string; readonly Values?: readonly string[] }[]
  readonly PaginationToken?: string
  readonly ResourcesPerPage?: number
}

/** Services alone. It goes on to tell of those that are deleted. */
export function getResources(world: World, input: ResourcesRequest): object {
  const { TagFilters = [], PaginationToken = '', ResourcesPerPage = 100 } = input
  const matches = ({ tags }: Service) =>
    TagFilters.every(({ Key, Values = [] }) =>
      tags.some(({ key, value }) => key === Key && (Values.length === 0 || Values.includes(value))),
    )
  const found = [...world.services.values()].filter(matches)
  const end = Number(PaginationToken) + ResourcesPerPage
  return {
    PaginationToken: end < found.length ? String(end) : '',
    ResourceTagMappingList: found.slice(Number(PaginationToken), end).map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
    })),
  }
}

export const interfaceOf = ({ id }: Task): string => `eni-${id.slice(0, 17)}`

/** EC2's query protocol answers in XML. */
export function describeNetworkInterfaces(world: World, input: Readonly<Record<string, string>>): string {
  const asked = Object.keys(input).filter((name) => name.startsWith('NetworkInterfaceId.'))
  const wanted = new Set(asked.map((name) => input[name]))
  const tasks = [...world.tasks.values()].filter((task) => wanted.has(interfaceOf(task)))
  const items = tasks.map((task) => {
    const settings = world.services.get(`${task.cluster}/${task.service}`)?.settings
    const isPublic = settings?.networkConfiguration?.awsvpcConfiguration?.assignPublicIp === 'ENABLED'
    const ip = isPublic ? `<association><publicIp>${world.publicIp}</publicIp></association>` : ''
    return `<item><networkInterfaceId>${interfaceOf(task)}</networkInterfaceId>${ip}</item>`
  })
  const body = `<networkInterfaceSet>${items.join('')}</networkInterfaceSet>`
  return `<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>${body}</DescribeNetworkInterfacesResponse>`
}
