// A team goes on to use its files with kubectl after a blue-green release: the Service keeps its endpoints, and the next release repairs.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { EMPTY_HISTORY } from '../../src/domain/history.ts'
import { describeWith, need } from '../harness/lab.ts'
import { eventually, tempDir } from '../harness/temp.ts'
import { app, openBench, pinned, settle, stamp, type Bench, type ImageName } from './kubernetes-world.ts'

const COLOUR = 'dev.immutable-deploy.colour'
const HASH = 'pod-template-hash'

describeWith('kubernetes', 'registry')('kubectl after a blue-green release', () => {
  let bench: Bench
  let sequence = 0
  beforeAll(async () => {
    bench = await openBench({ images: ['v1', 'v2', 'v3'], blueGreen: true })
  })
  afterAll(() => bench.close())

  const kubectl = async (args: readonly string[], env: Record<string, string> = {}) => {
    const options = { env: { ...process.env, KUBECONFIG: need('kubernetes').KUBECONFIG, ...env } }
    return (await promisify(execFile)('kubectl', ['--namespace', bench.namespace, ...args], options)).stdout
  }
  /** The team's own files, as they were before the first release. */
  const files = (name: string, own: Record<string, string> = {}) => {
    const folder = tempDir('team')
    const service = path.join(folder, 'service.yml')
    const spec = { selector: { app: name, ...own }, ports: [{ port: 80, targetPort: 8080 }] }
    writeFileSync(service, stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }))
    const deployment = path.join(folder, 'deployment.yml')
    const object = app(name, pinned(bench.image('v1')), { replicas: 1 })
    const template = (object['spec'] as { template: { metadata: { labels: object } } }).template
    template.metadata.labels = { app: name, ...own }
    writeFileSync(deployment, stringify(object))
    return { folder, service, deployment, object }
  }
  const start = async (name: string, own: Record<string, string> = {}) => {
    const team = files(name, own)
    await kubectl(['apply', '--filename', team.service])
    await kubectl(['apply', '--filename', team.deployment])
    await kubectl(['rollout', 'status', `deployment/${name}`, '--timeout', '60s'])
    return team
  }
  const release = async (name: string, version: ImageName) => {
    const target = bench.target([name], { strategy: 'blue-green', activeService: name })
    try {
      const image = bench.image(version)
      const readiness = await target.check({ image, dryRun: false })
      expect(readiness.faults).toEqual([])
      const [serving = '', comes = ''] = readiness.plan
      const rollout = await target.replace(image, stamp(image), await target.current())
      // What is live is not what changes.
      const { id } = rollout.workloads[0]?.handle as { id: { label: string } }
      expect(comes.startsWith(`${id.label} `)).toBe(true)
      expect(comes).toContain(pinned(image))
      expect(serving).not.toBe(`the Service ${name} serves ${id.label.replace('deployment/', '')}`)
      expect((await settle(target, rollout)).workloads[0]?.state).toEqual({ is: 'settled' })
      await target.traffic?.shift(rollout, new AbortController().signal)
      const verified = { digest: image.digest, sequence: ++sequence }
      await target.record?.({ ...EMPTY_HISTORY, verified: [verified] }, rollout)
      await target.traffic?.finish(rollout)
      const { plan } = await target.check({ image, dryRun: true })
      expect(plan).toEqual([
        expect.stringMatching(/^the Service .* is set to that image already: nothing is switched$/),
      ])
      return readiness
    } finally {
      await target.close()
    }
  }
  const selector = async (name: string) => {
    const { body } = await bench.get(bench.path('service', name))
    return (body as { spec: { selector: Record<string, string> } }).spec.selector
  }
  /** Images behind the Service's ready endpoints. */
  const served = async (name: string) => {
    const query = `?labelSelector=kubernetes.io%2Fservice-name%3D${name}`
    const slices = (await bench.get(bench.path('endpointslice') + query)).body as {
      items: { endpoints?: { conditions: { ready: boolean }; targetRef: { name: string } }[] | null }[]
    }
    const ready = slices.items.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions.ready)
    const pods = await Promise.all(ready.map(({ targetRef }) => bench.get(bench.path('pod', targetRef.name))))
    const images = pods.flatMap(
      ({ body }) => (body as { spec?: { containers: { image: string }[] } }).spec?.containers ?? [],
    )
    return [...new Set(images.map(({ image }) => image))]
  }
  const serves = async (name: string, version: ImageName) => {
    const wanted = pinned(bench.image(version))
    await eventually(`${name} serves ${version} alone`, async () => {
      const images = await served(name)
      return (images.length === 1 && images[0] === wanted) || undefined
    })
    // And it stays so.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await served(name)).toEqual([wanted])
  }

  it('applying, replacing or editing unchanged files keeps the endpoints', { timeout: 240_000 }, async () => {
    const team = await start('shop')
    await release('shop', 'v2')
    expect(await selector('shop')).toEqual({ app: 'shop', [COLOUR]: 'shop-green' })
    await serves('shop', 'v2')

    await kubectl(['apply', '--filename', team.folder])
    expect(await selector('shop')).toEqual({ app: 'shop', [COLOUR]: 'shop-green' })
    await kubectl(['rollout', 'status', 'deployment/shop', '--timeout', '60s'])
    await serves('shop', 'v2')
    await kubectl(['scale', 'deployment/shop', '--replicas', '0'])

    const refused = await kubectl(['apply', '--server-side', '--filename', team.service]).catch(String)
    expect(refused).toContain('conflict')
    await serves('shop', 'v2')
    await kubectl(['edit', 'service/shop'], { KUBE_EDITOR: 'sed -i s/targetPort:.8080/targetPort:\\ 8080/' })
    await serves('shop', 'v2')

    for (const args of [['replace'], ['apply', '--server-side', '--force-conflicts']]) {
      await kubectl([...args, '--filename', team.service])
      expect(await selector('shop')).toEqual({ app: 'shop' })
      await serves('shop', 'v2')
    }
    const { warnings, plan } = await release('shop', 'v3')
    expect(warnings.join()).toContain('shop-green is taken as the version that serves')
    expect(plan.join('\n')).toContain('the Service shop serves shop-green')
    // The team’s own Deployment serves: the Service is exactly as its file has it.
    expect(await selector('shop')).toEqual({ app: 'shop' })
    await serves('shop', 'v3')
    await kubectl(['apply', '--filename', team.service])
    await serves('shop', 'v3')
  })

  it(
    'all files applied by force while a release serves: the next one finds the version that was verified',
    { timeout: 120_000 },
    async () => {
      const team = await start('force')
      await release('force', 'v2')
      await kubectl(['apply', '--filename', team.deployment])
      await kubectl(['replace', '--filename', team.service])
      await kubectl(['rollout', 'status', 'deployment/force', '--timeout', '60s'])
      await eventually('both serve', async () => (await served('force')).length === 2 || undefined)
      const { plan } = await release('force', 'v3')
      expect(plan.join('\n')).toContain('the Service force serves force-green')
      await serves('force', 'v3')
    },
  )

  it('a colour key of the team’s own stays the team’s', { timeout: 120_000 }, async () => {
    const team = await start('own', { color: 'blue' })
    await release('own', 'v2')
    expect(await selector('own')).toEqual({ app: 'own', color: 'blue', [COLOUR]: 'own-green' })
    await kubectl(['apply', '--filename', team.service])
    await serves('own', 'v2')
  })

  it.each([
    ['nothing: the colour that it names is gone', { app: 'odd', [COLOUR]: 'odd-purple' }],
    ['nothing: a killed run left the mark of pods that are gone', { app: 'odd', [HASH]: 'gone' }],
    ['pods of both colours', { app: 'odd' }],
    ['nothing: another key was changed by hand', { app: 'odd-green', [COLOUR]: 'odd-green' }],
  ])('repairs a Service that selects %s', { timeout: 120_000 }, async (_, odd) => {
    if ((await bench.get(bench.path('service', 'odd'))).status === 404) {
      await start('odd')
      await release('odd', 'v2')
    }
    const before = (await selector('odd'))[COLOUR] === 'odd-green' ? 'v2' : 'v3'
    const body = [{ op: 'replace', path: '/spec/selector', value: odd }]
    await bench.admin.request('PATCH', bench.path('service', 'odd'), { body, type: 'application/json-patch+json' })
    await release('odd', before === 'v2' ? 'v3' : 'v2')
    await serves('odd', before === 'v2' ? 'v3' : 'v2')
    const now = await selector('odd')
    expect(now['app']).toBe('odd')
    expect(now[HASH]).toBeUndefined()
  })

  it(
    'a failed release leaves the Service as its file has it, and no request reaches the new version',
    { timeout: 120_000 },
    async () => {
      await start('back')
      const target = bench.target(['back'], { strategy: 'blue-green', activeService: 'back' })
      const image = bench.image('v2')
      const before = await target.current()
      const rollout = await target.replace(image, stamp(image), before)
      await settle(target, rollout)
      expect(await selector('back')).toMatchObject({ app: 'back', [HASH]: expect.any(String) as unknown })
      await serves('back', 'v1')
      await target.traffic?.shift(rollout, new AbortController().signal)
      await serves('back', 'v2')
      await target.restore(before, stamp(image))
      expect(await selector('back')).toEqual({ app: 'back' })
      await serves('back', 'v1')
      await target.close()
    },
  )

  it(
    'two Deployments of the team’s own are switched by the key in which they differ',
    { timeout: 120_000 },
    async () => {
      const { object } = files('pair-blue')
      for (const colour of ['blue', 'green']) {
        const labels = { app: 'pair', color: colour }
        const one = structuredClone(object) as {
          metadata: object
          spec: { replicas: number; selector: object; template: { metadata: object } }
        }
        one.metadata = { name: `pair-${colour}` }
        one.spec.selector = { matchLabels: labels }
        one.spec.template.metadata = { labels }
        one.spec.replicas = colour === 'blue' ? 1 : 0
        await bench.apply(one)
      }
      await kubectl(['rollout', 'status', 'deployment/pair-blue', '--timeout', '60s'])
      await bench.apply({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'pair-blue' },
        spec: { selector: { app: 'pair', color: 'blue' }, ports: [{ port: 80, targetPort: 8080 }] },
      })
      await release('pair-blue', 'v2')
      expect(await selector('pair-blue')).toEqual({ app: 'pair', color: 'green' })
      await serves('pair-blue', 'v2')
    },
  )
})
