/** GitHub's own client, for what takes pages: loaded only for previews, and over our connections. */
import { asDeployError, DeployError } from '../../errors/deploy-error.ts'
import type { GitHubCall } from '../../ports.ts'
import type { ClientOptions, WireClient } from './client.ts'
import { createClient, GRAPHQL, graphqlUrl } from './client.ts'

export type Octokit = ReturnType<typeof import('@actions/github').getOctokit>

/**
 * Deadlines, repetitions, proxies, authorities and cancellation are those of our client; addresses, pages and the types of
 * the answers are Octokit's.
 * @param needs the permission that its calls need, as a workflow writes it
 */
export async function openOctokit(options: ClientOptions, needs: string): Promise<Octokit> {
  const { getOctokit } = await import('@actions/github')
  const client = createClient(options)
  return getOctokit(options.token, {
    baseUrl: options.apiUrl,
    request: { fetch: fetchOver(client, options.apiUrl, needs) },
    log: SILENT,
  })
}

/** Octokit tells the console about deprecated calls, where a result may be printed. */
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore }

function ignore(): void {
  // Said by our own errors.
}

/** What a call of Octokit throws, as our own error. @throws DeployError github-denied, github-refused, github-unavailable, cancelled */
export async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Error && error.cause instanceof DeployError ? error.cause : asDeployError(error)
  }
}

interface FetchOptions {
  readonly method?: string
  readonly body?: unknown
}

function fetchOver(client: WireClient, apiUrl: string, needs: string) {
  return async (url: string, { method = 'GET', body }: FetchOptions = {}): Promise<Response> => {
    const answer = await client.exchange({
      method: methodOf(method),
      path: pathOf(url, apiUrl),
      needs,
      isRepeatable: method !== 'POST',
      ...(typeof body === 'string' ? { body: bodyOf(body) } : {}),
    })
    const headers = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, [value].flat().join(', ')]],
    )
    return new Response(answer.body.length === 0 ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers,
    })
  }
}

/** The address of a next page is GitHub's word, and the token goes along. */
function pathOf(url: string, apiUrl: string): string {
  if (url.startsWith(`${apiUrl}/`)) return url.slice(apiUrl.length + 1)
  if (url === graphqlUrl(apiUrl)) return GRAPHQL
  throw new DeployError('github-refused', `GitHub names an address that is not below ${apiUrl}`)
}

function bodyOf(text: string): object {
  const body: unknown = JSON.parse(text)
  return typeof body === 'object' && body !== null ? body : {}
}

function methodOf(method: string): GitHubCall['method'] {
  if (method === 'GET' || method === 'POST' || method === 'PATCH' || method === 'DELETE') return method
  throw new DeployError('internal-error', `GitHub is not asked by ${method}`)
}
