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

describe('a renamed repository', () => {
  const renamed = (status: number, location: string, times = 1) =>
    github.faults.push({ match: ({ path }) => path.includes('/acme/old/'), status, headers: { location }, times })
  const OLD = { ...LIST, path: 'repos/acme/old/deployments' }

  it.each([301, 302, 307, 308])('is followed with %i, whatever the method', async (status) => {
    github.world.refs.set('main', 'a'.repeat(40))
    renamed(status, `${github.url}/repos/acme/shop/deployments`, 2)
    expect(await client().request({ ...CREATE, path: OLD.path })).toMatchObject({ task: 'deploy' })
    expect(await client().request(OLD)).toHaveLength(1)
    expect(github.world.deployments).toHaveLength(1)
    expect(github.calls.filter(({ status: answered }) => answered === 401)).toEqual([])
  })

  it('is followed to an address without a host', async () => {
    renamed(301, '/repos/acme/shop/deployments')
    expect(await client().request(OLD)).toEqual([])
  })

  it('is not followed to another host, port or out of the API: the token stays here', async () => {
    const other = await startGitHub()
    const server = await startGitHub({ prefix: '/api/v3' })
    for (const location of [`${other.url}/repos/acme/shop/deployments`, 'https://github.com.evil.test/', 'nowhere:']) {
      renamed(307, location)
      expect(await failure(client().request(OLD))).toMatchObject({ code: 'github-refused' })
    }
    server.faults.push({ match: () => true, status: 301, headers: { location: '/login' } })
    expect(await failure(client({ apiUrl: server.url }).request(LIST))).toMatchObject({ code: 'github-refused' })
    expect(other.calls).toEqual([])
    expect(server.calls).toHaveLength(1)
    await Promise.all([other.close(), server.close()])
  })

  it('is given up where it leads in a circle', async () => {
    renamed(301, `${github.url}/repos/acme/old/deployments`, 100)
    expect(await failure(client().request(OLD))).toMatchObject({ code: 'github-refused' })
    expect(github.calls.length).toBeLessThanOrEqual(4)
  })
})

describe('a list', () => {
  const fill = (count: number) => {
    for (let id = 1; id <= count; id += 1) {
      const task = `deploy:${String(id)}`
      const known = { sha: 'a'.repeat(40), ref: 'main', environment: 'x', payload: {}, description: null }
      const creator = github.world.tokens.get('job-token')!
      const flags = { transient: false, production: false, at: new Date().toISOString(), statuses: [] }
      github.world.deployments.push({ id, task, ...known, ...flags, creator })
    }
  }
  const never = () => false

  it.each([
    { per: '', pages: 9 },
    { per: '?per_page=30', pages: 9 },
    { per: '?per_page=100', pages: 3 },
  ])('is read to its end, in $pages pages with “$per”', async ({ per, pages }) => {
    fill(250)
    const all = await client().list({ ...LIST, path: `${LIST.path}${per}` }, never)
    expect(new Set((all as { id: number }[]).map(({ id }) => id)).size).toBe(250)
    expect(github.calls).toHaveLength(pages)
    expect(github.violations).toEqual([])
  })

  it('is read as far as needed, and never without an end', async () => {
    fill(2000)
    const path = `${LIST.path}?per_page=100`
    expect(await client().list({ ...LIST, path }, (known) => known.length >= 150)).toHaveLength(200)
    expect(await client().list({ ...LIST, path }, never)).toHaveLength(1000)
  })

  it('whose next page is said to be elsewhere is asked for at the same address', async () => {
    fill(3)
    const link = '<https://evil.test/steal?per_page=1&page=2>; rel="next"'
    fault({ status: 200, headers: { link }, list: [], times: 1 })
    expect(await client().list({ ...LIST, path: `${LIST.path}?per_page=1` }, (known) => known.length > 0)).toHaveLength(
      1,
    )
    expect(github.calls.map(({ path }) => path)).toEqual([`/${LIST.path}`, `/${LIST.path}`])
  })

  it('that is something else is refused', async () => {
    fault({ bytes: 10 })
    expect(await failure(client().list(LIST, never))).toMatchObject({ code: 'github-refused' })
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

it('answers single questions', async () => {
  const { signal } = new AbortController()
  github.world.runs.set('7', { status: 'completed' })
  const api = { apiUrl: github.url, repository: 'acme/shop', token: 'job-token', signal }
  expect(await getFromRepository(api, 'actions/runs/7/attempts/1', 'actions: read')).toMatchObject({
    status: 'completed',
  })
})
