// Two questions of other services about what Amazon ECS holds: tags (Resource Groups Tagging API) and addresses (EC2).
import { count, text } from './inputs.ts'
import type { Document, Service, Task } from './model.ts'
import type { World } from './world.ts'

interface Filter {
  readonly Key: string
  readonly Values?: readonly string[]
}

export function getResources(world: World, input: Document): Document {
  const filters = (input.TagFilters ?? []) as Filter[]
  const types = (input.ResourceTypeFilters ?? ['ecs:service']) as string[]
  const matches = ({ tags }: Service) =>
    filters.every(({ Key, Values = [] }) =>
      tags.some(({ key, value }) => key === Key && (Values.length === 0 || Values.includes(value))),
    )
  const found = types.includes('ecs:service') ? [...world.services.values()].filter(matches) : []
  const from = Number(text(input, 'PaginationToken') || '0')
  const size = count(input, 'ResourcesPerPage') ?? 100
  return {
    PaginationToken: from + size < found.length ? String(from + size) : '',
    // It goes on to tell of services that are deleted.
    ResourceTagMappingList: found.slice(from, from + size).map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
    })),
  }
}

export const interfaceOf = ({ id }: Task): string => `eni-${id.slice(0, 17)}`

export function isPublic(world: World, task: Task): boolean {
  const service = world.services.get(`${task.cluster}/${task.service ?? ''}`)
  return JSON.stringify(service?.document.networkConfiguration ?? {}).includes('"assignPublicIp":"ENABLED"')
}

/** EC2's query protocol answers in XML. */
export function describeNetworkInterfaces(world: World, input: Document): string {
  const wanted = Object.entries(input).flatMap(([name, value]) =>
    name.startsWith('NetworkInterfaceId.') ? [value] : [],
  )
  const tasks = [...world.tasks.values()].filter((task) => wanted.includes(interfaceOf(task)))
  const items = tasks.map((task) => {
    const ip = `<association><publicIp>${world.publicIp}</publicIp></association>`
    return `<item><networkInterfaceId>${interfaceOf(task)}</networkInterfaceId>${isPublic(world, task) ? ip : ''}</item>`
  })
  const body = `<networkInterfaceSet>${items.join('')}</networkInterfaceSet>`
  return `<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${crypto.randomUUID()}</requestId>${body}</DescribeNetworkInterfacesResponse>`
}
