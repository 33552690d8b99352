import { expect, it } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

const NAMES = ['deploy-to', 'environment', 'environment-tag', 'timeout', 'to', 'url', 'workload']

it.each([
  ['enviroment', 'environment'],
  ['timout', 'timeout'],
  ['time-out', 'timeout'],
  ['deployTo', 'deploy-to'],
  ['deploy_to', 'deploy-to'],
  ['workloads', 'workload'],
  ['ulr', 'url'],
  ['env', 'environment'],
  ['en', undefined],
  ['something-else', undefined],
  ['x', undefined],
])('%s means %s', (word, meant) => expect(nearest(word, NAMES)).toBe(meant))

it.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'ab', 1],
  ['abc', 'acb', 1],
  ['kitten', 'sitting', 3],
])('%s is %s after %i steps', (from, to, steps) => {
  expect(editDistance(from, to)).toBe(steps)
  expect(editDistance(to, from)).toBe(steps)
})
