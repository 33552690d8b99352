import type { ReleaseRequest } from '../../domain/request.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Ports, Promotion, RemoteImage } from '../../ports.ts'
import { skip, step } from '../step.ts'
import { inputsOf } from './image-inspection.ts'
import type { Plan } from './plan.ts'

type Context = Pick<Ports, 'registry' | 'reporter' | 'clock'>

/**
 * Writes the tags that a proven image gets: the release tag and the proof first, then the others side by side. The
 * environment tag is written here only where no target has to give a verdict. Returns the tags that now name it.
 */
export async function promote(
  request: ReleaseRequest,
  plan: Plan,
  { image, proven }: { readonly image: RemoteImage; readonly proven: boolean },
  ports: Context,
): Promise<string[]> {
  const { repository } = request
  const { digest } = image.descriptor
  if (!proven) {
    skip(ports, 'promote', 'smoke: off, so no release tag is written')
    return []
  }
  if (
    plan.proven &&
    plan.tagged === digest &&
    request.extraTags.length === 0 &&
    !pointsElsewhere(request, plan, digest)
  ) {
    skip(ports, 'promote', 'the release tag names this digest already')
    return plan.tag === undefined ? [] : [plan.tag]
  }
  const promotions = await step(
    ports,
    { name: 'promote', title: `Promote ${repository.name}@${digest.slice(0, 19)}` },
    async () => {
      const [released] = await Promise.all([
        plan.tag === undefined ? undefined : releaseTag(plan.tag),
        plan.proven ? undefined : prove(request, plan, image, ports),
      ])
      const others = await Promise.all([...request.extraTags, ...environmentTag(request)].map(move))
      return [released, ...others].filter((promotion) => promotion !== undefined)
    },
    (promotions) => promotions.map(promotionText).join(', '),
  )
  return promotions.map(({ tag }) => tag)

  async function releaseTag(tag: string): Promise<Promotion> {
    if (plan.tagged === digest) return { tag, changed: false, previous: digest }
    return ports.registry.promote(repository, digest, tag, 'never-moves')
  }

  async function move(tag: string): Promise<Promotion | undefined> {
    try {
      return await ports.registry.promote(repository, digest, tag, 'may-move')
    } catch (error) {
      const { code, what } = asDeployError(error)
      ports.reporter.emit({
        type: 'warning',
        text: `the tag ${repository.name}:${tag} was not moved: ${what} (${code})`,
      })
      return undefined
    }
  }
}

export function promotionText({ tag, changed, previous }: Promotion): string {
  if (!changed) return `${tag} (unchanged)`
  return previous === undefined ? tag : `${tag} (was ${previous.slice(0, 19)})`
}

/** The next release of this commit finds it and need not test again; without it the image is only tested anew. */
async function prove(request: ReleaseRequest, plan: Plan, image: RemoteImage, ports: Context): Promise<void> {
  const { revision, tag = '' } = plan
  if (revision === undefined) return
  const { repository } = request
  const { digest } = image.descriptor
  const inputs = request.digest === undefined ? plan.fingerprint : (inputsOf(request, revision, image) ?? '')
  try {
    await ports.registry.prove(repository, { repository: repository.name, revision, digest, tag, inputs })
  } catch (error) {
    const { code, what } = asDeployError(error)
    const text = `the proof of ${digest} was not written, so the next release of this commit tests it again: ${what} (${code})`
    ports.reporter.emit({ type: 'warning', text })
  }
}

/** Without a target an explicit environment's tag is all there is to an environment. */
function environmentTag(request: ReleaseRequest): string[] {
  return request.target === undefined && request.promote === 'all' && request.environmentTag !== undefined
    ? [request.environmentTag]
    : []
}

function pointsElsewhere(request: ReleaseRequest, plan: Plan, digest: string): boolean {
  const tag = plan.environmentTag
  return environmentTag(request).length > 0 && (tag?.is !== 'present' || tag.value.digest !== digest)
}
