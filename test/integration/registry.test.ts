import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/domain/digest.ts'
import { describeWith } from '../harness/lab.ts'
import { startRegistry, type RegistryOptions, type TestRegistry } from '../harness/registry.ts'
import {
  ask,
  client,
  DOCKER_MANIFEST,
  OCI_INDEX,
  OCI_MANIFEST,
  putImage,
  putIndex,
  readTag,
  repositoryAt,
  type Client,
  type Place,
} from './registry-content.ts'

const AUTH = { user: 'robot', password: 'pass:word' }
let repos = 0
/** A repository that no other test knows. */
const fresh = () => `acme/app${String((repos += 1))}`

const FLAVOURS: Record<string, RegistryOptions> = {
  'a plain registry': { delete: true },
  'a registry with passwords': { auth: AUTH, delete: true },
  'a registry with passwords and TLS': { auth: AUTH, tls: true, delete: true },
}

for (const [name, options] of Object.entries(FLAVOURS)) {
  describeWith('registry')(name, () => {
    let server: TestRegistry
    let place: Place
    let made: Client
    beforeAll(async () => {
      server = await startRegistry(options)
      place = { url: server.url, auth: options.auth }
    })
    afterAll(() => server.stop())
    beforeEach(() => {
      made = client(server, { auth: options.auth })
    })

    it('says what is not there', async () => {
      const repository = repositoryAt(server.host, fresh())
      expect(await made.registry.resolve(repository, 'none')).toEqual({ is: 'absent' })
      expect(await made.registry.resolve(repository, digestOf('none'))).toEqual({ is: 'absent' })
      expect(await made.registry.image(repository, digestOf('none'))).toEqual({ is: 'absent' })
      expect(await made.registry.tags(repository)).toEqual({ is: 'absent' })
    })

    it.each([
      ['OCI', OCI_MANIFEST],
      ['Docker', DOCKER_MANIFEST],
      ['index', OCI_INDEX],
    ])('removes a tag (%s), and leaves what other tags name', async (what, type) => {
      const repo = fresh()
      const repository = repositoryAt(server.host, repo)
      const { digest } = await (what === 'index' ? putIndex(place, repo) : putImage(place, repo, { type, mark: 'tag' }))
      await made.registry.promote(repository, digest, 'candidate-x', 'may-move')
      await made.registry.promote(repository, digest, `sha-${'a'.repeat(40)}`, 'never-moves')
      expect(await made.registry.removeTag(repository, 'candidate-x')).toBe(true)
      const later = client(server, { auth: options.auth }).registry
      expect(await later.tags(repository)).toMatchObject({ value: [`sha-${'a'.repeat(40)}`] })
      expect(await later.image(repository, digest)).toMatchObject({ is: 'present' })
      expect(await later.removeTag(repository, 'candidate-x')).toBe(false)
    })

    it('removes several tags at once, of one image and of several', async () => {
      const repo = fresh()
      const repository = repositoryAt(server.host, repo)
      const images = await Promise.all(
        ['a', 'b', 'c'].map((mark) => putImage(place, repo, { type: OCI_MANIFEST, mark })),
      )
      const tags = images.flatMap(({ digest }, index) =>
        [0, 1, 2, 3].map((number) => ({ digest, tag: `candidate-${String(index)}-${String(number)}` })),
      )
      for (const { digest, tag } of tags) await made.registry.promote(repository, digest, tag, 'may-move')
      const removed = await Promise.all(tags.map(({ tag }) => made.registry.removeTag(repository, tag)))
      expect(removed).toEqual(tags.map(() => true))
      const left = await client(server, { auth: options.auth }).registry.tags(repository)
      expect(left.is === 'present' ? left.value : []).toEqual([])
    })

    it.each([
      ['OCI', OCI_MANIFEST],
      ['Docker', DOCKER_MANIFEST],
      ['index', OCI_INDEX],
    ])('keeps the proof of an image (%s) beside it, and of that digest alone', async (what, type) => {
      const repo = fresh()
      const repository = repositoryAt(server.host, repo)
      const seed = () => (what === 'index' ? putIndex(place, repo) : putImage(place, repo, { type, mark: 'proof' }))
      const { digest } = await seed()
      const other = await putImage(place, repo, { type: OCI_MANIFEST, mark: 'child' })
      const proof = { repository: repository.name, revision: 'a'.repeat(40), digest, tag: 'sha-a', inputs: 'defaults' }
      expect(await made.registry.proof(repository, digest)).toEqual({ is: 'absent' })
      await made.registry.prove(repository, proof)
      await made.registry.prove(repository, proof)
      const later = client(server, { auth: options.auth }).registry
      expect(await later.proof(repository, digest)).toEqual({ is: 'present', value: proof })
      expect(await later.proof(repository, other.digest)).toEqual({ is: 'absent' })
      // Somebody gives the other image the name of its proof: nothing in it is one.
      await later.promote(repository, other.digest, `proof-${other.digest.slice(7)}`, 'may-move')
      expect(await later.proof(repository, other.digest)).toEqual({ is: 'absent' })
      // Nor is the proof of one image, under the name of another one's.
      const moved = await later.resolve(repository, `proof-${digest.slice(7)}`)
      if (moved.is === 'present') {
        await later.promote(repository, moved.value.digest, `proof-${other.digest.slice(7)}`, 'may-move')
      }
      expect(await later.proof(repository, other.digest)).toEqual({ is: 'absent' })
    })

    it.each([
      ['OCI', OCI_MANIFEST],
      ['Docker', DOCKER_MANIFEST],
    ])('promotes a %s manifest byte for byte and walks it', async (_what, type) => {
      const repo = fresh()
      const repository = repositoryAt(server.host, repo)
      const image = await putImage(place, repo, { type, mark: 'abc' })
      const promotion = await made.registry.promote(repository, image.digest, 'sha-abc', 'never-moves')
      expect(promotion).toEqual({ tag: 'sha-abc', changed: true })
      expect(await readTag(place, repo, 'sha-abc')).toEqual({ digest: image.digest, type })
      const descriptor = { digest: image.digest, mediaType: type }
      expect(await made.registry.resolve(repository, 'sha-abc')).toEqual({ is: 'present', value: descriptor })
      expect(await made.registry.image(repository, image.digest)).toEqual({
        is: 'present',
        value: {
          descriptor,
          accepted: new Set([image.digest, image.config]),
          platforms: [
            {
              platform: 'linux/amd64',
              manifest: image.digest,
              config: image.config,
              content: expect.stringMatching(/^sha256:/) as string,
            },
          ],
          labels: { 'org.opencontainers.image.revision': 'abc' },
        },
      })
    })

    it('promotes an index byte for byte and accepts all of its platforms', async () => {
      const repo = fresh()
      const repository = repositoryAt(server.host, repo)
      const index = await putIndex(place, repo)
      await made.registry.promote(repository, index.digest, 'multi', 'never-moves')
      expect(await readTag(place, repo, 'multi')).toEqual({ digest: index.digest, type: OCI_INDEX })
      const found = await made.registry.image(repository, index.digest)
      expect(found).toMatchObject({
        is: 'present',
        value: {
          accepted: new Set([index.digest, ...index.children.flatMap((child) => [child.digest, child.config])]),
          platforms: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
        },
      })
    })

    it('moves a movable tag and returns what it named before; leaves an equal one alone', async () => {
      const repo = fresh()
      const repository = repositoryAt(server.host, repo)
      const [one, two] = [await putImage(place, repo), await putImage(place, repo, { mark: 'two' })]
      const move = (digest: typeof one.digest) => made.registry.promote(repository, digest, 'production', 'may-move')
      expect(await move(one.digest)).toEqual({ tag: 'production', changed: true })
      expect(await move(two.digest)).toEqual({
        tag: 'production',
        previous: one.digest,
        changed: true,
      })
      expect(await move(two.digest)).toMatchObject({ previous: two.digest, changed: false })
      expect((await readTag(place, repo, 'production'))?.digest).toBe(two.digest)
    })

    it('never moves a tag that never moves', async () => {
      const repo = fresh()
      const repository = repositoryAt(server.host, repo)
      const [one, two] = [await putImage(place, repo, { tag: 'sha-1' }), await putImage(place, repo, { mark: 'two' })]
      expect(await made.registry.promote(repository, one.digest, 'sha-1', 'never-moves')).toMatchObject({
        changed: false,
      })
      await expect(made.registry.promote(repository, two.digest, 'sha-1', 'never-moves')).rejects.toMatchObject({
        code: 'tag-conflict',
        message: expect.stringMatching(new RegExp(`${one.digest}.*${two.digest}`)) as string,
      })
      expect((await readTag(place, repo, 'sha-1'))?.digest).toBe(one.digest)
    })

    it('refuses to promote what is absent or has lost a part', async () => {
      const repo = fresh()
      const repository = repositoryAt(server.host, repo)
      const index = await putIndex(place, repo)
      const gone = index.children[1]!.digest
      await ask(place, 'DELETE', `/v2/${repo}/manifests/${gone}`)
      await expect(made.registry.promote(repository, digestOf('x'), 'x', 'may-move')).rejects.toMatchObject({
        code: 'image-not-found',
      })
      await expect(made.registry.promote(repository, index.digest, 'x', 'may-move')).rejects.toMatchObject({
        code: 'image-incomplete',
        message: expect.stringContaining(gone) as string,
      })
      expect(await readTag(place, repo, 'x')).toBeUndefined()
      expect(await made.registry.image(repository, index.digest)).toMatchObject({
        is: 'unknown',
        why: { code: 'image-incomplete' },
      })
    })

    it('lists tags', async () => {
      const repo = fresh()
      const image = await putImage(place, repo)
      const repository = repositoryAt(server.host, repo)
      const names = ['a', 'b', 'deployed-x']
      for (const tag of names) await made.registry.promote(repository, image.digest, tag, 'may-move')
      const found = await made.registry.tags(repository)
      expect(found.is === 'present' && [...found.value].sort()).toEqual(names)
    })

    it('knows that a push would be let in, and leaves no trace of the question', async () => {
      const repo = fresh()
      expect(await made.registry.canPush(repositoryAt(server.host, repo))).toEqual({ is: 'present', value: true })
      const catalog = await ask(place, 'GET', '/v2/_catalog?n=1000')
      expect((JSON.parse(catalog.body.toString()) as { repositories: string[] }).repositories).not.toContain(repo)
      await expect.poll(() => server.log()).toMatch(new RegExp(`DELETE.*/v2/${repo}/blobs/uploads/.*status=204`))
    })

    if (options.auth) {
      it('refuses without credentials and with wrong ones, saying who asked', async () => {
        const repo = fresh()
        const image = await putImage(place, repo)
        const repository = repositoryAt(server.host, repo)
        const nobody = client(server).registry
        const wrong = client(server, { auth: { user: 'robot', password: 'guessed' } }).registry
        for (const [registry, who] of [
          [nobody, 'without credentials'],
          [wrong, 'as robot (from'],
        ] as const) {
          const denied = {
            is: 'unknown',
            why: { code: 'registry-denied', what: expect.stringContaining(who) as string },
          }
          expect(await registry.resolve(repository, 'x')).toMatchObject(denied)
          expect(await registry.image(repository, image.digest)).toMatchObject(denied)
          expect(await registry.tags(repository)).toMatchObject(denied)
          expect(await registry.canPush(repository)).toMatchObject(denied)
          const error = registry.promote(repository, image.digest, 'x', 'may-move')
          await expect(error).rejects.toMatchObject({ code: 'registry-denied' })
        }
        expect(await readTag(place, repo, 'x')).toBeUndefined()
      })

      it('never writes a secret into an error, and tells it for masking', async () => {
        const wrong = client(server, { auth: { user: 'robot', password: 'guessed-secret' } })
        const found = await wrong.registry.resolve(repositoryAt(server.host), 'x')
        expect(JSON.stringify(found)).not.toContain('guessed-secret')
        expect(wrong.secrets).toContain('guessed-secret')
      })
    }

    if (options.tls) {
      it('does not trust a certificate that nobody vouches for', async () => {
        const stranger = client({ host: server.host }, { auth: AUTH })
        expect(await stranger.registry.resolve(repositoryAt(server.host), 'x')).toMatchObject({
          is: 'unknown',
          why: { code: 'registry-unreachable', fix: expect.stringContaining('certs.d') as string },
        })
        expect(stranger.waits).toEqual([])
      })
    }
  })
}

