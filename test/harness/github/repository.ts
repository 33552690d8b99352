// The repository, commits that are compared, pull requests, their comments, and runs of workflows.
import type { Asked, CommentRecord, PullRecord, Row, World } from './model.ts'
import { appOf, holds, invalid, notFound, textOf, userOf } from './model.ts'
import { complete } from './openapi.ts'

const REPO = '/repos/{owner}/{repo}'
const LONGEST_COMMENT = 65_536

const repositoryOf = (schema: string, fullName: string): object => {
  const [login = '', name = ''] = fullName.split('/')
  return complete(schema, {
    full_name: fullName,
    name,
    owner: complete('simple-user', { login }),
    default_branch: 'main',
  })
}

function compare({ world, values }: Asked): ReturnType<Row['answer']> {
  const [base = '', head = ''] = (values.basehead ?? '').split('...').map((name) => world.refs.get(name) ?? name)
  const [behind, ahead] = [world.ancestors.get(base), world.ancestors.get(head)]
  if (!behind || !ahead) throw notFound()
  const status =
    base === head ? 'identical' : ahead.includes(base) ? 'ahead' : behind.includes(head) ? 'behind' : 'diverged'
  return {
    status: 200,
    body: complete('commit-comparison', {
      status,
      commits: [],
      base_commit: commitOf(base),
      merge_base_commit: commitOf(base),
    }),
  }
}

const commitOf = (sha: string): object => complete('commit', { sha, author: null, committer: null })

function shownComment({ owner, repository }: World, { id, body, author, issue }: CommentRecord): object {
  return complete('issue-comment', {
    ...{ id, body },
    user: userOf(author),
    performed_via_github_app: appOf(author),
    html_url: `https://github.test/${owner}/${repository}/issues/${String(issue)}#issuecomment-${String(id)}`,
  })
}

function findComment({ world, values }: Asked): CommentRecord {
  const found = world.comments.find(({ id }) => String(id) === values.comment_id)
  if (!found) throw notFound()
  return found
}

function bodyOf({ world, body }: Asked): string {
  const text = textOf(body.body)
  if (holds(world, 'comment-length') && text.length > LONGEST_COMMENT)
    throw invalid('body is too long (maximum is 65536 characters)')
  return text
}

function shownPull(schema: string, { owner, repository }: World, pull: PullRecord): object {
  const { number, state, title, head, draft, labels } = pull
  const end = (one: { sha: string; ref: string }, fullName: string) => ({
    ...one,
    label: `${fullName.split('/')[0] ?? ''}:${one.ref}`,
    user: userOf({ login: fullName.split('/')[0] ?? '', permissions: {} }),
    repo: repositoryOf('repository', fullName),
  })
  return complete(schema, {
    ...{ number, state, title, draft },
    head: end({ sha: head.sha, ref: head.ref }, head.repository),
    base: end({ sha: 'b'.repeat(40), ref: 'main' }, `${owner}/${repository}`),
    labels: labels.map((name, id) => ({
      id,
      name,
      node_id: 'x',
      url: 'https://github.test/',
      description: '',
      color: 'fff',
      default: false,
    })),
  })
}

function findPull({ world, values }: Asked): PullRecord {
  const found = world.pulls.find(({ number }) => String(number) === (values.pull_number ?? values.issue_number))
  if (!found) throw notFound()
  return found
}

function run({ world, values }: Asked): ReturnType<Row['answer']> {
  const found = world.runs.get(values.run_id ?? '')
  if (!found) throw notFound()
  const repository = repositoryOf('minimal-repository', `${world.owner}/${world.repository}`)
  const body = {
    id: Number(values.run_id),
    status: found.status,
    repository,
    head_repository: repository,
    pull_requests: [],
  }
  return { status: 200, body: complete('workflow-run', body) }
}

export const REPOSITORY_ROWS: Readonly<Record<string, Row>> = {
  [`GET ${REPO}`]: {
    answer: ({ world }) => ({
      status: 200,
      body: repositoryOf('full-repository', `${world.owner}/${world.repository}`),
    }),
  },
  [`GET ${REPO}/compare/{basehead}`]: { needs: ['contents', 'read'], answer: compare },
  [`GET ${REPO}/pulls`]: {
    needs: ['pull-requests', 'read'],
    answer: ({ world, query }) => {
      const state = query.get('state') ?? 'open'
      const head = query.get('head')
      const isOf = ({ head: { ref, repository } }: PullRecord) => `${repository.split('/')[0] ?? ''}:${ref}` === head
      const found = world.pulls.filter((pull) => (state === 'all' || pull.state === state) && (!head || isOf(pull)))
      return { list: found.toReversed().map((pull) => shownPull('pull-request-simple', world, pull)) }
    },
  },
  [`GET ${REPO}/pulls/{pull_number}`]: {
    needs: ['pull-requests', 'read'],
    answer: (asked) => ({ status: 200, body: shownPull('pull-request', asked.world, findPull(asked)) }),
  },
  [`GET ${REPO}/commits/{commit_sha}/pulls`]: {
    needs: ['pull-requests', 'read'],
    answer: ({ world, values }) => ({
      list: world.pulls
        .filter(({ head }) => head.sha === values.commit_sha)
        .map((pull) => shownPull('pull-request-simple', world, pull)),
    }),
  },
  [`GET ${REPO}/issues/{issue_number}/comments`]: {
    needs: ['pull-requests', 'read'],
    answer: ({ world, values }) => ({
      list: world.comments
        .filter(({ issue }) => String(issue) === values.issue_number)
        .map((one) => shownComment(world, one)),
    }),
  },
  [`POST ${REPO}/issues/{issue_number}/comments`]: {
    needs: ['pull-requests', 'write'],
    answer: (asked) => {
      const { world, token } = asked
      const comment = { id: (world.nextId += 1), issue: findPull(asked).number, body: bodyOf(asked), author: token }
      world.comments.push(comment)
      return { status: 201, body: shownComment(world, comment) }
    },
  },
  [`GET ${REPO}/issues/comments/{comment_id}`]: {
    needs: ['pull-requests', 'read'],
    answer: (asked) => ({ status: 200, body: shownComment(asked.world, findComment(asked)) }),
  },
  [`PATCH ${REPO}/issues/comments/{comment_id}`]: {
    needs: ['pull-requests', 'write'],
    answer: (asked) => {
      const comment = findComment(asked)
      comment.body = bodyOf(asked)
      return { status: 200, body: shownComment(asked.world, comment) }
    },
  },
  [`DELETE ${REPO}/issues/comments/{comment_id}`]: {
    needs: ['pull-requests', 'write'],
    answer: (asked) => {
      asked.world.comments.splice(asked.world.comments.indexOf(findComment(asked)), 1)
      return { status: 204 }
    },
  },
  [`GET ${REPO}/actions/runs/{run_id}`]: { needs: ['actions', 'read'], answer: run },
  [`GET ${REPO}/actions/runs/{run_id}/attempts/{attempt_number}`]: { needs: ['actions', 'read'], answer: run },
}
