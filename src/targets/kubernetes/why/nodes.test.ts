import { describe, expect, it } from 'vitest'
import type { KubeApi } from '../../../ports.ts'
import { workloadId } from '../api/names.ts'
import type { Placed } from './nodes.ts'
import { daemonSetFaults } from './nodes.ts'
import type { Workload } from '../api/schema.ts'

const spec = (pod: object = {}) =>
  ({ selector: {}, template: { spec: { containers: [], ...pod } } }) as unknown as Workload['spec']
const live = (desiredNumberScheduled: number | null, pod: object = {}, observedGeneration = 3) =>
  ({ metadata: { generation: 3 }, spec: spec(pod), status: { observedGeneration, desiredNumberScheduled } }) as Workload
const nodes = (status: number, items: unknown[]) => {
  const asked: unknown[] = []
  const api = {
    request: (_: string, __: string, options: { query?: unknown }) => {
      asked.push(options.query)
      return Promise.resolve({ status, body: { items } })
    },
  } as unknown as KubeApi
  return { api, asked }
}
const agent = (more: Partial<Placed>): Placed => ({
  id: workloadId('DaemonSet', 'agent'),
  spec: spec(),
  live: undefined,
  ...more,
})
const affinity = (...nodeSelectorTerms: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
})
const labelled = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 ? { values } : {}) }],
})
const named = (operator: string, name: string) => ({
  matchFields: [{ key: 'metadata.name', operator, values: [name] }],
})
const GPU = { nodeSelector: { gpu: 'yes', zone: 'a' } }

describe('a DaemonSet that no node takes', () => {
  it('is refused by the controller’s own word', async () => {
    const [fault] = await daemonSetFaults(nodes(403, []).api, [agent({ live: live(0) })])
    expect(fault).toMatchObject({
      code: 'nothing-runs',
      what: expect.stringContaining('no node of the cluster') as string,
    })
    expect(fault?.what).not.toContain('scaled to zero')
  })
  it('is refused where no node carries the labels, also before it exists', async () => {
    const { api, asked } = nodes(200, [])
    const [fault] = await daemonSetFaults(api, [agent({ spec: spec(GPU) })])
    expect(fault?.what).toContain('{"gpu":"yes","zone":"a"}')
    expect(asked).toEqual([{ labelSelector: 'gpu=yes,zone=a', limit: 50 }])
  })
  it.each<[string, object, object[]]>([
    ['one of a list', affinity(labelled('zone', 'In', 'a', 'b')), [{ labelSelector: 'zone in (a,b)' }]],
    ['none of a list', affinity(labelled('zone', 'NotIn', 'a')), [{ labelSelector: 'zone notin (a)' }]],
    ['a label', affinity(labelled('gpu', 'Exists')), [{ labelSelector: 'gpu' }]],
    ['no label', affinity(labelled('kubernetes.io/os', 'DoesNotExist')), [{ labelSelector: '!kubernetes.io/os' }]],
    ['a number above', affinity(labelled('cores', 'Gt', '64')), [{ labelSelector: 'cores>64' }]],
    ['a number below', affinity(labelled('cores', 'Lt', '1')), [{ labelSelector: 'cores<1' }]],
    ['a name', affinity(named('In', 'gone')), [{ fieldSelector: 'metadata.name=gone' }]],
    ['every name but one', affinity(named('NotIn', 'only')), [{ fieldSelector: 'metadata.name!=only' }]],
    [
      'labels and a name',
      affinity({ ...labelled('gpu', 'Exists'), ...named('In', 'gone') }),
      [{ labelSelector: 'gpu', fieldSelector: 'metadata.name=gone' }],
    ],
    [
      'one of two terms, and the nodeSelector with each',
      { nodeSelector: { os: 'plan9' }, ...affinity(labelled('gpu', 'Exists'), named('In', 'gone')) },
      [{ labelSelector: 'os=plan9,gpu' }, { labelSelector: 'os=plan9', fieldSelector: 'metadata.name=gone' }],
    ],
    ['an empty term, which no node meets', affinity({}), []],
  ])('is refused where its node affinity asks for %s that no node has', async (_, pod, queries) => {
    const { api, asked } = nodes(200, [])
    const [fault] = await daemonSetFaults(api, [agent({ spec: spec(pod) })])
    expect(fault).toMatchObject({ code: 'nothing-runs' })
    expect(fault?.what).toContain('its node affinity asks for ')
    expect(asked).toEqual(queries.map((query) => ({ ...query, limit: 50 })))
  })
})

