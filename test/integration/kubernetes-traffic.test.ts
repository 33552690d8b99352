// What clients see: a Service that is asked without pause through a rolling update, a switch of colours and the way back.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pinned } from '../../src/domain/image.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import { describeWith } from '../harness/lab.ts'
import { eventually } from '../harness/temp.ts'
import { ask, hammer } from './hammer.ts'
import { app, deployApp, openBench, podsOf, settle, stamp, type Bench, type ImageName } from './kubernetes-world.ts'

const drains = {
  pod: { terminationGracePeriodSeconds: 8 },
  container: { lifecycle: { preStop: { sleep: { seconds: 3 } } } },
}

describeWith('kubernetes', 'registry')('kubernetes traffic', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench({ images: ['v1', 'v2', 'v3', 'never-ready'], blueGreen: true })
  })
  afterAll(() => bench.close())

  async function serve(name: string, options = {}): Promise<string> {
    await deployApp(bench, app(name, pinned(bench.image('v1')), { ...drains, ...options }))
    const service = await bench.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
    })
    const url = `http://${(service['spec'] as { clusterIP: string }).clusterIP}/version`
    await eventually('the Service answers', () => ask(url).catch(() => undefined))
    return url
  }
  const deployment = async (name: string) =>
    (await bench.get(bench.path('deployment', name))).body as {
      metadata: { uid: string }
      spec: { replicas: number; template: object }
    }
  const selector = async (name: string) =>
    ((await bench.get(bench.path('service', name))).body as { spec: { selector: object } }).spec.selector
  const blueGreen = (name: string, more = {}) =>
    bench.target([name], { strategy: 'blue-green', activeService: name, ...more })
  const signal = new AbortController().signal

  it('a rolling update and its way back lose no request', { timeout: 120_000 }, async () => {
    const url = await serve('roll')
    const clients = hammer(url)
    const target = bench.target(['roll'])
    const image = bench.image('v2')
    const before = await target.current()
    expect((await settle(target, await target.replace(image, stamp(image), before))).workloads[0]?.state.is).toBe(
      'settled',
    )
    expect((await settle(target, await target.restore(before, stamp(image)))).workloads[0]?.state.is).toBe('settled')
    await clients.stop()
    await target.close()
    expect(clients.failures).toEqual([])
    expect(new Set(clients.seen.map(({ text }) => text))).toEqual(new Set(['v1', 'v2']))
  })

  it(
    'green is proven before it has traffic, gets all of it at once, and blue waits for the way back',
    { timeout: 180_000 },
    async () => {
      const url = await serve('shop')
      const first = await deployment('shop')
      const clients = hammer(url)
      const release = async (name: ImageName, from: string) => {
        const target = blueGreen('shop')
        const image = bench.image(name)
        const readiness = await target.check({ image, dryRun: false })
        expect(readiness.faults).toEqual([])
        const before = await target.current()
        const rollout = await target.replace(image, stamp(image), before)
        const observation = await settle(target, rollout)
        expect(observation.workloads[0]).toMatchObject({
          name: 'deployment/shop',
          state: { is: 'settled' },
          desired: 2,
        })
        const pods = observation.workloads[0]?.replicas.map(({ id }) => id)
        const prepared = Date.now()
        const door = await target.traffic?.beforeTraffic(rollout)
        expect(await ask(`${door?.url ?? ''}/version`)).toBe(name)
        await door?.close()
        expect(clients.seen.filter(({ at, text }) => at > prepared && text !== from)).toEqual([])

        const shifted = Date.now()
        await target.traffic?.shift(rollout, signal)
        const news = await eventually('an answer of green', () =>
          clients.seen.find(({ at, text }) => at >= shifted && text === name),
        )
        expect(news.at - shifted).toBeLessThan(2000) // the bench holds it to one second on a quiet machine
        await target.traffic?.finish(rollout)
        expect((await bench.get(bench.path('service', 'shop-preview'))).status).toBe(404)
        // The tested pods are the ones that serve.
        const after = await target.observe(rollout)
        expect(after.workloads[0]?.replicas.map(({ id }) => id)).toEqual(pods)
        const again = await target.current()
        expect(again.workloads).toMatchObject([
          { name: 'deployment/shop', digests: [image.digest], revision: image.revision },
        ])
        await target.close()
      }
      await release('v2', 'v1')
      expect(await selector('shop')).toEqual({ app: 'shop', 'dev.immutable-deploy.colour': 'shop-green' })
      const blue = await deployment('shop')
      expect(blue.spec).toEqual({ ...first.spec, replicas: 0 })

      // The way back: the very template that served before comes up again.
      await release('v1', 'v2')
      expect(await selector('shop')).toEqual({ app: 'shop' })
      expect((await deployment('shop')).spec.template).toEqual(first.spec.template)
      expect((await deployment('shop')).metadata.uid).toBe(first.metadata.uid)
      expect((await deployment('shop-green')).spec.replicas).toBe(0)

      await release('v3', 'v1')
      expect((await deployment('shop-green')).spec.replicas).toBe(2)
      await clients.stop()
      expect(clients.failures).toEqual([])
    },
  )

  it('a green that fails never gets a request; after the switch traffic goes back', { timeout: 120_000 }, async () => {
    const url = await serve('safe')
    const clients = hammer(url)
    const target = blueGreen('safe')
    const before = await target.current()
    const bad = bench.image('never-ready')
    const stuck = await target.replace(bad, stamp(bad), before)
    expect((await settle(target, stuck, 4000)).workloads[0]?.state.is).toBe('progressing')
    expect(await target.traffic?.shift(stuck, signal).catch(asDeployError)).toMatchObject({ code: 'unhealthy' })
    const back = await settle(target, await target.restore(before, stamp(bad)))
    expect(back.workloads[0]).toMatchObject({ name: 'deployment/safe', state: { is: 'settled' } })
    expect((await bench.get(bench.path('deployment', 'safe-green'))).status).toBe(404)
    expect(new Set(clients.seen.map(({ text }) => text))).toEqual(new Set(['v1']))

    const image = bench.image('v2')
    const rollout = await target.replace(image, stamp(image), before)
    await settle(target, rollout)
    await target.traffic?.shift(rollout, signal)
    const again = await settle(target, await target.restore(before, stamp(image)))
    expect(again.workloads[0]).toMatchObject({ state: { is: 'settled' } })
    expect(await selector('safe')).toEqual({ app: 'safe' })
    expect((await bench.get(bench.path('deployment', 'safe-green'))).status).toBe(404)
    await clients.stop()
    expect(clients.failures).toEqual([])
    expect(clients.seen.at(-1)?.text).toBe('v1')
    await target.close()
  })

  it('what somebody sets on blue while green comes up is named, not lost silently', { timeout: 120_000 }, async () => {
    await serve('rotated', { container: { ...drains.container, env: [{ name: 'PASSWORD', value: 'one' }] } })
    const warnings: string[] = []
    const target = bench.target(
      ['rotated'],
      { strategy: 'blue-green', activeService: 'rotated' },
      { onWarning: (text) => warnings.push(text) },
    )
    const image = bench.image('v2')
    const rollout = await target.replace(image, stamp(image), await target.current())
    const env = [{ name: 'PASSWORD', value: 'two' }]
    await bench.admin.request('PATCH', bench.path('deployment', 'rotated'), {
      body: { spec: { template: { spec: { containers: [{ name: 'web', env }] } } } },
      type: 'application/strategic-merge-patch+json',
    })
    expect((await settle(target, rollout)).workloads[0]?.state.is).toBe('settled')
    await target.traffic?.shift(rollout, signal)
    await target.traffic?.finish(rollout)
    const told = warnings.filter((text) => text.includes('PASSWORD'))
    expect(told).toEqual([expect.stringMatching(/deployment\/rotated was changed .*env PASSWORD of container web/)])
    expect(told.join()).not.toMatch(/one|two/)
    await target.close()
  })

  it('a switch by somebody else is left alone', { timeout: 60_000 }, async () => {
    await serve('other', { replicas: 1 })
    const target = blueGreen('other')
    const before = await target.current()
    const image = bench.image('v2')
    const rollout = await target.replace(image, stamp(image), before)
    await settle(target, rollout)
    const elsewhere = { app: 'elsewhere' }
    await bench.admin.request('PATCH', bench.path('service', 'other'), {
      body: { spec: { selector: elsewhere } },
      type: 'application/merge-patch+json',
    })
    expect(await target.traffic?.shift(rollout, signal).catch(asDeployError)).toMatchObject({ code: 'another-rollout' })
    expect(await selector('other')).toEqual(elsewhere)
    const { faults } = await blueGreen('other').check({ image: undefined, dryRun: false })
    expect(faults).toMatchObject([{ code: 'workload-not-found' }])
    await target.close()
  })

  it('leaves no preview, no lock and no pods of a colour that sleeps', async () => {
    const services = (await bench.get(bench.path('service'))).body as { items: { metadata: { name: string } }[] }
    expect(services.items.map(({ metadata }) => metadata.name).filter((name) => name.includes('preview'))).toEqual([])
    expect(((await bench.get(bench.path('lease'))).body as { items: unknown[] }).items).toEqual([])
    await eventually(
      'the sleeping colour is empty',
      async () => {
        // The pods of the other colour carry the labels that the Service’s file names, and one of ours.
        const pods = await podsOf(bench, 'shop')
        return pods.every(({ metadata }) => metadata.name.startsWith('shop-green-')) || undefined
      },
      20_000,
    )
  })
})
