import type { Digest } from './digest.ts'
import { isDigest } from './digest.ts'
import type { Repository } from './image.ts'
import { LABEL, OCI_LABEL } from './labels.ts'
import type { Revision } from './revision.ts'
import { asRevision } from './revision.ts'
import { releaseTag } from './tags.ts'

/**
 * That an image passed its smoke test as the image of one commit. It stands beside the image in the registry and not in
 * it: whatever is built FROM an image inherits its labels, and its release tag can be moved, but another digest never
 * has this proof.
 */
export interface Proof {
  /** Name of the repository that it was released to. */
  readonly repository: string
  readonly revision: Revision
  readonly digest: Digest
  /** The release tag that it was given; empty where the proof does not say. */
  readonly tag: string
  /** Fingerprint of the build inputs; empty where the image was not built by us. */
  readonly inputs: string
}

/** `proof-<64 hex>`: the proof of that digest. */
export function proofTag(digest: Digest): string {
  return `proof-${digest.slice('sha256:'.length)}`
}

const KEY = 'dev.immutable-deploy.proof.'

export function proofAnnotations(proof: Proof): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(proof).map(([name, value]) => [`${KEY}${name}`, value]))
}

/** The proof in these annotations; undefined where they are not one. */
export function proofIn(annotations: Readonly<Record<string, string>>): Proof | undefined {
  const of = (name: keyof Proof): string => annotations[`${KEY}${name}`] ?? ''
  const [digest, revision] = [of('digest'), asRevision(of('revision'))]
  if (!isDigest(digest) || revision === undefined) return undefined
  return { repository: of('repository'), revision, digest, tag: of('tag'), inputs: of('inputs') }
}

type Labels = Readonly<Record<string, string>>

/** The commit that an image's label names; every other text than 40 hex digits says nothing. */
export function labelledRevision(labels: Labels): Revision | undefined {
  return asRevision(labels[OCI_LABEL.revision])
}

/**
 * The commit that an image's labels name. The label of a parent that was released to another repository was
 * inherited and says nothing about the child.
 */
export function ownRevision(labels: Labels, { name }: Repository): Revision | undefined {
  const revision = labelledRevision(labels)
  const release = labels[LABEL.release]
  if (revision === undefined || release === undefined) return revision
  const inherited = release.includes(`:sha-${revision}`) && !release.startsWith(`${name}:sha-${revision}`)
  return inherited ? undefined : revision
}

/** The release tag of this commit that an image's labels say it was built for; undefined where they do not say. */
export function labelledTag(labels: Labels, { name }: Repository, revision: Revision): string | undefined {
  const [release = '', plain] = [labels[LABEL.release], releaseTag(revision)]
  const tag = release.startsWith(`${name}:`) ? release.slice(name.length + 1) : ''
  return tag === plain || tag.startsWith(`${plain}-`) ? tag : undefined
}

const PREFIX = 'dev.immutable-deploy.'
const ON_IMAGES: readonly string[] = [LABEL.inputs, LABEL.release]

/** Labels of ours that only containers and workloads may carry: on an image they would be taken for theirs. */
export function runtimeLabels(labels: Labels): readonly string[] {
  return Object.keys(labels).filter((name) => name.startsWith(PREFIX) && !ON_IMAGES.includes(name))
}