const tainted = (...taints: object[]) => ({ spec: { taints } })
const TAINT = { key: 'team', value: 'a', effect: 'NoSchedule' }
const tolerating = (...tolerations: object[]) => ({ spec: spec({ tolerations }) })

describe('a DaemonSet whose nodes all carry a taint', () => {
  it.each<[string, Partial<Placed>]>([
    ['nothing', {}],
    ['another taint', tolerating({ key: 'team', value: 'b' })],
    ['another key', tolerating({ key: 'other', operator: 'Exists' })],
    ['another effect', tolerating({ key: 'team', operator: 'Exists', effect: 'NoExecute' })],
    ['the same key without its value', tolerating({ key: 'team' })],
  ])('that it does not tolerate is refused: it tolerates %s', async (_, placed) => {
    const { api, asked } = nodes(200, [tainted(TAINT), tainted(TAINT, { ...TAINT, effect: 'NoExecute' })])
    const [fault] = await daemonSetFaults(api, [agent(placed)])
    expect(fault?.what).toMatch(/so nothing runs: it does not tolerate team=a:NoSchedule/)
    expect(asked).toEqual([{ limit: 50 }])
  })

  it('is told with the labels that it asks for', async () => {
    const [fault] = await daemonSetFaults(nodes(200, [tainted(TAINT)]).api, [agent({ spec: spec(GPU) })])
    expect(fault?.what).toContain('{"gpu":"yes","zone":"a"}, and it does not tolerate team=a:NoSchedule')
  })

  it('is refused only when the last page of nodes was read', async () => {
    const pages = [
      { items: [tainted(TAINT)], metadata: { continue: 'more' } },
      { items: [tainted(TAINT), {}], metadata: {} },
    ]
    const asked: unknown[] = []
    const request = (_: string, __: string, { query }: { query?: unknown }) => {
      asked.push(query)
      return Promise.resolve({ status: 200, body: pages[asked.length - 1] })
    }
    expect(await daemonSetFaults({ request } as unknown as KubeApi, [agent({})])).toEqual([])
    expect(asked).toEqual([{ limit: 50 }, { limit: 50, continue: 'more' }])
  })
})

it.each<[string, Partial<Placed>, number, unknown[]]>([
  ['it tolerates everything', tolerating({ operator: 'Exists' }), 200, [tainted(TAINT)]],
  ['it tolerates the taint', tolerating({ key: 'team', value: 'a' }), 200, [tainted(TAINT)]],
  ['it tolerates the key', tolerating({ key: 'team', operator: 'Exists' }), 200, [tainted(TAINT)]],
  ['its toleration is one of tomorrow', tolerating({ key: 'team', operator: 'Gt' }), 200, [tainted(TAINT)]],
  ['the taint is a preference', {}, 200, [tainted({ ...TAINT, effect: 'PreferNoSchedule' })]],
  ['the taint passes', {}, 200, [tainted({ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' })]],
  ['another node has no taint', {}, 200, [tainted(TAINT), {}]],
  ['there is no node yet', {}, 200, []],
  ['some node takes it', { live: live(2) }, 200, []],
  ['a node carries the labels', { spec: spec(GPU) }, 200, [{}]],
  ['a node meets its node affinity', { spec: spec(affinity(labelled('gpu', 'Exists'))) }, 200, [{}]],
  ['its node affinity may not be looked up', { spec: spec(affinity(labelled('gpu', 'Exists'))) }, 403, []],
  ['its node affinity is written in a way of tomorrow', { spec: spec(affinity(labelled('x', 'Like'))) }, 200, []],
  ['the affinity is only a preference', { spec: spec({ affinity: { nodeAffinity: {} } }) }, 200, []],
  ['nodes may not be read', { spec: spec(GPU) }, 403, []],
  ['the controller has not looked yet', { live: live(0, {}, 2) }, 200, []],
  ['the files change where it runs', { spec: spec({ tolerations: [{ operator: 'Exists' }] }), live: live(0) }, 200, []],
  ['it is a Deployment', { id: workloadId('Deployment', 'web'), spec: spec(GPU) }, 200, []],
])('nothing is refused where %s', async (_, placed, status, items) => {
  expect(await daemonSetFaults(nodes(status, items).api, [agent(placed)])).toEqual([])
})
