import { describe, expect, it } from 'vitest'
import { digestOf } from '../../domain/digest.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { LABEL } from '../../domain/labels.ts'
import { asDeployError, DeployError } from '../../errors/deploy-error.ts'
import type { Running } from '../../ports.ts'
import type { Auth, Swarm } from './engine.ts'
import { OutOfSequence } from './engine.ts'
import type { SwarmSpec } from './spec.ts'
import { imageOf, withImageText } from './spec.ts'
import type { Service, ServiceSpec } from './schema.ts'
import { authFor } from './auth.ts'
import { restoreAll } from './restore.ts'
import { replaceAll } from './write.ts'

const repository = { registry: 'registry.test', path: 'app', name: 'registry.test/app' }
const [ONE, TWO] = [digestOf('one'), digestOf('two')]
const image: PinnedImage = { repository, digest: TWO, accepted: new Set([TWO]), tag: 'v2' }
const stamp: Stamp = { app: 'shop', environment: 'production', digest: TWO, run: { id: '7', attempt: 1 } }

const specOf = (name: string): ServiceSpec => ({
  Name: name,
  Labels: { team: 'shop' },
  TaskTemplate: { ContainerSpec: { Image: `registry.test/app:v1@${ONE}` } },
  Mode: { Replicated: { Replicas: 1 } },
})

const LOST = new DeployError('target-unreachable', 'the connection was cut')

/** Services in memory with the engine's compare-and-swap; `meddle` happens before a write is looked at. */
class FakeSwarm implements Partial<Swarm> {
  readonly live = new Map<string, Service>()
  readonly auths: Auth[] = []
  meddle: (service: Service, attempt: number) => Service = (service) => service
  /** Whether the answer to an attempt is lost, before or after the work. */
  loses: (attempt: number) => 'request' | 'answer' | undefined = () => undefined
  attempts = 0

  constructor(...names: string[]) {
    for (const name of names) {
      this.live.set(name, { ID: `id-${name}`, Version: { Index: 1 }, Spec: specOf(name) })
    }
  }

  async services(names: readonly string[]): Promise<{ services: Service[]; skew: number }> {
    return { services: names.flatMap((name) => this.live.get(name) ?? []), skew: 0 }
  }

  async update(id: string, version: number, spec: ServiceSpec, auth: Auth): Promise<void> {
    this.attempts += 1
    const lost = this.loses(this.attempts)
    if (lost === 'request') throw LOST
    const service = this.meddle(this.live.get(spec.Name)!, this.attempts)
    this.live.set(spec.Name, service)
    expect(service.ID).toBe(id)
    if (service.Version.Index !== version) throw new OutOfSequence()
    this.auths.push(auth)
    this.live.set(spec.Name, { ...service, Version: { Index: version + 1 }, Spec: spec, PreviousSpec: service.Spec })
    if (lost === 'answer') throw LOST
  }

  async create(spec: ServiceSpec): Promise<string> {
    this.attempts += 1
    if (this.loses(this.attempts) === 'request') throw LOST
    this.live.set(spec.Name, { ID: `id-${spec.Name}`, Version: { Index: 1 }, Spec: spec })
    if (this.loses(this.attempts) === 'answer') throw LOST
    return `id-${spec.Name}`
  }

  async image(): Promise<undefined> {
    return undefined
  }

  async remove(id: string): Promise<void> {
    for (const [name, service] of this.live) if (service.ID === id) this.live.delete(name)
  }

  running(): Running<SwarmSpec> {
    const workloads = [...this.live.values()].map(({ ID: id, Version, Spec: spec }) => ({
      name: spec.Name,
      exists: true,
      digests: [ONE],
      desired: 1,
      ready: 1,
      stable: true,
      spec: { id, version: Version.Index, spec, ran: ONE },
    }))
    return { workloads }
  }

  imageOf(name: string): string {
    return imageOf(this.live.get(name)?.Spec ?? { TaskTemplate: {} })
  }
}

function depsFor(swarm: FakeSwarm, engineAuth: () => Promise<string> = async () => '') {
  return {
    swarm: swarm as unknown as Swarm,
    registry: { engineAuth },
    clock: { now: () => 1000, sleep: async () => undefined },
    leave: false,
    prepare: async () => new Map<string, ServiceSpec>(),
    others: async () => [],
    unprepare: async () => [],
    volumes: async () => [],
    warn: () => undefined,
    written: new Map<string, ServiceSpec>(),
    created: new Set<string>(),
  }
}

