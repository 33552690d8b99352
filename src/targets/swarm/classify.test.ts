import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ReasonCode } from '../../errors/catalogue.ts'
import { classify } from './classify.ts'
import type { ServiceInspection, TaskInspection } from './inspection.ts'
import { withImageText } from './spec.ts'

// Recorded from a real engine by test/integration/swarm-failures.test.ts (SWARM_RECORD).
const folder = new URL('./fixtures/', import.meta.url)
function recorded(name: string): ServiceInspection {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as ServiceInspection
}

const table: Readonly<Record<string, ReasonCode>> = {
  crash: 'crash-on-start',
  'hostile-logs': 'crash-on-start',
  unhealthy: 'unhealthy',
  'image-missing': 'image-pull-failed',
  'exit-0': 'exited',
  'out-of-memory': 'out-of-memory',
  // This runtime tells it in the container's log only: `explain` reads that.
  'wrong-architecture': 'crash-on-start',
  'command-not-found': 'cannot-start',
  'bind-mount-gone': 'cannot-start',
  'dies-after-the-monitor-time': 'died-after-ready',
  'crash-where-the-update-goes-on-regardless': 'crash-on-start',
  'no-room-beside-the-old-tasks': 'unschedulable',
  paused: 'crash-on-start',
}

describe('classify: recorded looks', () => {
  it('has a verdict for every recording', () => {
    const names = readdirSync(folder).map((file) => file.replace('.json', ''))
    expect(names.sort()).toEqual(Object.keys(table).sort())
  })

  it.each(Object.entries(table))('%s is %s', (name, code) => {
    const { state } = classify(recorded(name))
    if (state.is !== 'failed') throw new Error(JSON.stringify(state))
    expect(state.reason.code).toBe(code)
    expect(state.reason.what).toContain('web')
    expect(state.reason.evidence?.[0]).toMatch(/^task web\.1/)
  })

  it('says of an unschedulable task what the scheduler says, and what to do', () => {
    const { state } = classify(recorded('no-room-beside-the-old-tasks'))
    expect(JSON.stringify(state)).toMatch(/insufficient resources on 1 node/)
    expect(JSON.stringify(state)).toMatch(/docker node/)
  })

  it('keeps the cause of a failure after the engine has gone back by itself', () => {
    const inspection = recorded('crash')
    const message = 'rollback completed'
    const before = inspection.tasks.find(({ task }) => task.Spec.ContainerSpec?.Image.includes(':v1@'))
    const service = inspection.service && {
      ...inspection.service,
      Spec: withImageText(inspection.service.Spec, before?.task.Spec.ContainerSpec?.Image ?? ''),
      UpdateStatus: { State: 'rollback_completed', Message: message, CompletedAt: '' },
    }
    const { state } = classify({ ...inspection, service })
    expect(state).toMatchObject({ is: 'failed', reason: { code: 'crash-on-start' } })
    expect(JSON.stringify(state)).toContain(`the engine went back by itself: ${message}`)
  })
})

// ---------------------------------------------------------------- made by hand, from one healthy look

const DIGEST = `sha256:${'1'.repeat(64)}` as const
const OLD = `sha256:${'2'.repeat(64)}` as const
const IMAGE = `registry.test/app:v2@${DIGEST}`
const START = Date.parse('2026-01-01T00:00:00Z')
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString()

const spec = {
  Name: 'web',
  Labels: {},
  TaskTemplate: { ContainerSpec: { Image: IMAGE }, ForceUpdate: 0, Runtime: 'container' },
  Mode: { Replicated: { Replicas: 2 } },
  UpdateConfig: { Parallelism: 1, FailureAction: 'rollback', MaxFailureRatio: 0, Order: 'start-first' },
}

interface TaskFacts {
  slot?: number
  state?: string
  desired?: string
  image?: string
  err?: string
  exit?: number
  seconds?: number
  /** From its making to its state, seconds. */
  lived?: number
  node?: string
  more?: Partial<TaskInspection>
}

