/** One commit has one image: what to do where the release tag names another one than this run has made. */
import type { ReleaseRequest } from '../../domain/request.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Ports, RemoteImage } from '../../ports.ts'
import { inspectImage, reusable } from './image-inspection.ts'
import type { Plan } from './plan.ts'
import { promote } from './promote.ts'
import type { Proven } from './prove.ts'
import { proveRemote } from './prove.ts'

/**
 * Where a foreign tag holds the release tag's name, which never moves: the same content, smoke-tested by its own digest,
 * is adopted; anything else is refused with both digests.
 */
export async function adopted(request: ReleaseRequest, plan: Plan, proven: Proven, ports: Ports): Promise<Proven> {
  const { foreign } = plan
  const ours = proven.image.descriptor.digest
  if (!foreign || foreign.digest === ours) return proven
  if (!foreign.image || !sameContent(foreign.image, proven.image)) {
    const tag = `${request.repository.name}:${plan.tag ?? ''}`
    const what = `${tag} names ${foreign.digest}, which has no proof of a release of ours; this build is ${ours}`
    throw new DeployError('tag-conflict', what)
  }
  await proven.smoke?.cleanup
  const text = `${plan.tag ?? ''} was written by somebody else with the same content: it is smoke-tested and adopted`
  ports.reporter.emit({ type: 'notice', text })
  return proveRemote(request, foreign.digest, ports, foreign.image)
}

interface Promoted {
  readonly proven: Proven
  readonly tags: string[]
}

/**
 * Promotes. Where another run of the same commit was quicker, its image is the commit's: it is taken when it was proven
 * with the same inputs, or has the same content and passes the smoke test, and this run goes on with it.
 */
export async function promoteOrAgree(
  request: ReleaseRequest,
  plan: Plan,
  proven: Proven,
  ports: Ports,
): Promise<Promoted> {
  const wasProven = proven.smoke !== undefined || plan.proven
  try {
    return { proven, tags: await promote(request, plan, { image: proven.image, proven: wasProven }, ports) }
  } catch (error) {
    if (!(error instanceof DeployError) || error.code !== 'tag-conflict' || request.digest !== undefined) throw error
    const agreed = await winner(request, plan, proven, ports)
    if (!agreed) throw error
    const rest = { ...plan, tagged: agreed.image.descriptor.digest, proven: agreed.provenBefore === true }
    return { proven: agreed, tags: await promote(request, rest, { image: agreed.image, proven: true }, ports) }
  }
}

async function winner(request: ReleaseRequest, plan: Plan, ours: Proven, ports: Ports): Promise<Proven | undefined> {
  const inspection = await inspectImage(request, ports)
  const { image, proven, foreign } = reusable(request, inspection, plan.fingerprint)
  const other = image ?? foreign?.image
  if (!other || (!proven && !sameContent(other, ours.image))) return undefined
  await ours.smoke?.cleanup
  const { digest } = other.descriptor
  const text = `another run released this commit meanwhile, as ${digest}: this run goes on with that image`
  ports.reporter.emit({ type: 'notice', text })
  return proven ? { image: other, smoke: undefined, provenBefore: true } : proveRemote(request, digest, ports, other)
}

function sameContent(one: RemoteImage, other: RemoteImage): boolean {
  return contents(one) === contents(other)
}

function contents({ platforms }: RemoteImage): string {
  return platforms
    .map(({ platform, content }) => `${platform} ${content}`)
    .sort()
    .join()
}
