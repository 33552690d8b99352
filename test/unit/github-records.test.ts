// Records on GitHub, through the ledger and the client, against the double of its API.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../../src/adapters/github/client.ts'
import { digestOf } from '../../src/domain/digest.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import type { DeployError } from '../../src/errors/deploy-error.ts'
import { gitHubLedger } from '../../src/ledgers/github/index.ts'
import type { GitHubContext, Ledger, LedgerAttempt, LedgerContext } from '../../src/ports.ts'
import { stateOf } from '../harness/github/deployments.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { releaseRequest } from './world.ts'

let github: GitHubDouble
let runs = 0
beforeEach(async () => {
  github = await startGitHub()
  runs = 100
  for (const letter of 'abcdef') github.world.refs.set(letter.repeat(40), letter.repeat(40))
})
afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

const { repository } = releaseRequest()
const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) }
const pause = (ms: number) => clock.sleep(ms)

interface Wanted {
  readonly app?: string
  readonly cluster?: string
  readonly token?: string
  readonly runId?: string
  readonly hasArtifactRecords?: boolean
}

function ledger(wanted: Wanted = {}): Ledger {
  const { app = 'web', cluster = 'one', token = 'job-token', runId = String((runs += 1)) } = wanted
  const open = () =>
    createClient({
      apiUrl: github.url,
      repository: 'acme/shop',
      token,
      env: {},
      clock,
      signal: new AbortController().signal,
    })
  const context: GitHubContext = {
    client: open(),
    lastClient: open,
    repository: 'acme/shop',
    sha: 'f'.repeat(40),
    runId,
    runUrl: `https://github.com/acme/shop/actions/runs/${runId}`,
    actor: 'alice',
    hasArtifactRecords: wanted.hasArtifactRecords ?? false,
  }
  const place = { app, environment: 'production', target: 'swarm', cluster, workloads: ['web'] }
  const known = { repository, app, environment: 'production', place, adopted: undefined, target: { name: 'swarm' } }
  return gitHubLedger(known as unknown as LedgerContext, context)
}

function attemptOf(letter: string, more: Partial<LedgerAttempt> = {}): LedgerAttempt {
  const digest = digestOf(letter)
  const image = {
    repository,
    digest,
    accepted: new Set([digest, digestOf(`config ${letter}`)]),
    revision: letter.repeat(40),
    tag: `sha-${letter.repeat(40)}`,
  }
  return {
    action: 'release',
    image,
    sequence: 1,
    runKey: `${String(runs)}-1`,
    previous: undefined,
    abandoned: [],
    reason: undefined,
    url: 'https://shop.test',
    isSet: false,
    ...more,
  }
}

interface Story extends Wanted {
  readonly ends?: Outcome | 'bad'
  readonly attempt?: Partial<LedgerAttempt>
}

/** One run from begin to end. */
async function deploy(letter: string, { ends = 'healthy', attempt, ...wanted }: Story = {}): Promise<void> {
  const records = ledger(wanted)
  const begun = attemptOf(letter, attempt)
  records.begin?.(begun)
  await pause(30)
  const change = { history: { verified: [], bad: [] }, marks: [], rollout: {} as never }
  if (ends === 'bad') await records.recordBad(change)
  if (ends === 'healthy')
    await records.recordVerified({ ...begun.image, accepted: [], sequence: begun.sequence }, change)
  await records.end?.({
    outcome: ends === 'bad' ? 'rolled-back' : ends,
    text: 'the container “web” ended with 1\n'.repeat(20),
  })
}

const states = () => github.world.deployments.map(stateOf)
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as DeployError,
  )
const read = async (wanted: Wanted = {}) => {
  const answer = await ledger(wanted).read({ known: { verified: [], bad: [] }, limit: 10 })
  if (answer.is !== 'present') throw new Error(answer.is)
  return answer.value
}