let ids = 0
function task(facts: TaskFacts = {}): TaskInspection {
  ids += 1
  const {
    slot,
    state = 'running',
    desired = 'running',
    image = IMAGE,
    err = '',
    exit = 0,
    seconds = 1,
    lived = 0,
  } = facts
  return {
    task: {
      ID: `task${String(ids)}`,
      ServiceID: 'service1',
      ...(facts.node === undefined ? { Slot: slot ?? 1, NodeID: 'node1' } : { NodeID: facts.node }),
      CreatedAt: at(seconds - lived),
      DesiredState: desired,
      Spec: { ContainerSpec: { Image: image }, ForceUpdate: 0 },
      Status: {
        Timestamp: at(seconds),
        State: state,
        Message: 'started',
        Err: err,
        ContainerStatus: { ContainerID: 'c', ExitCode: exit },
      },
    },
    digest: image === IMAGE ? DIGEST : OLD,
    evidence: 'container',
    since: START + seconds * 1000,
    ...facts.more,
  }
}

function inspection(
  tasks: TaskInspection[],
  more: { status?: string; message?: string; spec?: object; now?: number; grace?: number; nodeGrace?: number } = {},
): ServiceInspection {
  const live = { ...spec, ...more.spec }
  const status = { State: more.status ?? '', Message: more.message ?? '', CompletedAt: at(3) }
  return {
    name: 'web',
    handle: { id: 'service1', version: 5, spec },
    service: {
      ID: 'service1',
      Version: { Index: 7 },
      Spec: live,
      ...(more.status === undefined ? {} : { UpdateStatus: status }),
    },
    tasks,
    now: START + (more.now ?? 10) * 1000,
    startedAt: START,
    ...(more.grace === undefined ? {} : { grace: more.grace }),
    ...(more.nodeGrace === undefined ? {} : { nodeGrace: more.nodeGrace }),
  }
}

const two = (): TaskInspection[] => [task({ slot: 1 }), task({ slot: 2 })]
const stateOf = (...args: Parameters<typeof inspection>) => classify(inspection(...args)).state
const codeOf = (...args: Parameters<typeof inspection>): string => {
  const state = stateOf(...args)
  return state.is === 'failed' ? state.reason.code : state.is
}
const crashed = (facts: TaskFacts = {}): TaskInspection =>
  task({ state: 'failed', desired: 'shutdown', err: 'task: non-zero exit (3)', exit: 3, lived: 3, ...facts })

