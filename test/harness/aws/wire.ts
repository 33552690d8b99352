// How AWS's services are addressed, and how they answer: AWS JSON 1.1, and EC2's query protocol.
import type { IncomingMessage } from 'node:http'

export type Document = Record<string, unknown>

/** Refused as AWS refuses: `{"__type": …, "message": …}`. */
export class Refusal extends Error {
  readonly type: string
  readonly status: number

  constructor(type: string, message: string, status = 400) {
    super(message)
    this.type = type
    this.status = status
  }
}

/** One call, as its client made it. */
export interface Asked {
  /** `ecs`, `logs`, `tagging` or `ec2`. */
  readonly service: string
  readonly operation: string
  readonly input: Document
}

const SERVICES: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  Logs_20140328: 'logs',
  ResourceGroupsTaggingAPI_20170126: 'tagging',
}

/** AWS JSON 1.1 names service and operation in a header; EC2's query protocol names its action in the body. */
export function addressed({ headers }: IncomingMessage, body: Buffer): Asked {
  const text = body.toString()
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const query = Object.fromEntries(new URLSearchParams(text))
    return { service: 'ec2', operation: query.Action ?? '', input: query }
  }
  const [family = '', operation = ''] = String(headers['x-amz-target'] ?? '').split('.')
  return { service: SERVICES[family] ?? '', operation, input: JSON.parse(text || '{}') as Document }
}

/** JSON as AWS writes it: times are seconds since 1970, and what is undefined is left out. */
export function serialize(output: object): string {
  return JSON.stringify(output, function (this: Document, key, value: unknown) {
    const original = this[key]
    return original instanceof Date ? original.getTime() / 1000 : value
  })
}

export function errorText(service: string, type: string, message: string): string {
  if (service !== 'ec2') return JSON.stringify({ __type: type, message })
  const code = type === 'AccessDeniedException' ? 'UnauthorizedOperation' : type
  return `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`
}
