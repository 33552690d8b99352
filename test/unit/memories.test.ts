// Three memories of versions, any one of which may be gone: the list and the way back still answer, and say what they used.
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/domain/digest.ts'
import type { History } from '../../src/domain/history.ts'
import { placeKey } from '../../src/domain/place.ts'
import { recordTag } from '../../src/domain/tags.ts'
import type { Reason } from '../../src/errors/deploy-error.ts'
import { openLedgers } from '../../src/ledgers/index.ts'
import { release } from '../../src/pipeline/release.ts'
import { rollback } from '../../src/pipeline/rollback.ts'
import type { Existence, Ledger, Ports } from '../../src/ports.ts'
import type { WorldOptions } from './world.ts'
import { down, releaseRequest, REVISION, rollbackRequest, RUNNING, world } from './world.ts'

type Layer = 'target' | 'registry' | 'github'

const SECOND = digestOf('manifest second')
const OLD = digestOf('manifest old content')
const at = (day: number) => new Date(Date.UTC(2025, 11, day))
const HISTORY: History = {
  verified: [
    { digest: OLD, revision: RUNNING, sequence: 20, at: at(20).toISOString() },
    { digest: SECOND, revision: REVISION, sequence: 10, at: at(10).toISOString() },
  ],
  bad: [],
}
const DENIED: Reason = { code: 'github-denied', what: 'the token lacks deployments: write', evidence: [], fix: 'x' }

/** What GitHub answers, as the ledger of its deployments does. */
function gitHub(answer: Existence<History>): Ledger {
  return {
    name: 'github',
    read: () => Promise.resolve(answer),
    recordVerified: () => Promise.resolve([]),
    recordBad: () => Promise.resolve([]),
    begin: () => undefined,
  }
}

/** Two versions that all three know, but for those that are gone. */
function without(...gone: readonly Layer[]) {
  return worldWithout(gone, {})
}

function worldWithout(gone: readonly Layer[], options: WorldOptions) {
  const it = world({ ...options, ...(gone.includes('target') ? {} : { history: HISTORY }) })
  it.registry.push('second', { 'org.opencontainers.image.revision': REVISION })
  const place = { repository: 'registry.test/app', app: 'app', environment: 'production', target: 'fake' }
  const key = placeKey({ ...place, cluster: 'fake', workloads: ['web'] })
  for (const { sequence = 0, revision, digest, at: date } of HISTORY.verified) {
    const tag = { kind: 'deployed', sequence, at: new Date(date ?? 0), revision: revision ?? RUNNING } as const
    it.registry.tagged.set(recordTag({ environment: 'production', key }, tag), digest)
  }
  if (gone.includes('registry')) it.registry.down = down()
  const github = gitHub(gone.includes('github') ? { is: 'unknown', why: DENIED } : { is: 'present', value: HISTORY })
  const ports: Ports = { ...it.ports, ledgers: (context) => [...openLedgers(context), github] }
  return { ...it, ports, said: () => [...it.reporter.texts('warning'), ...it.reporter.texts('notice')].join('\n') }
}

const CASES: readonly { gone: Layer; knownBy: readonly Layer[]; says: RegExp }[] = [
  {
    gone: 'target',
    knownBy: ['registry', 'github'],
    says: /the target carries no stamp: going by the registry’s history tags and the records on GitHub/,
  },
  {
    gone: 'registry',
    knownBy: ['target', 'github'],
    says: /the registry could not be asked \(.+\): going by the target's own stamp and the records on GitHub/,
  },
  {
    gone: 'github',
    knownBy: ['target', 'registry'],
    says: /GitHub could not be asked \(.*deployments: write.*\): going by the target's own stamp and the registry’s history tags/,
  },
]

describe.each(CASES)('without $gone', ({ gone, knownBy, says }) => {
  it('list names the versions, who knows each, and what it went by', async () => {
    const it = without(gone)
    const result = await rollback(rollbackRequest({ list: true }), it.ports)
    expect(result).toMatchObject({ outcome: 'planned' })
    const known = result.versions?.map(({ digest, knownBy: by }) => [digest, by.toSorted()])
    expect(known).toEqual([OLD, SECOND].map((digest) => [digest, knownBy.toSorted()]))
    expect(it.said()).toMatch(says)
  })

  it('previous goes back, and says what it went by', async () => {
    const it = without(gone)
    expect(await rollback(rollbackRequest(), it.ports)).toMatchObject({ outcome: 'healthy', digest: SECOND })
    expect(it.said()).toMatch(says)
  })
})

it('with all three nothing is said', async () => {
  const it = without()
  expect(await rollback(rollbackRequest(), it.ports)).toMatchObject({ outcome: 'healthy', digest: SECOND })
  expect(it.said()).not.toMatch(/going by/)
})

it.each([
  { gone: ['target', 'registry'], answers: false },
  { gone: ['target', 'github'], answers: true },
  { gone: ['registry', 'github'], answers: true },
] as const)('with only one left, $gone gone: previous answers $answers', async ({ gone, answers }) => {
  const it = without(...gone)
  const result = await rollback(rollbackRequest(), it.ports)
  // A version that only GitHub knows is checked in the registry before it is used.
  expect(result.outcome).toBe(answers ? 'healthy' : 'failed')
  expect(it.target.services.get('web')?.spec?.digest).toBe(answers ? SECOND : OLD)
})

describe('the order of commits', () => {
  it.each([
    { title: 'the target’s stamp', gone: ['github'] as const, says: undefined },
    { title: 'the registry’s tags', gone: ['target', 'github'] as const, says: /going by the registry’s history tags/ },
  ])('is known by $title, and an older commit is refused', async ({ gone, says }) => {
    const it = worldWithout(gone, { ancestry: 'older' })
    const service = it.target.services.get('web')
    if (!service?.spec) throw new Error('unreachable')
    if (says) service.spec = { ...service.spec, revision: undefined }
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'superseded', reasonCode: 'older-than-running' })
    if (says) expect(it.said()).toMatch(says)
    else expect(it.said()).not.toMatch(/going by/)
  })
})
