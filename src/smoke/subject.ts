import type { Clock, ContainerRuntime, ContainerState, ImageFacts } from '../ports.ts'
import type { Reason } from '../errors/deploy-error.ts'
import { DeployError } from '../errors/deploy-error.ts'
import { SmokeFailure } from './failure.ts'
import type { Ground } from './ground.ts'
import type { Life } from './life.ts'
import { certainFailure, wrongPlatform } from './verdict.ts'
import { isForeignBinary } from '../domain/wrong-platform.ts'

/** Between two observations when no event says that something changed. */
const INSPECT_EVERY_MS = 2000

const KILLED_EXIT_CODE = 137
const OOM_RECORDED_WITHIN_MS = 100

/** A running container under watch: its certain failure ends the test at once. */
export interface Subject {
  readonly id: string
  /** `the container`, `service db` */
  readonly who: string
  readonly facts: ImageFacts
  /** As last seen. */
  readonly state: () => ContainerState
  /** Looks again; throws when what it sees is the end. */
  readonly refresh: () => Promise<ContainerState>
  readonly markReady: () => void
  /** From now on its end is not a failure. */
  readonly release: () => void
}

export interface SubjectOptions {
  readonly id: string
  readonly who: string
  readonly facts: ImageFacts
  /** Exit codes of a container that is meant to end. */
  readonly oneShot: readonly number[] | undefined
  /** It has a memory limit. */
  readonly limited?: boolean
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  readonly life: Life
  readonly ground: Ground
  /** Turns what happened into the reason of the whole test. */
  readonly blame?: (reason: Reason) => Reason
}

export async function startSubject(options: SubjectOptions): Promise<Subject> {
  const { id, who, facts, oneShot, runtime, clock, life, ground, limited = false } = options
  const blame = options.blame ?? ((reason: Reason) => reason)
  const failure = (reason: Reason): SmokeFailure => new SmokeFailure(blame(reason), id)
  await life.guard(ground.start(id)).catch((thrown: unknown) => {
    throw startFailure(thrown, who, failure)
  })
  const started = clock.now()
  let ready = false
  let released = false
  let state: ContainerState | undefined

  const refresh = async (): Promise<ContainerState> => {
    state = await settled(id, options)
    if (!state) throw failure({ code: 'smoke-exited', what: `${who} was removed from outside` })
    if (released) return state
    const elapsed = clock.now() - started
    const reason = certainFailure(state, who, { ready, elapsed, limited, ...(oneShot ? { oneShot } : {}) })
    if (reason) throw failure(reason)
    return state
  }
  const watch = async (): Promise<void> => {
    while (!life.signal.aborted && !released && state?.status !== 'exited') {
      await runtime.changed(id, INSPECT_EVERY_MS, life.signal)
      if (!life.signal.aborted && !released) await refresh()
    }
  }
  const first = await life.guard(refresh())
  watch().catch((thrown: unknown) => life.end(thrown as Error))
  return {
    id,
    who,
    facts,
    state: () => state ?? first,
    refresh,
    markReady: () => {
      ready = true
    },
    release: () => {
      released = true
    },
  }
}

/** The engine may report that the kernel killed it for memory a moment after its end. */
async function settled(id: string, { runtime, clock }: SubjectOptions): Promise<ContainerState | undefined> {
  const state = await runtime.inspect(id)
  if (state?.status !== 'exited' || state.exitCode !== KILLED_EXIT_CODE || state.oomKilled) return state
  await clock.sleep(OOM_RECORDED_WITHIN_MS)
  return runtime.inspect(id)
}

const TROUBLE: readonly string[] = ['engine-unreachable', 'cancelled', 'internal-error']

/** The engine's, the run's or our own trouble: no verdict on the image. */
export function isTrouble(thrown: unknown): boolean {
  return !(thrown instanceof DeployError) || TROUBLE.includes(thrown.code)
}

/** A refused create or start is the image's or the file's fault, unless the engine itself is gone. */
export function startFailure(thrown: unknown, who: string, failure: (reason: Reason) => SmokeFailure): Error {
  if (isTrouble(thrown) || !(thrown instanceof DeployError)) return thrown as Error
  if (isForeignBinary(thrown.what) || thrown.code === 'smoke-wrong-platform') {
    return failure(wrongPlatform(who, thrown.what))
  }
  return failure({ code: 'smoke-cannot-start', what: `${who} cannot start: ${thrown.what}`, evidence: thrown.evidence })
}
