// What a preview is read to be: by its inputs, the file, the event, and the pull request where the event has none.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Env } from '../../src/config/index.ts'
import { readPreview } from '../../src/config/index.ts'
import { DeployError } from '../../src/errors/deploy-error.ts'
import type { PullHead, PullRequest, SourceFacts } from '../../src/ports.ts'
import { tempDir } from '../harness/temp.ts'
import { checkout, environment, FACTS, faultsOf, HEAD, OTHER, refusal, source } from './config-helpers.ts'

const MERGE = 'c'.repeat(40)
const USUAL = { image: 'ghcr.io/acme/shop', 'deploy-to': 'swarm', manifests: 'stack.yml' }

interface Situation {
  readonly event?: string
  readonly payload?: object
  readonly env?: Env
  readonly files?: Readonly<Record<string, string>>
  readonly facts?: Partial<SourceFacts>
  readonly pull?: Partial<PullRequest> | 'denied' | 'none'
  /** No files at all. */
  readonly bare?: boolean
}

const asked: (number | PullHead)[] = []

function read(inputs: Readonly<Record<string, string>>, situation: Situation = {}) {
  const { event, payload = {}, env = {}, files = {}, facts = {}, pull = 'none', bare = false } = situation
  const file = path.join(tempDir('event'), 'event.json')
  writeFileSync(file, JSON.stringify({ repository: { full_name: 'acme/shop' }, ...payload }))
  const runner = {
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_SHA: MERGE,
    GITHUB_ACTOR: 'octocat',
    ...(event === undefined ? {} : { GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: file }),
    ...env,
  }
  asked.length = 0
  const cwd = bare ? tempDir('bare') : checkout({ 'stack.yml': 'services: {}', ...files })
  return readPreview(
    { env: environment({ ...USUAL, ...inputs }, runner), cwd },
    {
      sourceFor: source({ ...FACTS, ...facts }),
      pullFor: (_, __, which) => {
        asked.push(which)
        if (pull === 'denied') return Promise.reject(new DeployError('github-denied', 'no'))
        if (pull === 'none') return Promise.resolve(undefined)
        const usual = { number: 7, isOpen: true, isDraft: false, head: HEAD, isForeign: false, labels: [] }
        return Promise.resolve({ ...usual, ...pull })
      },
      inspect: undefined,
    },
  )
}

const pullRequest = (action: string, more: object = {}, head: object = {}): Situation => ({
  event: 'pull_request',
  payload: {
    action,
    pull_request: { number: 7, head: { sha: HEAD, repo: { full_name: 'acme/shop' }, ...head } },
    ...more,
  },
})
const request = async (...args: Parameters<typeof read>) => (await read(...args)).request

describe('mode: auto', () => {
  it.each([
    ['opened', {}, 'deploy'],
    ['reopened', {}, 'deploy'],
    ['synchronize', {}, 'deploy'],
    ['ready_for_review', {}, 'deploy'],
    ['labeled', {}, 'deploy'],
    ['closed', {}, 'remove'],
    ['converted_to_draft', { drafts: 'false' }, 'remove'],
  ])('%s %j is %s', async (action, inputs, mode) => {
    expect(await request(inputs, pullRequest(action))).toMatchObject({
      mode,
      nothing: undefined,
      followsEvent: true,
      preview: { app: 'shop', number: 7, name: 'shop-pr-7', repository: 'acme/shop' },
      environment: 'preview',
    })
  })

  it.each([
    ['unlabeled', { label: 'preview' }, { label: { name: 'preview' } }, 'remove'],
    ['labeled', { label: 'preview' }, { label: { name: 'preview' } }, 'deploy'],
  ])('%s with the label that decides is %s', async (action, inputs, payload, mode) => {
    expect(await request(inputs, pullRequest(action, payload))).toMatchObject({ mode, nothing: undefined })
  })

  it.each([
    ['labeled', { label: 'preview' }, { label: { name: 'bug' } }],
    ['unlabeled', { label: 'preview' }, { label: { name: 'bug' } }],
    ['unlabeled', {}, { label: { name: 'bug' } }],
    ['converted_to_draft', {}, {}],
    ['edited', {}, {}],
    ['assigned', {}, {}],
  ])('%s %j is nothing to do', async (action, inputs, payload) => {
    const found = await request(inputs, pullRequest(action, payload))
    expect(found.nothing).toBeDefined()
    expect(found.release).toBeUndefined()
  })

  it.each([
    ['schedule', {}, 'sweep'],
    ['workflow_dispatch', {}, 'sweep'],
    ['workflow_dispatch', { number: '7' }, 'deploy'],
    ['push', { number: '7' }, 'deploy'],
  ])('%s %j is %s', async (event, inputs, mode) => {
    expect(await request(inputs, { event, pull: {} })).toMatchObject({ mode })
  })

  it('asks what to do where no event says it', async () => {
    expect(await faultsOf(read({}, { event: 'push' }))).toContainEqual(expect.objectContaining({ name: 'mode' }))
    expect(await faultsOf(read({}))).toContainEqual(expect.objectContaining({ name: 'mode' }))
  })
})

