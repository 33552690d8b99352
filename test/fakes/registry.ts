import type { Digest } from '../../src/domain/digest.ts'
import { digestOf, isDigest } from '../../src/domain/digest.ts'
import type { Repository } from '../../src/domain/image.ts'
import type { Proof } from '../../src/domain/proof.ts'
import type { Reason } from '../../src/errors/deploy-error.ts'
import { DeployError } from '../../src/errors/deploy-error.ts'
import type { Descriptor, Existence, Promotion, Registry, RemoteImage, TagListPart } from '../../src/ports.ts'

/** A registry in memory: images by digest, tags by name, and a log of every write. */
export class FakeRegistry implements Registry {
  readonly images = new Map<Digest, RemoteImage>()
  readonly tagged = new Map<string, Digest>()
  readonly writes: string[] = []
  /** Set: every read answers `unknown`, every write throws. */
  down: Reason | undefined
  /** Tags that the registry refuses to write. */
  readonly frozen = new Set<string>()

  /** Adds an image with that content; `runs`: what is left of it without labels and times. Returns its digest. */
  push(content: string, labels: Record<string, string> = {}, runs = content): Digest {
    const digest = digestOf(`manifest ${content}`)
    const config = digestOf(content)
    this.images.set(digest, {
      descriptor: { digest, mediaType: 'application/vnd.oci.image.manifest.v1+json' },
      accepted: new Set([digest, config]),
      platforms: [{ platform: 'linux/amd64', manifest: digest, config, content: digestOf(`runs ${runs}`) }],
      labels,
    })
    return digest
  }

  async resolve(_: Repository, reference: string): Promise<Existence<Descriptor>> {
    if (this.down) return { is: 'unknown', why: this.down }
    const digest = isDigest(reference) ? reference : this.tagged.get(reference)
    const image = digest && this.images.get(digest)
    return image ? { is: 'present', value: image.descriptor } : { is: 'absent' }
  }

  async image(_: Repository, digest: Digest): Promise<Existence<RemoteImage>> {
    if (this.down) return { is: 'unknown', why: this.down }
    const image = this.images.get(digest)
    return image ? { is: 'present', value: image } : { is: 'absent' }
  }

  async promote(_: Repository, digest: Digest, tag: string, expect: 'never-moves' | 'may-move'): Promise<Promotion> {
    if (this.down) throw new DeployError(this.down.code, this.down.what)
    if (this.frozen.has(tag)) throw new DeployError('registry-denied', `${tag} is immutable`)
    const previous = this.tagged.get(tag)
    if (previous === digest) return { tag, previous, changed: false }
    if (previous !== undefined && expect === 'never-moves') {
      throw new DeployError('tag-conflict', `${tag} names ${previous}, not ${digest}`)
    }
    this.tagged.set(tag, digest)
    this.writes.push(tag)
    return { tag, changed: true, ...(previous === undefined ? {} : { previous }) }
  }

  readonly proofs = new Map<Digest, Proof>()
  /** Set: a proof cannot be written. */
  refusesProofs: Reason | undefined

  async proof(repository: Repository, digest: Digest): Promise<Existence<Proof>> {
    if (this.down) return { is: 'unknown', why: this.down }
    const proof = this.proofs.get(digest)
    return proof?.repository === repository.name ? { is: 'present', value: proof } : { is: 'absent' }
  }

  async prove(_: Repository, proof: Proof): Promise<void> {
    const trouble = this.refusesProofs ?? this.down
    if (trouble) throw new DeployError(trouble.code, trouble.what)
    this.proofs.set(proof.digest, proof)
    this.writes.push(`proof of ${proof.digest}`)
  }

  async tags(): Promise<Existence<readonly string[]>> {
    return this.down ? { is: 'unknown', why: this.down } : { is: 'present', value: [...this.tagged.keys()] }
  }

  async tagsWithPrefix(_: Repository, part: TagListPart): Promise<Existence<readonly string[]>> {
    const { prefix, after = prefix, limit } = part
    const all = await this.tags()
    if (all.is !== 'present') return all
    const found = all.value.filter((tag) => tag.startsWith(prefix) && tag > after).sort()
    return { is: 'present', value: found.slice(0, limit) }
  }

  within(): Registry {
    return this
  }

  async removeTag(_: Repository, tag: string): Promise<boolean> {
    if (this.down) throw new DeployError(this.down.code, this.down.what)
    this.writes.push(`remove ${tag}`)
    return this.tagged.delete(tag)
  }

  async canPush(): Promise<Existence<true>> {
    return this.down ? { is: 'unknown', why: this.down } : { is: 'present', value: true }
  }

  async engineAuth(): Promise<string> {
    return ''
  }
}
