import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FakeReporter } from '../../test/fakes/reporter.ts'
import { FakeRuntime, type Behaviour } from '../../test/fakes/runtime.ts'
import { LABEL } from '../domain/labels.ts'
import { DeployError } from '../errors/deploy-error.ts'
import { systemClock as clock } from '../compose/clock.ts'
import { parseSmoke, runSmoke, defaultSpec, type SmokeOptions, type SmokeSpec } from './index.ts'

const IMAGE = 'app'
const answer =
  (status: number, body = '', headers = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(body)
const server = (status = 200, after?: number): Behaviour => ({
  facts: { exposedPorts: ['8080/tcp'] },
  serve: { port: 8080, ...(after === undefined ? {} : { after }), handler: answer(status, 'hello') },
})

async function spec(text: string): Promise<SmokeSpec> {
  const { spec, faults } = await parseSmoke({ text, source: 'smoke.yml' }, { sha: 'abc' })
  expect(faults).toEqual([])
  return spec
}

let runtime: FakeRuntime
let reporter: FakeReporter

async function smoke(
  behaviour: Behaviour,
  text?: string,
  options: Partial<SmokeOptions> = {},
  others: Record<string, Behaviour> = {},
) {
  runtime = new FakeRuntime({ [IMAGE]: behaviour, ...others })
  reporter = new FakeReporter()
  const report = await runSmoke({
    spec: text === undefined ? defaultSpec() : await spec(text),
    image: { reference: IMAGE },
    runtime,
    clock,
    reporter,
    signal: new AbortController().signal,
    run: { id: '77', attempt: 2 },
    env: {},
    ...options,
  })
  await report.cleanup
  return report
}

afterEach(() => {
  expect(runtime.left, 'nothing stays on the engine').toEqual([])
})

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
    runtime = new FakeRuntime({})
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

describe('checks', () => {
  it('come in the order of the file, stop and log last', async () => {
    const order: string[] = []
    const behaviour: Behaviour = {
      ...server(),
      exec: (argv) => {
        order.push(argv.join(' '))
        return { exitCode: 0, stdout: 'v24.1.0', stderr: '' }
      },
      files: { '/app/server.js': { mode: 0o644, uid: 1000, gid: 1000, text: 'listen()' } },
      logs: ['listening'],
      stop: { code: 143, takes: 5 },
    }
    const text = `
startup: {ready: tcp 8080}
checks:
  - stop: {signal: SIGTERM, within: 1s}
  - log: [listening, "!panic"]
  - exec: [node, --version]
    expect: {stdout: "/^v24/"}
  - file: {path: /app/server.js, mode: 0644, uid: 1000, content: listen}
  - tcp: 8080
  - http: :8080/ -> 2xx`
    const report = await smoke(behaviour, text)
    expect(report.reason).toBeUndefined()
    const names = report.checks.map(({ name }) => name)
    expect(names).toEqual([
      'ready: tcp 8080',
      'stop by SIGTERM',
      'log',
      'exec node --version',
      'file /app/server.js',
      'tcp 8080',
      'GET :8080/',
      'still running',
    ])
    const finished = reporter.events.flatMap((event) => (event.type === 'check.finished' ? [event.name] : []))
    expect(finished.slice(-3)).toEqual(['still running', 'stop by SIGTERM', 'log'])
  })

  it.each([
    [undefined, 'stop:', 'SIGTERM', 143],
    ['SIGQUIT', 'stop:', 'SIGQUIT', 131],
    ['INT', 'stop: {within: 1s}', 'SIGINT', 130],
    ['28', 'stop:', 'SIGWINCH', 0],
    ['SIGRTMIN+3', 'stop:', 'SIGRTMIN+3', 165],
    ['SIGQUIT', 'stop: {signal: SIGTERM}', 'SIGTERM', 143],
  ])(
    'a stop of an image with STOPSIGNAL %s, %s, is by %s and may end with %i',
    async (stopSignal, stop, sent, code) => {
      const facts = stopSignal === undefined ? {} : { facts: { stopSignal } }
      const report = await smoke({ ...facts, stop: { code, takes: 5 } }, `startup: {stay-up: 0}\nchecks: [{${stop}}]`)
      expect(report.reason).toBeUndefined()
      expect(runtime.calls).toContain(`stop ${sent}`)
      expect(report.checks.find(({ name }) => name.startsWith('stop'))?.detail).toContain(`after ${sent} with`)
    },
  )

  it('a stop that ends with another signal’s exit code fails', async () => {
    const text = 'startup: {stay-up: 0}\nchecks: [{stop: }]'
    const report = await smoke({ facts: { stopSignal: 'SIGQUIT' }, stop: { code: 143, takes: 5 } }, text)
    expect(report.reason?.what).toMatch(/expected exit code 0 or 131 after SIGQUIT, got exit code 143/)
  })

  it('a stop that has to be forced fails', async () => {
    const report = await smoke(
      { stop: { code: 0, takes: 900 } },
      'startup: {stay-up: 0}\nchecks: [{stop: {within: 100ms}}]',
    )
    expect(report.reason?.what).toMatch(/still ran 100ms after SIGTERM and had to be killed/)
  })

  it('that the engine refuses have failed, and it is not its fault', async () => {
    const exec = (): never => {
      throw new DeployError('engine-error', 'container is paused')
    }
    const report = await smoke({ exec }, 'startup: {stay-up: 0}\nchecks: [{exec: [x]}]')
    expect(report.reason?.what).toBe('check "exec x" failed: container is paused')
  })

  it('that the engine refuses because the container has just ended blame its end', async () => {
    const exec = (): never => {
      for (const made of runtime.containers.values()) Object.assign(made.state, { status: 'exited', exitCode: 9 })
      throw new DeployError('engine-error', 'container is not running')
    }
    const report = await smoke({ exec }, 'startup: {stay-up: 0}\nchecks: [{exec: [x]}]')
    expect(report.reason).toMatchObject({ code: 'smoke-exited' })
    const waiting = await smoke({ exec }, 'startup: {ready: exec x}')
    expect(waiting.reason).toMatchObject({ code: 'smoke-exited' })
  })

  it('several failures are all evidence', async () => {
    const report = await smoke(server(), 'checks: [{file: /a}, {file: /b}, {file: /c, name: third}]')
    expect(report.reason?.what).toMatch(/^3 of 5 checks failed; the first, "file \/a": \/a does not exist$/)
    expect(report.reason?.evidence).toHaveLength(3)
  })

  it('a one-shot image is ready when it ended well', async () => {
    const behaviour = { exit: { after: 40, code: 0 }, logs: ['migrated'] }
    const report = await smoke(behaviour, 'startup: {ready: exit}\nchecks: [{log: migrated}]')
    expect(report).toMatchObject({ passed: true, checks: [{ name: 'ready: exit 0' }, { name: 'log' }] })
    expect((await smoke({ exit: { after: 40, code: 2 } }, 'startup: {ready: exit}')).reason?.what).toMatch(
      /exit code 2; expected exit code 0/,
    )
  })
})

describe('services', () => {
  const text = `
container: {aliases: [app]}
services: {db: {image: postgres, env: {POSTGRES_PASSWORD: x}, ready: {exec: [pg_isready]}}}
startup: {stay-up: 0}`
  const ok = (): { exitCode: number; stdout: string; stderr: string } => ({ exitCode: 0, stdout: '', stderr: '' })

  it('run beside the container on a private network, ready before it starts', async () => {
    const report = await smoke({}, text, {}, { postgres: { exec: ok } })
    expect(report.passed).toBe(true)
    expect(runtime.calls).toEqual(['start db', 'exec pg_isready', 'start app', 'sweep'])
    expect(runtime.specs.map(({ network }) => network)).toEqual([
      { id: 'net1', aliases: ['app'] },
      { id: 'net1', aliases: ['db'] },
    ])
  })

  it('are pulled when the engine lacks them', async () => {
    const report = await smoke({}, text)
    expect(report.reason).toMatchObject({ code: 'smoke-service-failed' })
    expect(report.reason?.what).toMatch(/image of service db cannot be pulled: postgres is not in the registry/)
  })

  it('that fail end the test with their own log', async () => {
    const dead: Behaviour = {
      exit: { after: 20, code: 1 },
      logs: ['disk full'],
      exec: () => ({ exitCode: 2, stdout: '', stderr: '' }),
    }
    const report = await smoke({}, text, {}, { postgres: dead })
    expect(report.reason).toMatchObject({ code: 'smoke-service-failed', evidence: ['disk full'] })
    expect(report.reason?.what).toMatch(/^service db exited after/)
  })
})

describe('a job in a container', () => {
  const text = 'startup: {ready: tcp 8080, within: 100ms}'

  it('of the same engine joins the app’s network and leaves it again', async () => {
    const here = new FakeRuntime({ [IMAGE]: server() })
    here.addExisting('job')
    const report = await smoke({}, text, { runtime: here, self: 'job' })
    expect(report.passed).toBe(false) // the fake gives addresses to nobody
    expect(here.calls).toEqual(['connect net1 job', 'start app', 'sweep', 'disconnect net1 job'])
    expect(here.specs[0]).toMatchObject({ network: { id: 'net1' } })
    expect(here.specs[0]?.publish).toBeUndefined()
  })

  it('of another engine uses the published port', async () => {
    expect((await smoke(server(), text, { self: 'f'.repeat(64) })).passed).toBe(true)
    expect(runtime.networks.size).toBe(0)
  })

  it('must be one when the file says sidecar', async () => {
    await expect(smoke(server(), 'probe: sidecar')).rejects.toMatchObject({ code: 'not-supported' })
  })
})

describe('secrets', () => {
  const text = 'container: {secrets: [API_KEY]}\nstartup: {stay-up: 0}'

  it('reach the container and are masked everywhere', async () => {
    const key = 's3cr3t "value"'
    const logs = [`key=${key}`, JSON.stringify({ key }), Buffer.from(key).toString('base64')]
    const report = await smoke({ logs, exit: { after: 20, code: 1 } }, text, { env: { API_KEY: key } })
    expect(runtime.specs[0]?.env).toEqual({ API_KEY: key })
    expect(JSON.stringify([report, reporter.events])).not.toMatch(/s3cr3t|czNjcjN0/)
    expect(report.logs).toEqual(['key=***', '{"key":"***"}', '***'])
  })

  it('without a value are all named before anything is made', async () => {
    await expect(smoke({}, text)).rejects.toMatchObject({
      code: 'invalid-input',
      faults: [{ name: 'secrets.API_KEY' }],
    })
    expect(runtime.specs).toEqual([])
  })
})

describe('what it makes', () => {
  it('carries labels and a name of its own', async () => {
    await smoke(server())
    expect(runtime.specs[0]?.name).toMatch(/^imd-smoke-77-2-[0-9a-f]{16}-app$/)
    expect(runtime.specs[0]?.labels[LABEL.run]).toBe('77-2')
    expect(runtime.specs[0]?.labels[LABEL.owner]).toBe(runtime.specs[0]?.name)
    expect(Number(runtime.specs[0]?.labels[LABEL.lifetime])).toBeGreaterThanOrEqual(3600)
  })

  it('is gone after a cancellation, which is thrown', async () => {
    const cancel = new AbortController()
    const deaf = new FakeRuntime({ [IMAGE]: { facts: { exposedPorts: ['8080/tcp'] } } })
    const start = deaf.start.bind(deaf)
    deaf.start = async (id) => {
      setTimeout(() => cancel.abort(), 60)
      await start(id)
    }
    const running = smoke({}, undefined, { runtime: deaf, signal: cancel.signal })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    expect(deaf.specs).toHaveLength(1)
    expect(deaf.left).toEqual([])
  })

  it('is nothing more after a cancellation, whatever was under way', async () => {
    const cancel = new AbortController()
    const slow = new FakeRuntime({ [IMAGE]: {}, db: {} })
    const create = slow.create.bind(slow)
    slow.create = async (made) => {
      setTimeout(() => cancel.abort(), 20)
      await clock.sleep(60)
      return create(made)
    }
    const text = 'services: {db: {image: db, ready: exec x}}'
    const running = smoke({}, text, { runtime: slow, signal: cancel.signal })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    await clock.sleep(100)
    expect(slow.left).toEqual([])
    expect(slow.specs).toHaveLength(2)
    expect(slow.calls).toEqual([])
  })

  it('is removed with patience', async () => {
    const busy = new FakeRuntime({ [IMAGE]: {}, db: { exec: () => ({ exitCode: 0, stdout: '', stderr: '' }) } })
    const remove = busy.removeNetwork.bind(busy)
    let tries = 0
    busy.removeNetwork = async (id) => {
      if (++tries < 3) throw new Error('network has active endpoints')
      return remove(id)
    }
    await smoke({}, 'startup: {stay-up: 0}\nservices: {db: {image: db, ready: exec x}}', { runtime: busy })
    expect(busy.left).toEqual([])
    expect(reporter.texts('warning')).toEqual([])
  })

  it('is gone after the engine failed, which is thrown', async () => {
    const broken = new FakeRuntime({ [IMAGE]: server() })
    broken.inspect = async () => {
      throw new DeployError('engine-unreachable', 'gone')
    }
    await expect(smoke({}, undefined, { runtime: broken })).rejects.toMatchObject({ code: 'engine-unreachable' })
    expect(broken.left).toEqual([])
  })

  it('stays with a warning when its removal fails, and the verdict stands', async () => {
    const report = await smoke({ ...server(), removeError: new Error('busy') })
    expect(report.passed).toBe(true)
    expect(reporter.texts('warning')[0]).toMatch(/could not be removed and expires after 65m: busy/)
    runtime.containers.clear()
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
