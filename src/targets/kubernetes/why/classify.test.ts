// The table of verdicts over snapshots that a real cluster gave (recorded by the integration tests with RECORD=1).
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Digest } from '../../../domain/digest.ts'
import type { Memory } from './classify.ts'
import { classify } from './classify.ts'
import type { Snapshot, Wanted } from '../watch/snapshot.ts'
import { chooseContainers } from '../api/containers.ts'
import { workloadId } from '../api/names.ts'
import type { ContainerStatus, Pod, Workload } from '../api/schema.ts'
import {
  ControllerRevisionSchema,
  EventSchema,
  listOf,
  PodSchema,
  ReplicaSetSchema,
  WorkloadSchema,
} from '../api/schema.ts'
import * as v from 'valibot'

interface Raw {
  workload: unknown
  replicaSets: unknown[]
  revisions: unknown[]
  pods: unknown[]
  events: unknown[]
}

const GRACE = 60_000

type Edit = (snapshot: Snapshot & { workload: Workload }) => Snapshot

function load(row: string, edit: Edit = (snapshot) => snapshot): { snapshot: Snapshot; wanted: Wanted } {
  const file = path.join(import.meta.dirname, 'fixtures', `${row}.json`)
  const raw = JSON.parse(readFileSync(file, 'utf8')) as Raw
  const workload = v.parse(WorkloadSchema, raw.workload)
  const slots = chooseContainers(workload.spec.template, undefined, 'web', 'deployment/x')
  if ('code' in slots) throw new Error(slots.what)
  const snapshot = {
    now: 1_000_000,
    workload,
    replicaSets: listOf(ReplicaSetSchema, { items: raw.replicaSets }).items,
    revisions: listOf(ControllerRevisionSchema, { items: raw.revisions }).items,
    pods: listOf(PodSchema, { items: raw.pods }).items,
    events: listOf(EventSchema, { items: raw.events }).items,
  }
  const { name, uid, generation } = workload.metadata
  const accepted = new Set<Digest>()
  const id = workloadId('Deployment', name)
  const patience = { grace: GRACE, nodeGrace: 5 * GRACE, isRestore: false, restartsBefore: {} }
  const wanted = { id, uid, generation: generation ?? 0, containers: slots, accepted, ...patience }
  return { snapshot: edit(snapshot), wanted }
}

const nothing: Memory = new Map()
const judge = (row: string, edit?: Edit, memory = nothing) => {
  const { snapshot, wanted } = load(row, edit)
  return classify(snapshot, wanted, memory)
}
/** The verdict after the same look was taken twice, `ms` apart. */
const later = (row: string, ms: number, edit?: Edit) => {
  const { snapshot, wanted } = load(row, edit)
  const first = classify(snapshot, wanted, nothing)
  return classify({ ...snapshot, now: snapshot.now + ms }, wanted, first.memory)
}
const editPods =
  (change: (pod: Pod) => Pod): Edit =>
  (snapshot) => ({ ...snapshot, pods: snapshot.pods.map(change) })
/** Edits the status of every container that is not ready. */
const editStatuses = (change: (status: ContainerStatus) => ContainerStatus) =>
  editPods((pod) => ({
    ...pod,
    status: pod.status && {
      ...pod.status,
      containerStatuses: (pod.status.containerStatuses ?? []).map((status) => (status.ready ? status : change(status))),
    },
  }))
const restarted = (restartCount: number) => editStatuses((status) => ({ ...status, restartCount }))
const waiting = (reason: string, message: string) =>
  editStatuses((status) => ({ ...status, state: { waiting: { reason, message } }, lastState: {} }))
const onWorkload =
  (change: (workload: Workload) => Workload): Edit =>
  (snapshot) => ({ ...snapshot, workload: change(snapshot.workload) })

const refusing = (message: string) =>
  onWorkload((workload) => ({
    ...workload,
    status: workload.status && {
      ...workload.status,
      conditions: (workload.status.conditions ?? []).map((condition) =>
        condition.type === 'ReplicaFailure' ? { ...condition, message } : condition,
      ),
    },
  }))

