import type { ReleaseRequest } from '../../domain/request.ts'
import type { VerifiedVersion } from '../../domain/history.ts'
import type { Revision } from '../../domain/revision.ts'
import { shortRevision } from '../../domain/revision.ts'
import { listed } from '../../domain/text.ts'
import { labelledRevision } from '../../domain/proof.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Ports } from '../../ports.ts'
import { MEMORY_TITLES } from './memory.ts'
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
    plan.runningRevision ?? (plan.target ? recordedRevision(plan, ports) : await taggedRevision(request, plan, ports))
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

/** The records' word for what is set, where the workloads carry no stamp; it is said whose word that is. */
function recordedRevision({ before, memory }: Plan, { reporter }: Ports): Revision | undefined {
  const isSet = ({ digest, accepted = [] }: VerifiedVersion) => isSetEverywhere(before, new Set([digest, ...accepted]))
  const revision = memory.history.verified.find(isSet)?.revision
  const sources = [...memory.by].filter(([name, { verified }]) => name !== 'target' && verified.some(isSet))
  if (revision !== undefined && sources.length > 0) {
    const titles = listed(
      sources.map(([name]) => MEMORY_TITLES[name]),
      'and',
    )
    const text = `the target does not say which commit runs: going by ${titles} it is ${shortRevision(revision)}`
    reporter.emit({ type: 'notice', text })
  }
  return revision
}

async function taggedRevision(request: ReleaseRequest, plan: Plan, { registry }: Ports): Promise<Revision | undefined> {
  if (plan.environmentTag?.is !== 'present') return undefined
  const image = await registry.image(request.repository, plan.environmentTag.value.digest)
  return image.is === 'present' ? labelledRevision(image.value.labels) : undefined
}
