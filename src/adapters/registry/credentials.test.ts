import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseRepository } from '../../domain/image.ts'
import { createCredentialChain, engineAuthOf } from './credentials.ts'

const pair = (user: string, password: string) => ({ auth: Buffer.from(`${user}:${password}`).toString('base64') })
const repository = (name: string) => parseRepository(name)!

let home: string
let secrets: string[]
let warnings: string[]
let now: number

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'imd-credentials-'))
  secrets = []
  warnings = []
  now = 0
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function write(path: string, content: unknown, mode = 0o600): void {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  chmodSync(file, mode)
}

/** A credential helper that knows one server, and counts how often it is asked. */
function helper(name: string, server: string, answer: string): void {
  const script = `#!/bin/sh
[ "$1" = get ] || exit 9
read asked
echo "$asked" >> "${home}/asked"
if [ "$asked" = '${server}' ]; then echo '${answer}'; else echo 'credentials not found in native keychain'; exit 1; fi
`
  write(`bin/docker-credential-${name}`, script, 0o755)
}

function chain(env: Record<string, string> = {}, more: { githubToken?: string; actor?: string } = {}) {
  return createCredentialChain({
    env: { HOME: home, PATH: `${home}/bin:/usr/bin:/bin`, ...env },
    clock: { now: () => now, sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
    onWarning: (text) => warnings.push(text),
    onSecret: (value) => secrets.push(value),
    ...more,
  })
}

describe('the credential chain', () => {
  it('reads ~/.docker/config.json, or the folder that DOCKER_CONFIG names', async () => {
    write('.docker/config.json', { auths: { 'ghcr.io': pair('home', 'h') } })
    write('other/config.json', { auths: { 'ghcr.io': pair('other', 'o') } })
    expect(await chain().find(repository('ghcr.io/acme/app'), 'pull')).toMatchObject({ username: 'home' })
    const found = await chain({ DOCKER_CONFIG: join(home, 'other') }).find(repository('ghcr.io/acme/app'), 'pull')
    expect(found).toEqual({
      kind: 'password',
      username: 'other',
      password: 'o',
      source: join(home, 'other', 'config.json'),
    })
  })

  it('tells every secret before it is used, encoded pair included', async () => {
    write('.docker/config.json', { auths: { 'ghcr.io': pair('me', 'topsecret') } })
    await chain().find(repository('ghcr.io/acme/app'), 'pull')
    expect(secrets).toEqual(['topsecret', Buffer.from('me:topsecret').toString('base64')])
  })

  it('asks the host’s helper, then the store, then the file', async () => {
    helper('own', 'ghcr.io', '{"ServerURL":"ghcr.io","Username":"me","Secret":"fromhelper"}')
    helper('store', 'https://index.docker.io/v1/', '{"Username":"<token>","Secret":"identity"}')
    write('.docker/config.json', {
      auths: { 'quay.io': pair('file', 'f') },
      credHelpers: { 'ghcr.io': 'own' },
      credsStore: 'store',
    })
    const all = chain()
    expect(await all.find(repository('ghcr.io/acme/app'), 'pull')).toMatchObject({
      username: 'me',
      password: 'fromhelper',
      source: 'docker-credential-own',
    })
    expect(await all.find(repository('acme/app'), 'pull')).toMatchObject({ kind: 'identity', token: 'identity' })
    expect(await all.find(repository('quay.io/acme/app'), 'pull')).toMatchObject({ username: 'file' })
    expect(warnings).toEqual([])
  })

  it('asks a helper again after a while: its secrets may be short-lived', async () => {
    helper('own', 'ghcr.io', '{"Username":"me","Secret":"s"}')
    write('.docker/config.json', { credHelpers: { 'ghcr.io': 'own' } })
    const { readFileSync } = await import('node:fs')
    const all = chain()
    const asked = () => readFileSync(join(home, 'asked'), 'utf8').trim().split('\n').length
    await all.find(repository('ghcr.io/acme/app'), 'pull')
    await all.find(repository('ghcr.io/acme/app'), 'pull')
    expect(asked()).toBe(1)
    now += 180_000
    await all.find(repository('ghcr.io/acme/app'), 'pull')
    expect(asked()).toBe(2)
  })

  it.each([
    ['never ends', 'sleep 60'],
    ['ignores every signal', 'trap "" TERM INT; while :; do sleep 1; done'],
    ['leaves a child that holds its output', 'setsid sleep 60 & wait'],
  ])('does not wait for a helper that %s once the run is cancelled', async (_what, body) => {
    write('bin/docker-credential-stuck', `#!/bin/sh\n${body}\n`, 0o755)
    write('.docker/config.json', { credHelpers: { 'ghcr.io': 'stuck' } })
    const stop = new AbortController()
    const found = createCredentialChain({
      env: { HOME: home, PATH: `${home}/bin:/usr/bin:/bin` },
      clock: { now: () => now, sleep: () => Promise.resolve() },
      signal: stop.signal,
      onWarning: (text) => warnings.push(text),
      onSecret: () => undefined,
    }).find(repository('ghcr.io/acme/app'), 'pull')
    setTimeout(() => stop.abort(), 200)
    const started = performance.now()
    await expect(found).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it.each([
    ['missing', 'absent', 'ENOENT'],
    ['failing', '../../etc/passwd', 'not a name of a credential helper'],
  ])('warns about a helper that is %s and goes on', async (_what, name, said) => {
    write('.docker/config.json', { credHelpers: { 'ghcr.io': name } })
    write('.config/containers/auth.json', { auths: { 'ghcr.io': pair('podman', 'p') } })
    expect(await chain().find(repository('ghcr.io/acme/app'), 'pull')).toMatchObject({ username: 'podman' })
    expect(warnings.join()).toContain(said)
  })

  it('warns about a file that is broken, once', async () => {
    write('.docker/config.json', '{ not json')
    const all = chain()
    expect(await all.find(repository('ghcr.io/acme/app'), 'pull')).toBeUndefined()
    expect(await all.find(repository('ghcr.io/acme/app'), 'pull,push')).toBeUndefined()
    expect(warnings).toHaveLength(1)
  })

  it('reads Podman’s files and DOCKER_AUTH_CONFIG', async () => {
    write('.docker/config.json', { auths: { 'a.io': pair('machine', 'x') } })
    write('a.json', { auths: { 'a.io': pair('file', 'x') } })
    write('run/containers/auth.json', { auths: { 'b.io': pair('runtime', 'x') } })
    const all = chain({
      REGISTRY_AUTH_FILE: join(home, 'a.json'),
      XDG_RUNTIME_DIR: join(home, 'run'),
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'c.io': pair('variable', 'x') } }),
    })
    expect(await all.find(repository('a.io/x'), 'pull')).toMatchObject({ username: 'file' })
    expect(await all.find(repository('b.io/x'), 'pull')).toMatchObject({ username: 'runtime' })
    expect(await all.find(repository('c.io/x'), 'pull')).toMatchObject({ source: 'DOCKER_AUTH_CONFIG' })
  })

  it('reads the logins that docker/login-action scopes for Buildx, the most specific first', async () => {
    write('.docker/config.json', { auths: { 'ghcr.io': pair('docker', 'x') } })
    const scoped = (user: string) => ({ auths: { 'ghcr.io': pair(user, 'x') } })
    write('.docker/buildx/config/ghcr.io/config.json', scoped('host'))
    write('.docker/buildx/config/ghcr.io/acme/app@push/config.json', scoped('push'))
    write('.docker/buildx/config/ghcr.io/acme/app/config.json', scoped('repo'))
    write('.docker/buildx/config/quay.io@push/config.json', { auths: { 'quay.io': pair('quaypush', 'x') } })
    const all = chain()
    const user = async (name: string, actions: 'pull' | 'pull,push') =>
      (await all.find(repository(name), actions)) as { username: string } | undefined
    expect((await user('ghcr.io/acme/app', 'pull,push'))?.username).toBe('push')
    expect((await user('ghcr.io/acme/app', 'pull'))?.username).toBe('repo')
    expect((await user('ghcr.io/acme/other', 'pull'))?.username).toBe('host')
    // For reading, a login for pushing is better than none.
    expect((await user('quay.io/acme/app', 'pull'))?.username).toBe('quaypush')
    expect(await user('gcr.io/acme/app', 'pull')).toBeUndefined()
  })

  it('finds Buildx’ folder by BUILDX_CONFIG', async () => {
    write('bx/config/registry-1.docker.io/acme/app@push/config.json', {
      auths: { 'https://index.docker.io/v1/': pair('hub', 'x') },
    })
    const found = await chain({ BUILDX_CONFIG: join(home, 'bx') }).find(repository('acme/app'), 'pull,push')
    expect(found).toMatchObject({ username: 'hub' })
  })

  it('takes the GitHub token for ghcr.io alone, and only when nothing is stored', async () => {
    const github = { githubToken: 'ghs_x', actor: 'octocat' }
    expect(await chain({}, github).find(repository('ghcr.io/acme/app'), 'pull')).toEqual({
      kind: 'password',
      username: 'octocat',
      password: 'ghs_x',
      source: 'github-token',
    })
    expect(await chain({}, { githubToken: 'ghs_x' }).find(repository('ghcr.io/a'), 'pull')).toMatchObject({
      username: 'x-access-token',
    })
    expect(await chain({}, github).find(repository('ghcr.io.evil.example/acme/app'), 'pull')).toBeUndefined()
    write('.docker/config.json', { auths: { 'ghcr.io': pair('stored', 'x') } })
    expect(await chain({}, github).find(repository('ghcr.io/acme/app'), 'pull')).toMatchObject({ username: 'stored' })
  })
})

describe('X-Registry-Auth', () => {
  const decode = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString())

  it('carries what the engine needs, in padded base64url', () => {
    const password = { kind: 'password', username: 'me', password: 'ÿ?>ÿ', source: 's' } as const
    const value = engineAuthOf(password, repository('ghcr.io/acme/app'))
    expect(value).toMatch(/^[\w-]+={0,2}$/)
    expect(value.length % 4).toBe(0)
    expect(decode(value)).toEqual({ username: 'me', password: 'ÿ?>ÿ', serveraddress: 'ghcr.io' })
    const identity = { kind: 'identity', username: '<token>', token: 't', source: 's' } as const
    expect(decode(engineAuthOf(identity, repository('acme/app')))).toEqual({
      username: '<token>',
      identitytoken: 't',
      serveraddress: 'https://index.docker.io/v1/',
    })
    expect(decode(engineAuthOf(undefined, repository('acme/app')))).toEqual({})
  })
})
