// The whole pipeline over fakes: everything that it needs from the world, and handles on what the world does.
import { collectFindings } from '../../src/reporting/findings.ts'
import type { Digest } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest.ts'
import { parseRepository } from '../../src/domain/image.ts'
import type { History } from '../../src/domain/history.ts'
import { EMPTY_HISTORY } from '../../src/domain/history.ts'
import type { ReleaseRequest, RollbackRequest } from '../../src/domain/request.ts'
import type { Reason } from '../../src/errors/deploy-error.ts'
import { DeployError } from '../../src/errors/deploy-error.ts'
import { bakeGate } from '../../src/gates/bake.ts'
import { liveGate } from '../../src/gates/checks.ts'
import type {
  Ancestry,
  Built,
  ContainerRuntime,
  Gate,
  ImageFacts,
  Ports,
  SmokeReport,
  SourceFacts,
} from '../../src/ports.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakeRegistry } from '../fakes/registry.ts'
import { FakeReporter } from '../fakes/reporter.ts'
import type { Behaviour } from '../fakes/target.ts'
import { buildRequest } from '../fakes/build-request.ts'
import { FakeTarget } from '../fakes/target.ts'
import { openLedgers } from '../../src/ledgers/index.ts'

export const REVISION = 'a'.repeat(40)
export const RUNNING = 'b'.repeat(40)
const repository = parseRepository('registry.test/app')
if (!repository) throw new Error('unreachable')

const BUILD = buildRequest('/src', { sourceDateEpoch: 1_700_000_000 })

export function releaseRequest(more: Partial<ReleaseRequest> = {}): ReleaseRequest {
  return {
    kind: 'release',
    repository: repository as NonNullable<typeof repository>,
    app: 'app',
    environment: 'production',
    environmentTag: 'production',
    adoptHistory: undefined,
    target: {
      name: 'swarm',
      workloads: ['web'],
      container: undefined,
      manifests: [],
      strategy: 'rolling',
      app: 'app',
      environment: 'production',
      options: [],
    },
    url: undefined,
    liveChecks: undefined,
    timeout: 60_000,
    stability: 10_000,
    bake: 0,
    dryRun: false,
    deploymentRecord: true,
    run: { id: '7', attempt: 1 },
    digest: undefined,
    revision: REVISION,
    tagSuffix: undefined,
    promote: 'all',
    contextName: '.',
    build: BUILD,
    extraTags: [],
    smoke: 'default',
    onFailure: 'rollback',
    onCancel: 'leave',
    onOlder: 'refuse',
    policy: 'enforce',
    junit: undefined,
    ...more,
  }
}

export function rollbackRequest(more: Partial<RollbackRequest> = {}): RollbackRequest {
  const { target, ...base } = releaseRequest()
  if (!target) throw new Error('unreachable')
  return {
    ...base,
    kind: 'rollback',
    environment: 'production',
    target,
    to: 'previous',
    allowUnverified: false,
    settings: 'now',
    list: false,
    onFailure: 'restore',
    reason: undefined,
    ...more,
  }
}

export interface WorldOptions {
  /** How versions behave on the target, by digest. */
  readonly behaviour?: ReadonlyMap<Digest, Behaviour>
  readonly smoke?: Reason
  readonly source?: Partial<SourceFacts>
  /** Files that a build would send and no commit holds. */
  readonly unversioned?: readonly string[]
  readonly ancestry?: Ancestry
  readonly history?: History
  /** What the build produces; the commit's own content by default. */
  readonly content?: string
  /** The builder pushes by digest itself. */
  readonly pushes?: boolean
  readonly live?: Reason | 'passes'
  readonly bake?: number
  readonly gates?: readonly Gate[]
  /** How the target switches traffic: blue-green. */
  readonly bakesItself?: boolean
  readonly turnsAfter?: number
  /** Names of the workloads; `web` by default. */
  readonly workloads?: readonly string[]
}

/** The image that runs before; the fake registry holds it. */
export const OLD = 'old content'

export function world(options: WorldOptions = {}) {
  const clock = new FakeClock()
  const registry = new FakeRegistry()
  const reporter = new FakeReporter()
  const abort = new AbortController()
  const calls: string[] = []
  const old = registry.push(OLD, { 'org.opencontainers.image.revision': RUNNING })
  const content = options.content ?? 'new content'
  const digest = digestOf(`manifest ${content}`)
  const target = new FakeTarget({
    clock,
    workloads: (options.workloads ?? ['web']).map((name) => ({ name, digest: old, revision: RUNNING, replicas: 2 })),
    history: options.history ?? EMPTY_HISTORY,
    ...(options.behaviour ? { behaviour: options.behaviour } : {}),
    ...(options.turnsAfter === undefined ? {} : { turnsAfter: options.turnsAfter }),
    ...(options.bakesItself === undefined ? {} : { bakesItself: options.bakesItself }),
  })
  let labels: Record<string, string> = {}
  const facts: ImageFacts = {
    id: digestOf(content),
    platform: 'linux/amd64',
    labels: {},
    exposedPorts: [],
    user: '',
    healthcheck: false,
    size: 1,
    repoDigests: [],
  }
  const report = (reason: Reason | undefined): SmokeReport => ({
    passed: reason === undefined,
    ...(reason ? { reason } : {}),
    checks: [{ name: 'ready', passed: reason === undefined, detail: '', attempts: 1, ms: 1 }],
    logs: ['last line'],
    readyMs: 5,
    ms: 10,
    cleanup: Promise.resolve(),
  })
  const runtime = {
    image: async (reference: string) => (reference === 'gone' ? undefined : facts),
    pull: async (image: { digest: Digest }) => void calls.push(`pull ${image.digest}`),
    push: async (_: string, __: unknown, tag: string) => {
      calls.push(`push ${tag}`)
      const pushed = registry.push(content, labels)
      registry.tagged.set(tag, pushed)
      return pushed
    },
    forget: async () => undefined,
  } as unknown as ContainerRuntime
  const ports: Ports = {
    source: {
      facts: async () => ({ revision: REVISION, committedAt: 1, dirty: [], ...options.source }),
      unversioned: async () => ({ files: options.unversioned ?? [], gitCredentials: false }),
      compare: async () => options.ancestry ?? 'newer',
    },
    builder: async () => ({
      name: 'engine',
      refuse: () => [],
      build: async (request, { push }): Promise<Built> => {
        calls.push('build')
        labels = { ...request.labels }
        if (push && options.pushes) return { where: 'registry', digest: registry.push(content, labels) }
        return { where: 'engine', imageId: facts.id }
      },
    }),
    runtime: async () => runtime,
    checks: {
      smoke: async ({ reference }) => {
        calls.push(`smoke ${reference}`)
        return report(options.smoke)
      },
    },
    gates: [
      ...(options.live ? [liveGate(async () => report(options.live === 'passes' ? undefined : options.live))] : []),
      ...(options.bake === undefined ? [] : [bakeGate(options.bake)]),
      ...(options.gates ?? []),
    ],
    registry,
    ledgers: openLedgers,
    target: async () => target,
    clock,
    ...collectFindings(reporter),
    signal: abort.signal,
  }
  return { clock, registry, reporter, abort, calls, target, ports, old, digest, facts }
}

export function down(): Reason {
  return new DeployError('registry-unreachable', 'connection refused')
}
