/** Values with a unit, read from the long forms of a stack file. */
import { parseSize } from '../../../domain/size.ts'
import type { Faults } from './faults.ts'
import { nanoCpus, nanoseconds } from './scalars.ts'
import { textOf } from './values.ts'

/** Scalars with a unit: what cannot be read is a fault. */
export class Units {
  readonly #faults: Faults
  constructor(faults: Faults) {
    this.#faults = faults
  }

  duration(value: unknown, at: string): number | undefined {
    return this.#read(value, at, nanoseconds, 'a duration such as 10s or 1m30s')
  }

  bytes(value: unknown, at: string): number | undefined {
    return this.#read(value, at, (text) => parseSize(text), 'a size such as 512M')
  }

  cpus(value: unknown, at: string): number | undefined {
    return this.#read(value, at, nanoCpus, 'a number of processors such as 0.5')
  }

  #read(value: unknown, at: string, parse: (text: string) => number | undefined, what: string): number | undefined {
    const text = textOf(value)
    if (text === undefined) return undefined
    const parsed = parse(text)
    if (parsed === undefined) this.#faults.add(at, `"${text}" is not ${what}`)
    return parsed
  }
}
