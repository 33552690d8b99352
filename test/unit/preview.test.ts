// The pipeline of previews over fakes: what is asked when, what is changed, and what is shown.
import { describe, expect, it } from 'vitest'
import type { PreviewRequest } from '../../src/domain/request.ts'
import type { Result } from '../../src/domain/result.ts'
import { DeployError } from '../../src/errors/deploy-error.ts'
import { addressGate } from '../../src/gates/checks.ts'
import { preview } from '../../src/pipeline/preview/index.ts'
import type { FoundPreview, PreviewDisplay, PreviewPorts, PullRequest } from '../../src/ports.ts'
import { endedComment, removedComment } from '../../src/reporting/preview-comment.ts'
import { resultText } from '../../src/reporting/result-text.ts'
import { summarize } from '../../src/reporting/summary.ts'
import type { WorldOptions } from './world.ts'
import { releaseRequest, REVISION, world } from './world.ts'

const ONE = { app: 'app', number: 7, name: 'app-pr-7', repository: 'acme/app' }
const CANDIDATE = /^registry\.test\/app:candidate-app-pr-7-7-1-[0-9a-f]{6}$/
/** Of an earlier run. */
const BEFORE = 'candidate-app-pr-7-6-1-abcdef'

function previewRequest(more: Partial<PreviewRequest> = {}): PreviewRequest {
  const release = releaseRequest({ environmentTag: undefined })
  const { target: usual } = release
  if (!usual) throw new Error('unreachable')
  const settings = { ...ONE, ttl: 1000, url: undefined, namespace: { name: ONE.name, isOwn: true } }
  const target = { ...usual, preview: settings }
  return {
    ...release,
    kind: 'preview',
    mode: 'deploy',
    environment: 'preview',
    target,
    preview: ONE,
    ofRepository: 'acme/app',
    followsEvent: true,
    nothing: undefined,
    label: undefined,
    drafts: true,
    comment: true,
    asksAddress: true,
    head: REVISION,
    release: { ...release, environment: 'preview', target },
    limit: undefined,
    ...more,
  }
}

interface Options extends WorldOptions {
  /** What GitHub says, one answer after the other; the last one stays. */
  readonly pulls?: readonly (Partial<PullRequest> | Error)[]
  readonly open?: readonly number[] | Error
  readonly found?: readonly Partial<FoundPreview>[]
  readonly address?: string
  readonly refuses?: readonly number[]
}

function previewWorld({ pulls = [{}], open = [], found = [], address, refuses = [], ...options }: Options = {}) {
  const fakes = world(options)
  const log: string[] = []
  const answers = [...pulls]
  const display: PreviewDisplay = {
    queued: () => void log.push('queued'),
    deploying: () => void log.push('deploying'),
    ended: async (_, { outcome, url }) => void log.push(`ended ${outcome} ${url ?? ''}`.trim()),
    removed: async ({ number }) => void log.push(`shown as removed ${String(number)}`),
  }
  const gate = addressGate({
    address: async () => address,
    run: async () => ({ passed: true, checks: [], logs: [], readyMs: 1, ms: 1, cleanup: Promise.resolve() }),
    onUnknown: () => log.push('no address'),
  })
  const ports: PreviewPorts = {
    ...fakes.ports,
    gates: [gate],
    display,
    pulls: {
      async read(number) {
        log.push('asked')
        const answer = answers.length > 1 ? answers.shift() : answers[0]
        if (answer instanceof Error) throw answer
        return { number, isOpen: true, isDraft: false, head: REVISION, isForeign: false, labels: [], ...answer }
      },
      async open() {
        log.push('listed')
        if (open instanceof Error) throw open
        return new Set(open)
      },
      ofHead: () => Promise.resolve(undefined),
    },
    host: async () => ({
      list: async () => found.map((one) => ({ ...ONE, expired: false, ...one })),
      async remove({ number }) {
        if (refuses.includes(number)) throw new DeployError('target-denied', `no right to remove ${String(number)}`)
        log.push(`removed ${String(number)}`)
        return { removed: [`service ${String(number)}`], left: [], candidates: [] }
      },
      close: async () => void log.push('closed'),
    }),
  }
  return { ...fakes, ports, log, run: (request = previewRequest()): Promise<Result> => preview(request, ports) }
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there')
  return value
}

