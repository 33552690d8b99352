import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Event } from './events.ts'
import { createTerminalReporter } from './terminal.ts'

const STORY: readonly Event[] = [
  { type: 'step.started', step: 'build', title: 'build the image' },
  { type: 'output', step: 'build', lines: ['#1 \u001b[31mCOPY\u001b[0m'] },
  { type: 'progress', step: 'build', text: 'waiting' },
]
const WAIT: readonly Event[] = [
  { type: 'step.started', step: 'verify', title: 'wait' },
  { type: 'progress', step: 'verify', text: '1 of 2' },
]

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function tell(screen: { isTTY?: boolean; columns?: number }, env: Record<string, string>, events = STORY) {
  let text = ''
  const reporter = createTerminalReporter({ ...screen, write: (part: string) => (text += part) }, env)
  for (const event of events) reporter.emit(event)
  return { reporter, text: () => text }
}

describe('to a terminal', () => {
  it('shows what runs and for how long on one line that is redrawn', () => {
    const { text } = tell({ isTTY: true, columns: 60 }, {})
    vi.advanceTimersByTime(2000)
    expect(text()).toMatch(/\r\u001b\[K. build 2s: waiting/)
    expect(text()).not.toContain('\n')
  })

  it('shows output only of a step that failed', () => {
    const failed: Event = { type: 'step.finished', step: 'build', result: 'failed', detail: 'exit 1', ms: 5 }
    expect(tell({ isTTY: true }, {}, [...STORY, failed]).text()).toContain('  | #1 COPY')
    const done: Event = { ...failed, result: 'done' }
    expect(tell({ isTTY: true }, {}, [...STORY, done]).text()).not.toContain('  | #1 COPY')
  })

  it('never draws wider than the screen', () => {
    const { text } = tell({ isTTY: true, columns: 30 }, {}, [
      { type: 'step.started', step: 'build', title: 'x'.repeat(500) },
    ])
    expect(text().replace('\r\u001b[K', '').length).toBeLessThan(30)
  })

  it('draws nothing after it was closed', () => {
    const { reporter, text } = tell({ isTTY: true }, {})
    reporter.close()
    const before = text()
    vi.advanceTimersByTime(5000)
    expect(text()).toBe(before)
  })

  it('uses no colour with NO_COLOR', () => {
    const done: Event = { type: 'step.finished', step: 'build', result: 'done', detail: '', ms: 5 }
    expect(tell({ isTTY: true }, {}, [...STORY, done]).text()).toContain('\u001b[32m')
    expect(tell({ isTTY: true }, { NO_COLOR: '1' }, [...STORY, done]).text()).not.toMatch(/\u001b\[\d+m/)
  })
})

describe.each([
  ['a pipe', {}, {}],
  ['CI', { isTTY: true }, { CI: 'true', NO_COLOR: '1' }],
  ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }],
])('to %s', (_, screen, env: Record<string, string>) => {
  it('prints plain lines with all output and no control sequence', () => {
    const { text } = tell(screen, env)
    vi.advanceTimersByTime(5000)
    expect(text()).toBe('build: build the image\n  | #1 COPY\n')
    expect(tell(screen, env, WAIT).text()).toBe('verify: wait\n  1 of 2\n')
  })
})

it('explains a failure with evidence, state and what to do', () => {
  const { text } = tell({}, {}, [
    {
      type: 'failure',
      reason: { code: 'crash-on-start', what: 'web exited with 3', evidence: ['panic: \u001b[2Jboom\nat main'] },
      state: 'production still runs sha256:old',
    },
  ])
  expect(text()).toBe(
    [
      'crash-on-start: web exited with 3',
      '  | panic: boom',
      '  | at main',
      'state left behind: production still runs sha256:old',
      'what to do: Read exit code and log lines.',
      '',
    ].join('\n'),
  )
})
