import { describe, expect, it } from 'vitest'
import type { TaskInspection } from './inspection.ts'
import { wasReady } from './readiness.ts'
import type { Service } from './schema.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString()

interface Timeline {
  /** When the manager made the task, and when its node said that it ended: seconds. */
  readonly made: number
  readonly ended: number
  /** When the engine called the update complete. */
  readonly completed?: number
  /** From start to end of its container, ms; undefined: the container is gone or on another node. */
  readonly ranFor?: number
  readonly probes?: readonly string[]
  readonly action?: string
  /** Seconds. */
  readonly monitor?: number
  readonly state?: string
}

function taskOf({ made, ended, ranFor, probes = [] }: Timeline): TaskInspection {
  const wasHealthy = probes.some((probe) => probe.startsWith('exit 0'))
  const end = { oomKilled: false, error: '', unhealthy: false, health: probes, wasHealthy }
  return {
    task: {
      ID: 'task1',
      ServiceID: 'service1',
      CreatedAt: at(made),
      DesiredState: 'shutdown',
      Spec: {},
      Status: { Timestamp: at(ended), State: 'failed', Message: '', Err: 'task: non-zero exit (1)' },
    },
    evidence: 'container',
    since: START + ended * 1000,
    ...(ranFor === undefined ? {} : { ended: { ...end, ranFor } }),
  }
}

function serviceOf({ completed, action = 'rollback', monitor, state = 'completed' }: Timeline): Service {
  const rules = { FailureAction: action, ...(monitor === undefined ? {} : { Monitor: monitor * 1e9 }) }
  const other = { FailureAction: 'pause', Monitor: 60e9 }
  const configs = state.startsWith('rollback')
    ? { UpdateConfig: other, RollbackConfig: rules }
    : { UpdateConfig: rules, RollbackConfig: other }
  return {
    ID: 'service1',
    Version: { Index: 7 },
    Spec: { Name: 'web', Labels: {}, TaskTemplate: {}, Mode: {}, ...configs },
    ...(completed === undefined ? {} : { UpdateStatus: { State: state, Message: '', CompletedAt: at(completed) } }),
  }
}

const row = (name: string, timeline: Timeline, ready: boolean) => ({ name, timeline, ready })
const goesOn = { action: 'continue', completed: 1 }

describe('a task that ended had been ready', () => {
  it.each([
    row('when it ended after an update that the engine had watched', { made: 1, ended: 9, completed: 8 }, true),
    row('the same with its container', { made: 1, ended: 9, completed: 4, ranFor: 2500 }, true),
    row('not when its process ended at once', { made: 1, ended: 9, completed: 8, ranFor: 1500 }, false),
    row('not when the node needed a minute for start and end', { made: 1, ended: 60, completed: 8, ranFor: 0 }, false),
    row('not when it replaced one that died, and ended sooner', { made: 9, ended: 12, completed: 8 }, false),
    row('when it replaced one, and ran for longer than the monitor', { made: 9, ended: 19, completed: 8 }, true),
    row('by a monitor of the service', { made: 9, ended: 19, completed: 8, monitor: 20 }, false),
    row('by a short monitor of the service', { made: 9, ended: 12, completed: 8, monitor: 0.4 }, true),
    row('but never within two seconds', { made: 9, ended: 10, completed: 8, monitor: 0.4 }, false),
    row('a monitor of zero is the usual one', { made: 9, ended: 12, completed: 8, monitor: 0 }, false),
    row('not where the update went on without a watch', { ...goesOn, made: 0, ended: 30, ranFor: 3000 }, false),
    row('where it went on, after a long life', { ...goesOn, made: 0, ended: 30, ranFor: 6000 }, true),
    row('where there was no update, after a long life', { made: -60, ended: 5 }, true),
    row('not where there was no update, after a short one', { made: 2, ended: 5 }, false),
    row(
      'by the rules of the rollback where the engine went back',
      { ...goesOn, made: 0, ended: 30, ranFor: 3000, state: 'rollback_completed' },
      false,
    ),
    row('when a probe had passed, however short', { made: 1, ended: 2, ranFor: 500, probes: ['exit 0: ok'] }, true),
    row('not when only failed probes are known', { made: 1, ended: 30, ranFor: 29_000, probes: ['exit 1: no'] }, false),
  ])('$name: $ready', ({ timeline, ready }) => {
    expect(wasReady(taskOf(timeline), serviceOf(timeline))).toBe(ready)
  })
})
