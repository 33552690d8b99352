/** A replacement that was not proven is taken back, or left where the inputs say so. */
import { shortDigest } from '../../domain/digest.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Rollout, Running, Target } from '../../ports.ts'
import type { Ending, Trace } from '../trace.ts'
import { withChecks, withLink } from '../trace.ts'
import type { DeployContext, Deployed, Deployment } from './deployment.ts'
import { stampOf } from './deployment.ts'
import { lastProven } from './last-proven.ts'
import { recordBad } from './record.ts'
import type { Restoration } from './restore.ts'
import { restore, restoreProven } from './restore.ts'
import type { Replacement } from './send.ts'
import type { Judgement } from './judge.ts'
import { replicasText } from './verify.ts'
import { namesText, runsText, workloadResults } from './workload-texts.ts'

type Failure = Exclude<Replacement, { is: 'healthy' }>
type Restored = Extract<Restoration, { is: 'restored' }>
type NotRestored = Extract<Restoration, { is: 'failed' }>

const LEFT_ALONE = 'the other change was left alone'

export async function settleFailure(
  deployment: Deployment,
  replacement: Failure,
  context: DeployContext,
  trace: Trace,
): Promise<Deployed> {
  const { image, before } = deployment
  const { reason, rollout } = replacement
  const failed = withFailure(trace, before, replacement)
  if (!rollout) {
    const { state = runsText(before), changed } = replacement
    return { trace: failed, ending: { outcome: replacement.is, reason, state, touched: changed } }
  }
  const kept = withoutRemoved(before, replacement)
  if (replacement.is === 'superseded' || (kept.workloads.length === 0 && before.workloads.length > 0)) {
    return { trace: failed, ending: { outcome: 'superseded', reason, state: LEFT_ALONE } }
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
    : await restore(kept, stampOf(deployment), deployment, context)
  if (restoration.is === 'failed') {
    return { trace: withRestoreFailed(failed, kept, restoration), ending: notRestored(reason, restoration, kept) }
  }
  if (restoration.is === 'nothing-to-restore') {
    const outcome = reason.code === 'workload-gone' ? 'superseded' : replacement.is
    const state = `there was nothing before: what this run created was removed, unless a warning says that it is kept`
    return { trace: failed, ending: { outcome, reason, state, touched: true, reported: true } }
  }
  return settleRestored(deployment, { reason, restoration, kept }, context, failed)
}

interface Settling {
  readonly reason: Reason
  readonly restoration: Restored
  /** What ran before, without what somebody removed meanwhile. */
  readonly kept: Running<unknown>
}

async function settleRestored(
  deployment: Deployment,
  { reason, restoration, kept }: Settling,
  context: DeployContext,
  failed: Trace,
): Promise<Deployed> {
  const { unproven, judgements } = restoration
  if (unproven)
    context.reporter.emit({ type: 'warning', text: `what ran before is set again, but not proven: ${unproven.what}` })
  await recordBad({ ...deployment, rollout: restoration.rollout }, deployment.image, context)
  const runs = judgements.map(restoredText)
  const how = unproven ? `restored, nothing differs from before (${unproven.what})` : 'restored and proven'
  const isWhole = kept.workloads.length === deployment.before.workloads.length
  const restored = new Map(judgements.map((judgement) => [judgement.name, judgement]))
  return {
    trace: {
      ...withLink(failed, 'running', judgements[0]?.digest ?? '', `restored: ${replicasText(judgements)}`),
      workloads: [
        ...workloadResults(kept, judgements, () => 'restored', restoration.rollout),
        ...failed.workloads.filter(({ name }) => !restored.has(name)),
      ],
    },
    ending: {
      outcome: isWhole ? 'rolled-back' : 'superseded',
      reason,
      rolledBack: isWhole,
      state: `${isWhole ? '' : `${LEFT_ALONE}; `}${how}: ${runs.join('; ')}`,
      reported: true,
    },
  }
}

function restoredText({ name, digest, replicas }: Judgement): string {
  if (replicas.endsWith('/0')) return `${name} is set to what ran before and scaled to zero, so nothing of it runs`
  return `${name} runs ${digest ? shortDigest(digest) : 'it'}`
}

/** A workload that somebody removed is their change: only what is still there can go back. */
function withoutRemoved(before: Running<unknown>, { verdict }: Failure): Running<unknown> {
  const removed = (verdict?.workloads ?? []).filter(({ reason }) => reason?.code === 'workload-gone')
  const workloads = before.workloads.filter(
    ({ name, exists }) => !exists || !removed.some((judgement) => judgement.name === name),
  )
  return { workloads }
}

const WORDS = { proven: 'healthy', pending: 'timed-out', failed: 'failed', superseded: 'superseded' } as const

function withFailure(trace: Trace, before: Running<unknown>, { verdict, changed, checks = [] }: Failure): Trace {
  const wordOf = ({ is, reason }: Judgement) => (reason?.code === 'workload-gone' ? 'superseded' : WORDS[is])
  const workloads = workloadResults(before, verdict?.workloads ?? [], (judgement) =>
    judgement ? wordOf(judgement) : verdict && changed ? 'failed' : 'untouched',
  )
  return { ...withChecks(trace, checks), workloads }
}

export function createdText({ created = [] }: Rollout<unknown>): string {
  return created.length === 0 ? '' : `; created by this run and left: ${created.join(', ')}`
}

/** What is left behind on purpose. Asked anew: an engine may have gone back by itself. */
async function leftText(before: Running<unknown>, image: PinnedImage, target: Target): Promise<string> {
  const now = await target.current().catch(() => undefined)
  const names = namesText(before)
  const left = now ? runsText(now) : 'what runs now could not be read'
  return `${names} is left as it is after ${shortDigest(image.digest)} was not proven: ${left}`
}

function withRestoreFailed(trace: Trace, before: Running<unknown>, restoration: NotRestored): Trace {
  return {
    ...trace,
    workloads: workloadResults(before, restoration.judgements, (judgement) =>
      judgement?.is === 'proven' ? 'restored' : 'not-restored',
    ),
  }
}

/** Another version that somebody put in, or a workload that they removed: theirs, and nobody has to repair anything. */
const OVERTAKEN: ReadonlySet<Reason['code']> = new Set(['another-rollout', 'workload-gone'])

function notRestored(reason: Reason, restoration: NotRestored, before: Running<unknown>): Ending {
  const { code, what } = restoration.reason
  if (!OVERTAKEN.has(code)) return restoreFailed(reason, restoration, before)
  return {
    outcome: 'superseded',
    reason: { code, what: `${what} (this release failed: ${reason.what})` },
    state: LEFT_ALONE,
  }
}

function restoreFailed(reason: Reason, restoration: NotRestored, before: Running<unknown>): Ending {
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
    state: `a person is needed: ${runs.join('; ') || `${namesText(before)} is in an unknown state; before this release: ${runsText(before)}`}`,
    touched: true,
  }
}
