// Somebody who never answers, and a run that is cancelled meanwhile: it ends within two seconds, whoever it waits for.
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { makeApp } from '../harness/images.ts'
import { describeWith } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import type { ActionRun, RunOptions } from '../harness/runner.ts'
import { runAction } from '../harness/runner.ts'
import { tempDir } from '../harness/temp.ts'
import { freshRun, World } from './world.ts'

let github: GitHubDouble
beforeEach(async () => {
  github = await startGitHub()
})
afterEach(() => github.close())

/** GitHub does not answer these calls; the run is cancelled as soon as it waits for the first of them. */
function silentAt(pattern: RegExp): Required<Pick<RunOptions, 'when' | 'github'>> {
  const cancel = new AbortController()
  github.faults.push({
    hangs: true,
    times: Infinity,
    match({ method, path: asked, body }) {
      const isMeant = pattern.test(`${method} ${asked} ${JSON.stringify(body)}`)
      if (isMeant) setTimeout(() => cancel.abort(), 300)
      return isMeant
    },
  })
  return { when: { cancel: cancel.signal }, github: { api_url: github.url, token: 'job-token' } }
}

function expectQuickEnd(run: ActionRun): void {
  const [main] = run.stages
  expect(run.outputs, run.log).toMatchObject({ outcome: 'cancelled' })
  expect(main?.sent.map(({ signal }) => signal)).toEqual(['SIGINT'])
  expect((main?.ms ?? 0) - (main?.sent[0]?.at ?? 0), run.log).toBeLessThan(2000)
  expect(run.orphans).toEqual([])
}

describe('while inputs are read', () => {
  it('git does not answer', async () => {
    const app = makeApp()
    const folder = tempDir('git')
    const begun = path.join(folder, 'begun')
    writeFileSync(path.join(folder, 'git'), `#!/bin/sh\n: > ${begun}\nexec sleep 60\n`, { mode: 0o755 })
    const cancel = new AbortController()
    const looking = setInterval(() => existsSync(begun) && cancel.abort(), 50)
    const run = await runAction({
      workspace: app.dir,
      inputs: { image: 'registry.invalid/acme/shop' },
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      when: { cancel: cancel.signal },
    })
    clearInterval(looking)
    app.remove()
    expectQuickEnd(run)
  })

  it.each([
    { title: 'pull request', event: {}, inputs: { mode: 'deploy', number: '7' }, event_name: 'workflow_dispatch' },
    {
      title: 'pull request of a head',
      inputs: { mode: 'deploy' },
      event_name: 'workflow_run',
      event: {
        workflow_run: {
          head_sha: 'a'.repeat(40),
          head_branch: 'x',
          head_repository: { full_name: 'acme/shop', owner: { login: 'acme' } },
        },
      },
    },
  ])('GitHub does not say the $title', async ({ event, inputs, event_name }) => {
    const app = makeApp()
    writeFileSync(path.join(app.dir, 'stack.yml'), 'services: {web: {image: "${IMAGE}"}}\n')
    const { when, github: api } = silentAt(/GET .*pulls/)
    const run = await runAction({
      action: path.join(root, 'preview'),
      workspace: app.dir,
      inputs: { image: 'registry.invalid/acme/shop', 'deploy-to': 'swarm', manifests: 'stack.yml', ...inputs },
      github: { ...api, event_name, repository: 'acme/shop' },
      event: { repository: { full_name: 'acme/shop', default_branch: 'main', owner: { login: 'acme' } }, ...event },
      when,
    })
    app.remove()
    expectQuickEnd(run)
  })
})

describeWith('docker', 'registry')('while a release goes on GitHub does not answer', () => {
  let world: World
  beforeAll(async () => {
    world = await World.open({ services: ['web'], replicas: 1 })
  })
  afterAll(() => world.close())

  it.each([
    ['whether the commit is older', /GET .*\/compare\//],
    ['what it remembers of the environment', /GET .*\/deployments /],
    ['when the record is finished', /POST .*\/statuses .*success/],
  ])('%s', async (what, pattern) => {
    // The clone does not have the commit that runs: only GitHub knows which of them is older.
    world.app.commit(what, { version: what })
    const first = await world.release()
    expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy' })
    const other = makeApp('healthy', { version: `other ${what}` })
    github.world.refs.set(other.revision, other.revision)
    const { when, github: api } = silentAt(pattern)
    const run = await world.release(
      {},
      { workspace: other.dir, github: { ...freshRun(), ...api, sha: other.revision }, when },
    )
    other.remove()
    expectQuickEnd(run)
  })

  it('what the versions are', async () => {
    const { when, github: api } = silentAt(/GET .*\/deployments /)
    const run = await world.rollback(
      { list: 'true' },
      { github: { ...freshRun(), ...api, event_name: 'workflow_dispatch' }, when },
    )
    expectQuickEnd(run)
  })
})
