import type { Digest } from '../../domain/digest.ts'
import { digestIn, shortDigest } from '../../domain/digest.ts'
import type { Duration } from '../../domain/duration.ts'
import type { VerifiedVersion } from '../../domain/history.ts'
import type { PinnedImage } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import { runKey } from '../../domain/labels.ts'
import type { Stamp } from '../../domain/stamp.ts'
import type { WorkloadResult } from '../../domain/result.ts'
import type { DeployError, Reason } from '../../errors/deploy-error.ts'
import { asDeployError, fail, throwIfAborted } from '../../errors/deploy-error.ts'
import type { CheckResult, Rollout, Running, RunningWorkload } from '../../ports.ts'
import type { StepContext } from '../step.ts'
import { step } from '../step.ts'
import type { RolloutContext } from './gates.ts'
import { passGates } from './gates.ts'
import type { Judgement, Verdict } from './verify.ts'
import { replicasText, verify } from './verify.ts'
import { runsAsBeforeSoon } from './as-before.ts'

/** What a replacement came to, before anybody decides about the restore. */
export type Replacement =
  | {
      readonly is: 'healthy'
      readonly changed: boolean
      readonly rollout: Rollout<unknown>
      readonly verdict: Verdict
      /** What gates checked. */
      readonly checks: readonly CheckResult[]
    }
  | {
      readonly is: 'failed' | 'timed-out' | 'superseded'
      readonly reason: Reason
      readonly verdict: Verdict | undefined
      /** Whether this run sent a change. */
      readonly changed: boolean
      /** undefined: the very first changing request was refused and nothing was changed. */
      readonly rollout: Rollout<unknown> | undefined
    }

/** How long another run may take to change all of its workloads. */
const FOLLOWED: Duration = 10_000
const FOLLOW_EVERY: Duration = 100

interface Clocks {
  readonly timeout: Duration
  readonly stability: Duration
}

type Wanted = Pick<PinnedImage, 'repository' | 'accepted'>

/**
 * Whether every workload is set to this image already: then nothing is sent, and what runs is proven again. The same
 * digest in another repository is a change: the next replica would still be pulled from there.
 */
export function isAlreadySet(before: Running<unknown>, wanted: Wanted): boolean {
  return before.workloads.length > 0 && before.workloads.every((workload) => isSet(workload, wanted))
}

function isSet({ exists, image }: RunningWorkload<unknown>, { repository, accepted }: Wanted): boolean {
  const named = image === undefined ? undefined : parseReference(image)
  return (
    exists && named?.digest !== undefined && accepted.has(named.digest) && named.repository.name === repository.name
  )
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
    (value) => (value.is === 'healthy' ? replicasText(value.workloads) : value.reason.what),
  ).catch((error: unknown) => {
    // Cancelled: the caller is told what was sent.
    if (!context.signal.aborted) throw error
    return { is: 'failed' as const, reason: asDeployError(error), workloads: [] }
  })
  const red = ({ is, reason }: Ended, last: Verdict): Replacement =>
    overtakenBy
      ? { is: 'superseded', reason: { ...reason, code: overtakenBy.code }, verdict: last, rollout, changed }
      : { is, reason, verdict: last, rollout, changed }
  if (verdict.is !== 'healthy') return red(verdict, verdict)
  const passage = await passGates({ ...deployment, rollout, image, changed }, context)
  if (passage.is !== 'passed') return red(passage, passage.verdict ?? verdict)
  return { is: 'healthy', changed, rollout, verdict, checks: passage.checks }
}

interface Ended {
  readonly is: 'failed' | 'timed-out' | 'superseded'
  readonly reason: Reason
}

interface Sent {
  readonly rollout: Rollout<unknown>
  readonly changed: boolean
  /** Another run sent the same image first: its restore is its own task. */
  readonly overtakenBy: DeployError | undefined
}

/** What runs now, and the exact spec of the wanted version where the target still holds it. */
interface Change {
  readonly before: Running<unknown>
  readonly exact?: Running<unknown> | undefined
}

async function send(
  image: PinnedImage,
  stamp: Stamp,
  { before, exact }: Change,
  context: RolloutContext,
): Promise<Sent | Replacement> {
  const { target } = context
  if (isAlreadySet(before, image) && !(await hasPendingChanges(image, context))) {
    return { rollout: attached(before, image.accepted, context), changed: false, overtakenBy: undefined }
  }
  try {
    const change = async (): Promise<Rollout<unknown>> => {
      if (!exact) return target.replace(image, stamp, before)
      const { startedAt, workloads } = await target.restore(exact, stamp)
      const handles = workloads.map(({ name, handle }) => ({ name, handle }))
      return { before, startedAt, accepted: image.accepted, workloads: handles }
    }
    return {
      rollout: await step(context, { name: 'rollout', title: `Replace ${names(before)}` }, change, () => 'sent'),
      changed: true,
      overtakenBy: undefined,
    }
  } catch (error) {
    const reason = asDeployError(error)
    if (reason.code !== 'another-rollout') return refused('failed', reason)
    const now = await sameImageEverywhere(image, context)
    if (!now) return refused('superseded', reason)
    const text = `${reason.what}: it releases the same image, which is proven here too`
    context.reporter.emit({ type: 'notice', text })
    return { rollout: attached(now, image.accepted, context), changed: false, overtakenBy: reason }
  }
}

