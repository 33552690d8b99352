import { describe, expect, it } from 'vitest'
import { digestOf } from '../../domain/digest.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { LABEL } from '../../domain/labels.ts'
import { pinnedTo, released, stampedRevision } from './spec.ts'
import type { ServiceSpec } from './schema.ts'

const digest = digestOf('image')
const revision = 'a'.repeat(40)
const repository = { registry: 'r.test', path: 'app', name: 'r.test/app' }
const image = { repository, digest, accepted: new Set([digest]), tag: 'sha-1', revision }
const stamp: Stamp = { app: 'shop', environment: 'prod', digest, revision, run: { id: '9', attempt: 2 } }
const spec: ServiceSpec = {
  Name: 'web',
  Labels: { team: 'shop', [LABEL.revision]: 'old', [LABEL.history]: '{}' },
  TaskTemplate: { ContainerSpec: { Image: 'r.test/app:old', Env: ['A=1'] }, ForceUpdate: 3, Runtime: 'container' },
  Mode: { Replicated: { Replicas: 2 } },
  EndpointSpec: { Ports: [{ TargetPort: 80, PublishMode: 'ingress' }] },
  Unknown: { kept: true },
}

describe('released', () => {
  it('changes image, stamp and update rules, and nothing else', () => {
    const next = released(spec, image, stamp)
    expect(next).toEqual({
      ...spec,
      Labels: {
        team: 'shop',
        [LABEL.history]: '{}',
        [LABEL.app]: 'shop',
        [LABEL.environment]: 'prod',
        [LABEL.digest]: digest,
        [LABEL.revision]: revision,
        [LABEL.run]: '9-2',
      },
      TaskTemplate: {
        ...spec.TaskTemplate,
        ContainerSpec: { Image: `r.test/app:sha-1@${digest}`, Env: ['A=1'] },
      },
      UpdateConfig: { Parallelism: 1, FailureAction: 'rollback', Order: 'start-first' },
    })
  })

  it('leaves no revision of another version behind', () => {
    const { app, environment, run } = stamp
    expect(released(spec, image, { app, environment, digest, run }).Labels?.[LABEL.revision]).toBeUndefined()
  })

  it.each([
    [
      { FailureAction: 'pause', Order: 'stop-first', Parallelism: 0 },
      { FailureAction: 'rollback', Parallelism: 0 },
    ],
    [
      { FailureAction: 'continue', Delay: 5 },
      { FailureAction: 'continue', Delay: 5, Parallelism: 0 },
    ],
    [
      { FailureAction: 'rollback', Monitor: 7 },
      { FailureAction: 'rollback', Monitor: 7 },
    ],
  ])('update rules %o', (UpdateConfig, expected) => {
    expect(released({ ...spec, UpdateConfig }, image, stamp).UpdateConfig).toMatchObject({
      ...expected,
      Order: 'start-first',
    })
  })

  it('has the engine keep a failed update where somebody wants to look at it', () => {
    expect(released(spec, image, stamp, true).UpdateConfig?.FailureAction).toBe('pause')
    const UpdateConfig = { FailureAction: 'rollback' }
    expect(released({ ...spec, UpdateConfig }, image, stamp, true).UpdateConfig?.FailureAction).toBe('pause')
  })

  it('keeps the order of a service on host ports', () => {
    const EndpointSpec = { Ports: [{ PublishMode: 'host' }] }
    expect(released({ ...spec, EndpointSpec }, image, stamp).UpdateConfig?.Order).toBe('stop-first')
    const own = { Order: 'start-first' }
    expect(released({ ...spec, EndpointSpec, UpdateConfig: own }, image, stamp).UpdateConfig?.Order).toBe('start-first')
  })
})

it('keeps the order of a service that limits its replicas per node', () => {
  const TaskTemplate = { ...spec.TaskTemplate, Placement: { MaxReplicas: 1 } }
  expect(released({ ...spec, TaskTemplate }, image, stamp).UpdateConfig?.Order).toBe('stop-first')
})

describe('pinnedTo', () => {
  const seen = { id: 'x', version: 1, spec }
  it('adds the digest that ran', () => {
    expect(pinnedTo({ ...seen, ran: digest }).TaskTemplate.ContainerSpec?.Image).toBe(`r.test/app:old@${digest}`)
  })
  it('uses the id of an image that no registry knows', () => {
    expect(pinnedTo({ ...seen, ran: digest, local: true }).TaskTemplate.ContainerSpec?.Image).toBe(digest)
  })
  it('changes nothing when replicas disagreed, or when it is pinned', () => {
    expect(pinnedTo(seen)).toBe(spec)
    const pinned = { ...spec, TaskTemplate: { ContainerSpec: { Image: `r.test/app@${digest}` } } }
    expect(pinnedTo({ ...seen, spec: pinned, ran: digestOf('other') })).toBe(pinned)
  })
})

describe('stampedRevision', () => {
  const labels = { [LABEL.digest]: digest, [LABEL.revision]: revision }
  it('counts only while the stamp’s digest is what runs', () => {
    const ours = { ...spec, Labels: labels }
    expect(stampedRevision(ours, [digest])).toBe(revision)
    expect(stampedRevision(ours, [digestOf('other')])).toBeUndefined()
    expect(stampedRevision(ours, [digest, digestOf('other')])).toBeUndefined()
    expect(stampedRevision(ours, [])).toBeUndefined()
    expect(stampedRevision({ ...spec, Labels: {} }, [digest])).toBeUndefined()
  })
  it('a platform manifest may run where the pin names the index', () => {
    const pinned = { ...spec, Labels: labels, TaskTemplate: { ContainerSpec: { Image: `r.test/app@${digest}` } } }
    expect(stampedRevision(pinned, [digestOf('platform')])).toBe(revision)
  })
})
