import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { resolveEndpoint } from './endpoint.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'endpoint-'))
})
afterEach(() => rmSync(home, { recursive: true }))

function context(name: string, host: string, tls = false): void {
  const id = createHash('sha256').update(name).digest('hex')
  const meta = join(home, 'contexts/meta', id)
  mkdirSync(meta, { recursive: true })
  writeFileSync(
    join(meta, 'meta.json'),
    JSON.stringify({ Name: name, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }),
  )
  if (!tls) return
  const files = join(home, 'contexts/tls', id, 'docker')
  mkdirSync(files, { recursive: true })
  for (const file of ['ca', 'cert', 'key']) writeFileSync(join(files, `${file}.pem`), file)
}

const resolve = (env: Record<string, string> = {}, options = {}): ReturnType<typeof resolveEndpoint> =>
  resolveEndpoint(options, { DOCKER_CONFIG: home, ...env })

describe("the runner's own engine, in the order of Docker's client", () => {
  test('the socket, when nothing is said', async () => {
    expect(await resolve()).toEqual({
      kind: 'unix',
      name: 'unix:///var/run/docker.sock',
      path: '/var/run/docker.sock',
    })
  })

  test('DOCKER_HOST over DOCKER_CONTEXT over the current context', async () => {
    context('laptop', 'unix:///laptop.sock')
    context('ci', 'unix:///ci.sock')
    writeFileSync(join(home, 'config.json'), JSON.stringify({ currentContext: 'laptop' }))
    expect(await resolve()).toMatchObject({ path: '/laptop.sock' })
    expect(await resolve({ DOCKER_CONTEXT: 'ci' })).toMatchObject({ path: '/ci.sock' })
    expect(await resolve({ DOCKER_CONTEXT: 'ci', DOCKER_HOST: 'unix:///host.sock' })).toMatchObject({
      path: '/host.sock',
    })
    expect(await resolve({ DOCKER_CONTEXT: 'default' })).toMatchObject({ path: '/var/run/docker.sock' })
  })

  test('TLS by DOCKER_TLS_VERIFY and DOCKER_CERT_PATH', async () => {
    for (const file of ['ca', 'cert', 'key']) writeFileSync(join(home, `${file}.pem`), file)
    const env = { DOCKER_HOST: 'tcp://10.0.0.1', DOCKER_CERT_PATH: home }
    expect(await resolve(env)).toEqual({ kind: 'tcp', name: 'tcp://10.0.0.1', host: '10.0.0.1', port: 2375 })
    const secured = await resolve({ ...env, DOCKER_TLS_VERIFY: '1' })
    expect(secured).toMatchObject({ port: 2376, tls: { verify: true, ca: Buffer.from('ca') } })
  })
})

describe("a target's own endpoint", () => {
  test('ignores the environment', async () => {
    expect(await resolve({ DOCKER_HOST: 'unix:///host.sock' }, { host: 'tcp://[::1]:99' })).toEqual({
      kind: 'tcp',
      name: 'tcp://[::1]:99',
      host: '::1',
      port: 99,
    })
  })

  test('a context with TLS', async () => {
    context('prod', 'tcp://prod:2376', true)
    expect(await resolve({}, { context: 'prod' })).toMatchObject({ host: 'prod', tls: { key: Buffer.from('key') } })
  })

  test('ssh goes through the client, a context by its name', async () => {
    context('far', 'ssh://ops@far')
    expect(await resolve({}, { host: 'ssh://ops@far' })).toMatchObject({
      kind: 'command',
      argv: ['docker', '-H', 'ssh://ops@far', 'system', 'dial-stdio'],
    })
    expect(await resolve({}, { context: 'far' })).toMatchObject({
      argv: ['docker', '--context', 'far', 'system', 'dial-stdio'],
    })
  })

  test('a password never becomes part of the name', async () => {
    expect((await resolve({}, { host: 'ssh://ops:secret@far' })).name).toBe('ssh://ops@far')
  })

  test.each([
    [{ host: 'npipe:////./pipe/docker_engine' }, /named pipes/],
    [{ host: 'somewhere' }, /not an address/],
    [{ context: 'nowhere' }, /"nowhere" does not exist/],
    [{ host: 'tcp://x', certPath: '/nowhere' }, /no ca\.pem/],
  ])('%o is refused', async (options, problem) => {
    await expect(resolve({}, options)).rejects.toMatchObject({
      code: 'invalid-input',
      what: expect.stringMatching(problem) as unknown,
    })
  })
})
