import type { Digest } from '../domain/digest.ts'
import { shortDigest } from '../domain/digest.ts'
import type { Duration } from '../domain/duration.ts'
import type { PinnedImage } from '../domain/image.ts'
import type { Run } from '../domain/labels.ts'
import type { Stamp } from '../domain/stamp.ts'
import { placeScope } from '../domain/place.ts'
import type { Reason } from '../errors/deploy-error.ts'
import { asDeployError } from '../errors/deploy-error.ts'
import type { LedgerContext, LedgerEnding, Ports, Rollout, Running, Target } from '../ports.ts'
import { announce, thrownEnding } from './steps/announce.ts'
import { lastProven } from './steps/last-proven.ts'
import type { Memory } from './steps/memory.ts'
import { rememberSome } from './steps/memory.ts'
import type { AbandonedVersion } from './steps/record.ts'
import { recordBad, recordVerified } from './steps/record.ts'
import type { Replacement, Restoration } from './steps/rollout.ts'
import { replaceAndVerify, restore, restoreProven, workloadResults } from './steps/rollout.ts'
import { FEW_VERSIONS } from './steps/target-look.ts'
import { replicasText } from './steps/verify.ts'
import type { Ending, Trace } from './trace.ts'
import { withLink } from './trace.ts'

/** One replacement with everything that decides about it: the same for a release and for a rollback. */
export interface Deployment {
  readonly app: string
  readonly environment: string
  readonly environmentTag: string | undefined
  /** What the environment tag names now, where known: an equal tag is not written again. */
  readonly pointsAt: Digest | undefined
  readonly image: PinnedImage
  readonly before: Running<unknown>
  readonly ledgers: LedgerContext
  readonly memory: Memory
  /** The versions that a rollback by hand leaves behind: marked bad. */
  readonly abandoned: readonly AbandonedVersion[]
  /** Why, by the input of that name: goes into the records. */
  readonly reason: string | undefined
  /** Address of the app, for the records. */
  readonly url: string | undefined
  readonly timeout: Duration
  readonly stability: Duration
  /** Whether what ran before is put back when the replacement fails. */
  readonly restores: boolean
  readonly onCancel: 'leave' | 'rollback'
  /** `before` was read some time ago: building and smoke testing came between. */
  readonly stale: boolean
  /** Asked when another run came first meanwhile: why not to go on. */
  readonly recheck?: (before: Running<unknown>) => Promise<Reason | undefined>
  /** The exact spec of that version, where the target still holds it: restored instead of replacing the image only. */
  readonly exact?: Running<unknown> | undefined
  readonly run: Run
}

type DeployContext = Omit<Ports, 'target'> & { readonly target: Target }

interface Deployed {
  readonly trace: Trace
  readonly ending: Ending
}

/** Replaces, verifies, and settles whatever came of it. */
export async function deploy(planned: Deployment, context: DeployContext, trace: Trace): Promise<Deployed> {
  const deployment = await inTurn(planned, context)
  const reason = deployment === planned ? undefined : await deployment.recheck?.(deployment.before)
  if (reason) return { trace, ending: { outcome: 'superseded', reason, state: runsText(deployment.before) } }
  const announced = announce(deployment, trace.action === 'rollback' ? 'rollback' : 'release', context)
  try {
    const told = await replaceAndSettle(deployment, context, trace)
    await announced.end(endingOf(told.ending))
    return told
  } catch (error) {
    await announced.end(thrownEnding(asDeployError(error), context.signal.aborted))
    throw error
  }
}

function endingOf({ outcome, reason }: Ending): LedgerEnding {
  return { outcome, text: reason?.what ?? outcome }
}

async function replaceAndSettle(deployment: Deployment, context: DeployContext, trace: Trace): Promise<Deployed> {
  const { image } = deployment
  const stamp = stampOf(deployment)
  let replacement: Replacement
  try {
    replacement = await replaceAndVerify(image, stamp, deployment, context)
  } catch (error) {
    if (!context.signal.aborted) throw error
    return { trace, ending: await cancelledEnding(deployment, stamp, context.target) }
  }
  if (replacement.is === 'healthy') return settleHealthy(deployment, replacement, context, trace)
  if (context.signal.aborted) {
    const { rollout } = replacement
    return { trace, ending: await cancelledEnding(deployment, stamp, context.target, rollout) }
  }
  return settleFailure(deployment, replacement, context, trace)
}

