import { describe, expect, it } from 'vitest'
import { parseRepository } from '../../domain/image.ts'
import type { Credentials } from './docker-config.ts'
import { fault } from './fault.ts'
import type { Actions } from './scoped.ts'
import type { Call } from './session.ts'
import { createSession } from './session.ts'
import type { Answer, Ask } from './wire.ts'

const HOST = 'registry.example'
const BEARER = {
  'www-authenticate': 'Bearer realm="https://auth.example/token",service="reg",scope="repository:acme/app:pull"',
}
const ME: Credentials = { kind: 'password', username: 'me', password: 'secret', source: 'a file' }
const BASIC = `Basic ${Buffer.from('me:secret').toString('base64')}`

interface Reaction {
  readonly status: number
  readonly headers?: Answer['headers']
  readonly body?: unknown
}

/** A session over a wire that answers by a function; `asked` is what went over it. */
function setting(react: (ask: Ask) => Reaction, found: Credentials | 'none' = ME, host = HOST) {
  const asked: Ask[] = []
  const secrets: string[] = []
  const warnings: string[] = []
  const time = { now: 0 }
  const wire = (ask: Ask): Promise<Answer> => {
    asked.push(ask)
    const { status, headers = {}, body } = react(ask)
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body))
    return Promise.resolve({ status, headers, body: bytes, url: ask.url, asked: `${ask.method} ${ask.url.href}` })
  }
  const session = createSession({
    wire,
    credentials: { find: () => Promise.resolve(found === 'none' ? undefined : found) },
    clock: {
      now: () => time.now,
      sleep: (ms) => {
        time.now += ms
        return Promise.resolve()
      },
    },
    signal: new AbortController().signal,
    random: () => 0.5,
    onWarning: (text) => warnings.push(text),
    onSecret: (value) => secrets.push(value),
  })
  const repository = parseRepository(`${host}/acme/app`)!
  const get = (path = '/v2/acme/app/manifests/x', actions: Actions = 'pull', method: Call['method'] = 'GET') =>
    session.call({ repository, actions, method, path })
  return { session, repository, get, asked, secrets, warnings, time }
}

const isToken = (ask: Ask) => ask.url.hostname === 'auth.example'
const bearer = (ask: Ask) => ask.headers['authorization']?.replace('Bearer ', '')

/** A registry with a token server whose n-th token is `t<n>`; `valid` says which tokens are let in. */
function tokenRegistry(valid: (token: string) => boolean, expires = 300) {
  let issued = 0
  return (ask: Ask): Reaction => {
    if (isToken(ask)) return { status: 200, body: { token: `t${String((issued += 1))}`, expires_in: expires } }
    const token = bearer(ask)
    return token !== undefined && valid(token) ? { status: 200 } : { status: 401, headers: BEARER }
  }
}

