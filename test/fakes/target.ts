// A target in memory, and the engines that lie: what it says can be told apart from what it runs.
import type { Digest } from '../../src/domain/digest.ts'
import type { PinnedImage } from '../../src/domain/image.ts'
import type { History } from '../../src/domain/history.ts'
import type { Stamp } from '../../src/domain/stamp.ts'
import { runKey } from '../../src/domain/labels.ts'
import { EMPTY_HISTORY } from '../../src/domain/history.ts'
import type { Revision } from '../../src/domain/revision.ts'
import type { Reason } from '../../src/errors/deploy-error.ts'
import { DeployError } from '../../src/errors/deploy-error.ts'
import type {
  CheckRequest,
  Clock,
  Observation,
  Readiness,
  Replica,
  Rollout,
  Running,
  RunningWorkload,
  Target,
  TargetPlace,
  TrafficSwitch,
  WorkloadObservation,
} from '../../src/ports.ts'

/** How a version behaves from the moment when it was put in place. */
export type Behaviour =
  | 'healthy'
  | 'crash' // fails at once, with a reason
  | 'unhealthy'
  | 'stuck' // progresses for ever
  | 'dies' // healthy, and after `turnsAfter` the target says that it failed
  // Engines that lie: they say "settled" all the time.
  | 'wrong-digest' // the right tag, another content
  | 'one-wrong' // one replica of N runs something else
  | 'no-digest' // nobody says what runs
  | 'one-missing' // one replica fewer than asked for
  | 'not-ready' // settled, but a replica isn't healthy
  | 'dies-quietly' // from `turnsAfter` on a restart is counted
  | 'reverts-quietly' // from `turnsAfter` on the old digest runs again

export interface FakeSpec {
  readonly image: string
  readonly digest: Digest | undefined
  readonly revision: Revision | undefined
  readonly run: string | undefined
  readonly settings: string
  /** Compare-and-swap, like a version index. */
  readonly version: number
}

interface Service {
  spec: FakeSpec | undefined
  /** What ran before the last replacement, for `reverts-quietly`. */
  before: Digest | undefined
  since: number
  replicas: number
  generation: number
}

export interface FakeWorkload {
  readonly name?: string
  /** undefined: the workload does not exist yet. */
  readonly digest?: Digest
  readonly revision?: Revision
  readonly replicas?: number
  readonly image?: string
}

export interface FakeTargetOptions {
  readonly clock: Clock
  readonly workloads?: readonly FakeWorkload[]
  /** By digest; anything else is healthy. */
  readonly behaviour?: ReadonlyMap<Digest, Behaviour>
  /** From the request to ready, ms. */
  readonly readyAfter?: number
  /** When `dies` and the quiet lies turn, ms after the request. */
  readonly turnsAfter?: number
  readonly history?: History
  /** It has traffic to switch; whether its engine bakes itself. */
  readonly bakesItself?: boolean
  /** Which cluster it says it is. */
  readonly cluster?: string
}

const WRONG: Digest = `sha256:${'f'.repeat(64)}`
const REASONS: Partial<Record<Behaviour, Reason>> = {
  crash: { code: 'crash-on-start', what: 'web crashes: exit code 1', evidence: ['fatal: no configuration'] },
  unhealthy: { code: 'unhealthy', what: 'web is unhealthy', evidence: ['health check: exit 1'] },
  dies: { code: 'died-after-ready', what: 'web died after it was ready', evidence: ['fatal: lost the database'] },
}

export class FakeTarget implements Target<FakeSpec> {
  readonly name = 'fake'
  readonly locking = 'compare-and-swap'
  /** Every call in order: `replace sha256:…`. */
  readonly calls: string[] = []
  readonly services = new Map<string, Service>()
  /** Thrown by the next call of that verb, once. */
  readonly fails: Partial<Record<'check' | 'current' | 'replace' | 'observe' | 'restore' | 'record', Error>> = {}
  readiness: Readiness = { faults: [], warnings: [], plan: ['service web'] }
  stored: History
  closed = false
  readonly #options: FakeTargetOptions

  constructor(options: FakeTargetOptions) {
    this.#options = options
    this.stored = options.history ?? EMPTY_HISTORY
    for (const { name = 'web', digest, revision, replicas = 1, image } of options.workloads ?? []) {
      const text = image ?? `registry.test/app@${digest ?? ''}`
      const spec = { image: text, digest, revision, run: undefined, settings: 'as the user made it', version: 1 }
      const since = options.clock.now() - 3_600_000
      this.services.set(name, { spec: digest && spec, before: undefined, since, replicas, generation: 1 })
    }
  }

