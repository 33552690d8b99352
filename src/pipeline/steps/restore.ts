/** Restore: what ran before is put back, or the last version that was proven, and proven again. */
import { within } from '../../async/deadline.ts'
import { digestIn, shortDigest } from '../../domain/digest.ts'
import type { VerifiedVersion } from '../../domain/history.ts'
import type { PinnedImage } from '../../domain/image.ts'
import { runKey } from '../../domain/labels.ts'
import type { Stamp } from '../../domain/stamp.ts'
import type { DeployError, Reason } from '../../errors/deploy-error.ts'
import { asDeployError, fail } from '../../errors/deploy-error.ts'
import type { Rollout, Running } from '../../ports.ts'
import { step } from '../step.ts'
import { acceptedOf, isSetAsBefore, runsAsBeforeSoon } from './as-before.ts'
import type { RolloutContext } from './gates.ts'
import type { Clocks } from './rollout.ts'
import { replaceAndVerify } from './rollout.ts'
import type { Judgement } from './judge.ts'
import { mayBeTaken, readSoon } from './unanswered.ts'
import { replicasText, unanswered, verify } from './verify.ts'
import { namesText } from './workload-texts.ts'

/** How the restore ended. */
export type Restoration =
  | {
      readonly is: 'restored'
      readonly judgements: readonly Judgement[]
      readonly rollout: Rollout<unknown>
      /** It runs as before, but was not seen healthy for the whole stability window: why. */
      readonly unproven?: Reason
    }
  | { readonly is: 'nothing-to-restore' }
  | { readonly is: 'failed'; readonly reason: DeployError; readonly judgements: readonly Judgement[] }

/** Puts back exactly what ran before, and proves its digest too. Has a time limit of its own and never throws. */
export async function restore(
  before: Running<unknown>,
  stamp: Stamp,
  clocks: Clocks,
  context: RolloutContext,
): Promise<Restoration> {
  const { target } = context
  try {
    return await step(
      context,
      { name: 'restore', title: `Restore what ran before on ${namesText(before)}` },
      async (): Promise<Restoration> => {
        const rollout = { ...(await putBack(before, stamp, clocks, context)), isRestore: true }
        if (!before.workloads.some(({ exists }) => exists)) return { is: 'nothing-to-restore' }
        const verdict = await verify(target, rollout, { ...clocks, step: 'restore' }, context)
        if (verdict.is === 'healthy') return { is: 'restored', judgements: verdict.workloads, rollout }
        const lie = verdict.is === 'superseded' ? await notCarriedOut(context, stamp) : undefined
        if (lie) return { is: 'failed', reason: lie, judgements: verdict.workloads }
        const same = verdict.is !== 'superseded' && (await runsAsBeforeSoon(target, before, clocks, context))
        if (same) return { is: 'restored', judgements: verdict.workloads, rollout, unproven: verdict.reason }
        return { is: 'failed', reason: fail(verdict.reason), judgements: verdict.workloads }
      },
      (value) => {
        if (value.is === 'failed') return { failed: value.reason.what }
        return value.is === 'restored' ? replicasText(value.judgements) : 'what this run created was removed'
      },
    )
  } catch (error) {
    return { is: 'failed', reason: asDeployError(error), judgements: [] }
  }
}

/** The time limit holds for a target that does not answer too; what it did all the same is looked at. */
async function putBack(
  before: Running<unknown>,
  stamp: Stamp,
  { timeout }: Clocks,
  { target, clock, signal }: RolloutContext,
): Promise<Rollout<unknown>> {
  const startedAt = clock.now()
  try {
    return await within({ ms: timeout, late: unanswered(timeout) }, () => target.restore(before, stamp))
  } catch (error) {
    const reason = asDeployError(error)
    const now = mayBeTaken(reason) ? await readSoon(target, clock, signal) : undefined
    if (!now || !isSetAsBefore(now, before)) throw reason
    const accepted = new Set(before.workloads.flatMap(acceptedOf))
    return { accepted, startedAt, workloads: now.workloads.map(({ name, spec }) => ({ name, handle: spec })) }
  }
}

/** An engine that took the restore and did nothing: what this run put there stands there still, nobody else's change. */
async function notCarriedOut({ target }: RolloutContext, { run, digest }: Stamp): Promise<DeployError | undefined> {
  const { workloads } = await target.current()
  const left = workloads.filter(
    ({ releasedBy, image }) => releasedBy === runKey(run) && image !== undefined && digestIn(image) === digest,
  )
  if (left.length === 0) return undefined
  const what = `the restore was accepted, but ${left.map(({ name }) => name).join(', ')} is still set to what this run put there`
  return fail({ code: 'restore-failed', what })
}

/**
 * What a run that ended half-way left is nothing to go back to: the last proven version comes back, with the settings of
 * today. Never throws.
 */
export async function restoreProven<D extends Clocks & { readonly image: PinnedImage }>(
  version: VerifiedVersion,
  deployment: D,
  stampOf: (deployment: D) => Stamp,
  context: RolloutContext,
): Promise<Restoration> {
  const { target } = context
  const image: PinnedImage = {
    repository: deployment.image.repository,
    digest: version.digest,
    accepted: new Set([version.digest, ...(version.accepted ?? [])]),
    ...(version.revision === undefined ? {} : { revision: version.revision }),
    ...(version.tag === undefined ? {} : { tag: version.tag }),
  }
  context.reporter.emit({
    type: 'notice',
    text: `what was set before was never proven: going back to ${shortDigest(version.digest)}, the last version that was`,
  })
  try {
    const before = await target.current()
    const stamp = stampOf({ ...deployment, image })
    const replaced = await replaceAndVerify(image, stamp, { ...deployment, before }, { ...context, gates: [] })
    if (replaced.is === 'healthy')
      return { is: 'restored', judgements: replaced.verdict.workloads, rollout: replaced.rollout }
    return { is: 'failed', reason: fail(replaced.reason), judgements: replaced.verdict?.workloads ?? [] }
  } catch (error) {
    return { is: 'failed', reason: asDeployError(error), judgements: [] }
  }
}
