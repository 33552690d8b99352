import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { endedOf } from './snapshot.ts'
import { ContainerDetails } from './schema.ts'

describe('a container that ended', () => {
  const ended = (streak: number, probes: readonly number[], retries?: number, StartedAt = '2026-01-01T00:00:00Z') =>
    endedOf(
      v.parse(ContainerDetails, {
        Image: 'sha256:1',
        Config: { Healthcheck: retries === undefined ? {} : { Retries: retries } },
        State: {
          StartedAt,
          FinishedAt: '2026-01-01T00:00:02.5Z',
          Health: { Status: 'unhealthy', FailingStreak: streak, Log: probes.map((ExitCode) => ({ ExitCode })) },
        },
      }),
    )

  // As an engine gave them; it calls each of these containers unhealthy.
  it.each([
    ['died between two good probes', 0, [0, 0, 0], false],
    ['died, and a probe failed as it went', 1, [0, 0, 1], false],
    ['died, and a probe went with it', 1, [0, 0, 137], false],
    ['was stopped for its probes', 3, [1, 1, 1], true],
  ])('%s', (_, streak, probes, unhealthy) => {
    expect(ended(streak, probes, 3).unhealthy).toBe(unhealthy)
    expect(ended(streak, probes).unhealthy).toBe(unhealthy)
  })

  it('tells how long it ran', () => {
    expect(ended(0, []).ranFor).toBe(2500)
  })

  it('ran for no time where the engine heard of its start after its end', () => {
    expect(ended(0, [], 3, '2026-01-01T00:00:03Z').ranFor).toBe(0)
    expect(ended(0, [], 3, '').ranFor).toBe(0)
  })

  it('tells whether a probe has passed', () => {
    expect(ended(1, [0, 0, 1]).wasHealthy).toBe(true)
    expect(ended(3, [1, 1, 1]).wasHealthy).toBe(false)
  })
})