describe('logging in', () => {
  it('sends no credentials before the registry asks for them', async () => {
    const { get, asked } = setting(() => ({ status: 200 }))
    expect((await get()).status).toBe(200)
    expect(asked).toHaveLength(1)
    expect(asked[0]?.headers['authorization']).toBeUndefined()
  })

  it('buys a token with our scope first, tells it, and keeps it', async () => {
    const { get, asked, secrets } = setting(tokenRegistry(() => true))
    expect((await get('/v2/acme/app/manifests/x', 'pull,push')).status).toBe(200)
    expect((await get('/v2/acme/app/manifests/y', 'pull,push')).status).toBe(200)
    expect(asked.map((ask) => [ask.url.hostname, ask.headers['authorization']])).toEqual([
      [HOST, undefined],
      ['auth.example', BASIC],
      [HOST, 'Bearer t1'],
      [HOST, 'Bearer t1'],
    ])
    expect(asked[1]?.url.searchParams.getAll('scope')).toEqual(['repository:acme/app:pull,push'])
    expect(asked[1]?.url.searchParams.get('service')).toBe('reg')
    expect(secrets).toEqual(['t1'])
  })

  it('adds what the challenge asks beyond our scope', async () => {
    const wanted = { 'www-authenticate': 'Bearer realm="https://auth.example/t",scope="repository:acme/app:delete"' }
    const { get, asked } = setting((ask) =>
      isToken(ask)
        ? { status: 200, body: { access_token: 't' } }
        : bearer(ask)
          ? { status: 200 }
          : { status: 401, headers: wanted },
    )
    await get()
    expect(asked[1]?.url.searchParams.getAll('scope')).toEqual([
      'repository:acme/app:pull',
      'repository:acme/app:delete',
    ])
  })

  it('buys a new token before the old one expires', async () => {
    const { get, asked, time } = setting(tokenRegistry(() => true, 100))
    await get()
    time.now += 80_000
    await get()
    expect(asked.filter(isToken)).toHaveLength(1)
    time.now += 10_000
    await get()
    expect(asked.filter(isToken)).toHaveLength(2)
    expect(asked.at(-1)?.headers['authorization']).toBe('Bearer t2')
  })

  it('renews a token that the registry revoked, once', async () => {
    let revoked = false
    const { get, asked } = setting(tokenRegistry((token) => !revoked || token !== 't1'))
    await get()
    revoked = true
    expect((await get()).status).toBe(200)
    expect(asked.filter(isToken)).toHaveLength(2)
  })

  it('gives up on a registry that refuses every token', async () => {
    const { get, asked } = setting(tokenRegistry(() => false))
    const reply = await get()
    expect(reply.status).toBe(401)
    expect(reply.asker).toEqual({ host: HOST, as: 'as me (from a file)' })
    expect(asked).toHaveLength(3)
  })

  it('asks for an anonymous token when it has no credentials', async () => {
    const { get, asked } = setting(
      tokenRegistry(() => true),
      'none',
    )
    const reply = await get()
    expect([reply.status, reply.asker.as]).toEqual([200, 'without credentials'])
    expect(asked.filter(isToken).map((ask) => ask.headers['authorization'])).toEqual([undefined])
  })

  it('answers a basic challenge with the password, and does not repeat a refused one', async () => {
    const { get, asked } = setting((ask) =>
      ask.headers['authorization'] === BASIC
        ? { status: 200 }
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } },
    )
    expect((await get()).status).toBe(200)
    expect((await get()).status).toBe(200)
    expect(asked).toHaveLength(3)
    const refused = setting(() => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }))
    expect((await refused.get()).status).toBe(401)
    expect((await refused.get()).status).toBe(401)
    expect(refused.asked).toHaveLength(3)
  })

  it('exchanges an identity token by OAuth2', async () => {
    const identity: Credentials = { kind: 'identity', username: '<token>', token: 'refresh', source: 'f' }
    const { get, asked } = setting(
      tokenRegistry(() => true),
      identity,
    )
    await get()
    expect(asked[1]?.method).toBe('POST')
    const form = new URLSearchParams(String(asked[1]?.body))
    expect(Object.fromEntries(form)).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'refresh',
      service: 'reg',
      scope: 'repository:acme/app:pull',
    })
    expect(asked[1]?.headers['authorization']).toBeUndefined()
  })

  it('falls back to a plain request where the token server knows no OAuth2', async () => {
    const identity: Credentials = { kind: 'identity', username: '<token>', token: 'refresh', source: 'f' }
    const normal = tokenRegistry(() => true)
    const { get, asked } = setting((ask) => (ask.method === 'POST' ? { status: 404 } : normal(ask)), identity)
    expect((await get()).status).toBe(200)
    expect(asked[2]?.method).toBe('GET')
    expect(asked[2]?.headers['authorization']).toBe(`Basic ${Buffer.from('<token>:refresh').toString('base64')}`)
  })

  it('uses a stored access token as it is', async () => {
    const access: Credentials = { kind: 'access', token: 'ready', source: 'f' }
    const { get, asked } = setting(
      tokenRegistry((token) => token === 'ready'),
      access,
    )
    expect((await get()).status).toBe(200)
    expect(asked.filter(isToken)).toEqual([])
  })

  it('says who was refused when the token server refuses', async () => {
    const { get } = setting((ask) =>
      isToken(ask)
        ? { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'bad password' }] } }
        : { status: 401, headers: BEARER },
    )
    const error = await get().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'registry-denied' })
    expect(String(error)).toContain('as me (from a file)')
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  it('buys one token for requests that run side by side', async () => {
    const { get, asked } = setting(tokenRegistry(() => true))
    await Promise.all([get(), get(), get()])
    expect(asked.filter(isToken)).toHaveLength(1)
  })

  it('looks again with a login when an anonymous answer hides something', async () => {
    const { get, asked } = setting((ask) => {
      if (ask.url.pathname === '/v2/') return { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }
      return ask.headers['authorization'] === BASIC ? { status: 200 } : { status: 404 }
    })
    expect((await get()).status).toBe(200)
    expect(asked.map((ask) => ask.url.pathname)).toEqual([
      '/v2/acme/app/manifests/x',
      '/v2/',
      '/v2/acme/app/manifests/x',
    ])
  })
})

