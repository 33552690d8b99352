// The deployments of previews on GitHub, through the client, against the double of its API.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../../src/adapters/github/client.ts'
import type { PreviewRecords } from '../../src/ledgers/github/previews.ts'
import { previewRecords } from '../../src/ledgers/github/previews.ts'
import { stateOf } from '../harness/github/deployments.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import type { DeploymentRecord } from '../harness/github/model.ts'

let github: GitHubDouble
beforeEach(async () => {
  github = await startGitHub()
  for (const letter of 'abcdef') github.world.refs.set(letter.repeat(40), letter.repeat(40))
})
afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) }
const MERGE = 'f'.repeat(40)

function records(runId: string, environment = 'preview'): PreviewRecords {
  const options = { apiUrl: github.url, repository: 'acme/shop', token: 'job-token', env: {}, clock }
  const open = () => createClient({ ...options, signal: new AbortController().signal })
  return previewRecords(environment, {
    client: open(),
    lastClient: open,
    repository: 'acme/shop',
    sha: MERGE,
    runId,
    runUrl: `https://github.com/acme/shop/actions/runs/${runId}`,
    actor: 'alice',
    hasArtifactRecords: false,
  })
}

const preview = (number: number, app = 'shop') => ({
  app,
  number,
  name: `${app}-pr-${String(number)}`,
  repository: 'acme/shop',
})
type Which = ReturnType<typeof preview>

/** As GitHub starts a job with `environment:` on a pull request: of its head, not of the commit that the workflow runs for. */
const job = (runId: string, sha = 'a', ref = 'feature') =>
  github.startJob({ environment: 'preview', sha: sha.repeat(40), runId, ref })

/** As GitHub ends it; the documented `auto_inactive` of others is left out, so that nobody else retires anything. */
const jobEnds = (one: DeploymentRecord) => {
  const log_url = one.statuses[0]?.log_url ?? ''
  one.statuses.push({ id: (github.world.nextId += 1), state: 'success', description: '', log_url, environment_url: '' })
}

async function deploy(which: Which, runId: string, environment?: string): Promise<void> {
  const run = records(runId, environment)
  run.begin(which, 'a'.repeat(40))
  run.deploying(which)
  await run.end(which, { state: 'success', description: 'the preview runs', url: 'https://x.test' }, true)
}

const tasks = () => github.world.deployments.map((one) => `${one.task} ${stateOf(one)}`)

describe('a preview without `environment:` on its job', () => {
  it('has one deployment a run; the earlier one is retired, and the last one when it is removed', async () => {
    await deploy(preview(7), '1')
    await deploy(preview(8), '2')
    await deploy(preview(7), '3')
    expect(tasks()).toEqual(['preview:shop-pr-7 inactive', 'preview:shop-pr-8 success', 'preview:shop-pr-7 success'])
    const from = github.calls.length
    await records('4').retire(preview(7), 'closed')
    expect(tasks()).toEqual(['preview:shop-pr-7 inactive', 'preview:shop-pr-8 success', 'preview:shop-pr-7 inactive'])
    expect(github.calls.length - from).toBeLessThanOrEqual(5)
  })
})

it('of a fork, deployed in an environment with reviewers, is retired by who removes it', async () => {
  await deploy(preview(7), '1', 'preview-forks')
  await deploy(preview(8), '2', 'preview-forks')
  await records('3').retire(preview(7), 'closed')
  expect(tasks()).toEqual(['preview:shop-pr-7 inactive', 'preview:shop-pr-8 success'])
})

describe('a preview whose job has `environment:`', () => {
  it('appears once: GitHub’s own deployment carries the record', async () => {
    job('1')
    await deploy(preview(7), '1')
    expect(tasks()).toEqual(['deploy success'])
    expect(github.world.deployments[0]?.statuses.at(-1)).toMatchObject({ environment_url: 'https://x.test' })
  })

  it('retires the deployment of its earlier run, and the last one when it is removed', async () => {
    const first = job('1')
    await deploy(preview(7), '1')
    jobEnds(first)
    const second = job('2', 'b')
    await deploy(preview(7), '2')
    jobEnds(second)
    expect(tasks()).toEqual(['deploy inactive', 'deploy success'])
    await records('3').retire(preview(7), 'closed')
    expect(tasks()).toEqual(['deploy inactive', 'deploy inactive'])
    expect(github.world.deployments[1]?.statuses.at(-1)).toMatchObject({ description: 'closed' })
  })

  it.each([
    { title: 'another pull request', other: preview(70) },
    { title: 'another app of the same pull request', other: preview(7, 'api') },
    { title: 'an app whose name begins with the same letters', other: preview(7, 'shop-pr-7') },
  ])('leaves the deployment of $title alone', async ({ other }) => {
    for (const [number, which] of [preview(7), other].entries()) {
      const one = job(String(number + 1))
      await deploy(which, String(number + 1))
      jobEnds(one)
    }
    await records('9').retire(preview(7), 'closed')
    expect(tasks()).toEqual(['deploy inactive', 'deploy success'])
  })

  it('leaves deployments alone that no run of ours has marked, and those of other environments', async () => {
    const foreign = job('1')
    jobEnds(foreign)
    const elsewhere = github.startJob({ environment: 'staging', sha: 'a'.repeat(40), runId: '2' })
    jobEnds(elsewhere)
    await records('9').retire(preview(7), 'closed')
    expect(tasks()).toEqual(['deploy success', 'deploy success'])
  })

  it('asks nothing about deployments whose reference names another pull request', async () => {
    for (const number of [1, 2, 3]) job(String(number), 'a', `refs/pull/${String(number)}/merge`)
    job('7', 'a', 'refs/pull/7/merge')
    await deploy(preview(7), '7')
    const asked = github.calls.filter(({ method, path }) => method === 'GET' && path.endsWith('/statuses'))
    expect(asked).toHaveLength(1)
    expect(tasks()).toEqual(['deploy in_progress', 'deploy in_progress', 'deploy in_progress', 'deploy success'])
  })

  it('in two jobs of one run, one after the other, each has its own', async () => {
    const first = job('1')
    await deploy(preview(7), '1')
    jobEnds(first)
    job('1')
    await deploy(preview(7, 'api'), '1')
    expect(tasks()).toEqual(['deploy success', 'deploy success'])
    expect(first.statuses.every(({ description }) => !description.includes('api'))).toBe(true)
  })

  it('in two jobs of one run at once takes none of which it is not sure', async () => {
    job('1')
    job('1')
    await deploy(preview(7), '1')
    expect(tasks()).toEqual(['deploy in_progress', 'deploy in_progress', 'preview:shop-pr-7 success'])
  })
})

describe('a sweep', () => {
  it('asks for the deployments of jobs once, whatever it removes', async () => {
    for (const number of [7, 8, 9]) {
      const one = job(String(number))
      await deploy(preview(number), String(number))
      jobEnds(one)
    }
    const from = github.calls.length
    const run = records('20')
    await Promise.all([7, 8, 9].map((number) => run.retire(preview(number), 'closed')))
    expect(tasks()).toEqual(['deploy inactive', 'deploy inactive', 'deploy inactive'])
    const lists = github.calls.slice(from).filter(({ query }) => query.includes('task=deploy&'))
    expect(lists).toHaveLength(1)
  })
})
