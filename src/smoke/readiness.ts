import type { Clock, ContainerRuntime, ImageFacts } from '../ports.ts'
import type { Duration } from '../domain/duration.ts'
import { judgeHttp } from './checks/http.ts'
import { LogScan } from './log-scan.ts'
import { eager, poll, type Attempt, type Polled } from './poll.ts'
import { request, type HttpResult } from './probe/http.ts'
import { connects } from './probe/tcp.ts'
import { through, ways } from './probe/reach.ts'
import { BELOW_500, expecting, type HttpExpectation, type HttpProbe, type Readiness, type SmokeSpec } from './spec.ts'
import { isTrouble, type Subject } from './subject.ts'
import { excerpt } from './text.ts'
import { lastHealth } from './verdict.ts'
import { errorMessage } from '../errors/message.ts'

/** What is waited for, once the image is known. */
export type Condition =
  | Exclude<Readiness, { kind: 'auto' }>
  /** Nothing to ask: staying up is all. */
  | { readonly kind: 'up' }
  /** Any of several exposed ports. */
  | { readonly kind: 'ports'; readonly ports: readonly number[] }
  /** The only exposed port: below 500, or another protocol than HTTP. */
  | { readonly kind: 'port'; readonly port: number }

/** The longest single probe while waiting. */
const PROBE: Duration = 5000
/** A published port takes connections before anybody listens: they must last. */
const HOLD: Duration = 50

export function conditionOf(ready: Readiness, facts: ImageFacts, role: 'app' | 'service'): Condition {
  if (ready.kind !== 'auto') return ready
  if (facts.healthcheck) return { kind: 'healthcheck' }
  const ports = exposed(facts)
  const [port] = ports
  if (port === undefined) return { kind: 'up' }
  return ports.length === 1 && role === 'app' ? { kind: 'port', port } : { kind: 'ports', ports }
}

/** Exposed TCP ports, lowest first. */
export function exposed(facts: ImageFacts): readonly number[] {
  const ports = facts.exposedPorts
    .filter((port) => !/\/(?:udp|sctp)$/.test(port))
    .map((port) => Number.parseInt(port, 10))
  return ports.sort((a, b) => a - b)
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

export interface Surroundings {
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly probe: SmokeSpec['probe']
}

/** Waits until the condition holds; certain failures end the life of the test elsewhere. */
export function awaitReady(
  subject: Subject,
  condition: Condition,
  around: Surroundings,
  within: Duration,
  tell: (text: string, elapsed: Duration) => void,
): Promise<Polled> {
  const once = attempts(subject, condition, around)
  return poll((remaining) => asked(subject, () => once(Math.min(PROBE, remaining))), {
    clock: around.clock,
    signal: around.signal,
    for: within,
    pause: eager,
    onFailed: (detail, elapsed) => tell(`${subject.who} is not ready: ${detail}`, elapsed),
  })
}

/** What one try is; a look at the log goes on where the one before ended. */
function attempts(subject: Subject, condition: Condition, around: Surroundings): (limit: Duration) => Promise<Attempt> {
  if (condition.kind !== 'log') return (limit) => attempt(subject, condition, around, limit)
  const scan = new LogScan(condition.patterns)
  return () => scan.look(around.runtime, subject.id, around.signal)
}

async function attempt(
  subject: Subject,
  condition: Exclude<Condition, { kind: 'log' }>,
  around: Surroundings,
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
      return healthcheck(subject, around, limit)
    case 'http':
      return judgeHttp(await ask(subject, condition.probe, around, limit), condition.expect)
    case 'port':
      return onlyPort(subject, condition.port, around, limit)
    case 'tcp':
      return listens(subject, condition.port, around, limit)
    case 'ports':
      return anyPort(subject, condition.ports, around, limit)
    case 'exec':
      return command(subject, condition.argv, around, limit)
  }
}

