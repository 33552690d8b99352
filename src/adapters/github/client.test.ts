// The client against a GitHub with faults: what is repeated, what is not, and that everything ends in time.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault, GitHubDouble } from '../../../test/harness/github/index.ts'
import { startGitHub } from '../../../test/harness/github/index.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import { createClient } from './client.ts'
import { getFromRepository } from './api.ts'

let github: GitHubDouble
beforeEach(async () => {
  github = await startGitHub()
})
afterEach(() => github.close())

const sleep = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

function client(more: { token?: string; deadlineMs?: number; signal?: AbortSignal; apiUrl?: string } = {}) {
  const { signal = new AbortController().signal } = more
  const common = {
    apiUrl: github.url,
    repository: 'acme/shop',
    token: 'job-token',
    env: {},
    clock: { now: () => Date.now(), sleep },
  }
  return createClient({ ...common, deadlineMs: 2000, ...more, signal })
}

const LIST = { method: 'GET', path: 'repos/acme/shop/deployments', needs: 'deployments: read' } as const
const CREATE = {
  method: 'POST',
  path: LIST.path,
  body: { ref: 'main' },
  needs: 'deployments: write',
  isRepeatable: false,
} as const
const fault = (one: Partial<Fault>) => github.faults.push({ match: () => true, ...one })
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as DeployError,
  )

describe('an answer that is not a good one', () => {
  it.each([
    { status: 401, code: 'github-denied' },
    { status: 403, code: 'github-denied' },
    { status: 404, code: 'github-denied' },
    { status: 409, code: 'github-refused' },
    { status: 422, code: 'github-refused' },
    { status: 302, code: 'github-refused' },
  ])('$status is $code, asked once', async ({ status, code }) => {
    fault({ status, message: 'No \u001b[31mway' })
    const error = await failure(client().request(LIST))
    expect(error).toMatchObject({ code })
    expect(error?.evidence.join()).toContain(`answered ${String(status)}: No way`)
    expect(github.calls).toHaveLength(1)
  })

  it('names the permission that lacks', async () => {
    github.world.tokens.set('reader', { login: 'x', permissions: { deployments: 'read' } })
    const error = await failure(client({ token: 'reader' }).request(CREATE))
    expect(error?.fix).toBe('Give the job "permissions: deployments: write".')
  })
})

describe('what passes by itself', () => {
  it.each([
    { what: 'an error of the server', one: { status: 502 } },
    { what: 'a cut connection', one: { drop: 'before' } },
    { what: 'the rate limit', one: { status: 429, headers: { 'retry-after': '0' } } },
    {
      what: 'a secondary rate limit',
      one: { status: 403, message: 'You have exceeded a secondary rate limit', headers: { 'retry-after': '1' } },
    },
  ] as const)('$what is repeated', async ({ one }) => {
    fault({ ...one, times: 1 })
    expect(await client().request(LIST)).toEqual([])
    expect(github.calls).toHaveLength(2)
  })

  it('is not repeated where it may have been carried out, but is where a rate limit turned it away', async () => {
    github.world.refs.set('main', 'a'.repeat(40))
    fault({ drop: 'after', times: 1 })
    expect(await failure(client().request(CREATE))).toMatchObject({ code: 'github-unavailable' })
    fault({ status: 429, headers: { 'retry-after': '0' }, times: 1 })
    expect(await client().request(CREATE)).toMatchObject({ task: 'deploy' })
    expect(github.world.deployments).toHaveLength(2)
  })

  it.each([
    { 'retry-after': '30' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 600) },
    {},
  ])('is not waited for beyond the deadline: %j', async (headers) => {
    fault({ status: 'retry-after' in headers ? 403 : 429, headers })
    const started = Date.now()
    const error = await failure(client().request(LIST))
    expect(error?.what).toMatch(/asks to wait \d+ s/)
    expect(Date.now() - started).toBeLessThan(1000)
  })
})

describe('an exchange ends', () => {
  it('at its deadline', async () => {
    fault({ hangs: true })
    const started = Date.now()
    expect(await failure(client({ deadlineMs: 300 }).request(LIST))).toMatchObject({ code: 'github-unavailable' })
    expect(Date.now() - started).toBeLessThan(1500)
  })

  it('with the run', async () => {
    fault({ hangs: true })
    const run = new AbortController()
    const asked = failure(client({ signal: run.signal, deadlineMs: 60_000 }).request(LIST))
    await sleep(100)
    run.abort()
    const started = Date.now()
    expect(await asked).toMatchObject({ code: 'cancelled' })
    expect(Date.now() - started).toBeLessThan(500)
  })

  it('where the answer is too large', async () => {
    fault({ bytes: 5 * 1024 * 1024 })
    expect(await failure(client().request(LIST))).toMatchObject({ code: 'github-unavailable' })
  })
})

it('speaks to GitHub Enterprise Server below its own path', async () => {
  const server = await startGitHub({ prefix: '/api/v3' })
  expect(await client({ apiUrl: server.url }).request(LIST)).toEqual([])
  expect(await failure(client({ apiUrl: server.url }).request({ ...LIST, path: '../../elsewhere' }))).toMatchObject({
    code: 'internal-error',
  })
  expect(server.violations).toEqual([])
  await server.close()
})

it('answers single questions without a run', async () => {
  github.world.runs.set('7', { status: 'completed' })
  const api = { apiUrl: github.url, repository: 'acme/shop', token: 'job-token' }
  expect(await getFromRepository(api, 'actions/runs/7/attempts/1', 'actions: read')).toMatchObject({
    status: 'completed',
  })
})