describe('classify: done', () => {
  it.each(['completed', undefined, 'rollback_completed'])('status %s with all replicas is settled', (status) => {
    expect(stateOf(two(), status === undefined ? {} : { status })).toEqual({ is: 'settled' })
  })

  it('reports every replica with its digest and since when it runs', () => {
    expect(classify(inspection(two(), { status: 'completed' })).replicas).toMatchObject([
      { digest: DIGEST, evidence: 'runtime', healthy: true, restarts: 0, healthySince: START + 1000 },
      { digest: DIGEST, healthy: true, restarts: 0, healthySince: START + 1000 },
    ])
  })

  it('is not settled while the engine still monitors', () => {
    expect(stateOf(two(), { status: 'updating' })).toMatchObject({
      is: 'progressing',
      detail: expect.stringMatching(/monitors/) as string,
    })
  })

  it('is not settled while an old task is to run on, and shows it as a replica', () => {
    const tasks = [...two(), task({ slot: 1, image: `registry.test/app:v1@${OLD}` })]
    const observation = classify(inspection(tasks, { status: 'completed' }))
    expect(observation.state).toMatchObject({
      is: 'progressing',
      detail: expect.stringMatching(/1 of the old one still run/) as string,
    })
    expect(observation.replicas.map(({ digest }) => digest)).toContain(OLD)
  })

  it('a task that was told to stop is not a replica any more, old or new', () => {
    const leaving = [OLD, DIGEST].map((digest) =>
      task({ slot: 1, desired: 'shutdown', image: `registry.test/app:v1@${digest}` }),
    )
    const observation = classify(inspection([...two(), ...leaving], { status: 'completed' }))
    expect(observation.state).toEqual({ is: 'settled' })
    expect(observation.replicas).toHaveLength(2)
  })

  it('a task too many of the new version is waited for, then forgiven: the engine has lost count', () => {
    const three = [...two(), task({ slot: 1, seconds: 2 })]
    expect(stateOf(three, { status: 'completed', now: 11 })).toMatchObject({ is: 'progressing' })
    expect(stateOf(three, { status: 'completed', now: 12 })).toEqual({ is: 'settled' })
    expect(stateOf(three, { status: 'updating', now: 60 })).toMatchObject({ is: 'progressing' })
    expect(stateOf(three.slice(1), { status: 'completed', now: 12 })).toEqual({ is: 'settled' })
    expect(stateOf(three.slice(2), { status: 'completed', now: 60 })).toMatchObject({ is: 'progressing' })
  })

  it('does not wait for an old task on a node that is down', () => {
    const lost = task({ slot: 1, image: `registry.test/app:v1@${OLD}`, more: { isNodeDown: true } })
    expect(stateOf([...two(), lost], { status: 'completed' })).toEqual({ is: 'settled' })
  })

  it('is not settled with a replica too few, or one that only starts', () => {
    expect(stateOf([task({ slot: 1 })], { status: 'completed' }).is).toBe('progressing')
    expect(stateOf([task({ slot: 1 }), task({ slot: 2, state: 'starting' })]).is).toBe('progressing')
  })

  it('compares the whole task, not the image alone: other settings are an old task', () => {
    const other = { TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: 1 } }
    expect(stateOf(two(), { spec: other }).is).toBe('progressing')
  })

  it('ignores moved constraints and the runtime field, which replace no task', () => {
    const other = { TaskTemplate: { ...spec.TaskTemplate, Placement: { Constraints: ['node.role==manager'] } } }
    expect(stateOf(two(), { spec: other })).toEqual({ is: 'settled' })
  })

  it('counts nodes where the service is global', () => {
    const mode = { Mode: { Global: {} } }
    const tasks = [task({ node: 'a' }), task({ node: 'b' })]
    expect(classify(inspection(tasks, { spec: mode }))).toMatchObject({ state: { is: 'settled' }, desired: 2 })
    expect(stateOf([task({ node: 'a' }), task({ node: 'b', state: 'preparing' })], { spec: mode }).is).toBe(
      'progressing',
    )
  })

  it('claims nothing of a service without replicas', () => {
    expect(codeOf([], { spec: { Mode: { Replicated: { Replicas: 0 } } } })).toBe('nothing-runs')
  })
})

