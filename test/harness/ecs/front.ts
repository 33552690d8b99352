// One call on the wire: who signed it, whether it may be made, what goes wrong with it, and what it answers.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkInput } from '../aws/model.ts'
import type { Policy } from '../aws/policy.ts'
import { checkPolicy, nameOf } from '../aws/policy.ts'
import type { Credentials } from '../aws/signature.ts'
import { checkSignature } from '../aws/signature.ts'
import type { Asked, Document } from '../aws/wire.ts'
import { addressed, errorText, Refusal, serialize } from '../aws/wire.ts'
import { OPERATIONS } from './operations.ts'
import type { World } from './world.ts'

interface Front {
  readonly world: World
  /** What the action signs with, and what it may do. */
  readonly credentials: Credentials
  readonly policy?: Policy
  /** What tests sign with. */
  readonly tester: Credentials
  readonly onAnswer?: (operation: string, output: Document) => void
  /** The last answer to each question, for stale reads. */
  readonly answers: Map<string, string>
}

export async function serve(front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, credentials, policy, tester } = front
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const asked = addressed(request, body)
  const { service, operation, input } = asked
  const send = (code: number, text: string): void => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': crypto.randomUUID() }
    response.writeHead(code, headers).end(text)
  }
  let [status, accessKeyId] = [200, '']
  try {
    accessKeyId = await checkSignature(request, body, { known: [credentials, tester], region: world.region, service })
    if (policy && accessKeyId === credentials.accessKeyId) checkPolicy(world, policy, asked)
    const fault = await world.dial.wireFault(asked, serviceIn(input))
    if (fault.refuse) throw fault.refuse(world, asked)
    const text = fault.isLost === true ? undefined : answer(front, asked, fault.answer === 'old')
    if (text === undefined) status = 0
    if (fault.answer === 'reset') request.socket.destroy()
    else if (fault.answer === 'half') send(200, text?.slice(0, Math.ceil(text.length / 2)) ?? '')
    else if (text !== undefined && fault.answer !== 'none') send(200, text)
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal('ServerException', String(error), 500)
    status = refusal.status
    send(status, errorText(service, refusal.type, refusal.message))
  } finally {
    world.calls.push({ service, accessKeyId, operation, input, at: Date.now(), status })
  }
}

function answer({ world, answers, onAnswer }: Front, { service, operation, input }: Asked, isOld: boolean): string {
  const key = `${operation} ${JSON.stringify(input)}`
  const old = isOld ? answers.get(key) : undefined
  if (old !== undefined) return old
  const run = OPERATIONS[service]?.[operation]
  if (!run) throw new Refusal('UnknownOperationException', `Unknown operation ${operation}`)
  checkInput(operation, input)
  const output = run(world, input as never)
  const text = typeof output === 'string' ? output : serialize(output)
  answers.set(key, text)
  // The tagging API and EC2 have no model here.
  if (service === 'ecs' || service === 'logs') onAnswer?.(operation, JSON.parse(text) as Document)
  return text
}

/** The service that a call is about. */
function serviceIn(input: Document): string | undefined {
  const services = Array.isArray(input.services) ? input.services : [input.service ?? input.serviceName]
  return typeof services[0] === 'string' ? nameOf(services[0]) : undefined
}
