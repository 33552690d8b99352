import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import type { Behaviour } from '../../test/fakes/runtime.ts'
import { FakeRuntime } from '../../test/fakes/runtime.ts'
import { IMAGE, runtime, server, smoke } from '../../test/harness/smoke.ts'
import { DeployError } from '../errors/deploy-error.ts'

describe('without a file', () => {
  const silent: [string, RequestListener][] = [
    ['closes the connection, as Postgres does', (request) => request.socket.destroy()],
    ['waits for another client, as Kafka does', () => undefined],
    ['resets it', (request) => request.socket.resetAndDestroy()],
  ]
  it.each(silent)(
    'an only port that %s is ready by TCP, which is said',
    async (_, handler) => {
      const report = await smoke({ ...server(), serve: { port: 8080, handler } }, 'startup: {within: 9s}')
      expect(report.reason).toBeUndefined()
      expect(report.checks[0]?.detail).toContain('takes connections and says nothing in HTTP: ready by TCP alone')
      expect(report.readyMs).toBeGreaterThanOrEqual(5000)
    },
    15_000,
  )

  it.each(silent)(
    'an only port that %s is not ready where a check asks it in HTTP',
    async (_, handler) => {
      const text = 'startup: {within: 6s}\nchecks: [{http: "GET :8080/ -> 200"}]'
      const report = await smoke({ ...server(), serve: { port: 8080, handler } }, text)
      expect(report.reason?.code).toBe('smoke-not-ready')
    },
    15_000,
  )

  it('asks the only exposed port for a status below 500', async () => {
    const report = await smoke(server(404))
    expect(report).toMatchObject({
      passed: true,
      checks: [{ name: 'ready: GET :8080/ below 500' }, { name: 'still running' }],
    })
    expect(runtime.specs[0]?.publish).toEqual(['8080/tcp'])
    expect(runtime.networks.size).toBe(0)
  })

  it('notices a late listener almost at once', async () => {
    const report = await smoke(server(200, 700))
    expect(report.passed).toBe(true)
    expect(report.readyMs).toBeGreaterThan(650)
    expect(report.readyMs).toBeLessThan(850)
  })

  it('does not take an error for readiness, and tells the last answer', async () => {
    const report = await smoke(server(503), 'startup: {within: 200ms}')
    expect(report.reason).toMatchObject({ code: 'smoke-not-ready' })
    expect(report.reason?.what).toMatch(
      /within 200ms .*\d+ attempts.*expected status below 500, got 503; .*body: hello/,
    )
  })

  it('lets another protocol than HTTP pass', async () => {
    const { createServer } = await import('node:net')
    const redis = createServer((socket) => socket.end('-ERR unknown command\r\n')).listen(0, '127.0.0.1')
    await once(redis, 'listening')
    const behaviour: Behaviour = { facts: { exposedPorts: ['6379/tcp'] } }
    const report = await smoke(behaviour, undefined, {
      runtime: proxied(behaviour, (redis.address() as { port: number }).port),
    })
    redis.close()
    expect(report.checks[0]).toMatchObject({ passed: true, detail: 'port 6379 answers, in another protocol than HTTP' })
  })

  it('is content with any of several ports', async () => {
    const behaviour = { ...server(), facts: { exposedPorts: ['9000/tcp', '8080/tcp', '53/udp'] } }
    const report = await smoke(behaviour)
    expect(report).toMatchObject({ passed: true, checks: [{ name: 'ready: tcp 8080 or 9000' }, {}] })
  })

  it('waits for the HEALTHCHECK if there is one', async () => {
    const facts = { healthcheck: true, exposedPorts: ['8080/tcp'] }
    const report = await smoke({
      facts,
      health: [
        { after: 0, status: 'starting' },
        { after: 60, status: 'healthy' },
      ],
    })
    expect(report).toMatchObject({
      passed: true,
      checks: [{ name: 'ready: HEALTHCHECK', detail: 'the engine says healthy' }, {}],
    })
    expect(runtime.specs[0]?.publish).toBeUndefined()
  })

  it('runs the HEALTHCHECK command itself instead of waiting for its interval', async () => {
    let tries = 0
    const exec = (): { exitCode: number; stdout: string; stderr: string } => ({
      exitCode: ++tries < 3 ? 1 : 0,
      stdout: '',
      stderr: 'no',
    })
    const facts = { healthcheck: true, healthcheckTest: ['CMD-SHELL', 'check me'] }
    const report = await smoke({ facts, health: [{ after: 0, status: 'starting' }], exec })
    expect(report.passed).toBe(true)
    expect(runtime.calls.filter((call) => call.startsWith('exec'))).toEqual(Array(3).fill('exec /bin/sh -c check me'))
  })

  it('otherwise demands that it stays up', async () => {
    const { DEFAULTS } = await import('./spec.ts')
    vi.spyOn(DEFAULTS, 'stayUp', 'get').mockReturnValue(80 as never)
    const report = await smoke({})
    vi.restoreAllMocks()
    expect(report).toMatchObject({
      passed: true,
      checks: [{ name: 'ready: runs', detail: 'it runs, stayed up for 80ms' }, {}],
    })
    expect(report.readyMs).toBeGreaterThanOrEqual(79)
  })
})