describe('what a preview is told', () => {
  it('is filled in', async () => {
    const inputs = { url: 'https://${name}.test/${number}', namespace: 'pr-${number}', ttl: '2d', app: 'Web.Shop' }
    const { target, url } = await request({ ...inputs, 'deploy-to': 'kubernetes' }, pullRequest('opened'))
    const name = target.preview?.name ?? ''
    expect(name).toMatch(/^web-shop-[0-9a-f]{6}-pr-7$/)
    expect(target.preview).toMatchObject({ ttl: 172_800_000, url: `https://${name}.test/7` })
    expect(target.preview?.namespace).toEqual({ name: 'pr-7', isOwn: true })
    expect(url).toBe(`https://${name}.test/7`)
  })

  it.each([
    [{}, { name: 'shop-pr-7', isOwn: true }],
    [{ namespace: 'previews' }, { name: 'previews', isOwn: false }],
    [{ namespace: '${name}' }, { name: 'shop-pr-7', isOwn: true }],
  ])('has the namespace of %j', async (inputs, namespace) => {
    const found = await request({ ...inputs, 'deploy-to': 'kubernetes' }, pullRequest('opened'))
    expect(found.target.preview?.namespace).toEqual(namespace)
  })

  it('is never what the file says for all environments of an app', async () => {
    const file = 'image: ghcr.io/acme/shop\nurl: https://shop.test\nenvironments: {production: {}}\n'
    const files = { '.github/immutable-deploy.yml': file }
    expect(await request({}, { ...pullRequest('opened'), files })).toMatchObject({
      environment: 'preview',
      url: undefined,
    })
  })

  it('is what the file says for previews', async () => {
    const file =
      'image: ghcr.io/acme/shop\nenvironments: {production: {url: "https://shop.test"}, preview: {url: "https://${name}.test", ttl: 1d}}\n'
    const files = { '.github/immutable-deploy.yml': file }
    const found = await request({}, { ...pullRequest('opened'), files })
    expect(found).toMatchObject({ url: 'https://shop-pr-7.test', target: { preview: { ttl: 86_400_000 } } })
  })

  it('refuses other variables, and addresses that are none', async () => {
    const faults = await faultsOf(read({ url: 'https://${branch}.test' }, pullRequest('opened')))
    expect(faults).toContainEqual(expect.objectContaining({ name: 'url' }))
    const others = await faultsOf(read({ url: '${name}.test' }, pullRequest('opened')))
    expect(others).toContainEqual(expect.objectContaining({ name: 'url' }))
  })
})

describe('faults', () => {
  it.each([
    ['promote', 'auto', /never gets a release tag/],
    ['digest', `sha256:${'1'.repeat(64)}`, /builds the head/],
    ['on-older', 'skip', /newest commit/],
    ['environment-tag', 'off', /moves no tag/],
  ])('%s is refused with what to write instead', async (name, value, problem) => {
    const [fault] = await faultsOf(read({ [name]: value }, pullRequest('opened')))
    expect(fault).toMatchObject({ name, problem: expect.stringMatching(problem) as string })
    expect(fault?.example).toBeTruthy()
  })

  it('names what is missing, all at once', async () => {
    const inputs = { manifests: '', 'deploy-to': 'none', number: '#7', ttl: 'soon' }
    const names = (await faultsOf(read(inputs, pullRequest('opened')))).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['deploy-to', 'number', 'ttl']))
    expect((await faultsOf(read({ manifests: '' }, pullRequest('opened')))).map(({ name }) => name)).toEqual([
      'manifests',
    ])
    expect((await faultsOf(read({ mode: 'remove' }))).map(({ name }) => name)).toEqual(['number'])
    expect((await faultsOf(read({ mode: 'deploy' }))).map(({ name }) => name)).toEqual(['number'])
  })
})