const touched = (service: Service): Service => ({ ...service, Version: { Index: service.Version.Index + 1 } })

describe('replaceAll', () => {
  it('writes again when only the index has moved: the engine does that itself', async () => {
    const swarm = new FakeSwarm('web')
    const before = swarm.running()
    swarm.meddle = (service, attempt) => (attempt < 4 ? touched(service) : service)
    const { workloads } = await replaceAll(depsFor(swarm), image, stamp, before)
    expect(swarm.attempts).toBe(4)
    expect(workloads[0]?.handle).toMatchObject({ id: 'id-web', version: 4 })
    expect(swarm.imageOf('web')).toBe(`registry.test/app:v2@${TWO}`)
  })

  describe('an answer that never came', () => {
    it.each(['request', 'answer'] as const)('is asked for: the update is done once (%s lost)', async (lost) => {
      const swarm = new FakeSwarm('web')
      swarm.loses = (attempt) => (attempt === 1 ? lost : undefined)
      const { workloads } = await replaceAll(depsFor(swarm), image, stamp, swarm.running())
      expect(swarm.attempts).toBe(lost === 'answer' ? 1 : 2)
      expect(swarm.live.get('web')?.Version.Index).toBe(2)
      expect(workloads[0]?.handle).toMatchObject({ id: 'id-web', version: 1 })
    })

    it('twice: every service has the spec of before, and the error stays', async () => {
      const swarm = new FakeSwarm('web', 'worker')
      swarm.loses = (attempt) => (attempt === 2 || attempt === 3 ? 'request' : undefined)
      const refused = await replaceAll(depsFor(swarm), image, stamp, swarm.running()).catch(asDeployError)
      expect(refused).toMatchObject({
        code: 'target-unreachable',
        state: expect.stringMatching(/no workload changed/) as string,
      })
      expect([...swarm.live.values()].map(({ Spec }) => Spec)).toEqual([specOf('web'), specOf('worker')])
    })

    it.each(['request', 'answer'] as const)('of a creation (%s lost)', async (lost) => {
      const swarm = new FakeSwarm()
      swarm.loses = (attempt) => (attempt === 1 ? lost : undefined)
      const spec = { id: undefined, version: 0, spec: specOf('web') }
      const absent = { name: 'web', exists: false, digests: [], desired: 0, ready: 0, stable: true, spec }
      const context = { ...depsFor(swarm), prepare: async () => new Map([['web', specOf('web')]]) }
      const done = await replaceAll(context, image, stamp, { workloads: [absent] }).catch(asDeployError)
      if (lost === 'answer') expect(done).toMatchObject({ workloads: [{ name: 'web', handle: { id: 'id-web' } }] })
      else expect(done).toMatchObject({ code: 'target-unreachable' })
      expect(swarm.live.size).toBe(lost === 'answer' ? 1 : 0)
    })
  })

  it('gives up when it never gets through', async () => {
    const swarm = new FakeSwarm('web')
    const before = swarm.running()
    swarm.meddle = touched
    const refused = await replaceAll(depsFor(swarm), image, stamp, before).catch(asDeployError)
    expect(refused).toMatchObject({ code: 'another-rollout' })
    expect(swarm.attempts).toBe(10)
  })

  it('writes nothing over a changed spec, and takes back the others', async () => {
    const swarm = new FakeSwarm('web', 'worker')
    const before = swarm.running()
    const worker = swarm.live.get('worker')!
    swarm.live.set('worker', { ...touched(worker), Spec: { ...worker.Spec, Labels: { team: 'other' } } })
    const refused = await replaceAll(depsFor(swarm), image, stamp, before).catch(asDeployError)
    expect(refused).toMatchObject({ code: 'another-rollout' })
    expect(swarm.imageOf('web')).toBe(`registry.test/app:v1@${ONE}`)
    expect(swarm.live.get('worker')?.Spec.Labels).toEqual({ team: 'other' })
  })

  it('says that the service was removed', async () => {
    const swarm = new FakeSwarm('web')
    const before = swarm.running()
    swarm.meddle = (service) => {
      queueMicrotask(() => swarm.live.clear())
      return touched(service)
    }
    expect(await replaceAll(depsFor(swarm), image, stamp, before).catch(asDeployError)).toMatchObject({
      code: 'workload-gone',
    })
  })

  it('hands the credentials of the run on, or leaves those that the engine has', async () => {
    const header = Buffer.from(JSON.stringify({ username: 'bob', password: 'x' })).toString('base64url')
    const swarm = new FakeSwarm('web')
    await replaceAll(
      depsFor(swarm, async () => header),
      image,
      stamp,
      swarm.running(),
    )
    const { workloads } = swarm.running()
    await restoreAll(
      depsFor(swarm),
      { workloads: [{ ...workloads[0]!, spec: { ...workloads[0]!.spec, spec: specOf('web') } }] },
      stamp,
    )
    expect(swarm.auths).toEqual([{ header }, { from: 'previous-spec' }])
  })
})

