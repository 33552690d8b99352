import type { Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { endingOf } from './stopped.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)

function stopped(change: Partial<Task>, container: object = {}): Task {
  return {
    taskArn: 'arn:aws:ecs:eu-test-1:1:task/default/0123456789abcdef0123456789abcdef',
    lastStatus: 'STOPPED',
    startedAt: at(0),
    stoppedAt: at(3),
    containers: [{ name: 'web', image: 'shop@sha256:1', ...container }],
    ...change,
  }
}

describe('why a task ended', () => {
  it.each<[string, Task, string, boolean]>([
    ['an exit at once', stopped({ stopCode: 'EssentialContainerExited' }, { exitCode: 3 }), 'crash-on-start', true],
    [
      'an exit after a minute',
      stopped({ stopCode: 'EssentialContainerExited', stoppedAt: at(90) }, { exitCode: 1 }),
      'died-after-ready',
      true,
    ],
    ['an end without a fault', stopped({ stopCode: 'EssentialContainerExited' }, { exitCode: 0 }), 'exited', true],
    [
      'memory',
      stopped({ stopCode: 'EssentialContainerExited' }, { exitCode: 137, reason: 'OutOfMemoryError: killed' }),
      'out-of-memory',
      true,
    ],
    [
      'another processor',
      stopped({ stopCode: 'EssentialContainerExited' }, { exitCode: 255, reason: 'exec /app: exec format error' }),
      'wrong-platform',
      true,
    ],
    [
      'an image that is not there',
      stopped({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: manifest unknown' }),
      'image-pull-failed',
      true,
    ],
    [
      'a registry that is slow',
      stopped({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: i/o timeout' }),
      'image-pull-failed',
      false,
    ],
    [
      'a registry that throttles',
      stopped({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: toomanyrequests' }),
      'image-pull-failed',
      false,
    ],
    [
      'a secret that is not there',
      stopped({
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'ResourceInitializationError: unable to pull secrets or registry auth: AccessDenied',
      }),
      'bad-config-reference',
      true,
    ],
    [
      'no capacity',
      stopped({ stopCode: 'TaskFailedToStart', stoppedReason: 'Capacity is unavailable at this time.' }),
      'unschedulable',
      false,
    ],
    [
      'a command that is not there',
      stopped({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotStartContainerError: executable file not found' }),
      'cannot-start',
      true,
    ],
    [
      'its health check',
      stopped({ stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' }),
      'unhealthy',
      true,
    ],
    [
      'the load balancer',
      stopped({
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed ELB health checks in (target-group arn:aws:…)',
      }),
      'unhealthy',
      true,
    ],
  ])('%s', (_, task, code, isCertain) => {
    expect(endingOf('web', task)).toMatchObject({ isCertain, reason: { code } })
  })

  it.each([
    [
      'scaling',
      { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)' },
    ],
    ['a person', { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' }],
    ['Spot', { stopCode: 'SpotInterruption' }],
    ['a retired host', { stopCode: 'InfrastructureHealth' }],
    ['maintenance', { stopCode: 'TerminationNotice' }],
  ] as const)('%s is not a failure of the version', (_, change) => {
    expect(endingOf('web', stopped(change))).toBeUndefined()
  })

  it('says the meaning of an exit code, and what Amazon said', () => {
    const ending = endingOf(
      'web',
      stopped(
        { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' },
        { exitCode: 127 },
      ),
    )
    expect(ending?.reason.what).toContain('exit code 127 (the command was not found in the image)')
    expect(ending?.reason.evidence).toEqual([
      'task 0123456789ab: EssentialContainerExited: Essential container in task exited',
      'container web (shop@sha256:1): exit code 127',
    ])
  })
})