async function hasPendingChanges(image: PinnedImage, { target, reporter }: RolloutContext): Promise<boolean> {
  const changes = (await target.pendingChanges?.(image)) ?? []
  if (changes.length === 0) return false
  const text = `the image runs already, but the files differ from what runs, and are applied: ${changes.slice(0, 10).join('; ')}`
  reporter.emit({ type: 'notice', text })
  return true
}

/** Another run that releases the same image is followed while it still changes its workloads; undefined: it is another. */
async function sameImageEverywhere(
  image: PinnedImage,
  { target, clock, signal }: RolloutContext,
): Promise<Running<unknown> | undefined> {
  const until = clock.now() + FOLLOWED
  while (clock.now() < until) {
    throwIfAborted(signal)
    const now = await target.current()
    if (isAlreadySet(now, image)) return now
    if (!now.workloads.some((workload) => isSet(workload, image))) return undefined
    await clock.sleep(FOLLOW_EVERY, signal)
  }
  return undefined
}

/** The very first changing request was refused: nothing was changed. */
function refused(is: 'failed' | 'superseded', reason: DeployError): Replacement {
  return { is, reason, verdict: undefined, rollout: undefined, changed: false }
}

/** A rollout that this run did not start: the workloads as they are. */
function attached(before: Running<unknown>, accepted: ReadonlySet<Digest>, { clock }: StepContext): Rollout<unknown> {
  const workloads = before.workloads.map(({ name, spec }) => ({ name, handle: spec }))
  return { before, accepted, startedAt: clock.now(), workloads }
}

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
      { name: 'restore', title: `Restore what ran before on ${names(before)}` },
      async (): Promise<Restoration> => {
        const rollout = { ...(await target.restore(before, stamp)), isRestore: true }
        if (!before.workloads.some(({ exists }) => exists)) return { is: 'nothing-to-restore' }
        const verdict = await verify(target, rollout, { ...clocks, step: 'restore' }, context)
        if (verdict.is === 'healthy') return { is: 'restored', judgements: verdict.workloads, rollout }
        const lie = verdict.is === 'superseded' ? await notCarriedOut(context, stamp) : undefined
        if (lie) return { is: 'failed', reason: lie, judgements: verdict.workloads }
        const same = verdict.is !== 'superseded' && (await runsAsBeforeSoon(target, before, clocks, context))
        if (same) return { is: 'restored', judgements: verdict.workloads, rollout, unproven: verdict.reason }
        return { is: 'failed', reason: fail(verdict.reason), judgements: verdict.workloads }
      },
      (value) => (value.is === 'restored' ? replicasText(value.judgements) : value.is),
    )
  } catch (error) {
    return { is: 'failed', reason: asDeployError(error), judgements: [] }
  }
}

/** An engine that took the way back and did nothing: what this run put there stands there still, nobody else's change. */
async function notCarriedOut({ target }: RolloutContext, { run, digest }: Stamp): Promise<DeployError | undefined> {
  const { workloads } = await target.current()
  const left = workloads.filter(
    ({ releasedBy, image }) => releasedBy === runKey(run) && image !== undefined && digestIn(image) === digest,
  )
  if (left.length === 0) return undefined
  const what = `the way back was accepted, but ${left.map(({ name }) => name).join(', ')} is still set to what this run put there`
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

/** The workload table of the result. */
export function workloadResults(
  before: Running<unknown>,
  judgements: readonly Judgement[],
  verdictOf: (judgement: Judgement | undefined) => WorkloadResult['verdict'],
): WorkloadResult[] {
  return before.workloads.map(({ name, digests, namespace }) => {
    const judgement = judgements.find((entry) => entry.name === name)
    const digest = judgement ? judgement.digest : digests[0]
    return {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      verdict: verdictOf(judgement),
      ...(digest === undefined ? {} : { digest }),
      ...(judgement ? { replicas: judgement.replicas } : {}),
      ...(judgement?.reason ? { reasonCode: judgement.reason.code, reason: judgement.reason.what } : {}),
    }
  })
}

function names(running: Running<unknown>): string {
  return running.workloads.map(({ name }) => name).join(', ') || 'the workloads'
}