describe('authFor', () => {
  const encoded = (auth: object) => Buffer.from(JSON.stringify(auth)).toString('base64url')
  it.each([
    ['nothing', async () => ''],
    ['an empty object: anonymous', async () => encoded({})],
    ['an address alone', async () => encoded({ serveraddress: 'registry.test' })],
    ['no JSON', async () => 'garbage'],
    ['a registry that is down', () => Promise.reject(new Error('down'))],
  ])('takes the credentials that the service came with for %s', async (_, engineAuth) => {
    expect(await authFor({ engineAuth }, repository)).toEqual({ from: 'spec' })
  })

  it.each([[{ username: 'a', password: 'b' }], [{ identitytoken: 't' }], [{ registrytoken: 't' }], [{ auth: 'x' }]])(
    'hands on %o',
    async (auth) => {
      expect(await authFor({ engineAuth: async () => encoded(auth) }, repository)).toEqual({ header: encoded(auth) })
    },
  )
})

describe('restoreAll', () => {
  const released = async () => {
    const swarm = new FakeSwarm('web', 'worker')
    const before = swarm.running()
    await replaceAll(depsFor(swarm), image, stamp, before)
    return { swarm, before }
  }

  it('puts back the whole spec, key for key', async () => {
    const { swarm, before } = await released()
    const rollout = await restoreAll(depsFor(swarm), before, stamp)
    expect(swarm.live.get('web')?.Spec).toEqual(specOf('web'))
    expect(rollout.workloads.map(({ accepted }) => accepted)).toEqual([new Set([ONE]), new Set([ONE])])
  })

  it('pins what had only a tag', async () => {
    const { swarm, before } = await released()
    const [web] = before.workloads
    const spec = { ...web!.spec, spec: withImageText(specOf('web'), 'registry.test/app:v1') }
    await restoreAll(depsFor(swarm), { workloads: [{ ...web!, spec }] }, stamp)
    expect(swarm.imageOf('web')).toBe(`registry.test/app:v1@${ONE}`)
  })

  it('tries every service before it says which was refused', async () => {
    const { swarm, before } = await released()
    swarm.live.delete('web')
    expect(await restoreAll(depsFor(swarm), before, stamp).catch(asDeployError)).toMatchObject({
      code: 'workload-gone',
    })
    expect(swarm.live.get('worker')?.Spec).toEqual(specOf('worker'))
  })

  it('leaves another run’s release of the same digest alone', async () => {
    const { swarm, before } = await released()
    const web = swarm.live.get('web')!
    swarm.live.set('web', { ...web, Spec: { ...web.Spec, Labels: { ...web.Spec.Labels, [LABEL.run]: '8-1' } } })
    expect(await restoreAll(depsFor(swarm), before, stamp).catch(asDeployError)).toMatchObject({
      code: 'another-rollout',
      what: expect.stringMatching(/run 8-1/) as string,
    })
  })

  it('leaves another tool’s change alone, even one that kept our labels', async () => {
    const { swarm, before } = await released()
    const web = swarm.live.get('web')!
    swarm.live.set('web', { ...web, Spec: withImageText(web.Spec, `registry.test/app@${digestOf('three')}`) })
    expect(await restoreAll(depsFor(swarm), before, stamp).catch(asDeployError)).toMatchObject({
      code: 'another-rollout',
    })
    expect(swarm.imageOf('web')).toContain(digestOf('three'))
  })
})
