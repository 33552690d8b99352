// GitHub's own client understands the double: what it reads there is what was written, and nothing breaks the description.
import { getOctokit } from '@actions/github'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { GitHubDouble } from './index.ts'
import { startGitHub } from './index.ts'
import { openPull } from './pull.ts'

const ISSUE = { owner: 'acme', repo: 'shop', issue_number: 7 } as const
const SHOP = { owner: 'acme', repo: 'shop' } as const

let github: GitHubDouble
let octokit: ReturnType<typeof getOctokit>
beforeEach(async () => {
  github = await startGitHub()
  github.world.refs.set('main', 'a'.repeat(40))
  openPull(github, { labels: ['preview'] })
  octokit = getOctokit('job-token', { baseUrl: github.url })
})
afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

it('reads a pull request', async () => {
  const { data } = await octokit.rest.pulls.get({ ...SHOP, pull_number: 7 })
  expect(data).toMatchObject({ number: 7, state: 'open', head: { sha: 'c'.repeat(40) }, labels: [{ name: 'preview' }] })
})

it('writes a deployment and reads its status', async () => {
  const answer = await octokit.rest.repos.createDeployment({
    ...{ ...SHOP, ref: 'main', environment: 'preview', task: 'preview:shop-pr-7' },
    ...{ auto_merge: false, required_contexts: [], transient_environment: true },
  })
  if (answer.status !== 201) throw new Error('no deployment was made')
  const deployment = { ...SHOP, deployment_id: answer.data.id }
  await octokit.rest.repos.createDeploymentStatus({ ...deployment, state: 'success', auto_inactive: false })
  const { data } = await octokit.rest.repos.listDeploymentStatuses(deployment)
  expect(data.map(({ state }) => state)).toEqual(['success'])
})

it('reads all pages of the comments', async () => {
  for (let count = 0; count < 7; count += 1)
    await octokit.rest.issues.createComment({ ...ISSUE, body: `comment ${String(count)}` })
  const comments = await octokit.paginate(octokit.rest.issues.listComments, { ...ISSUE, per_page: 3 })
  expect(comments.map(({ body }) => body)).toEqual([0, 1, 2, 3, 4, 5, 6].map((count) => `comment ${String(count)}`))
  expect(github.calls.filter(({ method }) => method === 'GET')).toHaveLength(3)
})

it('is refused as GitHub refuses', async () => {
  await expect(octokit.rest.pulls.get({ ...SHOP, pull_number: 8 })).rejects.toMatchObject({ status: 404 })
})