/** The engine's word, or sooner: the image's own command, run by us. */
async function healthcheck(subject: Subject, around: Surroundings, limit: Duration): Promise<Attempt> {
  if (!subject.facts.healthcheck) return { passed: false, final: true, detail: 'the image has no HEALTHCHECK' }
  const state = subject.state()
  if (state.health?.status === 'healthy') return { passed: true, detail: 'the engine says healthy' }
  const [kind, ...words] = subject.facts.healthcheckTest ?? []
  const argv = kind === 'CMD' ? words : kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : []
  if (argv.length > 0) return command(subject, argv, around, limit)
  return { passed: false, detail: `health is ${state.health?.status ?? 'unknown'}${lastHealth(state, '; ')}` }
}

async function command(
  subject: Subject,
  argv: readonly string[],
  around: Surroundings,
  limit: Duration,
): Promise<Attempt> {
  const signal = AbortSignal.any([around.signal, AbortSignal.timeout(limit)])
  try {
    const { exitCode, stdout, stderr } = await around.runtime.exec(subject.id, argv, signal)
    const output = excerpt(`${stderr} ${stdout}`)
    return {
      passed: exitCode === 0,
      detail: `${argv.join(' ')}: exit code ${String(exitCode)}${output && `, ${output}`}`,
    }
  } catch (thrown) {
    if (around.signal.aborted || !signal.aborted) throw thrown
    return { passed: false, detail: `${argv.join(' ')}: no answer in time` }
  }
}

/** What the engine refuses while the container ends is the container's end; what else it refuses is a failed attempt. */
export async function asked(subject: Subject, attempt: () => Promise<Attempt>): Promise<Attempt> {
  try {
    return await attempt()
  } catch (thrown) {
    await subject.look()
    if (isTrouble(thrown)) throw thrown
    return { passed: false, detail: errorMessage(thrown) }
  }
}

async function onlyPort(subject: Subject, port: number, around: Surroundings, limit: Duration): Promise<Attempt> {
  const probe: HttpProbe = { scheme: 'http', method: 'GET', port, path: '/', headers: {}, body: undefined }
  const result = await ask(subject, probe, around, limit)
  if ('trouble' in result && result.trouble.kind === 'not-http') {
    return { passed: true, detail: `port ${String(port)} answers, in another protocol than HTTP` }
  }
  return judgeHttp(result, BELOW)
}

const BELOW: HttpExpectation = expecting(BELOW_500)

async function anyPort(
  subject: Subject,
  ports: readonly number[],
  around: Surroundings,
  limit: Duration,
): Promise<Attempt> {
  const attempts = await Promise.all(ports.map((port) => listens(subject, port, around, limit)))
  return attempts.find(({ passed }) => passed) ?? attempts[0] ?? { passed: false, detail: 'no port is exposed' }
}

export async function listens(subject: Subject, port: number, around: Surroundings, limit: Duration): Promise<Attempt> {
  const result = await through(ways(subject.state(), port, around.probe), limit, async (way, timeout) => {
    const trouble = await connects(way, { timeout, hold: way.published ? HOLD : 0, signal: around.signal })
    return trouble ? { trouble } : {}
  })
  return 'trouble' in result
    ? { passed: false, detail: `port ${String(port)}: ${result.trouble.text}` }
    : { passed: true, detail: `port ${String(port)} takes connections` }
}

/** One HTTP request to the container. Without a port: the exposed one, the lowest of several. */
export async function ask(
  subject: Subject,
  probe: HttpProbe,
  around: Surroundings,
  limit: Duration,
): Promise<HttpResult> {
  const port = probe.port ?? exposed(subject.facts)[0]
  if (port === undefined) {
    const text = 'the image exposes no port and the check names none: write :PORT before the path'
    return { trouble: { kind: 'other', text } }
  }
  return through(ways(subject.state(), port, around.probe), limit, (way, timeout) =>
    request(
      probe,
      { scheme: probe.scheme, host: way.host, port: way.port, hostHeader: `localhost:${String(port)}`, verify: false },
      { timeout, signal: around.signal },
    ),
  )
}
