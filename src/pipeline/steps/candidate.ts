import { randomBytes } from 'node:crypto'
import { shortDigest } from '../../domain/digest.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import type { Revision } from '../../domain/revision.ts'
import { candidateTag, previewTag, tagOfBuild } from '../../domain/tags.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Built, Ports, SmokeReport } from '../../ports.ts'
import { skip, step } from '../step.ts'
import { build } from './build.ts'
import type { Plan } from './plan.ts'
import type { Proven } from './prove.ts'
import { factsOf, proveBuilt, proveRemote, smokeLocal } from './prove.ts'

/** Builds and smoke-tests, or takes the image that is there already. */
export async function candidate(request: ReleaseRequest, plan: Plan, ports: Ports): Promise<Proven> {
  if (!plan.reuse) {
    return withBuilt(request, plan, ports, (built, { tag, revision }) =>
      proveBuilt({ ...request, revision }, { built, tag }, ports),
    )
  }
  skip(ports, 'build', `reused ${shortDigest(plan.reuse.descriptor.digest)}`)
  if (!plan.proven) return proveRemote(request, plan.reuse.descriptor.digest, ports, plan.reuse)
  skip(ports, 'smoke', 'proven before: this digest has a proof')
  return { image: plan.reuse, smoke: undefined, provenBefore: true }
}

/** `promote: none`: built into the engine and smoked by its local id; nothing lasts, nothing is pushed. */
export function localCandidate(
  request: ReleaseRequest,
  plan: Plan,
  ports: Ports,
): Promise<{ imageId: string; smoke: SmokeReport | undefined }> {
  return withBuilt(request, plan, ports, async (built) => {
    if (built.where === 'registry') throw new DeployError('internal-error', 'a build that must stay local was pushed')
    const { imageId } = built
    const facts = await factsOf(request, imageId, await ports.runtime())
    return { imageId, smoke: await smokeLocal(imageId, facts, ports) }
  })
}

/** A build that is about to run: of what, and the tag that is its own, on the engine and in the registry. */
interface Planned {
  readonly revision: Revision
  readonly tag: string
}

/** Its container goes before the image's name. */
interface Smoked {
  readonly smoke: SmokeReport | undefined
}

/**
 * Builds, and works with the image, which has a name on the engine until that is done. An image that somebody removed
 * meanwhile is built once more: the engine's cache still has most of it.
 */
async function withBuilt<T extends Smoked>(
  request: ReleaseRequest,
  plan: Plan,
  ports: Ports,
  work: (built: Built, planned: Planned) => Promise<T>,
): Promise<T> {
  const once = async (isLast: boolean): Promise<T | 'lost'> => {
    const planned = plannedBuild(request, plan)
    const built = await buildStep(request, plan, planned, ports)
    const forgotten = () => forget(built, request, planned.tag, ports)
    try {
      const done = await work(built, planned)
      if (done.smoke) return { ...done, smoke: { ...done.smoke, cleanup: done.smoke.cleanup.finally(forgotten) } }
      await forgotten()
      return done
    } catch (error) {
      const isGone = !isLast && (await isLost(built, ports))
      await forgotten()
      if (!isGone) throw error
      return 'lost'
    }
  }
  const first = await once(false)
  if (first !== 'lost') return first
  const text = 'the image was removed from the engine while this run worked with it: it is built once more'
  ports.reporter.emit({ type: 'warning', text })
  return (await once(true)) as T
}

function plannedBuild(request: ReleaseRequest, plan: Plan): Planned {
  const revision = revisionOf(plan)
  const preview = request.target?.preview
  const tag = preview ? previewTag(preview.name, request.run) : candidateTag(revision, request.run, request.tagSuffix)
  return { revision, tag: tagOfBuild(tag, randomBytes(3).toString('hex')) }
}

async function isLost(built: Built, { runtime, signal }: Ports): Promise<boolean> {
  if (built.where === 'registry' || signal.aborted) return false
  try {
    return (await (await runtime()).image(built.imageId)) === undefined
  } catch {
    return false
  }
}

/** The name is for nobody after this: that it stays would harm no run. */
async function forget(built: Built, { repository }: ReleaseRequest, tag: string, { runtime }: Ports): Promise<void> {
  if (built.where === 'registry') return
  try {
    await (await runtime()).forget(built.imageId, repository, tag)
  } catch {
    // The engine is away.
  }
}

async function buildStep(
  request: ReleaseRequest,
  plan: Plan,
  { revision, tag }: Planned,
  ports: Ports,
): Promise<Built> {
  const { builder } = plan
  if (!builder) throw new DeployError('internal-error', 'no builder was chosen')
  return step(
    ports,
    { name: 'build', title: `Build ${request.repository.name} at ${revision.slice(0, 7)} with ${builder.name}` },
    () => {
      if (request.smoke !== 'off') void warm(ports)
      const { source, fingerprint } = plan
      return build({ ...request, revision }, { source, fingerprint, builder, tag }, ports.signal)
    },
    (built) => shortDigest(built.where === 'registry' ? built.digest : built.imageId),
  )
}

/**
 * Gets ready for the smoke test while the engine builds: that time costs nothing, once the context is being sent.
 * What fails here shows up when it is needed.
 */
async function warm({ clock, signal, checks, runtime }: Ports): Promise<void> {
  await clock.sleep(30, signal)
  if (!signal.aborted) await Promise.allSettled([checks.warm?.(), runtime()])
}

function revisionOf(plan: Plan): string {
  if (plan.revision !== undefined) return plan.revision
  throw new DeployError('no-revision', 'neither a work tree nor the event names a commit')
}