describe('a release', () => {
  it('is one deployment, with what a person and a later run need', async () => {
    await deploy('a', { attempt: { reason: 'x'.repeat(5000) } })
    const [record] = github.world.deployments
    expect(record).toMatchObject({
      task: 'deploy:web',
      environment: 'production',
      ref: 'a'.repeat(40),
      production: true,
    })
    expect(record?.payload).toMatchObject({ v: 1, app: 'web', digest: digestOf('a'), sequence: 1, actor: 'alice' })
    expect(JSON.stringify(record?.payload).length).toBeLessThan(2048)
    expect(record?.statuses).toMatchObject([
      { state: 'in_progress' },
      {
        state: 'success',
        log_url: 'https://github.com/acme/shop/actions/runs/101',
        environment_url: 'https://shop.test',
      },
    ])
    const sent = github.calls.filter(({ method }) => method === 'POST').map(({ body }) => body)
    expect(sent[0]).toMatchObject({ auto_merge: false, required_contexts: [] })
    for (const body of sent.slice(1)) expect(body.auto_inactive).toBe(false)
  })

  it('retires only the earlier record of its own app and place, and only when it is verified', async () => {
    await deploy('a')
    await deploy('a', { app: 'api' })
    await deploy('a', { cluster: 'two' })
    const from = github.calls.length
    await deploy('b')
    expect(states()).toEqual(['inactive', 'success', 'success', 'success'])
    expect(github.calls.length - from).toBeLessThanOrEqual(7)
  })

  it.each(['failed', 'timed-out', 'rollback-failed', 'cancelled', 'superseded', 'bad'] as const)(
    'that ends %s leaves what runs active',
    async (ends) => {
      await deploy('a')
      await deploy('b', { ends })
      expect(states()).toEqual([
        'success',
        ends === 'cancelled' ? 'error' : ends === 'superseded' ? 'inactive' : 'failure',
      ])
      for (const { description } of github.world.deployments[1]?.statuses ?? [])
        expect(description.length).toBeLessThanOrEqual(140)
    },
  )

  it('after many that failed still retires the one that was active, within few requests', async () => {
    await deploy('a')
    for (const letter of ['b', 'c', 'd', 'e']) await deploy(letter, { ends: 'failed' })
    const from = github.calls.length
    await deploy('f')
    expect(states()).toEqual(['inactive', 'failure', 'failure', 'failure', 'failure', 'success'])
    expect(github.calls.length - from).toBeLessThanOrEqual(8)
  })

  it('closes what a killed run left on its way', async () => {
    await deploy('a')
    const killed = ledger()
    killed.begin?.(attemptOf('b'))
    await pause(60)
    await deploy('c')
    expect(states()).toEqual(['inactive', 'inactive', 'success'])
  })

  it('of what is active already writes nothing', async () => {
    await deploy('a')
    const from = github.calls.filter(({ method }) => method === 'POST').length
    await deploy('a', { attempt: { isSet: true } })
    expect(github.calls.filter(({ method }) => method === 'POST').length).toBe(from)
    expect(states()).toEqual(['success'])
  })

  it('that is run again goes on with its own record', async () => {
    ledger({ runId: '900' }).begin?.(attemptOf('a', { runKey: '900-1' }))
    await pause(60)
    await deploy('a', { runId: '900', attempt: { runKey: '900-2' } })
    expect(states()).toEqual(['success'])
  })

  it('is one deployment also where the answer to its creation was lost', async () => {
    github.faults.push({
      match: ({ method, path }) => method === 'POST' && path.endsWith('/deployments'),
      drop: 'after',
      times: 1,
    })
    await deploy('a')
    expect(states()).toEqual(['success'])
  })

  it('of a commit that the repository lacks is recorded at the workflow’s', async () => {
    github.world.refs.delete('a'.repeat(40))
    await deploy('a')
    expect(github.world.deployments[0]).toMatchObject({ ref: 'f'.repeat(40), payload: { revision: 'a'.repeat(40) } })
  })

  it('waits at its end for one round of calls: 0.2 s where each takes 0.2 s', async () => {
    await deploy('a')
    github.faults.push({ match: () => true, delayMs: 400, times: 100 })
    const records = ledger({ hasArtifactRecords: true })
    records.begin?.(attemptOf('b'))
    await pause(2200)
    const started = Date.now()
    const change = { history: { verified: [], bad: [] }, marks: [], rollout: {} as never }
    await records.recordVerified({ digest: digestOf('b'), sequence: 2 }, change)
    expect(Date.now() - started).toBeLessThan(800)
    expect(states()).toEqual(['inactive', 'success'])
    expect(github.world.artifacts).toMatchObject([
      { digest: digestOf('b'), status: 'deployed', cluster: 'one', github_repository: 'shop' },
    ])
  })
})

describe('a job with `environment:`', () => {
  const job = (runId: string) => github.startJob({ environment: 'production', sha: 'f'.repeat(40), runId })

  it('has one deployment: GitHub’s own carries the record', async () => {
    job('900')
    await deploy('a', { runId: '900' })
    expect(states()).toEqual(['success'])
    job('901')
    await deploy('b', { runId: '901', attempt: { sequence: 2 } })
    expect(states()).toEqual(['inactive', 'success'])
    expect(await read()).toMatchObject({
      verified: [{ digest: digestOf('b'), revision: 'b'.repeat(40), sequence: 2 }, { digest: digestOf('a') }],
    })
  })

  it('of another run, app or matrix leg is left alone', async () => {
    job('800')
    await deploy('a', { runId: '900' })
    expect(states()).toEqual(['in_progress', 'success'])
    job('901')
    job('901')
    await deploy('b', { runId: '901' })
    expect(states()).toEqual(['in_progress', 'inactive', 'in_progress', 'in_progress', 'success'])
  })

  it('after another job of its run has one too, and so has a rollback', async () => {
    const { statuses } = job('900')
    await deploy('a', { runId: '900', app: 'api' })
    statuses.push({ ...(statuses[0] as (typeof statuses)[number]), state: 'success', description: '' })
    // Of a job that waits for its approval nothing is known yet.
    job('900').statuses.pop()
    job('900')
    await deploy('b', { runId: '900', attempt: { action: 'rollback' } })
    expect(states()).toEqual(['success', 'pending', 'success'])
    expect((await read()).verified.map(({ digest }) => digest)).toEqual([digestOf('b')])
  })

  it('is found by its run, also where GitHub names another commit than the workflow’s', async () => {
    github.startJob({ environment: 'production', sha: 'e'.repeat(40), runId: '900' })
    await deploy('a', { runId: '900' })
    expect(states()).toEqual(['success'])
  })

  it('with `deployment: false` has none, so ours is the only one', async () => {
    await deploy('a', { runId: '900' })
    expect(states()).toEqual(['success'])
  })
})

