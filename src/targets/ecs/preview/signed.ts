/**
 * The two questions of a preview that Amazon ECS does not answer itself: which services carry a tag, and which public
 * address a task has. Signed and sent by the parts of the SDK that are loaded anyway.
 */
import { SignatureV4 } from '@smithy/signature-v4'
import * as v from 'valibot'
import { openDeadline } from '../../../async/deadline.ts'
import { cancelled, DeployError } from '../../../errors/deploy-error.ts'
import { errorMessage } from '../../../errors/message.ts'
import type { Clock } from '../../../ports.ts'
import { httpsAgent } from '../agent.ts'
import { ECSClient } from '../sdk.ts'

export interface SignedRequest {
  /** As signatures name it: `tagging`, `ec2`. */
  readonly service: 'tagging' | 'ec2'
  /** As IAM names it. */
  readonly action: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

export interface SignedClient {
  /** @returns the body of the answer. @throws DeployError target-denied, target-unreachable, cancelled */
  post(request: SignedRequest): Promise<string>
  close(): void
}

interface SignedContext {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
}

const REQUEST_MS = 10_000
const PAUSES_MS = [200, 600, 1800, 4000]
const ENDPOINTS = { tagging: 'RESOURCE_GROUPS_TAGGING_API', ec2: 'EC2' } as const

interface Answer {
  readonly status: number
  readonly text: string
}

const AnswerSchema = v.object({
  response: v.looseObject({ statusCode: v.number(), body: v.custom<AsyncIterable<Uint8Array>>(isBody) }),
})

function isBody(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

export function openSigned(context: SignedContext): SignedClient {
  const client = new ECSClient({ requestHandler: { httpsAgent: httpsAgent(context.env) } })
  return {
    async post(request) {
      for (let attempt = 0; ; attempt += 1) {
        const answer = await once(client, request, context)
        if (answer.status < 300) return answer.text
        const pause = PAUSES_MS[attempt]
        if (pause === undefined || !isPassing(answer)) throw refused(request, answer)
        await context.clock.sleep(pause, context.signal)
      }
    },
    close: () => client.destroy(),
  }
}

async function once(
  { config }: ECSClient,
  { service, body, headers }: SignedRequest,
  context: SignedContext,
): Promise<Answer> {
  const { signal, env } = context
  if (signal.aborted) throw cancelled(signal)
  const deadline = openDeadline({ ms: REQUEST_MS, signal })
  try {
    const region = await config.region()
    const { protocol, hostname, port } = endpointOf(config, service, { region, env })
    const { credentials, sha256 } = config
    const signer = new SignatureV4({ service, region, credentials, sha256 })
    const place = { protocol, hostname, ...(port === '' ? {} : { port: Number(port) }) }
    const request = {
      method: 'POST',
      ...place,
      path: '/',
      query: {},
      headers: { ...headers, host: hostOf(place) },
      body,
    }
    const signed = await signer.sign(request)
    const { response } = v.parse(
      AnswerSchema,
      await config.requestHandler.handle(Object.assign(request, signed) as never, { abortSignal: deadline.signal }),
    )
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body) chunks.push(chunk)
    return { status: response.statusCode, text: Buffer.concat(chunks).toString() }
  } catch (error) {
    if (signal.aborted) throw cancelled(signal)
    if (error instanceof Error && error.name === 'CredentialsProviderError')
      throw new DeployError('target-denied', `there are no AWS credentials in reach: ${error.message}`)
    throw new DeployError('target-unreachable', `AWS (${service}) does not answer: ${errorMessage(error)}`)
  } finally {
    deadline.close()
  }
}

function hostOf({ hostname, port }: { hostname: string; port?: number }): string {
  return port === undefined ? hostname : `${hostname}:${String(port)}`
}

/** Beside the endpoint of Amazon ECS in the same partition, or what the environment names as for the AWS command line. */
function endpointOf(
  { endpointProvider }: ECSClient['config'],
  service: SignedRequest['service'],
  { region, env }: { region: string; env: SignedContext['env'] },
): URL {
  const named = env[`AWS_ENDPOINT_URL_${ENDPOINTS[service]}`] ?? env.AWS_ENDPOINT_URL
  if (named !== undefined && named !== '') return new URL(named)
  const { url } = endpointProvider({ Region: region, UseFIPS: false, UseDualStack: false })
  return new URL(url.href.replace('//ecs.', `//${service}.`))
}

function isPassing({ status, text }: Answer): boolean {
  return status >= 500 || status === 429 || /Throttl|RequestLimitExceeded|SlowDown/i.test(text)
}

function refused({ service, action }: SignedRequest, { status, text }: Answer): DeployError {
  if (/AccessDenied|UnauthorizedOperation|not authorized/i.test(text)) {
    const fix = `Allow ${action} in the policy of the role; docs/ecs.md has the whole policy.`
    return new DeployError('target-denied', `the AWS role may not call ${action}`, { fix })
  }
  const isDenied = /UnrecognizedClient|InvalidSignature|ExpiredToken|AuthFailure|RequestExpired/i.test(text)
  const what = `AWS (${service}) refuses ${action} with status ${String(status)}: ${text.slice(0, 300)}`
  return new DeployError(isDenied ? 'target-denied' : 'target-unreachable', what)
}
