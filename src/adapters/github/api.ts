import type { GitHubApi } from '../../ports.ts'

const PATIENCE = 5000

/**
 * By the toolkit's client, which knows proxies and certificates; loaded when GitHub is first asked.
 * GETs a path below the repository's own, e.g. `actions/runs/1`.
 * @throws whatever the client throws: callers treat GitHub as something that may be away
 */
export async function getFromRepository({ apiUrl, repository, token }: GitHubApi, path: string): Promise<unknown> {
  const { getOctokit } = await import('@actions/github')
  const octokit = getOctokit(token, { baseUrl: apiUrl })
  const answer = await octokit.request(`GET /repos/${repository}/${path}`, {
    request: { signal: AbortSignal.timeout(PATIENCE) },
  })
  return answer.data as unknown
}