describe('recorded failures', () => {
  it.each([
    ['image-missing', 'image-pull-failed'],
    ['crash', 'crash-on-start'],
    ['exit-zero', 'exited'],
    ['not-found', 'cannot-start'],
    ['oom', 'out-of-memory'],
    ['never-ready', 'unhealthy'],
  ])('%s is certain at once: %s', (row, code) => {
    expect(judge(row).observation.state).toMatchObject({ is: 'failed', reason: { code } })
  })

  it.each([
    ['bad-config', 'bad-config-reference', GRACE],
    ['bad-volume', 'bad-config-reference', GRACE],
    ['quota', 'quota-exceeded', GRACE],
    ['unschedulable', 'unschedulable', GRACE],
  ])('%s becomes %s after %d ms, and is suspected before', (row, code, ms) => {
    expect(judge(row).observation.state).toMatchObject({ is: 'progressing', suspect: { code } })
    expect(later(row, ms - 1).observation.state).toMatchObject({ is: 'progressing' })
    expect(later(row, ms).observation.state).toMatchObject({ is: 'failed', reason: { code } })
  })
})

describe('a probe of a container that ended', () => {
  const told =
    (events: readonly { reason: string; message: string }[]): Edit =>
    (snapshot) => ({
      ...snapshot,
      events: snapshot.pods.flatMap(({ metadata }) =>
        events.map((event) => ({
          ...event,
          metadata: { uid: event.reason, resourceVersion: '1' },
          involvedObject: { uid: metadata.uid, fieldPath: 'spec.containers{web}' },
        })),
      ),
    })
  const failing = { reason: 'Unhealthy', message: 'Liveness probe failed: HTTP probe failed with statuscode: 500' }

  it('is the reason where the node ended the container over it', () => {
    const killing = { reason: 'Killing', message: 'Container web failed liveness probe, will be restarted' }
    expect(judge('exit-zero', told([killing, failing])).observation.state).toMatchObject({
      reason: { code: 'unhealthy', what: expect.stringContaining('statuscode: 500') as string },
    })
  })

  it('is not where the container ended by itself and the probe failed as it went', () => {
    const stopping = { reason: 'Killing', message: 'Stopping container web' }
    for (const events of [[failing], [failing, stopping]])
      expect(judge('crash', told(events)).observation.state).toMatchObject({ reason: { code: 'crash-on-start' } })
  })
})

