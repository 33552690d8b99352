// An empty repository of acme, and the token of a job in it.
import type { Token, World } from './model.ts'

export const JOB_TOKEN: Token = {
  login: 'github-actions[bot]',
  app: 'github-actions',
  permissions: {
    deployments: 'write',
    contents: 'read',
    'pull-requests': 'write',
    actions: 'read',
    'artifact-metadata': 'write',
  },
}

export function newWorld(repository: string): World {
  return {
    owner: 'acme',
    repository,
    tokens: new Map([['job-token', JOB_TOKEN]]),
    without: new Set(),
    deployments: [],
    comments: [],
    pulls: [],
    ancestors: new Map(),
    refs: new Map(),
    notGreen: new Set(),
    behind: new Set(),
    runs: new Map(),
    artifacts: [],
    releases: [],
    hasImmutableReleases: true,
    nextId: 1000,
  }
}
