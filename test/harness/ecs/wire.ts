// How requests name their service and operation, and how each service says what went wrong.
import type { IncomingMessage } from 'node:http'
import type { Document } from './model.ts'
import { Refusal } from './model.ts'

interface Addressed {
  readonly service: string
  readonly operation: string
  readonly parse: () => Document
}

const SERVICES: readonly (readonly [prefix: string, service: string])[] = [
  ['Logs_', 'logs'],
  ['ResourceGroupsTaggingAPI_', 'tagging'],
]

/** AWS JSON 1.1 names service and operation in a header; EC2's query protocol names its action in the body. */
export function addressed({ headers }: IncomingMessage, body: Buffer): Addressed {
  const text = body.toString()
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const query = Object.fromEntries(new URLSearchParams(text))
    return { service: 'ec2', operation: query.Action ?? '', parse: () => query }
  }
  const [family = '', operation = ''] = String(headers['x-amz-target'] ?? '').split('.')
  const service = SERVICES.find(([prefix]) => family.startsWith(prefix))?.[1] ?? 'ecs'
  return { service, operation, parse: () => parseJson(text) }
}

function parseJson(text: string): Document {
  try {
    return JSON.parse(text || '{}') as Document
  } catch {
    throw new Refusal('SerializationException', 'The request is not JSON.')
  }
}

export function errorText(service: string, type: string, message: string): Document | string {
  if (service !== 'ec2') return { __type: type, message }
  const code = type === 'AccessDeniedException' ? 'UnauthorizedOperation' : type
  return `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`
}
