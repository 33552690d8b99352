/** A light client of GitHub's REST API: kept-alive connections of our own, because the toolkit's takes longer to load. */
import type { Clock, GitHubApi, GitHubCall, GitHubClient } from '../../ports.ts'
import { within } from '../../async/deadline.ts'
import { DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import { backoff } from '../registry/retry.ts'
import type { Answer, Wire } from '../registry/wire.ts'
import { createWire } from '../registry/wire.ts'
import { allPages, followed, isInside } from './links.ts'
import { deniedBy, isRateLimited, parsed, refusedBy, unavailable, waitOf } from './answers.ts'

export interface ClientOptions extends GitHubApi {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The longest that one call may take, with its repetitions. */
  readonly deadlineMs?: number
}

const DEADLINE_MS = 8000
const TRIES = 3
/** A page of a hundred records is below half a megabyte. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024
const FAULTS_WORTH_REPEATING = /^(?:ECONN|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/

export function createClient(options: ClientOptions): GitHubClient {
  const { env, signal, clock, deadlineMs = DEADLINE_MS } = options
  const wire = createWire({ env, signal, idle: deadlineMs, total: deadlineMs, largest: MAX_ANSWER_BYTES })
  const late = () => unavailable(new URL(options.apiUrl).host, `no answer within ${String(deadlineMs / 1000)} s`)
  return {
    request: async (call) => parsed(await exchange(call)),
    list: (call, isEnough) => allPages(exchange, call, isEnough),
  }

  async function exchange(call: GitHubCall): Promise<Answer> {
    throwIfAborted(signal)
    const until = clock.now() + deadlineMs
    try {
      return await within({ ms: deadlineMs, signal, late }, (limit) => send(call, until, limit))
    } catch (error) {
      throwIfAborted(signal)
      throw error
    }
  }

  async function send(call: GitHubCall, until: number, limit: AbortSignal): Promise<Answer> {
    const ask = askOf(call, options)
    for (let tried = 1; ; tried += 1) {
      const attempt = await settle((first) => followed(wire, first, options.apiUrl), ask)
      if (!(attempt instanceof Error) && isGood(attempt)) return attempt
      const wait = repetition(call, attempt, tried, clock.now())
      if (wait === undefined || clock.now() + wait > until) throw faultOf(call, options, attempt, clock.now())
      await clock.sleep(wait, limit)
      throwIfAborted(limit)
    }
  }
}

function askOf(call: GitHubCall, { apiUrl, token }: GitHubApi): Parameters<Wire>[0] {
  const url = new URL(call.path === GRAPHQL ? graphqlUrl(apiUrl) : `${apiUrl}/${call.path}`)
  // The token goes along: no path may lead to another host or out of the API.
  if (call.path !== GRAPHQL && !isInside(url, apiUrl)) {
    throw new DeployError('internal-error', `${call.path} is not an address of ${apiUrl}`)
  }
  return {
    method: call.method,
    url,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `token ${token}`,
      'x-github-api-version': '2022-11-28',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    isOnce: call.isRepeatable === false,
  }
}

/** The path of GraphQL, which GitHub Enterprise Server has beside the REST API, not below it. */
export const GRAPHQL = 'graphql'

export function graphqlUrl(apiUrl: string): string {
  return new URL(`${apiUrl.replace(/\/v3$/, '')}/${GRAPHQL}`).href
}

async function settle(wire: Wire, ask: Parameters<Wire>[0]): Promise<Answer | Error> {
  try {
    return await wire(ask)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const isGood = ({ status }: Answer): boolean => status >= 200 && status < 300

/** How long to wait before the call is sent again; undefined: it is not. */
function repetition(call: GitHubCall, attempt: Answer | Error, tried: number, now: number): number | undefined {
  if (tried >= TRIES) return undefined
  // What GitHub turned away for its rate limit was not carried out.
  if (!(attempt instanceof Error) && isRateLimited(attempt)) return waitOf(attempt, now)
  if (call.isRepeatable === false) return undefined
  if (attempt instanceof Error) return FAULTS_WORTH_REPEATING.test(codeOf(attempt)) ? backoff(tried, 0.5) : undefined
  return attempt.status >= 500 ? (waitOf(attempt, now) ?? backoff(tried, 0.5)) : undefined
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function faultOf(call: GitHubCall, api: GitHubApi, attempt: Answer | Error, now: number): DeployError {
  const host = new URL(api.apiUrl).host
  if (attempt instanceof Error) return unavailable(host, attempt.message)
  if (isRateLimited(attempt)) {
    const seconds = Math.ceil((waitOf(attempt, now) ?? 0) / 1000)
    return unavailable(host, `it asks to wait ${String(seconds)} s: its rate limit is reached`, attempt)
  }
  if (attempt.status >= 500 || attempt.status < 300)
    return unavailable(host, `it answers ${String(attempt.status)}`, attempt)
  if ([401, 403, 404].includes(attempt.status)) return deniedBy(host, call, attempt)
  return refusedBy(host, call, attempt)
}
