import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createEngineBuilder } from '../../src/adapters/docker/engine-builder.ts'
import { createRuntime } from '../../src/adapters/docker/runtime.ts'
import { throwawayLabels, throwawayName } from '../../src/domain/throwaway.ts'
import type { ContainerRuntime, ContainerSpec, EngineApi, LogPosition } from '../../src/ports.ts'
import { makeApp, type App, type Variant } from '../harness/images.ts'
import { describeWith } from '../harness/lab.ts'
import { matching, startFaultProxy } from '../harness/proxy.ts'
import { startRegistry, type TestRegistry } from '../harness/registry.ts'
import { buildRequest } from '../fakes/build-request.ts'
import {
  engine,
  engineAuth,
  key,
  never,
  ours,
  recorder,
  remoteDigest,
  removeImage,
  removeOurs,
  repository,
} from './docker-support.ts'

let api: EngineApi
let runtime: ContainerRuntime
const apps: App[] = []
const images = new Map<string, string>()
let count = 0

async function imageOf(variant: Variant, healthcheck = false): Promise<string> {
  const known = images.get(variant)
  if (known !== undefined) return known
  const app = makeApp(variant, { seconds: 0.3, healthcheck, files: { 'www/file': 'content', 'www/version': key } })
  apps.push(app)
  const builder = createEngineBuilder(api, { reporter: recorder(), env: {}, apiVersion: await api.version() })
  const built = await builder.build(buildRequest(app.dir, { labels: ours }), { signal: never })
  if (built.where !== 'engine') throw new Error('not in the engine')
  images.set(variant, built.imageId)
  return built.imageId
}

async function create(variant: Variant, spec: Partial<ContainerSpec> = {}): Promise<string> {
  const image = await imageOf(variant)
  return runtime.create({ name: `${key}-${String(count++)}`, image, labels: ours, ...spec })
}

async function started(variant: Variant, spec: Partial<ContainerSpec> = {}): Promise<string> {
  const id = await create(variant, spec)
  await runtime.start(id)
  return id
}

/** Waits as the smoke test does: a look, then whatever `changed` waits for. */
async function until(id: string, done: (state: NonNullable<Awaited<ReturnType<typeof runtime.inspect>>>) => boolean) {
  const end = Date.now() + 15_000
  let waits = 0
  for (;;) {
    const state = await runtime.inspect(id)
    if (state && done(state)) return { state, waits }
    if (Date.now() > end) throw new Error(`never came: ${JSON.stringify(state)}`)
    waits++
    await runtime.changed(id, 5000, never)
  }
}