const away = new DeployError('github-unavailable', 'GitHub is away')

describe('a deployment', () => {
  it('asks before it builds and before it replaces, and shows what came of it', async () => {
    const { run, log, registry, target } = previewWorld({ address: 'http://app.test' })
    const result = await run()
    expect(result).toMatchObject({
      action: 'preview',
      outcome: 'healthy',
      environment: 'preview',
      url: 'http://app.test',
      preview: { number: 7, name: 'app-pr-7' },
      tags: [],
    })
    expect(log).toEqual(['asked', 'queued', 'deploying', 'asked', 'ended healthy http://app.test', 'asked'])
    expect(registry.writes).toEqual([])
    expect(target.stamps.at(-1)).toMatchObject({
      environment: 'preview',
      candidate: expect.stringMatching(CANDIDATE) as unknown,
    })
  })

  it('pushes under one tag of its own, and none where the builder pushes by digest', async () => {
    const one = previewWorld()
    await one.run()
    expect(one.calls).toContainEqual(expect.stringMatching(/^push candidate-app-pr-7-7-1-[0-9a-f]{6}$/))
    const other = previewWorld({ pushes: true })
    await other.run()
    expect(other.target.stamps.at(-1)?.candidate).toBeUndefined()
  })

  it('says that no address was found', async () => {
    const { run, log } = previewWorld()
    const { outcome, url } = await run()
    expect({ outcome, url }).toEqual({ outcome: 'healthy', url: undefined })
    expect(log).toContain('no address')
  })

  it.each([
    ['is closed', { isOpen: false }, 'skipped'],
    ['is at another commit', { head: 'e'.repeat(40) }, 'superseded'],
  ])('ends before it builds where the pull request %s', async (_, pull, outcome) => {
    const { run, calls, log } = previewWorld({ pulls: [pull] })
    expect(await run()).toMatchObject({ outcome })
    expect(calls).toEqual([])
    expect(log).toEqual(['asked'])
  })

  it.each([
    [{ label: 'preview' }, { labels: ['bug'] }, 'skipped'],
    [{ label: 'preview' }, { labels: ['Preview'] }, 'healthy'],
    [{ drafts: false }, { isDraft: true }, 'skipped'],
    [{ drafts: true }, { isDraft: true }, 'healthy'],
  ])('%j with a pull request like %j is %s', async (more, pull, outcome) => {
    expect(await previewWorld({ pulls: [pull] }).run(previewRequest(more))).toMatchObject({ outcome })
  })

  it.each([
    ['is closed', { isOpen: false }, 'skipped'],
    ['has another head', { head: 'e'.repeat(40) }, 'superseded'],
  ])('changes nothing where the pull request %s while it builds', async (_, pull, outcome) => {
    const { run, target, old, log } = previewWorld({ pulls: [{}, pull] })
    expect(await run()).toMatchObject({ outcome })
    expect((await target.current()).workloads[0]?.digests).toEqual([old])
    expect(log.at(-1)).toBe(`ended ${outcome}`)
  })

  it('is removed again where the pull request was closed while it was deployed', async () => {
    const { run, log } = previewWorld({ pulls: [{}, {}, { isOpen: false }] })
    expect(await run()).toMatchObject({
      outcome: 'skipped',
      removed: ['service 7', expect.stringMatching(/^tag registry.test\/app:candidate-/) as unknown],
    })
    expect(log.slice(-3)).toEqual(['removed 7', 'closed', 'shown as removed 7'])
  })

  describe('that another run beat', () => {
    /** The first replacement is refused. */
    const beaten = (options: Options = {}) => {
      const fakes = previewWorld(options)
      const replace = fakes.target.replace.bind(fakes.target)
      let tries = 0
      fakes.target.replace = async (...args) => {
        tries += 1
        if (tries === 1) throw new DeployError('another-rollout', 'web was changed by run 8-1')
        return replace(...args)
      }
      return { ...fakes, tries: () => tries }
    }

    it('is tried again while the pull request is at its commit', async () => {
      const { run, tries, target, digest } = beaten()
      expect(await run()).toMatchObject({ outcome: 'healthy' })
      expect(tries()).toBe(2)
      expect((await target.current()).workloads[0]?.digests).toEqual([digest])
    })

    it.each([
      ['is at another commit', { head: 'e'.repeat(40) }],
      ['cannot be asked', away],
    ])('is left where the pull request %s', async (_, pull) => {
      const { run, tries } = beaten({ pulls: [{}, {}, pull] })
      expect(await run()).toMatchObject({ outcome: 'superseded', reasonCode: 'another-rollout' })
      expect(tries()).toBe(1)
    })
  })

  it('goes on where GitHub does not answer', async () => {
    expect(await previewWorld({ pulls: [away] }).run()).toMatchObject({ outcome: 'healthy' })
  })

  it('of what runs already is sent too: its time begins anew', async () => {
    const { run, target } = previewWorld({ content: 'old content' })
    expect(await run()).toMatchObject({ outcome: 'unchanged' })
    expect(target.stamps).toHaveLength(1)
  })

  it('says nothing of the files where only the time begins anew', async () => {
    const { ports, reporter } = previewWorld({ content: 'old content' })
    const pendingChanges = async () => 'sent-anyway' as const
    const target = async () => Object.assign(await needed(ports.target)(), { pendingChanges })
    expect(await preview(previewRequest(), { ...ports, target })).toMatchObject({ outcome: 'healthy' })
    expect(JSON.stringify(reporter.events)).not.toContain('the files differ')
  })

  it('takes away the tag of what it replaced, and no other', async () => {
    const { run, registry, old, digest } = previewWorld()
    const others = [
      ['candidate-app-pr-7-8-1-abcdef', registry.push('of another run')],
      ['candidate-app-pr-71-6-1-abcdef', old],
      ['candidate-app-pr-7-pr-3-6-1-abcdef', old],
      ['candidate-app-pr-7', old],
    ] as const
    for (const [tag, named] of [[BEFORE, old], ...others] as const) registry.tagged.set(tag, named)
    expect(await run()).toMatchObject({ outcome: 'healthy' })
    const left = new Map(registry.tagged)
    for (const [tag, named] of others) expect([tag, left.get(tag)]).toEqual([tag, named])
    expect(left.has(BEFORE)).toBe(false)
    expect(left.size).toBe(others.length + 1)
    expect([...left.values()]).toContain(digest)
  })

  it('that fails brings back what ran before, and only the tag of that stays', async () => {
    const { run, registry, old, log } = previewWorld({
      behaviour: new Map([[world().digest, 'crash']]),
    })
    registry.tagged.set(BEFORE, old)
    expect(await run()).toMatchObject({ outcome: 'rolled-back' })
    expect([...registry.tagged]).toEqual([[BEFORE, old]])
    expect(log.at(-1)).toBe('ended rolled-back')
  })

  it('whose smoke test fails leaves no tag and says so', async () => {
    const { run, registry, log } = previewWorld({
      smoke: { code: 'smoke-exited', what: 'it ended' },
      workloads: [],
    })
    expect(await run()).toMatchObject({ outcome: 'failed', reasonCode: 'smoke-exited' })
    expect(registry.tagged.size).toBe(0)
    expect(registry.writes).toEqual([expect.stringMatching(/^remove candidate-app-pr-7-7-1-/)])
    expect(log.at(-1)).toBe('ended failed')
  })

  it('that is refused says what still runs, and nothing where that is not known', async () => {
    const smoke = { code: 'smoke-exited', what: 'it ended' } as const
    expect((await previewWorld({ smoke }).run()).state).toMatch(/^app-pr-7 still runs sha256:/)
    const none = await previewWorld({ smoke, workloads: [] }).run()
    expect(none.state).toBe('nothing was changed: what ran in app-pr-7, if anything did, still runs')
  })

  it('of a fork is built and smoke-tested, and nothing else', async () => {
    const { run, log, calls } = previewWorld()
    const usual = previewRequest()
    const release = usual.release && { ...usual.release, promote: 'none' as const }
    const result = await run({ ...usual, release, limit: 'it comes from a fork' })
    expect(result).toMatchObject({ outcome: 'checked', preview: { number: 7 } })
    expect(calls.filter((call) => call.startsWith('push'))).toEqual([])
    expect(log).toEqual(['asked'])
  })

  it('only says what it would do', async () => {
    const { run, log, calls } = previewWorld()
    const usual = previewRequest()
    const result = await run({
      ...usual,
      dryRun: true,
      ...(usual.release ? { release: { ...usual.release, dryRun: true } } : {}),
    })
    expect(result).toMatchObject({ outcome: 'planned' })
    expect(result.plan?.join()).not.toContain('promote')
    expect(calls).toEqual([])
    expect(log).toEqual(['asked'])
  })
})

