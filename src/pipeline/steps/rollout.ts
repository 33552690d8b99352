import type { Digest } from '../../domain/digest.ts'
import { digestIn, shortDigest } from '../../domain/digest.ts'
import type { Duration } from '../../domain/duration.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { Stamp } from '../../domain/labels.ts'
import type { WorkloadResult } from '../../domain/result.ts'
import type { DeployError, Reason } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Checks, Ports, Rollout, Running, SmokeReport, Target } from '../../ports.ts'
import type { Stage } from '../step.ts'
import { step } from '../step.ts'
import type { Judgement, Verdict } from './verify.ts'
import { verify } from './verify.ts'

/** What a replacement came to, before anybody decides about the way back. */
export type Replacement =
  | {
      readonly is: 'healthy'
      readonly changed: boolean
      readonly rollout: Rollout<unknown>
      readonly verdict: Verdict
      readonly live: SmokeReport | undefined
    }
  | {
      readonly is: 'failed' | 'timed-out' | 'superseded'
      readonly reason: Reason
      readonly verdict: Verdict | undefined
      /** undefined: the very first changing request was refused and nothing was changed. */
      readonly rollout: Rollout<unknown> | undefined
    }

type Tools = Stage & Pick<Ports, 'signal'> & { readonly checks: Pick<Checks, 'live'> }

interface Clocks {
  readonly timeout: Duration
  readonly stability: Duration
}

/** Whether every workload is set to this image already: then nothing is sent, and what runs is proven again. */
export function isAlreadySet(before: Running<unknown>, accepted: ReadonlySet<Digest>): boolean {
  return (
    before.workloads.length > 0 &&
    before.workloads.every(({ exists, image }) => {
      const digest = image === undefined ? undefined : digestIn(image)
      return exists && digest !== undefined && accepted.has(digest)
    })
  )
}

/** Replaces what runs, or attaches to what is on its way already, and waits for the verdict. */
export async function replaceAndVerify(
  target: Target,
  image: PinnedImage,
  stamp: Stamp,
  deployment: Clocks & { readonly before: Running<unknown>; readonly exact?: Running<unknown> | undefined },
  tools: Tools,
): Promise<Replacement> {
  const { before, exact } = deployment
  const send = async (): Promise<Rollout<unknown>> => {
    if (!exact) return target.replace(image, stamp, before)
    const { startedAt, workloads } = await target.restore(exact, stamp)
    return {
      before,
      startedAt,
      accepted: image.accepted,
      workloads: workloads.map(({ name, handle }) => ({ name, handle })),
    }
  }
  let changed = !isAlreadySet(before, image.accepted)
  let lost: DeployError | undefined
  let rollout: Rollout<unknown>
  try {
    rollout = changed
      ? await step(tools, 'rollout', `Replace ${names(before)}`, send, () => 'sent')
      : attached(before, image.accepted, tools)
  } catch (error) {
    const reason = asDeployError(error)
    if (reason.code !== 'another-rollout') return refused('failed', reason)
    const now = await target.current()
    if (!isAlreadySet(now, image.accepted)) return refused('superseded', reason)
    // Another run releases the very same image: its rollout is proven here too, its way back is its own business.
    tools.reporter.emit({
      type: 'notice',
      text: `${reason.what}: it releases the same image, which is proven here too`,
    })
    lost = reason
    changed = false
    rollout = attached(now, image.accepted, tools)
  }
  const verdict = await step(
    tools,
    'verify',
    `Prove that every replica runs ${shortDigest(image.digest)} and stays healthy`,
    () => verify(target, rollout, { ...deployment, step: 'verify' }, tools),
    (value) => (value.is === 'healthy' ? replicasText(value.workloads) : value.reason.what),
  )
  if (verdict.is !== 'healthy') {
    if (lost) return { is: 'superseded', reason: { ...verdict.reason, code: lost.code }, verdict, rollout }
    return { is: verdict.is, reason: verdict.reason, verdict, rollout }
  }
  const live = await liveChecks(image, tools)
  if (live && !live.passed) {
    const reason: Reason = {
      ...(live.reason ?? { what: 'a live check failed' }),
      code: 'live-check-failed',
    }
    return { is: lost ? 'superseded' : 'failed', reason, verdict, rollout }
  }
  return { is: 'healthy', changed, rollout, verdict, live }
}

/** The very first changing request was refused: nothing was changed. */
function refused(is: 'failed' | 'superseded', reason: DeployError): Replacement {
  return { is, reason, verdict: undefined, rollout: undefined }
}

/** A rollout that this run did not start: the workloads as they are. */
function attached(before: Running<unknown>, accepted: ReadonlySet<Digest>, { clock }: Stage): Rollout<unknown> {
  return {
    before,
    accepted,
    startedAt: clock.now(),
    workloads: before.workloads.map(({ name, spec }) => ({ name, handle: spec })),
  }
}

async function liveChecks(image: PinnedImage, tools: Tools): Promise<SmokeReport | undefined> {
  const { live } = tools.checks
  if (!live) return undefined
  return step(
    tools,
    'live-checks',
    'Check the running version from outside',
    async () => {
      const report = await live(image, tools.signal)
      return report
    },
    (report) => (report.passed ? `${String(report.checks.length)} checks passed` : (report.reason?.what ?? 'failed')),
  )
}

/** How the way back ended. */
export type Restoration =
  | { readonly is: 'restored'; readonly judgements: readonly Judgement[]; readonly rollout: Rollout<unknown> }
  | { readonly is: 'nothing-to-restore' }
  | { readonly is: 'failed'; readonly reason: DeployError; readonly judgements: readonly Judgement[] }

/** Puts back exactly what ran before, and proves its digest too. Has a time limit of its own and never throws. */
export async function restore(
  target: Target,
  before: Running<unknown>,
  stamp: Stamp,
  clocks: Clocks,
  tools: Tools,
): Promise<Restoration> {
  try {
    return await step(
      tools,
      'restore',
      `Restore what ran before on ${names(before)}`,
      async (): Promise<Restoration> => {
        const rollout = await target.restore(before, stamp)
        if (!before.workloads.some(({ exists }) => exists)) return { is: 'nothing-to-restore' }
        const verdict = await verify(target, rollout, { ...clocks, step: 'restore' }, tools)
        if (verdict.is === 'healthy') return { is: 'restored', judgements: verdict.workloads, rollout }
        return { is: 'failed', reason: asDeployError(verdict.reason), judgements: verdict.workloads }
      },
      (value) => (value.is === 'restored' ? replicasText(value.judgements) : value.is),
    )
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

export function replicasText(judgements: readonly Judgement[]): string {
  return judgements.map(({ name, replicas }) => `${name} ${replicas}`).join(', ')
}

function names(running: Running<unknown>): string {
  return running.workloads.map(({ name }) => name).join(', ') || 'the workloads'
}
