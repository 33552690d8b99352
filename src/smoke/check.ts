import type { Duration } from '../domain/duration.ts'
import { formatDuration } from '../domain/duration.ts'
import { judgeExec } from './checks/exec.ts'
import { judgeFile } from './checks/file.ts'
import { judgeHttp } from './checks/http.ts'
import { judgeImage } from './checks/image.ts'
import { exitText } from '../domain/exit-code.ts'
import { LogScan } from './log-scan.ts'
import type { Attempt, Polled } from './poll.ts'
import { poll } from './poll.ts'
import type { ProbeContext } from './ask.ts'
import { ask, listens } from './ask.ts'
import { asked } from './readiness.ts'
import { cleanExits, signalName } from './signals.ts'
import type { CheckSpec, LogCheck, StopCheck } from './spec.ts'
import type { Subject } from './subject.ts'

/** The longest single probe of a check that sets no longer one. */
const PROBE_MS: Duration = 10_000
/** Timers may fire this much before the clock says so. */
const TIMER_SLACK_MS: Duration = 20

/** Runs one check against a ready container: once, or until its retry time is up. */
export function runCheck(subject: Subject, check: CheckSpec, context: ProbeContext): Promise<Polled> {
  const { clock, signal } = context
  const { retry } = check
  const once = attempts(subject, check, context)
  return poll((remaining) => asked(subject, () => once(retry ? Math.min(PROBE_MS, remaining) : PROBE_MS)), {
    clock,
    signal,
    for: retry?.for ?? 0,
    pause: () => retry?.every ?? 0,
  })
}

/** What one try is; a look at the log goes on where the one before ended. */
function attempts(subject: Subject, check: CheckSpec, context: ProbeContext): (limit: Duration) => Promise<Attempt> {
  if (check.kind !== 'log') return (limit) => attempt(subject, check, context, limit)
  const scan = new LogScan(check.patterns)
  return () => scan.read(context.runtime, subject.id, context.signal)
}

async function attempt(
  subject: Subject,
  check: Exclude<CheckSpec, LogCheck>,
  context: ProbeContext,
  limit: Duration,
): Promise<Attempt> {
  const { runtime, clock, signal } = context
  switch (check.kind) {
    case 'http': {
      const longest = Math.max(limit, (check.expect.within ?? 0) * 2)
      return judgeHttp(await ask(subject, check.probe, context, longest), check.expect)
    }
    case 'tcp':
      return listens(subject, check.port, context, limit)
    case 'exec': {
      const started = clock.now()
      const result = await runtime.exec(subject.id, check.argv, signal)
      return judgeExec(result, clock.now() - started, check)
    }
    case 'file':
      return judgeFile(await runtime.file(subject.id, check.path), check)
    case 'image':
      return judgeImage(subject.facts, check)
    case 'stop':
      return stop(subject, check, context)
  }
}

/** By the signal that engines, Swarm and the kubelet send: the image's own, unless the check names another. */
async function stop(subject: Subject, check: StopCheck, { runtime, clock }: ProbeContext): Promise<Attempt> {
  const signal = check.signal ?? signalName(subject.facts.stopSignal)
  const exit = check.exit ?? cleanExits(signal)
  subject.release()
  const started = clock.now()
  await runtime.stop(subject.id, signal, check.within)
  const ms = clock.now() - started
  const { exitCode } = await subject.refresh()
  // Killed by the engine at the end of its time, not by a signal that the check itself sends.
  if (exitCode === 137 && signal !== 'SIGKILL' && ms >= check.within - TIMER_SLACK_MS) {
    return {
      passed: false,
      detail: `it still ran ${formatDuration(check.within)} after ${signal} and had to be killed: as process 1 it gets no default handling of signals`,
    }
  }
  if (!exit.includes(exitCode)) {
    const wanted = `expected exit code ${exit.join(' or ')} after ${signal}`
    return { passed: false, detail: `${wanted}, got ${exitText(exitCode)}` }
  }
  return { passed: true, detail: `ended ${formatDuration(ms)} after ${signal} with exit code ${String(exitCode)}` }
}
