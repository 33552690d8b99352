/** Sends the change, or attaches to what is on its way already. Whether it was taken is never guessed. */
import type { ArtifactId } from '../../domain/artifact.ts'
import type { Duration } from '../../domain/duration.ts'
import type { PinnedImage } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import { runKey } from '../../domain/labels.ts'
import type { Stamp } from '../../domain/stamp.ts'
import type { DeployError, Reason } from '../../errors/deploy-error.ts'
import { asDeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { CheckResult, Rollout, Running, RunningWorkload } from '../../ports.ts'
import type { StepContext } from '../step.ts'
import { step } from '../step.ts'
import type { RolloutContext } from './gates.ts'
import type { Verdict } from './verify.ts'
import { mayBeTaken, readSoon } from './unanswered.ts'
import { namesText, runsText } from './workload-texts.ts'

/** What a replacement came to, before anybody decides about the restore. */
export type Replacement =
  | {
      readonly is: 'healthy'
      readonly changed: boolean
      readonly rollout: Rollout<unknown>
      readonly verdict: Verdict
      /** What gates checked. */
      readonly checks: readonly CheckResult[]
      /** Where they found it. */
      readonly url?: string | undefined
    }
  | {
      readonly is: 'failed' | 'timed-out' | 'superseded'
      readonly reason: Reason
      readonly verdict: Verdict | undefined
      /** Whether this run sent a change. */
      readonly changed: boolean
      /** undefined: the very first changing request was refused and nothing was changed. */
      readonly rollout: Rollout<unknown> | undefined
      /** What gates checked, the one that failed included. */
      readonly checks?: readonly CheckResult[]
      /** What is left where nothing is proven; undefined: what ran before. */
      readonly state?: string
    }

/** How long another run may take to change all of its workloads. */
const FOLLOWED_FOR_MS: Duration = 10_000
const FOLLOW_EVERY_MS: Duration = 100

type Wanted = Pick<PinnedImage, 'repository' | 'accepted'>

/**
 * Whether every workload is set to this image already: then nothing is sent, and what runs is proven again. The same
 * digest in another repository is a change: the next replica would still be pulled from there.
 */
export function isAlreadySet(before: Running<unknown>, wanted: Wanted): boolean {
  return before.workloads.length > 0 && before.workloads.every((workload) => isSet(workload, wanted))
}

/** The same of one of them. */
export function isSet({ exists, image }: RunningWorkload<unknown>, { repository, accepted }: Wanted): boolean {
  const named = image === undefined ? undefined : parseReference(image)
  return (
    exists && named?.digest !== undefined && accepted.has(named.digest) && named.repository.name === repository.name
  )
}

export interface Sent {
  readonly rollout: Rollout<unknown>
  readonly changed: boolean
  /** Another run sent the same image first: its restore is its own task. */
  readonly overtakenBy: DeployError | undefined
}

/** What runs now, and the exact spec of the wanted version where the target still holds it. */
export interface Change {
  readonly before: Running<unknown>
  readonly exact?: Running<unknown> | undefined
  /** Sent also where the image is set already: what stands beside it has a time that begins anew. */
  readonly renews?: boolean
}

export async function send(
  image: PinnedImage,
  stamp: Stamp,
  { before, exact, renews = false }: Change,
  context: RolloutContext,
): Promise<Sent | Replacement> {
  const { target } = context
  const isSame = isAlreadySet(before, image) && !(await hasPendingChanges(image, context))
  if (isSame && !renews) {
    return { rollout: attached(before, image.accepted, context), changed: false, overtakenBy: undefined }
  }
  const startedAt = context.clock.now()
  try {
    const change = async (): Promise<Rollout<unknown>> => {
      if (!exact) return target.replace(image, stamp, before)
      const { startedAt, workloads } = await target.restore(exact, stamp)
      const handles = workloads.map(({ name, handle }) => ({ name, handle }))
      return { startedAt, accepted: image.accepted, workloads: handles }
    }
    return {
      rollout: await step(context, { name: 'rollout', title: `Replace ${namesText(before)}` }, change, () => 'sent'),
      changed: !isSame,
      overtakenBy: undefined,
    }
  } catch (error) {
    const reason = asDeployError(error)
    if (mayBeTaken(reason)) return afterSilence(reason, { image, stamp, before, startedAt }, context)
    if (reason.code !== 'another-rollout') return refused('failed', reason)
    const now = await sameImageEverywhere(image, context)
    if (!now) return refused('superseded', reason)
    const text = `${reason.what}: it releases the same image, which is proven here too`
    context.reporter.emit({ type: 'notice', text })
    return { rollout: attached(now, image.accepted, context), changed: false, overtakenBy: reason }
  }
}

interface Unanswered extends Change {
  readonly image: PinnedImage
  readonly stamp: Stamp
  readonly startedAt: number
}

/** Finds out what became of a change whose answer never came: it is taken back, was not taken, or nobody knows. */
async function afterSilence(
  reason: DeployError,
  { image, stamp, before, startedAt }: Unanswered,
  { target, clock, signal }: RolloutContext,
): Promise<Replacement> {
  const failed = { is: 'failed', reason, verdict: undefined } as const
  const now = await readSoon(target, clock, signal)
  if (!now) {
    const state = `it is not known whether ${namesText(before)} was changed: the target does not answer. Look at what runs, or run again`
    return { ...failed, changed: true, rollout: undefined, state }
  }
  const isTaken = now.workloads.some((workload) => {
    return workload.releasedBy === runKey(stamp.run) && isSet(workload, image)
  })
  if (!isTaken) return { ...failed, changed: false, rollout: undefined, state: `looked at again: ${runsText(now)}` }
  const workloads = now.workloads.map(({ name, spec }) => ({ name, handle: spec }))
  return { ...failed, changed: true, rollout: { accepted: image.accepted, startedAt, workloads } }
}

/** Says what the files change. */
async function hasPendingChanges(image: PinnedImage, { target, reporter }: RolloutContext): Promise<boolean> {
  const changes = target.pendingChanges ? await target.pendingChanges(image) : []
  if (changes === 'sent-anyway') return true
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
  const until = clock.now() + FOLLOWED_FOR_MS
  while (clock.now() < until) {
    throwIfAborted(signal)
    const now = await target.current()
    if (isAlreadySet(now, image)) return now
    if (!now.workloads.some((workload) => isSet(workload, image))) return undefined
    await clock.sleep(FOLLOW_EVERY_MS, signal)
  }
  return undefined
}

/** The very first changing request was refused: nothing was changed. */
function refused(is: 'failed' | 'superseded', reason: DeployError): Replacement {
  return { is, reason, verdict: undefined, rollout: undefined, changed: false }
}

/** A rollout that this run did not start: the workloads as they are. */
function attached(
  before: Running<unknown>,
  accepted: ReadonlySet<ArtifactId>,
  { clock }: StepContext,
): Rollout<unknown> {
  const workloads = before.workloads.map(({ name, spec }) => ({ name, handle: spec }))
  return { accepted, startedAt: clock.now(), workloads }
}
