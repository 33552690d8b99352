/** What one look at one workload means for the verdict. Pure. */
import type { ArtifactId } from '../../domain/artifact.ts'
import type { Digest } from '../../domain/digest.ts'
import { shortDigest } from '../../domain/digest.ts'
import type { Duration } from '../../domain/duration.ts'
import { formatDuration } from '../../domain/duration.ts'
import type { ReasonCode } from '../../errors/catalogue.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Replica, WorkloadObservation } from '../../ports.ts'

export interface Judgement {
  readonly name: string
  readonly is: 'proven' | 'pending' | 'failed' | 'superseded'
  readonly detail: string
  readonly reason?: Reason
  /** While pending: what will have been the reason if time runs out now. */
  readonly suspect?: Reason
  /** While pending: why it can be proven no more, and is not waited for once all others are proven. */
  readonly idle?: Reason
  /** Digest that its replicas report, when they agree. */
  readonly digest?: Digest
  readonly replicas: string
  /** Replicas whose digest is known by their specification only: the runtime could not be asked. */
  readonly unseen: number
}

/** What is remembered of one workload between two looks. */
export interface Window {
  /** Replica id → when it was first seen healthy with an accepted digest (ms), and its restarts then. */
  readonly healthy: ReadonlyMap<string, { readonly since: number; readonly restarts: number }>
  /** Since when a settled workload reports a digest that is not accepted. */
  readonly wrongSince?: number
  /** Since when it is scaled to zero. */
  readonly zeroSince?: number
}

/** A target may name an old replica for a moment after it said that all is done. */
const WRONG_DIGEST_GRACE_MS: Duration = 5000
/** What is scaled to zero and back is proven afterwards; what stays at zero that long was scaled there on purpose. */
const SCALED_TO_ZERO_GRACE_MS: Duration = 10_000

interface JudgeOptions {
  readonly now: number
  readonly first: boolean
  readonly stability: Duration
  /** What ran before may restart, or be scaled to zero and back: that is waited for and is not a failure. */
  readonly isRestore: boolean
}

/** Reasons that may pass by themselves for a version that ran before. */
const PASSING: ReadonlySet<ReasonCode> = new Set(['died-after-ready', 'nothing-runs'])

/** One look at one workload, pure: what it is now, and what to remember for the next look. */
export function judge(
  workload: WorkloadObservation,
  accepted: ReadonlySet<ArtifactId>,
  before: Window | undefined,
  { now, first, stability, isRestore }: JudgeOptions,
): { judgement: Judgement; window: Window } {
  const { name, state, replicas, desired } = workload
  const good = replicas.filter(
    (replica) => replica.healthy && replica.digest !== undefined && accepted.has(replica.digest),
  )
  const digests = new Set(replicas.flatMap(({ digest }) => (digest ? [digest] : [])))
  const [only] = digests
  const seen = {
    name,
    replicas: `${String(good.length)}/${String(desired)}`,
    unseen: good.filter(({ evidence }) => evidence === 'spec').length,
    ...(digests.size === 1 && only ? { digest: only } : {}),
  }
  const healthy = remembered(good, before, now, first)
  const window: Window = { healthy }
  const pending = (detail: string, kept: Window = window, more: Pick<Judgement, 'suspect' | 'idle'> = {}) => ({
    judgement: { ...seen, is: 'pending' as const, detail, ...more },
    window: kept,
  })
  const failed = (reason: Reason, kept: Window = window) => ({
    judgement: { ...seen, is: 'failed' as const, detail: reason.what, reason },
    window: kept,
  })
  const scaledToZero = (reason: Reason) => {
    const zeroSince = before?.zeroSince ?? now
    const idle = now - zeroSince >= SCALED_TO_ZERO_GRACE_MS ? { idle: reason } : {}
    return pending(reason.what, { healthy, zeroSince }, { suspect: reason, ...idle })
  }

  if (state.is === 'failed') {
    if (isRestore && desired === 0 && state.reason.code === 'nothing-runs') return scaledToZero(state.reason)
    if (!isRestore || !PASSING.has(state.reason.code)) return failed(state.reason)
    return pending(state.reason.what, window, { suspect: state.reason })
  }
  if (state.is === 'superseded') {
    const reason: Reason = { code: 'another-rollout', what: `${name}: ${state.by}` }
    return { judgement: { ...seen, is: 'superseded', detail: state.by, reason }, window }
  }
  const restarted = replicas.find((replica) => {
    const known = before?.healthy.get(replica.id)
    return known !== undefined && replica.restarts > known.restarts
  })
  if (restarted && isRestore) {
    const others = [...healthy].filter(([id]) => id !== restarted.id)
    return pending(`replica ${restarted.id} was restarted`, { healthy: new Map(others) })
  }
  if (restarted) {
    return failed({
      code: 'died-after-ready',
      what: `${name}: replica ${restarted.id} was ready and then restarted (${String(restarted.restarts)} restarts)`,
    })
  }
  if (state.is === 'progressing') {
    return pending(state.detail, window, state.suspect ? { suspect: state.suspect } : {})
  }
  if (desired === 0) {
    const what = `${name} is scaled to zero: nothing runs, so nothing is proven`
    return isRestore ? scaledToZero({ code: 'nothing-runs', what }) : failed({ code: 'nothing-runs', what })
  }

  const wrong = replicas.find(({ digest }) => digest !== undefined && !accepted.has(digest))
  if (wrong) {
    const kept = { healthy, wrongSince: before?.wrongSince ?? now }
    if (now - kept.wrongSince >= WRONG_DIGEST_GRACE_MS) return failed(wrongDigest(name, wrong, accepted), kept)
    return pending(`replica ${wrong.id} runs ${shortDigest(wrong.digest ?? '')}, which was not released`, kept)
  }
  const silent = replicas.find(({ digest }) => digest === undefined)
  if (silent) return pending(`replica ${silent.id} does not say which digest it runs`)
  if (good.length < desired || good.length < replicas.length) {
    return pending(`${String(good.length)} of ${String(desired)} replicas healthy`)
  }
  const since = Math.max(...[...healthy.values()].map((entry) => entry.since))
  if (now - since < stability) return pending(`healthy, now watched for ${formatDuration(stability)}`)
  return { judgement: { ...seen, is: 'proven', detail: `${seen.replicas} replicas run an accepted digest` }, window }
}

/**
 * When each good replica became healthy. The target's own time counts only at the first look: later this process saw it
 * happen, and its own clock can't be skewed against itself. A replica that was not healthy in between starts anew.
 */
function remembered(
  good: readonly Replica[],
  before: Window | undefined,
  now: number,
  first: boolean,
): Window['healthy'] {
  return new Map(
    good.map((replica) => {
      const since = first ? Math.min(replica.healthySince ?? now, now) : now
      return [replica.id, before?.healthy.get(replica.id) ?? { since, restarts: replica.restarts }]
    }),
  )
}

function wrongDigest(name: string, replica: Replica, accepted: ReadonlySet<ArtifactId>): Reason {
  return {
    code: 'wrong-digest',
    what: `${name}: replica ${replica.id} runs ${replica.digest ?? 'an unknown digest'}, which is not of the released image`,
    evidence: [`accepted: ${[...accepted].join(', ')}`],
  }
}
