import type { Verb } from './verb.ts'

export const list = {
  name: 'list',
  summary: 'show the versions that an environment can go back to',
  title: 'Show the versions of an environment that can be gone back to.',
  takes: ['every', 'targeted'],
  inputs: [],
  async run(invocation, context) {
    const { runRollback } = await import('../compose/run.ts')
    return runRollback(invocation, context, 'list')
  },
} as const satisfies Verb
