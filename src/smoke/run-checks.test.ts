// What a smoke file can ask for: checks, services, networks, secrets; and that nothing of it stays.
import { describe, expect, it } from 'vitest'
import type { Behaviour } from '../../test/fakes/runtime.ts'
import { FakeRuntime } from '../../test/fakes/runtime.ts'
import { IMAGE, reporter, runtime, server, smoke } from '../../test/harness/smoke.ts'
import { systemClock as clock } from '../compose/clock.ts'
import { LABEL } from '../domain/labels.ts'
import { DeployError } from '../errors/deploy-error.ts'

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
