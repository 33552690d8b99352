// Which job of the reusable preview workflow starts: the same as what the action makes of the event, and never one that
// would cancel a deployment for nothing.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { previewMode } from '../../src/config/event-rules.ts'
import type { Value } from '../harness/expressions.ts'
import { condition } from '../harness/expressions.ts'
import { root } from '../harness/node.ts'

interface Job {
  readonly if: string
  readonly permissions: Readonly<Record<string, string>>
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': boolean }
  readonly steps: readonly { readonly uses?: string }[]
}
const { jobs } = parse(readFileSync(path.join(root, '.github/workflows/preview.yml'), 'utf8')) as {
  jobs: Record<'check' | 'deploy' | 'remove' | 'sweep', Job>
}

interface Case {
  readonly event?: string
  readonly action?: string
  readonly label?: string
  readonly from?: string
  readonly author?: string
  readonly inputs?: Readonly<Record<string, Value>>
}

function started({
  event = 'pull_request',
  action = '',
  label = '',
  from = 'acme/shop',
  author = 'alice',
  inputs,
}: Case) {
  const pull = { head: { repo: { full_name: from } }, user: { login: author } }
  const payload: Value = event.startsWith('pull_request') ? { action, label: { name: label }, pull_request: pull } : {}
  const contexts = {
    inputs: { mode: 'auto', number: '', label: '', drafts: true, ...inputs },
    github: { event_name: event, repository: 'acme/shop', event: payload },
  }
  return Object.entries(jobs).flatMap(([name, job]) =>
    condition(job.if, { contexts, functions: { success: () => true } }) ? [name] : [],
  )
}

const ACTIONS = ['opened', 'reopened', 'synchronize', 'ready_for_review', 'labeled', 'unlabeled', 'closed']
const OTHERS = ['converted_to_draft', 'edited', 'assigned', 'review_requested', 'auto_merge_enabled']

describe.each([...ACTIONS, ...OTHERS])('%s', (action) => {
  it.each([
    { label: 'preview', wanted: undefined, drafts: true },
    { label: 'preview', wanted: 'preview', drafts: false },
    { label: 'bug', wanted: 'preview', drafts: true },
  ])('is what the action makes of it: %j', ({ label, wanted, drafts }) => {
    const mode = previewMode('pull_request', { action, label }, { number: 7, label: wanted, drafts })
    const inputs = { label: wanted ?? '', drafts }
    expect(started({ action, label, inputs })).toEqual(typeof mode === 'string' ? [mode] : [])
    const foreign = mode === 'deploy' ? ['check'] : []
    expect(started({ action, label, inputs, from: 'mallory/shop' })).toEqual(foreign)
    expect(started({ action, label, inputs, author: 'dependabot[bot]' })).toEqual(foreign)
  })
})

it.each([
  { event: 'schedule', jobs: ['sweep'] },
  { event: 'workflow_dispatch', jobs: ['sweep'] },
  { event: 'workflow_dispatch', inputs: { number: '7' }, jobs: ['deploy'] },
  { event: 'workflow_run', jobs: ['deploy'] },
  { event: 'workflow_dispatch', inputs: { number: '7', mode: 'remove' }, jobs: ['remove'] },
  { event: 'push', jobs: [] },
])('$event $inputs starts $jobs', ({ jobs: expected, ...event }) => {
  expect(started(event)).toEqual(expected)
})

it('a removal cancels the deployment of the same pull request, and nothing else is cancelled half-way', () => {
  const { deploy, remove, sweep } = jobs
  const number = '${{ inputs.number || github.event.pull_request.number'
  for (const { concurrency } of [deploy, remove]) {
    expect(concurrency.group.split(number)[0]).toBe('preview-${{ inputs.image }}-${{ inputs.app }}-')
    expect(concurrency['cancel-in-progress']).toBe(true)
  }
  expect(sweep.concurrency['cancel-in-progress']).toBe(false)
})

it('a fork’s commit meets no permission to write, and a removal no checkout', () => {
  expect(Object.values(jobs.check.permissions)).toEqual(['read', 'read'])
  const uses = [...jobs.remove.steps, ...jobs.sweep.steps].map((step) => step.uses ?? '')
  expect(uses.filter((name) => name.startsWith('actions/checkout'))).toEqual([])
})