describe('without a permission', () => {
  it.each([
    { permissions: { deployments: 'read' }, needs: /^Give the job "permissions: deployments: write"\.$/ },
    { permissions: {}, needs: /deployments: write/ },
  ] as const)('$permissions one error names the line', async ({ permissions, needs }) => {
    github.world.tokens.set('less', { login: 'x', permissions })
    const error = await failure(deploy('a', { token: 'less' }))
    expect(error).toMatchObject({ code: 'github-denied' })
    expect(error?.fix).toMatch(needs)
    expect(github.world.deployments).toEqual([])
  })

  it('both lines are in one error, and what is allowed is written', async () => {
    github.world.tokens.set('none', { login: 'x', permissions: {} })
    const error = await failure(deploy('a', { token: 'none', hasArtifactRecords: true }))
    expect(error?.fix).toMatch(/deployments: write.*artifact-metadata: write/)
    github.world.tokens.set('some', { login: 'x', permissions: { deployments: 'write' } })
    const other = await failure(deploy('a', { token: 'some', hasArtifactRecords: true }))
    expect(other?.fix).toBe('Give the job "permissions: artifact-metadata: write".')
    expect(states()).toEqual(['success'])
  })
})

describe('the history', () => {
  const first = async () => {
    await deploy('a')
    const [record] = github.world.deployments
    if (!record) throw new Error('there is no record')
    return record
  }

  it('is what was verified, the newest first, also when it was retired', async () => {
    await deploy('a', { attempt: { sequence: 1 } })
    await deploy('b', { ends: 'failed', attempt: { sequence: 2 } })
    await deploy('c', { attempt: { sequence: 3 } })
    await deploy('a', { app: 'api' })
    const from = github.calls.length
    const { verified, bad } = await read()
    expect(verified.map(({ digest, sequence }) => [digest, sequence])).toEqual([
      [digestOf('c'), 3],
      [digestOf('a'), 1],
    ])
    expect(bad).toEqual([])
    expect(github.calls.length - from).toBeLessThanOrEqual(2)
  })

  it('knows the versions that were marked bad: by a rollback, and by a failure of a version that was good before', async () => {
    await deploy('a', { attempt: { sequence: 1 } })
    await deploy('b', { attempt: { sequence: 2 } })
    const abandoned = [{ digest: digestOf('b'), revision: 'b'.repeat(40) }]
    await deploy('a', { attempt: { sequence: 3, action: 'rollback', abandoned } })
    await deploy('c', { ends: 'cancelled', attempt: { sequence: 4 } })
    expect((await read()).bad.map(({ digest }) => digest)).toEqual([digestOf('b')])
    await deploy('a', { ends: 'bad', attempt: { sequence: 5 } })
    expect((await read()).bad.map(({ digest }) => digest)).toEqual([digestOf('a'), digestOf('b')])
  })

  it('is found behind a hundred records of other apps', async () => {
    const record = await first()
    for (let made = 0; made < 101; made += 1) {
      github.world.deployments.push({ ...record, id: 5000 + made, task: 'deploy:api', payload: {}, statuses: [] })
    }
    expect((await read()).verified.map(({ digest }) => digest)).toEqual([digestOf('a')])
  })

  it('is found behind hundreds of records of its own app at other places', async () => {
    const record = await first()
    for (let made = 0; made < 250; made += 1) {
      const payload = { ...(record.payload as object), place: 'elsewhere' }
      github.world.deployments.push({ ...record, id: 5000 + made, payload, statuses: [] })
    }
    const from = github.calls.length
    expect((await read()).verified.map(({ digest }) => digest)).toEqual([digestOf('a')])
    expect(github.calls.length - from).toBeLessThanOrEqual(5)
  })

  it('is unknown where GitHub does not say', async () => {
    github.faults.push({ match: () => true, status: 403, message: 'API rate limit exceeded' })
    expect(await ledger().read({ known: { verified: [], bad: [] }, limit: 10 })).toMatchObject({
      is: 'unknown',
      why: { code: 'github-unavailable' },
    })
  })

  it('believes no payload that is not ours', async () => {
    const record = await first()
    for (const payload of ['', 'null', '{', { v: 2 }, { ...(record.payload as object), digest: 'sha256:x' }]) {
      github.world.deployments.push({ ...record, id: (github.world.nextId += 1), payload })
    }
    expect((await read()).verified).toHaveLength(1)
  })
})
