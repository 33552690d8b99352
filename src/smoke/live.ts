import { formatDuration } from '../domain/duration.ts'
import { DeployError, throwIfAborted } from '../errors/deploy-error.ts'
import type { Clock, Reporter, SmokeReport } from '../ports.ts'
import { judgeHttp } from './checks/http.ts'
import { beginLife } from './life.ts'
import type { Attempt, Polled } from './poll.ts'
import { eager, poll } from './poll.ts'
import type { HttpEndpoint, HttpResult } from './probe/http.ts'
import { request } from './probe/http.ts'
import { connects } from './probe/tcp.ts'
import { SmokeFailure } from './failure.ts'
import { reasonOf, Results, createProgress } from './report.ts'
import type { CheckSpec, HttpCheck, HttpProbe, SmokeSpec } from './spec.ts'
import { BELOW_500, expecting } from './spec.ts'
import { proxyFor } from '../domain/proxy.ts'
import { cleaner } from './text.ts'

export interface LiveOptions {
  readonly spec: SmokeSpec
  /** Base address: checks' paths are added to its own, their ports are the container's and not used. */
  readonly url: string
  readonly clock: Clock
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** Proxy settings, as programs find them in the environment; loopback never goes through one. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly secrets?: readonly string[]
}

interface Site {
  readonly endpoint: HttpEndpoint
  /** Without a slash at its end. */
  readonly path: string
}

const PROBE_MS = 10_000
const ROOT: HttpProbe = { scheme: 'http', method: 'GET', port: undefined, path: '/', headers: {}, body: undefined }
/** A load balancer says these while it does not know the new version yet. */
const NOT_YET = new Set([502, 503, 504])

/**
 * The same checks against an address. First waits, at most `startup.within`, until the address answers at all; then
 * asserts. What needs the container is skipped and said so; a file with nothing else demands a status below 500 of `/`.
 * @throws DeployError invalid-input for a bad address, cancelled
 */
export async function runLiveChecks(options: LiveOptions): Promise<SmokeReport> {
  throwIfAborted(options.signal)
  const { spec, clock, reporter, signal } = options
  const clean = cleaner(options.secrets ?? [])
  const site = siteOf(options)
  const started = clock.now()
  const checks = spec.checks.some((check) => runsHere(check, site)) ? spec.checks : [...spec.checks, FALLBACK]
  const results = new Results(['answers', ...checks.map(({ name }) => name)], reporter, clean)
  const life = beginLife(clock, signal)
  life.limit(spec.timeout, () => new SmokeFailure({ code: 'live-check-failed', what: 'the live checks took too long' }))
  const report = (reason: SmokeReport['reason'], readyMs: number | undefined): SmokeReport => ({
    passed: reason === undefined,
    ...(reason ? { reason: { ...reason, what: clean(reason.what) } } : {}),
    checks: results.all(),
    logs: [],
    readyMs,
    ms: clock.now() - started,
    cleanup: Promise.resolve(),
  })
  try {
    const ready = await life.guard(awaitAnswer(site, checks, options, life.signal))
    results.add(0, ready)
    if (!ready.passed) {
      const what = `${options.url} did not answer within ${formatDuration(spec.startup.within)}: ${ready.detail}`
      return report({ code: 'live-check-failed', what }, undefined)
    }
    await life.guard(Promise.all(checks.map((check, index) => one(check, index + 1))))
    return report(reasonOf(results, checks.length, 'live-check-failed'), ready.ms)
  } catch (thrown) {
    if (thrown instanceof SmokeFailure) return report(thrown.reason, undefined)
    throw thrown
  } finally {
    life.close()
  }

  async function one(check: CheckSpec, index: number): Promise<void> {
    if (runsHere(check, site)) {
      results.add(index, await runCheck(check, site, clock, life.signal))
      return
    }
    const detail = `skipped: ${check.kind === 'tcp' ? 'the port is the container’s' : 'it needs the container'}`
    results.add(index, { passed: true, detail, attempts: 0, ms: 0 }, true)
    reporter.emit({ type: 'info', text: clean(`live check "${check.name}" ${detail}`) })
  }
}

const FALLBACK: HttpCheck = {
  kind: 'http',
  name: 'GET / below 500',
  retry: undefined,
  probe: ROOT,
  expect: expecting(BELOW_500),
}

/** @throws DeployError invalid-input */
function siteOf({ url, env = {} }: LiveOptions): Site {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
    const fault = {
      name: 'url',
      value: url,
      problem: 'is not an http or https address',
      example: 'https://app.example.com',
    }
    throw new DeployError('invalid-input', 'the live checks need an address', { faults: [fault] })
  }
  const scheme = parsed.protocol === 'https:' ? 'https' : 'http'
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  const proxy = proxyFor(parsed, env)?.href
  const port = Number(parsed.port) || (scheme === 'https' ? 443 : 80)
  return {
    endpoint: {
      scheme,
      host,
      port,
      verify: true,
      ...(proxy ? { proxies: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } } : {}),
    },
    path: parsed.pathname.replace(/\/$/, ''),
  }
}

function runsHere(check: CheckSpec, site: Site): boolean {
  return check.kind === 'http' || (check.kind === 'tcp' && check.port === site.endpoint.port)
}

function awaitAnswer(
  site: Site,
  checks: readonly CheckSpec[],
  options: LiveOptions,
  signal: AbortSignal,
): Promise<Polled> {
  const { spec, clock, reporter } = options
  const first = checks.find((check) => check.kind === 'http')
  const onProgress = createProgress(reporter, 'live-checks', cleaner(options.secrets ?? []))
  const attempt = async (remaining: number): Promise<Attempt> => {
    const result = await ask(site, { ...ROOT, path: first?.probe.path ?? '/' }, Math.min(PROBE_MS, remaining), signal)
    if ('trouble' in result) return { passed: false, detail: result.trouble.text }
    const { status } = result.answer
    const wanted = first ? judgeHttp(result, first.expect).passed : false
    return { passed: wanted || !NOT_YET.has(status), detail: `status ${String(status)}` }
  }
  return poll(attempt, {
    clock,
    signal,
    for: spec.startup.within,
    pause: eager,
    onFailed: (detail, elapsed) => onProgress(`${options.url} does not answer yet: ${detail}`, elapsed),
  })
}

function runCheck(check: CheckSpec, site: Site, clock: Clock, signal: AbortSignal): Promise<Polled> {
  const attempt = async (): Promise<Attempt> => {
    if (check.kind === 'http') {
      const limit = Math.max(PROBE_MS, (check.expect.within ?? 0) * 2)
      return judgeHttp(await ask(site, check.probe, limit, signal), check.expect)
    }
    const trouble = await connects(site.endpoint, { timeout: PROBE_MS, hold: 0, signal })
    return { passed: !trouble, detail: trouble?.text ?? `port ${String(site.endpoint.port)} takes connections` }
  }
  return poll(attempt, { clock, signal, for: check.retry?.for ?? 0, pause: () => check.retry?.every ?? 0 })
}

function ask(site: Site, probe: HttpProbe, timeout: number, signal: AbortSignal): Promise<HttpResult> {
  return request({ ...probe, path: site.path + probe.path }, site.endpoint, { timeout, signal })
}
