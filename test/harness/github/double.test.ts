// The double of GitHub's API keeps GitHub's rules: each is seen to bite, and seen not to where it is taken out.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GitHubDouble } from './index.ts'
import { startGitHub } from './index.ts'
import { openPull } from './pull.ts'
import type { Rule } from './model.ts'
import { stateOf } from './deployments.ts'

let github: GitHubDouble
beforeEach(async () => {
  github = await startGitHub()
  github.world.refs.set('main', 'a'.repeat(40))
  openPull(github, { labels: ['preview'] })
})
afterEach(() => github.close())

interface Answered {
  readonly status: number
  readonly body: { readonly id: number; readonly message: string; readonly [name: string]: unknown }
  readonly headers: Headers
}

async function call(method: string, path: string, body?: object, token = 'job-token'): Promise<Answered> {
  const answer = await fetch(`${github.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Answered['body'],
  }
}

const REPO = '/repos/acme/shop'
const create = (more: object = {}) =>
  call('POST', `${REPO}/deployments`, {
    ref: 'main',
    environment: 'staging',
    auto_merge: false,
    required_contexts: [],
    ...more,
  })
const status = (id: number, state: string, more: object = {}) =>
  call('POST', `${REPO}/deployments/${String(id)}/statuses`, { state, ...more })
const stateById = (id: number) => stateOf(github.world.deployments.find((one) => one.id === id) as never)

/** Deploys twice to that environment; the state of the first afterwards. */
async function firstOfTwo(environment: string): Promise<string> {
  const first = await create({ environment })
  await status(first.body.id, 'success')
  const second = await create({ environment })
  await status(second.body.id, 'success')
  return stateById(first.body.id)
}

const RULES: Readonly<Record<Rule, () => Promise<boolean>>> = {
  'auto-inactive': async () => (await firstOfTwo('staging')) === 'inactive',
  'auto-inactive-spares-production': async () => (await firstOfTwo('production')) === 'success',
  'required-contexts': async () => {
    github.world.notGreen.add('a'.repeat(40))
    return (await create({ required_contexts: undefined })).status === 409 && (await create()).status === 201
  },
  'auto-merge': async () => {
    github.world.behind.add('a'.repeat(40))
    const { status: code, body } = await create({ auto_merge: undefined })
    return code === 202 && !('id' in body)
  },
  'description-length': async () => (await create({ description: 'x'.repeat(141) })).status === 422,
  'known-ref': async () => (await create({ ref: 'nowhere' })).status === 422,
  'delete-inactive-only': async () => {
    const [first, second] = [await create(), await create()]
    await status(second.body.id, 'success')
    const refused = (await call('DELETE', `${REPO}/deployments/${String(second.body.id)}`)).status === 422
    await status(first.body.id, 'inactive')
    return refused && (await call('DELETE', `${REPO}/deployments/${String(first.body.id)}`)).status === 204
  },
  permissions: async () => {
    github.world.tokens.set('reader', { login: 'x', permissions: { deployments: 'read' } })
    const { status: code, headers } = await call('POST', `${REPO}/deployments`, { ref: 'main' }, 'reader')
    return code === 403 && headers.get('x-accepted-github-permissions') === 'deployments=write'
  },
  'comment-length': async () =>
    (await call('POST', `${REPO}/issues/7/comments`, { body: 'x'.repeat(65_537) })).status === 422,
  pages: async () => {
    for (let made = 0; made < 101; made += 1) await create()
    const usual = await call('GET', `${REPO}/deployments`)
    const all = await call('GET', `${REPO}/deployments?per_page=500`)
    const link = usual.headers.get('link') ?? ''
    return (
      (usual.body as unknown as object[]).length === 30 &&
      (all.body as unknown as object[]).length === 100 &&
      link.includes('page=2') &&
      (all.headers.get('link') ?? '').includes('page=2')
    )
  },
}

describe.each(Object.entries(RULES))('the rule %s', (rule, bites) => {
  it('bites', async () => {
    expect(await bites()).toBe(true)
    expect(github.violations).toEqual([])
  })

  it('is what makes it so', async () => {
    github.world.without.add(rule as Rule)
    expect(await bites()).toBe(false)
  })
})

describe('what GitHub’s description does not know', () => {
  it('is noticed in a call, its query, its body and an answer', async () => {
    await call('GET', `${REPO}/hooks`)
    await call('GET', `${REPO}/deployments?state=success`)
    await create({ colour: 'blue' })
    github.faults.push({ match: () => true, times: 1, status: 418 })
    const { body } = await create()
    expect(body.id).toBeUndefined()
    const made = await create()
    await status(made.body.id, 'green')
    expect(github.violations.join('\n')).toMatch(/hooks is not in.*\n.*\?state is unknown\n.*colour.*\n.*state/s)
  })

  it('is nothing of what the double answers', async () => {
    const { body } = await create({ payload: { v: 1 } })
    await status(body.id, 'in_progress', { log_url: 'https://github.com/acme/shop/actions/runs/1' })
    github.startJob({ environment: 'staging', sha: 'a'.repeat(40), runId: '7' })
    github.world.runs.set('7', { status: 'completed' })
    for (const sha of ['a', 'b']) github.world.ancestors.set(sha.repeat(40), sha === 'b' ? ['a'.repeat(40)] : [])
    const comment = await call('POST', `${REPO}/issues/7/comments`, { body: 'hello' })
    const paths = [
      '',
      '/deployments',
      `/deployments/${String(body.id)}`,
      `/deployments/${String(body.id)}/statuses`,
      '/pulls',
      '/pulls/7',
      `/commits/${'c'.repeat(40)}/pulls`,
      '/issues/7/comments',
      `/issues/comments/${String(comment.body.id)}`,
      '/actions/runs/7',
      '/actions/runs/7/attempts/1',
      `/compare/${'a'.repeat(40)}...${'b'.repeat(40)}?per_page=1`,
      '/pulls/8',
    ]
    for (const path of paths) await call('GET', `${REPO}${path}`)
    await call('PATCH', `${REPO}/issues/comments/${String(comment.body.id)}`, { body: 'edited' })
    await call('DELETE', `${REPO}/issues/comments/${String(comment.body.id)}`)
    const digest = `sha256:${'0'.repeat(64)}`
    await call('POST', '/orgs/acme/artifacts/metadata/deployment-record', {
      name: 'x',
      digest,
      status: 'deployed',
      logical_environment: 'p',
      deployment_name: 'd',
    })
    await call('GET', REPO, undefined, 'nobody')
    expect(github.violations).toEqual([])
    expect(github.calls.map((one) => one.status).filter((code) => code >= 400)).toEqual([404, 401])
  })
})

it('gives two commenters at once two comments, as GitHub does', async () => {
  const post = () => call('POST', `${REPO}/issues/7/comments`, { body: 'x' })
  const [one, two] = await Promise.all([post(), post()])
  expect(one.body.id).not.toBe(two.body.id)
  expect(github.world.comments).toHaveLength(2)
})
