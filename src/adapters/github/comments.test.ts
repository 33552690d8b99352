// The one comment against a GitHub with other people's comments, pages, faults, and another run at the same time.
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Fault, GitHubDouble } from '../../../test/harness/github/index.ts'
import { startGitHub } from '../../../test/harness/github/index.ts'
import { openPull } from '../../../test/harness/github/pull.ts'
import { JOB_TOKEN } from '../../../test/harness/github/world.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import { openComments } from './comments.ts'

let github: GitHubDouble
beforeEach(async () => {
  github = await startGitHub()
  openPull(github)
})
afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) }

function write(
  body: string,
  more: { token?: string; id?: string; app?: string; creates?: boolean; attempt?: number } = {},
) {
  const { token = 'job-token', id = '100', app = 'shop', creates = true, attempt = 1 } = more
  const signal = new AbortController().signal
  const options = { apiUrl: github.url, repository: 'acme/shop', token, env: {}, clock, signal, deadlineMs: 2000 }
  return openComments(options)({ number: 7, app, run: { id, attempt }, body, creates })
}
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as DeployError,
  )
const fault = (one: Partial<Fault>) => github.faults.push({ match: () => true, ...one })
const bodies = () => github.world.comments.map(({ body }) => body.split('\n').slice(1).join('\n'))
const MARKER = '<!-- immutable-deploy: preview of shop by run '

it('is made once and then edited, with two requests', async () => {
  await write('one')
  github.calls.length = 0
  await write('two', { id: '101' })
  expect(bodies()).toEqual(['two'])
  expect(github.calls.map(({ method }) => method)).toEqual(['GET', 'PATCH'])
})

it('belongs to its app: another one has its own', async () => {
  await write('of shop')
  await write('of api', { app: 'api' })
  await write('of shop again', { id: '102' })
  expect(bodies()).toEqual(['of shop again', 'of api'])
})

it('is not one that somebody else wrote with the same marker', async () => {
  const author = { login: 'mallory', permissions: {} }
  github.world.comments.push({ id: 1, issue: 7, body: `${MARKER}1-1 -->\nmine`, author })
  await write('ours')
  expect(bodies()).toEqual(['mine', 'ours'])
  await write('ours again', { id: '101' })
  expect(bodies()).toEqual(['mine', 'ours again'])
})

it('is not one that only quotes the marker', async () => {
  github.world.comments.push({ id: 1, issue: 7, body: `> x\n${MARKER}1-1 -->`, author: JOB_TOKEN })
  await write('ours')
  expect(github.world.comments).toHaveLength(2)
})

it('is found by the login of another token too', async () => {
  github.world.tokens.set('robot', { login: 'robot-7', permissions: { 'pull-requests': 'write' } })
  await write('one', { token: 'robot' })
  await write('two', { token: 'robot', id: '101' })
  expect(bodies()).toEqual(['two'])
})

it('is found behind a hundred others, which are read once', async () => {
  for (let id = 1; id <= 150; id += 1) {
    github.world.comments.push({ id, issue: 7, body: 'lgtm', author: { login: 'a', permissions: {} } })
  }
  await write('one')
  github.calls.length = 0
  await write('two', { id: '101' })
  expect(github.world.comments).toHaveLength(151)
  expect(github.calls.map(({ method }) => method)).toEqual(['GET', 'GET', 'PATCH'])
})

it('loses its duplicates', async () => {
  await write('one')
  const [first] = github.world.comments
  if (first) github.world.comments.push({ ...first, id: first.id + 1 })
  await write('two', { id: '101' })
  expect(bodies()).toEqual(['two'])
})

it('is one where two runs write at the same time, with what the later run says', async () => {
  for (let round = 0; round < 5; round += 1) {
    github.world.comments.length = 0
    await Promise.all([write('earlier', { id: '99' }), write('later', { id: '100' })])
    expect(bodies()).toEqual(['later'])
  }
})

it('keeps what a later run wrote', async () => {
  await write('later', { id: '1000' })
  await write('earlier', { id: '999' })
  await write('a later attempt', { id: '1000', attempt: 2 })
  await write('an earlier attempt', { id: '1000', attempt: 1 })
  expect(bodies()).toEqual(['a later attempt'])
})

it('is not made where it would only be edited', async () => {
  await write('gone', { creates: false })
  expect(github.world.comments).toEqual([])
})

it('is cut where GitHub would refuse it', async () => {
  await write('x'.repeat(70_000))
  expect(github.world.comments[0]?.body).toHaveLength(65_536)
})

it('names the permission that lacks', async () => {
  github.world.tokens.set('reader', { login: 'x', permissions: { 'pull-requests': 'read' } })
  const error = await failure(write('x', { token: 'reader' }))
  expect(error).toMatchObject({ code: 'github-denied', fix: 'Give the job "permissions: pull-requests: write".' })
})

it.each([
  { status: 401, code: 'github-denied' },
  { status: 403, code: 'github-denied' },
  { status: 404, code: 'github-denied' },
  { status: 409, code: 'github-refused' },
  { status: 422, code: 'github-refused' },
  { status: 500, code: 'github-unavailable' },
])('says what $status means', async ({ status, code }) => {
  fault({ match: ({ method }) => method === 'POST', status })
  expect(await failure(write('x'))).toMatchObject({ code })
})

it.each([
  { what: 'a server error', one: { status: 502 } },
  { what: 'a cut connection', one: { drop: 'before' } },
  { what: 'a rate limit', one: { status: 429, headers: { 'retry-after': '0' } } },
  { what: 'a secondary rate limit', one: { status: 403, headers: { 'retry-after': '0' } } },
] as const)('passes over $what', async ({ one }) => {
  fault({ ...one, times: 1 })
  await write('x')
  expect(bodies()).toEqual(['x'])
})

it('ends at its deadline', async () => {
  fault({ hangs: true })
  const started = Date.now()
  expect(await failure(write('x'))).toMatchObject({ code: 'github-unavailable' })
  expect(Date.now() - started).toBeLessThan(4000)
})
