import { DeployError } from '../errors/deploy-error.ts'
import type { Fault } from '../errors/deploy-error.ts'

/** Gathers what is wrong, so that one run shows everything. */
export class Faults {
  readonly #faults: Fault[] = []

  add(fault: FaultLike): void {
    const known = this.#faults.some(
      ({ name, source, problem }) => name === fault.name && source === fault.source && problem === fault.problem,
    )
    if (!known) this.#faults.push(withoutUndefined(fault))
  }

  get found(): readonly Fault[] {
    return this.#faults
  }

  /** @throws DeployError invalid-input with all of them */
  throwIfAny(): void {
    const faults = this.#faults
    if (faults.length === 0) return
    const names = [...new Set(faults.map(({ name }) => name))].join(', ')
    const what = faults.length === 1 ? `1 input is wrong: ${names}` : `${faults.length} faults in the inputs: ${names}`
    throw new DeployError('invalid-input', what, {
      faults: [...faults],
      state: 'nothing was built, pushed or changed',
    })
  }
}

type FaultLike = { readonly [K in keyof Fault]: Fault[K] | undefined } & { name: string; problem: string }

function withoutUndefined(fault: FaultLike): Fault {
  const entries = Object.entries(fault).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as unknown as Fault
}
