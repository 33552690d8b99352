import { randomBytes } from 'node:crypto'
import type { Io, Reading, Surroundings } from '../config/index.ts'
import { readRelease, readRollback, readSurroundings } from '../config/index.ts'
import type { ReleaseRequest, RollbackRequest } from '../domain/request.ts'
import type { Result } from '../domain/result.ts'
import type { Reporter, Source } from '../ports.ts'
import { inspectChecks } from './checks.ts'

/** How an entry talks while a verb runs. */
export interface Voice {
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** Called before the first line that could show one. */
  readonly mask: (secrets: readonly string[]) => void
  /** Called before anything is created that a killed run would leave behind; `token` marks it. */
  readonly remember: (token: string) => void
}

export interface Done {
  readonly result: Result
  readonly request?: ReleaseRequest | RollbackRequest
}

/** Reads, wires and runs a release. @throws DeployError for inputs at fault */
export async function runRelease(io: Io, voice: Voice): Promise<Done> {
  let source: Source | undefined
  const reading = await readRelease(
    io,
    async (around, token) => (source ??= await gitSource(around, token)),
    inspectChecks(readSurroundings(io).env),
  )
  const { release } = await import('../pipeline/release.ts')
  return run(reading, voice, release, source)
}

/** Reads, wires and runs a rollback, or the list of versions. @throws DeployError for inputs at fault */
export async function runRollback(io: Io, voice: Voice, command: 'rollback' | 'list' = 'rollback'): Promise<Done> {
  const reading = await readRollback(io, command, inspectChecks(readSurroundings(io).env))
  const { rollback } = await import('../pipeline/rollback.ts')
  return run(reading, voice, rollback, undefined)
}

async function run<Request extends ReleaseRequest | RollbackRequest>(
  { request, around, githubToken, secrets, notices, origins }: Reading<Request>,
  { reporter, signal, mask, remember }: Voice,
  verb: (request: Request, ports: Awaited<ReturnType<typeof import('./ports.ts').makePorts>>) => Promise<Result>,
  known: Source | undefined,
): Promise<Done> {
  mask(secrets)
  for (const text of notices) reporter.emit({ type: 'notice', text })
  if (request.dryRun) for (const text of chosen(origins)) reporter.emit({ type: 'info', text })
  const { makePorts } = await import('./ports.ts')
  const token = `${request.run.id}-${randomBytes(4).toString('hex')}`
  const ports = await makePorts(request, {
    env: around.env,
    cwd: around.cwd,
    reporter,
    signal,
    source: known ?? (await gitSource(around, githubToken)),
    githubToken,
    github: gitHubOf(around, githubToken),
    secrets,
    onSecret: (secret) => mask([secret]),
    checks: { token, beforeCreate: () => remember(`${token}-${String(request.run.attempt)}`) },
  })
  return { request, result: await verb(request, ports) }
}

/** Where each value came from, for a plan that nobody has to guess about. */
function chosen(origins: ReadonlyMap<string, string>): string[] {
  return [...origins].filter(([, origin]) => origin !== 'default').map(([name, origin]) => `${name}: from ${origin}`)
}

async function gitSource(around: Surroundings, token: string | undefined): Promise<Source> {
  const { createSource } = await import('../adapters/git/index.ts')
  const github = gitHubOf(around, token)
  return createSource({ cwd: around.cwd, env: around.env, ...(github ? { github } : {}) })
}

function gitHubOf({ github }: Surroundings, token: string | undefined) {
  return github && token !== undefined ? { ...github, token } : undefined
}
