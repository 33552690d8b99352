import { within } from '../../async/deadline.ts'
import type { Duration } from '../../domain/duration.ts'
import { formatDuration } from '../../domain/duration.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { asDeployError, DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { Clock, Reporter, Rollout, Target } from '../../ports.ts'
import type { Judgement, Window } from './judge.ts'
import { judge } from './judge.ts'

/**
 * The one wait loop and the only place where a verdict is made, for every target.
 * Healthy means: by the target's own word all is done, every replica reports an accepted digest, and that same set of
 * replicas stayed healthy for the stability window. A look that fails is not a failed rollout; a deadline always holds.
 */
export type Verdict =
  | { readonly is: 'healthy'; readonly workloads: readonly Judgement[] }
  | { readonly is: 'failed' | 'timed-out'; readonly reason: Reason; readonly workloads: readonly Judgement[] }
  | { readonly is: 'superseded'; readonly reason: Reason; readonly workloads: readonly Judgement[] }

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

/** The target's API may be away that long (a control plane that restarts) before the rollout counts as lost. */
const TOLERATED_OUTAGE_MS: Duration = 60_000
/** Credentials that the target refuses after it has renewed them are asked for once more, and do not come back. */
const TOLERATED_REFUSAL_MS: Duration = 2000
/** The look at the deadline itself: a target that hangs must not prolong it. */
const LAST_OBSERVATION_MS: Duration = 2000
const POLL_MS: readonly Duration[] = [50, 100, 200, 300, 500, 1000]

export async function verify<Spec>(
  target: Target<Spec>,
  rollout: Rollout<Spec>,
  options: Options,
  { clock, reporter, signal }: VerifyContext,
): Promise<Verdict> {
  const deadline = clock.now() + options.timeout
  let windows: ReadonlyMap<string, Window> = new Map()
  let outage: Outage | undefined
  const report = createProgressReport(options.step, clock, reporter)
  let confirms = false
  let seen: readonly Judgement[] = []
  for (let looks = 0; ; looks++) {
    throwIfAborted(signal)
    const late = clock.now() >= deadline
    const ms = Math.max(deadline - clock.now(), LAST_OBSERVATION_MS)
    const observe = () => target.observe(rollout, { confirms })
    const observation = await within({ ms, signal, late: unanswered(ms) }, observe).catch((error: unknown) => {
      outage = { since: outage?.since ?? clock.now(), error }
      return undefined
    })
    throwIfAborted(signal)
    const now = clock.now()
    if (outage && !observation && (late || isLost(outage, now))) {
      // What was seen last is all that is known; nothing of it is proven any more.
      const workloads = seen.map((judgement) => ({ ...judgement, is: 'failed' as const }))
      return { is: 'failed', reason: asDeployError(outage.error), workloads }
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
      seen = judgements
      const verdict = sum(judgements)
      if (verdict && confirms) return verdict
      // What ends the wait is looked at once more, with everything asked anew.
      confirms = verdict !== undefined
      if (confirms) continue
      if (late) return { is: 'timed-out', reason: timeoutReason(judgements, options.timeout), workloads: judgements }
      report(pendingText(judgements))
    }
    const pause = Math.min(
      POLL_MS[Math.min(looks, POLL_MS.length - 1)] ?? 1000,
      untilStable(windows, now, options.stability),
      Math.max(deadline - now, 1),
    )
    await target.changed(rollout, Math.max(pause, 1), signal)
  }
}

interface Outage {
  readonly since: number
  readonly error: unknown
}

/** What is not ours is a bug, which does not pass; what passes has its time. */
function isLost({ since, error }: Outage, now: number): boolean {
  if (!(error instanceof DeployError)) return true
  return now - since >= (error.isLasting ? TOLERATED_REFUSAL_MS : TOLERATED_OUTAGE_MS)
}

const FREE_LINES = 4
/** Afterwards a line is printed only when this part of the time so far has passed: few lines, however long it takes. */
const QUIET_PART = 2 / 5

/** Reports what is pending when it changes: the first changes at once, later ones less and less often. */
function createProgressReport(step: Options['step'], clock: Clock, reporter: Reporter): (text: string) => void {
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

export function unanswered(ms: Duration): () => Error {
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

function untilStable(windows: ReadonlyMap<string, Window>, now: number, stability: Duration): Duration {
  const ends = [...windows.values()].flatMap(({ healthy }) =>
    [...healthy.values()].map(({ since }) => since + stability - now),
  )
  const future = ends.filter((ms) => ms > 0)
  return future.length > 0 ? Math.max(...future) : Number.POSITIVE_INFINITY
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
