/**
 * One comment on a pull request that is edited in place. It is found by a hidden marker in its first line, and only where
 * our own token wrote it: anybody who comments could write the marker too.
 */
import * as v from 'valibot'
import { DeployError } from '../../errors/deploy-error.ts'
import { readAnswer } from '../../errors/github-answer.ts'
import type { GitHubClient } from '../../ports.ts'
import type { ClientOptions } from './client.ts'
import { createClient, GRAPHQL } from './client.ts'

export interface StickyComment {
  readonly number: number
  /** Letters, digits, dots, dashes and underscores. */
  readonly app: string
  /** The run that writes it: a later one is never overwritten. */
  readonly run: { readonly id: string; readonly attempt: number }
  readonly body: string
  /** False: nothing is written where there is none. */
  readonly creates: boolean
}

const NEEDS = 'pull-requests: write'
/** GitHub answers 422 above it. */
const BODY_CHARACTERS = 65_536
/** The login of a job's own token, which cannot be asked for. */
const JOB_LOGIN = 'github-actions[bot]'

const CommentSchema = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  body: v.nullish(v.string(), ''),
  user: v.nullish(v.object({ login: v.string() })),
})
type Comment = v.InferOutput<typeof CommentSchema>
const ViewerSchema = v.object({ data: v.object({ viewer: v.object({ login: v.string() }) }) })

/** @throws DeployError github-denied, github-refused, github-unavailable, cancelled */
export function openComments(options: ClientOptions): (comment: StickyComment) => Promise<void> {
  const client = createClient(options)
  return async (comment) => {
    const api = createApi(client, options.repository, comment)
    const own = await api.own()
    const [first, ...duplicates] = own
    if (first) {
      await Promise.all([api.edit(first), ...duplicates.map(({ id }) => api.remove(id))])
    } else if (comment.creates) {
      await agree(await api.create(), api)
    }
  }
}

/** Two runs may have looked and written at the same time: the oldest comment stays, with what the later run says. */
async function agree(made: Comment, api: ReturnType<typeof createApi>): Promise<void> {
  const all = (await api.marked()).filter(({ user }) => user?.login === made.user?.login)
  const [oldest, ...others] = all.sort((one, other) => one.id - other.id)
  if (!oldest || (others.length === 0 && oldest.id === made.id)) return
  await Promise.all([oldest.id === made.id ? undefined : api.edit(oldest), ...others.map(({ id }) => api.remove(id))])
}

function createApi(client: GitHubClient, repository: string, { number, app, run, body: text }: StickyComment) {
  const marker = `<!-- immutable-deploy: preview of ${app} by run `
  const body = `${marker}${run.id}-${String(run.attempt)} -->\n${text}`.slice(0, BODY_CHARACTERS)
  const issue = `repos/${repository}/issues/${String(number)}/comments`
  const one = (id: number) => `repos/${repository}/issues/comments/${String(id)}`

  const isMarked = ({ body: before }: Comment): boolean => before.startsWith(marker)

  /** All pages, or those until one by a job's token was found. */
  async function marked(isEnough: (found: readonly Comment[]) => boolean = () => false): Promise<Comment[]> {
    const ours = (known: readonly unknown[]) => readAnswer(v.array(CommentSchema), known).filter(isMarked)
    const call = { method: 'GET', path: `${issue}?per_page=100`, needs: NEEDS } as const
    return ours(await client.list(call, (known) => isEnough(ours(known))))
  }

  return {
    marked: () => marked(),
    async own(): Promise<Comment[]> {
      const isOfJob = ({ user }: Comment) => user?.login === JOB_LOGIN
      const found = await marked((some) => some.some(isOfJob))
      const ofJob = found.filter(isOfJob)
      if (ofJob.length > 0 || found.length === 0) return ofJob
      const question = { query: 'query { viewer { login } }' }
      const answer = await client.request({ method: 'POST', path: GRAPHQL, body: question, needs: NEEDS })
      const { login } = readAnswer(ViewerSchema, answer).data.viewer
      return found.filter(({ user }) => user?.login === login)
    },
    async edit({ id, body: before }: Comment): Promise<void> {
      if (isLater(before.slice(marker.length), run)) return
      await client.request({ method: 'PATCH', path: one(id), body: { body }, needs: NEEDS })
    },
    async create(): Promise<Comment> {
      const call = { method: 'POST', path: issue, body: { body }, needs: NEEDS, isRepeatable: false } as const
      return readAnswer(CommentSchema, await client.request(call))
    },
    /** Another run may have removed it already. */
    async remove(id: number): Promise<void> {
      await client.request({ method: 'DELETE', path: one(id), needs: NEEDS }).catch((error: unknown) => {
        if (!(error instanceof DeployError) || error.code === 'cancelled') throw error
      })
    },
  }
}

/** GitHub numbers runs upwards. Without numbers the order is unknown, and the last writer is believed. */
function isLater(rest: string, { id, attempt }: StickyComment['run']): boolean {
  const [, otherId, otherAttempt] = /^(\d+)-(\d+) -->/.exec(rest) ?? []
  if (otherId === undefined || !/^\d+$/.test(id)) return false
  const [one, other] = [BigInt(otherId), BigInt(id)]
  return one > other || (one === other && Number(otherAttempt) > attempt)
}