describe('a removal', () => {
  const removal = (more: Partial<PreviewRequest> = {}) =>
    previewRequest({ mode: 'remove', release: undefined, ...more })

  it('removes everything and shows it, also its tag', async () => {
    const { run, log, registry, old } = previewWorld({ pulls: [{ isOpen: false }] })
    registry.tagged.set(BEFORE, old)
    const removed = ['service 7', `tag registry.test/app:${BEFORE}`]
    expect(await run(removal())).toMatchObject({ outcome: 'removed', removed })
    expect(registry.tagged.size).toBe(0)
    expect(log).toEqual(['asked', 'removed 7', 'closed', 'shown as removed 7'])
  })

  it('does nothing where the pull request is open again', async () => {
    const { run, log } = previewWorld()
    expect(await run(removal())).toMatchObject({ outcome: 'skipped' })
    expect(log).toEqual(['asked'])
  })

  it('by hand asks nobody', async () => {
    const { run, log } = previewWorld()
    expect(await run(removal({ followsEvent: false }))).toMatchObject({ outcome: 'removed' })
    expect(log[0]).toBe('removed 7')
  })

  it('believes the event where GitHub is away', async () => {
    expect(await previewWorld({ pulls: [away] }).run(removal())).toMatchObject({ outcome: 'removed' })
  })

  it('that the target refuses is red', async () => {
    const { run } = previewWorld({ refuses: [7], pulls: [{ isOpen: false }] })
    expect(await run(removal())).toMatchObject({ outcome: 'failed', reasonCode: 'target-denied', touched: true })
  })
})

