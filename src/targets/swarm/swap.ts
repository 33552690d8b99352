/** Compare-and-swap on a service's version index. */
import type { DeployError } from '../../errors/deploy-error.ts'
import { fail } from '../../errors/deploy-error.ts'
import type { Auth, Swarm } from './engine.ts'
import { OutOfSequence } from './engine.ts'
import { imageOf, writerOf } from './spec.ts'
import type { Service, ServiceSpec } from './wire.ts'

/** The engine moves the index itself while it updates: so many re-reads before we give up. */
const TRIES = 10

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
 * the engine does by itself too, the service is read and planned again.
 * @returns the index that the change was based on
 */
export async function swap(swarm: Swarm, name: string, { version, plan, live }: Swap): Promise<number> {
  let current = live
  let index = version ?? live?.Version.Index ?? 0
  for (let attempt = 1; ; attempt += 1) {
    const change = await plan(current)
    if (change === undefined) return index
    try {
      await swarm.update(change.id, index, change.spec, change.auth)
      return index
    } catch (error) {
      if (!(error instanceof OutOfSequence)) throw error
      const { services } = await swarm.services([name])
      current = services[0]
      if (current === undefined) throw fail({ code: 'workload-gone', what: `service ${name} was removed` })
      if (attempt >= TRIES) throw anotherRollout(name, current)
      index = current.Version.Index
    }
  }
}

export function anotherRollout(name: string, live: Service): DeployError {
  return fail({
    code: 'another-rollout',
    what: `service ${name} was changed while this run waited, by ${writerOf(live.Spec)}`,
    evidence: [`it names ${imageOf(live.Spec)} now`],
  })
}
