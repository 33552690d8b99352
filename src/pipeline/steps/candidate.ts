import { shortDigest } from '../../domain/digest.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
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
    const built = await buildStep(request, plan, ports)
    return proveBuilt({ ...request, revision: revisionOf(plan) }, built, ports)
  }
  skip(ports, 'build', `reused ${shortDigest(plan.reuse.descriptor.digest)}`)
  if (!plan.proven) return proveRemote(request, plan.reuse.descriptor.digest, ports, plan.reuse)
  skip(ports, 'smoke', 'proven before: this digest has a proof')
  return { image: plan.reuse, smoke: undefined }
}

/** `promote: none`: built into the engine and smoked by its local id; nothing lasts, nothing is pushed. */
export async function localCandidate(
  request: ReleaseRequest,
  plan: Plan,
  ports: Ports,
): Promise<{ imageId: string; smoke: SmokeReport | undefined }> {
  const built = await buildStep(request, plan, ports)
  if (built.where === 'registry') throw new DeployError('internal-error', 'a build that must stay local was pushed')
  const { imageId } = built
  const facts = await factsOf(request, imageId, await ports.runtime())
  return { imageId, smoke: await smokeLocal(imageId, facts, ports) }
}

async function buildStep(request: ReleaseRequest, plan: Plan, ports: Ports): Promise<Built> {
  const { builder } = plan
  if (!builder) throw new DeployError('internal-error', 'no builder was chosen')
  const revision = revisionOf(plan)
  return step(
    ports,
    { name: 'build', title: `Build ${request.repository.name} at ${revision.slice(0, 7)} with ${builder.name}` },
    () => {
      if (request.smoke !== 'off') void warm(ports)
      return build(
        { ...request, revision },
        { source: plan.source, fingerprint: plan.fingerprint, builder },
        ports.signal,
      )
    },
    (built) => shortDigest(built.where === 'registry' ? built.digest : built.imageId),
  )
}

/**
 * Gets ready for the smoke test while the engine builds: that time is free, but only once the context is on its restoration.
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
