import { expect, it } from 'vitest'
import { explain, meant } from './refused.ts'

it.each([
  ['dockerfile', 'file'],
  ['Service', 'workload'],
  ['env', 'environment'],
  ['workloads', 'workload'],
  ['quantum', undefined],
])('%s means %s', (name, input) => expect(explain('release', name).suggestion).toBe(input))

it('proposes only what is allowed', () => {
  expect(meant('dockerfile', ['timeout'])).toBeUndefined()
  expect(explain('rollback', 'dockerfile').suggestion).not.toBe('file')
})
