import { formatDuration } from '../domain/duration.ts'
import type { Reason } from '../errors/deploy-error.ts'
import { throwIfAborted } from '../errors/deploy-error.ts'
import type { ImageFacts, SmokeReport } from '../ports.ts'
import { runCheck } from './check.ts'
import { SmokeFailure } from './failure.ts'
import { privateNetwork } from './network.ts'
import { imageFacts } from './platform.ts'
import type { Polled } from './poll.ts'
import type { Condition } from './readiness.ts'
import { awaitReady, conditionOf, describe } from './readiness.ts'
import { reasonOf, Results, createProgress } from './report.ts'
import { pullServices, startServices } from './services.ts'
import type { CheckSpec } from './spec.ts'
import { DEFAULTS } from './spec.ts'
import type { SmokeOptions, SmokeContext } from './context.ts'
import { containerSpec, setUp } from './context.ts'
import type { Subject } from './subject.ts'
import { startFailure, startSubject } from './subject.ts'
import type { Cleaner } from './text.ts'
import { betterReason, lastHealth } from './verdict.ts'

const CONCURRENT_CHECKS = 4
const LOG_LINES = 200
const EVIDENCE_LINES = 20

/**
 * Runs the image in a throwaway container and checks it. A failed check is a report, not an error.
 * @throws DeployError when the engine is in trouble, a secret has no value, or the run was cancelled: nothing is left then
 */
export async function runSmoke(options: SmokeOptions): Promise<SmokeReport> {
  throwIfAborted(options.signal)
  const started = options.clock.now()
  const smoke = setUp(options)
  const { life, ground, clock } = smoke
  let reason: Reason | undefined
  let logs: readonly string[] = []
  try {
    await conduct(smoke)
    logs = await lastLines(smoke, smoke.subject?.id)
    reason = reasonOf(smoke.results, smoke.results.all().length, 'smoke-check-failed')
  } catch (thrown) {
    if (!(thrown instanceof SmokeFailure)) {
      life.close()
      await ground.clear()
      throw thrown
    }
    logs = await lastLines(smoke, thrown.container)
    reason = betterReason(thrown.reason, logs)
  }
  life.close()
  return {
    passed: reason === undefined,
    ...(reason ? { reason: withEvidence(reason, logs, smoke.clean) } : {}),
    checks: smoke.results.all(),
    logs,
    readyMs: smoke.readyMs,
    ms: clock.now() - started,
    cleanup: Promise.all([ground.clear(), ground.sweep()]).then(() => undefined),
  }
}

async function conduct(smoke: SmokeContext): Promise<void> {
  const { spec, life, ground } = smoke
  const facts = await life.guard(imageFacts(smoke))
  const condition = conditionOf(spec.startup.ready, facts, spec.checks)
  const oneShot = condition.kind === 'exit' ? condition.codes : undefined
  const names = spec.checks.map(({ name }) => name)
  const last = oneShot ? [] : ['still running']
  smoke.results = new Results([`ready: ${describe(condition)}`, ...names, ...last], smoke.reporter, smoke.clean)
  const services = await life.guard(pullServices(smoke))
  life.limit(spec.timeout, () => tooLate(smoke))
  const network = await life.guard(privateNetwork(smoke))
  const created = ground.container('app', containerSpec(smoke, condition, facts, network))
  await life.guard(
    Promise.all([startServices(smoke, services, network), created.catch((thrown: unknown) => refuse(thrown))]),
  )
  const subject = await begin(smoke, await created, facts, oneShot)
  await becomeReady(smoke, subject, condition)
  try {
    await life.guard(checkAll(smoke, subject))
  } catch (thrown) {
    if (thrown instanceof SmokeFailure && last.length > 0) noteEnd(smoke, thrown.reason.what)
    throw thrown
  }
}

function tooLate({ spec, doing, running, subject }: SmokeContext): Error {
  const busy = running.size === 0 ? doing : `these checks ran: ${[...running].join(', ')}`
  const what = `the smoke test took longer than ${formatDuration(spec.timeout)}, while ${busy}`
  return new SmokeFailure({ code: 'smoke-timeout', what }, subject?.id)
}

function refuse(thrown: unknown): never {
  throw startFailure(thrown, 'the container', (reason) => new SmokeFailure(reason))
}

async function begin(
  smoke: SmokeContext,
  id: string,
  facts: ImageFacts,
  oneShot: readonly number[] | undefined,
): Promise<Subject> {
  const { runtime, clock, life, ground } = smoke
  smoke.doing = 'the container started'
  const startedAt = clock.now()
  try {
    const limited = smoke.spec.container.memory !== undefined
    const options = { id, who: 'the container', facts, oneShot, limited, runtime, clock, life, ground }
    smoke.subject = await startSubject(options)
    return smoke.subject
  } catch (thrown) {
    if (thrown instanceof SmokeFailure) noteReady(smoke, thrown.reason.what, clock.now() - startedAt)
    throw thrown
  }
}

