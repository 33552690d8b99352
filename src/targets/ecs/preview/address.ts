/** Where a preview answers without a load balancer: the public address of one of its tasks. */
import type { Task } from '@aws-sdk/client-ecs'
import * as v from 'valibot'
import { asDeployError } from '../../../errors/deploy-error.ts'
import type { Definition } from '../definition.ts'
import type { EcsReader } from '../reader.ts'
import { isLive } from '../replicas.ts'
import type { SignedClient } from './signed.ts'

const PortsSchema = v.array(v.looseObject({ containerPort: v.number(), protocol: v.optional(v.string()) }))

interface AddressContext {
  readonly reader: EcsReader
  readonly open: () => Promise<SignedClient>
}

export interface Asked {
  readonly service: string
  readonly container: string
  readonly definition: Definition
}

/**
 * `http://IP:PORT`, on the first port of the released container; undefined where it publishes none, or no task has a
 * public address, or the role may not ask (`ec2:DescribeNetworkInterfaces`).
 */
export async function publicAddress(
  { reader, open }: AddressContext,
  { service, container, definition }: Asked,
): Promise<string | undefined> {
  const port = portOf(definition, container)
  if (port === undefined || definition.networkMode !== 'awsvpc') return undefined
  const tasks = (await reader.tasks(service, 'RUNNING')).filter(isLive)
  const interfaces = tasks.flatMap(interfaceOf)
  if (interfaces.length === 0) return undefined
  const client = await open()
  try {
    const ip = await publicIp(client, interfaces)
    return ip === undefined ? undefined : `http://${ip}:${String(port)}`
  } catch (error) {
    if (asDeployError(error).code === 'target-denied') return undefined
    throw error
  } finally {
    client.close()
  }
}

function portOf({ containerDefinitions }: Definition, container: string): number | undefined {
  const found = containerDefinitions.find(({ name }) => name === container)
  const parsed = v.safeParse(PortsSchema, found?.portMappings)
  return parsed.success ? parsed.output.find(({ protocol = 'tcp' }) => protocol === 'tcp')?.containerPort : undefined
}

function interfaceOf({ attachments = [] }: Task): string[] {
  const details = attachments.flatMap((attachment) => attachment.details ?? [])
  return details.flatMap(({ name, value }) => (name === 'networkInterfaceId' && value !== undefined ? [value] : []))
}

/** EC2's query protocol: XML, of which one text is needed. */
async function publicIp(client: SignedClient, interfaces: readonly string[]): Promise<string | undefined> {
  const query = new URLSearchParams({ Action: 'DescribeNetworkInterfaces', Version: '2016-11-15' })
  for (const [index, id] of interfaces.entries()) query.set(`NetworkInterfaceId.${String(index + 1)}`, id)
  const text = await client.post({
    service: 'ec2',
    action: 'ec2:DescribeNetworkInterfaces',
    body: query.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  })
  return /<publicIp>(\d{1,3}(?:\.\d{1,3}){3})<\/publicIp>/.exec(text)?.[1]
}
