import { within } from '../../async/deadline.ts'
import type { Digest } from '../../domain/digest.ts'
import { shortDigest } from '../../domain/digest.ts'
import type { Duration } from '../../domain/duration.ts'
import { formatDuration } from '../../domain/duration.ts'
import type { ReasonCode } from '../../errors/catalogue.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { asDeployError, DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { Clock, Replica, Reporter, Rollout, Target, WorkloadObservation } from '../../ports.ts'

/**
 * The one wait loop and the only place where a verdict is made, for every target.
 * Healthy means: by the target's own word all is done, every replica reports an accepted digest, and that same set of
 * replicas stayed healthy for the stability window. A look that fails is not a failed rollout; a deadline always holds.
 */
export type Verdict =
  | { readonly is: 'healthy'; readonly workloads: readonly Judgement[] }
  | { readonly is: 'failed' | 'timed-out'; readonly reason: Reason; readonly workloads: readonly Judgement[] }
  | { readonly is: 'superseded'; readonly reason: Reason; readonly workloads: readonly Judgement[] }

export interface Judgement {
  readonly name: string
  readonly is: 'proven' | 'pending' | 'failed' | 'superseded'
  readonly detail: string
  readonly reason?: Reason
  /** While pending: what will have been the reason if time runs out now. */
  readonly suspect?: Reason
  /** While pending: why it can be proven no more, and is not waited for once all others are proven. */
  readonly idle?: Reason
  /** Digest that its replicas report, when they agree. */
  readonly digest?: Digest
  readonly replicas: string
  /** Replicas whose digest is known by their specification only: the runtime could not be asked. */
  readonly unseen: number
}

/** What is remembered of one workload between two looks. */
interface Window {
  /** Replica id → when it was first seen healthy with an accepted digest (ms), and its restarts then. */
  readonly healthy: ReadonlyMap<string, { readonly since: number; readonly restarts: number }>
  /** Since when a settled workload reports a digest that is not accepted. */
  readonly wrongSince?: number
  /** Since when it is scaled to zero. */
  readonly zeroSince?: number
}

interface Options {
  readonly timeout: Duration
  readonly stability: Duration
  /** Step that the progress belongs to. During a restore a replica that ends may come up again. */
  readonly step: 'verify' | 'restore'
  /** Counts health from now on, whatever the target says of the time before. */
  readonly anew?: boolean
}

