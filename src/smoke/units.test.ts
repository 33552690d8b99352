import { describe, expect, it } from 'vitest'
import type { SmokeReport } from '../ports.ts'
import { judgeExec } from './checks/exec.ts'
import { judgeFile } from './checks/file.ts'
import { judgeHttp } from './checks/http.ts'
import { judgeImage } from './checks/image.ts'
import { junit } from './junit.ts'
import { missing } from './json-subset.ts'
import { broken, parsePattern } from './pattern.ts'
import { canRun } from './platform.ts'
import { eager } from './poll.ts'
import { through, routesTo } from './probe/reach.ts'
import { explain } from './probe/trouble.ts'
import { BELOW_400, expecting, type ExecCheck, type FileCheck, type ImageCheck } from './spec.ts'
import { cleaner, excerpt } from './text.ts'
import { FACTS } from '../../test/fakes/runtime.ts'

describe('patterns', () => {
  it.each([
    ['ready', 'is ready now', true],
    ['ready', 'not yet', false],
    ['!error', 'fine', true],
    ['!error', 'an error', false],
    ['/^v24\\./', 'x\nv24.1', true],
    ['/^v24/', 'at v24', false],
    ['!/panic|Traceback/', 'Traceback (most recent', false],
    ['/', 'a/b', true],
    ['//', 'http://', true],
  ])('%s in %j', (pattern, text, holds) => {
    expect(broken([parsePattern(pattern)], text, 'it') === undefined).toBe(holds)
  })
})

describe('a subset of JSON', () => {
  it.each<[unknown, unknown, string | undefined]>([
    [{ a: 1 }, { a: 1, b: 2 }, undefined],
    [{ a: { b: [1, { c: null }] } }, { a: { b: [1, { c: null, d: 0 }] } }, undefined],
    [{ a: { b: 1 } }, { a: { b: 2 } }, 'json.a.b is 2, expected 1'],
    [{ a: '1' }, { a: 1 }, 'json.a is 1, expected "1"'],
    [{ a: 1 }, {}, 'json.a is absent, expected 1'],
    [{ toString: 1 }, {}, 'json.toString is absent, expected 1'],
    [[1], [1, 2], 'json has 2 elements, expected 1'],
    [[{ a: 1 }], {}, 'json is {}, expected [{"a":1}]'],
    [{}, null, 'json is null, expected {}'],
  ])('%j in %j', (expected, actual, fault) => {
    expect(missing(expected, actual)).toBe(fault)
  })
})

describe('foreign text', () => {
  it('is cut to an excerpt', () => {
    expect(excerpt(`x\n  y ${'z'.repeat(300)}`, 10)).toBe('x y zzzzz…')
  })

  it('shows no secret in any of its forms', () => {
    const clean = cleaner(['line one\nline two', 'a"b\\c', '', 'xy'])
    expect(clean('one: line one; two: line two')).toBe('one: ***; two: ***')
    expect(clean(`${JSON.stringify('a"b\\c')} ${Buffer.from('a"b\\c').toString('base64')} xy`)).toBe('"***" *** xy')
    expect(clean('a\u001b[0m"b\\c')).toBe('***')
  })
})

describe('an HTTP answer', () => {
  const answer = {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: '{"ok":true}',
    ms: 12,
  }
  const expectation = expecting(BELOW_400)
  it.each([
    [{}, true, 'status 200 in 12 ms'],
    [
      { status: [{ from: 204, to: 204, text: '204' }] },
      false,
      'expected status 204, got 200; status 200 in 12 ms, body: {"ok":true}',
    ],
    [{ headers: { 'content-type': [parsePattern('/json/')] } }, true, 'status 200 in 12 ms'],
    [{ headers: { etag: [parsePattern('x')] } }, false, /^absent header etag does not contain x/],
    [{ headers: { etag: [parsePattern('!x')] } }, true, 'status 200 in 12 ms'],
    [{ json: { ok: false } }, false, /^json\.ok is true, expected false/],
    [{ body: [parsePattern('!true')] }, false, /^the body contains true, which must not be there/],
    [{ within: 10 }, false, /^the answer took 12ms, expected within 10ms;/],
  ])('%j', (part, passed, detail) => {
    const attempt = judgeHttp({ answer }, { ...expectation, ...part })
    expect(attempt.passed).toBe(passed)
    expect(attempt.detail).toEqual(typeof detail === 'string' ? detail : expect.stringMatching(detail))
  })

  it('that redirects is an answer, and says where to', () => {
    const moved = { ...answer, status: 302, headers: { location: '/login' } }
    expect(judgeHttp({ answer: moved }, expectation).passed).toBe(true)
    const strict = expecting([{ from: 200, to: 200, text: '200' }])
    expect(judgeHttp({ answer: moved }, strict).detail).toMatch(/got 302 \(redirects to \/login\)/)
  })
})

