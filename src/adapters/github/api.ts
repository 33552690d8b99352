import type { GitHubApi } from '../../ports.ts'
import { createClient } from './client.ts'

const DEADLINE_MS = 5000

/**
 * GETs a path below the repository's own, e.g. `actions/runs/1`. Made for single questions whose answer nothing depends on.
 * @throws DeployError github-denied, github-refused, github-unavailable
 */
export async function getFromRepository(api: GitHubApi, path: string, needs: string): Promise<unknown> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  }
  const client = createClient({ ...api, env: api.env ?? {}, clock, signal, deadlineMs: DEADLINE_MS })
  return client.request({ method: 'GET', path: `repos/${api.repository}/${path}`, needs })
}
