// What keeps a rollout of thousands of pods cheap: selectors, pages, objects that are read once, looks that are spaced.
import { PassThrough } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import type { KubeAnswer, KubeApi, KubeRequest } from '../../../ports.ts'
import { sleep } from '../../../async/sleep.ts'
import { createCluster } from '../api/cluster.ts'
import { Changes } from './changes.ts'
import { readEvents } from '../why/evidence.ts'
import { commonSelection } from './followed.ts'
import { listObjects } from '../api/list.ts'
import { PodSchema } from '../api/schema.ts'
import { watchObjects } from './watched.ts'

const clock = { now: () => Date.now(), sleep }
const never = new AbortController().signal
const pod = (name: string, resourceVersion = '1') => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion, managedFields: [{ fieldsV1: 'much' }] },
  spec: { containers: [{ name: 'web', image: 'x', env: [{ name: 'A', value: 'much' }] }] },
})

function api(answer: (path: string, query: KubeRequest['query']) => Partial<KubeAnswer>) {
  const asked: KubeRequest['query'][] = []
  const fake: KubeApi = {
    namespace: () => Promise.resolve('default'),
    request: (_, path, options = {}) => {
      asked.push(options.query)
      return Promise.resolve({ status: 200, body: {}, ...answer(path, options.query) })
    },
    async *watch(_, { signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      yield* []
    },
    close: () => Promise.resolve(),
  }
  return { cluster: createCluster({ api: fake, clock }, 'shop'), asked }
}

describe('several workloads', () => {
  const labels = (matchLabels: Record<string, string>) => ({ matchLabels })
  it('are followed by one selector that leaves strangers out', () => {
    expect(commonSelection([labels({ app: 'web', tier: 'a' })])).toEqual({ labelSelector: 'app=web,tier=a' })
    expect(commonSelection([labels({ part: 'shop', app: 'web' }), labels({ part: 'shop', app: 'job' })])).toEqual({
      labelSelector: 'app in (web,job)',
    })
    expect(commonSelection([labels({ app: 'web' }), labels({ app: 'web' })])).toEqual({ labelSelector: 'app in (web)' })
  })
  it('without a label in common need the whole namespace', () => {
    expect(commonSelection([labels({ app: 'web' }), labels({ name: 'job' })])).toEqual({})
    const expression = { matchExpressions: [{ key: 'app', operator: 'Exists', values: null }] }
    expect(commonSelection([labels({ app: 'web' }), expression])).toEqual({})
  })
})

describe('lists', () => {
  it('come page by page, and only what is used is kept', async () => {
    const { cluster, asked } = api((_, query) =>
      query?.['continue'] === undefined
        ? { body: { metadata: { resourceVersion: '7', continue: 'more' }, items: [pod('a')] } }
        : { body: { metadata: { resourceVersion: '7' }, items: [pod('b')] } },
    )
    const { items, resourceVersion } = await listObjects(cluster, '/pods', PodSchema, { labelSelector: 'app=web' })
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
    expect(resourceVersion).toBe('7')
    expect(asked.map((query) => query?.['labelSelector'])).toEqual(['app=web', 'app=web'])
    expect(JSON.stringify(items)).not.toContain('much')
  })
  it('begin anew when a page is too old, at last in one piece', async () => {
    const { cluster, asked } = api((_, query) => {
      if (query?.['limit'] === undefined) return { body: { items: [pod('a'), pod('b')] } }
      if (query['continue'] !== undefined) return { status: 410 }
      return { body: { metadata: { continue: 'more' }, items: [pod('a')] } }
    })
    expect((await listObjects(cluster, '/pods', PodSchema, {})).items).toHaveLength(2)
    expect(asked).toHaveLength(5)
  })
  it('keep the object of what did not change, so that it is not judged anew', async () => {
    let version = '1'
    const { cluster } = api(() => ({ body: { items: [pod('a'), pod('b', version)] } }))
    const watched = watchObjects(cluster, { path: '/pods', schema: PodSchema, selection: {} }, () => undefined)
    await watched.refresh()
    const [first, second] = watched.items()
    version = '2'
    await watched.refresh()
    watched.stop()
    expect(watched.items()[0]).toBe(first)
    expect(watched.items()[1]).not.toBe(second)
  })
})

describe('what the watch says while a list is under way', () => {
  it('is not lost: the list does not know it, and the watch says it only once', async () => {
    let answer: () => void = () => undefined
    const answered = new Promise<void>((resolve) => (answer = resolve))
    let lists = 0
    const events = new PassThrough({ objectMode: true })
    const list = { metadata: { resourceVersion: '5' }, items: ['a', 'b', 'c'].map((name) => pod(name, '5')) }
    const { cluster } = api(() => ({}))
    const fake: KubeApi = {
      ...cluster.api,
      request: async () => {
        if ((lists += 1) > 1) await answered
        return { status: 200, body: list }
      },
      watch: () => events,
    }
    let changes = 0
    const watched = watchObjects(
      createCluster({ api: fake, clock }, 'shop'),
      { path: '/pods', schema: PodSchema, selection: {} },
      () => (changes += 1),
    )
    await watched.refresh()
    const second = watched.refresh()
    events.write({ type: 'MODIFIED', object: pod('a', '7') })
    events.write({ type: 'DELETED', object: pod('b', '8') })
    events.write({ type: 'ADDED', object: pod('d', '9') })
    await vi.waitUntil(() => changes === 3)
    answer()
    await second
    watched.stop()
    const seen = watched.items().map(({ metadata }) => [metadata.name, metadata.resourceVersion])
    expect(Object.fromEntries(seen)).toEqual({ a: '7', c: '5', d: '9' })
  })
})

describe('news', () => {
  it('wakes at once, and not before a costly look has paid off', async () => {
    const changes = new Changes(clock)
    changes.notify()
    const began = performance.now()
    await changes.wait(1000, 0, never)
    expect(performance.now() - began).toBeLessThan(50)
    await changes.wait(1000, 120, never)
    expect(performance.now() - began).toBeGreaterThanOrEqual(115)
  })
  it('ends with its time or the signal', async () => {
    const changes = new Changes(clock)
    const began = performance.now()
    await changes.wait(30, 1000, never)
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 20)
    changes.notify()
    await changes.wait(5000, 5000, abort.signal)
    expect(performance.now() - began).toBeLessThan(500)
  })
})

describe('events', () => {
  it('are asked of the objects in question only, and what says nothing is left out', async () => {
    const event = (reason: string, type: string, message = '') => ({
      metadata: { uid: reason, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
      type,
      reason,
      message,
      involvedObject: { uid: 'a' },
    })
    const { cluster, asked } = api(() => ({
      body: {
        items: [
          event('Pulled', 'Normal'),
          event('TriggeredScaleUp', 'Normal'),
          event('FailedMount', 'Warning'),
          event('Killing', 'Normal', 'Container web failed liveness probe'),
          event('Killing', 'Normal', 'Stopping container web'),
        ],
      },
    }))
    const events = await readEvents(cluster, ['a', 'b'], 0)
    expect(asked.map((query) => query?.['fieldSelector'])).toEqual(['involvedObject.uid=a', 'involvedObject.uid=b'])
    expect(new Set(events.map(({ reason }) => reason))).toEqual(new Set(['TriggeredScaleUp', 'FailedMount', 'Killing']))
    expect(events).toHaveLength(6)
  })
})
