import type { GitHubApi } from '../../ports.ts'
import { sleep } from '../../async/sleep.ts'
import { createClient } from './client.ts'

const DEADLINE_MS = 5000

export interface Asking extends GitHubApi {
  readonly signal: AbortSignal
}

/**
 * GETs a path below the repository's own, e.g. `actions/runs/1`. Made for single questions whose answer nothing depends on.
 * @throws DeployError github-denied, github-refused, github-unavailable, cancelled
 */
export async function getFromRepository(api: Asking, path: string, needs: string): Promise<unknown> {
  const clock = { now: () => Date.now(), sleep }
  const client = createClient({ ...api, env: api.env ?? {}, clock, deadlineMs: DEADLINE_MS })
  return client.request({ method: 'GET', path: `repos/${api.repository}/${path}`, needs })
}
