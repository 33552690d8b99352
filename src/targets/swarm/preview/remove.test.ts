import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../../test/fakes/clock.ts'
import { previewLabels } from '../../../domain/preview-labels.ts'
import { asDeployError } from '../../../errors/deploy-error.ts'
import type { EngineAnswer } from '../../../ports.ts'
import type { EngineRequests } from './few-requests.ts'
import { withFewRequests } from './few-requests.ts'
import { removePreview } from './remove.ts'

const preview = { app: 'shop', number: 7, name: 'shop-pr-7' }
const namespace = { 'com.docker.stack.namespace': 'shop-pr-7' }
const own = (owner: string) => ({ ...namespace, ...previewLabels({ ...preview, owner, candidates: [] }) })

function answer(status: number, body: unknown): EngineAnswer {
  const message = (): string =>
    typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : ''
  return { status, headers: {}, bytes: new Uint8Array(), json: () => body, message }
}

interface World {
  networks?: Record<string, object>
  volumes?: Record<string, object>
  /** Looks at the tasks until the task is gone; `never` where its node is down. */
  taskGoesAfter?: number
  nodeOfTask?: string
  /** How often a removal is refused because the thing is in use. */
  busy?: Record<string, number>
  denied?: string
}

/** A manager with one service, and what the world says beside it. */
function engineOf(world: World) {
  const deleted: string[] = []
  let looks = 0
  const list = (kind: string, all: Record<string, object> = {}) =>
    Object.entries(all)
      .filter(([name]) => !deleted.includes(`${kind} ${name}`))
      .map(([Name, Labels]) => ({ Name, Labels }))
  const mount = { Type: 'volume', Source: 'shop-pr-7_data', VolumeOptions: { Labels: own('shop-pr-7_data') } }
  const task = {
    ID: 'task1',
    ServiceID: 'service1',
    NodeID: world.nodeOfTask ?? 'own',
    Spec: { ContainerSpec: { Image: 'a', Mounts: [mount], StopGracePeriod: 20_000_000_000 } },
    Status: { State: 'running' },
  }
  const service = { ID: 'service1', Spec: { Name: 'shop-pr-7_web', Labels: own('shop-pr-7_web') } }
  const answers: Record<string, () => unknown> = {
    '/services': () => (deleted.includes('service service1') ? [] : [service]),
    '/networks': () => list('network', world.networks),
    '/volumes': () => ({ Volumes: list('volume', world.volumes) }),
    '/configs': () => [],
    '/secrets': () => null,
    '/tasks': () => {
      if (deleted.length > 0) looks += 1
      return looks > (world.taskGoesAfter ?? 0) ? [] : [task]
    },
    '/info': () => ({ Swarm: { NodeID: 'own' } }),
    '/nodes': () => [
      { ID: 'own', Description: { Hostname: 'manager' }, Status: { State: 'ready' } },
      { ID: 'far', Description: { Hostname: 'worker' }, Status: { State: 'ready' } },
      { ID: 'down', Description: { Hostname: 'broken' }, Status: { State: 'down' } },
    ],
  }
  const api: EngineRequests = {
    endpoint: 'unix:///fake',
    async request(method, path) {
      if (method === 'GET') return answer(200, answers[path]?.())
      const [, kinds = '', name = ''] = path.split('/')
      const kind = kinds.replace(/s$/, '')
      if (world.denied === kind) return answer(403, { message: 'not you' })
      const left = world.busy?.[name] ?? 0
      if (left > 0) {
        world.busy = { ...world.busy, [name]: left - 1 }
        return answer(409, { message: `${kind} is in use` })
      }
      deleted.push(`${kind} ${name}`)
      return answer(204, undefined)
    },
  }
  return { api, deleted }
}

const remove = (world: World, signal?: AbortSignal) => {
  const { api, deleted } = engineOf(world)
  const clock = new FakeClock()
  return { deleted, clock, done: removePreview(preview, { api, clock, signal }) }
}

describe('the removal of a preview', () => {
  it('takes what repeats its own name, and names what only has the stack’s label', async () => {
    const networks = { 'shop-pr-7_default': own('shop-pr-7_default'), foreign: { ...namespace, ...own('other') } }
    const { deleted, done } = remove({
      networks,
      volumes: { 'shop-pr-7_data': own('shop-pr-7_data'), theirs: namespace },
    })
    expect(await done).toEqual({
      removed: ['service shop-pr-7_web', 'network shop-pr-7_default', 'volume shop-pr-7_data'],
      left: ['network foreign', 'volume theirs'],
      outOfReach: [],
      candidates: [],
    })
    expect(deleted[0]).toBe('service service1')
  })

  it('waits for the tasks first, and for what they still use', async () => {
    const busy = { 'shop-pr-7_net': 3, 'shop-pr-7_data': 2 }
    const networks = { 'shop-pr-7_net': own('shop-pr-7_net') }
    const { deleted, done } = remove({
      taskGoesAfter: 4,
      busy,
      networks,
      volumes: { 'shop-pr-7_data': own('shop-pr-7_data') },
    })
    expect((await done).removed).toHaveLength(3)
    expect(deleted).toEqual(['service service1', 'volume shop-pr-7_data', 'network shop-pr-7_net'])
  })

  it('names what lies on other nodes', async () => {
    const { done } = remove({ nodeOfTask: 'far' })
    expect((await done).outOfReach).toEqual(['volume shop-pr-7_data on node worker'])
  })

  it('does not wait for a node that is down', async () => {
    const { done } = remove({ nodeOfTask: 'down', taskGoesAfter: Infinity })
    expect((await done).outOfReach).toEqual([
      'volume shop-pr-7_data on node broken',
      'what ran on node broken, which is down',
    ])
  })

  it.each(['service', 'network'])('says at once that a %s must not be removed', async (denied) => {
    const { done } = remove({ denied, networks: { 'shop-pr-7_net': own('shop-pr-7_net') } })
    expect(await done.catch(asDeployError)).toMatchObject({ code: 'target-denied' })
  })

  it('says what is left when time is up, which is longer where containers have long to end', async () => {
    const { done, clock } = remove({ taskGoesAfter: Infinity })
    const begun = clock.now()
    expect(await done.catch(asDeployError)).toMatchObject({
      code: 'removal-timeout',
      evidence: ['task task1 is running'],
    })
    expect(clock.now() - begun).toBeGreaterThan(80_000)
  })

  it('ends with a cancellation', async () => {
    const run = new AbortController()
    run.abort()
    const { done } = remove({ taskGoesAfter: Infinity }, run.signal)
    expect(await done.catch(asDeployError)).toMatchObject({ code: 'cancelled' })
  })
})

it('asks a few things at once', async () => {
  let [now, most] = [0, 0]
  const api = withFewRequests(
    {
      endpoint: '',
      async request() {
        most = Math.max(most, (now += 1))
        await new Promise((resolve) => setTimeout(resolve, 2))
        now -= 1
        return answer(200, undefined)
      },
    },
    3,
  )
  await Promise.all(Array.from({ length: 20 }, () => api.request('GET', '/x')))
  expect([now, most]).toEqual([0, 3])
})
