// Engines that lie: whatever they claim, a run is green only where the running digests say so.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { RawService, RawTask } from '../contract/swarm-world.ts'
import { engine } from '../contract/swarm-world.ts'
import type { EngineProxy } from '../harness/engine-proxy.ts'
import { startEngineProxy } from '../harness/engine-proxy.ts'
import { describeWith, need } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import type { Told } from './world.ts'
import { World } from './world.ts'

interface Container {
  Id: string
  ImageID: string
}

const get = (path: RegExp) => (method: string, asked: string) => method === 'GET' && path.test(asked)
const isUpdate = (method: string, path: string): boolean => method === 'POST' && path.includes('/update?')

describeWith('docker', 'registry')('an engine that lies', () => {
  let registry: TestRegistry
  let world: World
  let liar: EngineProxy
  let zero: string
  let zeroImage: string
  let ranBefore: Set<string>
  let run: Told

  beforeAll(async () => {
    registry = await startRegistry()
    liar = await startEngineProxy(need('docker').DOCKER_HOST)
  })
  afterAll(async () => {
    await liar.stop()
    await registry.stop()
  })
  beforeEach(async () => {
    world = await World.open({ registry, services: ['web'] })
    zero = (await world.specDigests())[0] ?? ''
    const containers = await world.services.containers()
    ranBefore = new Set(containers.map(({ Id }) => Id))
    zeroImage = containers[0]?.ImageID ?? ''
  })
  afterEach(async () => {
    liar.rules.splice(0)
    try {
      expect(run.outcome, run.log).toBe('failure')
      expect(['healthy', 'unchanged']).not.toContain(run.outputs.outcome)
      const tags = await world.tags()
      expect(tags.filter((tag) => /^(?:deployed-|production$)/.test(tag))).toEqual([])
    } finally {
      await world.close()
    }
  })

  const release = async (more: Record<string, string> = {}, onLine?: (line: string) => void): Promise<Told> =>
    (run = await world.release({ 'docker-host': liar.host, timeout: '12s', ...more }, onLine && { onLine }))

  it('is believed as long as it tells the truth', async () => {
    const honest = await world.release({ 'docker-host': liar.host, 'environment-tag': 'off' })
    expect(honest.outputs, honest.log).toMatchObject({ outcome: 'healthy' })
    expect(liar.requests.some(({ path }) => path.startsWith('/services'))).toBe(true)
    // What every other story here must end with is made true for this one too.
    await world.close()
    world = await World.open({ registry, services: ['web'] })
    liar.rules.push({ match: isUpdate, refuse: { status: 500, message: 'no' } })
    await release()
  })

  it('right tag, wrong content', async () => {
    liar.rules.push({
      match: get(/^\/containers\/json/),
      rewrite: (list) => (list as Container[]).map((one) => ({ ...one, ImageID: zeroImage })),
    })
    await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'wrong-digest' })
    expect(run.outputs.reason).toContain(zero)
    expect(await world.specDigests()).toEqual([zero])
  })

  it('one replica of two has other content', async () => {
    let wrong: string | undefined
    liar.rules.push({
      match: get(/^\/containers\/json/),
      rewrite: (list) =>
        (list as Container[]).map((one) => {
          if (!ranBefore.has(one.Id)) wrong ??= one.Id
          return one.Id === wrong ? { ...one, ImageID: zeroImage } : one
        }),
    })
    await release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'wrong-digest' })
    expect(await world.specDigests()).toEqual([zero])
  })

  it('one replica of two is missing', async () => {
    liar.rules.push({
      match: get(/^\/tasks/),
      rewrite: (list) => (list as RawTask[]).filter((task) => (task as RawTask & { Slot: number }).Slot !== 2),
    })
    await release({ timeout: '6s' })
    expect(['rolled-back', 'rollback-failed']).toContain(run.outputs.outcome)
    expect(run.outputs.reason, run.log).toContain('1 of 2 replicas')
  })

  it('hides replicas that die and come back', async () => {
    const start =
      '#!/bin/sh\nhttpd -f -p 8080 -h /www & web=$!\nif [ -n "$MODE" ]; then sleep 2 & wait $!; exit 1; fi\nwait $web\n'
    world.app.commit('dies again and again', { files: { 'app/start': start } })
    liar.rules.push({
      match: get(/^\/tasks/),
      rewrite: (list) => (list as RawTask[]).filter(({ Status }) => !/failed|complete|rejected/.test(Status.State)),
    })
    await release({ stability: '4s', timeout: '9s' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back' })
    expect(await world.specDigests()).toEqual([zero])
  })

  it('reports success, and then the old spec is back', async () => {
    const [before] = await world.services.list()
    let watched = false
    liar.rules.push({
      match: get(/^\/services\?/),
      rewrite: (list) =>
        watched
          ? (list as RawService[]).map((one) => ({ ...one, Spec: before?.Spec, UpdateStatus: undefined }))
          : undefined,
    })
    await release({ stability: '4s' }, (line) => (watched ||= line.includes('healthy, now watched')))
    expect(watched, run.log).toBe(true)
    expect(run.outputs, run.log).toMatchObject({ outcome: 'superseded', 'reason-code': 'another-rollout' })
  })

  it('reports success, and then the old tasks run again', async () => {
    const [service] = await world.services.list()
    const old = await engine<RawTask[]>(
      'GET',
      `/tasks?filters=${encodeURIComponent(JSON.stringify({ service: [service?.ID] }))}`,
    )
    let watched = false
    liar.rules.push({ match: get(/^\/tasks/), rewrite: () => (watched ? old : undefined) })
    await release({ stability: '4s', timeout: '8s' }, (line) => (watched ||= line.includes('healthy, now watched')))
    expect(watched, run.log).toBe(true)
    expect(['rolled-back', 'rollback-failed']).toContain(run.outputs.outcome)
  })

  it('accepts an update and does nothing', async () => {
    liar.rules.push({ match: isUpdate, refuse: { status: 200, message: '' } })
    await release({ timeout: '6s' })
    expect(run.outputs.outcome, run.log).toMatch(/superseded|failed|timed-out|rolled-back/)
    expect(await world.specDigests()).toEqual([zero])
    await world.serves(`v0 ${world.image}`, `v0 ${world.image}`)
  })

  it('accepts the way back and does nothing', async () => {
    const start =
      '#!/bin/sh\nhttpd -f -p 8080 -h /www & web=$!\nif [ -n "$MODE" ]; then sleep 3 & wait $!; exit 1; fi\nwait $web\n'
    world.app.commit('dies', { files: { 'app/start': start } })
    await release({ stability: '8s', timeout: '15s' }, (line) => {
      if (line.includes('Prove that every replica'))
        liar.rules.push({ match: isUpdate, refuse: { status: 200, message: '' } })
    })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rollback-failed', 'reason-code': 'restore-failed' })
    expect(run.result.state).toContain('a person is needed')
  })

  it('ignores the version index: a second writer’s change is not taken for ours', async () => {
    // The engine lets an outdated write through, here by putting another image into it.
    liar.rules.push({
      match: isUpdate,
      rewriteRequest: (body) => {
        const spec = body as RawService['Spec']
        spec.TaskTemplate.ContainerSpec.Image = `${world.image}:before@${zero}`
        return spec
      },
    })
    await release({ timeout: '6s' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'superseded' })
    await world.serves(`v0 ${world.image}`, `v0 ${world.image}`)
  })
})