describe('classify: failed', () => {
  it('is certain with the first failure that the update rules do not allow', () => {
    expect(codeOf([crashed(), task({ slot: 2 })], { status: 'updating' })).toBe('crash-on-start')
  })

  it('names the network where a node takes it away while the task is about to use it', () => {
    const rejected = task({
      slot: 1,
      state: 'rejected',
      err: 'error while removing network: unknown network web_default',
    })
    expect(codeOf([rejected, task({ slot: 2 })], { status: 'updating' })).toBe('network-unavailable')
  })

  it('waits while the rules allow failures', () => {
    const lenient = { UpdateConfig: { ...spec.UpdateConfig, MaxFailureRatio: 0.5 } }
    const tasks = [crashed(), task({ slot: 1, state: 'ready' }), task({ slot: 2 })]
    const state = stateOf(tasks, { status: 'updating', spec: lenient })
    expect(state).toMatchObject({ is: 'progressing', suspect: { code: 'crash-on-start' } })
  })

  it('does not count what ended before this rollout', () => {
    expect(stateOf([crashed({ seconds: -60 }), ...two()])).toEqual({ is: 'settled' })
  })

  it('does not count what had ended when the service was read, however short ago', () => {
    const seen = inspection([crashed(), ...two()])
    const ended = seen.tasks.map(({ task: { ID } }) => ID).slice(0, 1)
    expect(classify({ ...seen, handle: { ...seen.handle, ended } }).state).toEqual({ is: 'settled' })
  })

  it('does not count the end of a task whose node was down: the engine had replaced it', () => {
    const lost = crashed({ seconds: 9, lived: 8, more: { wasLost: true } })
    expect(stateOf([lost, ...two()], { status: 'completed' })).toEqual({ is: 'settled' })
    expect(stateOf([lost, task({ slot: 2 })], { status: 'completed' }).is).toBe('progressing')
  })

  it('does not count tasks that were asked to stop', () => {
    const stopped = task({ state: 'shutdown', desired: 'shutdown' })
    expect(stateOf([stopped, ...two()], { status: 'completed' })).toEqual({ is: 'settled' })
  })

  it('a death after the update was complete is the death of a ready one', () => {
    expect(codeOf([crashed({ seconds: 5 }), ...two()], { status: 'completed' })).toBe('died-after-ready')
  })

  it('so is a death where the engine had nothing to update', () => {
    expect(codeOf([crashed({ seconds: 5, lived: 60 }), ...two()])).toBe('died-after-ready')
  })

  it('a failure that the engine forgave within the update stays forgiven', () => {
    expect(stateOf([crashed({ seconds: 2 }), ...two()], { status: 'completed' })).toEqual({ is: 'settled' })
  })

  it('a new service has three attempts a slot', () => {
    const fresh = (tasks: TaskInspection[]) => {
      const seen = inspection(tasks)
      return classify({ ...seen, handle: { ...seen.handle, version: 0 } }).state
    }
    const next = task({ slot: 1, state: 'ready', desired: 'ready' })
    expect(fresh([crashed(), crashed(), next, task({ slot: 2 })]).is).toBe('progressing')
    expect(fresh([crashed(), crashed(), crashed(), next])).toMatchObject({ reason: { code: 'crash-on-start' } })
    // The restart policy gives no other attempt.
    expect(fresh([crashed(), task({ slot: 2 })])).toMatchObject({ reason: { code: 'crash-on-start' } })
    const foreign = crashed({ err: 'starting container failed: exec format error', state: 'rejected' })
    expect(fresh([foreign, next])).toMatchObject({ reason: { code: 'wrong-platform' } })
  })

  it('gives a task without a node thirty seconds', () => {
    const stuck = task({ state: 'pending', err: 'no suitable node (insufficient resources on 1 node)', seconds: 0 })
    expect(stateOf([stuck], { status: 'updating', now: 29 })).toMatchObject({
      is: 'progressing',
      suspect: { code: 'unschedulable' },
    })
    expect(codeOf([stuck], { status: 'updating', now: 31 })).toBe('unschedulable')
  })

  it('or as long as it is told: a node may come back', () => {
    const stuck = task({ state: 'pending', err: 'no suitable node (1 node not available)', seconds: 0 })
    expect(codeOf([stuck], { status: 'updating', now: 199, grace: 200_000 })).toBe('progressing')
    expect(codeOf([stuck], { status: 'updating', now: 201, grace: 200_000 })).toBe('unschedulable')
    expect(codeOf([stuck], { status: 'updating', now: 6, grace: 5_000 })).toBe('unschedulable')
  })

  it('a node that takes no tasks for a while has a time of its own', () => {
    const more = { status: 'updating', grace: 5_000, nodeGrace: 60_000 }
    const away = (err: string) => task({ state: 'pending', err: `no suitable node (${err})`, seconds: 0 })
    const down = away('insufficient resources on 2 nodes; 1 node not available for new tasks')
    expect(codeOf([down], { ...more, now: 59 })).toBe('progressing')
    expect(codeOf([down], { ...more, now: 61 })).toBe('unschedulable')
    expect(codeOf([away('insufficient resources on 3 nodes')], { ...more, now: 6 })).toBe('unschedulable')
  })

  it('but none when no node has the architecture', () => {
    const stuck = task({ state: 'pending', err: 'no suitable node (unsupported platform on 3 nodes)', seconds: 9 })
    expect(codeOf([stuck], { status: 'updating' })).toBe('wrong-platform')
  })

  it.each(['paused', 'rollback_paused'])('%s has failed', (status) => {
    expect(codeOf([crashed(), task({ slot: 2 })], { status, message: 'update paused due to failure' })).toBe(
      'crash-on-start',
    )
    expect(codeOf([task({ slot: 1 })], { status, message: 'update paused' })).toBe('reverted')
  })

  it.each(['paused', 'rollback_paused'])('%s long ago counts no more when all runs well now', (status) => {
    expect(stateOf([crashed({ seconds: -60 }), ...two()], { status })).toEqual({ is: 'settled' })
    expect(codeOf([crashed({ seconds: 4 }), ...two()], { status })).toBe('crash-on-start')
  })

  it('counts a task of this rollout whose node’s clock is late', () => {
    const late = crashed()
    const status = { ...late.task.Status, Timestamp: at(-20) }
    const skewed = { ...late, since: START - 20_000, task: { ...late.task, Status: status } }
    expect(codeOf([skewed, task({ slot: 2 })], { status: 'updating' })).toBe('crash-on-start')
  })

  it('names a kill for memory only with a sign of it', () => {
    const killed = (more: Partial<TaskInspection>) => crashed({ exit: 137, err: 'task: non-zero exit (137)', more })
    const ended = { oomKilled: true, error: '', ranFor: 3000, unhealthy: false, health: [] }
    expect(codeOf([killed({ ended })], { status: 'updating' })).toBe('out-of-memory')
    expect(codeOf([killed({ ended: { ...ended, oomKilled: false } })], { status: 'updating' })).toBe('crash-on-start')
  })

  it('believes the health check over the exit code', () => {
    const ended = { oomKilled: false, error: '', ranFor: 3000, unhealthy: true, health: ['exit 1: no'] }
    const stopped = task({ state: 'complete', desired: 'shutdown', more: { ended } })
    expect(codeOf([stopped], { status: 'updating' })).toBe('unhealthy')
  })
})

