import { describe, expect, it } from 'vitest'
import { digestOf } from '../../domain/digest.ts'
import type { RunningWorkload } from '../../ports.ts'
import { runsAsBefore } from './as-before.ts'

const OLD = digestOf('old')
const NEW = digestOf('new')
const web = (more: Partial<RunningWorkload<unknown>> = {}): RunningWorkload<unknown> => ({
  name: 'web',
  exists: true,
  image: `app@${OLD}`,
  digests: [OLD],
  desired: 2,
  ready: 2,
  stable: true,
  spec: {},
  ...more,
})
const same = (now: RunningWorkload<unknown>[], before = [web()]) =>
  runsAsBefore({ workloads: now }, { workloads: before })

describe('everything runs as before', () => {
  it.each<[string, Partial<RunningWorkload<unknown>>]>([
    ['nothing differs', {}],
    ['old replicas drain and keep the place of their successors', { ready: 0, draining: 2, digests: [] }],
    ['somebody scaled it to zero', { desired: 0, ready: 0, digests: [] }],
    ['somebody scaled it up', { desired: 5, ready: 3 }],
    ['a tag was pinned to the digest that ran', { image: `mirror/app@${OLD}` }],
  ])('%s', (_, now) => expect(same([web(now)])).toBe(true))

  it('as few replicas were ready before', () => {
    expect(same([web({ ready: 1 })], [web({ ready: 1 })])).toBe(true)
  })

  it('a tag that ran before', () => {
    expect(same([web()], [web({ image: 'app:latest' })])).toBe(true)
  })

  it('what did not exist is gone again', () => {
    expect(same([web({ exists: false })], [web({ exists: false })])).toBe(true)
    expect(same([], [web({ exists: false })])).toBe(true)
  })
})

describe('something differs', () => {
  it.each<[string, Partial<RunningWorkload<unknown>>]>([
    ['a replica of the failed version still runs', { digests: [OLD, NEW] }],
    ['the specification names the failed version', { image: `app@${NEW}` }],
    ['fewer replicas are ready', { ready: 1 }],
    ['it is gone', { exists: false }],
  ])('%s', (_, now) => expect(same([web(now)])).toBe(false))

  it('what did not exist is there', () => expect(same([web()], [web({ exists: false })])).toBe(false))
  it('one of two', () => {
    expect(same([web(), web({ name: 'b', ready: 0 })], [web(), web({ name: 'b' })])).toBe(false)
  })
})
