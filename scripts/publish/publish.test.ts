// Publishing a version against a GitHub with its rules, by the client that the workflow uses.
import { getOctokit } from '@actions/github'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { GitHubDouble } from '../../test/harness/github/index.ts'
import { startGitHub } from '../../test/harness/github/index.ts'
import { node24 } from '../../test/harness/node.ts'
import { tempDir } from '../../test/harness/temp.ts'
import { publish } from './publish.ts'

const folder = tempDir('publish')
const files = ['bundles.tar.gz', 'checksums.txt'].map((name) => path.join(folder, name))
for (const file of files) writeFileSync(file, `bytes of ${path.basename(file)}`)

const [SHA, OLDER] = ['a'.repeat(40), 'b'.repeat(40)]

let github: GitHubDouble
beforeEach(async () => {
  github = await startGitHub()
  github.world.tokens.set('release-token', { login: 'github-actions[bot]', permissions: { contents: 'write' } })
  github.world.refs.set('refs/tags/v1.2.3', SHA)
})
afterEach(async () => {
  vi.restoreAllMocks()
  expect(github.violations).toEqual([])
  await github.close()
})

function run({ tag = 'v1.2.3', sha = SHA, token = 'release-token' } = {}): Promise<void> {
  const octokit = getOctokit(token, { baseUrl: github.url })
  return publish(octokit, { owner: 'acme', repo: 'shop', tag, sha, files })
}
const tags = () => Object.fromEntries(github.world.refs)
const writes = () => github.calls.filter(({ method }) => method !== 'GET')

it('publishes a release with all of its files, and the tag of the major version', async () => {
  await run()
  expect(github.world.releases).toMatchObject([
    {
      ...{ tag: 'v1.2.3', draft: false, immutable: true },
      assets: [
        { name: 'bundles.tar.gz', content: 'bytes of bundles.tar.gz' },
        { name: 'checksums.txt', content: 'bytes of checksums.txt' },
      ],
    },
  ])
  expect(tags()).toEqual({ 'refs/tags/v1.2.3': SHA, 'refs/tags/v1': SHA })
})

describe('a run that is repeated', () => {
  it('changes nothing where the release and the tag are there', async () => {
    await run()
    github.calls.length = 0
    await run()
    expect(writes().map(({ method, path: at }) => [method, at])).toEqual([
      ['PATCH', '/repos/acme/shop/git/refs/tags%2Fv1'],
    ])
    expect(github.world.releases).toHaveLength(1)
  })

  it('goes on with the draft, and replaces a file that was cut off', async () => {
    const cut = { id: 7, name: 'bundles.tar.gz', content: 'bytes o' }
    const draft = { id: 6, tag: 'v1.2.3', draft: true, immutable: false, assets: [cut] }
    github.world.releases.push(draft)
    await run()
    expect(github.world.releases).toHaveLength(1)
    expect(draft.assets.map(({ content }) => content).sort()).toEqual([
      'bytes of bundles.tar.gz',
      'bytes of checksums.txt',
    ])
    expect(draft.draft).toBe(false)
  })
})

describe('the tag of the major version', () => {
  const known = (...names: readonly string[]) => {
    for (const name of names) github.world.refs.set(`refs/tags/${name}`, OLDER)
  }

  it.each([
    { others: ['v1.2.2', 'v1', 'v2.0.0', 'v10.0.0'], moves: true },
    { others: ['v1.10.0', 'v1'], moves: false },
    { others: ['v1.3.0', 'v1'], moves: false },
    { others: ['v1.2.10', 'v1'], moves: false },
    { others: ['v1.9.0-rc.1', 'v1.next', 'v1'], moves: true },
  ])('moves where no later version of it exists: $others', async ({ others, moves }) => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined)
    known(...others)
    await run()
    expect(tags()['refs/tags/v1']).toBe(moves ? SHA : OLDER)
    expect(github.world.releases).toHaveLength(1)
  })
})

it('does not move the tag where the release could still be changed', async () => {
  github.world.hasImmutableReleases = false
  await expect(run()).rejects.toThrow(/Release immutability/)
  expect(tags()['refs/tags/v1']).toBeUndefined()
})

it('makes no release for a tag that does not exist, and none without the permission', async () => {
  await expect(run({ tag: 'v1.2.4' })).rejects.toMatchObject({ status: 422 })
  await expect(run({ token: 'job-token' })).rejects.toMatchObject({ status: 403 })
  expect(github.world.releases).toEqual([])
})

it('is what the workflow runs, with the variables of its job', async () => {
  const main = path.join(import.meta.dirname, 'main.ts')
  const job = { GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'acme/shop', GITHUB_REF_NAME: 'v1.2.3', GITHUB_SHA: SHA }
  const start = (token: string) =>
    promisify(execFile)(node24, [main, ...files], { env: { ...process.env, ...job, GITHUB_TOKEN: token } })
  await start('release-token')
  expect(github.world.releases).toMatchObject([{ tag: 'v1.2.3', immutable: true }])
  expect(tags()['refs/tags/v1']).toBe(SHA)
  await expect(start('unknown-token')).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^::error::Bad credentials/) as string,
  })
})
