import * as v from 'valibot'
import { isRevision } from '../../domain/revision.ts'
import type { Revision } from '../../domain/revision.ts'
import { once } from '../../async/once.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { PullRequest, PullRequests } from '../../ports.ts'
import type { ClientOptions } from './client.ts'
import { answered, openOctokit } from './octokit.ts'

const NEEDS = 'pull-requests: read'
const PAGE = 100

const PullSchema = v.object({
  number: v.pipe(v.number(), v.safeInteger()),
  state: v.string(),
  draft: v.nullish(v.boolean(), false),
  head: v.object({
    sha: v.custom<Revision>((value) => typeof value === 'string' && isRevision(value)),
    repo: v.nullish(v.object({ full_name: v.string() })),
  }),
  labels: v.array(v.object({ name: v.string() })),
})

export function openPullRequests(options: ClientOptions): PullRequests {
  const [owner = '', repo = ''] = options.repository.split('/')
  const octokit = once(() => openOctokit(options, NEEDS))
  const pullOf = (answer: unknown): PullRequest => {
    const { success, output, issues } = v.safeParse(PullSchema, answer)
    if (!success) {
      const what = `GitHub's answer is not what its description says: ${issues[0].message}`
      throw new DeployError('github-refused', what)
    }
    const { number, state, draft, head, labels } = output
    return {
      number,
      isOpen: state === 'open',
      isDraft: draft,
      head: head.sha,
      isForeign: head.repo?.full_name.toLowerCase() !== options.repository.toLowerCase(),
      labels: labels.map(({ name }) => name),
    }
  }
  return {
    async read(number) {
      const { rest } = await octokit()
      const { data } = await answered(rest.pulls.get({ owner, repo, pull_number: number }))
      return pullOf(data)
    },
    async open() {
      const { paginate, rest } = await octokit()
      const pulls = await answered(paginate(rest.pulls.list, { owner, repo, state: 'open', per_page: PAGE }))
      return new Set(pulls.map(({ number }) => number))
    },
    async ofHead({ head, branch, owner: headOwner }) {
      const { rest } = await octokit()
      const query = { owner, repo, state: 'open', head: `${headOwner}:${branch}`, per_page: PAGE } as const
      const { data } = await answered(rest.pulls.list(query))
      return data.map(pullOf).find((pull) => pull.head === head)
    },
  }
}
