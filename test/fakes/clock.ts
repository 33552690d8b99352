import type { Clock } from '../../src/ports.ts'

/** A clock that jumps: sleeping takes no real time. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z')

  now(): number {
    return this.#now
  }

  advance(ms: number): void {
    this.#now += ms
  }

  async sleep(ms: number): Promise<void> {
    this.advance(ms)
    await Promise.resolve()
  }
}
