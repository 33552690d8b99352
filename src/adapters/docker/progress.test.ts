import { PbfWriter } from 'pbf'
import { describe, expect, test } from 'vitest'
import type { Event } from '../../reporting/events.ts'
import { parseRawJson } from './buildx-progress.ts'
import { BuildProgress, type BuildUpdate } from './progress.ts'
import { decodeTrace } from './trace.ts'

function play(updates: readonly BuildUpdate[]): { lines: string[]; progress: BuildProgress } {
  const lines: string[] = []
  const emit = (event: Event): void => {
    if (event.type === 'output') lines.push(...event.lines)
  }
  const progress = new BuildProgress({ emit })
  for (const update of updates) progress.update(update)
  return { lines, progress }
}

const vertex = (digest: string, name: string, rest = {}): BuildUpdate['vertexes'][number] => ({
  digest,
  name,
  cached: false,
  error: '',
  ...rest,
})
const log = (of: string, text: string): BuildUpdate['logs'][number] => ({ vertex: of, data: Buffer.from(text) })
const update = (vertexes: BuildUpdate['vertexes'], logs: BuildUpdate['logs'] = []): BuildUpdate => ({
  vertexes,
  logs,
  warnings: [],
})

describe('what a build says', () => {
  test('steps once, their lines whole, how long they took when it matters', () => {
    const { lines } = play([
      update([vertex('i', '[internal] load build definition', { started: 1, completed: 2 })]),
      update([vertex('a', '[1/2] COPY . .', { started: 1, cached: true, completed: 1 })]),
      update([vertex('b', '[2/2] RUN make', { started: 1000 })]),
      update([vertex('b', '[2/2] RUN make', { started: 1000 })], [log('b', 'compi'), log('b', 'ling\nlin')]),
      update([vertex('b', '[2/2] RUN make', { started: 1000, completed: 4200 })], []),
    ])
    expect(lines).toEqual(['[1/2] COPY . . (cached)', '[2/2] RUN make', '  compiling', '  lin', '  took 3.2s'])
  })

  test('a failure names the step that failed first-hand, with its own last lines', () => {
    const { progress } = play([
      update([vertex('a', '[a 1/1] RUN slow', { started: 1 }), vertex('b', '[b 1/1] RUN test', { started: 1 })]),
      update([], [log('a', 'unrelated\n'), log('b', 'expected 1, got 2\n')]),
      update([vertex('a', '[a 1/1] RUN slow', { started: 1, completed: 2, error: 'context canceled' })]),
      update([vertex('b', '[b 1/1] RUN test', { started: 1, completed: 2, error: 'exit code: 1' })]),
    ])
    const error = progress.failure('failed to solve: whatever')
    expect(error).toMatchObject({
      code: 'build-failed',
      what: 'the build failed at "[b 1/1] RUN test": exit code: 1',
      evidence: ['expected 1, got 2'],
    })
  })

  test('without a failed step the last words stand', () => {
    const { progress } = play([])
    expect(progress.failure('dockerfile parse error on line 2').what).toBe(
      'the build failed: dockerfile parse error on line 2',
    )
  })

  test("an old buildx's plain log names the step too", () => {
    const { progress } = play([])
    progress.text('#5 ERROR: process did not complete\n------\n > [2/2] RUN make:\n0.2 boom\n------\n')
    expect(progress.failure('failed to solve').what).toBe('the build failed at "[2/2] RUN make": failed to solve')
  })
})

test('reads a line of rawjson; anything else is not a line of it', () => {
  const line = JSON.stringify({
    vertexes: [{ digest: 'd', inputs: [], name: 'n', started: '2026-01-01T00:00:00.5Z', cached: true, unknown: 1 }],
    logs: [{ vertex: 'd', stream: 1, data: 'aGkK' }],
    warnings: [{ level: 1, short: 'b2xk' }],
    statuses: [{}],
  })
  expect(parseRawJson(line)).toEqual({
    vertexes: [{ digest: 'd', name: 'n', cached: true, error: '', started: Date.parse('2026-01-01T00:00:00.5Z') }],
    logs: [{ vertex: 'd', data: Buffer.from('hi\n') }],
    warnings: ['old'],
  })
  for (const other of ['ERROR: failed', '{"vertexes": 3}', '{broken']) expect(parseRawJson(other)).toBeUndefined()
})

test("reads the engine's trace", () => {
  const time = (seconds: number) => (_: unknown, writer: PbfWriter) => {
    writer.writeVarintField(1, seconds)
    writer.writeVarintField(2, 500_000_000)
  }
  const writer = new PbfWriter()
  writer.writeMessage(
    1,
    (_, message) => {
      message.writeStringField(1, 'sha256:d')
      message.writeStringField(2, 'sha256:input')
      message.writeStringField(3, '[1/1] RUN x')
      message.writeBooleanField(4, true)
      message.writeMessage(5, time(1767323045), null)
      message.writeStringField(7, 'exit code: 3')
    },
    null,
  )
  writer.writeMessage(2, (_, message) => message.writeStringField(1, 'a status'), null)
  writer.writeMessage(
    3,
    (_, message) => {
      message.writeStringField(1, 'sha256:d')
      message.writeVarintField(3, 2)
      message.writeBytesField(4, Buffer.from('oops\n'))
    },
    null,
  )
  const { vertexes, logs } = decodeTrace(writer.finish())
  expect(vertexes).toEqual([
    { digest: 'sha256:d', name: '[1/1] RUN x', cached: true, error: 'exit code: 3', started: 1767323045500 },
  ])
  expect(Buffer.from(logs[0]!.data).toString()).toBe('oops\n')
})
