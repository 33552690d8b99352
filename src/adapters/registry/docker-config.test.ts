import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../../../test/harness/temp.ts'
import { helperFor, readDockerConfig, storedSecret } from './docker-config.ts'

const pair = (user: string, password: string) => ({ auth: Buffer.from(`${user}:${password}`).toString('base64') })

describe('auths of a Docker configuration', () => {
  it('are found by whole host, in all the ways it is written', () => {
    for (const key of ['ghcr.io', 'https://ghcr.io', 'https://ghcr.io/v2/', 'GHCR.io']) {
      const found = storedSecret({ auths: { [key]: pair('me', 'a:b') } }, 'ghcr.io', 'acme/app')
      expect(found).toEqual({ kind: 'password', username: 'me', password: 'a:b' })
    }
  })

  it('are not found by a part of a host', () => {
    const auths = { io: pair('a', 'b'), 'my-ghcr.io': pair('a', 'b'), 'ghcr.io:443': pair('a', 'b') }
    expect(storedSecret({ auths }, 'ghcr.io', 'acme/app')).toBeUndefined()
  })

  it.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])(
    'know Docker Hub as %s',
    (key) => {
      const found = storedSecret({ auths: { [key]: pair('me', 'x') } }, 'registry-1.docker.io', 'library/nginx')
      expect(found).toMatchObject({ username: 'me' })
    },
  )

  it('prefer the longest path, as Podman writes them, and never a sibling’s', () => {
    const auths = {
      'quay.io': pair('host', 'x'),
      'quay.io/acme': pair('team', 'x'),
      'quay.io/acme/app': pair('repo', 'x'),
      'quay.io/acme/app2': pair('other', 'x'),
    }
    const user = (path: string) => storedSecret({ auths }, 'quay.io', path)
    expect(user('acme/app')).toMatchObject({ username: 'repo' })
    expect(user('acme/web')).toMatchObject({ username: 'team' })
    expect(user('acmes/web')).toMatchObject({ username: 'host' })
    expect(storedSecret({ auths: { 'quay.io/acme': pair('team', 'x') } }, 'quay.io', 'else/web')).toBeUndefined()
  })

  it('may hold tokens instead of passwords', () => {
    const auths = {
      'a.io': { ...pair('00000000-0000-0000-0000-000000000000', ''), identitytoken: 'refresh' },
      'b.io': { registrytoken: 'access' },
      'c.io': pair('<token>', 'refresh'),
      'd.io': { username: 'me', password: 'plain' },
    }
    const kinds = ['a.io', 'b.io', 'c.io', 'd.io'].map((host) => storedSecret({ auths }, host, 'x')?.kind)
    expect(kinds).toEqual(['identity', 'access', 'identity', 'password'])
  })

  it('are skipped where they say nothing: a helper keeps the secret', () => {
    expect(
      storedSecret({ auths: { 'ghcr.io': {}, 'https://ghcr.io': pair('me', 'x') } }, 'ghcr.io', 'a'),
    ).toMatchObject({
      username: 'me',
    })
    expect(storedSecret({ auths: { 'ghcr.io': { auth: 'bm9jb2xvbg==' } } }, 'ghcr.io', 'a')).toBeUndefined()
  })
})

describe('helpers', () => {
  it('of the host come before the common store', () => {
    const config = { credHelpers: { 'ghcr.io': 'own', 'gcr.io': 'gcloud' }, credsStore: 'desktop' }
    expect(helperFor(config, 'ghcr.io')).toEqual([
      { helper: 'own', server: 'ghcr.io' },
      { helper: 'desktop', server: 'ghcr.io' },
    ])
    expect(helperFor({ credsStore: 'desktop' }, 'registry-1.docker.io')).toEqual([
      { helper: 'desktop', server: 'https://index.docker.io/v1/' },
    ])
    expect(helperFor({}, 'ghcr.io')).toEqual([])
  })
})

describe('a configuration with odd entries', () => {
  const good = pair('me', 'secret')
  it.each([
    ['auth: null', { auths: { 'a.io': { auth: null }, 'ghcr.io': good } }],
    ['an entry that is null', { auths: { 'a.io': null, 'ghcr.io': good } }],
    ['an entry that is a text', { auths: { 'a.io': 'x', 'ghcr.io': good } }],
    ['numbers', { auths: { 'a.io': { auth: 1, password: 2 }, 'ghcr.io': good } }],
    ['null beside it', { auths: { 'ghcr.io': { ...good, identitytoken: null, registrytoken: null, username: null } } }],
    ['helpers that are null', { auths: { 'ghcr.io': good }, credHelpers: { 'a.io': null, 'ghcr.io': '' } }],
    ['no helpers, no store', { auths: { 'ghcr.io': good }, credHelpers: null, credsStore: null }],
    ['helpers that are a list', { auths: { 'ghcr.io': good }, credHelpers: [1], credsStore: false }],
  ])('%s: the good one is used', async (_, content) => {
    const file = join(tempDir('docker-config'), 'config.json')
    writeFileSync(file, JSON.stringify(content))
    const broken: string[] = []
    const config = await readDockerConfig(file, (why) => broken.push(why))
    expect(broken).toEqual([])
    expect(config && storedSecret(config, 'ghcr.io', 'acme/app')).toMatchObject({ username: 'me', password: 'secret' })
    expect(config && helperFor(config, 'ghcr.io')).toEqual([])
  })
})