describe('a sweep', () => {
  const sweep = (more: Partial<PreviewRequest> = {}) =>
    previewRequest({ mode: 'sweep', release: undefined, preview: undefined, ...more })
  const several = [
    { number: 1, name: 'app-pr-1' },
    { number: 2, name: 'app-pr-2', expired: true },
    { number: 3, name: 'app-pr-3' },
    { number: 4, name: 'app-pr-4', repository: 'other/app', expired: true },
  ]

  it('removes what is closed or too old, and only of this repository', async () => {
    const { run, log } = previewWorld({ found: several, open: [2, 3] })
    const { outcome, removed = [] } = await run(sweep())
    expect({ outcome, removed: [...removed].sort() }).toEqual({
      outcome: 'removed',
      removed: ['service 1', 'service 2'],
    })
    expect(log.filter((line) => line === 'listed')).toHaveLength(1)
  })

  it('asks GitHub nothing where there is nothing', async () => {
    const { run, log } = previewWorld()
    expect(await run(sweep())).toMatchObject({ outcome: 'removed', removed: [] })
    expect(log).toEqual(['closed'])
  })

  it('takes no pull request for closed that could not be asked', async () => {
    const { run } = previewWorld({ found: several, open: away })
    expect(await run(sweep())).toMatchObject({ outcome: 'removed', removed: ['service 2'] })
  })

  it('only says what it would do', async () => {
    const { run, log } = previewWorld({ found: several, open: [3] })
    const { outcome, plan } = await run(sweep({ dryRun: true }))
    expect(outcome).toBe('planned')
    expect(plan).toEqual(['remove app-pr-1: pull request 1 is closed', 'remove app-pr-2: pull request 2 is closed'])
    expect(log).toEqual(['listed', 'closed'])
  })

  it('goes on with the others where one cannot be removed, and is red', async () => {
    const { run } = previewWorld({ found: several, open: [], refuses: [1] })
    const result = await run(sweep())
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'target-denied' })
    expect(result.removed).toHaveLength(2)
  })

  it('that is stopped says what it has removed, and what becomes of the rest', async () => {
    const { ports } = previewWorld({ found: several, open: [] })
    const stop = new AbortController()
    const host = async () => {
      const real = await ports.host()
      const remove = async (one: (typeof several)[number] & typeof ONE) => {
        if (one.number === 1) return real.remove(one)
        stop.abort()
        throw new DeployError('cancelled', 'the run was cancelled')
      }
      return { ...real, remove }
    }
    const result = await preview(sweep(), { ...ports, host, signal: stop.signal })
    expect(result).toMatchObject({ outcome: 'cancelled', removed: ['service 1'] })
    expect(result.state).toContain('the next sweep removes what is left')
  })

  it('outside of GitHub removes what is too old of its app', async () => {
    const { ports } = previewWorld({ found: [{ ...ONE, expired: true }] })
    const own = { app: 'app', number: 5, name: 'app-pr-5', expired: true }
    const host = async () => ({ ...(await ports.host()), list: async () => [own, { ...own, app: 'other' }] })
    const result = await preview(sweep({ ofRepository: undefined }), { ...ports, host, pulls: undefined })
    expect(result.removed).toEqual(['service 5'])
  })
})