describe('a checkout', () => {
  it.each([
    ['closed', {}],
    ['opened', { mode: 'sweep' }],
  ])('is not needed to remove anything (%s %j)', async (action, inputs) => {
    const found = await request(inputs, { ...pullRequest(action), bare: true })
    expect(found).toMatchObject({ release: undefined, target: { manifests: [] } })
  })

  it('of the merge commit is built with a notice that has the line for the head', async () => {
    const reading = await read(
      {},
      { ...pullRequest('opened'), facts: { revision: MERGE, url: 'https://github.com/acme/shop' } },
    )
    expect(reading.notices.join()).toContain('ref: ${{ github.event.pull_request.head.sha }}')
    expect(reading.request.release?.revision).toBe(MERGE)
    expect(reading.request.head).toBe(HEAD)
  })

  it.each([
    ['another commit on pull_request', pullRequest('opened'), {}],
    ['the default branch on workflow_dispatch', { event: 'workflow_dispatch', pull: {} }, { number: '7' }],
  ])('of %s is refused', async (_, situation, inputs) => {
    const facts = { revision: OTHER, url: 'https://github.com/acme/shop' }
    expect(await refusal(read(inputs, { ...situation, facts }))).toMatchObject({ code: 'revision-mismatch' })
  })
})

describe('whose code it is', () => {
  const fork = { repo: { full_name: 'mallory/shop' } }

  it.each([
    ['a fork', pullRequest('opened', {}, fork), {}],
    ['a fork that is gone', pullRequest('opened', {}, { repo: null }), {}],
    ['Dependabot', pullRequest('opened'), { GITHUB_ACTOR: 'dependabot[bot]' }],
  ])('%s: built and smoke-tested only', async (_, situation, env) => {
    const found = await request({}, { ...situation, env })
    expect(found.limit).toBeDefined()
    expect(found.release?.promote).toBe('none')
  })

  it('what a run without credentials cannot remove is left to the sweep', async () => {
    expect((await request({}, pullRequest('closed', {}, fork))).nothing).toMatch(/the sweep removes it/)
    expect((await request({}, pullRequest('closed'))).nothing).toBeUndefined()
  })

  it('own code is deployed, whatever events may promote', async () => {
    const found = await request({}, pullRequest('opened'))
    expect(found).toMatchObject({ limit: undefined, release: { promote: 'all', environmentTag: undefined } })
  })

  it('a fork’s head on pull_request_target is refused, and its removal is not', async () => {
    const target = (action: string) => ({ ...pullRequest(action, {}, fork), event: 'pull_request_target' })
    expect(await refusal(read({}, target('opened')))).toMatchObject({ code: 'unsafe-event' })
    const files = {
      '.github/immutable-deploy.yml': 'image: mallory/shop\nenvironments: {preview: {docker-host: "tcp://x:1"}}\n',
    }
    const found = await request({}, { ...target('closed'), files })
    expect(found).toMatchObject({ mode: 'remove', repository: { name: 'ghcr.io/acme/shop' } })
    expect(found.target.options).toEqual([])
  })

  it.each(['merge_group', 'issue_comment', 'pull_request_review', 'discussion', 'fork', 'watch'])(
    'nothing is deployed on %s',
    async (event) => {
      const reading = read({ mode: 'deploy', number: '7' }, { event, pull: {} })
      expect(await refusal(reading)).toMatchObject({ code: 'unsafe-event' })
    },
  )

  describe('on workflow_run', () => {
    const ended = {
      head_sha: HEAD,
      head_branch: 'topic',
      head_repository: { full_name: 'mallory/shop', owner: { login: 'mallory' } },
    }
    const situation = (pull: Situation['pull']): Situation => ({
      event: 'workflow_run',
      payload: { workflow_run: ended },
      ...(pull ? { pull } : {}),
    })

    it('the pull request is found by the head of the run that ended', async () => {
      const found = await request({}, situation({ number: 12 }))
      expect(asked).toEqual([{ head: HEAD, branch: 'topic', owner: 'mallory' }])
      expect(found).toMatchObject({ mode: 'deploy', preview: { number: 12 }, head: HEAD, limit: undefined })
    })

    it('nothing is done where none has that head', async () => {
      expect((await request({}, situation('none'))).nothing).toMatch(/no open pull request/)
    })

    it('a fork’s code needs the word of the workflow', async () => {
      expect(await refusal(read({}, situation({ isForeign: true })))).toMatchObject({ code: 'unsafe-event' })
      const found = await request({ 'preview-fork-code': 'true' }, situation({ isForeign: true }))
      expect(found.release?.promote).toBe('all')
    })

    it('what GitHub refuses is said', async () => {
      expect(await refusal(read({}, situation('denied')))).toMatchObject({ code: 'github-denied' })
    })
  })
})