it.each([
  { token: null, access_token: 't' },
  { token: 't', access_token: null, expires_in: null },
  { token: '', access_token: 't', expires_in: '300' },
])('takes the token of %j', async (body) => {
  const { get } = setting((ask) =>
    isToken(ask) ? { status: 200, body } : bearer(ask) === 't' ? { status: 200 } : { status: 401, headers: BEARER },
  )
  expect((await get()).status).toBe(200)
})

describe('where credentials may go', () => {
  it.each([
    ['http://auth.example/token', 'not reached by https'],
    ['https://127.0.0.1/token', 'private address'],
    ['https://2130706433/token', 'private address'],
    ['https://[::ffff:169.254.169.254]/token', 'private address'],
    ['https://localhost/token', 'private address'],
    ['file:///etc/passwd', 'not reached by https'],
    ['nonsense', 'not an address'],
  ])('not to a token server at %s', async (realm, why) => {
    const { get, asked } = setting(() => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${realm}"` },
    }))
    await expect(get()).rejects.toMatchObject({
      code: 'registry-denied',
      message: expect.stringContaining(why) as string,
    })
    expect(asked).toHaveLength(1)
  })

  it('to a private token server that is the registry itself', async () => {
    const challenge = { 'www-authenticate': 'Bearer realm="https://10.0.0.5/token"' }
    const { get } = setting(
      (ask) =>
        ask.url.pathname === '/token'
          ? { status: 200, body: { token: 't' } }
          : bearer(ask)
            ? { status: 200 }
            : { status: 401, headers: challenge },
      ME,
      '10.0.0.5:5000',
    )
    expect((await get()).status).toBe(200)
  })

  it('not along a redirect to another host', async () => {
    const { get, asked } = setting((ask) => {
      if (ask.url.hostname === 'storage.example') return { status: 200, body: 'blob' }
      if (!ask.headers['authorization']) return { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }
      return { status: 307, headers: { location: 'https://storage.example/blob?signature=x' } }
    })
    expect((await get()).status).toBe(200)
    expect(asked.at(-1)?.url.href).toBe('https://storage.example/blob?signature=x')
    expect(asked.at(-1)?.headers['authorization']).toBeUndefined()
  })

  it.each([
    ['Bearer realm="https://evil.example/token",service="x"', 'https://evil.example/blob'],
    ['Basic realm="r"', 'https://evil.example/blob'],
    ['Bearer realm="https://auth.example/token",service="reg"', 'https://storage.example/blob'],
    ['Basic realm="r"', `https://${HOST}:8443/blob`],
  ])('not for the challenge %s of a redirect to %s', async (challenge, location) => {
    for (const anonymous of [true, false]) {
      const { get, asked } = setting((ask) => {
        if (ask.url.href === location) return { status: 401, headers: { 'www-authenticate': challenge } }
        if (isToken(ask)) return { status: 200, body: { token: 't1' } }
        if (anonymous || bearer(ask) === 't1') return { status: 307, headers: { location } }
        return { status: 401, headers: BEARER }
      })
      await expect(get()).rejects.toMatchObject({ code: 'registry-error' })
      const elsewhere = asked.filter(({ url }) => url.host !== HOST && !(isToken({ url } as Ask) && !anonymous))
      expect(elsewhere.map(({ url, headers }) => [url.href, headers['authorization']])).toEqual([[location, undefined]])
      if (anonymous) expect(asked).toHaveLength(2)
    }
  })

  it('not to an address of another host that is given as a path', async () => {
    const { get, asked } = setting(() => ({ status: 200 }))
    for (const path of ['https://evil.example/v2/', '//evil.example/v2/', 'http://registry.example/v2/']) {
      await expect(get(path)).rejects.toMatchObject({ code: 'internal-error' })
    }
    expect(asked).toEqual([])
  })

  it('along a redirect within the host, and never down to plain HTTP', async () => {
    const { get, asked } = setting((ask) => {
      if (!ask.headers['authorization']) return { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }
      if (ask.url.pathname === '/elsewhere') return { status: 302, headers: { location: `http://${HOST}/plain` } }
      return { status: 307, headers: { location: '/elsewhere' } }
    })
    expect((await get()).status).toBe(302)
    expect(asked.at(-1)?.url.pathname).toBe('/elsewhere')
    expect(asked.at(-1)?.headers['authorization']).toBe(BASIC)
  })

  it('ends on a redirect that goes in a circle', async () => {
    const { get, asked } = setting(() => ({ status: 302, headers: { location: '/again' } }))
    expect((await get()).status).toBe(302)
    expect(asked.length).toBeLessThan(10)
  })
})