  async check({ image }: CheckRequest): Promise<Readiness> {
    this.#called('check')
    return { ...this.readiness, plan: [...this.readiness.plan, ...(image ? [`  + image ${image.digest}`] : [])] }
  }

  async current(): Promise<Running<FakeSpec>> {
    this.#called('current')
    return { workloads: [...this.services].map(([name, service]) => this.#running(name, service)) }
  }

  async place(): Promise<TargetPlace> {
    return { cluster: this.#options.cluster ?? 'fake', workloads: [...this.services.keys()] }
  }

  async history(): Promise<readonly History[]> {
    this.#called('history')
    return [this.stored]
  }

  /** Of every replacement. */
  readonly stamps: Stamp[] = []

  async replace(image: PinnedImage, stamp: Stamp, before: Running<FakeSpec>): Promise<Rollout<FakeSpec>> {
    this.stamps.push(stamp)
    this.#called('replace', image.digest)
    for (const { name, spec } of before.workloads) {
      if ((this.services.get(name)?.spec?.version ?? 0) !== spec.version) {
        throw new DeployError('another-rollout', `${name} was changed while this run waited`)
      }
    }
    const text = `${image.repository.name}@${image.digest}`
    const change = { image: text, digest: image.digest, revision: image.revision, run: runKey(stamp.run) }
    return this.#rollout(before, image.accepted, ({ spec }) => ({ ...spec, ...change }))
  }

  async observe(rollout: Rollout<FakeSpec>): Promise<Observation> {
    this.#called('observe')
    return { workloads: rollout.workloads.map(({ name, handle }) => this.#observe(name, handle)) }
  }

  async changed(_rollout: Rollout<FakeSpec>, ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, signal)
  }

  async restore(to: Running<FakeSpec>, stamp: Stamp): Promise<Rollout<FakeSpec>> {
    this.#called('restore', to.workloads.map(({ spec }) => spec.digest ?? 'nothing').join(' '))
    const ours = runKey(stamp.run)
    for (const { name, spec } of to.workloads) {
      const live = this.services.get(name)?.spec
      if (live && live.run !== ours && live.version !== spec.version) {
        throw new DeployError('another-rollout', `${name} was changed while this run waited`)
      }
    }
    const accepted = new Set(to.workloads.flatMap(({ digests }) => digests))
    return this.#rollout(to, accepted, ({ spec, exists }) => (exists ? spec : undefined))
  }

  async record(history: History, rollout: Rollout<FakeSpec>): Promise<void> {
    this.#called('record', rollout.workloads.map(({ name }) => name).join(' '))
    this.stored = history
  }

  get traffic(): TrafficSwitch<FakeSpec> | undefined {
    const { bakesItself } = this.#options
    if (bakesItself === undefined) return undefined
    return {
      bakesItself,
      beforeTraffic: async () => {
        this.#called('beforeTraffic')
        return { url: 'http://green.test', close: async () => void this.calls.push('door closed') }
      },
      shift: async () => this.#called('shift'),
      finish: async () => this.#called('finish'),
    }
  }

  async close(): Promise<void> {
    this.calls.push('close')
    this.closed = true
  }

  /** Somebody else puts another image in. */
  foreignChange(digest: Digest, where?: 'last'): void {
    for (const service of [...this.services.values()].slice(where === 'last' ? -1 : 0)) {
      const spec = service.spec
      if (!spec) continue
      const image = `registry.test/app@${digest}`
      this.#put(service, { ...spec, image, digest, run: 'other-1', version: spec.version + 1 })
    }
  }

  #called(verb: string, detail = ''): void {
    this.calls.push(`${verb} ${detail}`.trim())
    const error = this.fails[verb as keyof FakeTarget['fails']]
    if (error === undefined) return
    this.fails[verb as keyof FakeTarget['fails']] = undefined as never
    throw error
  }

  #rollout(
    before: Running<FakeSpec>,
    accepted: ReadonlySet<Digest>,
    next: (workload: RunningWorkload<FakeSpec>) => FakeSpec | undefined,
  ): Rollout<FakeSpec> {
    const workloads = before.workloads.flatMap((workload) => {
      const service = this.services.get(workload.name)
      if (!service) return []
      const spec = next(workload)
      // Restoring what is there replaces nothing.
      const live = service.spec
      if (spec && live && spec.digest === live.digest && spec.image === live.image && spec.run === live.run) {
        return [{ name: workload.name, handle: live }]
      }
      const version = Math.max(service.spec?.version ?? 0, workload.spec.version) + 1
      this.#put(service, spec && { ...spec, version })
      return service.spec ? [{ name: workload.name, handle: service.spec }] : []
    })
    return { accepted, startedAt: this.#options.clock.now(), workloads }
  }

  #put(service: Service, spec: FakeSpec | undefined): void {
    service.before = service.spec?.digest
    service.spec = spec
    service.since = this.#options.clock.now()
    service.generation += 1
  }

  #behaviour(digest: Digest | undefined): Behaviour {
    return (digest && this.#options.behaviour?.get(digest)) ?? 'healthy'
  }

  #running(name: string, service: Service): RunningWorkload<FakeSpec> {
    const { spec, replicas } = service
    if (!spec) {
      const empty = { image: '', digest: undefined, revision: undefined, run: undefined, settings: '', version: 0 }
      return { name, exists: false, digests: [], desired: 0, ready: 0, stable: true, spec: empty }
    }
    const { revision } = spec
    const shown = this.#replicas(service, spec)
    const digests = [...new Set(shown.flatMap(({ digest }) => digest ?? []))]
    const releasedBy = spec.run === undefined || spec.run.startsWith('other') ? {} : { releasedBy: spec.run }
    // What was there from the start came up long ago, however it behaves when it is put in place again.
    const isUp = service.generation === 1 || this.#state(service, spec).is === 'settled'
    const ready = isUp ? shown.length : 0
    const state = { ...releasedBy, exists: true, digests, desired: replicas, ready, stable: true }
    return { name, ...state, image: spec.image, ...(revision === undefined ? {} : { revision }), spec }
  }

  #observe(name: string, handle: FakeSpec): WorkloadObservation {
    const service = this.services.get(name)
    const spec = service?.spec
    if (!service || !spec) {
      const reason: Reason = { code: 'workload-gone', what: `${name} was removed` }
      return { name, state: { is: 'failed', reason }, desired: 0, replicas: [] }
    }
    const desired = service.replicas
    if (spec.digest !== handle.digest) {
      return { name, state: { is: 'superseded', by: spec.run ?? 'somebody' }, desired, replicas: [] }
    }
    return { name, state: this.#state(service, spec), desired, replicas: this.#replicas(service, spec) }
  }

  #state(service: Service, spec: FakeSpec): WorkloadObservation['state'] {
    const behaviour = this.#behaviour(spec.digest)
    const age = this.#options.clock.now() - service.since
    const reason = REASONS[behaviour]
    if (reason && (behaviour !== 'dies' || this.#hasTurned(age))) return { is: 'failed', reason }
    if (behaviour === 'stuck') return { is: 'progressing', detail: 'waits for ever' }
    if (age < (this.#options.readyAfter ?? 0)) return { is: 'progressing', detail: 'starts' }
    return { is: 'settled' }
  }

  #hasTurned(age: number): boolean {
    return age >= (this.#options.turnsAfter ?? 2000)
  }

  #replicas(service: Service, spec: FakeSpec): Replica[] {
    const behaviour = this.#behaviour(spec.digest)
    const age = this.#options.clock.now() - service.since
    const turned = this.#hasTurned(age)
    const ready = age >= (this.#options.readyAfter ?? 0)
    if (behaviour === 'crash' || behaviour === 'unhealthy' || !ready) return []
    const count = behaviour === 'one-missing' ? service.replicas - 1 : service.replicas
    return Array.from({ length: count }, (_, index): Replica => {
      const last = index === count - 1
      const wrong = behaviour === 'wrong-digest' || (behaviour === 'one-wrong' && last)
      const reverted = behaviour === 'reverts-quietly' && turned
      const digest = wrong ? WRONG : reverted ? service.before : spec.digest
      const died = behaviour === 'dies-quietly' && turned
      return {
        id: `${String(service.generation)}.${String(index)}`,
        ...(digest === undefined || behaviour === 'no-digest' ? {} : { digest }),
        healthy: !(behaviour === 'not-ready' && last) && behaviour !== 'stuck',
        restarts: died ? 1 : 0,
        healthySince: service.since + (this.#options.readyAfter ?? 0),
      }
    })
  }
}
