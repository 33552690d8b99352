import { within } from '../async/deadline.ts'
import type { Duration } from '../domain/duration.ts'
import { DeployError } from '../errors/deploy-error.ts'
import { errorMessage } from '../errors/message.ts'
import type { ImageFacts } from '../ports.ts'
import type { ProbeContext } from './ask.ts'
import { ask, exposed, listens } from './ask.ts'
import { judgeHttp } from './checks/http.ts'
import { LogScan } from './log-scan.ts'
import type { OnlyPort } from './only-port.ts'
import { onlyPort } from './only-port.ts'
import type { Attempt, Polled } from './poll.ts'
import { eager, poll } from './poll.ts'
import type { CheckSpec, Readiness } from './spec.ts'
import type { Subject } from './subject.ts'
import { isTrouble } from './subject.ts'
import { excerpt } from './text.ts'
import { lastHealth } from './verdict.ts'

/** What is waited for, once the image is known. */
export type Condition =
  | Exclude<Readiness, { kind: 'auto' }>
  /** Nothing to ask: staying up is all. */
  | { readonly kind: 'up' }
  /** Any of several exposed ports. */
  | { readonly kind: 'ports'; readonly ports: readonly number[] }
  /** The only exposed port: below 500, or another protocol than HTTP. */
  | ({ readonly kind: 'port' } & OnlyPort)

/** The longest single probe while waiting. */
const PROBE_MS: Duration = 5000

/** @param checks of the app; undefined: it is a service, of which nothing is known but its ports */
export function conditionOf(ready: Readiness, facts: ImageFacts, checks?: readonly CheckSpec[]): Condition {
  if (ready.kind !== 'auto') return ready
  if (facts.healthcheck) return { kind: 'healthcheck' }
  const ports = exposed(facts)
  const [port] = ports
  if (port === undefined) return { kind: 'up' }
  if (ports.length > 1 || !checks) return { kind: 'ports', ports }
  return { kind: 'port', port, speaksHttp: checks.some((check) => asksInHttp(check, port)) }
}

function asksInHttp(check: CheckSpec, port: number): boolean {
  return check.kind === 'http' && (check.probe.port ?? port) === port
}

export function portsOf(condition: Condition): readonly (number | undefined)[] {
  switch (condition.kind) {
    case 'http':
      return [condition.probe.port]
    case 'tcp':
    case 'port':
      return [condition.port]
    case 'ports':
      return condition.ports
    case 'healthcheck':
    case 'log':
    case 'exec':
    case 'exit':
    case 'up':
      return []
  }
}

export function describe(condition: Condition): string {
  switch (condition.kind) {
    case 'healthcheck':
      return 'HEALTHCHECK'
    case 'http':
      return `${condition.probe.method} ${condition.probe.port === undefined ? '' : `:${String(condition.probe.port)}`}${condition.probe.path}`
    case 'port':
      return `GET :${String(condition.port)}/ below 500`
    case 'tcp':
      return `tcp ${String(condition.port)}`
    case 'ports':
      return `tcp ${condition.ports.join(' or ')}`
    case 'log':
      return `log ${condition.patterns.map(({ source }) => source).join(', ')}`
    case 'exec':
      return `exec ${condition.argv.join(' ')}`
    case 'exit':
      return `exit ${condition.codes.join(' or ')}`
    case 'up':
      return 'runs'
  }
}

/** Waits until the condition holds; certain failures end the life of the test elsewhere. */
export function awaitReady(
  subject: Subject,
  condition: Condition,
  context: ProbeContext,
  { within: patience, onProgress }: { within: Duration; onProgress: (text: string, elapsed: Duration) => void },
): Promise<Polled> {
  const once = attempts(subject, condition, context)
  return poll((remaining) => asked(subject, () => once(Math.min(PROBE_MS, remaining))), {
    clock: context.clock,
    signal: context.signal,
    for: patience,
    pause: eager,
    onFailed: (detail, elapsed) => onProgress(`${subject.who} is not ready: ${detail}`, elapsed),
  })
}

/** What one try is; a look at the log goes on where the one before ended. */
function attempts(
  subject: Subject,
  condition: Condition,
  context: ProbeContext,
): (limit: Duration) => Promise<Attempt> {
  if (condition.kind === 'port') return onlyPort(subject, condition, context)
  if (condition.kind !== 'log') return (limit) => attempt(subject, condition, context, limit)
  const scan = new LogScan(condition.patterns)
  return () => scan.read(context.runtime, subject.id, context.signal)
}

async function attempt(
  subject: Subject,
  condition: Exclude<Condition, { kind: 'log' | 'port' }>,
  context: ProbeContext,
  limit: Duration,
): Promise<Attempt> {
  switch (condition.kind) {
    case 'up':
      return { passed: true, detail: 'it runs' }
    case 'exit': {
      const state = subject.state()
      const ended = state.status === 'exited'
      return { passed: ended, detail: ended ? `ended with exit code ${String(state.exitCode)}` : 'it still runs' }
    }
    case 'healthcheck':
      return healthcheck(subject, context, limit)
    case 'http':
      return judgeHttp(await ask(subject, condition.probe, context, limit), condition.expect)
    case 'tcp':
      return listens(subject, condition.port, context, limit)
    case 'ports':
      return anyPort(subject, condition.ports, context, limit)
    case 'exec':
      return command(subject, condition.argv, context, limit)
  }
}

/** The health that the engine reports, or sooner: the image's own health command, run by us. */
async function healthcheck(subject: Subject, context: ProbeContext, limit: Duration): Promise<Attempt> {
  if (!subject.facts.healthcheck) return { passed: false, final: true, detail: 'the image has no HEALTHCHECK' }
  const state = subject.state()
  if (state.health?.status === 'healthy') return { passed: true, detail: 'the engine says healthy' }
  const [kind, ...words] = subject.facts.healthcheckTest ?? []
  const argv = kind === 'CMD' ? words : kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : []
  if (argv.length > 0) return command(subject, argv, context, limit)
  return { passed: false, detail: `health is ${state.health?.status ?? 'unknown'}${lastHealth(state, '; ')}` }
}

async function command(
  subject: Subject,
  argv: readonly string[],
  context: ProbeContext,
  limit: Duration,
): Promise<Attempt> {
  const name = argv.join(' ')
  const late = new DeployError('smoke-timeout', `${name}: no answer in time`)
  try {
    const limits = { ms: limit, signal: context.signal, late: () => late }
    const run = within(limits, (signal) => context.runtime.exec(subject.id, argv, signal))
    const { exitCode, stdout, stderr } = await run
    const output = excerpt(`${stderr} ${stdout}`)
    return { passed: exitCode === 0, detail: `${name}: exit code ${String(exitCode)}${output && `, ${output}`}` }
  } catch (thrown) {
    if (thrown !== late) throw thrown
    return { passed: false, detail: late.what }
  }
}

/** What the engine refuses while the container ends is the container's end; what else it refuses is a failed attempt. */
export async function asked(subject: Subject, attempt: () => Promise<Attempt>): Promise<Attempt> {
  try {
    return await attempt()
  } catch (thrown) {
    await subject.refresh()
    if (isTrouble(thrown)) throw thrown
    return { passed: false, detail: errorMessage(thrown) }
  }
}

async function anyPort(
  subject: Subject,
  ports: readonly number[],
  context: ProbeContext,
  limit: Duration,
): Promise<Attempt> {
  const attempts = await Promise.all(ports.map((port) => listens(subject, port, context, limit)))
  return attempts.find(({ passed }) => passed) ?? attempts[0] ?? { passed: false, detail: 'no port is exposed' }
}