describe('fails the moment it is certain', () => {
  const cases: Record<string, [Behaviour, string, RegExp]> = {
    exit: [
      { exit: { after: 30, code: 3 }, logs: ['fatal: no config'] },
      'smoke-exited',
      /exited after \d+ms, before it was ready, with exit code 3/,
    ],
    'exit 0': [{ exit: { after: 30, code: 0 } }, 'smoke-exited', /exit code 0$/],
    127: [{ exit: { after: 30, code: 127 } }, 'smoke-exited', /127 \(the command was not found in the image\)/],
    137: [{ exit: { after: 30, code: 137 } }, 'smoke-exited', /137 \(SIGKILL: out of memory, or killed from outside\)/],
    oom: [{ exit: { after: 30, code: 137, oom: true } }, 'smoke-oom', /ran out of memory/],
    unhealthy: [
      { health: [{ after: 30, status: 'unhealthy', output: 'db down' }] },
      'smoke-unhealthy',
      /unhealthy: its last probe ended with exit code 1.*db down/,
    ],
    restart: [{ restarts: { after: 30, count: 2 } }, 'smoke-restarted', /restarted 2 times/],
    'format error in the state': [
      { exit: { after: 30, code: 126, error: 'exec format error' } },
      'smoke-wrong-platform',
      /exec format error/,
    ],
    'format error in the log': [
      { exit: { after: 30, code: 1 }, logs: ['exec /app: exec format error'] },
      'smoke-wrong-platform',
      /exec \/app/,
    ],
    'refused start': [
      { startError: new DeployError('smoke-cannot-start', 'no such file: /app') },
      'smoke-cannot-start',
      /no such file: \/app/,
    ],
    'refused start, other format': [
      { startError: new DeployError('smoke-cannot-start', 'exec format error') },
      'smoke-wrong-platform',
      /exec format error/,
    ],
    'refused create': [
      { createError: new DeployError('smoke-cannot-start', 'no command') },
      'smoke-cannot-start',
      /no command/,
    ],
  }
  it.each(Object.entries(cases))('%s', async (_, [behaviour, code, what]) => {
    const started = Date.now()
    const report = await smoke({ facts: { exposedPorts: ['8080/tcp'] }, ...behaviour })
    expect(Date.now() - started).toBeLessThan(1000)
    expect(report).toMatchObject({ passed: false, reason: { code }, checks: [{ passed: false }, { skipped: true }] })
    expect(report.reason?.what).toMatch(what)
  })

  it('out of memory, where only the limit and the exit code tell', async () => {
    const report = await smoke({ exit: { after: 10, code: 137 } }, 'container: {memory: 16m}')
    expect(report.reason).toMatchObject({ code: 'smoke-oom' })
    expect(report.reason?.what).toMatch(/most likely at its memory limit \(exit code 137\)/)
  })

  it('out of memory, where the engine says so late', async () => {
    const late = new FakeRuntime({ [IMAGE]: { exit: { after: 10, code: 137 } } })
    const inspect = late.inspect.bind(late)
    let ended = 0
    late.inspect = async (id) => {
      const state = await inspect(id)
      return state?.status === 'exited' ? { ...state, oomKilled: ++ended > 1 } : state
    }
    expect((await smoke({}, undefined, { runtime: late })).reason).toMatchObject({ code: 'smoke-oom' })
  })

  it('with the last log lines as evidence', async () => {
    const report = await smoke({ exit: { after: 10, code: 1 }, logs: ['one', '\u001b[31mtwo\u001b[0m\u0007'] })
    expect(report.reason?.evidence).toEqual(['one', 'two'])
    expect(report.logs).toEqual(['one', 'two'])
  })

  it('before the start, where the platform cannot run', async () => {
    const report = await smoke({ facts: { platform: 'linux/riscv64' } })
    expect(report.reason).toMatchObject({ code: 'smoke-wrong-platform' })
    expect(report.reason?.what).toMatch(/is for linux\/riscv64, the engine runs linux\//)
    expect(runtime.specs).toEqual([])
  })

  it('but believes the file that the engine emulates it', async () => {
    const behaviour = { ...server(), facts: { platform: 'linux/riscv64', exposedPorts: ['8080/tcp'] } }
    expect((await smoke(behaviour, 'container: {platform: linux/riscv64}')).passed).toBe(true)
  })

  it('also between readiness and the checks’ end, and says what did not run', async () => {
    const text = 'checks: [{exec: [hang]}, {image: {user: root}}]'
    const exec = (): Promise<never> => new Promise(() => undefined)
    const report = await smoke({ ...server(), exec, exit: { after: 150, code: 139 } }, text)
    expect(report.reason).toMatchObject({ code: 'smoke-exited' })
    expect(report.reason?.what).toMatch(/exited after it was ready.*139 \(SIGSEGV/)
    expect(report.checks.map(({ passed, skipped }) => [passed, skipped])).toEqual([
      [true, undefined],
      [false, true],
      [true, undefined],
      [false, undefined],
    ])
  })
})

describe('three clocks', () => {
  it('the whole test', async () => {
    const exec = (): Promise<never> => new Promise(() => undefined)
    const report = await smoke(
      { exec },
      'timeout: 200ms\nstartup: {within: 50ms, stay-up: 0}\nchecks: [{exec: [hang]}]',
    )
    expect(report.reason).toMatchObject({
      code: 'smoke-timeout',
      what: 'the smoke test took longer than 200ms, while these checks ran: "exec hang"',
    })
  })

  it('a check’s own retry', async () => {
    let tries = 0
    const handler: RequestListener = (_, response) => void response.writeHead(++tries < 4 ? 500 : 200).end()
    const behaviour = { ...server(), serve: { port: 8080, handler } }
    const text = 'startup: {ready: tcp 8080}\nchecks: [{http: GET /, retry: {for: 2s, every: 20ms}}]'
    expect((await smoke(behaviour, text)).checks[1]).toMatchObject({ passed: true, attempts: 4 })
  })

  it('a check without retry is asked once', async () => {
    const report = await smoke(server(500), 'startup: {ready: tcp 8080}\nchecks: [{http: GET / -> 200}]')
    expect(report.checks[1]).toMatchObject({ passed: false, attempts: 1 })
    expect(report.reason).toMatchObject({ code: 'smoke-check-failed' })
    expect(report.reason?.what).toMatch(/^check "GET \/" failed: expected status 200, got 500; .*body: hello$/)
  })
})

/** A runtime whose published port leads to that local one. */
function proxied(behaviour: Behaviour, port: number): FakeRuntime {
  const made = new FakeRuntime({ [IMAGE]: behaviour })
  const inspect = made.inspect.bind(made)
  made.inspect = async (id) => {
    const state = await inspect(id)
    return state && { ...state, ports: { '6379/tcp': port } }
  }
  return made
}
