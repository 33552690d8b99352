import { afterEach, beforeEach, expect, it } from 'vitest'
import type { GitHubDouble } from '../../../test/harness/github/index.ts'
import { startGitHub } from '../../../test/harness/github/index.ts'
import { openPull } from '../../../test/harness/github/pull.ts'
import { openPullRequests } from './pulls.ts'

let github: GitHubDouble
beforeEach(async () => {
  github = await startGitHub()
})
afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

const clock = { now: () => Date.now(), sleep: () => Promise.resolve() }
const pulls = (more: { apiUrl?: string; signal?: AbortSignal } = {}) => {
  const { apiUrl = github.url, signal = new AbortController().signal } = more
  return openPullRequests({ apiUrl, repository: 'acme/shop', token: 'job-token', env: {}, clock, signal })
}

function add(number: number, more: { sha?: string; repository?: string; state?: 'open' | 'closed' } = {}): void {
  const { sha = String(number).padStart(40, '0'), repository = 'acme/shop', state = 'open' } = more
  const head = { sha, ref: `topic-${String(number)}`, repository }
  openPull(github, { number, state, title: '::error::x', head, labels: ['preview'] })
}

it('says what a pull request is like', async () => {
  add(7)
  add(8, { repository: 'mallory/shop', state: 'closed' })
  expect(await pulls().read(7)).toEqual({
    number: 7,
    isOpen: true,
    isDraft: false,
    head: '7'.padStart(40, '0'),
    isForeign: false,
    labels: ['preview'],
  })
  expect(await pulls().read(8)).toMatchObject({ isOpen: false, isForeign: true })
  await expect(pulls().read(9)).rejects.toMatchObject({ code: 'github-denied' })
})

it('lists all that are open, a hundred a request', async () => {
  for (let number = 1; number <= 150; number += 1) add(number, number % 2 === 0 ? {} : { state: 'closed' })
  expect(await pulls().open()).toEqual(new Set(Array.from({ length: 75 }, (_, at) => 2 * at + 2)))
  expect(github.calls).toHaveLength(1)
})

it('finds the open one with a head', async () => {
  add(7, { repository: 'mallory/shop' })
  const head = { head: '7'.padStart(40, '0'), branch: 'topic-7', owner: 'mallory' }
  expect(await pulls().ofHead(head)).toMatchObject({ number: 7, isForeign: true })
  expect(await pulls().ofHead({ ...head, head: 'f'.repeat(40) })).toBeUndefined()
  expect(await pulls().ofHead({ ...head, owner: 'acme' })).toBeUndefined()
})

it('asks GitHub Enterprise Server below its own path', async () => {
  const server = await startGitHub({ prefix: '/api/v3' })
  expect(await pulls({ apiUrl: server.url }).open()).toEqual(new Set())
  expect(server.violations).toEqual([])
  await server.close()
})

it('ends with the run', async () => {
  github.faults.push({ match: () => true, hangs: true })
  const run = new AbortController()
  const asked = expect(pulls({ signal: run.signal }).read(7)).rejects.toMatchObject({ code: 'cancelled' })
  setTimeout(() => run.abort(), 200)
  const started = Date.now()
  await asked
  expect(Date.now() - started).toBeLessThan(1500)
})