describe('a registry that is down', () => {
  it('is waited for once, not in every call', async () => {
    const { get, asked, time } = setting(() => {
      throw fault('ECONNREFUSED', 'refused')
    })
    await expect(get()).rejects.toMatchObject({ code: 'registry-unreachable' })
    expect(asked).toHaveLength(3)
    await expect(get()).rejects.toMatchObject({ code: 'registry-unreachable' })
    expect(asked).toHaveLength(4)
    time.now += 60_000
    await expect(get()).rejects.toMatchObject({ code: 'registry-unreachable' })
    expect(asked).toHaveLength(7)
  })

  it('says how to trust a certificate that it signed itself', async () => {
    const { get } = setting(() => {
      throw fault('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate')
    })
    const error = (await get().catch((thrown: unknown) => thrown)) as { fix: string }
    expect(error.fix).toContain(`/etc/docker/certs.d/${HOST}/ca.crt`)
  })

  it('warns before a long wait', async () => {
    let first = true
    const { get, warnings } = setting(() => {
      if (!first) return { status: 200 }
      first = false
      return { status: 429, headers: { 'retry-after': '30' } }
    })
    await get()
    expect(warnings).toEqual([`${HOST} answers 429; asking again in 30 s`])
  })
})

describe('what a token grants', () => {
  const jwt = (access: unknown) => `h.${Buffer.from(JSON.stringify({ access })).toString('base64url')}.s`
  const granting = (token: string) =>
    setting((ask) =>
      isToken(ask)
        ? { status: 200, body: { token } }
        : bearer(ask)
          ? { status: 200 }
          : { status: 401, headers: BEARER },
    )

  it.each([
    [jwt([{ type: 'repository', name: 'acme/app', actions: ['pull', 'push'] }]), true],
    [jwt([{ type: 'repository', name: 'acme/app', actions: ['*'] }]), true],
    [jwt([{ type: 'repository', name: 'acme/app', actions: ['pull'] }]), false],
    [jwt([{ type: 'repository', name: 'acme/other', actions: ['push'] }]), false],
    [jwt([]), false],
    ['opaque', undefined],
    ['a.b.c', undefined],
  ])('push by %s: %s', async (token, expected) => {
    const { session, repository } = granting(token)
    expect(await session.grantsPush(repository)).toBe(expected)
  })

  it('comes with each reply', async () => {
    expect((await granting(jwt([])).get()).mayPull).toBe(false)
    expect((await granting('opaque').get()).mayPull).toBeUndefined()
  })
})
