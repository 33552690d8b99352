/**
 * Proofs as the registry keeps them: a manifest over the config and the layers of the very image, with the proof in its
 * annotations. It is one request, needs no blob, and every registry that took the image takes it.
 */
import * as v from 'valibot'
import type { Digest } from '../../domain/digest.ts'
import { digestOf, isDigest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import type { Proof } from '../../domain/proof.ts'
import { proofAnnotations, proofIn, proofTag } from '../../domain/proof.ts'
import { DeployError, fail } from '../../errors/deploy-error.ts'
import type { Distribution, RawManifest } from './distribution.ts'
import { refusal } from './failure.ts'
import { Manifest, parseJson } from './schemas.ts'
import { isAttestation, isIndex } from './walk.ts'

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json'
/** Docker's names of layers and what OCI calls them; others stay as they are. */
const LAYERS: Readonly<Record<string, string>> = {
  'application/vnd.docker.image.rootfs.diff.tar': 'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.diff.tar.zstd': 'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip':
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
}

const Descriptor = v.looseObject({ mediaType: v.string(), digest: v.string(), size: v.number() })
const Image = v.looseObject({ config: Descriptor, layers: v.array(Descriptor) })
const Annotated = v.looseObject({ annotations: v.nullish(v.record(v.string(), v.string())) })

/** The proof of that digest; undefined where there is none, or what has its name is not one. */
export async function readProof(api: Distribution, repository: Repository, digest: Digest): Promise<Proof | undefined> {
  const found = await api.manifest({ repository, actions: 'pull' }, proofTag(digest))
  const annotations = found && parseJson(Annotated, found.bytes)?.annotations
  const proof = annotations ? proofIn(annotations) : undefined
  return proof?.digest === digest && proof.repository === repository.name ? proof : undefined
}

/** @param manifest a manifest of this repository by its digest, from memory where possible */
export async function writeProof(
  api: Distribution,
  repository: Repository,
  proof: Proof,
  manifest: (digest: Digest) => Promise<RawManifest | undefined>,
): Promise<void> {
  const reply = await api.put({ repository, actions: 'pull,push' }, proofTag(proof.digest), await made(proof, manifest))
  if (reply.status >= 200 && reply.status <= 202) return
  // A registry whose tags never move refuses also what it has already.
  const known = await readProof(api, repository, proof.digest).catch(() => undefined)
  if (known?.revision === proof.revision && known.tag === proof.tag && known.inputs === proof.inputs) return
  throw fail(refusal(reply.asker, `writing the proof ${repository.path}:${proofTag(proof.digest)}`, reply))
}

async function made(proof: Proof, manifest: (digest: Digest) => Promise<RawManifest | undefined>) {
  const image = await firstImage(proof.digest, manifest)
  const content = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { ...image.config, mediaType: OCI_CONFIG },
    layers: image.layers.map((layer) => ({ ...layer, mediaType: LAYERS[layer.mediaType] ?? layer.mediaType })),
    annotations: proofAnnotations(proof),
  }
  const bytes = Buffer.from(JSON.stringify(content))
  const descriptor = { digest: digestOf(bytes), mediaType: OCI_MANIFEST }
  return { bytes, descriptor, content: v.parse(Manifest, content) }
}

/** The image itself, or the first platform of an index. */
async function firstImage(
  digest: Digest,
  manifest: (digest: Digest) => Promise<RawManifest | undefined>,
): Promise<v.InferOutput<typeof Image>> {
  const found = await manifest(digest)
  if (!found) throw new DeployError('image-not-found', `${digest} is not in the registry`)
  if (isIndex(found)) {
    const child = found.content.manifests?.find((one) => !isAttestation(one))?.digest
    if (child !== undefined && isDigest(child)) return firstImage(child, manifest)
  }
  const image = parseJson(Image, found.bytes)
  if (image) return image
  throw new DeployError('registry-error', `${digest} is not an image manifest: its proof cannot be written`)
}
