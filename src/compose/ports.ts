import { once } from '../async/once.ts'
import type { PreviewRequest, ReleaseRequest, RollbackRequest, TargetRequest } from '../domain/request.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type {
  EngineApi,
  Findings,
  GitHubApi,
  GitHubContext,
  Ports,
  PreviewHost,
  Registry,
  Reporter,
  Source,
  Target,
} from '../ports.ts'
import { ledgersWith } from '../ledgers/index.ts'
import { targetKind } from '../targets/index.ts'
import type { TargetContext, TargetKind } from '../targets/shared/kind.ts'
import type { CheckSettings } from './checks.ts'
import { createChecks, createGates } from './checks.ts'
import { systemClock } from './clock.ts'

export interface ComposeContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** All that warns is given this one: `findings` holds what it has reported. */
  readonly reporter: Reporter
  readonly findings: () => Findings
  readonly signal: AbortSignal
  readonly source: Source
  readonly githubToken: string | undefined
  /** Where GitHub can be asked; undefined outside of it. */
  readonly github: GitHubApi | undefined
  /** undefined: no records are kept on GitHub. */
  readonly records: GitHubContext | undefined
  readonly secrets: readonly string[]
  /** Called with every secret before it is used. */
  readonly onSecret: (value: string) => void
  readonly checks: CheckSettings
}

/** Whose ports are made. Of a preview that is only removed: what a removal needs of them. */
export type PortsRequest = ReleaseRequest | RollbackRequest | PreviewRequest

/** The real ports. Everything heavy is imported when it is first needed. */
export async function createPorts(request: PortsRequest, context: ComposeContext): Promise<Ports> {
  const { env, reporter, signal } = context
  const onWarning = (text: string) => reporter.emit({ type: 'warning', text })
  const engine = once(() => connectTo({ onWarning, signal }, env))
  const { createRegistry } = await import('../adapters/registry/index.ts')
  const registry = createRegistry({
    env,
    clock: systemClock,
    signal,
    githubToken: context.githubToken,
    actor: request.run.actor,
    onSecret: context.onSecret,
    onWarning,
  })
  const runtime = once(async () => {
    const { createRuntime } = await import('../adapters/docker/runtime.ts')
    return createRuntime(await engine(), { registry })
  })
  const checking = { ...context, ...context.checks, clock: systemClock }
  return {
    source: context.source,
    builder: async (build) => {
      const { chooseBuilder } = await import('../adapters/docker/choose-builder.ts')
      return chooseBuilder(env, await engine(), build, { reporter, registry })
    },
    runtime,
    checks: createChecks(request, { ...checking, runtime }),
    gates: createGates(request, checking),
    registry,
    ledgers: ledgersWith(context.records),
    target: request.target && targetOf(request.target, request, context, registry),
    clock: systemClock,
    reporter,
    findings: context.findings,
    signal,
  }
}

function targetOf(
  target: TargetRequest,
  request: PortsRequest,
  context: ComposeContext,
  registry: Registry,
): () => Promise<Target> {
  return () => kindOf(target).open(target, targetContext(request, context, registry))
}

/** What lists and removes previews. @throws DeployError not-supported where the target has none */
export async function openHost(
  request: PreviewRequest,
  context: ComposeContext,
  registry: Registry,
): Promise<PreviewHost> {
  const kind = kindOf(request.target)
  const host = await kind.previews?.(request.target, targetContext(request, context, registry))
  if (!host) throw new DeployError('not-supported', `${kind.title} has no previews`)
  return host
}

function kindOf({ name }: TargetRequest): TargetKind {
  const kind = targetKind(name)
  if (!kind) throw new DeployError('internal-error', `there is no target ${name}`)
  return kind
}

/** Every target is opened with the same context; what it connects to is its own knowledge. */
function targetContext(
  request: PortsRequest,
  { env, reporter, signal, github }: ComposeContext,
  registry: Registry,
): TargetContext {
  const { run, repository } = request
  const leave = request.kind !== 'preview' && request.onFailure === 'leave'
  const onFailure = leave ? 'leave' : 'restore'
  return { env, clock: systemClock, run, signal, repository, registry, reporter, github, onFailure }
}

type ConnectOptions = Parameters<typeof import('../adapters/docker/connection.ts').connect>[0]

/** Without options: the runner's own engine, which always builds and smokes. */
async function connectTo(options: ConnectOptions, env: ComposeContext['env']): Promise<EngineApi> {
  const { connect } = await import('../adapters/docker/connection.ts')
  return connect(options, env)
}
