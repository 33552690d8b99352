import { describe, expect, it } from 'vitest'
import { isTag } from './image.ts'
import { isPlaceKey, placeKey, placeScope } from './place.ts'
import { candidateTag, environmentSlug, parseRecordTag, recordPrefix, recordTag } from './tags.ts'

const place = {
  repository: 'registry.test/shop',
  app: 'shop',
  environment: 'production',
  target: 'swarm',
  cluster: 'c1',
  workloads: ['web', 'worker'],
}
const revision = 'a'.repeat(40)
const at = new Date('2026-05-04T10:12:09Z')

const NAMES = [
  'team/a',
  'team-a',
  'team.a',
  'prod',
  'prod-eu',
  'prod--',
  'p'.repeat(61),
  'p'.repeat(62),
  'p'.repeat(64),
  'p'.repeat(255),
  `review/${'x'.repeat(60)}-alpha`,
  `review/${'x'.repeat(60)}-beta`,
  'ünï-prod',
  'uni-prod',
  '9'.repeat(8),
  '本番',
  '...',
  '-x',
  'x',
  'a'.repeat(64) + '.x',
]

describe('record tags', () => {
  it('are tags of every environment’s name, and read back', () => {
    for (const environment of NAMES) {
      const owner = { environment, key: placeKey({ ...place, environment }) }
      const tag = recordTag(owner, { kind: 'deployed', sequence: 7, at, revision })
      expect(isTag(tag), tag).toBe(true)
      expect(parseRecordTag(tag, 'deployed', owner)).toEqual({ kind: 'deployed', sequence: 7, at, revision })
      expect(parseRecordTag(tag, 'bad', owner)).toBeUndefined()
    }
  })

  it('of one environment are none of any other', () => {
    for (const one of NAMES)
      for (const other of NAMES) {
        const [owner, stranger] = [one, other].map((environment) => ({
          environment,
          key: placeKey({ ...place, environment }),
        })) as [{ environment: string; key: string }, { environment: string; key: string }]
        const tag = recordTag(owner, { kind: 'bad', sequence: 1, at, revision: undefined })
        expect(parseRecordTag(tag, 'bad', stranger) !== undefined, `${one} and ${other}`).toBe(one === other)
        expect(tag.startsWith(recordPrefix('bad', stranger)), `${one} and ${other}`).toBe(one === other)
      }
  })

  it('stand in the list with the newest first', () => {
    const owner = { environment: 'production', key: placeKey(place) }
    const tags = [1, 2, 9, 10, 11, 99, 100, 54321].map((sequence) =>
      recordTag(owner, { kind: 'deployed', sequence, at, revision }),
    )
    expect(tags.toSorted()).toEqual(tags.toReversed())
  })
})

describe('a place', () => {
  it('is told from every other by repository, app, environment, target, cluster, namespace and workloads', () => {
    const others = [
      { ...place, app: 'shop2' },
      { ...place, environment: 'staging' },
      { ...place, target: 'kubernetes' },
      { ...place, cluster: 'c2' },
      { ...place, namespace: 'eu' },
      { ...place, repository: 'registry.test/other' },
      { ...place, workloads: ['web'] },
      { ...place, workloads: ['web,worker'] },
    ]
    expect(new Set([place, ...others].map(placeKey)).size).toBe(9)
    expect(isPlaceKey(placeKey(place))).toBe(true)
    expect(isPlaceKey('production')).toBe(false)
  })

  it('is the same for workloads in another order, and for an environment in another case', () => {
    expect(placeKey({ ...place, workloads: ['worker', 'web'], environment: 'Production' })).toBe(placeKey(place))
    expect(placeScope({ ...place, workloads: ['web'] })).toBe(placeScope(place))
  })
})

describe('the tag of an environment', () => {
  it('is its name where that is a tag', () => {
    for (const name of ['production', 'eu.prod', 'a_b', 'p'.repeat(64)]) expect(environmentSlug(name)).toBe(name)
    expect(environmentSlug('Production ')).toBe('production')
    expect(environmentSlug('Staging EU')).toBe('staging-eu')
  })

  it('is another one for every other name', () => {
    const usable = NAMES.map(environmentSlug).filter((slug) => slug !== '')
    expect(new Set(usable).size).toBe(usable.length)
    for (const slug of usable) expect(isTag(slug) && slug.length <= 64, slug).toBe(true)
    expect(environmentSlug('team/a')).toMatch(/^team-a-[a-z0-9]{6}$/)
    expect(environmentSlug('...')).toBe('')
  })
})

describe('a candidate of a job', () => {
  const revision = 'a'.repeat(40)
  const run = { id: '12', attempt: 1 }
  it('has a tag of its own in a matrix whose jobs are told apart by a suffix', () => {
    expect(candidateTag(revision, run)).toBe(`candidate-${revision}-12-1`)
    expect(candidateTag(revision, run, 'web')).toBe(`candidate-${revision}-12-1-web`)
  })
  it('is a tag, however long the suffix is', () => {
    expect(isTag(candidateTag(revision, run, 'x'.repeat(90)))).toBe(true)
  })
})