describe('what a program, a file and an image are', () => {
  const exec: ExecCheck = {
    kind: 'exec',
    name: 'x',
    retry: undefined,
    argv: ['x'],
    exit: [0],
    stdout: [],
    stderr: [],
    within: undefined,
  }
  const file: FileCheck = {
    kind: 'file',
    name: 'f',
    retry: undefined,
    path: '/f',
    exists: true,
    mode: undefined,
    uid: undefined,
    gid: undefined,
    sha256: undefined,
    content: [],
  }
  const image: ImageCheck = {
    kind: 'image',
    name: 'image',
    retry: undefined,
    user: [],
    ports: [],
    labels: {},
    platform: undefined,
    maxSize: undefined,
  }
  const there = { mode: 0o100755, uid: 0, gid: 5, size: 3, content: Buffer.from('abc') }

  it('a program', () => {
    const failed = { exitCode: 127, stdout: '', stderr: 'no such file' }
    expect(judgeExec(failed, 5, exec).detail).toBe(
      'expected exit code 0, got exit code 127 (the command was not found in the image), output: no such file',
    )
    expect(judgeExec({ exitCode: 3, stdout: '', stderr: '' }, 5, { ...exec, exit: [3] }).passed).toBe(true)
    expect(
      judgeExec({ exitCode: 0, stdout: 'v20', stderr: '' }, 5, { ...exec, stdout: [parsePattern('/^v24/')] }).detail,
    ).toMatch(/^stdout does not contain/)
    expect(judgeExec({ exitCode: 0, stdout: '', stderr: '' }, 5000, { ...exec, within: 1000 }).detail).toMatch(
      /took 5s, expected within 1s/,
    )
  })

  it('a file', () => {
    expect(judgeFile(undefined, file).passed).toBe(false)
    expect(judgeFile(undefined, { ...file, exists: false }).passed).toBe(true)
    expect(judgeFile(there, { ...file, exists: false }).passed).toBe(false)
    expect(judgeFile(there, { ...file, mode: 0o755, gid: 5, content: [parsePattern('b')] }).passed).toBe(true)
    expect(judgeFile(there, { ...file, mode: 0o644 }).detail).toBe('its mode is 0755, expected 0644')
    expect(judgeFile(there, { ...file, uid: 1000 }).detail).toBe('its uid is 0, expected 1000')
    expect(
      judgeFile(there, { ...file, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }).passed,
    ).toBe(true)
    expect(judgeFile(there, { ...file, sha256: '0'.repeat(64) }).passed).toBe(false)
  })

  it.each([
    ['!root', '', false],
    ['!root', '0:0', false],
    ['!root', 'app', true],
    ['root', '0', true],
    ['1000', '1000:1000', true],
    ['100', '1000', false],
    ['/^app/', 'app:app', true],
  ])('user %s of an image with user %j', (pattern, user, passed) => {
    expect(judgeImage({ ...FACTS, user }, { ...image, user: [parsePattern(pattern)] }).passed).toBe(passed)
  })

  it('an image', () => {
    const facts = { ...FACTS, exposedPorts: ['8080/tcp'], size: 5_000_000, labels: { a: 'b' }, platform: 'linux/amd64' }
    expect(
      judgeImage(facts, {
        ...image,
        ports: ['8080/tcp'],
        labels: { a: [parsePattern('b')] },
        maxSize: 5_000_000,
        platform: 'linux/amd64',
      }).passed,
    ).toBe(true)
    expect(judgeImage(facts, { ...image, ports: ['9090/tcp'] }).detail).toBe(
      'it does not expose 9090/tcp, only 8080/tcp',
    )
    expect(judgeImage(facts, { ...image, labels: { c: [parsePattern('b')] } }).detail).toBe(
      'absent label c does not contain b',
    )
    expect(judgeImage(facts, { ...image, maxSize: 4_000_000 }).detail).toBe('it has 5 MB, expected at most 4 MB')
    expect(judgeImage(facts, { ...image, platform: 'linux/arm64' }).passed).toBe(false)
  })
})

