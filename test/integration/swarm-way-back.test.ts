// The way back takes back what the run changed; what others changed during the rollout stays.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { PinnedImage } from '../../src/domain/image.ts'
import { LABEL } from '../../src/domain/labels.ts'
import type { Observation, Rollout, Target } from '../../src/ports.ts'
import { imageText } from '../../src/targets/swarm/spec.ts'
import type { RawSpec } from '../contract/swarm-world.ts'
import { docker, forget, publish, SwarmServices, swarmRequest, swarmTarget } from '../contract/swarm-world.ts'
import { stampFor, watchUntil } from '../contract/target-contract.ts'
import { describeWith } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'

const decided = ({ workloads }: Observation): boolean => workloads.every(({ state }) => state.is !== 'progressing')
const states = ({ workloads }: Observation): string[] => workloads.map(({ state }) => state.is)

describeWith('docker', 'registry')('the way back in a Swarm', () => {
  let registry: TestRegistry
  let v1: PinnedImage
  let v2: PinnedImage
  let services: SwarmServices
  let target: Target

  beforeAll(async () => {
    registry = await startRegistry()
    v1 = await publish(registry, 'v1', 'healthy', { version: 'v1' })
    v2 = await publish(registry, 'v2', 'healthy', { version: 'v2' })
  })
  afterAll(async () => {
    await forget(v1, v2)
    await registry.stop()
  })
  afterEach(async () => {
    await target.close()
    await services.remove()
  })

  async function start(...names: string[]): Promise<void> {
    services = new SwarmServices(...names)
    await services.create(imageText(v1), undefined, 1)
    await services.running(names.length)
    target = await swarmTarget(swarmRequest(services.names), {})
  }
  async function release() {
    const before = await target.current()
    const stamp = stampFor(v2)
    return { before, stamp, rollout: await target.replace(v2, stamp, before) }
  }
  const specs = async () => (await services.list()).map(({ Spec }) => Spec)
  const settle = (rollout: Rollout<unknown>) => watchUntil(target, rollout, decided, 40_000)
  const container = (spec: RawSpec | undefined) => spec?.TaskTemplate.ContainerSpec ?? { Image: '' }

  it.each<[string, (spec: RawSpec) => void, (spec: RawSpec) => unknown, unknown]>([
    [
      'a rotated variable',
      (spec) => void (spec.TaskTemplate.ContainerSpec.Env = ['MODE=test', 'EMPTY=', 'ROTATED=new']),
      (spec) => spec.TaskTemplate.ContainerSpec.Env,
      ['MODE=test', 'EMPTY=', 'ROTATED=new'],
    ],
    [
      'more replicas',
      (spec) => void (spec.Mode = { Replicated: { Replicas: 3 } }),
      (spec) => spec.Mode,
      { Replicated: { Replicas: 3 } },
    ],
    ['a forced update', (spec) => void (spec.TaskTemplate.ForceUpdate = 1), (spec) => spec.TaskTemplate.ForceUpdate, 1],
    ['a label', (spec) => void (spec.Labels.route = 'new'), (spec) => spec.Labels.route, 'new'],
    [
      'a memory limit',
      (spec) => void (spec.TaskTemplate.Resources = { Limits: { MemoryBytes: 64 * 1024 * 1024 } }),
      (spec) => spec.TaskTemplate.Resources,
      { Limits: { MemoryBytes: 64 * 1024 * 1024 } },
    ],
    [
      'update rules',
      (spec) => void (spec.UpdateConfig = { ...spec.UpdateConfig, Delay: 7_000_000, Parallelism: 2 }),
      (spec) => [spec.UpdateConfig?.Delay, spec.UpdateConfig?.Parallelism],
      [7_000_000, 2],
    ],
  ])('keeps %s that somebody set during the rollout', async (_, change, read, expected) => {
    await start('web')
    const [original] = await specs()
    const { before, stamp } = await release()
    await services.update((spec) => {
      change(spec)
    })
    const back = await target.restore(before, stamp)
    const [spec] = await specs()
    expect(container(spec).Image).toBe(imageText(v1))
    expect(read(spec as RawSpec)).toEqual(expected)
    expect(Object.keys(spec?.Labels ?? {}).filter((key) => key.startsWith('dev.immutable-deploy'))).toEqual([])
    expect(spec?.UpdateConfig).toMatchObject({ Order: original?.UpdateConfig?.Order ?? 'stop-first' })
    expect(states(await settle(back))).toEqual(['settled'])
  })

  it('keeps a service at zero that somebody scaled there, with the image of before', async () => {
    await start('web')
    const { before, stamp } = await release()
    await services.update((spec) => (spec.Mode = { Replicated: { Replicas: 0 } }) as never)
    await target.restore(before, stamp)
    const [spec] = await specs()
    expect([container(spec).Image, spec?.Mode]).toEqual([imageText(v1), { Replicated: { Replicas: 0 } }])
  })

  it('leaves a service alone that the run never reached, whatever others changed in it', async () => {
    await start('web', 'worker')
    const before = await target.current()
    const [, worker = ''] = services.names
    await services.update((spec) => (spec.TaskTemplate.ContainerSpec.Env = ['ROTATED=new']) as never, [worker])
    const back = await target.restore(before, stampFor(v2))
    const all = await specs()
    expect(container(all.find(({ Name }) => Name === worker)).Env).toEqual(['ROTATED=new'])
    expect(states(await settle(back))).toEqual(['settled', 'settled'])
  })

  it('proves a service whose only replica was just being restarted at the first look', async () => {
    await start('web')
    const running = await docker('ps', '--quiet', '--filter', `name=${services.names[0] ?? ''}`)
    await docker('kill', running.trim())
    let before = await target.current()
    for (let tries = 0; before.workloads[0]?.digests.length !== 0 && tries < 20; tries += 1) {
      before = await target.current()
    }
    const stamp = stampFor(v2)
    const { workloads } = await target.replace(v2, stamp, before)
    expect(workloads).toHaveLength(1)
    const back = await target.restore(before, stamp)
    expect([...(back.workloads[0]?.accepted ?? [])]).toEqual([v1.digest])
    const observation = await settle(back)
    expect(states(observation)).toEqual(['settled'])
    expect(observation.workloads[0]?.replicas.map(({ digest }) => digest)).toEqual([v1.digest])
  })

  it('brings the settings of the version before back where that is asked for, and takes them away again', async () => {
    await start('web')
    await services.update((spec) => {
      spec.TaskTemplate.ContainerSpec = { ...spec.TaskTemplate.ContainerSpec, Image: imageText(v2), Env: ['MODE=new'] }
    })
    const before = await target.current()
    expect(await target.version?.(v2.digest)).toBeUndefined()
    const earlier = await target.version?.(v1.digest)
    expect(earlier?.workloads).toMatchObject([{ digests: [v1.digest], differingSettings: ['environment'] }])
    const stamp = stampFor(v1)
    const rollout = await target.restore(earlier ?? before, stamp)
    const [then] = await specs()
    expect([container(then).Image, container(then).Env]).toEqual([imageText(v1), ['MODE=test', 'EMPTY=']])
    expect(then?.Labels[LABEL.digest]).toBe(v1.digest)
    expect(states(await settle(rollout))).toEqual(['settled'])
    await target.restore(before, stamp)
    const [now] = await specs()
    expect([container(now).Image, container(now).Env]).toEqual([imageText(v2), ['MODE=new']])
  })

  it('keeps the history that stands in the labels', async () => {
    await start('web')
    await services.update((spec) => (spec.Labels[LABEL.history] = '{}') as never)
    const { before, stamp } = await release()
    await target.restore(before, stamp)
    expect((await specs())[0]?.Labels[LABEL.history]).toBe('{}')
  })
})
