/** A version that is proven is recorded. */
import type { Running } from '../../ports.ts'
import type { Ending, Trace } from '../trace.ts'
import { withChecks, withLink } from '../trace.ts'
import type { DeployContext, Deployed, Deployment } from './deployment.ts'
import { recordVerified } from './record.ts'
import type { Replacement } from './send.ts'
import { replicasText } from './verify.ts'
import { namesText, servingText, workloadResults } from './workload-texts.ts'

export async function settleHealthy(
  deployment: Deployment,
  replacement: Extract<Replacement, { is: 'healthy' }>,
  context: DeployContext,
  trace: Trace,
): Promise<Deployed> {
  const { image, before, abandoned } = deployment
  const recorded = await recordVerified({ ...deployment, rollout: replacement.rollout }, image, abandoned, context)
  const judgements = replacement.verdict.workloads
  const verdict = replacement.changed ? 'healthy' : 'unchanged'
  const workloads = workloadResults(before, judgements, () => verdict, replacement.rollout)
  const checked = withChecks(trace, replacement.checks)
  return {
    trace: {
      ...withLink(checked, 'running', image.digest, `${replicasText(judgements)}${servingText(workloads)}`),
      tags: [...checked.tags, ...recorded.tags],
      workloads,
      ...(replacement.url === undefined ? {} : { url: replacement.url }),
    },
    ending: context.signal.aborted && !recorded.complete ? unrecorded(before) : { outcome: verdict },
  }
}

/** Cancelled while the record was written: what runs is proven, but `previous` would not know it. */
function unrecorded(before: Running<unknown>): Ending {
  return {
    outcome: 'cancelled',
    reason: { code: 'cancelled', what: 'cancelled while the record was written' },
    state: `${namesText(before)} runs the new version, proven; run again to write its record`,
    touched: true,
  }
}
