import { shortDigest } from '../../domain/digest.ts'
import type { Duration } from '../../domain/duration.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { Stamp } from '../../domain/stamp.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { CheckResult } from '../../ports.ts'
import { step } from '../step.ts'
import type { RolloutContext } from './gates.ts'
import { passGates } from './gates.ts'
import type { Change, Replacement } from './send.ts'
import { send } from './send.ts'
import type { Verdict } from './verify.ts'
import { replicasText, verify } from './verify.ts'

export interface Clocks {
  readonly timeout: Duration
  readonly stability: Duration
}

/** Replaces what runs, or attaches to what is on its way already, and waits for the verdict. */
export async function replaceAndVerify(
  image: PinnedImage,
  stamp: Stamp,
  deployment: Clocks & Change,
  context: RolloutContext,
): Promise<Replacement> {
  const sent = await send(image, stamp, deployment, context)
  if ('is' in sent) return sent
  const { rollout, changed, overtakenBy } = sent
  const { target } = context
  const verdict = await step(
    context,
    { name: 'verify', title: `Prove that every replica runs ${shortDigest(image.digest)} and stays healthy` },
    () => verify(target, rollout, { ...deployment, step: 'verify' }, context),
    (value) => (value.is === 'healthy' ? replicasText(value.workloads) : { failed: value.reason.what }),
  ).catch((error: unknown) => {
    // When it is cancelled, the caller gets what was sent.
    if (!context.signal.aborted) throw error
    return { is: 'failed' as const, reason: asDeployError(error), workloads: [] }
  })
  const red = ({ is, reason, checks = [] }: Ended, last: Verdict): Replacement =>
    overtakenBy
      ? { is: 'superseded', reason: { ...reason, code: overtakenBy.code }, verdict: last, rollout, changed, checks }
      : { is, reason, verdict: last, rollout, changed, checks }
  if (verdict.is !== 'healthy') return red(verdict, verdict)
  const passage = await passGates({ ...deployment, rollout, image, changed }, context)
  if (passage.is !== 'passed') return red(passage, passage.verdict ?? verdict)
  return { is: 'healthy', changed, rollout, verdict, checks: passage.checks, url: passage.url }
}

interface Ended {
  readonly is: 'failed' | 'timed-out' | 'superseded'
  readonly reason: Reason
  readonly checks?: readonly CheckResult[]
}
