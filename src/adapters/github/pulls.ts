import * as v from 'valibot'
import { isRevision } from '../../domain/revision.ts'
import type { Revision } from '../../domain/revision.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import { readAnswer } from '../../errors/github-answer.ts'
import type { PullRequest, PullRequests } from '../../ports.ts'
import type { ClientOptions } from './client.ts'
import { createClient } from './client.ts'

const NEEDS = 'pull-requests: read'
const ITEMS_PER_PAGE = '100'
/** The client asks for ten pages at most. */
const MAX_PULLS = 1000

const NumberSchema = v.object({ number: v.pipe(v.number(), v.safeInteger()) })
const PullSchema = v.object({
  ...NumberSchema.entries,
  state: v.string(),
  draft: v.nullish(v.boolean(), false),
  head: v.object({
    sha: v.custom<Revision>((value) => typeof value === 'string' && isRevision(value)),
    repo: v.nullish(v.object({ full_name: v.string() })),
  }),
  labels: v.array(v.object({ name: v.string() })),
})

export function openPullRequests(options: ClientOptions): PullRequests {
  const client = createClient(options)
  const path = `repos/${options.repository}/pulls`
  const pullOf = ({ number, state, draft, head, labels }: v.InferOutput<typeof PullSchema>): PullRequest => ({
    number,
    isOpen: state === 'open',
    isDraft: draft,
    head: head.sha,
    isForeign: head.repo?.full_name.toLowerCase() !== options.repository.toLowerCase(),
    labels: labels.map(({ name }) => name),
  })
  return {
    async read(number) {
      const answer = await client.request({ method: 'GET', path: `${path}/${String(number)}`, needs: NEEDS })
      return pullOf(readAnswer(PullSchema, answer))
    },
    async open() {
      const found = await client.list({
        method: 'GET',
        path: `${path}?state=open&per_page=${ITEMS_PER_PAGE}`,
        needs: NEEDS,
      })
      // A pull request that is not among the first thousand is not known to be closed.
      if (found.length >= MAX_PULLS)
        throw new DeployError('github-unavailable', 'there are more open pull requests than are listed')
      return new Set(readAnswer(v.array(NumberSchema), found).map(({ number }) => number))
    },
    async ofHead({ head, branch, owner }) {
      const query = new URLSearchParams({ state: 'open', head: `${owner}:${branch}`, per_page: ITEMS_PER_PAGE })
      const found = await client.list({ method: 'GET', path: `${path}?${query.toString()}`, needs: NEEDS })
      const pull = readAnswer(v.array(PullSchema), found).find(({ head: { sha } }) => sha === head)
      return pull && pullOf(pull)
    },
  }
}
