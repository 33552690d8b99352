import type { ReleaseRequest } from '../../domain/request.ts'
import type { Revision } from '../../domain/revision.ts'
import { shortRevision } from '../../domain/revision.ts'
import { labelledRevision } from '../../domain/proof.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Ports } from '../../ports.ts'
import type { Plan } from './plan.ts'
import { isSetEverywhere } from './versions.ts'

/**
 * Builds finish out of order: a late run must not move an environment back. Compares with what runs now at this place;
 * the environment tag, which other places of the environment move too, is asked only where there is no target. Returns
 * why not to go on, undefined to go on.
 */
export async function older(request: ReleaseRequest, plan: Plan, ports: Ports): Promise<Reason | undefined> {
  if (request.onOlder === 'allow' || plan.revision === undefined || request.promote !== 'all') return undefined
  const running =
    plan.runningRevision ?? (plan.target ? recordedRevision(plan) : await taggedRevision(request, plan, ports))
  if (running === undefined || running === plan.revision) return undefined
  const ancestry = await ports.source.compare(plan.revision, running)
  const pair = `${shortRevision(plan.revision)} and ${shortRevision(running)}, which runs in ${request.environment ?? 'the environment'}`
  if (ancestry === 'older') {
    return {
      code: 'older-than-running',
      what: `${shortRevision(plan.revision)} is an ancestor of ${shortRevision(running)}, which runs now`,
    }
  }
  if (ancestry === 'diverged')
    ports.reporter.emit({ type: 'warning', text: `${pair} have diverged: neither is the older` })
  if (ancestry === 'unknown') {
    const text = `the order of ${pair}, is unknown: give actions/checkout "fetch-depth: 0", or the job "permissions: contents: read"`
    ports.reporter.emit({ type: 'warning', text })
  }
  return undefined
}

/** The records' word for what is set, where the workloads carry no stamp. */
function recordedRevision({ before, memory }: Plan): Revision | undefined {
  return memory.history.verified.find(({ digest, accepted = [] }) =>
    isSetEverywhere(before, new Set([digest, ...accepted])),
  )?.revision
}

async function taggedRevision(request: ReleaseRequest, plan: Plan, { registry }: Ports): Promise<Revision | undefined> {
  if (plan.environmentTag?.is !== 'present') return undefined
  const image = await registry.image(request.repository, plan.environmentTag.value.digest)
  return image.is === 'present' ? labelledRevision(image.value.labels) : undefined
}