describeWith('docker', 'registry')('the runtime on a real engine', () => {
  let registry: TestRegistry

  beforeAll(async () => {
    api = await engine()
    runtime = createRuntime(api, { registry: engineAuth() })
    registry = await startRegistry()
  })
  afterAll(async () => {
    await removeOurs(api)
    for (const id of images.values()) await removeImage(api, id)
    for (const app of apps) app.remove()
    await registry.stop()
    api.close()
  })

  test('knows the engine and the image', async () => {
    const info = await runtime.info()
    expect(info.platform).toMatch(/^linux\/(amd64|arm64)$/)
    const image = await runtime.image(await imageOf('healthy', true))
    expect(image).toMatchObject({
      platform: info.platform,
      labels: ours,
      exposedPorts: ['8080/tcp'],
      healthcheck: true,
      user: '',
    })
    expect(image?.healthcheckTest?.[0]).toBe('CMD')
    expect(await runtime.image(`sha256:${'0'.repeat(64)}`)).toBeUndefined()
  })

  test('publishes on loopback, at a port of its own', async () => {
    const id = await started('healthy', { publish: ['8080/tcp'] })
    const { state } = await until(id, ({ status }) => status === 'running')
    const port = state.ports['8080/tcp']
    expect(port).toBeGreaterThan(1024)
    const answer = await retry(() => fetch(`http://127.0.0.1:${String(port)}/version`))
    expect((await answer.text()).trim()).toBe(key)
    expect(state.addresses).toHaveLength(1)
    const raw = await api.request('GET', `/containers/${id}/json`)
    expect(JSON.stringify(raw.json())).toContain('"HostIp":"127.0.0.1"')
  })

  test('reports health as it changes', async () => {
    const id = await started('healthy')
    const { state } = await until(id, ({ health }) => health?.status === 'healthy')
    expect(state.health?.log[0]).toMatchObject({ exitCode: 0 })
  })

  test('wakes at once when the container ends, and loses nothing between a look and the wait', async () => {
    const id = await started('crash')
    const since = Date.now()
    const { state, waits } = await until(id, ({ status }) => status === 'exited')
    expect(state).toMatchObject({ exitCode: 1, oomKilled: false })
    expect(Date.now() - since).toBeLessThan(4000)
    expect(waits).toBeLessThan(5)
    expect(await runtime.logs(id)).toEqual(['fatal: no configuration'])
    // It ended before this look; what ended is still news to a wait that no look came before.
    const again = await started('crash')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const asked = Date.now()
    await runtime.changed(again, 10_000, never)
    expect(Date.now() - asked).toBeLessThan(500)
  })

  test('waits no longer than told, nor after an abort', async () => {
    const id = await started('healthy')
    await until(id, ({ health }) => health?.status === 'healthy')
    const since = Date.now()
    await runtime.changed(id, 150, never)
    expect(Date.now() - since).toBeGreaterThanOrEqual(140)
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 50)
    const before = Date.now()
    await runtime.changed(id, 60_000, abort.signal)
    expect(Date.now() - before).toBeLessThan(5000)
  })

  test('keeps hostile logs in order and harmless', async () => {
    const id = await started('hostile-logs')
    await until(id, ({ status }) => status === 'exited')
    const lines = await runtime.logs(id)
    expect(lines).toContain('::error::this is not an error of the deploy')
    expect(lines).toContain('ared and')

    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/)
    expect(await runtime.logs(id, 2)).toEqual(lines.slice(-2))
    expect(await runtime.logs('nothing-here')).toEqual([])
  })

  describe('a log that is read whole', () => {
    const writes = async (script: string) => {
      const id = await create('healthy', { entrypoint: ['/bin/sh', '-c', script] })
      await runtime.start(id)
      return id
    }
    const count = async (id: string, from?: LogPosition) => {
      const lines: string[] = []
      return { position: await runtime.readLog(id, from, (more) => lines.push(...more), never), lines }
    }

    test('has every line, whatever follows, and later only what came since', async () => {
      const loop = 'i=0; while [ $i -lt 25000 ]; do echo "GET /metrics $i"; i=$((i+1)); done'
      const id = await writes(`echo panic >&2; sleep 2; ${loop}; sleep 2; echo later; sleep 60`)
      await retry(async () => expect((await count(id)).lines).toContain('GET /metrics 24999'))
      const { lines, position } = await count(id)
      expect(lines).toContain('panic')
      expect(lines).toHaveLength(25_001)
      expect(position.overflowed).toBe(false)
      await retry(async () => expect((await count(id, position)).lines).toContain('later'))
      const rest = await count(id, position)
      expect(rest.lines).not.toContain('panic')
      expect(rest.position.since).not.toBe(position.since)
      const abort = AbortSignal.abort()
      await expect(runtime.readLog(id, undefined, () => undefined, abort)).rejects.toMatchObject({ code: 'cancelled' })
    })

    test('says so when the engine has dropped some of it', async () => {
      const lines = 'x'.repeat(8000)
      const id = await writes(`i=0; while [ $i -lt 30000 ]; do echo ${lines}; i=$((i+1)); done`)
      await until(id, ({ status }) => status === 'exited')
      let seen = 0
      const position = await runtime.readLog(id, undefined, (more) => (seen += more.length), never)
      expect(seen).toBeLessThan(30_000)
      expect(position.overflowed).toBe(true)
    })
  })

  test('runs programs in the container', async () => {
    const id = await started('healthy')
    const run = (...argv: string[]) => runtime.exec(id, argv, never)
    expect(await run('/bin/sh', '-c', 'echo out; echo err >&2; exit 5')).toEqual({
      exitCode: 5,
      stdout: 'out\n',
      stderr: 'err\n',
    })
    expect(await run('/nowhere')).toMatchObject({
      exitCode: 127,
      stderr: expect.stringContaining('/nowhere') as unknown,
    })
    expect(await run('/www/file')).toMatchObject({ exitCode: 126 })
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 200)
    await expect(runtime.exec(id, ['/bin/sleep', '30'], abort.signal)).rejects.toMatchObject({ code: 'cancelled' })
  })

  test('reads files without a shell, links followed', async () => {
    const id = await create('healthy')
    expect(await runtime.file(id, '/www/file')).toMatchObject({
      mode: 0o644,
      uid: 0,
      size: 7,
      content: Buffer.from('content'),
    })
    expect(await runtime.file(id, '/bin/wget')).toMatchObject({ mode: 0o755 })
    expect(await runtime.file(id, '/bin')).toMatchObject({ size: 0 })
    expect(await runtime.file(id, '/nothing')).toBeUndefined()
  })

  test('stops by the signal, or kills when the time is up', async () => {
    const polite = await started('healthy')
    const stubborn = await started('stubborn')
    await Promise.all([polite, stubborn].map((id) => retry(() => expectServing(id))))
    await runtime.stop(polite, 'SIGTERM', 5000)
    expect(await runtime.inspect(polite)).toMatchObject({ status: 'exited', exitCode: 0 })
    const since = Date.now()
    await runtime.stop(stubborn, 'SIGTERM', 300)
    expect(Date.now() - since).toBeLessThan(4000)
    expect(await runtime.inspect(stubborn)).toMatchObject({ status: 'exited', exitCode: 137 })
    await runtime.stop(stubborn, 'SIGTERM', 300)
  })

  test('tells memory, platform and command apart', async () => {
    const id = await started('oom', { memory: 32 * 1024 * 1024 })
    expect((await until(id, ({ status }) => status === 'exited')).state.oomKilled).toBe(true)
    const missing = await create('not-found')
    await expect(runtime.start(missing)).rejects.toMatchObject({ code: 'smoke-cannot-start' })
    await expect(
      runtime.create({ name: `${key}-none`, image: `sha256:${'0'.repeat(64)}`, labels: ours }),
    ).rejects.toMatchObject({ code: 'image-not-found' })
  })

  test('honours user, environment, arguments and a read-only file system', async () => {
    const id = await started('healthy', {
      entrypoint: ['/bin/sh', '-c'],
      args: ['echo "$GREETING"; echo x >/www/x; exit 7'],
      env: { GREETING: 'a "quoted" $value' },
      user: '1000:1000',
      readOnly: true,
    })
    const { state } = await until(id, ({ status }) => status === 'exited')
    expect(state.exitCode).toBe(7)
    const lines = await runtime.logs(id)
    expect(lines).toContain('a "quoted" $value')
    expect(lines.join(' ')).toMatch(/Read-only file system/)
  })

  test('gives names on a private network', async () => {
    const network = await runtime.createNetwork(`${key}-net`, ours, true)
    const server = await started('healthy', { network: { id: network, aliases: ['db'] } })
    await retry(() => expectServing(server))
    const client = await started('healthy')
    expect(await fetchIn(client, 'http://db:8080/version')).not.toBe(0)
    await runtime.connect?.(network, client)
    expect(await fetchIn(client, 'http://db:8080/version')).toBe(0)
    await runtime.disconnect?.(network, client)
    await runtime.disconnect?.(network, client)
    await runtime.remove(server)
    await runtime.removeNetwork(network)
    await runtime.removeNetwork(network)
  })

  test('removes twice without a word; what is gone is undefined', async () => {
    const id = await started('healthy')
    await Promise.all([runtime.remove(id), runtime.remove(id)])
    await runtime.remove(id)
    expect(await runtime.inspect(id)).toBeUndefined()
  })

  test('sweeps what has expired and nothing else', async () => {
    const run = `${key}-1`
    const thing = (secret: string, lifetime: number) => {
      const name = throwawayName(run, secret)
      return { name, labels: { ...throwawayLabels(name, run, lifetime), ...ours } }
    }
    const past = thing('old-net', 0)
    const network = await runtime.createNetwork(past.name, past.labels, false)
    const expired = thing('old', 0)
    // What an image says is said by all of its containers, also by somebody's service of the same engine.
    const inherited = { labels: expired.labels }
    const [guest, old, young, plain, heir] = await Promise.all([
      started('healthy'),
      started('healthy', { ...expired, network: { id: network, aliases: [] } }),
      create('healthy', thing('young', 600_000)),
      create('healthy'),
      started('healthy', inherited),
    ])
    await runtime.connect?.(network, guest)
    await sleep(1100)
    await runtime.sweep('expired')
    await runtime.sweep({ run: `${key}-2` })
    expect((await runtime.inspect(guest))?.status).toBe('running')
    expect(await runtime.inspect(old)).toBeUndefined()
    expect((await api.request('GET', `/networks/${network}`)).status).toBe(404)
    expect(await runtime.inspect(young)).toBeDefined()
    expect(await runtime.inspect(plain)).toBeDefined()
    expect((await runtime.inspect(heir))?.status).toBe('running')
    await runtime.sweep({ run })
    expect(await runtime.inspect(young)).toBeUndefined()
    expect((await runtime.inspect(heir))?.status).toBe('running')
    await Promise.all([guest, plain, heir].map((id) => runtime.remove(id)))
  })

  test('judges age by the engine’s clock, whatever the runner’s says', async () => {
    const name = throwawayName(`${key}-3`, 'clock')
    const labels = { ...throwawayLabels(name, `${key}-3`, 60_000), ...ours }
    const id = await create('healthy', { name, labels })
    vi.useFakeTimers({ now: Date.now() + 7_200_000, toFake: ['Date'] })
    try {
      await runtime.sweep('expired')
    } finally {
      vi.useRealTimers()
    }
    expect(await runtime.inspect(id)).toBeDefined()
    await runtime.remove(id)
  })

  test('pushes what it was given, keeps its name until it is forgotten, and then the image', async () => {
    const id = await imageOf('healthy')
    const digest = await runtime.push(id, repository(registry.host), 'candidate-1', never)
    expect(await remoteDigest(registry.host, 'app', 'candidate-1')).toBe(digest)
    const names = async () => {
      const image = (await api.request('GET', `/images/${id}/json`)).json() as { RepoTags: string[] }
      return image.RepoTags
    }
    // Nobody uses it yet and it must still be there to be smoked.
    expect(await names()).toEqual([`${registry.host}/app:candidate-1`])
    await runtime.forget(id, repository(registry.host), 'candidate-1')
    expect(await names()).toEqual([`${registry.host}/app:immutable-deploy`])
    const next = await imageOf('slow')
    await runtime.push(next, repository(registry.host), 'candidate-2', never)
    await runtime.forget(next, repository(registry.host), 'candidate-2')
    expect(await runtime.image(id)).toBeDefined()
    expect((await runtime.image(`${registry.host}/app:immutable-deploy`))?.id).toBe(next)
  })

  test('pulls by digest, and says what is wrong when it cannot', async () => {
    const image = { repository: repository(registry.host, 'pulled'), tag: 'x' }
    const id = await imageOf('slow')
    const digest = await runtime.push(id, image.repository, image.tag, never)
    await runtime.pull({ ...image, digest }, undefined, never)
    expect((await runtime.image(`${image.repository.name}@${digest}`))?.id).toBe(id)
    const absent = { ...image, digest: `sha256:${'1'.repeat(64)}` as const }
    await expect(runtime.pull(absent, undefined, never)).rejects.toMatchObject({ code: 'image-not-found' })
    await expect(runtime.pullReference('127.0.0.1:1/a/b:c', never)).rejects.toMatchObject({
      code: 'registry-unreachable',
    })
    await expect(runtime.pullReference('no reference!', never)).rejects.toMatchObject({ code: 'invalid-input' })
    await removeImage(api, `${image.repository.name}@${digest}`)
  })

  test('gives the engine the credentials, and says when they are missing', async () => {
    const credentials = { username: 'ada', password: 'pw' }
    const locked = await startRegistry({ auth: { user: credentials.username, password: credentials.password } })
    const id = await imageOf('healthy')
    try {
      await expect(runtime.push(id, repository(locked.host), 'x', never)).rejects.toMatchObject({
        code: 'registry-denied',
      })
      const known = createRuntime(api, { registry: engineAuth({ ...credentials, serveraddress: locked.host }) })
      const digest = await known.push(id, repository(locked.host), 'x', never)
      expect(digest).toMatch(/^sha256:/)
    } finally {
      await locked.stop()
    }
  })

  test('tries again when the registry has a bad moment, and not when it says no', async () => {
    const proxy = await startFaultProxy(registry.url)
    const id = await imageOf('healthy')
    try {
      proxy.faults.push({ match: matching('PUT', /manifests/), status: 503 })
      const digest = await runtime.push(id, repository(proxy.host, 'shaky'), 'x', never)
      expect(await remoteDigest(registry.host, 'shaky', 'x')).toBe(digest)
      expect(proxy.requests.filter(({ method }) => method === 'PUT').map(({ status }) => status)).toContain(503)
      proxy.faults.push({ match: matching('PUT', /manifests/), status: 403, times: Infinity })
      const since = Date.now()
      await expect(runtime.push(id, repository(proxy.host, 'shaky'), 'y', never)).rejects.toMatchObject({
        code: 'registry-denied',
      })
      expect(Date.now() - since).toBeLessThan(3000)
    } finally {
      await proxy.stop()
    }
  })

  async function expectServing(id: string): Promise<void> {
    if ((await fetchIn(id, 'http://127.0.0.1:8080/version')) !== 0) throw new Error('not serving')
  }

  async function fetchIn(id: string, url: string): Promise<number> {
    return (await runtime.exec(id, ['/bin/wget', '-q', '-O', '-', url], never)).exitCode
  }
})

async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (tries > 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