describe('what is printed', () => {
  it('offers no way back, and names what was removed', async () => {
    const up = await previewWorld().run()
    expect(up.previousDigest).toBeDefined()
    expect(resultText(up, previewRequest()) + summarize(up, previewRequest())).not.toContain('rollback')
    const request = previewRequest({ mode: 'remove', release: undefined, followsEvent: false })
    const gone = await previewWorld().run(request)
    for (const text of [resultText(gone, request), summarize(gone, request)]) expect(text).toContain('service 7')
  })
})

describe('the comment', () => {
  const ending = {
    outcome: 'healthy',
    reason: undefined,
    url: 'https://app-pr-7.test/',
    digest: `sha256:${'1'.repeat(64)}`,
    revision: REVISION,
    runsOn: true,
    expires: '2026-12-05T12:00:00.000Z',
  } as const
  const context = { app: 'app', runUrl: 'https://github.com/acme/app/actions/runs/7' }

  it('says where it is, of which commit, and until when', () => {
    const text = endedComment(ONE, ending, context)
    for (const part of ['<https://app-pr-7.test/>', 'aaaaaaa', '2026-12-05 12:00 UTC', context.runUrl]) {
      expect(text).toContain(part)
    }
  })

  it.each(['javascript:alert(1)', 'https://x.test/`|<img>', 'https://x.test/) [y](https://evil.test', 'x'])(
    'makes no link of %s',
    (url) => {
      expect(endedComment(ONE, { ...ending, url }, context)).not.toContain(`<${url}`)
      const outside = endedComment(ONE, { ...ending, url }, context).replaceAll(/(`+)[^`]*\1/g, '')
      expect(outside).not.toMatch(/javascript|<img>|evil/)
    },
  )

  it('shows foreign text as it is and mentions nobody', () => {
    const hostile = '@acme/all <!-- x --> [click](https://evil.test) ``` </td> #1 ::error::x'
    const reason = {
      code: 'smoke-exited',
      what: hostile,
      evidence: Array.from({ length: 5000 }, () => hostile),
    } as const
    const text = endedComment(ONE, { ...ending, outcome: 'failed', reason }, context)
    const outside = text.replaceAll(/`{3,}[\s\S]*?\n`{3,}/g, '')
    expect(outside).not.toMatch(/@acme|<!--|\]\(https:\/\/evil|<\/td>/)
    expect(text.length).toBeLessThan(20_000)
    expect(removedComment(ONE, hostile, context)).not.toMatch(/@acme|<!--|\]\(https:\/\/evil/)
  })
})