describe('not certain yet', () => {
  it('two crashes may be a warm-up, three are not', () => {
    expect(judge('crash', restarted(1)).observation.state).toMatchObject({
      is: 'progressing',
      suspect: { code: 'crash-on-start' },
    })
    expect(judge('crash', restarted(2)).observation.state).toMatchObject({ is: 'failed' })
  })

  it('endings count even if the container runs again at every look', () => {
    const running = (restartCount: number) =>
      editStatuses((status) => ({ ...status, restartCount, state: { running: {} } }))
    expect(judge('crash', running(2)).observation.state).toMatchObject({ is: 'progressing' })
    expect(judge('crash', running(3)).observation.state).toMatchObject({
      is: 'failed',
      reason: { code: 'crash-on-start', what: expect.stringContaining('ended 3 times') as string },
    })
  })

  it('a registry that does not answer has the grace; wrong credentials too, with their own advice', () => {
    const blip = waiting('ErrImagePull', 'dial tcp 127.0.0.1:5000: connect: connection refused')
    expect(later('image-missing', 59_000, withoutEvents(blip)).observation.state.is).toBe('progressing')
    expect(later('image-missing', 60_000, withoutEvents(blip)).observation.state.is).toBe('failed')
    const denied = waiting('ImagePullBackOff', 'pull access denied, authorization failed')
    expect(later('image-missing', 60_000, withoutEvents(denied)).observation.state).toMatchObject({
      reason: { code: 'image-pull-failed', fix: expect.stringContaining('imagePullSecrets') as string },
    })
    const resolver = waiting('ErrImagePull', 'lookup registry.test: no such host: not found')
    expect(judge('image-missing', withoutEvents(resolver)).observation.state.is).toBe('progressing')
  })

  it('a cache that is not filled yet is not a missing configuration', () => {
    const cache = waiting(
      'CreateContainerConfigError',
      'failed to sync secret cache: timed out waiting for the condition',
    )
    expect(judge('bad-config', cache).observation.state.is).toBe('progressing')
  })

  it('a quota has the grace: pods that it counts may go, or somebody may raise it', () => {
    expect(later('quota', GRACE - 1).observation.state).toMatchObject({
      is: 'progressing',
      suspect: { code: 'quota-exceeded' },
    })
    expect(later('quota', GRACE).observation.state.is).toBe('failed')
  })

  it.each([
    'Error creating: unexpected error when reading response body. Please retry.',
    'Internal error occurred: failed calling webhook "mesh.test": no endpoints available for service "mesh"',
  ])('an API server or webhook that is away for a moment is not a refusal: %s', (message) => {
    expect(later('quota', 300_000, refusing(message)).observation.state).toMatchObject({
      is: 'progressing',
      suspect: {},
    })
  })

  it.each([
    ['pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation', 'admission-denied'],
    ['admission webhook "policy.test" denied the request: no latest tag', 'admission-denied'],
    ['pods "x" is forbidden: [maximum memory usage per Container is 1Gi, but limit is 2Gi]', 'admission-denied'],
    ['pods "x" is forbidden: failed quota: small: must specify limits.memory for: web', 'quota-exceeded'],
  ])('the rule that refuses is named: %s', (message, code) => {
    expect(later('quota', 500, refusing(message)).observation.state).toMatchObject({ is: 'failed', reason: { code } })
  })

  it('a service account that is made a little later is waited for', () => {
    const absent = refusing('pods "x" is forbidden: error looking up service account a/b: serviceaccount "b" not found')
    expect(later('quota', GRACE - 1, absent).observation.state).toMatchObject({ is: 'progressing' })
    expect(later('quota', GRACE, absent).observation.state).toMatchObject({ reason: { code: 'bad-config-reference' } })
  })

  it.each([
    ['TriggeredScaleUp', [], 'progressing'],
    ['Nominated', [], 'progressing'],
    ['TriggeredScaleUp', ['NotTriggerScaleUp'], 'failed'],
    ['NotTriggerScaleUp', ['TriggeredScaleUp'], 'progressing'],
    ['FailedScheduling', [], 'failed'],
  ])('a node that an autoscaler promised is waited for: %s, then %j', (first, then, is) => {
    const told: Edit = (snapshot) => ({
      ...snapshot,
      events: snapshot.pods.flatMap(({ metadata }) =>
        [...then, first].map((reason) => ({
          metadata: { uid: reason, resourceVersion: '1' },
          reason,
          message: 'pod triggered scale-up: [{pool 1->2 (max: 5)}]',
          involvedObject: { uid: metadata.uid },
        })),
      ),
    })
    expect(later('unschedulable', 10 * GRACE, told).observation.state).toMatchObject({ is })
  })

  const noNode = (says: string) =>
    editPods((pod) => ({
      ...pod,
      status: {
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: `0/2 nodes are available: ${says}`,
          },
        ],
      },
    }))
  it.each([
    ['1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }', 5],
    ['1 Insufficient cpu, 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }. preemption: 0/2', 5],
    ['2 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }', 5],
    ['1 node(s) had untolerated taint {node.cloudprovider.kubernetes.io/shutdown: }', 5],
    ['2 node(s) had untolerated taint {team.example.com/unreachable: }', 1],
    ['2 node(s) were unschedulable', 1],
  ])('a node that is down is waited for as long as one may take: %s', (says, times) => {
    const { state } = later('unschedulable', times * GRACE - 1, noNode(says)).observation
    expect(state).toMatchObject({ is: 'progressing', suspect: { code: 'unschedulable' } })
    expect(later('unschedulable', times * GRACE, noNode(says)).observation.state).toMatchObject({ is: 'failed' })
  })

  it('the advice names a resource without the end of the sentence', () => {
    const message =
      '0/1 nodes are available: 1 Insufficient bugs.example.com/slot. preemption: 0/1 nodes are available.'
    const short = editPods((pod) => ({
      ...pod,
      status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] },
    }))
    expect(later('unschedulable', GRACE, short).observation.state).toMatchObject({
      reason: { fix: expect.stringContaining('less bugs.example.com/slot, or') as string },
    })
  })

  it('endings from before this run do not count, those of this run do', () => {
    const { snapshot, wanted } = load('crash', restarted(7))
    const known = (count: number) => ({
      ...wanted,
      restartsBefore: Object.fromEntries(snapshot.pods.map(({ metadata }) => [metadata.uid, { web: count }])),
    })
    expect(classify(snapshot, known(6), nothing).observation.state.is).toBe('progressing')
    expect(classify(snapshot, known(5), nothing).observation.state.is).toBe('failed')
  })

  it('a deadline that another ReplicaSet exceeded is not ours', () => {
    const other = onWorkload((workload) => ({
      ...workload,
      status: workload.status && {
        ...workload.status,
        conditions: (workload.status.conditions ?? []).map((condition) =>
          condition.type === 'Progressing' ? { ...condition, message: 'ReplicaSet "other" has timed out' } : condition,
        ),
      },
    }))
    expect(judge('never-ready', other).observation.state).toMatchObject({
      is: 'progressing',
      suspect: { code: 'unhealthy' },
    })
  })

  it('nothing is judged before the controller has seen the change', () => {
    const stale = onWorkload((workload) => ({
      ...workload,
      status: workload.status && { ...workload.status, observedGeneration: 1 },
    }))
    expect(judge('crash', stale).observation.state).toMatchObject({
      is: 'progressing',
      detail: expect.stringContaining('has not seen the change') as string,
    })
  })
})

