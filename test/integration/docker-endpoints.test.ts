import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { connect as netConnect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import path from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { connect } from '../../src/adapters/docker/connection.ts'
import { createEngineBuilder } from '../../src/adapters/docker/engine-builder.ts'
import type { EngineApi } from '../../src/ports.ts'
import { buildRequest } from '../fakes/build-request.ts'
import { makeApp } from '../harness/images.ts'
import { describeWith, need } from '../harness/lab.ts'
import { selfSigned } from '../harness/registry.ts'
import { tempDir } from '../harness/temp.ts'
import { key, never, recorder, removeImage } from './docker-support.ts'

const servers: Server[] = []
const apis: EngineApi[] = []
afterEach(() => {
  for (const api of apis.splice(0)) api.close()
  for (const server of servers.splice(0)) server.close()
})

function track(api: EngineApi): EngineApi {
  apis.push(api)
  return api
}

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** Carries bytes between a client and the lab's engine. */
function carry(client: Socket): void {
  const engine = netConnect(need('docker').DOCKER_HOST.replace('unix://', ''))
  client.pipe(engine).pipe(client)
  for (const socket of [client, engine]) socket.on('error', () => undefined)
  client.on('close', () => engine.destroy())
}

async function answers(api: EngineApi): Promise<void> {
  const answer = await api.request('GET', '/version')
  expect(answer.status).toBe(200)
  expect(answer.json()).toMatchObject({ ApiVersion: expect.any(String) as unknown })
  const { body } = await api.stream('GET', '/containers/json', { query: { all: true } })
  let size = 0
  for await (const chunk of body) size += chunk.length
  expect(size).toBeGreaterThan(0)
}

/** BuildKit asks back over a connection that leaves HTTP behind. */
async function builds(api: EngineApi): Promise<void> {
  const app = makeApp('healthy')
  const builder = createEngineBuilder(api, { reporter: recorder(), env: {}, apiVersion: await api.version() })
  const built = await builder.build(buildRequest(app.dir, { labels: { 'docker-it': key } }), { signal: never })
  if (built.where !== 'engine') throw new Error('not in the engine')
  await removeImage(api, built.imageId)
  app.remove()
}

describeWith('docker')('ways to an engine', () => {
  test('tcp, plain; connections are kept', async () => {
    let connections = 0
    const port = await listen(
      createServer((socket) => {
        connections++
        carry(socket)
      }),
    )
    const api = track(await connect({ host: `tcp://127.0.0.1:${String(port)}` }, {}))
    for (let round = 0; round < 5; round++) await api.request('GET', '/version')
    expect(connections).toBe(1)
  })

  test('tcp with TLS and a client certificate', async () => {
    const folder = tempDir('tls')
    const { cert, key } = selfSigned(folder)
    writeFileSync(path.join(folder, 'ca.pem'), readFileSync(cert))
    const files = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(cert) }
    const port = await listen(createTlsServer({ ...files, requestCert: true, rejectUnauthorized: true }, carry))
    const host = `tcp://127.0.0.1:${String(port)}`
    const api = track(await connect({ host, certPath: folder }, {}))
    await answers(api)
    await builds(api)

    const strange = tempDir('tls')
    selfSigned(strange)
    writeFileSync(path.join(strange, 'ca.pem'), readFileSync(path.join(strange, 'cert.pem')))
    const wary = track(await connect({ host, certPath: strange, unreachable: 'target-unreachable' }, {}))
    await expect(wary.version()).rejects.toMatchObject({
      code: 'target-unreachable',
      what: expect.stringMatching(/certificate|self.signed/i) as unknown,
    })
  })

  // The client's own `dial-stdio`, as a context over ssh uses it; only the way to the other machine is not there.
  function clientFolder(): { env: Record<string, string>; calls: () => string[] } {
    const folder = tempDir('client')
    const log = path.join(folder, 'calls')
    const client = execFileSync('/bin/sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).trim()
    const script = `#!/bin/sh\necho "$@" >>${log}\nexec ${client} -H ${need('docker').DOCKER_HOST} system dial-stdio\n`
    writeFileSync(path.join(folder, 'docker'), script, { mode: 0o755 })
    const meta = path.join(folder, 'contexts/meta', createHash('sha256').update('far').digest('hex'))
    mkdirSync(meta, { recursive: true })
    writeFileSync(path.join(meta, 'meta.json'), '{"Name":"far","Endpoints":{"docker":{"Host":"ssh://ops@far"}}}')
    const env = {
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      DOCKER_CONFIG: folder,
      DOCKER_HOST: 'tcp://127.0.0.1:1',
    }
    return { env, calls: () => readFileSync(log, 'utf8').trim().split('\n') }
  }

  test('a context over ssh: one child for all requests, one more for a stream', async () => {
    const { env, calls } = clientFolder()
    const api = track(await connect({ context: 'far' }, env))
    for (let round = 0; round < 5; round++) await api.request('GET', '/version')
    expect(calls()).toEqual(['--context far system dial-stdio'])
    await answers(api)
    expect(calls()).toHaveLength(2)
    await builds(api)
  })

  test('many requests at once share a few children', async () => {
    const { env, calls } = clientFolder()
    const api = track(await connect({ host: 'ssh://ops@far' }, env))
    const all = await Promise.all(Array.from({ length: 30 }, () => api.request('GET', '/version')))
    expect(all.every(({ status }) => status === 200)).toBe(true)
    expect(calls().length).toBeLessThanOrEqual(6)
    expect(calls()[0]).toBe('-H ssh://ops@far system dial-stdio')
  })

  test('a child that fails tells why', async () => {
    const folder = tempDir('client')
    const script = '#!/bin/sh\necho "ssh: connect to host far port 22: No route to host" >&2\nexit 255\n'
    writeFileSync(path.join(folder, 'docker'), script, { mode: 0o755 })
    const api = track(await connect({ host: 'ssh://ops@far', unreachable: 'target-unreachable' }, { PATH: folder }))
    await expect(api.version()).rejects.toMatchObject({
      code: 'target-unreachable',
      what: expect.stringContaining('No route to host') as unknown,
    })
  })
})

test.each([
  ['no socket', 'unix:///nowhere/docker.sock', /no such socket/],
  ['nothing listens', 'tcp://127.0.0.1:1', /nothing listens/],
])('unreachable: %s', async (_what, host, problem) => {
  const api = track(await connect({ host }, {}))
  await expect(api.request('GET', '/info')).rejects.toMatchObject({
    code: 'engine-unreachable',
    what: expect.stringMatching(problem) as unknown,
    fix: expect.stringContaining('DOCKER_HOST') as unknown,
  })
})

test.each(['macOS', 'Windows'])('unreachable on GitHub’s %s runner: what works there', async (runner) => {
  const api = track(await connect({ host: 'unix:///nowhere/docker.sock' }, { RUNNER_OS: runner }))
  const fix = expect.stringMatching(`${runner} runners have no Docker engine.*ubuntu-latest.*by its digest`) as unknown
  await expect(api.request('GET', '/info')).rejects.toMatchObject({ code: 'engine-unreachable', fix })
  const target = track(
    await connect({ host: 'tcp://127.0.0.1:1', unreachable: 'target-unreachable' }, { RUNNER_OS: runner }),
  )
  const own = expect.stringContaining('Check docker-host') as unknown
  await expect(target.request('GET', '/info')).rejects.toMatchObject({ fix: own })
})

/** A server that says what an engine would not. */
async function fake(handler: http.RequestListener): Promise<EngineApi> {
  const server = http.createServer(handler)
  const port = await listen(server)
  return track(await connect({ host: `tcp://127.0.0.1:${String(port)}` }, {}))
}

test('something else that answers is not an engine', async () => {
  const api = await fake((_request, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'))
  await expect(api.request('GET', '/info')).rejects.toMatchObject({ code: 'engine-unreachable' })
})

test.each([
  ['1.41', '/v1.41/info'],
  ['1.99', '/v1.51/info'],
])('speaks the newest version that both know: %s', async (theirs, path) => {
  const asked: string[] = []
  const api = await fake((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(200, { 'api-version': theirs }).end('{}')
  })
  await Promise.all([api.request('GET', '/info'), api.request('GET', '/info')])
  expect(asked).toEqual(['/_ping', path, path])
})

test('a kept connection that the engine closed meanwhile is replaced for what may be repeated', async () => {
  let kill = false
  const asked: string[] = []
  const api = await fake((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    if (kill) {
      kill = false
      request.socket.destroy()
      return
    }
    response.writeHead(200, { 'api-version': '1.41' }).end('{}')
  })
  await api.request('GET', '/info')
  kill = true
  expect((await api.request('GET', '/info')).status).toBe(200)
  kill = true
  await expect(api.request('POST', '/services/create', { body: {} })).rejects.toMatchObject({
    code: 'engine-unreachable',
  })
  expect(asked.filter((line) => line.includes('create'))).toHaveLength(1)
})

test('an abort is a cancellation, also in the middle of a body', async () => {
  const api = await fake((request, response) => {
    response.writeHead(200, { 'api-version': '1.41' })
    if (request.url === '/_ping') response.end('OK')
    else response.write('{"status":"pulling"}\n')
  })
  const abort = new AbortController()
  const { body } = await api.stream('POST', '/images/create', { signal: abort.signal })
  const read = async (): Promise<void> => {
    for await (const chunk of body) if (chunk.length > 0) abort.abort()
  }
  await expect(read()).rejects.toMatchObject({ code: 'cancelled' })
  await expect(api.request('GET', '/info', { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' })
  expect(never.aborted).toBe(false)
})
