import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/adapters/docker/connection.ts'
import { createRuntime } from '../../src/adapters/docker/runtime.ts'
import { LABEL, runKey } from '../../src/domain/labels.ts'
import { throwawayLabels, throwawayName } from '../../src/domain/throwaway.ts'
import type { ContainerRuntime, EngineApi } from '../../src/ports.ts'
import { defaultSpec, parseSmoke, runSmoke, type SmokeOptions } from '../../src/smoke/index.ts'
import { systemClock as clock } from '../../src/compose/clock.ts'
import { FakeReporter } from '../fakes/reporter.ts'
import { makeApp, type App, type AppOptions, type Variant } from '../harness/images.ts'
import { describeWith, need } from '../harness/lab.ts'

const RUN = { id: `smoketest${String(process.pid)}`, attempt: 1 }
const HELLO = 'FROM scratch\nCOPY bin/busybox /busybox\n'

describeWith('docker')('smoke on a real engine', () => {
  let api: EngineApi
  let runtime: ContainerRuntime
  const images: string[] = []

  beforeAll(async () => {
    const host = need('docker').DOCKER_HOST
    api = await connect({}, { DOCKER_HOST: host })
    runtime = createRuntime(api, { registry: { engineAuth: async () => '' } })
  })

  afterAll(async () => {
    for (const image of images) await api.request('DELETE', `/images/${image}`, { query: { force: true } })
    api.close()
  })

  /** Builds an image and returns its reference. */
  function build(name: string, variant: Variant, options: AppOptions & { platform?: string } = {}): string {
    const app: App = makeApp(variant, options)
    const tag = `smoke-it-${String(process.pid)}-${name}`
    const platform = options.platform === undefined ? [] : ['--platform', options.platform]
    const env = { ...process.env, DOCKER_HOST: need('docker').DOCKER_HOST, DOCKER_BUILDKIT: '1' }
    const docker = '/usr/bin/docker'
    execFileSync(docker, ['build', '--quiet', ...platform, '--tag', tag, app.dir], { env, stdio: 'pipe' })
    app.remove()
    images.push(tag)
    return tag
  }

  async function smoke(reference: string, text?: string, options: Partial<SmokeOptions> = {}) {
    const parsed = text === undefined ? undefined : await parseSmoke({ text, source: 'smoke.yml' }, { sha: 'abc' })
    expect(parsed?.faults ?? []).toEqual([])
    const reporter = new FakeReporter()
    const spec = parsed?.spec ?? defaultSpec()
    const signal = new AbortController().signal
    const settings = { spec, image: { reference }, runtime, clock, reporter, signal, run: RUN, env: {} }
    const started = Date.now()
    const report = await runSmoke({ ...settings, ...options }).finally(async () => {
      if (options.signal?.aborted) expect(await left(options.run)).toEqual([])
    })
    const took = Date.now() - started
    await report.cleanup
    expect(await left(options.run)).toEqual([])
    expect(reporter.texts('warning')).toEqual([])
    return { ...report, took }
  }

  /** Ids of what carries the run's label. */
  async function left(run = RUN): Promise<string[]> {
    const filters = { label: [`${LABEL.run}=${runKey(run)}`] }
    const containers = await api.request('GET', '/containers/json', { query: { all: true, filters } })
    const networks = await api.request('GET', '/networks', { query: { filters } })
    const names = (answer: { json(): unknown }): string[] => (answer.json() as { Id: string }[]).map(({ Id }) => Id)
    return [...names(containers), ...names(networks)]
  }

  describe('passes', () => {
    it('an app that serves', async () => {
      const report = await smoke(build('healthy', 'healthy'))
      expect(report).toMatchObject({ passed: true, checks: [{ name: 'ready: GET :8080/ below 500' }, {}] })
    })

    it('one that listens late, a twentieth later at most', async () => {
      const report = await smoke(build('slow', 'slow', { seconds: 0.7 }))
      expect(report.passed).toBe(true)
      expect(report.readyMs).toBeGreaterThan(500)
      expect(report.readyMs).toBeLessThan(1500)
    })

    it('one with a HEALTHCHECK', async () => {
      const report = await smoke(build('checked', 'healthy', { healthcheck: true }))
      expect(report).toMatchObject({ passed: true, checks: [{ name: 'ready: HEALTHCHECK' }, {}] })
    })

    it('one whose HEALTHCHECK the engine would ask only in half a minute', async () => {
      const dockerfile = [
        'FROM scratch',
        'COPY bin /bin',
        'COPY app /app',
        'COPY www /www',
        'HEALTHCHECK --interval=30s CMD wget -q -O - http://127.0.0.1:8080/healthz',
        'CMD ["/app/start"]',
      ]
      const report = await smoke(build('rarely', 'healthy', { files: { Dockerfile: dockerfile.join('\n') } }))
      expect(report.checks[0]).toMatchObject({ name: 'ready: HEALTHCHECK', passed: true })
      expect(report.took).toBeLessThan(10_000)
    })

    it('every kind of check', async () => {
      const text = `
container: {env: {GREETING: hello}, secrets: [API_KEY], read-only: true, memory: 64m}
checks:
  - http: GET :8080/version -> 200
    expect: {body: "/^v7$/", within: 2s}
    retry: 5s
  - tcp: 8080
  - exec: [sh, -c, "echo $GREETING $API_KEY; touch /x"]
    expect: {exit: 1, stdout: hello s3cr3t, stderr: Read-only}
  - exec: [nothing]
    expect: {exit: 127}
  - file: {path: /www/version, mode: 0644, uid: 0, content: v7}
  - file: {path: /nowhere, exists: false}
  - image: {user: root, ports: [8080/tcp], max-size: 10MB}
  - log: ["!panic"]
  - stop: {within: 5s, exit: 0}`
      const report = await smoke(build('all', 'healthy', { version: 'v7' }), text, { env: { API_KEY: 's3cr3t' } })
      expect(report.reason).toBeUndefined()
      expect(report.checks.every(({ passed }) => passed)).toBe(true)
    })

    it('an image without a shell, by file and exec', async () => {
      const tag = build('shellless', 'healthy', {
        files: { Dockerfile: `${HELLO}EXPOSE 80\nENTRYPOINT ["/busybox", "httpd", "-f", "-p", "80"]\n` },
      })
      const text = '- exec: [/busybox, echo, hi]\n  expect: {stdout: hi}\n- file: {path: /busybox, mode: 0755}'
      expect(await smoke(tag, text)).toMatchObject({ passed: true })
    })

    it('a one-shot image, and its files after the end', async () => {
      const tag = build('oneshot', 'exit-zero')
      expect(await smoke(tag, 'startup: {ready: exit}\nchecks: [{log: done}, {file: /app/start}]')).toMatchObject({
        passed: true,
        checks: [{ name: 'ready: exit 0', detail: 'ended with exit code 0' }, {}, {}],
      })
    })

    it('by the container’s address when no port is published', async () => {
      expect(
        await smoke(build('ip', 'healthy'), 'probe: ip\nchecks: [{http: GET :8080/healthz -> 200}]'),
      ).toMatchObject({ passed: true })
    })
  })

  describe('fails as soon as it is certain', () => {
    it.each<[Variant, string, RegExp]>([
      ['crash', 'smoke-exited', /exited after .* before it was ready, with exit code 1/],
      ['exit-zero', 'smoke-exited', /with exit code 0/],
      ['not-found', 'smoke-cannot-start', /\/app\/nothing-here/],
      ['wrong-arch', 'smoke-wrong-platform', /exec format error/],
      [
        'unhealthy',
        'smoke-unhealthy',
        /HEALTHCHECK of the container says unhealthy: its last probe ended with exit code 1.*404/,
      ],
    ])('%s', async (variant, code, what) => {
      const report = await smoke(build(variant, variant))
      expect(report).toMatchObject({ passed: false, reason: { code } })
      expect(report.reason?.what).toMatch(what)
      expect(report.took).toBeLessThan(10_000)
    })

    it('a crash after it was ready, while a check is asked again', async () => {
      const tag = build('later', 'crash-later', { seconds: 1 })
      const report = await smoke(tag, '- http: GET :8080/never -> 200\n  retry: 60s')
      expect(report).toMatchObject({ reason: { code: 'smoke-exited', evidence: ['fatal: lost the database'] } })
      expect(report.reason?.what).toMatch(/exited after it was ready/)
      expect(report.took).toBeLessThan(10_000)
    })

    it('out of memory', async () => {
      const eat = '#!/bin/sh\nx=aaaaaaaa\nwhile :; do x=$x$x; done\n'
      const tag = build('oom', 'healthy', { files: { 'app/start': eat } })
      const report = await smoke(tag, 'container: {memory: 16m}')
      expect(report.reason).toMatchObject({ code: 'smoke-oom' })
      expect(report.took).toBeLessThan(20_000)
    })

    it('never ready, with the last answer', async () => {
      const tag = build('never', 'never-ready')
      const report = await smoke(tag, 'startup: {within: 1s, ready: http GET :8080/healthz -> 200}')
      expect(report.reason).toMatchObject({ code: 'smoke-not-ready' })
      expect(report.reason?.what).toMatch(/within 1s \(GET :8080\/healthz; \d+ attempts.*got 404/)
    })

    it('nothing listens', async () => {
      const tag = build('deaf', 'healthy', { files: { 'app/start': '#!/bin/sh\nexec sleep 60\n' } })
      const report = await smoke(tag, 'startup: {within: 500ms}')
      expect(report.reason?.what).toMatch(/connection to .*:8080 refused: nothing listens there/)
      const tcp = await smoke(tag, 'startup: {within: 500ms, ready: tcp 8080}')
      expect(tcp.reason).toMatchObject({ code: 'smoke-not-ready' })
    })

    it('another platform, before the start', async () => {
      const tag = build('foreign', 'healthy', { platform: 'linux/s390x' })
      const report = await smoke(tag)
      expect(report.reason).toMatchObject({ code: 'smoke-wrong-platform' })
      expect(report.reason?.what).toMatch(/the image is for linux\/s390x/)
    })

    it('who ignores the signal to stop', async () => {
      const report = await smoke(build('stubborn', 'stubborn'), '- stop: {within: 500ms}')
      expect(report.reason?.what).toMatch(/still ran 500ms after SIGTERM and had to be killed/)
    })
  })

  it('what a container prints is only ever text', async () => {
    const report = await smoke(build('hostile', 'hostile-logs'))
    expect(report.reason).toMatchObject({ code: 'smoke-exited' })
    expect(report.logs.join('')).toContain('::error::')
    expect(JSON.stringify(report)).not.toMatch(/\\u00|\u001b/)
  })

  describe('services', () => {
    it('are reached by name on a private network', async () => {
      const tag = build('served', 'healthy')
      const text = `
internal: true
services: {db: {image: ${tag}}}
checks:
  - exec: [wget, -q, -O, "-", "http://db:8080/version"]
    expect: {stdout: v1}
    retry: 5s`
      expect((await smoke(tag, text)).reason).toBeUndefined()
    })

    it('that die end the test', async () => {
      const text = `services: {db: {image: ${build('dead-db', 'crash')}, ready: log /never/}}`
      const report = await smoke(build('alone', 'healthy'), text)
      expect(report.reason).toMatchObject({ code: 'smoke-service-failed', evidence: ['fatal: no configuration'] })
      expect(report.took).toBeLessThan(10_000)
    })
  })

  it('a job that runs in a container of the engine reaches it on a network of their own', async () => {
    const tag = build('sidecar', 'healthy')
    const self = await runtime.create({ name: `${tag}-job`, image: tag, labels: {} })
    try {
      await runtime.start(self)
      const before = (await runtime.inspect(self))?.addresses
      const report = await smoke(tag, 'probe: sidecar\nchecks: [{http: GET :8080/version -> 200}]', { self })
      expect(report.reason).toBeUndefined()
      expect((await runtime.inspect(self))?.addresses).toEqual(before)
    } finally {
      await runtime.remove(self)
    }
  })

  it('what an earlier run left is swept when it has expired', async () => {
    const tag = build('expired', 'healthy')
    const earlier = { id: `${RUN.id}old`, attempt: 1 }
    const name = throwawayName(runKey(earlier), 'old')
    const id = await runtime.create({ name, image: tag, labels: throwawayLabels(name, runKey(earlier), 0) })
    try {
      await sleep(1100)
      expect((await smoke(tag)).passed).toBe(true)
      // Whoever else tests on this engine sweeps too: who was first does not matter.
      await expect.poll(() => left(earlier), { timeout: 5000 }).toEqual([])
    } finally {
      await runtime.remove(id)
    }
  })

  it.each([0, 30, 120, 300, 600, 1200])('cancelled after %d ms, nothing is left', async (ms) => {
    const tag = build('cancelled', 'never-ready')
    const cancel = new AbortController()
    const text = `services: {db: {image: ${tag}, ready: tcp 8080}}\nstartup: {ready: http GET :8080/healthz -> 200}`
    setTimeout(() => cancel.abort(), ms)
    await expect(smoke(tag, text, { signal: cancel.signal })).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('several tests at once don’t meet', async () => {
    const tag = build('twins', 'healthy')
    const text = `services: {db: {image: ${tag}}}\ncontainer: {aliases: [app]}`
    const run = (attempt: number) => smoke(tag, text, { run: { id: `${RUN.id}x`, attempt } })
    const reports = await Promise.all([run(1), run(2), run(3)])
    expect(reports.map(({ passed }) => passed)).toEqual([true, true, true])
  })
})
