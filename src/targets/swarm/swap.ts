/** Compare-and-swap on a service's version index. */
import type { DeployError } from '../../errors/deploy-error.ts'
import { fail } from '../../errors/deploy-error.ts'
import { isUnanswered } from '../shared/change-all.ts'
import { compareAndSwap, Outdated } from '../shared/swap.ts'
import type { Auth, Swarm } from './engine.ts'
import { OutOfSequence } from './engine.ts'
import { equal } from '../../domain/equal.ts'
import { imageOf, writerOf } from './spec.ts'
import type { Service, ServiceSpec } from './schema.ts'

export interface Change {
  readonly id: string
  readonly spec: ServiceSpec
  readonly auth: Auth
}

interface Swap {
  readonly plan: (live: Service | undefined) => Promise<Change | undefined>
  /** The index to start from, with `plan(undefined)`; undefined: that of `live`. */
  readonly version?: number
  readonly live?: Service | undefined
}

/**
 * One compare-and-swap: `plan` says what to write for the service as it is, or nothing. When the index has moved, which
 * the engine does by itself too, the service is read and planned again; so it is when the answer was lost, once.
 * @returns the index that the change was based on
 */
export async function swap(swarm: Swarm, name: string, { version, plan, live }: Swap): Promise<number> {
  let current = live
  let index = version ?? live?.Version.Index ?? 0
  let wasSilent = false
  return compareAndSwap(async () => {
    const change = await plan(current)
    if (change === undefined) return index
    try {
      await swarm.update(change.id, index, change.spec, change.auth)
      return index
    } catch (error) {
      const silent = isUnanswered(error)
      if (!(error instanceof OutOfSequence) && (!silent || wasSilent)) throw error
      const { services } = await swarm.services([name]).catch(() => {
        throw error
      })
      current = services[0]
      wasSilent ||= silent
      // The request may have been carried out although its answer was lost.
      if (wasSilent && current && isWritten(current.Spec, change.spec)) return index
      if (current === undefined) throw fail({ code: 'workload-gone', what: `service ${name} was removed` })
      index = current.Version.Index
      return new Outdated(anotherRollout(name, current))
    }
  })
}

function isWritten(live: ServiceSpec, spec: ServiceSpec): boolean {
  return imageOf(live) === imageOf(spec) && equal(live.Labels, spec.Labels)
}

export function anotherRollout(name: string, live: Service): DeployError {
  return fail({
    code: 'another-rollout',
    what: `service ${name} was changed while this run waited, by ${writerOf(live.Spec)}`,
    evidence: [`it names ${imageOf(live.Spec)} now`],
  })
}
