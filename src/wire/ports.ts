import type { ReleaseRequest, RollbackRequest, TargetRequest } from '../domain/request.ts'
import type { GitHubApi } from '../adapters/github/api.ts'
import type { EngineApi, Ports, Registry, Reporter, Source, Target } from '../ports.ts'
import type { CheckSettings } from './checks.ts'
import { makeChecks } from './checks.ts'
import { systemClock } from './clock.ts'

export interface Wiring {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly reporter: Reporter
  readonly signal: AbortSignal
  readonly source: Source
  readonly githubToken: string | undefined
  /** Where GitHub can be asked; undefined outside of it. */
  readonly github: GitHubApi | undefined
  readonly secrets: readonly string[]
  /** Called with every secret before it is used. */
  readonly onSecret: (value: string) => void
  readonly checks: CheckSettings
}

/** The real ports. Everything heavy is imported when it is first needed. */
export async function makePorts(request: ReleaseRequest | RollbackRequest, wiring: Wiring): Promise<Ports> {
  const { env, reporter, signal } = wiring
  const engine = once(() => connectTo({}, env))
  const { createRegistry } = await import('../adapters/registry/index.ts')
  const registry = createRegistry({
    env,
    clock: systemClock,
    signal,
    githubToken: wiring.githubToken,
    actor: request.run.actor,
    onSecret: wiring.onSecret,
    onWarning: (text) => reporter.emit({ type: 'warning', text }),
  })
  const runtime = once(async () => {
    const { createRuntime } = await import('../adapters/docker/runtime.ts')
    return createRuntime(await engine(), { registry })
  })
  return {
    source: wiring.source,
    builder: async (build) => {
      const { chooseBuilder } = await import('../adapters/docker/choose-builder.ts')
      return chooseBuilder(env, await engine(), build, { reporter, registry })
    },
    runtime,
    checks: makeChecks(request, { ...wiring, ...wiring.checks, runtime, clock: systemClock }),
    registry,
    target: request.target && targetOf(request.target, request, registry, wiring),
    clock: systemClock,
    reporter,
    signal,
  }
}

function targetOf(
  target: TargetRequest,
  request: ReleaseRequest | RollbackRequest,
  registry: Registry,
  { env, reporter, signal, github }: Wiring,
): () => Promise<Target> {
  return async () => {
    const { TARGETS } = await import('../targets/index.ts')
    const common = { registry, clock: systemClock, run: request.run, env }
    if (target.name === 'swarm') {
      const endpoint = { host: target.dockerHost, context: target.dockerContext, certPath: target.dockerCertPath }
      const [create, api] = await Promise.all([
        TARGETS.swarm(),
        connectTo({ ...endpoint, unreachable: 'target-unreachable' }, env),
      ])
      const { repository, onFailure } = request
      return create(target, { ...common, api, repository, onFailure: onFailure === 'leave' ? 'leave' : 'rollback' })
    }
    const [create, { openKubectl }] = await Promise.all([TARGETS.kubernetes(), import('../adapters/kubectl/index.ts')])
    const onWarning = (text: string) => reporter.emit({ type: 'warning', text })
    const api = openKubectl({ context: target.kubeContext, version: target.kubectlVersion, env, onWarning })
    const isRunOver =
      github && (async (holder: string) => (await import('../adapters/github/runs.ts')).isRunOver(github, holder))
    return create(target, { ...common, api, signal, onWarning, ...(isRunOver ? { isRunOver } : {}) })
  }
}

type ConnectOptions = Parameters<typeof import('../adapters/docker/connection.ts').connect>[0]

/** Without options: the runner's own engine, which always builds and smokes. */
async function connectTo(options: ConnectOptions, env: Wiring['env']): Promise<EngineApi> {
  const { connect } = await import('../adapters/docker/connection.ts')
  return connect(options, env)
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
