// The life of a preview on Swarm through the reusable workflow, run by act: opened, a new commit, closed, and the sweep.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { docker } from '../contract/swarm-world.ts'
import type { WorkflowRun } from '../harness/act.ts'
import { runWorkflow } from '../harness/act.ts'
import { spelledOut } from '../harness/act-differences.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { openPull } from '../harness/github/pull.ts'
import { describeWith, need } from '../harness/lab.ts'
import { nextJob, outputsIn } from '../harness/next-job.ts'
import { World } from './world.ts'

describeWith(
  'docker',
  'registry',
  'act',
)('previews in a user’s workflow', () => {
  const app = `wf${String(process.pid)}`
  const nameOf = (number: number) => `${app}-pr-${String(number)}`
  let world: World
  let github: GitHubDouble
  let runs = 0
  beforeAll(async () => {
    world = await World.open()
    const stack = `services: {web: {image: '${world.image}', deploy: {replicas: 1}}}\n`
    world.app.commit('stack', { files: { 'stack.yml': stack } })
    github = await startGitHub()
    github.world.without.add('known-ref')
  })
  afterAll(async () => {
    for (const name of await services()) await docker('service', 'rm', name)
    await world.close()
    await github.close()
  })
  afterEach(() => {
    expect(github.violations).toEqual([])
  })

  const services = async () =>
    (await docker('service', 'ls', '--format', '{{.Name}}')).split('\n').filter((one) => one.startsWith(app))

  /** One run of preview.yml as the event starts it; the pull request's head is the commit that the run has. */
  const run = async (
    event: 'pull_request' | 'schedule',
    number = 0,
    action = '',
    inputs = '',
  ): Promise<WorkflowRun> => {
    runs += 1
    const workflows = {
      'preview.yml': `on: {pull_request: {types: [opened, synchronize, closed]}, schedule: [{cron: '0 3 * * *'}]}
jobs:
  preview:
    uses: OWNER/immutable-deploy/.github/workflows/preview.yml@v1
    with:
      image: ${world.image}
      app: ${app}
      deploy-to: swarm
      manifests: stack.yml
      stability: 1s
${inputs}
${nextJob('preview')}`,
    }
    world.app.commit('workflow', { files: { '.github/workflows/preview.yml': spelledOut(workflows['preview.yml']) } })
    const sha = world.app.revision
    const pull = github.world.pulls.find((one) => one.number === number)
    if (pull) pull.head = { ...pull.head, sha }
    return runWorkflow({
      app: world.app,
      event,
      payload: event === 'schedule' ? { schedule: '0 3 * * *' } : eventOf(number, action, sha),
      secrets: { GITHUB_TOKEN: 'job-token' },
      env: {
        DOCKER_HOST: need('docker').DOCKER_HOST,
        GITHUB_API_URL: github.url,
        GITHUB_RUN_ID: `${String(process.pid)}${String(runs)}`,
      },
      workflows,
    })
  }
  const open = (number: number) =>
    openPull(github, {
      number,
      title: '::error::$(id)',
      head: { sha: 'a'.repeat(40), ref: 'feature$(id)`id`' },
    })

  it('opened: it runs, the pull request says where, and outputs reach the next job', async () => {
    open(7)
    const done = await run('pull_request', 7, 'opened')
    expect(done.code, done.log).toBe(0)
    expect(outputsIn(done.log), done.log).toMatchObject({ outcome: 'healthy', name: nameOf(7), number: '7' })
    expect(await services()).toEqual([`${nameOf(7)}_web`])
    expect(github.world.comments).toHaveLength(1)
    expect(github.world.deployments).toMatchObject([{ environment: 'preview', transient: true }])
  })

  it('a new commit: the same preview, the same comment', async () => {
    world.app.commit('second', { version: 'v2' })
    const done = await run('pull_request', 7, 'synchronize')
    expect(outputsIn(done.log), done.log).toMatchObject({ outcome: 'healthy', name: nameOf(7) })
    expect(await services()).toEqual([`${nameOf(7)}_web`])
    expect(github.world.comments).toHaveLength(1)
  })

  it('a fork’s pull request is built and smoke-tested, without a word to the target', async () => {
    open(8)
    github.world.pulls.at(-1)!.head.repository = 'mallory/shop'
    const done = await run('pull_request', 8, 'opened')
    expect(done.code, done.log).toBe(0)
    expect(outputsIn(done.log), done.log).toMatchObject({ outcome: 'checked' })
    expect(await services()).toEqual([`${nameOf(7)}_web`])
  })

  it('closed: everything of it is gone, without a checkout', async () => {
    github.world.pulls[0]!.state = 'closed'
    const done = await run('pull_request', 7, 'closed')
    expect(outputsIn(done.log), done.log).toMatchObject({ outcome: 'removed', name: nameOf(7) })
    expect(await services()).toEqual([])
    expect(github.world.comments).toHaveLength(1)
  })

  it('the sweep removes what is left of closed ones, and nothing else', async () => {
    for (const number of [11, 12]) {
      open(number)
      const done = await run('pull_request', number, 'opened')
      expect(outputsIn(done.log), done.log).toMatchObject({ outcome: 'healthy' })
    }
    github.world.pulls.find(({ number }) => number === 11)!.state = 'closed'
    const dry = await run('schedule', 0, '', '      dry-run: true')
    expect(outputsIn(dry.log), dry.log).toMatchObject({ outcome: 'planned' })
    expect(await services()).toHaveLength(2)
    const done = await run('schedule')
    expect(outputsIn(done.log), done.log).toMatchObject({ outcome: 'removed' })
    expect(await services()).toEqual([`${nameOf(12)}_web`])
  })

  function eventOf(number: number, action: string, sha: string): Record<string, unknown> {
    const known = github.world.pulls.find((one) => one.number === number)
    const repository = { full_name: 'acme/shop', default_branch: 'main' }
    const head = { sha, ref: known?.head.ref ?? '', repo: { full_name: known?.head.repository ?? '' } }
    const pull = { number, state: known?.state, draft: false, labels: [], head, user: { login: 'alice' } }
    const pull_request = { ...pull, base: { ref: 'main', repo: repository } }
    return { action, number, pull_request, repository }
  }
})
