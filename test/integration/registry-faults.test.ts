import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Digest } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest.ts'
import type { Repository } from '../../src/domain/image.ts'
import { describeWith } from '../harness/lab.ts'
import {
  alteredBytes,
  immutableTags,
  matching,
  startFaultProxy,
  wrongDigest,
  type Fault,
  type FaultProxy,
} from '../harness/proxy.ts'
import { startRegistry, type TestRegistry } from '../harness/registry.ts'
import {
  client,
  putImage,
  putIndex,
  readTag,
  repositoryAt,
  type Client,
  type Place,
  type Seeded,
} from './registry-content.ts'

const OTHER = digestOf('something else')
const JSON_TYPE = { 'content-type': 'application/json' }
const errors = (code: string, message = '') => JSON.stringify({ errors: [{ code, message }] })

describeWith('registry')('a registry that misbehaves', () => {
  let server: TestRegistry
  let place: Place
  let proxy: FaultProxy
  let made: Client
  let repo: string
  let repository: Repository
  let one: Seeded
  let two: Seeded
  let repos = 0

  beforeAll(async () => {
    server = await startRegistry()
    place = { url: server.url }
    proxy = await startFaultProxy(server.url)
  })
  afterAll(async () => {
    await proxy.stop()
    await server.stop()
  })
  beforeEach(async () => {
    repo = `acme/faulty${String((repos += 1))}`
    repository = repositoryAt(proxy.host, repo)
    one = await putImage(place, repo, { tag: 'old' })
    two = await putImage(place, repo, { mark: 'two' })
    made = client(proxy)
    proxy.requests.length = 0
  })
  afterEach(() => {
    proxy.faults.length = 0
  })

  const promote = (digest: Digest, tag = 'new', expected: 'never-moves' | 'may-move' = 'may-move') =>
    made.registry.promote(repository, digest, tag, expected)
  const asked = () => proxy.requests.map(({ method, path }) => `${method} ${path.replace(`/v2/${repo}/`, '')}`)
  const writes = () => proxy.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')
  const tag = (name: string) => readTag(place, repo, name)
  const requests: [string, RegExp][] = [
    ['HEAD', /manifests\/new$/],
    ['GET', /manifests\/sha256:/],
    ['PUT', /manifests\/new$/],
  ]

  // ------------------------------------------------------------ trouble that passes

  for (const [method, path] of requests) {
    it.each([500, 502, 503, 504, 408, 429, 499, 522])(`asks ${method} again after %i`, async (status) => {
      proxy.faults.push({ match: matching(method, path), times: 2, status })
      expect(await promote(two.digest)).toMatchObject({ changed: true })
      expect(made.waits).toEqual([300, 3000])
      expect((await tag('new'))?.digest).toBe(two.digest)
    })

    it.each(['request', 'answer', 'body'] as const)(
      `asks ${method} again when the connection is cut (%s)`,
      async (reset) => {
        proxy.faults.push({ match: matching(method, path), times: 2, reset })
        await promote(two.digest)
        expect((await tag('new'))?.digest).toBe(two.digest)
      },
    )
  }

  it('waits as long as Retry-After says, within reason', async () => {
    proxy.faults.push({ match: matching('PUT', /./), status: 429, headers: { 'retry-after': '9' } })
    proxy.faults.push({ match: matching('PUT', /./), status: 429, headers: { 'retry-after': '100000' } })
    await promote(two.digest)
    expect(made.waits).toEqual([9000, 60_000])
    expect(made.warnings).toHaveLength(2)
  })

  it('gives up after the third time and says what the registry said, without control characters', async () => {
    const body = errors('UNAVAILABLE', 'maintenance \u001b[31mtonight\r\n::error::x')
    proxy.faults.push({ match: matching('PUT', /./), times: Infinity, status: 503, headers: JSON_TYPE, body })
    await expect(promote(two.digest)).rejects.toMatchObject({
      code: 'registry-error',
      evidence: [expect.stringContaining('503 UNAVAILABLE: maintenance tonight ::error::x') as string],
      state: expect.stringContaining('does not exist') as string,
    })
    expect(writes()).toHaveLength(3)
  })

  it('gives up on a registry that says nothing, and asks again', async () => {
    made = client(proxy, { idle: 200 })
    proxy.faults.push({ match: matching('HEAD', /manifests\/new$/), times: 2, delayMs: 600 })
    expect(await promote(two.digest)).toMatchObject({ changed: true })
    proxy.faults.push({ match: matching('HEAD', /./), times: Infinity, delayMs: 600 })
    expect(await made.registry.resolve(repository, 'x')).toMatchObject({
      is: 'unknown',
      why: { code: 'registry-unreachable', what: expect.stringContaining('ETIMEDOUT') as string },
    })
  })

  it('is patient with a registry that is slow', async () => {
    made = client(proxy, { idle: 2000 })
    proxy.faults.push({ match: () => true, times: Infinity, delayMs: 100 })
    expect(await promote(two.digest)).toMatchObject({ changed: true })
    expect(made.waits).toEqual([])
  })

  it('stops waiting when the run is cancelled', async () => {
    proxy.faults.push({ match: matching('GET', /./), times: Infinity, delayMs: 5000 })
    const started = performance.now()
    const look = made.registry.image(repository, one.digest)
    setTimeout(() => made.stop.abort(), 50)
    await expect(look).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - started).toBeLessThan(3000)
  })

  // ------------------------------------------------------------ answers that lie

  it('refuses other bytes than it asked for, and writes nothing', async () => {
    proxy.faults.push(alteredBytes(/manifests\/sha256:/))
    await expect(promote(two.digest)).rejects.toMatchObject({ code: 'digest-mismatch' })
    expect(writes()).toEqual([])
    // The lie is not remembered.
    expect(await promote(two.digest)).toMatchObject({ changed: true })
  })

  it('believes no digest but the bytes’ own', async () => {
    proxy.faults.push(alteredBytes(/blobs\/sha256:/))
    expect(await made.registry.image(repository, one.digest)).toMatchObject({
      is: 'unknown',
      why: { code: 'digest-mismatch' },
    })
    proxy.faults.push(wrongDigest(/manifests\/sha256:/))
    expect(await made.registry.resolve(repository, one.digest)).toMatchObject({
      is: 'unknown',
      why: { code: 'digest-mismatch' },
    })
  })

  it('hashes the bytes itself when HEAD leaves the digest out', async () => {
    const strip: Fault = {
      match: matching('HEAD', /./),
      times: Infinity,
      rewrite: (answer) => delete answer.headers['docker-content-digest'],
    }
    proxy.faults.push(strip)
    expect(await made.registry.resolve(repository, 'old')).toMatchObject({ value: { digest: one.digest } })
    expect(await promote(one.digest, 'old', 'never-moves')).toMatchObject({ changed: false })
    expect(writes()).toEqual([])
  })

  it('fails loudly when the registry acknowledges another digest', async () => {
    proxy.faults.push({
      match: matching('PUT', /./),
      rewrite: (answer) => (answer.headers['docker-content-digest'] = OTHER),
    })
    await expect(promote(two.digest)).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringContaining(OTHER) as string,
    })
  })

  it('fails loudly when the tag names something else after the write', async () => {
    let written = false
    proxy.faults.push({
      match: (request) => {
        if (request.method === 'PUT') written = true
        return written && request.method === 'HEAD'
      },
      times: Infinity,
      rewrite: (answer) => (answer.headers['docker-content-digest'] = OTHER),
    })
    await expect(promote(two.digest)).rejects.toMatchObject({ code: 'digest-mismatch' })
    written = false
    await expect(promote(one.digest, 'release', 'never-moves')).rejects.toMatchObject({ code: 'tag-conflict' })
  })

  it('waits for a registry whose reads learn of a write later', async () => {
    let reads = 0
    proxy.faults.push({
      // The first HEAD is the look before the write.
      match: (request) => request.method === 'HEAD' && request.path.endsWith('/new') && (reads += 1) > 1,
      times: 2,
      status: 404,
      headers: JSON_TYPE,
    })
    expect(await promote(two.digest)).toMatchObject({ changed: true })
    expect(made.waits).toEqual([100, 300])
  })

  it('waits for a moved tag whose old value is still read, but not for ever', async () => {
    let reads = 0
    proxy.faults.push({
      match: (request) => request.method === 'HEAD' && request.path.endsWith('/old') && (reads += 1) > 1,
      times: Infinity,
      rewrite: (answer) => (answer.headers['docker-content-digest'] = one.digest),
    })
    await expect(promote(two.digest, 'old')).rejects.toMatchObject({ code: 'digest-mismatch' })
    expect(made.waits).toEqual([100, 300, 1000, 3000])
  })

  // ------------------------------------------------------------ absent or unknown

  it.each([
    [
      'an HTML page of something on the way',
      { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>no' },
      'registry-error',
    ],
    ['403', { status: 403, headers: JSON_TYPE, body: errors('DENIED', 'no') }, 'registry-denied'],
    ['401 without a challenge', { status: 401, headers: JSON_TYPE, body: errors('UNAUTHORIZED') }, 'registry-denied'],
    ['404 that means denied', { status: 404, headers: JSON_TYPE, body: errors('DENIED') }, 'registry-error'],
    ['500', { status: 500 }, 'registry-error'],
  ])('takes %s for no answer, and promotes nothing over it', async (_what, answer, code) => {
    proxy.faults.push({ match: ({ path }) => path.includes('/manifests/'), times: Infinity, ...answer })
    expect(await made.registry.image(repository, one.digest)).toMatchObject({ is: 'unknown', why: { code } })
    await expect(promote(two.digest)).rejects.toMatchObject({ code: expect.stringMatching(/^registry-/) as string })
    expect(writes()).toEqual([])
  })

  it('does not believe a bare 404 to HEAD before the body of GET says so', async () => {
    proxy.faults.push({ match: matching('HEAD', /./), times: Infinity, status: 404 })
    expect(await made.registry.resolve(repository, 'none')).toEqual({ is: 'absent' })
    expect(await made.registry.resolve(repository, 'old')).toMatchObject({ value: { digest: one.digest } })
  })

  // ------------------------------------------------------------ immutable registries

  it('writes nothing where the tag names the digest already: immutable registries refuse even that', async () => {
    proxy.faults.push(immutableTags(server.url))
    expect(await promote(one.digest, 'old', 'never-moves')).toEqual({
      tag: 'old',
      previous: one.digest,
      changed: false,
    })
    expect(writes()).toEqual([])
  })

  it('leaves a tag that never moves alone, whether or not the registry would', async () => {
    await expect(promote(two.digest, 'old', 'never-moves')).rejects.toMatchObject({ code: 'tag-conflict' })
    expect(writes()).toEqual([])
  })

  it.each([400, 403, 409, 412])('says that an immutable registry (%i) refuses to move a tag', async (status) => {
    proxy.faults.push(immutableTags(server.url, /./, status))
    await expect(promote(two.digest, 'old')).rejects.toMatchObject({
      code: 'registry-denied',
      message: expect.stringContaining(`refuses to move the tag ${repo}:old`) as string,
      fix: expect.stringContaining('environment-tag: off') as string,
      state: expect.stringContaining(`still names ${one.digest}`) as string,
    })
    expect((await tag('old'))?.digest).toBe(one.digest)
  })

  /** Another run writes the tag between our look and our write, and the registry refuses a second write. */
  const lateRival = (name: string) => {
    proxy.faults.push(
      { match: matching('HEAD', new RegExp(`manifests/${name}$`)), status: 404, headers: JSON_TYPE },
      immutableTags(server.url),
    )
  }

  it('adopts a tag that another run of the same image wrote meanwhile', async () => {
    lateRival('old')
    expect(await promote(one.digest, 'old', 'never-moves')).toEqual({ tag: 'old', changed: false })
  })

  it('refuses a tag that another run of another image wrote meanwhile', async () => {
    lateRival('old')
    await expect(promote(two.digest, 'old', 'never-moves')).rejects.toMatchObject({
      code: 'tag-conflict',
      message: expect.stringContaining(one.digest) as string,
    })
  })

  it('takes a write that went in although its answer was lost', async () => {
    proxy.faults.push({ match: matching('PUT', /./), times: 3, reset: 'answer' })
    expect(await promote(two.digest)).toMatchObject({ tag: 'new' })
    expect((await tag('new'))?.digest).toBe(two.digest)
  })

  it('says which right is missing when the write is denied', async () => {
    proxy.faults.push({
      match: matching('PUT', /./),
      times: Infinity,
      status: 403,
      headers: JSON_TYPE,
      body: errors('DENIED', 'no'),
    })
    await expect(promote(two.digest)).rejects.toMatchObject({ code: 'registry-denied' })
    expect(await tag('new')).toBeUndefined()
  })

  // ------------------------------------------------------------ no more requests than needed

  it('needs GET, HEAD, PUT, HEAD for the first tag and HEAD, PUT, HEAD for each further', async () => {
    await promote(two.digest)
    expect(asked().sort()).toEqual([
      `GET manifests/${two.digest}`,
      'HEAD manifests/new',
      'HEAD manifests/new',
      'PUT manifests/new',
    ])
    proxy.requests.length = 0
    await promote(two.digest, 'second')
    expect(asked()).toEqual(['HEAD manifests/second', 'PUT manifests/second', 'HEAD manifests/second'])
    proxy.requests.length = 0
    await promote(two.digest, 'second')
    expect(asked()).toEqual(['HEAD manifests/second'])
  })

  it('does not ask again for what a walk has just seen', async () => {
    const index = await putIndex(place, repo)
    await made.registry.image(repository, index.digest)
    proxy.requests.length = 0
    await promote(index.digest)
    expect(asked()).toEqual([
      'HEAD manifests/new',
      `HEAD manifests/${index.attestation}`,
      'PUT manifests/new',
      'HEAD manifests/new',
    ])
  })

  it('promotes several tags side by side', async () => {
    const tags = ['a', 'b', 'c', 'old']
    const done = await Promise.all(tags.map((name) => promote(one.digest, name)))
    expect(done.map(({ changed }) => changed)).toEqual([true, true, true, false])
    expect(asked().filter((line) => line.startsWith('GET'))).toHaveLength(1)
  })
})

describeWith('registry')('TLS on this machine', () => {
  it('is found out behind a server that hangs up on plain HTTP, before any credentials are sent', async () => {
    const auth = { user: 'robot', password: 'secret' }
    const server = await startRegistry({ auth })
    const proxy = await startFaultProxy(server.url, { tls: true })
    const image = await putImage({ url: server.url, auth }, 'acme/app')
    const made = client(proxy, { auth })
    const repository = repositoryAt(proxy.host)
    expect(await made.registry.promote(repository, image.digest, 'x', 'may-move')).toMatchObject({ changed: true })
    expect(made.waits).toEqual([])
    await proxy.stop()
    await server.stop()
  })
})
