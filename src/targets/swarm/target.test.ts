// The target over a wire that says what the test wants: engines that cannot be had here, and what they answer.
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../domain/digest.ts'
import type { SwarmRequest } from './request.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { EngineAnswer, EngineApi } from '../../ports.ts'
import { linesOf } from './explain.ts'
import { createSwarmTarget } from './target.ts'
import { createWatch, serviceOf } from './watch.ts'

type Answers = Readonly<Record<string, unknown>>
const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT'
const NOW = Date.parse(DATE)
const digest = digestOf('image')
const repository = { registry: 'r.test', path: 'app', name: 'r.test/app' }

function answer(status: number, body: unknown): EngineAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const message = (): string => (body as { message?: string } | undefined)?.message ?? text
  return { status, headers: { date: DATE }, bytes: Buffer.from(text), json: () => body, message }
}

/** `GET /info` → its JSON; a number in front is a status: `[503, {message}]`. */
function wire(answers: Answers, events: string[] = []): EngineApi & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    endpoint: 'unix:///test.sock',
    version: async () => '1.41',
    close: () => asked.push('close'),
    async request(method, path) {
      asked.push(`${method} ${path}`)
      const found = answers[`${method} ${path}`]
      if (found === undefined) return answer(404, { message: `no ${path}` })
      const [status, body] =
        Array.isArray(found) && typeof found[0] === 'number' ? (found as [number, unknown]) : [200, found]
      return answer(status, body)
    },
    async stream(_method, _path, options) {
      asked.push('events')
      const body = (async function* () {
        for (const event of events) {
          await wait(20)
          yield Buffer.from(event)
        }
        await wait(60_000, undefined, { signal: options?.signal }).catch(() => undefined)
      })()
      return { status: 200, headers: {}, body }
    },
  }
}

const request: SwarmRequest = {
  name: 'swarm',
  workloads: ['web'],
  container: undefined,
  manifests: [],
  strategy: 'rolling',
  app: 'shop',
  environment: 'prod',
  options: [],
  dockerHost: undefined,
  dockerContext: undefined,
  dockerCertPath: undefined,
}
const clock = {
  now: () => NOW,
  sleep: (ms: number, signal?: AbortSignal) => wait(ms, undefined, { signal }).catch(() => undefined),
}
const target = (api: EngineApi, more: Partial<SwarmRequest> = {}) =>
  createSwarmTarget({ ...request, ...more }, { api, clock, repository, registry: { engineAuth: async () => '' } })
const check = (api: EngineApi, more: Partial<SwarmRequest> = {}) =>
  target(api, more).check({ image: undefined, dryRun: false })

describe('check', () => {
  it.each([
    [{ LocalNodeState: 'locked' }, 'target-denied', /locked/, /docker swarm unlock/],
    [{ LocalNodeState: 'active' }, 'target-denied', /worker/, /manager/],
    [{ LocalNodeState: 'inactive' }, 'target-denied', /not part of a Swarm/, /docker swarm init/],
    [{ LocalNodeState: 'error', Error: 'certificate expired' }, 'target-unreachable', /certificate expired/, /./],
    [{ LocalNodeState: 'pending' }, 'target-unreachable', /no contact/, /./],
  ])('%o', async (Swarm, code, what, fix) => {
    const { faults } = await check(wire({ 'GET /info': { Swarm } }))
    expect(faults.map((fault) => fault.code)).toEqual([code])
    expect(faults[0]?.what).toMatch(what)
    expect(faults[0]?.fix ?? 'none').toMatch(fix)
  })

  it('tells faults of the request and of the engine together', async () => {
    const { faults } = await check(wire({ 'GET /info': {} }), { strategy: 'blue-green' })
    expect(faults.map(({ code }) => code)).toEqual(['not-supported', 'target-denied'])
  })

  it('tells what is wrong with a stack file without asking the engine', async () => {
    const api = wire({})
    const { faults } = await check(api, { manifests: ['/nowhere/stack.yml'] })
    expect(faults).toMatchObject([{ code: 'manifest-invalid' }])
    expect(await check(api, { manifests: ['a', 'b'] })).toMatchObject({ faults: [{ code: 'manifest-invalid' }] })
    expect(api.asked).toEqual([])
  })
})

const service = {
  ID: 's1',
  Version: { Index: 4 },
  Spec: {
    Name: 'web',
    Labels: null,
    TaskTemplate: { ContainerSpec: { Image: `r.test/app@${digest}` }, Runtime: 'container' },
    Mode: { Replicated: { Replicas: 1 } },
  },
}
const task = (seconds: number, more: object = {}) => ({
  ID: 't1',
  ServiceID: 's1',
  Slot: 1,
  NodeID: 'n1',
  DesiredState: 'running',
  Spec: { ContainerSpec: { Image: `r.test/app@${digest}` } },
  Status: {
    State: 'running',
    Timestamp: new Date(NOW + seconds * 1000).toISOString(),
    ContainerStatus: { ContainerID: 'c1' },
  },
  ...more,
})
const answers = (tasks: object[]): Answers => ({
  'GET /services': [service, { ...service, ID: 's2', Spec: { ...service.Spec, Name: 'web-admin' } }],
  'GET /tasks': tasks,
  'GET /nodes': [{ ID: 'n1', Description: { Hostname: 'node-1' } }],
  'GET /containers/json': [],
})

