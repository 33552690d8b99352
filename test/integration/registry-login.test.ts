// Logins against real servers: distribution with a token server, a credential helper, a proxy that tunnels.
import { execFileSync, spawn } from 'node:child_process'
import { createPrivateKey, sign } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { describeWith, need } from '../harness/lab.ts'
import { selfSigned, startRegistry } from '../harness/registry.ts'
import { eventually, tempDir } from '../harness/temp.ts'
import { client, putImage, readTag, repositoryAt, type Place, type Seeded } from './registry-content.ts'

interface Asked {
  method: string
  scopes: string[]
  authorization: string | undefined
  form: URLSearchParams
}

interface TokenServer {
  url: string
  certificate: string
  asked: Asked[]
  /** Seconds that the next tokens live. */
  life: number
  /** A token for bare requests. */
  issue: (scopes: string[]) => string
  stop: () => void
}

const USERS: Record<string, { password: string; may: string[] }> = {
  writer: { password: 'write', may: ['pull', 'push', 'delete'] },
  reader: { password: 'read', may: ['pull'] },
}
const REFRESH = 'a-refresh-token'

/** Grants each user what it may of what it asks, anybody nothing; knows OAuth2 for one refresh token. */
async function startTokenServer(): Promise<TokenServer> {
  const { cert, key } = selfSigned(tempDir('tokens'))
  const certificate = readFileSync(cert, 'utf8')
  const privateKey = createPrivateKey(readFileSync(key))
  const der = certificate.replace(/-----[^-]+-----|\s/g, '')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = (scopes: string[], may: string[], life: number) => {
    const now = Math.floor(Date.now() / 1000)
    const access = scopes.map((scope) => {
      const [type = '', name = '', actions = ''] = scope.split(':')
      return { type, name, actions: actions.split(',').filter((action) => may.includes(action)) }
    })
    const claims = {
      iss: 'lab',
      sub: 'x',
      aud: 'lab',
      exp: now + life,
      nbf: now - 60,
      iat: now,
      jti: String(Math.random()),
      access,
    }
    const text = `${encode({ alg: 'ES256', typ: 'JWT', x5c: [der] })}.${encode(claims)}`
    return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }
  const made: TokenServer = {
    url: '',
    certificate: cert,
    asked: [],
    life: 300,
    issue: (scopes) => token(scopes, ['pull', 'push'], 300),
    stop: () => server.close(),
  }
  const server = http.createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      const query = new URL(request.url ?? '/', 'http://x').searchParams
      const { authorization } = request.headers
      const scopes = request.method === 'POST' ? (form.get('scope') ?? '').split(' ') : query.getAll('scope')
      made.asked.push({ method: request.method ?? '', scopes, authorization, form })
      const [user = '', password = ''] = Buffer.from(authorization?.slice(6) ?? '', 'base64')
        .toString()
        .split(':')
      const known = USERS[user]
      const may = form.get('refresh_token') === REFRESH ? ['pull', 'push'] : (known?.may ?? [])
      if (authorization !== undefined && known?.password !== password) {
        response.writeHead(401).end('{"errors":[{"code":"UNAUTHORIZED","message":"wrong password"}]}')
        return
      }
      response.end(JSON.stringify({ token: token(scopes, may, made.life), expires_in: 300 }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  made.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/token`
  return made
}

async function startTokenRegistry(tokens: TokenServer): Promise<{ host: string; url: string; stop: () => void }> {
  const dir = tempDir('token-registry')
  const file = path.join(dir, 'config.yml')
  writeFileSync(
    file,
    stringify({
      version: '0.1',
      storage: { filesystem: { rootdirectory: path.join(dir, 'storage') } },
      http: { addr: '127.0.0.1:0', secret: 'lab' },
      auth: { token: { realm: tokens.url, service: 'lab', issuer: 'lab', rootcertbundle: tokens.certificate } },
    }),
  )
  const child = spawn(need('registry').REGISTRY, ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  process.once('exit', () => child.kill('SIGKILL'))
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const host = await eventually('the registry listens', () => /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1])
  return { host, url: `http://${host}`, stop: () => child.kill('SIGKILL') }
}

describeWith('registry')('a registry with a token server', () => {
  const REPO = 'acme/app'
  let tokens: TokenServer
  let server: { host: string; url: string; stop: () => void }
  let place: Place
  let image: Seeded
  beforeAll(async () => {
    tokens = await startTokenServer()
    server = await startTokenRegistry(tokens)
    place = { url: server.url, bearer: tokens.issue([`repository:${REPO}:pull,push`]) }
    image = await putImage(place, REPO, { tag: 'seed' })
  })
  afterAll(() => {
    server.stop()
    tokens.stop()
  })
  beforeEach(() => {
    tokens.asked.length = 0
    tokens.life = 300
  })
  const as = (user: string, password = USERS[user]?.password ?? '') => client(server, { auth: { user, password } })

  it('promotes with one token, bought with our scope first', async () => {
    const { registry, secrets } = as('writer')
    const repository = repositoryAt(server.host, REPO)
    expect(await registry.promote(repository, image.digest, 'a', 'may-move')).toMatchObject({ changed: true })
    expect(await registry.promote(repository, image.digest, 'b', 'may-move')).toMatchObject({ changed: true })
    expect(tokens.asked).toHaveLength(1)
    expect(tokens.asked[0]?.scopes[0]).toBe(`repository:${REPO}:pull,push`)
    expect((await readTag(place, REPO, 'b'))?.digest).toBe(image.digest)
    expect(secrets.some((secret) => secret.split('.').length === 3)).toBe(true)
  })

  it('buys a new token when the registry does not take the old one any more', async () => {
    // Distribution gives tokens a minute of grace after their end.
    tokens.life = -70
    const { registry } = as('writer')
    const repository = repositoryAt(server.host, REPO)
    expect(await registry.resolve(repository, 'seed')).toMatchObject({
      is: 'unknown',
      why: { code: 'registry-denied' },
    })
    tokens.life = 300
    expect(await registry.resolve(repository, 'seed')).toMatchObject({ is: 'present' })
  })

  it('knows by the token alone who may push', async () => {
    const repository = repositoryAt(server.host, REPO)
    expect(await as('writer').registry.canPush(repository)).toEqual({ is: 'present', value: true })
    const denied = await as('reader').registry.canPush(repository)
    expect(denied).toMatchObject({
      is: 'unknown',
      why: { code: 'registry-denied', what: expect.stringContaining('as reader') as string },
    })
  })

  it('lets a reader read and not write', async () => {
    const { registry } = as('reader')
    const repository = repositoryAt(server.host, REPO)
    expect(await registry.resolve(repository, 'seed')).toMatchObject({ value: { digest: image.digest } })
    expect(await registry.resolve(repository, 'none')).toEqual({ is: 'absent' })
    await expect(registry.promote(repository, image.digest, 'denied', 'may-move')).rejects.toMatchObject({
      code: 'registry-denied',
    })
    expect(await readTag(place, REPO, 'denied')).toBeUndefined()
  })

  it('says that nobody, or a wrong password, is refused', async () => {
    const repository = repositoryAt(server.host, REPO)
    expect(await client(server).registry.resolve(repository, 'seed')).toMatchObject({
      is: 'unknown',
      why: { code: 'registry-denied', fix: expect.stringContaining('Log in') as string },
    })
    expect(await as('writer', 'wrong').registry.resolve(repository, 'seed')).toMatchObject({
      is: 'unknown',
      why: { code: 'registry-denied', evidence: [expect.stringContaining('wrong password') as string] },
    })
  })

  it('exchanges an identity token', async () => {
    const auth = Buffer.from('<token>:').toString('base64')
    const auths = { [server.host]: { auth, identitytoken: REFRESH } }
    const { registry } = client(server, { env: { DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) } })
    const repository = repositoryAt(server.host, REPO)
    expect(await registry.promote(repository, image.digest, 'by-identity', 'may-move')).toMatchObject({ changed: true })
    expect(tokens.asked.map(({ method }) => method)).toEqual(['POST'])
  })

  it('takes the password from a credential helper', async () => {
    const bin = tempDir('helper')
    const helper = path.join(bin, 'docker-credential-lab')
    writeFileSync(helper, `#!/bin/sh\nread server\necho "{\\"Username\\":\\"writer\\",\\"Secret\\":\\"write\\"}"\n`)
    chmodSync(helper, 0o755)
    const config = tempDir('docker')
    writeFileSync(path.join(config, 'config.json'), JSON.stringify({ credHelpers: { [server.host]: 'lab' } }))
    const made = client(server, { env: { DOCKER_CONFIG: config, PATH: `${bin}:/usr/bin:/bin` } })
    expect(await made.registry.canPush(repositoryAt(server.host, REPO))).toMatchObject({ is: 'present' })
    expect(made.secrets).toContain('write')
  })

  it('takes the login that docker/login-action scoped to this repository for pushing', async () => {
    const config = tempDir('docker')
    const scoped = path.join(config, 'buildx', 'config', server.host, `${REPO}@push`)
    mkdirSync(scoped, { recursive: true })
    const pair = (user: string) => ({ auth: Buffer.from(`${user}:${USERS[user]?.password ?? ''}`).toString('base64') })
    writeFileSync(path.join(scoped, 'config.json'), JSON.stringify({ auths: { [server.host]: pair('writer') } }))
    writeFileSync(path.join(config, 'config.json'), JSON.stringify({ auths: { [server.host]: pair('reader') } }))
    const { registry } = client(server, { env: { DOCKER_CONFIG: config } })
    const repository = repositoryAt(server.host, REPO)
    expect(await registry.promote(repository, image.digest, 'scoped', 'may-move')).toMatchObject({ changed: true })
    expect(await registry.resolve(repository, 'scoped')).toMatchObject({ is: 'present' })
    const users = tokens.asked.map(({ authorization }) =>
      Buffer.from(authorization?.slice(6) ?? '', 'base64').toString(),
    )
    expect(users).toEqual(['writer:write', 'reader:read'])
  })
})

describeWith('registry')('a proxy on the way', () => {
  it('tunnels to a registry that only it can reach, TLS end to end', async () => {
    const auth = { user: 'robot', password: 'secret' }
    const server = await startRegistry({ auth })
    const image = await putImage({ url: server.url, auth }, 'acme/app', { tag: 'seed' })
    const front = await startTlsFront(server.url)
    const connects: string[] = []
    const proxy = http.createServer().on('connect', (request, socket) => {
      connects.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`)
      const onward = connect(front.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(socket).pipe(onward)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    const host = 'registry.test:8443'
    const made = client(
      { host, ca: front.ca },
      { auth, env: { HTTPS_PROXY: `http://user:pw@127.0.0.1:${String(port)}`, NO_PROXY: 'other.test' } },
    )
    const repository = repositoryAt(host)
    expect(await made.registry.resolve(repository, 'seed')).toMatchObject({ value: { digest: image.digest } })
    expect(await made.registry.promote(repository, image.digest, 'tunnelled', 'may-move')).toMatchObject({
      changed: true,
    })
    const login = `Basic ${Buffer.from('user:pw').toString('base64')}`
    expect(new Set(connects)).toEqual(new Set([`registry.test:8443 ${login}`]))
    // Kept alive: a tunnel for what runs side by side, not one for every request.
    expect(connects.length).toBeLessThanOrEqual(2)
    proxy.closeAllConnections()
    proxy.close()
    front.stop()
    await server.stop()
  })

  it('is named when it refuses', async () => {
    const proxy = http.createServer().on('connect', (_request, socket) => {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    const made = client({ host: 'registry.test' }, { env: { HTTPS_PROXY: `http://127.0.0.1:${String(port)}` } })
    expect(await made.registry.resolve(repositoryAt('registry.test'), 'x')).toMatchObject({
      is: 'unknown',
      why: { code: 'registry-unreachable', evidence: [expect.stringContaining('answered 407') as string] },
    })
    proxy.close()
  })
})

/** TLS for the name registry.test in front of a plain server. */
async function startTlsFront(upstream: string): Promise<{ port: number; ca: string; stop: () => void }> {
  const tls = await import('node:tls')
  const dir = tempDir('front')
  const [cert, key] = [path.join(dir, 'cert.pem'), path.join(dir, 'key.pem')]
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=front', '-addext', 'subjectAltName=DNS:registry.test', '-keyout', key, '-out', cert]
  execFileSync('openssl', [...request, ...names], { stdio: 'ignore' })
  const behind = Number(new URL(upstream).port)
  const server = tls.createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => {
    const onward = connect(behind, '127.0.0.1')
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, ca: cert, stop: () => server.close() }
}