/** Waits for other runs where the target has a lock, and looks again where another version may run by now. */
async function inTurn(planned: Deployment, { target, ledgers }: DeployContext): Promise<Deployment> {
  const waited = (await target.lock?.()) ?? false
  if (!waited && !planned.stale) return planned
  const own = ledgers(planned.ledgers).filter(({ name }) => name === 'target')
  const [before, memory] = await Promise.all([target.current(), rememberSome(own, FEW_VERSIONS)])
  // What another ledger said is asked again with the record; until then it is all there is where the target forgot.
  const fresh = memory.history.verified.length > 0 ? memory : planned.memory
  return { ...planned, before, memory: fresh, pointsAt: undefined }
}

function stampOf({ app, environment, image, run, memory, ledgers }: Deployment): Stamp {
  return {
    app,
    environment,
    digest: image.digest,
    run,
    history: ledgers.place ? { ...memory.history, place: placeScope(ledgers.place) } : memory.history,
    ...(image.revision === undefined ? {} : { revision: image.revision }),
  }
}

async function settleHealthy(
  deployment: Deployment,
  replacement: Extract<Replacement, { is: 'healthy' }>,
  context: DeployContext,
  trace: Trace,
): Promise<Deployed> {
  const { image, before, abandoned } = deployment
  const recorded = await recordVerified({ ...deployment, rollout: replacement.rollout }, image, abandoned, context)
  const { workloads } = replacement.verdict
  const verdict = replacement.changed ? 'healthy' : 'unchanged'
  return {
    trace: {
      ...withLink(trace, 'running', image.digest, replicasText(workloads)),
      tags: [...trace.tags, ...recorded.tags],
      workloads: workloadResults(before, workloads, () => verdict),
      ...(replacement.checks.length > 0 ? { checks: [...(trace.checks ?? []), ...replacement.checks] } : {}),
    },
    ending: context.signal.aborted && !recorded.complete ? unrecorded(before) : { outcome: verdict },
  }
}

/** Cancelled while the record was written: what runs is proven, but `previous` would not know it. */
function unrecorded(before: Running<unknown>): Ending {
  return {
    outcome: 'cancelled',
    reason: { code: 'cancelled', what: 'cancelled while the record was written' },
    state: `${namesOf(before)} runs the new version, proven; run again to write its record`,
    touched: true,
  }
}

async function settleFailure(
  deployment: Deployment,
  replacement: Exclude<Replacement, { is: 'healthy' }>,
  context: DeployContext,
  trace: Trace,
): Promise<Deployed> {
  const { image, before } = deployment
  const { reason, rollout } = replacement
  const failed = withFailure(trace, before, replacement)
  if (!rollout) return { trace: failed, ending: { outcome: replacement.is, reason, state: runsText(before) } }
  if (replacement.is === 'superseded') {
    return { trace: failed, ending: { outcome: 'superseded', reason, state: 'the other change was left alone' } }
  }
  const proven = lastProven(before, deployment.memory)
  if (!replacement.changed && !proven) {
    const state = `nothing was changed: ${runsText(before)}, as before`
    return { trace: failed, ending: { outcome: replacement.is, reason, state } }
  }
  if (!deployment.restores) {
    const state = (await leftText(before, image, context.target)) + createdText(rollout)
    return { trace: failed, ending: { outcome: replacement.is, reason, state, touched: true } }
  }
  context.reporter.emit({ type: 'failure', phase: 'before-restore', reason, state: 'restoring what ran before' })
  const restoration = proven
    ? await restoreProven(proven, deployment, stampOf, context)
    : await restore(before, stampOf(deployment), deployment, context)
  if (restoration.is === 'nothing-to-restore') {
    const state = `there was nothing before: what this run created was removed`
    return { trace: failed, ending: { outcome: replacement.is, reason, state, touched: true, reported: true } }
  }
  if (restoration.is === 'failed') {
    const ending =
      restoration.reason.code === 'another-rollout'
        ? overtaken(reason, restoration)
        : restoreFailed(reason, restoration, before)
    return { trace: withRestoreFailed(failed, before, restoration), ending }
  }
  const { unproven } = restoration
  if (unproven)
    context.reporter.emit({ type: 'warning', text: `what ran before is set again, but not proven: ${unproven.what}` })
  await recordBad({ ...deployment, rollout: restoration.rollout }, image, context)
  const runs = restoration.judgements.map(({ name, digest }) => `${name} runs ${digest ? shortDigest(digest) : 'it'}`)
  return {
    trace: {
      ...withLink(
        failed,
        'running',
        restoration.judgements[0]?.digest ?? '',
        `restored: ${replicasText(restoration.judgements)}`,
      ),
      workloads: workloadResults(before, restoration.judgements, () => 'restored'),
    },
    ending: {
      outcome: 'rolled-back',
      reason,
      rolledBack: true,
      state: `${unproven ? `restored, nothing differs from before (${unproven.what})` : 'restored and proven'}: ${runs.join('; ')}`,
      reported: true,
    },
  }
}

