import type { Verb } from './verb.ts'

export const release = {
  name: 'release',
  summary: 'take a commit to its environment as one immutable image',
  title: 'Build the commit, smoke-test the image, promote it, and replace what runs.',
  takes: ['every', 'targeted', 'deploying', 'testing'],
  inputs: [],
  action: {
    name: 'Immutable Deploy: release',
    description: 'Build a commit once, smoke-test that very image, promote it by digest, prove what runs, roll back.',
    icon: 'package',
    color: 'blue',
    isRoot: true,
  },
  async run(invocation, context) {
    const { runRelease } = await import('../compose/run.ts')
    return runRelease(invocation, context)
  },
} as const satisfies Verb