describe('ready, and then', () => {
  const healed = (edit?: Edit): Edit => {
    return (snapshot) => {
      const fresh = editPods((pod) => ready(pod))(snapshot)
      const done = {
        ...fresh,
        workload: {
          ...snapshot.workload,
          status: {
            ...snapshot.workload.status,
            observedGeneration: snapshot.workload.metadata.generation,
            replicas: 1,
            updatedReplicas: 1,
            readyReplicas: 1,
            availableReplicas: 1,
            conditions: [
              { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
              { type: 'Available', status: 'True' },
            ],
          },
        } as Workload,
      }
      return edit ? edit(done) : done
    }
  }

  it('is settled', () => {
    const { observation } = judge('dies-later', healed())
    expect(observation).toMatchObject({ state: { is: 'settled' }, desired: 1 })
    expect(observation.replicas).toHaveLength(1)
    expect(observation.replicas[0]).toMatchObject({ healthy: true })
  })

  it('a lie of the status alone settles nothing', () => {
    const noPods: Edit = (snapshot) => ({ ...snapshot, pods: [] })
    expect(judge('dies-later', healed(noPods)).observation.state.is).toBe('progressing')
    const notReady = editPods((pod) => ({ ...pod, status: pod.status && { ...pod.status, conditions: [] } }))
    expect(judge('dies-later', healed(notReady)).observation.state.is).toBe('progressing')
  })

  it('an old pod that drains is not waited for, however long it takes; one that was not told to stop is', () => {
    const withOld =
      (deletionTimestamp: string | undefined): Edit =>
      (snapshot) => {
        const [pod] = snapshot.pods
        if (!pod) return snapshot
        const metadata = { ...pod.metadata, uid: 'old', deletionTimestamp, ownerReferences: [] }
        return { ...snapshot, pods: [...snapshot.pods, { ...pod, metadata }] }
      }
    const { observation } = judge('dies-later', healed(withOld('2026-01-01T00:00:00Z')))
    expect(observation.state.is).toBe('settled')
    expect(observation.replicas.map(({ id }) => id.includes('old'))).toEqual([false])
    expect(judge('dies-later', healed(withOld(undefined))).observation.state).toMatchObject({
      is: 'progressing',
      detail: expect.stringContaining('1 old runs') as string,
    })
  })

  it('a pod whose node died is not ready, whatever its containers said last', () => {
    const dead = editPods((pod) => ({
      ...pod,
      status: { ...pod.status, conditions: [{ type: 'Ready', status: 'False', reason: 'NodeNotReady' }] },
    }))
    const { observation } = judge('dies-later', healed(dead))
    expect(observation.state.is).toBe('progressing')
    expect(observation.replicas).toMatchObject([{ healthy: false }])
  })

  it.each([
    [[{ type: 'example.com/lb', status: 'False', message: 'target is draining' }], 'is False: target is draining'],
    [[], 'was never set'],
  ])('a readiness gate that is not true is named: %j', (conditions, says) => {
    const gated = editPods((pod) => ({
      ...pod,
      spec: { ...pod.spec, readinessGates: [{ conditionType: 'example.com/lb' }] },
      status: {
        ...pod.status,
        conditions: [
          { type: 'ContainersReady', status: 'True' },
          { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady' },
          ...conditions,
        ],
      },
    }))
    expect(judge('dies-later', healed(gated)).observation.state).toMatchObject({
      is: 'progressing',
      suspect: { code: 'unhealthy', what: expect.stringContaining(`example.com/lb ${says}`) as string },
    })
  })

  it('dies: the failure is that it died after it was ready', () => {
    const first = judge('dies-later', healed(editPods((pod) => ({ ...pod, status: ended(pod, 0, false) }))))
    expect(first.observation.state.is).toBe('settled')
    const dead = judge('dies-later', healed(editPods((pod) => ({ ...pod, status: ended(pod, 1, true) }))), first.memory)
    expect(dead.observation.state).toMatchObject({ is: 'failed', reason: { code: 'died-after-ready' } })
  })

  it('dies on the way back: it may come up again', () => {
    const { snapshot, wanted } = load(
      'dies-later',
      healed(editPods((pod) => ({ ...pod, status: ended(pod, 0, false) }))),
    )
    const back = { ...wanted, isRestore: true }
    const first = classify(snapshot, back, nothing)
    const dead = load('dies-later', healed(editPods((pod) => ({ ...pod, status: ended(pod, 1, true) })))).snapshot
    expect(classify(dead, back, first.memory).observation.state.is).not.toBe('failed')
  })

  it('a DaemonSet that no node takes is not called scaled to zero', () => {
    const { snapshot, wanted } = load('dies-later', healed())
    const state = classify(
      {
        ...snapshot,
        workload: { ...snapshot.workload!, status: { observedGeneration: 99, desiredNumberScheduled: 0 } },
      },
      { ...wanted, id: workloadId('DaemonSet', 'agent') },
      nothing,
    ).observation.state
    expect(state).toMatchObject({ is: 'failed', reason: { what: expect.stringContaining('no node') as string } })
  })

  it('paused, scaled to zero, superseded, recreated', () => {
    const paused = onWorkload((workload) => ({ ...workload, spec: { ...workload.spec, paused: true } }))
    expect(judge('dies-later', healed(paused)).observation.state).toMatchObject({ reason: { code: 'nothing-runs' } })
    const zero = onWorkload((workload) => ({ ...workload, spec: { ...workload.spec, replicas: 0 } }))
    expect(judge('dies-later', healed(zero)).observation.state).toMatchObject({ reason: { code: 'nothing-runs' } })
    const { snapshot, wanted } = load('dies-later', healed())
    const other = {
      ...wanted,
      containers: wanted.containers.map((slot) => ({ ...slot, image: `x@sha256:${'1'.repeat(64)}` })),
    }
    expect(classify(snapshot, other, nothing).observation.state.is).toBe('superseded')
    expect(classify(snapshot, { ...wanted, uid: 'other' }, nothing).observation.state).toMatchObject({
      reason: { code: 'workload-gone' },
    })
    expect(classify({ ...snapshot, workload: undefined }, wanted, nothing).observation.state).toMatchObject({
      reason: { code: 'workload-gone' },
    })
  })

  it('a mirror in the image of the template is the same image by its digest', () => {
    const { snapshot, wanted } = load('dies-later', healed())
    const mirrored = {
      ...wanted,
      containers: wanted.containers.map((slot) => ({
        ...slot,
        image: `mirror.test/x@${slot.image.split('@')[1] ?? ''}`,
      })),
    }
    expect(classify(snapshot, mirrored, nothing).observation.state.is).toBe('settled')
  })
})

function ready(pod: Pod): Pod {
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      containerStatuses: (pod.status?.containerStatuses ?? []).map((status) => ({
        ...status,
        ready: true,
        restartCount: 0,
        state: { running: {} },
        lastState: {},
      })),
    },
  }
}

function ended(pod: Pod, restarts: number, dead: boolean): Pod['status'] {
  return {
    ...pod.status,
    containerStatuses: (pod.status?.containerStatuses ?? []).map((status) => ({
      ...status,
      restartCount: restarts,
      ...(dead ? { lastState: { terminated: { exitCode: 1 } } } : {}),
    })),
  }
}

function withoutEvents(edit: Edit): Edit {
  return (snapshot) => ({ ...edit(snapshot), events: [] })
}
