import { describe, expect, it } from 'vitest'
import type { KubeAnswer, KubeApi } from '../../../ports.ts'
import { patchWorkload } from './change.ts'
import { FakeClock } from '../../../../test/fakes/clock.ts'
import { createCluster } from '../api/cluster.ts'
import { workloadId } from '../api/names.ts'
import type { Workload } from '../api/schema.ts'

const template = (image: string) => ({ spec: { containers: [{ name: 'web', image }] } })
const object = (resourceVersion: string, image: string, uid = 'u1') => ({
  metadata: { name: 'web', uid, resourceVersion, generation: 1 },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template(image) },
})

/** An API whose workload is `live` by now: a patch of another version is a conflict. */
function apiWith(live: ReturnType<typeof object>) {
  const versions: unknown[] = []
  const request = async (method: string, _: string, options: { body?: unknown } = {}): Promise<KubeAnswer> => {
    if (method === 'GET') return { status: 200, body: live }
    const [first] = options.body as { value: unknown }[]
    versions.push(first?.value)
    return first?.value === live.metadata.resourceVersion
      ? { status: 200, body: { ...live, spec: { ...live.spec, replicas: 0 } } }
      : { status: 409, body: { message: 'the object has been modified' } }
  }
  const api = { request } as unknown as KubeApi
  return { versions, cluster: createCluster({ api, clock: new FakeClock() }, 'shop') }
}

describe('a workload that changes between the look and the patch', () => {
  const id = workloadId('Deployment', 'web')
  const read = object('1', 'a') as unknown as Workload
  const idle = { replicas: 0, annotations: {} }
  const patch = (live: ReturnType<typeof object>, change: Parameters<typeof patchWorkload>[3]) => {
    const { cluster, versions } = apiWith(live)
    return { versions, done: patchWorkload(cluster, id, read, change) }
  }

  it.each([
    ['its status', object('2', 'a')],
    ['its template, which is not set here', object('2', 'b')],
  ])('%s: tried again with the new version', async (_, live) => {
    const { done, versions } = patch(live, idle)
    expect((await done).spec.replicas).toBe(0)
    expect(versions).toEqual(['1', '2'])
  })

  it.each([
    ['somebody set another template', object('2', 'b'), { ...idle, template: template('c') }],
    ['it was made anew', object('2', 'a', 'u2'), idle],
  ])('%s: left alone', async (_, live, change) => {
    const { done, versions } = patch(live, change)
    await expect(done).rejects.toMatchObject({ code: 'another-rollout' })
    expect(versions).toEqual(['1'])
  })
})
