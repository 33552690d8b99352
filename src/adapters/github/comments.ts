/**
 * One comment on a pull request that is edited in place. It is found by a hidden marker in its first line, and only where
 * our own token wrote it: whoever comments could write the marker too.
 */
import * as v from 'valibot'
import { once } from '../../async/once.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { ClientOptions } from './client.ts'
import type { Octokit } from './octokit.ts'
import { answered, openOctokit } from './octokit.ts'

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
const PAGE = 100
/** GitHub answers 422 above it. */
const LONGEST = 65_536
/** The login of a job's own token, which cannot be asked for. */
const JOB_LOGIN = 'github-actions[bot]'

const CommentSchema = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  body: v.nullish(v.string(), ''),
  user: v.nullish(v.object({ login: v.string() })),
})
type Comment = v.InferOutput<typeof CommentSchema>
const ViewerSchema = v.object({ viewer: v.object({ login: v.string() }) })

/** @throws DeployError github-denied, github-refused, github-unavailable, cancelled */
export function openComments(options: ClientOptions): (comment: StickyComment) => Promise<void> {
  const octokit = once(() => openOctokit(options, NEEDS))
  const [owner = '', repo = ''] = options.repository.split('/')
  return async (comment) => {
    const api = createApi(await octokit(), { owner, repo }, comment)
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

function createApi(
  { paginate, rest, graphql }: Octokit,
  place: { readonly owner: string; readonly repo: string },
  { number, app, run, body }: StickyComment,
) {
  const marker = `<!-- immutable-deploy: preview of ${app} by run `
  const text = `${marker}${run.id}-${String(run.attempt)} -->\n${body}`.slice(0, LONGEST)
  const issue = { ...place, issue_number: number }

  /** All pages, or those until one by a job's token was found. */
  async function marked(isEnough: (found: readonly Comment[]) => boolean = () => false): Promise<Comment[]> {
    const found: Comment[] = []
    const pages = paginate.iterator(rest.issues.listComments, { ...issue, per_page: PAGE })
    for await (const { data } of pages) {
      found.push(...read(v.array(CommentSchema), data).filter((one) => one.body.startsWith(marker)))
      if (isEnough(found)) break
    }
    return found
  }

  async function own(): Promise<Comment[]> {
    const isOfJob = ({ user }: Comment) => user?.login === JOB_LOGIN
    const found = await answered(marked((some) => some.some(isOfJob)))
    const ofJob = found.filter(isOfJob)
    if (ofJob.length > 0 || found.length === 0) return ofJob
    const { viewer } = read(ViewerSchema, await answered(graphql('query { viewer { login } }')))
    return found.filter(({ user }) => user?.login === viewer.login)
  }

  async function edit({ id, body: before }: Comment): Promise<void> {
    if (isLater(before.slice(marker.length), run)) return
    await answered(rest.issues.updateComment({ ...place, comment_id: id, body: text }))
  }

  return {
    own,
    edit,
    marked: () => answered(marked()),
    create: async () => read(CommentSchema, (await answered(rest.issues.createComment({ ...issue, body: text }))).data),
    /** Another run may have removed it already. */
    async remove(id: number): Promise<void> {
      await answered(rest.issues.deleteComment({ ...place, comment_id: id })).catch((error: unknown) => {
        if (!(error instanceof DeployError) || error.code === 'cancelled') throw error
      })
    },
  }
}

/** GitHub numbers runs upwards. Without numbers nobody knows, and whoever comes last is believed. */
function isLater(rest: string, { id, attempt }: StickyComment['run']): boolean {
  const [, otherId, otherAttempt] = /^(\d+)-(\d+) -->/.exec(rest) ?? []
  if (otherId === undefined || !/^\d+$/.test(id)) return false
  const [one, other] = [BigInt(otherId), BigInt(id)]
  return one > other || (one === other && Number(otherAttempt) > attempt)
}

function read<T>(schema: v.GenericSchema<unknown, T>, answer: unknown): T {
  const result = v.safeParse(schema, answer)
  if (result.success) return result.output
  throw new DeployError(
    'github-refused',
    `GitHub's answer is not what its description says: ${result.issues[0].message}`,
  )
}
