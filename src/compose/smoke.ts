import { randomBytes } from 'node:crypto'
import { readSmoke, writeReport } from '../config/index.ts'
import type { SmokeRequest } from '../domain/request.ts'
import { parseReference } from '../domain/image.ts'
import type { Result } from '../domain/result.ts'
import { emptyResult } from '../domain/result.ts'
import { CATALOGUE } from '../errors/catalogue.ts'
import { DeployError } from '../errors/deploy-error.ts'
import { errorMessage } from '../errors/message.ts'
import type { ContainerRuntime, SmokeReport } from '../ports.ts'
import type { Done, InvocationContext, VerbContext } from '../verbs/verb.ts'
import { systemClock } from './clock.ts'
import { sweepMachine } from './sweep.ts'

/** Smoke-tests one image that the engine has or can pull; changes nothing. @throws DeployError */
export async function runSmoke(invocation: InvocationContext, { reporter, signal, mask }: VerbContext): Promise<Done> {
  const { request, configContext, secrets } = await readSmoke(invocation)
  mask(secrets)
  void sweepMachine(configContext.env, reporter)
  const engine = await import('../smoke/index.ts')
  const { defaultSpec, junit, parseSmoke, secretNames } = engine
  const { reference, smoke } = request
  const { spec, faults } =
    smoke === 'default'
      ? { spec: defaultSpec(), faults: [] }
      : await parseSmoke(smoke, { image: reference }, configContext.cwd)
  if (faults.length > 0) throw new DeployError('invalid-input', 'the smoke file cannot be used', { faults })
  mask(secretNames(spec).map((name) => configContext.env[name] ?? ''))
  const runtime = await connectRuntime(configContext.env, signal)
  const facts = await present(reference, runtime, signal)
  const run = { ...request.run, id: `${request.run.id}-${randomBytes(4).toString('hex')}` }
  reporter.emit({ type: 'step.started', step: 'smoke', title: `smoke-test ${reference}` })
  const image = { reference: facts.id, facts }
  const report = await engine.runSmoke({
    spec,
    image,
    runtime,
    clock: systemClock,
    reporter,
    signal,
    run,
    env: configContext.env,
  })
  reportVerdict(report, reporter)
  if (request.junit !== undefined) {
    try {
      writeReport(request.junit, junit(report, `smoke ${reference}`), configContext)
    } catch (error) {
      reporter.emit({ type: 'warning', text: `the JUnit report was not written: ${errorMessage(error)}` })
    }
  }
  await report.cleanup
  return { result: resultOf(request, report) }
}

async function connectRuntime(env: InvocationContext['env'], signal: AbortSignal): Promise<ContainerRuntime> {
  const [{ connect }, { createRuntime }, { createRegistry }] = await Promise.all([
    import('../adapters/docker/connection.ts'),
    import('../adapters/docker/runtime.ts'),
    import('../adapters/registry/index.ts'),
  ])
  const registry = createRegistry({ env: env ?? process.env, clock: systemClock, signal })
  return createRuntime(await connect({}, env ?? process.env), { registry })
}

/** The engine's own copy, pulled if it has none. */
async function present(reference: string, runtime: ContainerRuntime, signal: AbortSignal) {
  const known = await runtime.image(reference)
  if (known) return known
  const parsed = parseReference(reference)
  if (parsed?.digest) await runtime.pull({ repository: parsed.repository, digest: parsed.digest }, undefined, signal)
  else await runtime.pullReference(reference, signal)
  const pulled = await runtime.image(reference)
  if (!pulled) throw new DeployError('image-not-found', `the engine has no image ${reference}`)
  return pulled
}

function reportVerdict(report: SmokeReport, reporter: VerbContext['reporter']): void {
  const detail = `${String(report.checks.filter((check) => check.passed).length)} of ${String(report.checks.length)} checks passed`
  reporter.emit({
    type: 'step.finished',
    step: 'smoke',
    result: report.passed ? 'done' : 'failed',
    detail,
    ms: report.ms,
  })
  if (report.reason) reporter.emit({ type: 'failure', reason: report.reason, state: 'nothing was changed' })
}

function resultOf({ run, reference }: SmokeRequest, { passed, reason, checks, ms }: SmokeReport): Result {
  return {
    ...emptyResult('smoke', passed ? 'checked' : 'failed', { id: run.id, attempt: run.attempt }),
    ...(reason
      ? {
          reasonCode: reason.code,
          reason: reason.what,
          fix: reason.fix ?? CATALOGUE[reason.code].fix,
          evidence: reason.evidence ?? [],
          state: 'nothing was changed',
        }
      : {}),
    image: reference,
    checks,
    timings: { smoke: Math.round(ms) },
  }
}
