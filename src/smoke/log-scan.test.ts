import { describe, expect, it } from 'vitest'
import type { ContainerRuntime } from '../ports.ts'
import { judgeExec } from './checks/exec.ts'
import { judgeFile } from './checks/file.ts'
import { judgeHttp } from './checks/http.ts'
import { LogScan } from './log-scan.ts'
import { parsePattern } from './pattern.ts'
import { expecting } from './spec.ts'

const never = new AbortController().signal

/** A container that has written these lines by each look. */
function writer(looks: readonly (readonly string[])[], overflowed = false) {
  let at = 0
  const readLog: ContainerRuntime['readLog'] = (_id, _from, onLines) => {
    for (const line of looks[at] ?? []) onLines([line])
    at += 1
    return Promise.resolve({ since: String(at), overflowed })
  }
  return { readLog } as unknown as ContainerRuntime
}

const many = (count: number, line: string) => Array.from({ length: count }, () => line)
const look = (patterns: readonly string[], ...looks: (readonly string[])[]) =>
  new LogScan(patterns.map(parsePattern)).read(writer(looks), 'id', never)

describe('a log check', () => {
  it.each([20_000, 200_000])('sees what %i lines follow', async (count) => {
    const lines = ['panic: database schema is wrong', ...many(count, 'GET /metrics 200')]
    expect(await look(['!/panic|Traceback/'], lines)).toMatchObject({ passed: false, final: true })
    expect(await look(['panic: database'], lines)).toMatchObject({ passed: true })
    expect(await look(['!fatal'], lines)).toMatchObject({ passed: true, detail: `${String(count + 1)} lines` })
  })

  it('sees what many lines come before', async () => {
    expect(await look(['logged'], [...many(300_000, '0123456789'.repeat(7)), 'logged'])).toMatchObject({ passed: true })
  })

  it('sees what lies across the seam of two pieces, at the beginning and at the end of lines', async () => {
    for (const before of [524_250, 524_280, 524_287, 524_290]) {
      const lines = [...many(Math.floor(before / 100), 'x'.repeat(99)), 'y'.repeat(before % 100), 'one', 'two', 'z']
      expect(await look(['/^one$\\n^two$/'], [...lines, ...many(9_000, 'x'.repeat(99))])).toMatchObject({
        passed: true,
      })
    }
    expect(await look(['end'], ['x'.repeat(3_000_000) + 'end'])).toMatchObject({ passed: true })
  })

  it('remembers between looks, also what has found its place in two of them', async () => {
    const scan = new LogScan(['one', 'two', '!panic'].map(parsePattern))
    const runtime = writer([['one'], ['two'], ['panic'], []])
    expect(await scan.read(runtime, 'id', never)).toMatchObject({
      passed: false,
      detail: 'the log does not contain two',
    })
    expect(await scan.read(runtime, 'id', never)).toMatchObject({ passed: true })
    expect(await scan.read(runtime, 'id', never)).toMatchObject({ passed: false })
    expect(await scan.read(runtime, 'id', never)).toMatchObject({ passed: false })
  })

  it('fails where the engine may have dropped some of it, unless all that was wanted is there', async () => {
    const of = (...patterns: string[]) =>
      new LogScan(patterns.map(parsePattern)).read(writer([['ready']], true), 'id', never)
    expect(await of('!panic')).toMatchObject({
      passed: false,
      final: true,
      detail: expect.stringMatching(/larger than 100 MB/) as string,
    })
    expect((await of('migrated')).passed).toBe(false)
    expect((await of('ready')).passed).toBe(true)
  })
})

describe('what was only read in part', () => {
  const text = 'ok '.repeat(10)

  it('of a command’s output', () => {
    const exec = {
      kind: 'exec',
      name: 'x',
      retry: undefined,
      argv: ['x'],
      exit: [0],
      stderr: [],
      within: undefined,
    } as const
    const judge = (pattern: string) =>
      judgeExec({ exitCode: 0, stdout: text, stderr: '', cut: true }, 1, { ...exec, stdout: [parsePattern(pattern)] })
    expect(judge('ok').passed).toBe(true)
    expect(judge('!ok').detail).toContain('must not be there')
    expect(judge('!panic').detail).toContain('larger than 1 MiB')
    expect(judge('panic').detail).toContain('larger than 1 MiB')
  })

  it('of a file', () => {
    const file = { mode: 0o644, uid: 0, gid: 0, size: 20_000_000, content: Buffer.from(text) }
    const check = { kind: 'file', name: 'x', retry: undefined, path: '/x', exists: true } as const
    const nothing = { mode: undefined, uid: undefined, gid: undefined, sha256: undefined, content: [] }
    const judge = (more: object) => judgeFile(file, { ...check, ...nothing, ...more })
    expect(judge({}).passed).toBe(true)
    expect(judge({ content: [parsePattern('!panic')] }).passed).toBe(false)
    expect(judge({ sha256: '0'.repeat(64) }).detail).toContain('larger than 16 MiB')
  })

  it('of an answer', () => {
    const answer = { status: 200, headers: {}, body: 'ok'.repeat(600_000), ms: 1 }
    const judge = (pattern: string) =>
      judgeHttp({ answer }, { ...expecting([{ from: 200, to: 200, text: '200' }]), body: [parsePattern(pattern)] })
    expect(judge('ok').passed).toBe(true)
    expect(judge('!panic').detail).toContain('larger than 1 MiB')
  })
})