async function becomeReady(smoke: SmokeContext, subject: Subject, condition: Condition): Promise<void> {
  const { spec, life, context, clock, reporter, clean } = smoke
  const { within, stayUp = condition.kind === 'up' ? DEFAULTS.stayUp : 0 } = spec.startup
  const startedAt = clock.now()
  smoke.doing = `waiting for ${describe(condition)}`
  let ready: Polled
  try {
    const onProgress = createProgress(reporter, 'smoke', clean)
    ready = await life.guard(awaitReady(subject, condition, context, { within, onProgress }))
    if (!ready.passed) throw notReady(subject, condition, ready, within)
    if (stayUp > 0 && condition.kind !== 'exit') await life.guard(stay(smoke, subject, stayUp))
  } catch (thrown) {
    if (thrown instanceof SmokeFailure) noteReady(smoke, thrown.reason.what, clock.now() - startedAt)
    throw thrown
  }
  subject.markReady()
  smoke.readyMs = clock.now() - startedAt
  const stayed = stayUp > 0 ? `, stayed up for ${formatDuration(stayUp)}` : ''
  smoke.results.add(0, { ...ready, detail: `${ready.detail}${stayed}`, ms: smoke.readyMs })
}

async function stay({ clock, life }: SmokeContext, subject: Subject, ms: number): Promise<void> {
  await clock.sleep(ms, life.signal)
  await subject.refresh()
}

function notReady(subject: Subject, condition: Condition, last: Polled, within: number): SmokeFailure {
  const tries = `${String(last.attempts)} attempts in ${formatDuration(Math.min(last.ms, within))}`
  const health = condition.kind === 'healthcheck' ? '' : lastHealth(subject.state(), '; HEALTHCHECK: ')
  return new SmokeFailure(
    {
      code: 'smoke-not-ready',
      what: `${subject.who} was not ready within ${formatDuration(within)} (${describe(condition)}; ${tries}): ${last.detail}${health}`,
    },
    subject.id,
  )
}

/** Independent checks side by side, then logs that are waited for, the state, the stop and last the whole log. */
async function checkAll(smoke: SmokeContext, subject: Subject): Promise<void> {
  const { spec, results } = smoke
  const numbered = spec.checks.map((check, index) => ({ check, index: index + 1 }))
  const of = (test: (check: CheckSpec) => boolean): typeof numbered => numbered.filter(({ check }) => test(check))
  const one = async ({ check, index }: { check: CheckSpec; index: number }): Promise<void> => {
    smoke.running.add(`"${check.name}"`)
    results.add(index, await runCheck(subject, check, smoke.context))
    smoke.running.delete(`"${check.name}"`)
  }
  await inParallel(
    of(({ kind }) => kind !== 'stop' && kind !== 'log'),
    one,
  )
  await inParallel(
    of(({ kind, retry }) => kind === 'log' && retry !== undefined),
    one,
  )
  if (spec.startup.ready.kind !== 'exit') await stillRuns(smoke, subject)
  for (const check of of(({ kind }) => kind === 'stop')) await one(check)
  await inParallel(
    of(({ kind, retry }) => kind === 'log' && retry === undefined),
    one,
  )
}

async function stillRuns(smoke: SmokeContext, subject: Subject): Promise<void> {
  const started = smoke.clock.now()
  await subject.refresh()
  const detail = 'running, never restarted, not out of memory'
  const polled = { passed: true, detail, attempts: 1, ms: smoke.clock.now() - started }
  smoke.results.add(smoke.spec.checks.length + 1, polled)
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENT_CHECKS, items.length) }, worker))
}

function noteReady(smoke: SmokeContext, detail: string, ms: number): void {
  if (!smoke.results.has(0)) smoke.results.add(0, { passed: false, detail, attempts: 1, ms })
}

function noteEnd(smoke: SmokeContext, detail: string): void {
  const index = smoke.spec.checks.length + 1
  if (!smoke.results.has(index)) smoke.results.add(index, { passed: false, detail, attempts: 1, ms: 0 })
}

/** Never fails: the log is evidence, not a check. */
async function lastLines(smoke: SmokeContext, id: string | undefined): Promise<readonly string[]> {
  const container = id ?? smoke.subject?.id
  if (container === undefined) return []
  const lines = await smoke.runtime.logs(container, LOG_LINES).catch(() => [])
  return lines.map((line) => smoke.clean(line))
}

function withEvidence(reason: Reason, logs: readonly string[], clean: Cleaner): Reason {
  const evidence = [...(reason.evidence ?? []), ...logs.slice(-EVIDENCE_LINES)]
  return {
    ...reason,
    what: clean(reason.what),
    ...(evidence.length === 0 ? {} : { evidence: evidence.map(clean) }),
  }
}
