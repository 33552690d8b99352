// The reusable workflows on Swarm, run by act for a throwaway repository, with GitHub's API behind them.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { WorkflowOptions, WorkflowRun } from '../harness/act.ts'
import { runWorkflow } from '../harness/act.ts'
import { stateOf } from '../harness/github/deployments.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { describeWith, need } from '../harness/lab.ts'
import { nextJob, outputsIn } from '../harness/next-job.ts'
import { World } from './world.ts'

describeWith(
  'docker',
  'registry',
  'act',
)('records of reusable workflows', () => {
  let world: World
  let github: GitHubDouble
  beforeAll(async () => {
    world = await World.open({ services: ['web'], replicas: 1 })
    github = await startGitHub()
    // The commit with the workflows is made by the harness, after the double was told anything.
    github.world.without.add('known-ref')
  })
  afterAll(async () => {
    await world.close()
    await github.close()
  })
  beforeEach(() => {
    github.calls.length = 0
  })
  afterEach(() => {
    expect(github.violations).toEqual([])
  })

  let runs = 0
  const run = (name: string, inputs: string, more: Partial<WorkflowOptions> = {}): Promise<WorkflowRun> => {
    runs += 1
    return runWorkflow({
      app: world.app,
      secrets: { GITHUB_TOKEN: 'job-token' },
      env: {
        DOCKER_HOST: need('docker').DOCKER_HOST,
        GITHUB_API_URL: github.url,
        GITHUB_RUN_ID: `${String(process.pid)}${String(runs)}`,
      },
      ...more,
      workflows: {
        'ship.yml': `on: {push: {}, workflow_dispatch: {}}
jobs:
  ship:
    uses: OWNER/immutable-deploy/.github/workflows/${name}.yml@v1
    with:
      image: ${world.image}
      deploy-to: swarm
      workload: ${world.services.names[0] ?? ''}
      stability: 1s
${inputs}
${nextJob('ship')}`,
      },
    })
  }
  const states = () => github.world.deployments.map(stateOf)

  let first: string
  it('a push is one record, and every output reaches the next job', async () => {
    const done = await run('release', '      url: https://shop.test')
    expect(done.code, done.log).toBe(0)
    const { result, digest = '', ...outputs } = outputsIn(done.log)
    first = digest
    expect(outputs, done.log).toMatchObject({
      outcome: 'healthy',
      'image-ref': `${world.image}@${digest}`,
      revision: world.app.revision,
      'rolled-back': 'false',
      url: 'https://shop.test',
    })
    expect(JSON.parse(result ?? 'null')).toMatchObject({ action: 'release', outcome: 'healthy', digest })
    expect(github.world.deployments).toMatchObject([{ environment: 'production', payload: { digest, actor: 'alice' } }])
    expect(states()).toEqual(['success'])
    expect(github.calls.length).toBeLessThanOrEqual(8)
    await world.serves('v1')
  })

  it('a red release is a failure on record, and what ran before is active there', async () => {
    world.app.commit('second', { version: 'v2' })
    const checks = `      url: http://127.0.0.1:9
      live-checks: |
        startup: {within: 2s}
        checks: [{http: "GET / -> 200"}]`
    const done = await run('release', checks)
    expect(done.code).not.toBe(0)
    // act hands on no outputs of a called workflow that failed; the step itself has them.
    const steps = Object.values(done.jobs).flatMap((job) => job.steps)
    const deploy = steps.findLast(({ id, stage }) => id === 'release' && stage === 'Main')
    expect(deploy?.outputs, done.log).toMatchObject({
      outcome: 'rolled-back',
      'rolled-back': 'true',
      'previous-digest': first,
    })
    expect(states()).toEqual(['success', 'failure'])
    await world.serves('v1')
  })

  it('a dispatched rollback records who, where to, and why', async () => {
    world.app.commit('third', { version: 'v3' })
    expect((await run('release', '')).code).toBe(0)
    await world.serves('v3')
    const hostile = 'prices $(id) `id` ::error::x'
    const inputs = `      to: previous\n      reason: '${hostile}'`
    const dry = await run('rollback', `${inputs}\n      dry-run: true`, { event: 'workflow_dispatch' })
    expect(outputsIn(dry.log), dry.log).toMatchObject({ outcome: 'planned', digest: first })
    const done = await run('rollback', inputs, { event: 'workflow_dispatch' })
    expect(outputsIn(done.log), done.log).toMatchObject({ outcome: 'healthy', digest: first })
    expect(done.annotations.filter(({ level }) => level === 'error')).toEqual([])
    expect(states()).toEqual(['inactive', 'failure', 'inactive', 'success'])
    expect(github.world.deployments.at(-1)?.payload).toMatchObject({ rollback: true, reason: hostile, digest: first })
    await world.serves('v1')
  })
})
