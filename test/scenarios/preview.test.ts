// Pull requests through the published bundle: a real Swarm, a real registry, and a double of GitHub.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stateOf } from '../harness/github/deployments.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { openPull } from '../harness/github/pull.ts'
import { describeWith } from '../harness/lab.ts'
import type { RunOptions } from '../harness/runner.ts'
import { tempDir } from '../harness/temp.ts'
import { engine } from '../contract/swarm-world.ts'
import { runPreview } from './preview-world.ts'
import type { Told } from './world.ts'
import { freshRun, leftovers, World } from './world.ts'

/** Its own: the sweep of another file on this Swarm does not know these pull requests. */
const REPOSITORY = 'previews'

describeWith('docker', 'registry')('previews on a Swarm', () => {
  let world: World
  let github: GitHubDouble
  let app: string
  beforeAll(async () => {
    world = await World.open({ registryOptions: { delete: true } })
    app = world.image.split('/').at(-1) ?? ''
    const stack = `services: {web: {image: "${world.image}:x", ports: [{target: 8080, mode: host}], stop_grace_period: 1s}}\n`
    world.app.commit('stack', { version: 'v1', files: { 'stack.yml': stack } })
  })
  afterAll(async () => {
    await sweepAll()
    await world.close()
  })
  beforeEach(async () => {
    github = await startGitHub({ repository: REPOSITORY })
    open(7)
  })
  afterEach(async () => {
    expect(github.violations).toEqual([])
    await github.close()
  })

  /** What a test left, whatever it was: everything of this app. */
  async function sweepAll(): Promise<void> {
    const last = await startGitHub({ repository: REPOSITORY })
    github = last
    await preview({ mode: 'sweep' }, { github: { event_name: 'schedule' } })
    await last.close()
  }

  function know(sha: string): void {
    github.world.refs.set(sha, sha)
    github.world.ancestors.set(sha, [])
  }

  function open(
    number: number,
    more: Partial<{ repository: string; title: string; labels: string[]; sha: string }> = {},
  ) {
    const { repository = `acme/${REPOSITORY}`, title = 'x', labels = [], sha = world.app.revision } = more
    know(sha)
    openPull(github, { number, title, labels, head: { sha, repository } })
  }

  const pull = () => {
    const [found] = github.world.pulls
    if (!found) throw new Error('no pull request')
    return found
  }

  const commit = (version: string, variant?: 'crash' | 'unhealthy') => {
    const sha = world.app.commit(version, { version, variant: variant ?? 'healthy' })
    know(sha)
    pull().head = { ...pull().head, sha }
    return sha
  }

  function preview(inputs: Record<string, string> = {}, options: RunOptions = {}): Promise<Told> {
    return runPreview({ world, github }, inputs, options)
  }

  /** As GitHub starts a run for an event of the pull request. */
  function on(action: string, inputs: Record<string, string> = {}, options: RunOptions = {}): Promise<Told> {
    const { number, head } = pull()
    const [owner = ''] = head.repository.split('/')
    const event = {
      action,
      repository: { full_name: `acme/${REPOSITORY}` },
      pull_request: {
        number,
        title: pull().title,
        head: { sha: head.sha, ref: head.ref, repo: { full_name: head.repository, owner: { login: owner } } },
      },
    }
    return preview(inputs, { event, ...options, github: { event_name: 'pull_request', ...options.github } })
  }

  const services = async () => {
    const all = await engine<{ Spec: { Name: string } }[]>('GET', '/services')
    return all.map(({ Spec }) => Spec.Name).filter((name) => name.startsWith(`${app}-pr-`))
  }
  const comment = () => github.world.comments.map(({ body }) => body)

  it('come, are replaced, and go', async () => {
    const first = await on('opened')
    expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy', name: `${app}-pr-7`, number: '7', tags: '' })
    const { url = '' } = first.outputs
    expect(await (await fetch(`${url}/version`)).text()).toContain('v1')
    expect(comment()).toHaveLength(1)
    expect(comment()[0]).toContain(url)
    expect(github.world.deployments.map(stateOf)).toEqual(['success'])
    expect(github.world.deployments[0]).toMatchObject({ environment: 'preview', transient: true, production: false })
    const states = github.world.deployments[0]?.statuses.map(({ state }) => state)
    expect(states).toEqual(['queued', 'in_progress', 'success'])
    expect(github.world.deployments[0]?.statuses.at(-1)).toMatchObject({ environment_url: url })
    const tags = await world.tags()
    expect(tags).toEqual([expect.stringMatching(new RegExp(`^candidate-${app}-pr-7-\\d+-1-[0-9a-f]{6}$`))])

    commit('v2')
    const second = await on('synchronize')
    expect(second.outputs, second.log).toMatchObject({ outcome: 'healthy' })
    expect(await (await fetch(`${second.outputs.url ?? ''}/version`)).text()).toContain('v2')
    expect(github.world.deployments.map(stateOf)).toEqual(['inactive', 'success'])
    expect(comment()).toHaveLength(1)
    const [tag = '', ...others] = await world.tags()
    expect(others).toEqual([])
    expect([tags.includes(tag), await world.digestOf(tag)]).toEqual([false, second.outputs.digest])

    pull().state = 'closed'
    const third = await on('closed', {}, { workspace: tempDir('no-checkout') })
    expect(third.outputs, third.log).toMatchObject({ outcome: 'removed', name: `${app}-pr-7` })
    expect(await services()).toEqual([])
    expect(await world.tags()).toEqual([])
    expect(comment()).toHaveLength(1)
    expect(comment()[0]).toContain('was removed')
    expect(github.world.deployments.map(stateOf)).toEqual(['inactive', 'inactive'])

    const again = await on('closed', {}, { workspace: tempDir('no-checkout') })
    expect(again.outputs, again.log).toMatchObject({ outcome: 'removed' })
  })

  it('that do not start are red, and what ran before runs on', async () => {
    commit('good')
    const before = await on('opened')
    expect(before.outputs, before.log).toMatchObject({ outcome: 'healthy' })
    commit('bad', 'crash')
    const red = await on('synchronize')
    expect(red.outputs, red.log).toMatchObject({ outcome: 'failed' })
    expect(comment()[0]).toContain('The version before runs on.')
    expect(github.world.deployments.map(stateOf)).toEqual(['success', 'failure'])
    expect(await (await fetch(`${before.outputs.url ?? ''}/version`)).text()).toContain('good')
    const named = await Promise.all((await world.tags()).map((tag) => world.digestOf(tag)))
    expect(named).toEqual([before.outputs.digest])
  })

  it('say nothing where the token may not write, and are green', async () => {
    github.world.tokens.set('job-token', { login: 'x', permissions: { contents: 'read', 'pull-requests': 'read' } })
    commit('quiet')
    const run = await on('opened')
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    const notices = run.annotations.filter(
      ({ level, message }) => level === 'notice' && message.includes('permissions:'),
    )
    expect(notices.map(({ message }) => message).sort(), run.log).toEqual([
      expect.stringContaining('permissions: pull-requests: write'),
      expect.stringContaining('permissions: deployments: write'),
    ])
  })

  it('are deployed where GitHub is away', async () => {
    github.faults.push({ match: () => true, times: Number.POSITIVE_INFINITY, status: 503 })
    commit('alone')
    const run = await on('opened')
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
  })

  it('are not deployed by a run that is late', async () => {
    const stale = pull().head.sha
    const late = { ...pull().head }
    commit('newer')
    world.app.git('checkout', '--quiet', stale)
    const newest = pull().head
    pull().head = late
    const started = on('synchronize', {}, { onLine: () => void (pull().head = newest) })
    const run = await started
    world.app.git('checkout', '--quiet', '-')
    expect(run.outputs, run.log).toMatchObject({ outcome: 'superseded', 'reason-code': 'another-rollout' })
  })

  it('of forks are built and smoke-tested only', async () => {
    pull().head = { ...pull().head, repository: 'mallory/shop' }
    github.world.tokens.set('job-token', { login: 'x', permissions: { contents: 'read' } })
    const before = await services()
    const run = await on('opened', {}, { github: { actor: 'mallory' } })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'checked' })
    expect(run.log).toContain('comes from a fork')
    expect(await services()).toEqual(before)
    const refused = await on('opened', {}, { github: { event_name: 'pull_request_target' } })
    expect(refused.outputs, refused.log).toMatchObject({ outcome: 'failed', 'reason-code': 'unsafe-event' })
  })

  it('of forks are deployed by workflow_run after the word of the workflow', async () => {
    pull().head = { ...pull().head, repository: 'mallory/shop' }
    const { sha, ref } = pull().head
    const event: RunOptions['event'] = {
      action: 'completed',
      repository: { full_name: `acme/${REPOSITORY}`, default_branch: 'main' },
      workflow_run: {
        head_sha: sha,
        head_branch: ref,
        event: 'pull_request',
        head_repository: { full_name: 'mallory/shop', owner: { login: 'mallory' } },
      },
    }
    const workflowRun = (inputs: Record<string, string>) =>
      preview(inputs, { event, github: { event_name: 'workflow_run' } })
    expect((await workflowRun({})).outputs).toMatchObject({ outcome: 'failed', 'reason-code': 'unsafe-event' })
    const run = await workflowRun({ 'preview-fork-code': 'true' })
    expect(run.outputs, run.log).toMatchObject({ number: '7' })
    expect(['healthy', 'unchanged']).toContain(run.outputs.outcome)
  })

  it('with hostile titles and branches are data', async () => {
    pull().title = '$(id)`id`::error::x\n<!-- immutable-deploy: preview of x by run 9-9 -->'
    pull().head = { ...pull().head, ref: '$(id)`id`::error::x' }
    const run = await on('opened', {}, { github: { ref: 'refs/pull/7/merge', head_ref: '$(id)`id`::error::x' } })
    expect(['healthy', 'unchanged'], run.log).toContain(run.outputs.outcome)
    expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([])
    expect(comment()).toHaveLength(1)
  })

  describe('a sweep', () => {
    const schedule = (inputs: Record<string, string> = {}) =>
      preview({ manifests: '', ...inputs }, { workspace: tempDir('no-checkout'), github: { event_name: 'schedule' } })

    it('removes what is closed, of this repository only, and says before what it would', async () => {
      const deployed = await on('opened')
      expect(['healthy', 'unchanged'], deployed.log).toContain(deployed.outputs.outcome)
      const kept = await schedule()
      expect(kept.outputs, kept.log).toMatchObject({ outcome: 'removed' })
      expect(await services()).toEqual([`${app}-pr-7_web`])
      expect(github.calls.filter(({ path: asked }) => asked.endsWith('/pulls'))).toHaveLength(1)

      const elsewhere = await preview({ mode: 'sweep' }, { github: { repository: 'other/shop' } })
      expect(elsewhere.outcome, elsewhere.log).toBe('success')
      pull().state = 'closed'
      const planned = await schedule({ 'dry-run': 'true' })
      expect(planned.result.plan, planned.log).toEqual([`remove ${app}-pr-7: pull request 7 is closed`])
      expect(await services()).toEqual([`${app}-pr-7_web`])
      const swept = await schedule()
      expect(swept.outputs, swept.log).toMatchObject({ outcome: 'removed' })
      expect(await services()).toEqual([])
    })

    it('removes what is too old', async () => {
      const deployed = await on('opened', { ttl: '1s' })
      expect(deployed.outputs, deployed.log).toMatchObject({ outcome: 'healthy' })
      await new Promise((resolve) => setTimeout(resolve, 1500))
      expect((await schedule()).outputs.outcome).toBe('removed')
      expect(await services()).toEqual([])
    })
  })

  describe('a run that is stopped', () => {
    it.each([
      ['building', /Build /],
      ['smoke-testing', /Smoke-test/],
      ['replacing', /Replace /],
      ['proving', /Prove that/],
    ])('while %s leaves nothing that the next one does not complete or remove', async (_, line) => {
      const github = freshRun()
      commit(`cancelled ${String(line)}`)
      const cancelled = await on('synchronize', {}, { cancelOn: line, github })
      expect(cancelled.outputs, cancelled.log).toMatchObject({ outcome: 'cancelled' })
      // The parts of the preview carry the run's label too.
      const throwaway = (await leftovers(github.run_id)).filter((name) => !name.startsWith(`${app}-pr-`))
      expect(throwaway).toEqual([])
      const next = await on('synchronize')
      expect(['healthy', 'unchanged'], next.log).toContain(next.outputs.outcome)
      commit(`killed ${String(line)}`)
      const killed = await on('synchronize', {}, { killOn: line })
      expect(killed.outcome, killed.log).toBe('failure')
      pull().state = 'closed'
      const removed = await on('closed')
      expect(removed.outputs, removed.log).toMatchObject({ outcome: 'removed' })
      expect(await services()).toEqual([])
      expect(await world.tags()).toEqual([])
    })
  })
})
