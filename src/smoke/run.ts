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
import type { SmokeOptions, SmokeContext } from './stage.ts'
import { containerSpec, setUp } from './stage.ts'
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
  const stage = setUp(options)
  const { life, ground, clock } = stage
  let reason: Reason | undefined
  let logs: readonly string[] = []
  try {
    await conduct(stage)
    logs = await lastLines(stage, stage.subject?.id)
    reason = reasonOf(stage.results, stage.results.all().length, 'smoke-check-failed')
  } catch (thrown) {
    if (!(thrown instanceof SmokeFailure)) {
      life.close()
      await ground.clear()
      throw thrown
    }
    logs = await lastLines(stage, thrown.container)
    reason = betterReason(thrown.reason, logs)
  }
  life.close()
  return {
    passed: reason === undefined,
    ...(reason ? { reason: withEvidence(reason, logs, stage.clean) } : {}),
    checks: stage.results.all(),
    logs,
    readyMs: stage.readyMs,
    ms: clock.now() - started,
    cleanup: Promise.all([ground.clear(), ground.sweep()]).then(() => undefined),
  }
}

async function conduct(stage: SmokeContext): Promise<void> {
  const { spec, life, ground } = stage
  const facts = await life.guard(imageFacts(stage))
  const condition = conditionOf(spec.startup.ready, facts, spec.checks)
  const oneShot = condition.kind === 'exit' ? condition.codes : undefined
  const names = spec.checks.map(({ name }) => name)
  const last = oneShot ? [] : ['still running']
  stage.results = new Results([`ready: ${describe(condition)}`, ...names, ...last], stage.reporter, stage.clean)
  const services = await life.guard(pullServices(stage))
  life.limit(spec.timeout, () => tooLate(stage))
  const network = await life.guard(privateNetwork(stage))
  const created = ground.container('app', containerSpec(stage, condition, facts, network))
  await life.guard(
    Promise.all([startServices(stage, services, network), created.catch((thrown: unknown) => refuse(thrown))]),
  )
  const subject = await begin(stage, await created, facts, oneShot)
  await becomeReady(stage, subject, condition)
  try {
    await life.guard(checkAll(stage, subject))
  } catch (thrown) {
    if (thrown instanceof SmokeFailure && last.length > 0) noteEnd(stage, thrown.reason.what)
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
  stage: SmokeContext,
  id: string,
  facts: ImageFacts,
  oneShot: readonly number[] | undefined,
): Promise<Subject> {
  const { runtime, clock, life, ground } = stage
  stage.doing = 'the container started'
  const startedAt = clock.now()
  try {
    const limited = stage.spec.container.memory !== undefined
    const options = { id, who: 'the container', facts, oneShot, limited, runtime, clock, life, ground }
    stage.subject = await startSubject(options)
    return stage.subject
  } catch (thrown) {
    if (thrown instanceof SmokeFailure) noteReady(stage, thrown.reason.what, clock.now() - startedAt)
    throw thrown
  }
}

async function becomeReady(stage: SmokeContext, subject: Subject, condition: Condition): Promise<void> {
  const { spec, life, context, clock, reporter, clean } = stage
  const { within, stayUp = condition.kind === 'up' ? DEFAULTS.stayUp : 0 } = spec.startup
  const startedAt = clock.now()
  stage.doing = `waiting for ${describe(condition)}`
  let ready: Polled
  try {
    const tell = createProgress(reporter, 'smoke', clean)
    ready = await life.guard(awaitReady(subject, condition, context, { within, tell }))
    if (!ready.passed) throw notReady(subject, condition, ready, within)
    if (stayUp > 0 && condition.kind !== 'exit') await life.guard(stay(stage, subject, stayUp))
  } catch (thrown) {
    if (thrown instanceof SmokeFailure) noteReady(stage, thrown.reason.what, clock.now() - startedAt)
    throw thrown
  }
  subject.markReady()
  stage.readyMs = clock.now() - startedAt
  const stayed = stayUp > 0 ? `, stayed up for ${formatDuration(stayUp)}` : ''
  stage.results.add(0, { ...ready, detail: `${ready.detail}${stayed}`, ms: stage.readyMs })
}

async function stay({ clock, life }: SmokeContext, subject: Subject, ms: number): Promise<void> {
  await clock.sleep(ms, life.signal)
  await subject.look()
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
async function checkAll(stage: SmokeContext, subject: Subject): Promise<void> {
  const { spec, results } = stage
  const numbered = spec.checks.map((check, index) => ({ check, index: index + 1 }))
  const of = (test: (check: CheckSpec) => boolean): typeof numbered => numbered.filter(({ check }) => test(check))
  const one = async ({ check, index }: { check: CheckSpec; index: number }): Promise<void> => {
    stage.running.add(`"${check.name}"`)
    results.add(index, await runCheck(subject, check, stage.context))
    stage.running.delete(`"${check.name}"`)
  }
  await inParallel(
    of(({ kind }) => kind !== 'stop' && kind !== 'log'),
    one,
  )
  await inParallel(
    of(({ kind, retry }) => kind === 'log' && retry !== undefined),
    one,
  )
  if (spec.startup.ready.kind !== 'exit') await stillRuns(stage, subject)
  for (const check of of(({ kind }) => kind === 'stop')) await one(check)
  await inParallel(
    of(({ kind, retry }) => kind === 'log' && retry === undefined),
    one,
  )
}

async function stillRuns(stage: SmokeContext, subject: Subject): Promise<void> {
  const started = stage.clock.now()
  await subject.look()
  const detail = 'running, never restarted, not out of memory'
  const polled = { passed: true, detail, attempts: 1, ms: stage.clock.now() - started }
  stage.results.add(stage.spec.checks.length + 1, polled)
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENT_CHECKS, items.length) }, worker))
}

function noteReady(stage: SmokeContext, detail: string, ms: number): void {
  if (!stage.results.has(0)) stage.results.add(0, { passed: false, detail, attempts: 1, ms })
}

function noteEnd(stage: SmokeContext, detail: string): void {
  const index = stage.spec.checks.length + 1
  if (!stage.results.has(index)) stage.results.add(index, { passed: false, detail, attempts: 1, ms: 0 })
}

/** Never fails: the log is evidence, not a check. */
async function lastLines(stage: SmokeContext, id: string | undefined): Promise<readonly string[]> {
  const container = id ?? stage.subject?.id
  if (container === undefined) return []
  const lines = await stage.runtime.logs(container, LOG_LINES).catch(() => [])
  return lines.map((line) => stage.clean(line))
}

function withEvidence(reason: Reason, logs: readonly string[], clean: Cleaner): Reason {
  const evidence = [...(reason.evidence ?? []), ...logs.slice(-EVIDENCE_LINES)]
  return {
    ...reason,
    what: clean(reason.what),
    ...(evidence.length === 0 ? {} : { evidence: evidence.map(clean) }),
  }
}
