// How far a rollout has come, as it is remembered between two looks. Pure but for what it keeps.
import type { Judgement, Memory } from '../why/classify.ts'

/** Nothing became ready for so long: only then the warnings of the cluster are read. */
export const STALLED_AFTER_MS = 2000

export class Course {
  readonly #memory = new Map<string, Memory>()
  #ready = 0
  #readySince: number
  #settledSince: number | undefined

  constructor(now: number) {
    this.#readySince = now
  }

  memoryOf(name: string): Memory {
    return this.#memory.get(name) ?? new Map<string, number>()
  }

  remember(judgements: readonly Judgement[]): void {
    for (const { observation, memory } of judgements) this.#memory.set(observation.name, memory)
  }

  /** When the number of ready pods last changed, and since when all is settled. */
  note(judgements: readonly Judgement[], now: number): void {
    const healthy = judgements.flatMap(({ observation }) => observation.replicas.filter((replica) => replica.healthy))
    if (healthy.length !== this.#ready) {
      this.#ready = healthy.length
      this.#readySince = now
    }
    const isSettled = judgements.every(({ observation }) => observation.state.is === 'settled')
    this.#settledSince = isSettled ? (this.#settledSince ?? now) : undefined
  }

  /** undefined: not all is settled. */
  get settledSince(): number | undefined {
    return this.#settledSince
  }

  isStalled(judgements: readonly Judgement[], now: number): boolean {
    const isProgressing = judgements.some(({ observation }) => observation.state.is === 'progressing')
    return isProgressing && now - this.#readySince > STALLED_AFTER_MS
  }
}

/** Whether the wait would end with this. */
export function isFinal(judgements: readonly Judgement[]): boolean {
  const states = judgements.map(({ observation }) => observation.state.is)
  return (
    states.every((state) => state === 'settled') || states.some((state) => state === 'failed' || state === 'superseded')
  )
}
