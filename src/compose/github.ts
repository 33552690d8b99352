/** What the records on GitHub are written with. */
import type { ConfigContext } from '../config/index.ts'
import type { Run } from '../domain/labels.ts'
import type { GitHubApi, GitHubContext } from '../ports.ts'
import { systemClock } from './clock.ts'

/** A cancelled run has seconds left, and other things to do with them. */
const AFTER_CANCEL_MS = 1500

export async function gitHubContext(
  api: GitHubApi,
  { github, env }: ConfigContext,
  run: Run,
  signal: AbortSignal,
): Promise<GitHubContext> {
  const { createClient } = await import('../adapters/github/client.ts')
  const options = { ...api, env, clock: systemClock }
  return {
    client: createClient({ ...options, signal }),
    lastClient: () => createClient({ ...options, signal: new AbortController().signal, deadlineMs: AFTER_CANCEL_MS }),
    repository: api.repository,
    sha: github?.sha,
    runId: run.id,
    runUrl: run.url,
    actor: run.actor,
    hasArtifactRecords: isOnGitHubCom(github?.serverUrl ?? '') && (github?.isOwnedByOrganization() ?? false),
  }
}

/** GitHub Enterprise Server has no artifact deployment records; hosts of data residency have them. */
function isOnGitHubCom(serverUrl: string): boolean {
  const { hostname } = new URL(serverUrl)
  return hostname === 'github.com' || hostname.endsWith('.ghe.com')
}