describe('looking', () => {
  const observe = async (api: EngineApi, now = NOW) => {
    const swarm = createSwarmTarget(request, {
      api,
      repository,
      clock: { ...clock, now: () => now },
      registry: { engineAuth: async () => '' },
    })
    const before = await swarm.current()
    const workloads = before.workloads.map(({ name, spec }) => ({ name, handle: spec }))
    return swarm.observe({ accepted: new Set([digest]), startedAt: now, workloads })
  }

  it('takes the service of exactly that name', async () => {
    const { workloads } = await target(wire(answers([task(-5)]))).current()
    expect(workloads.map(({ spec }) => spec.id)).toEqual(['s1'])
  })

  it('of a container elsewhere, the pinned digest is the evidence', async () => {
    const { workloads } = await observe(wire(answers([task(-5)])))
    expect(workloads[0]?.replicas).toEqual([
      { id: 't1', digest, evidence: 'spec', healthy: true, restarts: 0, healthySince: NOW - 5000 },
    ])
  })

  it('says no digest where a tag is all that is known', async () => {
    const tagged = { ContainerSpec: { Image: 'r.test/app:v1' } }
    const { workloads } = await target(wire(answers([task(-5, { Spec: tagged })]))).current()
    expect(workloads[0]?.digests).toEqual([])
  })

  it('reads times by our clock when the engine’s is another', async () => {
    const ahead = NOW - 3_600_000
    const { workloads } = await observe(wire(answers([task(-5)])), ahead)
    expect(workloads[0]?.replicas[0]?.healthySince).toBe(ahead - 5000)
  })

  it('asks for containers and nodes once, then for services and tasks only', async () => {
    const api = wire(answers([task(-5)]))
    await observe(api)
    expect(api.asked).toEqual([
      'GET /services',
      'GET /tasks',
      'GET /containers/json',
      'GET /nodes',
      'GET /services',
      'GET /tasks',
    ])
  })

  it('a service that goes between two calls is not an error', async () => {
    const api = wire({ ...answers([]), 'GET /tasks': [404, { message: 'service s1 not found' }] })
    expect((await observe(api)).workloads[0]?.state).toMatchObject({ is: 'progressing' })
  })

  it('asks again what was not answered: one outage does not blind it', async () => {
    const api = wire(answers([task(-5)]))
    let down = true
    const flaky: EngineApi = {
      ...api,
      request: async (method, path, options) =>
        down && path === '/nodes' ? answer(503, { message: 'no leader' }) : api.request(method, path, options),
    }
    const swarm = target(flaky)
    expect(await swarm.current().catch(asDeployError)).toMatchObject({ code: 'target-unreachable' })
    down = false
    expect((await swarm.current()).workloads).toHaveLength(1)
  })

  it('a manager without a quorum is unreachable, in its own words', async () => {
    const api = wire({ 'GET /services': [503, { message: 'The swarm does not have a leader' }] })
    expect(await target(api).current().catch(asDeployError)).toMatchObject({
      code: 'target-unreachable',
      what: expect.stringMatching(/does not have a leader/) as string,
    })
  })

  it('an answer that is none of ours is said as such', async () => {
    const api = wire({ 'GET /services': [{ nothing: true }] })
    expect(await target(api).current().catch(asDeployError)).toMatchObject({ code: 'internal-error' })
  })
})

describe('watch', () => {
  const event = (name: string) => `${JSON.stringify({ Type: 'service', Actor: { Attributes: { name } } })}\n`

  it('reads the service out of its own events and out of those of its containers', () => {
    expect(serviceOf(event('web'))).toBe('web')
    const labels = { 'com.docker.swarm.service.name': 'web', name: 'web.1.x' }
    expect(serviceOf(JSON.stringify({ Type: 'container', Actor: { Attributes: labels } }))).toBe('web')
    expect(serviceOf('{"Type":"container"}')).toBe('')
    expect(serviceOf('not json')).toBe('')
  })

  it('wakes on an event of its services, even one that came in two pieces, and on no other', async () => {
    const [head, tail] = [event('web').slice(0, 20), event('web').slice(20)]
    const woken = createWatch(wire({}, [head, tail]), clock)
    const from = Date.now()
    await woken.changed(['web'], 5000, new AbortController().signal)
    expect(Date.now() - from).toBeLessThan(2000)
    woken.close()

    const other = createWatch(wire({}, [event('other')]), clock)
    const start = Date.now()
    await other.changed(['web'], 300, new AbortController().signal)
    expect(Date.now() - start).toBeGreaterThanOrEqual(290)
    other.close()
  })

  it('polls where there are no events', async () => {
    const deaf = { ...wire({}), stream: () => Promise.reject(new Error('no events')) }
    const watch = createWatch(deaf, clock)
    const from = Date.now()
    await watch.changed(['web'], 100, new AbortController().signal)
    expect(Date.now() - from).toBeLessThan(1000)
    watch.close()
  })
})

describe('linesOf', () => {
  const frame = (stream: number, text: string) => {
    const body = Buffer.from(text)
    const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
    head.writeUInt32BE(body.length, 4)
    return Buffer.concat([head, body])
  }
  it('takes frames apart', () => {
    expect(linesOf(Buffer.concat([frame(1, 'one\ntw'), frame(1, 'o\r\n'), frame(2, 'three')]))).toEqual([
      'one',
      'two',
      'three',
    ])
  })
  it('takes the plain text of a terminal', () => expect(linesOf(Buffer.from('one\ntwo\n'))).toEqual(['one', 'two']))
  it('keeps the last twenty, and survives a torn frame', () => {
    const many = Array.from({ length: 30 }, (_, index) => `line ${String(index)}`)
    expect(linesOf(frame(1, many.join('\n')))).toEqual(many.slice(10))
    expect(linesOf(frame(1, 'whole').subarray(0, 10))).toEqual(['wh'])
    expect(linesOf(new Uint8Array())).toEqual([])
  })
})