function withFailure(
  trace: Trace,
  before: Running<unknown>,
  { verdict }: Exclude<Replacement, { is: 'healthy' }>,
): Trace {
  const words = { proven: 'healthy', pending: 'timed-out', failed: 'failed', superseded: 'superseded' } as const
  const workloads = workloadResults(before, verdict?.workloads ?? [], (judgement) =>
    judgement === undefined ? 'untouched' : words[judgement.is],
  )
  return { ...trace, workloads }
}

function createdText({ created = [] }: Rollout<unknown>): string {
  return created.length === 0 ? '' : `; created by this run and left: ${created.join(', ')}`
}

/** What is left behind on purpose. Asked anew: an engine may have gone back by itself. */
async function leftText(before: Running<unknown>, image: PinnedImage, target: Target): Promise<string> {
  const now = await target.current().catch(() => undefined)
  const names = namesOf(before)
  const left = now && runsText(now)
  return `${names} is left as it is after ${shortDigest(image.digest)} was not proven${left ? `: ${left}` : ''}`
}

function withRestoreFailed(
  trace: Trace,
  before: Running<unknown>,
  restoration: Extract<Restoration, { is: 'failed' }>,
): Trace {
  return {
    ...trace,
    workloads: workloadResults(before, restoration.judgements, (judgement) =>
      judgement?.is === 'proven' ? 'restored' : 'not-restored',
    ),
  }
}

function restoreFailed(
  reason: Reason,
  restoration: Extract<Restoration, { is: 'failed' }>,
  before: Running<unknown>,
): Ending {
  const runs = restoration.judgements.map(
    ({ name, digest, replicas }) => `${name} ${replicas} ${digest ?? 'unknown digest'}`,
  )
  return {
    outcome: 'rollback-failed',
    reason: {
      code: 'restore-failed',
      what: `the release failed (${reason.what}), and so did the restore: ${restoration.reason.what}`,
      evidence: [...(reason.evidence ?? []), ...restoration.reason.evidence],
    },
    state: `a person is needed: ${runs.join('; ') || `${namesOf(before)} is in an unknown state`}`,
    touched: true,
  }
}

/** Somebody put another version in before the restore came: it is theirs, and nobody has to repair anything. */
function overtaken(reason: Reason, restoration: Extract<Restoration, { is: 'failed' }>): Ending {
  return {
    outcome: 'superseded',
    reason: { code: 'another-rollout', what: `${restoration.reason.what} (this release failed: ${reason.what})` },
    state: 'the other change was left alone',
  }
}

/** Only one request fits into the time that a cancelled run has left; nobody waits for what comes of it. */
async function cancelledEnding(
  { onCancel, before }: Deployment,
  stamp: Stamp,
  target: Target,
  rollout?: Rollout<unknown>,
): Promise<Ending> {
  const names = namesOf(before)
  const ending = {
    outcome: 'cancelled',
    reason: { code: 'cancelled', what: `cancelled while ${names} was being replaced` },
    touched: true,
  } as const
  if (onCancel === 'leave') {
    const left = rollout ? createdText(rollout) : ''
    return { ...ending, state: `the rollout of ${names} goes on without this run; run again to prove it${left}` }
  }
  try {
    await target.restore(before, stamp)
    return { ...ending, state: `${names}: the restore was sent, and nobody waits for its result` }
  } catch (error) {
    return { ...ending, state: `${names}: the restore could not be sent: ${asDeployError(error).what}` }
  }
}

export function namesOf(running: Running<unknown>): string {
  return running.workloads.map(({ name }) => name).join(', ') || 'the workload'
}

/** `web runs sha256:0123…; worker runs …` */
export function runsText(running: Running<unknown>): string {
  return (
    running.workloads
      .map(
        ({ name, exists, digests }) =>
          `${name} ${exists ? `runs ${digests.map(shortDigest).join(' and ') || 'nothing'}` : 'does not exist'}`,
      )
      .join('; ') || 'nothing was changed'
  )
}
