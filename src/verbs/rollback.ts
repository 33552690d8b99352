import type { Verb } from './verb.ts'

export const rollback = {
  name: 'rollback',
  summary: 'bring an environment back to a version that was verified there',
  title: 'Go back to a version that was verified in the environment.',
  takes: ['every', 'targeted', 'deploying'],
  inputs: [],
  action: {
    name: 'Immutable Deploy: rollback',
    description: 'Go back to a version that was verified in the environment, and prove it.',
    icon: 'rotate-ccw',
    color: 'orange',
  },
  async run(invocation, context) {
    const { runRollback } = await import('../compose/run.ts')
    return runRollback(invocation, context, 'rollback')
  },
} as const satisfies Verb