describe('classify: somebody else', () => {
  const other = { TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { Image: `registry.test/app:v3@${OLD}` } } }

  it.each(['updating', 'completed', undefined])('another image is superseded, status %s', (status) => {
    expect(stateOf(two(), { spec: other, ...(status === undefined ? {} : { status }) }).is).toBe('superseded')
  })

  it('a rollback by hand is superseded too', () => {
    const more = { spec: other, status: 'rollback_started', message: 'manually requested rollback' }
    expect(stateOf(two(), more).is).toBe('superseded')
  })

  it('the engine going back is a failure with its message, even without a task to blame', () => {
    const more = { spec: other, status: 'rollback_started', message: 'update rolled back due to failure' }
    expect(codeOf(two(), more)).toBe('reverted')
  })

  it('a run of ours is named by its stamp', () => {
    const labels = { 'dev.immutable-deploy.run': '77-1', 'dev.immutable-deploy.digest': OLD }
    expect(stateOf(two(), { spec: { ...other, Labels: labels } })).toMatchObject({
      by: expect.stringMatching(/^run 77-1/) as string,
    })
    expect(
      stateOf(two(), { spec: { ...other, Labels: { ...labels, 'dev.immutable-deploy.digest': DIGEST } } }),
    ).not.toMatchObject({ by: expect.stringMatching(/^run/) as string })
  })

  it('the same digest under another tag is still ours', () => {
    const again = { TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { Image: `registry.test/app@${DIGEST}` } } }
    expect(stateOf(two(), { spec: again }).is).toBe('progressing')
  })

  it('a removed service is gone, so is one of the same name', () => {
    expect(classify({ ...inspection(two()), service: undefined }).state).toMatchObject({
      reason: { code: 'workload-gone' },
    })
    const seen = inspection(two())
    expect(classify({ ...seen, handle: { ...seen.handle, id: 'service0' } }).state).toMatchObject({
      reason: { code: 'workload-gone', what: expect.stringMatching(/created again/) as string },
    })
  })
})
