// The actions as the runner starts them, from a commit to a Deployment and back, under exactly the Role of the docs.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../src/domain/result.ts'
import { pinned } from '../../src/domain/image.ts'
import { makeApp, type App } from '../harness/images.ts'
import { describeWith, need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import { runAction, type RunOptions } from '../harness/runner.ts'
import { eventually } from '../harness/temp.ts'
import { app as deploymentOf, deployApp, openBench, podsOf, type Bench } from './kubernetes-world.ts'

/** Only in the cluster: the smoke test does not set MODE. */
const onlyThere = (script: string) => {
  const serve = `httpd -f -p 8080 -h /www & web=$!\ntrap 'kill $web 2>/dev/null; exit 0' TERM INT`
  return { files: { 'app/start': `#!/bin/sh\n${serve}\nif [ -n "$MODE" ]; then\n${script}\nfi\nwait $web\n` } }
}

describeWith(
  'docker',
  'registry',
  'kubernetes',
)('a release to Kubernetes', () => {
  let bench: Bench
  let source: App
  let image: string
  beforeAll(async () => {
    bench = await openBench({ images: ['v1'], blueGreen: true })
    source = makeApp('healthy', { version: 'one' })
    image = `${bench.registry.host}/k8s/shop`
    const env = { container: { env: [{ name: 'MODE', value: 'cluster' }] } }
    await deployApp(bench, deploymentOf('shop', pinned(bench.image('v1')), env))
    await deployApp(bench, deploymentOf('colour', pinned(bench.image('v1')), env))
    await bench.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'colour' },
      spec: { selector: { app: 'colour' }, ports: [{ port: 80, targetPort: 8080 }] },
    })
  })
  afterAll(async () => {
    source.remove()
    await bench.close()
  })

  async function run(more: Record<string, string> = {}, options: RunOptions = {}) {
    const told = await runAction({
      workspace: source.dir,
      ...options,
      inputs: {
        image,
        container: 'web',
        'deploy-to': 'kubernetes',
        workload: 'shop',
        environment: 'test',
        stability: '1s',
        timeout: '90s',
        ...more,
      },
      env: { DOCKER_HOST: need('docker').DOCKER_HOST, KUBECONFIG: bench.kubeconfig, ...options.env },
      github: { sha: source.revision, ...options.github },
    })
    return { ...told, result: JSON.parse(told.outputs['result'] ?? 'null') as Result }
  }
  const ready = async (name: string) => {
    const { body } = await bench.get(bench.path('deployment', name))
    return (body as { status: { readyReplicas?: number } }).status.readyReplicas ?? 0
  }
  const rollback = (more: Record<string, string> = {}) => run(more, { action: `${root}/rollback` })
  const running = async (name = 'shop') => {
    const { body } = await bench.get(bench.path('deployment', name))
    return (body as { spec: { template: { spec: { containers: { image: string }[] } } } }).spec.template.spec
      .containers[0]!.image
  }
  const proxies = () =>
    readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(bench.kubeconfig)
      } catch {
        return false
      }
    })

  it('goes from the commit to proven pods, and says unchanged the second time', { timeout: 120_000 }, async () => {
    const first = await run()
    expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy', revision: source.revision })
    expect(await running()).toBe(`${image}@${first.outputs['digest'] ?? ''}`)
    expect(first.result.workloads).toMatchObject([
      { name: 'deployment/shop', verdict: 'healthy', replicas: '2/2', namespace: bench.namespace },
    ])
    const pods = (await podsOf(bench, 'shop')).map(({ metadata }) => metadata.uid).sort()
    const second = await run()
    expect(second.outputs, second.log).toMatchObject({ outcome: 'unchanged', reused: 'true' })
    expect((await podsOf(bench, 'shop')).map(({ metadata }) => metadata.uid).sort()).toEqual(pods)
  })

  it(
    'a version that only crashes in the cluster is taken back, with its last words',
    { timeout: 120_000 },
    async () => {
      const good = await running()
      source.commit('crashes', { version: 'crashes', ...onlyThere('echo "fatal: no database" >&2; exit 4') })
      const told = await run()
      expect(told.outputs, told.log).toMatchObject({
        outcome: 'rolled-back',
        'reason-code': 'crash-on-start',
        'rolled-back': 'true',
      })
      expect(told.result.evidence?.join('\n')).toContain('fatal: no database')
      expect(await running()).toBe(good)
      expect(told.summary).toContain('rolled-back')
    },
  )

  it('a time-out names the probe', { timeout: 120_000 }, async () => {
    source.commit('never ready', { version: 'never', ...onlyThere('rm -f /www/healthz') })
    const told = await run({ timeout: '12s' })
    expect(told.outputs, told.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'unhealthy' })
    expect(told.outputs['reason']).toContain('readiness probe GET :8080/healthz')
  })

  it('rolls back by hand, also when the registry is gone', { timeout: 180_000 }, async () => {
    const one = await running()
    source.commit('two', { version: 'two', files: { 'app/start': plain } })
    const two = await run()
    expect(two.outputs, two.log).toMatchObject({ outcome: 'healthy' })
    const back = await rollback()
    expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy' })
    expect(await running()).toBe(one)
    await bench.registry.stop()
    try {
      const forth = await rollback({ to: two.outputs['digest'] ?? '' })
      expect(forth.outputs, forth.log).toMatchObject({ outcome: 'healthy' })
      expect(await running()).toBe(`${image}@${two.outputs['digest'] ?? ''}`)
    } finally {
      await bench.registry.start()
    }
    const refused = await rollback({ to: '0123456789' })
    expect(refused.outcome).toBe('failure')
  })

  describe.each([
    ['cancelled', 'cancelOn'],
    ['killed', 'killOn'],
    ['lost with its machine', 'loseOn'],
  ] as const)('%s', (_how, option) => {
    it.each([
      ['preflight', /::group::Ask everything at once/],
      ...(option === 'loseOn'
        ? []
        : ([
            ['build', /::group::Build /],
            ['smoke', /::group::Smoke-test /],
            ['promote', /::group::Promote /],
          ] as const)),
      ['rollout', /::group::Replace /],
      ['verify', /::group::Prove that every replica/],
    ] as const)(
      'in %s: nothing of ours runs on, and the next run of the commit ends well',
      async (step, line) => {
        source.commit(`${option} ${step}`, { version: `${option} ${step}`, files: { 'app/start': plain } })
        const github = { run_id: String(Date.now()) }
        const ended = await run({ stability: '3s' }, { github, [option]: line })
        expect(ended.outcome, ended.log).not.toBe('success')
        await eventually('no kubectl of ours', () => proxies().length === 0 || undefined, 10_000)
        const again = await run({}, { github: { ...github, run_attempt: '2' } })
        expect(['healthy', 'unchanged'], again.log).toContain(again.outputs['outcome'])
        expect(await running()).toBe(`${image}@${again.outputs['digest'] ?? ''}`)
        expect(((await bench.get(bench.path('lease'))).body as { items: unknown[] }).items).toEqual([])
      },
      120_000,
    )
  })

  const colours = { workload: 'colour', strategy: 'blue-green', 'active-service': 'colour', environment: 'colours' }
  const selector = async () => {
    const { body } = await bench.get(bench.path('service', 'colour'))
    return (body as { spec: { selector: Record<string, string> } }).spec.selector['app'] ?? ''
  }

  it(
    'blue-green: released, taken back when the preview fails, and rolled back by hand',
    { timeout: 240_000 },
    async () => {
      source.commit('green', { version: 'green', files: { 'app/start': plain } })
      const told = await run(colours)
      expect(told.outputs, told.log).toMatchObject({ outcome: 'healthy' })
      expect(await selector()).toBe('colour-green')
      expect(await running('colour-green')).toBe(`${image}@${told.outputs['digest'] ?? ''}`)

      const blue = makeNext()
      const next = await run({
        ...colours,
        'live-checks': 'checks: [{http: GET /version -> 200}]',
        url: 'http://127.0.0.1:1',
      })
      // The preview answered as it should; the address of the live checks does not: back to green.
      expect(next.outputs, next.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'live-check-failed' })
      expect(await selector()).toBe('colour-green')
      expect(blue).not.toBe('')

      const third = await run(colours)
      expect(third.outputs, third.log).toMatchObject({ outcome: 'healthy' })
      expect(await selector()).toBe('colour')
      const back = await rollback(colours)
      expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy', digest: told.outputs['digest'] })
      expect(await selector()).toBe('colour-green')

      function makeNext(): string {
        return source.commit('blue', { version: 'blue', files: { 'app/start': plain } })
      }
    },
  )

  it.each([
    ['cancelled while green comes up', 'cancelOn', /::group::Prove that every replica/],
    ['cancelled while it bakes', 'cancelOn', /::group::Keep the old version/],
    ['killed while green comes up', 'killOn', /::group::Prove that every replica/],
    ['killed while the traffic moves', 'killOn', /::group::Move the traffic/],
  ] as const)(
    'blue-green: %s: the Service is served all along, and the next run of the commit ends well',
    async (what, option, line) => {
      source.commit(what, { version: what, files: { 'app/start': plain } })
      const github = { run_id: String(Date.now()) }
      const before = await selector()
      const ended = await run({ ...colours, bake: '3s' }, { github, [option]: line })
      expect(ended.outcome, ended.log).not.toBe('success')
      const served = await selector()
      if (line.source.includes('Prove')) expect(served).toBe(before)
      expect(await ready(served)).toBeGreaterThan(0)
      const again = await run({ ...colours, bake: '1s' }, { github: { ...github, run_attempt: '2' } })
      expect(['healthy', 'unchanged'], again.log).toContain(again.outputs['outcome'])
      expect(await running(await selector())).toBe(`${image}@${again.outputs['digest'] ?? ''}`)
      expect((await bench.get(bench.path('service', 'colour-preview'))).status).toBe(404)
      expect(((await bench.get(bench.path('lease'))).body as { items: unknown[] }).items).toEqual([])
    },
    120_000,
  )
})

const plain = `#!/bin/sh
httpd -f -p 8080 -h /www & web=$!
trap 'kill $web 2>/dev/null; exit 0' TERM INT
wait $web
`
