import { aborted, openDeadline, within } from '../async/deadline.ts'
import { once } from '../async/once.ts'
import { sleep } from '../async/sleep.ts'
import type { Duration } from '../domain/duration.ts'
import { isGreen } from '../domain/outcome.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { AppRequest } from '../domain/request.ts'
import type { Result } from '../domain/result.ts'
import { asDeployError, DeployError } from '../errors/deploy-error.ts'
import type { Ports, Target } from '../ports.ts'
import { SmokeFailure } from './steps/prove.ts'
import type { Ending, Trace } from './trace.ts'
import { close, openTrace } from './trace.ts'

/** A cancelled run ends within two seconds. Every exchange ends earlier; this is for whatever hangs nevertheless. */
const OVERDUE_MS: Duration = 1700
/** After the cancellation too: targets are closed and what was begun is cleaned up. */
const CLOSED_MS: Duration = 1900
/** Cleaning up after a verdict that is known. */
const LAST_WORK_MS: Duration = 60_000

/** What a running verb tells about itself, so that a result can be given at whatever point it ends. */
export interface RunProgress {
  trace(): Trace
  note(add: (trace: Trace) => Trace): void
  /** Work whose end must be awaited before the process ends, but not before the next step. */
  later(work: Promise<unknown>): void
}

/** Runs one verb from start to result: every ending, thrown or returned, becomes one; targets are closed. */
export async function runVerb(
  action: Result['action'],
  request: AppRequest,
  outside: Ports,
  run: (ports: Ports, progress: RunProgress) => Promise<Ending>,
): Promise<Result> {
  const { reporter, findings } = outside
  const opened: Promise<Target>[] = []
  const pending: Promise<unknown>[] = []
  const runtime = once(outside.runtime)
  const openTarget = outside.target
  const target = openTarget && once(() => tap(openTarget(), opened))
  let trace = openTrace(action, request)
  const cancelledFor = sinceAbort(outside)
  const progress: RunProgress = {
    trace: () => trace,
    note: (add) => (trace = add(trace)),
    later: (work) => pending.push(work),
  }
  let ending: Ending
  try {
    ending = await unlessOverdue(outside.signal, run({ ...outside, runtime, target }, progress))
  } catch (thrown) {
    if (thrown instanceof SmokeFailure) trace = { ...trace, checks: thrown.report.checks }
    ending = endingOf(asDeployError(thrown), outside.signal, request, trace)
  }
  const { outcome, reason, state } = ending
  if (reason && !isGreen(outcome)) {
    const phase = ending.reported ? ({ phase: 'after-restore' } as const) : {}
    reporter.emit({ type: 'failure', ...phase, reason, ...(state === undefined ? {} : { state }) })
  }
  const targets = opened.map((made) => made.then((value) => value.close()))
  const ms = outside.signal.aborted ? CLOSED_MS - cancelledFor() : LAST_WORK_MS
  await within({ ms }, () => Promise.allSettled([...pending, ...targets])).catch(() => undefined)
  return close(trace, ending, findings())
}

/** How long ago the signal was aborted, in ms; 0 while it is not. */
function sinceAbort({ clock, signal }: Pick<Ports, 'clock' | 'signal'>): () => Duration {
  let at: number | undefined
  void aborted(signal).then(() => (at = clock.now()))
  return () => (at === undefined ? 0 : clock.now() - at)
}

/** @throws DeployError cancelled when the run goes on for too long after its cancellation */
async function unlessOverdue<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const done = openDeadline({})
  const overdue = (async (): Promise<never> => {
    await aborted(openDeadline({ signal }, done.signal).signal)
    await sleep(OVERDUE_MS, done.signal)
    throw new DeployError('cancelled', 'the run was cancelled, and what it was doing did not end', {
      state: 'what was being done was cut off: look at the workloads, or run again',
    })
  })()
  overdue.catch(() => undefined)
  try {
    return await Promise.race([work, overdue])
  } finally {
    done.abort()
  }
}

function endingOf(error: DeployError, signal: AbortSignal, request: AppRequest, trace: Trace): Ending {
  const outcome: Outcome =
    error.code === 'cancelled' || signal.aborted
      ? 'cancelled'
      : error.code === 'another-rollout'
        ? 'superseded'
        : 'failed'
  const reason = signal.aborted && isUnanswered(error) ? cutOff(error) : error
  return { outcome, reason, state: error.state ?? untouched(request, trace) }
}

function isUnanswered({ code }: DeployError): boolean {
  return code.endsWith('-unreachable')
}

/** The other side was not waited for any longer: that says nothing about it. */
function cutOff({ what }: DeployError): DeployError {
  return new DeployError('cancelled', `the run was cancelled, and did not wait for an answer any longer: ${what}`)
}

/** Thrown errors come from before the target was touched. */
function untouched(request: AppRequest, trace: Trace): string {
  if (!request.target) return 'nothing was released'
  const where = trace.preview?.name ?? request.environment ?? 'the environment'
  if (trace.previousDigest !== undefined) return `${where} still runs ${trace.previousDigest}`
  // It was not asked yet, or nothing runs there.
  return `nothing was changed: what ran in ${where}, if anything did, still runs`
}

function tap<T>(work: Promise<T>, list: Promise<T>[]): Promise<T> {
  list.push(work)
  return work
}
