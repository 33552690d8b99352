// Releases and rollbacks through the published bundles, with records on a double of GitHub.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stateOf } from '../harness/github/deployments.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { docker } from '../contract/swarm-world.ts'
import { git } from '../harness/images.ts'
import { describeWith } from '../harness/lab.ts'
import type { RunOptions } from '../harness/runner.ts'
import { tempDir } from '../harness/temp.ts'
import type { Told } from './world.ts'
import { freshRun, World } from './world.ts'

describeWith('docker', 'registry')('records on GitHub', () => {
  let world: World
  let github: GitHubDouble
  beforeAll(async () => {
    world = await World.open({ services: ['web'], replicas: 1 })
  })
  afterAll(() => world.close())
  beforeEach(async () => {
    github = await startGitHub()
    know(world.app.revision)
  })
  afterEach(async () => {
    expect(github.violations).toEqual([])
    await github.close()
  })

  /** A commit that the repository on GitHub has. */
  function know(revision: string, ...ancestors: string[]): void {
    github.world.refs.set(revision, revision)
    github.world.ancestors.set(revision, ancestors)
  }

  const states = () => github.world.deployments.map(stateOf)
  const options = (more: RunOptions = {}): RunOptions => ({
    event: { repository: { owner: { type: 'Organization' } } },
    ...more,
    github: { api_url: github.url, token: 'job-token', ...freshRun(), ...more.github },
  })
  const release = (more: Record<string, string> = {}, run: RunOptions = {}): Promise<Told> =>
    world.release(more, options(run))

  it('show a release, its artifact, and the failure of the next one', async () => {
    const artifacts = path.join(tempDir('artifacts'), 'names')
    const first = await release({ url: 'https://shop.test' }, { env: { GITHUB_ARTIFACTS: artifacts } })
    expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy' })
    expect(states()).toEqual(['success'])
    expect(github.calls.length).toBeLessThanOrEqual(8)
    expect(readFileSync(artifacts, 'utf8')).toBe(`oci://${first.outputs['image-ref'] ?? ''}\n`)
    expect(github.world.artifacts).toMatchObject([{ digest: first.outputs.digest, github_repository: 'shop' }])

    know(world.app.commit('v2', { version: 'v2' }))
    const second = await release({ url: 'http://127.0.0.1:9', 'live-checks': 'checks: [{http: "GET / -> 200"}]' })
    expect(second.outputs, second.log).toMatchObject({ outcome: 'rolled-back' })
    expect(states()).toEqual(['success', 'failure'])
  })

  it('are one notice where the token may not write them, and the deploy is green', async () => {
    github.world.tokens.set('job-token', { login: 'x', permissions: { contents: 'read' } })
    know(world.app.commit('v3', { version: 'v3' }))
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    const notices = run.annotations.filter(
      ({ level, message }) => level === 'notice' && message.includes('permissions:'),
    )
    expect(notices, run.log).toHaveLength(1)
    expect(notices[0]?.message).toContain('deployments: write')
  })

  it('do not turn a deploy red where GitHub is away', async () => {
    github.faults.push({ match: () => true, status: 503 })
    know(world.app.commit('v4', { version: 'v4' }))
    const run = await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(run.result.warnings.join('\n')).toContain('github-unavailable')
  })

  it('carry hostile names as data', async () => {
    know(world.app.commit('v5', { version: 'v5' }))
    const hostile = {
      ref: 'refs/heads/$(id)`id`::error::x',
      ref_name: '$(id)`id`::error::x',
      actor: 'a\n::error::b',
      workflow: '${{ x }}',
    }
    const run = await release(
      {},
      {
        github: hostile,
        event: { head_commit: { message: '::error::title\n<!-- x -->' }, repository: { owner: { type: 'User' } } },
      },
    )
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([])
    expect(github.world.artifacts).toEqual([])
    expect(states()).toEqual(['success'])
  })

  describe('and the order of commits', () => {
    it('is asked there where the clone is shallow: the older one is refused', async () => {
      const older = world.app.revision
      const newer = world.app.commit('v6', { version: 'v6' })
      know(older)
      know(newer, older)
      const before = await release()
      expect(before.outputs, before.log).toMatchObject({ outcome: 'healthy' })
      const workspace = tempDir('shallow')
      git(workspace, 'clone', '--quiet', world.app.dir, '.')
      git(workspace, 'checkout', '--quiet', older)
      git(workspace, 'remote', 'set-url', 'origin', 'https://github.com/acme/shop.git')
      const shallow = tempDir('shallow')
      git(shallow, 'clone', '--quiet', '--depth', '1', `file://${workspace}`, '.')
      git(shallow, 'remote', 'set-url', 'origin', 'https://github.com/acme/shop.git')
      const late = await release({}, { workspace: shallow, github: { sha: older } })
      expect(late.outputs, late.log).toMatchObject({ outcome: 'superseded', 'reason-code': 'older-than-running' })
      expect(github.calls.some(({ path: asked }) => asked.includes('/compare/'))).toBe(true)
      expect(states()).toEqual(['success'])
    })
  })

  it('answer list together with the other memories', async () => {
    const revision = world.app.commit('v7', { version: 'v7' })
    know(revision)
    await release()
    const run = await world.rollback({ list: 'true' }, options({ github: { event_name: 'workflow_dispatch' } }))
    const listed = run.result.versions?.find((version) => version.revision === revision)
    expect(listed?.knownBy.toSorted(), run.log).toEqual(['github', 'registry', 'target'])
  })
})

describeWith('docker', 'registry')('where only GitHub remembers', () => {
  let world: World
  let github: GitHubDouble
  beforeAll(async () => {
    world = await World.open({ services: ['web'], replicas: 1, proxied: true })
    github = await startGitHub()
  })
  afterAll(async () => {
    await world.close()
    await github.close()
  })

  it('a rollback goes to the version before, and says who knew it', async () => {
    const options = (): RunOptions => ({ github: { api_url: github.url, token: 'job-token', ...freshRun() } })
    const know = (revision: string) => {
      github.world.refs.set(revision, revision)
      github.world.ancestors.set(revision, [])
    }
    know(world.app.revision)
    const first = await world.release({}, options())
    expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy' })
    know(world.app.commit('v2', { version: 'v2' }))
    const second = await world.release({}, options())
    expect(second.outputs, second.log).toMatchObject({ outcome: 'healthy' })

    // The service was made anew, and somebody cleaned the registry's tags up.
    const record = (await world.tags()).find((tag) => tag.startsWith('deployed-production-')) ?? ''
    await world.services.update((spec) => {
      delete spec.Labels['dev.immutable-deploy.history']
    })
    await docker('config', 'rm', `immutable-deploy-${record.split('-')[2] ?? ''}`)
    const body = JSON.stringify({ name: 'shop', tags: [] })
    world.proxy?.faults.push({
      match: ({ path: asked }) => asked.includes('/tags/list'),
      times: Infinity,
      status: 200,
      body,
    })
    const back = await world.rollback({ reason: 'why' }, options())
    expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy', digest: first.outputs['digest'] })
    expect(back.log).toMatch(/github/i)
    await world.serves('v1')
    expect(github.world.deployments.map(stateOf)).toEqual(['inactive', 'inactive', 'success'])
    expect(github.violations).toEqual([])
  })
})
