import { randomBytes } from 'node:crypto'
import type { Reading, ConfigContext } from '../config/index.ts'
import { readRelease, readRollback, readContext } from '../config/index.ts'
import type { AppRequest, ReleaseRequest, RollbackRequest } from '../domain/request.ts'
import type { Result } from '../domain/result.ts'
import type { GitHubApi, GitHubContext, Ports, Source } from '../ports.ts'
import type { ComposeContext } from './ports.ts'
import type { Done, InvocationContext, VerbContext } from '../verbs/verb.ts'
import { nameArtifact } from './artifact-name.ts'
import { collectFindings } from '../reporting/findings.ts'
import { inspectChecks } from './checks.ts'
import { sweepMachine } from './sweep.ts'

/** Reads a release, creates its ports and runs it. @throws DeployError for inputs at fault */
export async function runRelease(invocation: InvocationContext, context: VerbContext): Promise<Done> {
  let source: Source | undefined
  const reading = await readRelease(
    invocation,
    async (configContext, token) => (source ??= await gitSource(configContext, token, context.signal)),
    inspectChecks(readContext(invocation).env),
  )
  const { release } = await import('../pipeline/release.ts')
  return runPipeline(reading, context, release, source)
}

/** Reads a rollback, or the question for the versions, creates its ports and runs it. @throws DeployError for inputs at fault */
export async function runRollback(
  invocation: InvocationContext,
  context: VerbContext,
  command: 'rollback' | 'list',
): Promise<Done> {
  const reading = await readRollback(invocation, command, inspectChecks(readContext(invocation).env))
  const { rollback } = await import('../pipeline/rollback.ts')
  return runPipeline(reading, context, rollback)
}

/** Puts real parts together for a request that was read, and hands both to a verb of the pipeline. */
export async function runPipeline<Request extends ReleaseRequest | RollbackRequest>(
  reading: Reading<Request>,
  context: VerbContext,
  verb: (request: Request, ports: Ports) => Promise<Result>,
  known?: Source,
): Promise<Done> {
  const { request, configContext } = reading
  const composed = await contextOf(reading, context, known)
  const { createPorts } = await import('./ports.ts')
  const result = await verb(request, await createPorts(request, composed))
  if (request.deploymentRecord) nameArtifact(result, configContext, context.reporter)
  return { request, result }
}

/** Says what was read, and everything that real parts are made with. */
export async function contextOf(
  { request, configContext, githubToken, secrets, notices, origins }: Reading<AppRequest>,
  { reporter: outer, signal, mask, remember }: VerbContext,
  known?: Source,
): Promise<ComposeContext> {
  mask(secrets)
  const { reporter, findings } = collectFindings(outer)
  void sweepMachine(configContext.env, reporter)
  for (const text of notices) reporter.emit({ type: 'notice', text })
  if (request.dryRun) for (const text of chosen(origins)) reporter.emit({ type: 'info', text })
  const token = `${request.run.id}-${randomBytes(4).toString('hex')}`
  return {
    env: configContext.env,
    cwd: configContext.cwd,
    reporter,
    findings,
    signal,
    source: known ?? (await gitSource(configContext, githubToken, signal)),
    githubToken,
    github: gitHubOf(configContext, githubToken),
    records: await recordsOf(request, configContext, githubToken, signal),
    secrets,
    onSecret: (secret) => mask([secret]),
    checks: { token, beforeCreate: () => remember(`${token}-${String(request.run.attempt)}`) },
  }
}

/** Where each value came from, for a plan that nobody has to guess about. */
function chosen(origins: ReadonlyMap<string, string>): string[] {
  return [...origins].filter(([, origin]) => origin !== 'default').map(([name, origin]) => `${name}: from ${origin}`)
}

export async function gitSource(
  configContext: ConfigContext,
  token: string | undefined,
  signal: AbortSignal,
): Promise<Source> {
  const { createSource } = await import('../adapters/git/index.ts')
  const github = gitHubOf(configContext, token)
  return createSource({ cwd: configContext.cwd, env: configContext.env, signal, ...(github ? { github } : {}) })
}

export function gitHubOf({ github, env }: ConfigContext, token: string | undefined): GitHubApi | undefined {
  const { apiUrl, repository } = github ?? {}
  if (apiUrl === undefined || repository === undefined || token === undefined) return undefined
  return { apiUrl, repository, token, env }
}

/** undefined: no records are kept on GitHub. Nothing is loaded then. */
async function recordsOf(
  { deploymentRecord, target, run }: AppRequest,
  configContext: ConfigContext,
  token: string | undefined,
  signal: AbortSignal,
): Promise<GitHubContext | undefined> {
  const api = gitHubOf(configContext, token)
  if (!deploymentRecord || !target || !api) return undefined
  const { gitHubContext } = await import('./github.ts')
  return gitHubContext(api, configContext, run, signal)
}