describeWith('registry')('a read-only registry', () => {
  it('is read, and refuses a push before anything is built', async () => {
    const server = await startRegistry({ readonly: true })
    const { registry } = client(server)
    const repository = repositoryAt(server.host)
    expect(await registry.resolve(repository, 'x')).toEqual({ is: 'absent' })
    expect(await registry.canPush(repository)).toMatchObject({
      is: 'unknown',
      why: { code: 'registry-denied', fix: expect.stringContaining('read-only') as string },
    })
    await server.stop()
  })
})

describeWith('registry')('a registry that goes away', () => {
  it('is unknown while it is down and works when it is back, by the same client', async () => {
    const server = await startRegistry()
    const made = client(server)
    const repository = repositoryAt(server.host)
    const image = await putImage({ url: server.url }, 'acme/app', { tag: 'one' })
    expect(await made.registry.resolve(repository, 'one')).toMatchObject({ is: 'present' })
    await server.stop()
    expect(await made.registry.resolve(repository, 'one')).toMatchObject({
      is: 'unknown',
      why: { code: 'registry-unreachable' },
    })
    await expect(made.registry.promote(repository, image.digest, 'two', 'may-move')).rejects.toMatchObject({
      code: 'registry-unreachable',
    })
    await server.start()
    expect(await made.registry.promote(repository, image.digest, 'two', 'may-move')).toMatchObject({ changed: true })
    await server.stop()
  })
})

describe('a cancelled run', () => {
  it('ends at once instead of answering', async () => {
    const made = client({ host: '127.0.0.1:9' })
    made.stop.abort()
    await expect(made.registry.resolve(repositoryAt('127.0.0.1:9'), 'x')).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describeWith('registry')('a registry that deletes nothing', () => {
  it('keeps the tag, and says so', async () => {
    const server = await startRegistry()
    const repo = fresh()
    const repository = repositoryAt(server.host, repo)
    const { registry } = client(server)
    const { digest } = await putImage({ url: server.url }, repo, { type: OCI_MANIFEST, mark: 'kept' })
    await registry.promote(repository, digest, 'candidate-x', 'may-move')
    await registry.promote(repository, digest, 'sha-x', 'may-move')
    await expect(registry.removeTag(repository, 'candidate-x')).rejects.toMatchObject({ code: 'not-supported' })
    expect(await registry.resolve(repository, 'sha-x')).toMatchObject({ value: { digest } })
    await server.stop()
  })
})
