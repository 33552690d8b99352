import type { Deployment, Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { classify } from './classify.ts'
import type { EcsSpec, ServiceSnapshot } from './snapshot.ts'

const arn = (name: string) => `arn:aws:ecs:eu-test-1:1:task-definition/shop:${name}`
const OURS = 'ecs-svc/2'
const handle: EcsSpec = {
  service: 'web',
  serviceArn: 'arn:aws:ecs:eu-test-1:1:service/default/web',
  taskDefinition: arn('2'),
  definition: { family: 'shop', containerDefinitions: [{ name: 'app', image: `shop@sha256:${'b'.repeat(64)}` }] },
  definitionTags: [],
  serviceTags: [],
  container: 'app',
  deploymentId: OURS,
}

const primary = (change: Partial<Deployment> = {}): Deployment => ({
  id: OURS,
  status: 'PRIMARY',
  taskDefinition: arn('2'),
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  failedTasks: 0,
  rolloutState: 'COMPLETED',
  ...change,
})
const service = (change: Partial<Service> = {}): Service => ({
  serviceName: 'web',
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 2,
  deployments: [primary()],
  events: [],
  ...change,
})
const task = (change: Partial<Task> = {}, digest = 'b'): Task => ({
  taskArn: `arn:aws:ecs:eu-test-1:1:task/default/${Math.random().toString(16).slice(2)}`,
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  startedBy: OURS,
  startedAt: new Date(0),
  containers: [{ name: 'app', imageDigest: `sha256:${digest.repeat(64)}` }],
  ...change,
})
const crashed = (change: Partial<Task> = {}): Task =>
  task({
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    containers: [{ name: 'app', exitCode: 3 }],
    ...change,
  })
const deployment = (change: Partial<ServiceDeployment> = {}): ServiceDeployment => ({ status: 'SUCCESSFUL', ...change })

function snapshot(change: Partial<ServiceSnapshot> = {}): ServiceSnapshot {
  return {
    name: 'web',
    handle,
    service: service(),
    deployment: deployment(),
    tasks: [task(), task()],
    stopped: [],
    endedBefore: new Set(),
    earlyStop: true,
    pauseStage: 'POST_TEST_TRAFFIC_SHIFT',
    isShifted: false,
    startedAt: 0,
    now: Date.parse('2026-01-01T00:00:00Z'),
    ...change,
  }
}

const inProgress = (change: Partial<Deployment> = {}) =>
  service({ deployments: [primary({ rolloutState: 'IN_PROGRESS', runningCount: 1, ...change })] })

describe('the state of a release', () => {
  it.each<[string, Partial<ServiceSnapshot>, string]>([
    ['is settled when all is done', {}, 'settled'],
    [
      'goes on while the service deployment is in progress',
      { deployment: deployment({ status: 'IN_PROGRESS' }) },
      'progressing',
    ],
    [
      'goes on while it is pending',
      { service: inProgress(), deployment: deployment({ status: 'PENDING' }) },
      'progressing',
    ],
    [
      'goes on while fewer tasks run',
      { service: service({ deployments: [primary({ runningCount: 1 })] }) },
      'progressing',
    ],
    ['is settled by the service alone where no service deployment can be read', { deployment: undefined }, 'settled'],
    [
      'goes on while tasks of the version before run, whatever Amazon says',
      { tasks: [task(), task(), task({ startedBy: 'ecs-svc/1' }, 'a')] },
      'progressing',
    ],
    [
      'does not wait for tasks that were told to stop',
      { tasks: [task(), task(), task({ startedBy: 'ecs-svc/1', desiredStatus: 'STOPPED' }, 'a')] },
      'settled',
    ],
    [
      'has failed when it was rolled back',
      {
        deployment: deployment({ status: 'ROLLBACK_SUCCESSFUL' }),
        service: service({ deployments: [primary({ id: 'ecs-svc/1', taskDefinition: arn('1') })] }),
      },
      'failed',
    ],
    ['has failed while it is rolled back', { deployment: deployment({ status: 'ROLLBACK_IN_PROGRESS' }) }, 'failed'],
    [
      'has failed when the way back was asked for',
      { deployment: deployment({ status: 'ROLLBACK_REQUESTED' }) },
      'failed',
    ],
    ['has failed when the way back failed', { deployment: deployment({ status: 'ROLLBACK_FAILED' }) }, 'failed'],
    ['has failed when somebody asked to stop it', { deployment: deployment({ status: 'STOP_REQUESTED' }) }, 'failed'],
    [
      'has failed when its rollout failed',
      { service: service({ deployments: [primary({ rolloutState: 'FAILED' })] }), deployment: undefined },
      'failed',
    ],
    [
      'is superseded when another deployment is primary',
      {
        deployment: deployment({ status: 'STOPPED' }),
        service: service({ deployments: [primary({ id: 'ecs-svc/3', taskDefinition: arn('3') })] }),
      },
      'superseded',
    ],
    [
      'has failed when it was stopped and nothing came after',
      { deployment: deployment({ status: 'STOPPED' }) },
      'failed',
    ],
    ['has failed when the service is gone', { service: undefined }, 'failed'],
    ['has failed when the service is deleted', { service: service({ status: 'DRAINING' }) }, 'failed'],
    [
      'has failed after two certain failures',
      {
        service: inProgress({ runningCount: 0 }),
        deployment: deployment({ status: 'IN_PROGRESS' }),
        tasks: [],
        stopped: [crashed(), crashed()],
      },
      'failed',
    ],
    [
      'goes on after one',
      {
        service: inProgress({ runningCount: 0 }),
        deployment: deployment({ status: 'IN_PROGRESS' }),
        tasks: [],
        stopped: [crashed()],
      },
      'progressing',
    ],
    [
      'goes on while a new task is healthy',
      {
        service: inProgress(),
        deployment: deployment({ status: 'IN_PROGRESS' }),
        tasks: [task()],
        stopped: [crashed(), crashed()],
      },
      'progressing',
    ],
    [
      'goes on without early-stop',
      {
        earlyStop: false,
        service: inProgress({ runningCount: 0 }),
        deployment: deployment({ status: 'IN_PROGRESS' }),
        tasks: [],
        stopped: [crashed(), crashed()],
      },
      'progressing',
    ],
    [
      'goes on when Spot took its tasks',
      {
        service: inProgress({ runningCount: 0 }),
        deployment: deployment({ status: 'IN_PROGRESS' }),
        tasks: [],
        stopped: [crashed({ stopCode: 'SpotInterruption' }), crashed({ stopCode: 'SpotInterruption' })],
      },
      'progressing',
    ],
    [
      'is settled with nothing wanted, so that the verdict says that nothing runs',
      {
        service: service({ desiredCount: 0, deployments: [primary({ desiredCount: 0, runningCount: 0 })] }),
        tasks: [],
      },
      'settled',
    ],
  ])('%s', (_, change, state) => {
    expect(classify(snapshot(change)).state.is).toBe(state)
  })

  const hooks = [{ hookId: 'h', targetType: 'PAUSE' as const, status: 'AWAITING_ACTION' as const }]
  const paused = {
    service: inProgress(),
    deployment: deployment({
      status: 'IN_PROGRESS',
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
      lifecycleHookDetails: hooks,
    }),
  }

  it('is settled at a hook when the new tasks are healthy, and shows only them', () => {
    const tasks = [task(), task(), task({ startedBy: 'ecs-svc/1' }, 'a')]
    const { state, replicas } = classify(snapshot({ ...paused, tasks }))
    expect(state.is).toBe('settled')
    expect(replicas).toHaveLength(2)
  })

  it('goes on at a hook while new tasks are missing, and after the traffic was let through', () => {
    expect(classify(snapshot({ ...paused, tasks: [task()] })).state.is).toBe('progressing')
    expect(classify(snapshot({ ...paused, isShifted: true })).state.is).toBe('progressing')
  })

  it.each([
    ['POST_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT', 'progressing'],
    ['POST_SCALE_UP', 'POST_SCALE_UP', 'settled'],
    ['PRODUCTION_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'settled'],
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'settled'],
    ['PRODUCTION_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT', 'progressing'],
    ['A_STAGE_OF_LATER_YEARS', 'POST_TEST_TRAFFIC_SHIFT', 'progressing'],
  ])('a hook open at %s is ours where pause-stage is the same (%s)', (lifecycleStage, pauseStage, state) => {
    const open = deployment({ status: 'IN_PROGRESS', lifecycleHookDetails: hooks })
    const seen = classify(
      snapshot({ ...paused, pauseStage, deployment: { ...open, ...({ lifecycleStage } as object) } }),
    ).state
    expect(seen.is).toBe(state)
    if (seen.is === 'progressing') {
      expect(seen.detail).toContain("somebody else's answer to the PAUSE hook h")
      expect(seen.suspect?.code).toBe('rollout-timeout')
    }
  })

  it.each<[string, ServiceDeployment['lifecycleStage'], string[], string]>([
    ['without a hook it is proven as soon as traffic moves', 'BAKE_TIME', [], 'settled'],
    ['without a hook it is not proven before', 'POST_TEST_TRAFFIC_SHIFT', [], 'progressing'],
    ['a hook of ours that is passed holds nothing up', 'BAKE_TIME', ['POST_TEST_TRAFFIC_SHIFT'], 'settled'],
    ['a hook of somebody else is none of ours', 'BAKE_TIME', ['POST_SCALE_UP'], 'settled'],
  ])('%s', (_, lifecycleStage, stages, state) => {
    const lifecycleHooks = stages.map((stage) => ({ targetType: 'PAUSE' as const, lifecycleStages: [stage as never] }))
    const going = deployment({ status: 'IN_PROGRESS', deploymentConfiguration: { lifecycleHooks } })
    const withStage = lifecycleStage === undefined ? going : { ...going, lifecycleStage }
    expect(classify(snapshot({ service: inProgress(), deployment: withStage })).state.is).toBe(state)
  })

  it('counts only what ended while it was looked at, where the deployment was found and not sent', () => {
    const stopped = [crashed(), crashed()]
    const found = { service: inProgress({ runningCount: 0 }), deployment: deployment({ status: 'IN_PROGRESS' }) }
    const endedBefore = new Set(stopped.flatMap(({ taskArn }) => taskArn ?? []))
    expect(classify(snapshot({ ...found, tasks: [], stopped, endedBefore })).state.is).toBe('progressing')
    const both = [...stopped, crashed(), crashed()]
    expect(classify(snapshot({ ...found, tasks: [], stopped: both, endedBefore })).state.is).toBe('failed')
  })

  it('waits where Amazon still shows the service of before the update, and not for ever', () => {
    const before = service({ deployments: [primary({ id: 'ecs-svc/1', taskDefinition: arn('1') })] })
    const old = { service: before, handle: { ...handle, replaces: arn('1') } }
    const state = (change: Partial<ServiceSnapshot>) => classify(snapshot({ ...old, ...change })).state.is
    expect(state({ deployment: deployment({ status: 'IN_PROGRESS' }) })).toBe('progressing')
    expect(state({ deployment: undefined, startedAt: 1000, now: 2000 })).toBe('progressing')
    expect(state({ deployment: deployment(), startedAt: 1000, now: 2000 })).toBe('progressing')
    expect(state({ deployment: undefined, startedAt: 1000, now: 60_000 })).toBe('failed')
    expect(state({ deployment: deployment({ status: 'ROLLBACK_SUCCESSFUL' }), startedAt: 1000, now: 2000 })).toBe(
      'failed',
    )
  })

  it('says what the tasks ended with, not only that Amazon went back', () => {
    const state = classify(
      snapshot({
        deployment: deployment({ status: 'ROLLBACK_IN_PROGRESS', statusReason: 'breaker' }),
        stopped: [crashed()],
      }),
    ).state
    expect(state).toMatchObject({ is: 'failed', reason: { code: 'crash-on-start' } })
  })

  it('names the event that speaks of capacity as the suspect', () => {
    const events = [
      {
        createdAt: new Date(5),
        message: '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.',
      },
    ]
    const waiting = service({ deployments: [primary({ rolloutState: 'IN_PROGRESS', runningCount: 0 })], events })
    const state = classify(
      snapshot({ service: waiting, deployment: deployment({ status: 'IN_PROGRESS' }), tasks: [] }),
    ).state
    expect(state).toMatchObject({ is: 'progressing', suspect: { code: 'unschedulable' } })
  })

  it('a task without a digest is a replica without one', () => {
    const silent = task({ containers: [{ name: 'app' }] })
    expect(classify(snapshot({ tasks: [silent] })).replicas[0]?.digest).toBeUndefined()
  })
})

describe('the state of the way back', () => {
  const back = { ...handle, taskDefinition: arn('1'), isRestore: true } as const
  const old = (change: Partial<Deployment> = {}) =>
    service({ deployments: [primary({ id: 'ecs-svc/1', taskDefinition: arn('1'), ...change })] })
  const tasks = [task({ startedBy: 'ecs-svc/1' }, 'a'), task({ startedBy: 'ecs-svc/1' }, 'a')]

  it('goes on while Amazon has not yet said that it goes back, where it was asked to', () => {
    const asked = { ...back, serviceDeployment: 'arn:aws:ecs:eu-test-1:1:service-deployment/default/web/x' }
    expect(classify(snapshot({ handle: asked, deployment: deployment({ status: 'IN_PROGRESS' }) })).state.is).toBe(
      'progressing',
    )
  })

  it.each<[string, Partial<ServiceSnapshot>, string]>([
    [
      'is settled when the version before runs again, under whatever id',
      { service: old(), deployment: deployment({ status: 'ROLLBACK_SUCCESSFUL' }), tasks },
      'settled',
    ],
    ['goes on while Amazon goes back', { deployment: deployment({ status: 'ROLLBACK_REQUESTED' }) }, 'progressing'],
    [
      'goes on while new tasks still run',
      { service: old(), deployment: deployment({ status: 'ROLLBACK_SUCCESSFUL' }), tasks: [...tasks, task()] },
      'progressing',
    ],
    ['has failed when Amazon could not go back', { deployment: deployment({ status: 'ROLLBACK_FAILED' }) }, 'failed'],
    [
      'is superseded when somebody deployed something else',
      {
        deployment: undefined,
        service: service({ deployments: [primary({ id: 'ecs-svc/3', taskDefinition: arn('3') })] }),
      },
      'superseded',
    ],
  ])('%s', (_, change, state) => {
    expect(classify(snapshot({ handle: back, ...change })).state.is).toBe(state)
  })
})
