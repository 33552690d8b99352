import { describe, expect, it } from 'vitest'
import type { Digest } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest.ts'
import { parseRepository } from '../../domain/image.ts'
import type { RawManifest } from './distribution.ts'
import type { Parts } from './walk.ts'
import { walk } from './walk.ts'

const REPOSITORY = parseRepository('r.example/acme/app')!
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'

function store() {
  const manifests = new Map<Digest, RawManifest>()
  const blobs = new Map<Digest, Buffer>()
  const add = (content: RawManifest['content'], mediaType: string): Digest => {
    const bytes = Buffer.from(JSON.stringify(content))
    const descriptor = { digest: digestOf(bytes), mediaType }
    manifests.set(descriptor.digest, { descriptor, bytes, content })
    return descriptor.digest
  }
  const image = (config: unknown): { manifest: Digest; config: Digest } => {
    const bytes = Buffer.from(JSON.stringify(config))
    const digest = digestOf(bytes)
    blobs.set(digest, bytes)
    return { manifest: add({ config: { digest } }, MANIFEST), config: digest }
  }
  const parts: Parts = {
    manifest: (digest) => Promise.resolve(manifests.get(digest)),
    blob: (digest) => Promise.resolve(blobs.get(digest)),
  }
  return { manifests, blobs, add, image, look: (digest: Digest) => walk(parts, REPOSITORY, digest) }
}

const amd64 = { os: 'linux', architecture: 'amd64', created: '2026-01-01T00:00:00Z', config: { Labels: { a: 'b' } } }
const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8', config: { Labels: null } }

describe('walking an image', () => {
  it('accepts manifest and config of a single one', async () => {
    const { image, look } = store()
    const one = image(amd64)
    expect(await look(one.manifest)).toMatchObject({
      accepted: new Set([one.manifest, one.config]),
      platforms: [{ platform: 'linux/amd64', ...one }],
      labels: { a: 'b' },
    })
  })

  it('tells what runs apart from what is said of it', async () => {
    const { image, look } = store()
    const runs = { rootfs: { diff_ids: ['sha256:1'] }, config: { Cmd: ['serve'], Labels: { by: 'us' } } }
    const content = async (config: unknown) => (await look(image(config).manifest))?.platforms[0]?.content
    const ours = await content({ ...amd64, ...runs })
    expect(await content({ ...arm64, ...runs, created: 'later', config: { ...runs.config, Labels: {} } })).toBe(ours)
    expect(await content({ ...amd64, ...runs, config: { Cmd: ['serve', '-v'] } })).not.toBe(ours)
    expect(await content({ ...amd64, ...runs, rootfs: { diff_ids: ['sha256:2'] } })).not.toBe(ours)
  })

  it('looks at a few dozen children and no more, also of children', async () => {
    const { add, image, manifests, blobs } = store()
    let asked = 0
    const parts: Parts = {
      manifest: (digest) => ((asked += 1), Promise.resolve(manifests.get(digest))),
      blob: (digest) => Promise.resolve(blobs.get(digest)),
    }
    const child = (digest: Digest) => ({ digest, mediaType: MANIFEST })
    const leaves = Array.from({ length: 64 }, (_, at) => image({ ...amd64, created: String(at) }).manifest)
    const flat = add({ manifests: Array.from({ length: 60_000 }, () => child(image(amd64).manifest)) }, INDEX)
    const inner = [0, 1, 2].map((at) => add({ manifests: leaves.map(child), annotations: { at } }, INDEX))
    const nested = add({ manifests: inner.map(child) }, INDEX)
    for (const digest of [flat, nested]) {
      asked = 0
      const words = 'names more than 64 manifests'
      await expect(walk(parts, REPOSITORY, digest)).rejects.toMatchObject({
        what: expect.stringContaining(words) as string,
      })
      expect(asked).toBeLessThanOrEqual(66)
    }
    const most = add({ manifests: leaves.map(child) }, INDEX)
    expect((await walk(parts, REPOSITORY, most))?.platforms).toHaveLength(64)
  })

  it('accepts an index, its platforms and their configs, not its attestations', async () => {
    const { add, image, look } = store()
    const [a, b] = [image(amd64), image(arm64)]
    const unknown = { os: 'unknown', architecture: 'unknown' }
    const index = add(
      {
        manifests: [
          { digest: a.manifest, platform: { os: 'linux', architecture: 'amd64' } },
          { digest: b.manifest, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
          {
            digest: digestOf('1'),
            annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
            platform: unknown,
          },
          { digest: digestOf('2'), platform: unknown },
          { digest: digestOf('3'), artifactType: 'application/vnd.in-toto+json' },
        ],
      },
      INDEX,
    )
    const found = await look(index)
    expect(found?.accepted).toEqual(new Set([index, a.manifest, a.config, b.manifest, b.config]))
    expect(found?.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64'])
    expect(found?.labels).toEqual({ a: 'b' })
  })

  it('tells what each platform of an index says of itself', async () => {
    const { add, image, look } = store()
    const other = { ...arm64, config: { Labels: { c: 'd' } } }
    const index = add({ manifests: [image(amd64), image(other)].map(({ manifest }) => ({ digest: manifest })) }, INDEX)
    expect(await look(index)).toMatchObject({ labels: { a: 'b' }, otherLabels: [{ c: 'd' }] })
  })

  it('looks into an index within an index, but not without end', async () => {
    const { add, image, look } = store()
    const one = image({ os: 'linux', architecture: 'arm', variant: 'v7' })
    const nest = (digest: Digest) => add({ manifests: [{ digest }] }, INDEX)
    expect((await look(nest(nest(one.manifest))))?.platforms[0]?.platform).toBe('linux/arm/v7')
    await expect(look(nest(nest(nest(nest(one.manifest)))))).rejects.toMatchObject({ code: 'registry-error' })
  })

  it('tells an absent root from an absent part', async () => {
    const { add, image, blobs, look } = store()
    expect(await look(digestOf('x'))).toBeUndefined()
    const index = add({ manifests: [{ digest: digestOf('gone') }] }, INDEX)
    await expect(look(index)).rejects.toMatchObject({
      code: 'image-incomplete',
      message: expect.stringContaining(digestOf('gone')) as string,
    })
    const one = image(amd64)
    blobs.clear()
    await expect(look(one.manifest)).rejects.toMatchObject({ code: 'image-incomplete' })
  })

  it('refuses what is not an image', async () => {
    const { add, look } = store()
    await expect(look(add({ schemaVersion: 1 }, 'application/json'))).rejects.toMatchObject({ code: 'registry-error' })
  })
})
