/** The calls of GitHub's Deployments API that the ledger makes, with the fields of their answers that it reads. */
import * as v from 'valibot'
import { readAnswer } from '../../errors/github-answer.ts'
import type { GitHubClient, GitHubContext } from '../../ports.ts'
import type { Payload } from './payload.ts'
import { describe, parsePayload } from './payload.ts'

export type DeploymentState = 'error' | 'failure' | 'inactive' | 'in_progress' | 'queued' | 'pending' | 'success'

const id = v.pipe(v.number(), v.safeInteger())
const DeploymentSchema = v.object({
  id,
  ref: v.string(),
  task: v.string(),
  created_at: v.string(),
  payload: v.unknown(),
  creator: v.nullish(v.object({ login: v.string() })),
  performed_via_github_app: v.nullish(v.object({ slug: v.optional(v.string()) })),
})
const StatusSchema = v.object({
  state: v.string(),
  description: v.nullish(v.string(), ''),
  log_url: v.nullish(v.string(), ''),
  target_url: v.nullish(v.string(), ''),
})
const CreatedSchema = v.object({ id })

export type Status = v.InferOutput<typeof StatusSchema>

export interface Deployment {
  readonly id: number
  /** A branch, a tag, a commit or `refs/pull/7/merge`. */
  readonly ref: string
  readonly task: string
  readonly at: string
  /** undefined: it is not one of ours. */
  readonly payload: Payload | undefined
  /** GitHub made it for a job with `environment:`. */
  readonly isOfJob: boolean
}

export interface NewStatus {
  readonly state: DeploymentState
  readonly description: string
  readonly url?: string | undefined
}

export interface Deployments {
  /** The newest hundred of an environment, of a task, or of both, the newest first. */
  list(of: { readonly environment?: string; readonly task?: string }): Promise<readonly Deployment[]>
  /** Those of one task, page after page until one of them is `wanted`. */
  find(environment: string, task: string, isWanted: (one: Deployment) => boolean): Promise<readonly Deployment[]>
  /** The newest first. */
  statuses(id: number): Promise<readonly Status[]>
  create(wanted: {
    readonly ref: string
    readonly task: string
    readonly environment: string
    readonly payload: object
    readonly description: string
    /** It does not last: GitHub shows it as destroyed once it is inactive. */
    readonly transient_environment?: boolean
    readonly production_environment?: boolean
  }): Promise<number>
  setStatus(id: number, status: NewStatus): Promise<void>
}

const NEEDS = 'deployments: write'
export const ITEMS_PER_PAGE = 100

export function openDeployments({ repository, runUrl }: GitHubContext, client: GitHubClient): Deployments {
  const root = `repos/${repository}/deployments`
  const listOf = (query: Readonly<Record<string, string>>) => {
    const search = new URLSearchParams({ ...query, per_page: String(ITEMS_PER_PAGE) })
    return { method: 'GET', path: `${root}?${search.toString()}`, needs: NEEDS } as const
  }
  return {
    async list(of) {
      const answer = await client.request(listOf({ ...of }))
      return readAnswer(v.array(v.unknown()), answer).flatMap(deploymentIn)
    },
    async find(environment, task, isWanted) {
      const isEnough = (known: readonly unknown[]) => known.flatMap(deploymentIn).some(isWanted)
      return (await client.list(listOf({ environment, task }), isEnough)).flatMap(deploymentIn)
    },
    async statuses(of) {
      const path = `${root}/${String(of)}/statuses?per_page=30`
      return readAnswer(v.array(StatusSchema), await client.request({ method: 'GET', path, needs: NEEDS }))
    },
    async create(wanted) {
      const body = { ...wanted, auto_merge: false, required_contexts: [] }
      const answer = await client.request({ method: 'POST', path: root, body, needs: NEEDS, isRepeatable: false })
      // 202 has a message only: GitHub merged something instead of making the deployment.
      return readAnswer(CreatedSchema, answer).id
    },
    async setStatus(of, { state, description, url }) {
      const body = {
        state,
        description: describe(description),
        auto_inactive: false,
        ...(runUrl === undefined ? {} : { log_url: runUrl }),
        ...(url === undefined ? {} : { environment_url: url }),
      }
      await client.request({ method: 'POST', path: `${root}/${String(of)}/statuses`, body, needs: NEEDS })
    },
  }
}

function deploymentIn(value: unknown): Deployment[] {
  const { success, output } = v.safeParse(DeploymentSchema, value)
  if (!success) return []
  const { id, ref, task, created_at: at } = output
  const isOfJob =
    task === 'deploy' &&
    (output.performed_via_github_app?.slug === 'github-actions' || output.creator?.login === 'github-actions[bot]')
  const payload = parsePayload(output.payload)
  return [{ id, ref, task, at, payload, isOfJob: isOfJob && !payload }]
}
