import { describe, expect, it } from 'vitest'
import { createGithubReporter } from './github.ts'
import type { Event } from './events.ts'

/** Reads a log the way the runner does: which commands it obeys, what it merely shows. */
function runnerReads(log: string) {
  const commands: { name: string; properties: string; data: string }[] = []
  const text: string[] = []
  let stop: string | undefined
  for (const line of log.split(/\r\n|\r|\n/).slice(0, -1)) {
    if (stop !== undefined) {
      if (line.trim() === `::${stop}::`) stop = undefined
      else text.push(line)
      continue
    }
    const match = /^\s*::([a-z-]+)(?: (.*?))?::(.*)$/.exec(line)
    if (match?.[1] === 'stop-commands') stop = match[3]
    else if (match) commands.push({ name: match[1] ?? '', properties: match[2] ?? '', data: match[3] ?? '' })
    else text.push(line)
  }
  return { commands, text, listening: stop === undefined }
}

function logOf(events: readonly Event[], secrets: readonly string[] = []) {
  let log = ''
  const reporter = createGithubReporter((text) => (log += text))
  reporter.mask(secrets)
  for (const event of events) reporter.emit(event)
  reporter.close()
  return { raw: log, ...runnerReads(log) }
}

const started = (step: 'build' | 'smoke' | 'push'): Event => ({ type: 'step.started', step, title: `${step} it` })
const finished = (step: 'build' | 'smoke' | 'push'): Event => ({
  type: 'step.finished',
  step,
  result: 'done',
  detail: '',
  ms: 10,
})

describe('the log of a GitHub run', () => {
  it('never lets foreign text be a command', () => {
    const hostile = [
      '::error::pwned',
      '  ::add-mask::a',
      'x\r::set-env name=PATH::evil',
      '##[add-path]/evil',
      '::stop-commands::guess',
      '::guess::',
      'plain\n::warning::second line',
    ]
    const log = logOf([
      started('smoke'),
      { type: 'output', step: 'smoke', lines: hostile },
      { type: 'progress', step: 'smoke', text: '::error::progress' },
      { type: 'check.finished', name: '::error::name', passed: true, detail: '\n::error::x', attempts: 1, ms: 1 },
      { type: 'info', text: '::error::info' },
      finished('smoke'),
    ])
    expect(log.commands.map((command) => command.name)).toEqual(['group', 'endgroup'])
    expect(log.text.join('\n')).toContain('::error::pwned')
    expect(log.listening).toBe(true)
  })

  it('escapes what stands inside a command', () => {
    const log = logOf([{ type: 'warning', text: 'a%b\n::error::c' }])
    expect(log.commands).toEqual([{ name: 'warning', properties: '', data: 'a%25b ::error::c' }])
  })

  it('shows steps that overlap one after the other, each in its own group', () => {
    const log = logOf([
      started('smoke'),
      started('push'),
      { type: 'output', step: 'push', lines: ['layer pushed'] },
      { type: 'output', step: 'smoke', lines: ['listening'] },
      finished('push'),
      finished('smoke'),
    ])
    expect(log.commands.map((command) => `${command.name} ${command.data}`.trim())).toEqual([
      'group smoke it',
      'endgroup',
      'group push it',
      'endgroup',
    ])
    expect(log.raw.indexOf('listening')).toBeLessThan(log.raw.indexOf('layer pushed'))
  })

  it('says a skipped step without touching the open group', () => {
    const log = logOf([
      started('build'),
      { type: 'step.finished', step: 'smoke', result: 'skipped', detail: 'proven before', ms: 0 },
      finished('build'),
    ])
    expect(log.commands.map((command) => command.name)).toEqual(['group', 'endgroup'])
    expect(log.text).toContain('- smoke 0ms — proven before')
  })

  it('prints what is still held back when the run ends early', () => {
    const log = logOf([started('smoke'), started('push'), { type: 'output', step: 'push', lines: ['half way'] }])
    expect(log.text).toContain('  half way')
    expect(log.commands.filter((command) => command.name === 'group')).toHaveLength(2)
    expect(log.commands.filter((command) => command.name === 'endgroup')).toHaveLength(2)
  })

  it('stays within ten errors and never drops the verdict', () => {
    const checks = Array.from({ length: 20 }, (_, at): Event => ({
      type: 'check.finished',
      name: `check ${String(at)}`,
      passed: false,
      detail: 'no',
      attempts: 1,
      ms: 1,
    }))
    const failure: Event = { type: 'failure', reason: { code: 'smoke-check-failed', what: '20 checks failed' } }
    const errors = logOf([...checks, failure]).commands.filter((command) => command.name === 'error')
    expect(errors).toHaveLength(10)
    expect(errors.some((error) => error.data.includes('20 checks failed'))).toBe(true)
    expect(errors.at(-1)?.data).toContain('12 more errors')
  })

  it('writes the annotation of a way back when its outcome is known, and the evidence once', () => {
    const reason = { code: 'crash-on-start', what: 'web crashes', evidence: ['exit 1'] } as const
    const before: Event = { type: 'failure', phase: 'before-restore', reason, state: 'restoring what ran before' }
    const after: Event = { type: 'failure', phase: 'after-restore', reason, state: 'restored and proven: web runs v1' }
    const errors = (events: readonly Event[]) => logOf(events).commands.filter(({ name }) => name === 'error')
    expect(errors([before])).toEqual([])
    const [error, ...more] = errors([before, after])
    expect(more).toEqual([])
    expect(error?.data).toContain('web crashes')
    expect(error?.data).toContain('restored and proven')
    expect(error?.data).not.toContain('restoring')
    const { text } = logOf([before, after])
    expect(text.filter((line) => line.includes('exit 1'))).toHaveLength(1)
    expect(text).toContain('now: restoring what ran before')
  })

  it('puts a fault where it stands', () => {
    const log = logOf([
      {
        type: 'failure',
        reason: { code: 'invalid-input', what: '1 fault' },
        faults: [
          { name: 'timeout', value: '5', source: '.github/immutable-deploy.yml:12', problem: 'is not a duration' },
        ],
      },
    ])
    expect(log.commands[0]).toMatchObject({ name: 'error' })
    expect(log.commands[0]?.properties).toContain('file=.github/immutable-deploy.yml,line=12')
  })

  it('masks a secret as a whole and line by line, before anything else, uncut', () => {
    const long = 'k'.repeat(6000)
    const log = logOf([{ type: 'info', text: 'hi' }], ['line one\nline two', long, ' '])
    expect(log.commands.map((command) => command.data)).toEqual(['line one%0Aline two', 'line one', 'line two', long])
    expect(log.raw.indexOf('add-mask')).toBeLessThan(log.raw.indexOf('hi'))
  })

  it('cuts a long message below the limit of the runner', () => {
    const log = logOf([{ type: 'failure', reason: { code: 'build-failed', what: 'x'.repeat(9000) } }])
    expect(log.commands[0]?.data.length).toBeLessThanOrEqual(4096)
  })
})