it.each([
  ['linux/amd64', 'linux/amd64', [], true],
  ['linux/386', 'linux/amd64', [], true],
  ['linux/arm/v7', 'linux/arm64', [], true],
  ['linux/arm64/v8', 'linux/arm64', [], true],
  ['linux/arm64', 'linux/amd64', [], false],
  ['linux/arm64', 'linux/amd64', ['qemu-aarch64', 'status'], true],
  ['linux/arm64', 'linux/amd64', ['qemu-arm'], false],
  ['linux/amd64', 'linux/arm64', ['rosetta'], true],
  ['windows/amd64', 'linux/amd64', ['qemu-x86_64'], false],
  ['', 'linux/amd64', [], true],
])('%s on %s with %j runs: %s', async (image, engine, handlers, runs) => {
  expect(await canRun(image, engine, async () => handlers)).toBe(runs)
})

it('waiting costs at most a twentieth more', () => {
  expect([0, 200, 700, 4000, 60_000].map(eager)).toEqual([10, 10, 35, 200, 250])
})

describe('ways to a container', () => {
  const state = {
    status: 'running' as const,
    exitCode: 0,
    oomKilled: false,
    restartCount: 0,
    error: '',
    ports: { '80/tcp': 49_000 },
    addresses: ['172.17.0.2'],
  }
  const published = { host: '127.0.0.1', port: 49_000, published: true }
  const direct = { host: '172.17.0.2', port: 80, published: false }

  it('depend on the probe', () => {
    expect(routesTo(state, 80, 'auto')).toEqual([published, direct])
    expect(routesTo(state, 80, 'host')).toEqual([published])
    expect(routesTo(state, 80, 'ip')).toEqual([direct])
    expect(routesTo(state, 81, 'host')).toEqual([])
  })

  const closed = { trouble: explain(Object.assign(new Error(), { code: 'ECONNRESET' }), published) }
  const refused = { trouble: explain(Object.assign(new Error(), { code: 'ECONNREFUSED' }), direct) }
  it('are tried in turn until one leads to the app', async () => {
    const tried: number[] = []
    const result = await through([published, direct], 1000, async (route, timeout) => {
      tried.push(timeout)
      return route.published ? closed : { status: 200 }
    })
    expect(result).toEqual({ status: 200 })
    expect(tried).toEqual([1000, 500])
  })

  it('tell the clearer trouble', async () => {
    const result = await through([published, direct], 1000, async (route) => (route.published ? closed : refused))
    expect(result).toMatchObject({ trouble: { text: 'connection to 172.17.0.2:80 refused: nothing listens there' } })
    expect(await through([], 1, async () => closed)).toMatchObject({ trouble: { kind: 'unreachable' } })
  })
})

describe('a JUnit file', () => {
  const report: SmokeReport = {
    passed: false,
    reason: { code: 'smoke-check-failed', what: 'no' },
    checks: [
      { name: 'a & <b>', passed: true, detail: 'ok', attempts: 1, ms: 12 },
      { name: '"c"', passed: false, detail: 'got \u001b[31m500\u0000 ]]> \ud800\uffff\nnext', attempts: 2, ms: 3400 },
      { name: 'd', passed: false, detail: 'not run', attempts: 0, ms: 0, skipped: true },
    ],
    logs: ['</system-out><x>'],
    readyMs: 5,
    ms: 4000,
    cleanup: Promise.resolve(),
  }

  it('is escaped, whatever comes from outside', () => {
    const xml = junit(report, 'smoke <app>')
    expect(xml).toContain(
      '<testsuite name="smoke &lt;app&gt;" tests="3" failures="1" errors="0" skipped="1" time="4.000">',
    )
    expect(xml).toContain('<testcase classname="smoke &lt;app&gt;" name="a &amp; &lt;b&gt;" time="0.012"/>')
    expect(xml).toContain('<failure message="got 500 ]]&gt; \ufffd\ufffd&#10;next"/>')
    expect(xml).toContain('name="d" time="0.000"><skipped message="not run"/>')
    expect(xml).toContain('<system-out>&lt;/system-out&gt;&lt;x&gt;</system-out>')
  })

  it('is never green for a failed test', () => {
    const xml = junit({ ...report, checks: [], logs: [] }, 'x')
    expect(xml).toContain('tests="1" failures="0" errors="1"')
    expect(xml).toContain('<error type="smoke-check-failed" message="no"/>')
  })
})