interface VerifyContext {
  readonly clock: Clock
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

/** A target may name an old replica for a moment after it said that all is done. */
const WRONG_DIGEST_GRACE: Duration = 5000
/** What is scaled to zero and back is proven afterwards; what stays at zero that long was scaled there on purpose. */
const SCALED_TO_ZERO_GRACE: Duration = 10_000
/** The target's API may be away that long (a control plane that restarts) before the rollout counts as lost. */
const TOLERATED_OUTAGE: Duration = 60_000
/** The look at the deadline itself: a target that hangs must not prolong it. */
const LAST_LOOK: Duration = 2000
const POLL: readonly Duration[] = [50, 100, 200, 300, 500, 1000]

export async function verify<Spec>(
  target: Target<Spec>,
  rollout: Rollout<Spec>,
  options: Options,
  { clock, reporter, signal }: VerifyContext,
): Promise<Verdict> {
  const deadline = clock.now() + options.timeout
  let windows: ReadonlyMap<string, Window> = new Map()
  let outage: { readonly since: number; readonly error: unknown } | undefined
  const tell = progressTeller(options.step, clock, reporter)
  let confirms = false
  for (let looks = 0; ; looks++) {
    throwIfAborted(signal)
    const late = clock.now() >= deadline
    const ms = Math.max(deadline - clock.now(), LAST_LOOK)
    const observe = () => target.observe(rollout, { confirms })
    const observation = await within({ ms, signal, late: unanswered(ms) }, observe).catch((error: unknown) => {
      outage = { since: outage?.since ?? clock.now(), error }
      return undefined
    })
    throwIfAborted(signal)
    const now = clock.now()
    const lost = late || now - (outage?.since ?? now) >= TOLERATED_OUTAGE || !(outage?.error instanceof DeployError)
    if (outage && !observation && lost) {
      return { is: 'failed', reason: asDeployError(outage.error), workloads: [] }
    }
    if (observation) {
      outage = undefined
      const judged = observation.workloads.map((workload) => {
        const accepted = rollout.workloads.find(({ name }) => name === workload.name)?.accepted ?? rollout.accepted
        return judge(workload, accepted, windows.get(workload.name), {
          now,
          first: looks === 0 && !options.anew,
          stability: options.stability,
          isRestore: options.step === 'restore',
        })
      })
      windows = new Map(judged.map(({ judgement, window }) => [judgement.name, window]))
      const judgements = judged.map(({ judgement }) => judgement)
      const verdict = sum(judgements)
      if (verdict && confirms) return verdict
      // What ends the wait is looked at once more, with everything asked anew.
      confirms = verdict !== undefined
      if (confirms) continue
      if (late) return { is: 'timed-out', reason: timeoutReason(judgements, options.timeout), workloads: judgements }
      tell(pendingText(judgements))
    }
    const pause = Math.min(
      POLL[Math.min(looks, POLL.length - 1)] ?? 1000,
      untilStable(windows, now, options.stability),
      Math.max(deadline - now, 1),
    )
    await target.changed(rollout, Math.max(pause, 1), signal)
  }
}

const FREE_LINES = 4
/** Afterwards a line is told only when this part of the time so far has passed: few lines, however long it takes. */
const QUIET_PART = 2 / 5

/** Tells what is pending when it changes: the first changes at once, later ones ever more seldom. */
function progressTeller(step: Options['step'], clock: Clock, reporter: Reporter): (text: string) => void {
  const startedAt = clock.now()
  let lastText = ''
  let lastAt = startedAt
  let lines = 0
  return (text) => {
    const now = clock.now()
    const isDue = lines < FREE_LINES || now - lastAt >= (now - startedAt) * QUIET_PART
    if (text === lastText || !isDue) return
    lastText = text
    lastAt = now
    lines++
    reporter.emit({ type: 'progress', step, text })
  }
}

function unanswered(ms: Duration): () => Error {
  return () => new DeployError('target-unreachable', `the target did not answer for ${formatDuration(ms)}`)
}

/** The verdict that the judgements of all workloads add up to; undefined while one is pending and none has failed. */
function sum(judgements: readonly Judgement[]): Verdict | undefined {
  const failed = judgements.find(({ is }) => is === 'failed')
  if (failed?.reason) return { is: 'failed', reason: failed.reason, workloads: judgements }
  const superseded = judgements.find(({ is }) => is === 'superseded')
  if (superseded?.reason) return { is: 'superseded', reason: superseded.reason, workloads: judgements }
  if (!judgements.every(({ is, idle }) => is === 'proven' || idle)) return undefined
  const idle = judgements.find((judgement) => judgement.idle)?.idle
  return idle ? { is: 'failed', reason: idle, workloads: judgements } : { is: 'healthy', workloads: judgements }
}

interface JudgeOptions {
  readonly now: number
  readonly first: boolean
  readonly stability: Duration
  /** What ran before may restart, or be scaled to zero and back: that is waited for and is not a failure. */
  readonly isRestore: boolean
}

/** Reasons that may pass by themselves for a version that ran before. */
const PASSING: ReadonlySet<ReasonCode> = new Set(['died-after-ready', 'nothing-runs'])

/** One look at one workload, pure: what it is now, and what to remember for the next look. */
export function judge(
  workload: WorkloadObservation,
  accepted: ReadonlySet<Digest>,
  before: Window | undefined,
  { now, first, stability, isRestore }: JudgeOptions,
): { judgement: Judgement; window: Window } {
  const { name, state, replicas, desired } = workload
  const good = replicas.filter(
    (replica) => replica.healthy && replica.digest !== undefined && accepted.has(replica.digest),
  )
  const digests = new Set(replicas.flatMap(({ digest }) => (digest ? [digest] : [])))
  const [only] = digests
  const seen = {
    name,
    replicas: `${String(good.length)}/${String(desired)}`,
    unseen: good.filter(({ evidence }) => evidence === 'spec').length,
    ...(digests.size === 1 && only ? { digest: only } : {}),
  }
  const healthy = remembered(good, before, now, first)
  const window: Window = { healthy }
  const pending = (detail: string, kept: Window = window, more: Pick<Judgement, 'suspect' | 'idle'> = {}) => ({
    judgement: { ...seen, is: 'pending' as const, detail, ...more },
    window: kept,
  })
  const failed = (reason: Reason, kept: Window = window) => ({
    judgement: { ...seen, is: 'failed' as const, detail: reason.what, reason },
    window: kept,
  })
  const scaledToZero = (reason: Reason) => {
    const zeroSince = before?.zeroSince ?? now
    const idle = now - zeroSince >= SCALED_TO_ZERO_GRACE ? { idle: reason } : {}
    return pending(reason.what, { healthy, zeroSince }, { suspect: reason, ...idle })
  }

  if (state.is === 'failed') {
    if (isRestore && desired === 0 && state.reason.code === 'nothing-runs') return scaledToZero(state.reason)
    if (!isRestore || !PASSING.has(state.reason.code)) return failed(state.reason)
    return pending(state.reason.what, window, { suspect: state.reason })
  }
  if (state.is === 'superseded') {
    const reason: Reason = { code: 'another-rollout', what: `${name}: ${state.by}` }
    return { judgement: { ...seen, is: 'superseded', detail: state.by, reason }, window }
  }
  const restarted = replicas.find((replica) => {
    const known = before?.healthy.get(replica.id)
    return known !== undefined && replica.restarts > known.restarts
  })
  if (restarted && isRestore) {
    const others = [...healthy].filter(([id]) => id !== restarted.id)
    return pending(`replica ${restarted.id} was restarted`, { healthy: new Map(others) })
  }
  if (restarted) {
    return failed({
      code: 'died-after-ready',
      what: `${name}: replica ${restarted.id} was ready and then restarted (${String(restarted.restarts)} restarts)`,
    })
  }
  if (state.is === 'progressing') {
    return pending(state.detail, window, state.suspect ? { suspect: state.suspect } : {})
  }
  if (desired === 0) {
    const what = `${name} is scaled to zero: nothing runs, so nothing is proven`
    return isRestore ? scaledToZero({ code: 'nothing-runs', what }) : failed({ code: 'nothing-runs', what })
  }

  const wrong = replicas.find(({ digest }) => digest !== undefined && !accepted.has(digest))
  if (wrong) {
    const kept = { healthy, wrongSince: before?.wrongSince ?? now }
    if (now - kept.wrongSince >= WRONG_DIGEST_GRACE) return failed(wrongDigest(name, wrong, accepted), kept)
    return pending(`replica ${wrong.id} runs ${shortDigest(wrong.digest ?? '')}, which was not released`, kept)
  }
  const silent = replicas.find(({ digest }) => digest === undefined)
  if (silent) return pending(`replica ${silent.id} does not say which digest it runs`)
  if (good.length < desired || good.length < replicas.length) {
    return pending(`${String(good.length)} of ${String(desired)} replicas healthy`)
  }
  const since = Math.max(...[...healthy.values()].map((entry) => entry.since))
  if (now - since < stability) return pending(`healthy, now watched for ${formatDuration(stability)}`)
  return { judgement: { ...seen, is: 'proven', detail: `${seen.replicas} replicas run an accepted digest` }, window }
}

/**
 * When each good replica became healthy. The target's own time counts only at the first look: later this process saw it
 * happen, and its own clock can't be skewed against itself. A replica that was not healthy in between starts anew.
 */
function remembered(
  good: readonly Replica[],
  before: Window | undefined,
  now: number,
  first: boolean,
): Window['healthy'] {
  return new Map(
    good.map((replica) => {
      const since = first ? Math.min(replica.healthySince ?? now, now) : now
      return [replica.id, before?.healthy.get(replica.id) ?? { since, restarts: replica.restarts }]
    }),
  )
}

function untilStable(windows: ReadonlyMap<string, Window>, now: number, stability: Duration): Duration {
  const ends = [...windows.values()].flatMap(({ healthy }) =>
    [...healthy.values()].map(({ since }) => since + stability - now),
  )
  const future = ends.filter((ms) => ms > 0)
  return future.length > 0 ? Math.max(...future) : Number.POSITIVE_INFINITY
}

function wrongDigest(name: string, replica: Replica, accepted: ReadonlySet<Digest>): Reason {
  return {
    code: 'wrong-digest',
    what: `${name}: replica ${replica.id} runs ${replica.digest ?? 'an unknown digest'}, which is not of the released image`,
    evidence: [`accepted: ${[...accepted].join(', ')}`],
  }
}

/** A suspect names the cause better than the clock does; the outcome stays a time-out. */
function timeoutReason(judgements: readonly Judgement[], timeout: Duration): Reason {
  const pending = judgements.filter(({ is }) => is === 'pending')
  const suspect = pending.find((judgement) => judgement.suspect)?.suspect
  const after = `not proven after ${formatDuration(timeout)}`
  if (suspect) return { ...suspect, what: `${after}: ${suspect.what}` }
  const what = `${after}: ${pending.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`
  return { code: 'rollout-timeout', what }
}

function pendingText(judgements: readonly Judgement[]): string {
  return judgements
    .filter(({ is }) => is === 'pending')
    .map(({ name, replicas, detail }) => `${name} ${replicas}: ${detail}`)
    .join('; ')
}

/** `web 2/2, worker 1/1` */
export function replicasText(judgements: readonly Judgement[]): string {
  return judgements
    .map(({ name, replicas, unseen }) => {
      const word = unseen === 0 ? '' : ` (${String(unseen)} by the specification only, not seen running)`
      return `${name} ${replicas}${word}`
    })
    .join(', ')
}
