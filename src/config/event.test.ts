import { describe, expect, it } from 'vitest'
import { eventFacts, promoteByEvent, refuseForeignCode, refuseForeignRevision } from './event.ts'

const HEAD = 'a'.repeat(40)
const MERGE = 'b'.repeat(40)

function facts(name: string | undefined, payload?: unknown) {
  const env = { GITHUB_EVENT_NAME: name, GITHUB_SHA: MERGE, GITHUB_EVENT_PATH: 'event.json' }
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

it.each([
  ['push', 'all'],
  ['workflow_dispatch', 'all'],
  [undefined, 'all'],
  ['pull_request', 'none'],
  ['pull_request_target', 'none'],
  ['merge_group', 'none'],
])('promote: auto on %s is %s', (name, promote) => {
  expect(promoteByEvent(facts(name, pullRequest({ full_name: 'acme/app' })))).toBe(promote)
})
