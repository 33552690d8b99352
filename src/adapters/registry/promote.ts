import type { Digest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { DeployError, fail, throwIfAborted } from '../../errors/deploy-error.ts'
import type { Clock, Descriptor, Promotion } from '../../ports.ts'
import type { Distribution, RawManifest } from './distribution.ts'
import { errorCodes, refusal, reportedBy } from './failure.ts'
import type { Reply } from './session.ts'

/** One tag to be made to name one digest. */
export interface PromotionOrder {
  readonly repository: Repository
  readonly digest: Digest
  readonly tag: string
  readonly expect: 'never-moves' | 'may-move'
}

export interface PromotionContext {
  readonly api: Distribution
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The manifest by its digest, verified, from memory where possible. */
  readonly manifest: (order: PromotionOrder) => Promise<RawManifest | undefined>
  /** Digests that an index names and that were not seen yet. */
  readonly unseenChildren: (order: PromotionOrder, manifest: RawManifest) => readonly Digest[]
}

/** Some registries answer reads from copies that learn of a write a little later. */
const LAG = [100, 300, 1000, 3000]

/**
 * Reads, compares, writes the same bytes under the tag, reads again: no registry has compare-and-swap.
 * The manifest and the tag are asked for at once.
 * @throws DeployError as Registry.promote says
 */
export async function promote(order: PromotionOrder, context: PromotionContext): Promise<Promotion> {
  const { digest, tag, expect } = order
  const wanted = context.manifest(order)
  // Looked at below, unless the tag makes it needless.
  wanted.catch(() => undefined)
  const before = await headTag(order, context)
  if (before?.digest === digest) return { tag, previous: digest, changed: false }
  if (before && expect === 'never-moves') throw conflict(order, before.digest)
  const manifest = await wanted
  if (!manifest) throw fail(missing(order))
  await checkChildren(order, context, manifest)
  const changed = await write(order, context, manifest, before)
  await verify(order, context, before)
  return { tag, ...(before ? { previous: before.digest } : {}), changed }
}

function headTag(order: PromotionOrder, { api }: PromotionContext): Promise<Descriptor | undefined> {
  return api.head({ repository: order.repository, actions: 'pull,push' }, order.tag)
}

async function checkChildren(order: PromotionOrder, context: PromotionContext, manifest: RawManifest): Promise<void> {
  const { repository, digest } = order
  const place = { repository, actions: 'pull,push' } as const
  const checks = context.unseenChildren(order, manifest).map(async (child) => {
    if (await context.api.head(place, child)) return
    throw new DeployError('image-incomplete', `${repository.name}@${digest} names ${child}, which is absent`)
  })
  await Promise.all(checks)
}

/** Whether our write went in. A refusal is not a failure when the tag names the digest anyway: another run wrote it. */
async function write(
  order: PromotionOrder,
  context: PromotionContext,
  manifest: RawManifest,
  before: Descriptor | undefined,
): Promise<boolean> {
  const { repository, tag } = order
  let refused: DeployError
  try {
    const reply = await context.api.put({ repository, actions: 'pull,push' }, tag, manifest)
    if (reply.status >= 200 && reply.status <= 202) {
      checkAcknowledged(order, reply)
      return true
    }
    refused = fail(refusedWrite(order, reply, before), { state: stateOf(order, before) })
  } catch (error) {
    throwIfAborted(context.signal)
    if (!(error instanceof DeployError) || error.code === 'digest-mismatch') throw error
    refused = error
  }
  const now = await headTag(order, context).catch(() => before)
  if (now?.digest === order.digest) return false
  if (now && order.expect === 'never-moves') throw conflict(order, now.digest)
  throw refused
}

function checkAcknowledged({ repository, tag, digest }: PromotionOrder, reply: Reply): void {
  const acknowledged = reply.headers['docker-content-digest']
  if (typeof acknowledged !== 'string' || acknowledged === digest || !acknowledged.startsWith('sha256:')) return
  throw new DeployError(
    'digest-mismatch',
    `${repository.name}:${tag} was written as ${digest}, stored as ${acknowledged}`,
    {
      state: `${repository.name}:${tag} may name content that was never tested.`,
    },
  )
}

async function verify(order: PromotionOrder, context: PromotionContext, before: Descriptor | undefined): Promise<void> {
  const { repository, tag, digest } = order
  let seen: Descriptor | undefined
  for (const wait of [...LAG, undefined]) {
    seen = await headTag(order, context)
    if (seen?.digest === digest) return
    // Neither the old value nor ours: no lag, somebody wrote between.
    if (seen && seen.digest !== before?.digest) break
    if (wait === undefined) break
    await context.clock.sleep(wait, context.signal)
    throwIfAborted(context.signal)
  }
  if (seen && order.expect === 'never-moves') throw conflict(order, seen.digest)
  throw new DeployError(
    'digest-mismatch',
    `${repository.name}:${tag} was written as ${digest}, but the registry says ${seen?.digest ?? 'that it is absent'}`,
    { fix: 'Another run may have moved it meanwhile; otherwise check the registry and what stands in front of it.' },
  )
}

function missing({ repository, digest }: PromotionOrder): Reason {
  return { code: 'image-not-found', what: `${repository.name}@${digest} is not in the registry` }
}

function conflict({ repository, tag, digest }: PromotionOrder, existing: Digest): DeployError {
  const state = `${repository.name}:${tag} still names ${existing}.`
  return new DeployError('tag-conflict', `${repository.name}:${tag} names ${existing}, not ${digest}`, { state })
}

function stateOf({ repository, tag }: PromotionOrder, before: Descriptor | undefined): string {
  const name = `${repository.name}:${tag}`
  return before ? `${name} still names ${before.digest}.` : `${name} does not exist.`
}

/** Words by which registries say that a tag is immutable: ECR, Docker Hub, Harbor, Quay, Artifact Registry. */
const IMMUTABLE = /immutab|ImageTagAlreadyExists|already exists|cannot be overwritten|TAG_INVALID/i
const INCOMPLETE: ReadonlySet<string> = new Set(['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'MANIFEST_UNKNOWN'])

function refusedWrite(
  { repository, tag, digest }: PromotionOrder,
  reply: Reply,
  before: Descriptor | undefined,
): Reason {
  const plain = refusal(reply.asker, `writing the tag ${repository.path}:${tag}`, reply)
  if (errorCodes(reply).some((code) => INCOMPLETE.has(code))) {
    return {
      ...plain,
      code: 'image-incomplete',
      what: `${repository.name}@${digest}: the registry misses a part of it`,
    }
  }
  const unmovable = reply.status === 409 || reply.status === 412 || IMMUTABLE.test(reportedBy(reply))
  if (!before || !unmovable) return plain
  return {
    ...plain,
    code: 'registry-denied',
    what: `${reply.asker.host} refuses to move the tag ${repository.path}:${tag}`,
    fix: `Exclude ${tag} from the registry's rule of immutable tags, or set environment-tag: off.`,
  }
}
