import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MAY_DEPLOY } from './event-rules.ts'
import { eventFacts, limitOf, refuseForeignCode, refuseForeignRevision } from './event.ts'

const HEAD = 'a'.repeat(40)
const MERGE = 'b'.repeat(40)

function facts(name: string | undefined, payload?: unknown, ref?: string) {
  const env = { GITHUB_EVENT_NAME: name, GITHUB_SHA: MERGE, GITHUB_EVENT_PATH: 'event.json', GITHUB_REF: ref }
  return eventFacts(env, () => payload)
}

function pullRequest(headRepository: unknown) {
  return { repository: { full_name: 'acme/app' }, pull_request: { head: { sha: HEAD, repo: headRepository } } }
}

function workflowRun(headRepository: string) {
  const head_repository = { full_name: headRepository }
  return { repository: { full_name: 'acme/app' }, workflow_run: { head_sha: HEAD, head_repository } }
}

describe('the commit that an event is about', () => {
  it.each([
    ['push', undefined, MERGE, '${{ github.sha }}'],
    ['workflow_dispatch', undefined, MERGE, '${{ github.sha }}'],
    ['merge_group', undefined, MERGE, '${{ github.sha }}'],
    ['pull_request', pullRequest({ full_name: 'acme/app' }), HEAD, '${{ github.event.pull_request.head.sha }}'],
    ['pull_request', undefined, MERGE, '${{ github.event.pull_request.head.sha }}'],
    ['workflow_run', workflowRun('acme/app'), HEAD, '${{ github.event.workflow_run.head_sha }}'],
  ])('%s', (name, payload, revision, ref) => {
    expect(facts(name, payload)).toMatchObject({ revision, ref, checkoutRevision: MERGE })
  })

  it('is unknown outside a workflow', () => {
    expect(eventFacts({}, () => undefined).revision).toBeUndefined()
  })
})

describe('pull_request_target', () => {
  it.each([
    ['of the same repository', pullRequest({ full_name: 'Acme/App' }), false],
    ['of a fork', pullRequest({ full_name: 'mallory/app' }), true],
    ['of a fork that is gone', pullRequest(null), true],
    ['without a payload', undefined, true],
    ['with a payload that says nothing', {}, true],
  ])('%s', (_, payload, refused) => {
    const refuse = () => refuseForeignCode(facts('pull_request_target', payload))
    if (refused) expect(refuse).toThrow(expect.objectContaining({ code: 'unsafe-event' }))
    else expect(refuse).not.toThrow()
  })

  it('is the only event that is refused outright', () => {
    for (const name of ['push', 'pull_request', undefined]) {
      expect(() => refuseForeignCode(facts(name, pullRequest({ full_name: 'mallory/app' })))).not.toThrow()
    }
  })
})

describe('workflow_run', () => {
  it('refuses the commit of a fork, and only that', () => {
    const event = facts('workflow_run', workflowRun('mallory/app'))
    expect(() => refuseForeignRevision(event, HEAD)).toThrow(expect.objectContaining({ code: 'unsafe-event' }))
    expect(() => refuseForeignRevision(event, MERGE)).not.toThrow()
    expect(() => refuseForeignRevision(facts('workflow_run', workflowRun('acme/app')), HEAD)).not.toThrow()
  })
})

const OTHER = 'c'.repeat(40)

it('takes every commit but the default branch’s for a fork’s one, such as the merge commit', () => {
  const event = facts('workflow_run', workflowRun('mallory/app'))
  expect(() => refuseForeignRevision(event, OTHER)).toThrow(expect.objectContaining({ code: 'unsafe-event' }))
})

describe('promote: auto', () => {
  it.each([
    ['push', 'all'],
    ['workflow_dispatch', 'all'],
    ['schedule', 'all'],
    ['release', 'all'],
    ['repository_dispatch', 'all'],
    [undefined, 'all'],
    ['pull_request', 'none'],
    ['pull_request_target', 'none'],
    ['pull_request_review', 'none'],
    ['pull_request_review_comment', 'none'],
    ['merge_group', 'none'],
    ['issue_comment', 'none'],
    ['issues', 'none'],
    ['create', 'none'],
    ['deployment', 'none'],
    ['an event of the future', 'none'],
  ])('on %s is %s', (name, promote) => {
    const { limit } = facts(name, pullRequest({ full_name: 'acme/app' }))
    expect(limit === undefined ? 'all' : 'none').toBe(promote)
  })

  it('is none where a merge queue pushes what it tests', () => {
    expect(facts('push', undefined, 'refs/heads/main').limit).toBeUndefined()
    expect(facts('push', undefined, 'refs/heads/gh-readonly-queue/main/pr-7-abc').limit).toContain('merge queue')
  })

  const run = { head_sha: HEAD, head_branch: 'main', head_repository: { full_name: 'Acme/App' }, event: 'push' }
  const repository = { full_name: 'acme/app', default_branch: 'main' }
  it.each([
    ['of the default branch', run, undefined],
    ['of a chain', { ...run, event: 'workflow_run' }, undefined],
    ['of another branch', { ...run, head_branch: 'topic' }, /default branch/],
    ['without a branch', { ...run, head_branch: null }, /default branch/],
    ['of a fork’s branch of that name', { ...run, head_repository: { full_name: 'mallory/app' } }, /fork/],
    ['of a fork that is gone', { ...run, head_repository: null }, /fork/],
    ['that a pull request started', { ...run, event: 'pull_request' }, /pull_request/],
    ['that a comment started', { ...run, event: 'issue_comment' }, /issue_comment/],
  ])('on workflow_run %s', (_, workflow_run, limit) => {
    const { limit: found } = facts('workflow_run', { repository, workflow_run })
    if (limit) expect(found).toMatch(limit)
    else expect(found).toBeUndefined()
  })

  it('is none on workflow_run without a payload', () => {
    expect(facts('workflow_run').limit).toBeDefined()
  })
})

it('an input may lift the limit, but never for a fork', () => {
  const own = facts('pull_request', pullRequest({ full_name: 'acme/app' }))
  expect(limitOf(own, false)).toBeDefined()
  expect(limitOf(own, true)).toBeUndefined()
  expect(limitOf(facts('pull_request', pullRequest({ full_name: 'mallory/app' })), true)).toBeDefined()
  expect(limitOf(facts('pull_request'), true)).toBeDefined()
  for (const name of ['merge_group', 'issue_comment', 'pull_request_review', 'issues', 'an event of the future']) {
    expect(limitOf(facts(name, pullRequest({ full_name: 'acme/app' })), true)).toBeDefined()
  }
  expect(limitOf(facts('push'), false)).toBeUndefined()
})

it('the README names every event that may deploy', () => {
  const [row = ''] = readFileSync('README.md', 'utf8').match(/^\| `push`.*\| everything.*$/m) ?? []
  const [events = ''] = row.split('| everything')
  expect([...events.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual([...MAY_DEPLOY])
})
