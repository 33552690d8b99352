// What people copy, run: the examples with an image, a cluster and a namespace that are there, through act.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pinned } from '../../src/domain/image.ts'
import type { WorkflowOptions, WorkflowRun } from '../harness/act.ts'
import { runWorkflow } from '../harness/act.ts'
import { describeWith, need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import { dockerConfig } from '../harness/registry.ts'
import type { Shop } from '../integration/kubernetes-shop.ts'
import { Shop as KubernetesShop } from '../integration/kubernetes-shop.ts'
import { app as deploymentOf, deployApp } from '../integration/kubernetes-world.ts'
import { EcsShop } from './ecs-shop.ts'
import { World } from './world.ts'

/** An example with other values in the places that a user fills in. */
function example(name: string, values: Readonly<Record<string, string>>): string {
  let text = readFileSync(path.join(root, 'examples', `${name}.yml`), 'utf8')
  for (const [from, to] of Object.entries(values)) {
    expect(text, `${name}.yml has “${from}”`).toContain(from)
    text = text.replaceAll(from, to)
  }
  return text
}

const outputsOf = (run: WorkflowRun) =>
  Object.values(run.jobs)
    .flatMap(({ steps }) => steps)
    .filter(({ stage, outputs }) => stage === 'Main' && outputs['outcome'] !== undefined)
    .map(({ outputs }) => outputs)

describeWith(
  'docker',
  'registry',
  'kubernetes',
  'buildkit',
  'act',
)('on Kubernetes', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await KubernetesShop.open()
    for (const name of ['web', 'api', 'shop-eu', 'shop-us']) {
      await deployApp(shop.bench, deploymentOf(name, pinned(shop.bench.image('v1'))))
    }
  })
  afterAll(() => shop.close())

  const run = (workflows: Record<string, string>, more: Partial<WorkflowOptions> = {}) =>
    runWorkflow({
      app: shop.source,
      workflows,
      secrets: {
        KUBECONFIG: readFileSync(shop.bench.kubeconfig, 'utf8'),
        NPM_TOKEN: 'npm-token',
        TEST_PAYMENT_KEY: 'payment-key',
      },
      env: { DOCKER_HOST: need('docker').DOCKER_HOST },
      ...more,
    })
  const place = () => ({ 'namespace: shop': `namespace: ${shop.bench.namespace}` })

  it('kubernetes.yml releases, and rollback.yml goes back', async () => {
    const names = { 'ghcr.io/acme/shop': shop.image, ...place(), 'deployment/worker\n': 'deployment/api\n' }
    const release = { 'deploy.yml': example('kubernetes', { ...names, 'container: app': 'container: web' }) }
    const before = await run(release)
    expect(before.code, before.log).toBe(0)
    const [first] = outputsOf(before)
    expect(first).toMatchObject({ outcome: 'healthy' })
    shop.source.commit('second', { version: 'two' })
    const second = await run(release)
    expect(outputsOf(second), second.log).toMatchObject([{ outcome: 'healthy', 'previous-digest': first?.['digest'] }])

    const workload = { 'workload: deployment/web': 'workload: deployment/web,deployment/api' }
    const { 'deployment/worker\n': _, ...ofRollback } = names
    const back = await run(
      { 'rollback.yml': example('rollback', { ...ofRollback, ...workload }) },
      { event: 'workflow_dispatch', payload: { inputs: { environment: 'production', to: 'previous', reason: 'why' } } },
    )
    expect(back.code, back.log).toBe(0)
    expect(outputsOf(back).at(-1), back.log).toMatchObject({ outcome: 'healthy', digest: first?.['digest'] })
    for (const name of ['web', 'api']) expect(await shop.running(name)).toContain(first?.['digest'])
  })

  it('monorepo.yml releases each app that changed, with its own digest', async () => {
    const dockerfile = readFileSync(path.join(shop.source.dir, 'Dockerfile'), 'utf8')
    const files = (name: string) => ({
      [`apps/${name}/Dockerfile`]: dockerfile.replace(/^(EXPOSE)/m, `COPY apps/${name}/version /www/version\n$1`),
      [`apps/${name}/version`]: name,
    })
    const before = shop.source.commit('apps', { files: { ...files('web'), ...files('api') } })
    const text = example('monorepo', { 'ghcr.io/acme': path.dirname(shop.image), ...place() })
    const both = await run({ 'deploy.yml': text }, { payload: { before: '0'.repeat(40) } })
    expect(both.code, both.log).toBe(0)
    const digestOf = async (name: string) => (await shop.running(name)).split('@')[1]
    const [web, api] = [await digestOf('web'), await digestOf('api')]
    expect(web).not.toBe(api)

    shop.source.commit('web', { files: { 'apps/web/version': 'web two' } })
    const one = await run({ 'deploy.yml': text }, { payload: { before } })
    expect(one.code, one.log).toBe(0)
    expect(await digestOf('web')).not.toBe(web)
    expect(await digestOf('api')).toBe(api)
  })

  it('release.yml and reusable.yml: a pull request is built, a push goes by one digest to staging and two clusters', async () => {
    shop.source.git('rm', '--quiet', '-r', '--ignore-unmatch', '.github/workflows')
    shop.source.commit('deliver', { version: 'delivered' })
    const own = {
      'namespace: shop-staging': `namespace: ${shop.bench.namespace}`,
      'namespace: shop\n': `namespace: ${shop.bench.namespace}\n`,
    }
    const values = { 'ghcr.io/acme/shop': shop.image, ...own, STAGING_KUBECONFIG: 'KUBECONFIG' }
    const [build = '', production = ''] = example('reusable', values).split('\n  production:')
    const clusters = production.replace('workload: deployment/web', 'workload: deployment/${{ matrix.cluster }}')
    expect(clusters).not.toBe(production)
    // The command line of AWS, where the role has been assumed.
    const aws = `mkdirSync(process.env.RUNNER_TEMP + '/bin', { recursive: true })
writeFileSync(process.env.RUNNER_TEMP + '/bin/aws', '#!/bin/sh\\ncp ${shop.bench.kubeconfig} "$8"\\n', { mode: 0o700 })
appendFileSync(process.env.GITHUB_PATH, process.env.RUNNER_TEMP + '/bin\\n')`
    const workflows = {
      'deliver.yml': `${build}\n  production:${clusters}`,
      'release.yml': example('release', {
        'ghcr.io/${{ github.repository }}': `${shop.image}-proof`,
        '              - image: { user: "!root" }\n': '',
      }),
    }
    // Secrets of a build need buildx.
    const DOCKER_CONFIG = dockerConfig({}, { 'docker-buildx': need('buildkit').BUILDX_PLUGIN })
    const env = { DOCKER_HOST: need('docker').DOCKER_HOST, DOCKER_CONFIG }
    const payload = { pull_request: { number: 7 } }
    const pull = await run(workflows, { event: 'pull_request', payload, env })
    expect(pull.code, pull.log).toBe(0)
    expect(new Set(outputsOf(pull).map((outputs) => outputs['outcome'])), pull.log).toEqual(new Set(['checked']))
    expect(Object.keys(pull.jobs).toSorted()).not.toContain('production')

    const push = await run(workflows, { env, stubs: { 'aws-actions/configure-aws-credentials': aws } })
    expect(push.code, push.log).toBe(0)
    const delivered = outputsOf(push).filter((outputs) => outputs['image-ref']?.startsWith(`${shop.image}@`))
    expect(delivered).not.toEqual([])
    const digests = new Set(delivered.map((outputs) => outputs['digest']))
    expect(digests.size, push.log).toBe(1)
    const [digest = ''] = digests
    for (const name of ['web', 'shop-eu', 'shop-us']) expect(await shop.running(name)).toContain(digest)
    expect(push.stubs.map(({ inputs }) => inputs['AWS-REGION']).toSorted()).toEqual(['eu-central-1', 'us-east-1'])
  })
})

describeWith(
  'docker',
  'registry',
  'act',
)('on Swarm', () => {
  let world: World
  beforeAll(async () => {
    world = await World.open({ services: ['web', 'worker'], replicas: 1 })
  })
  afterAll(() => world.close())

  it('split-jobs.yml deploys one digest to staging and production', async () => {
    const [web = '', worker = ''] = world.services.names
    const text = example('split-jobs', { 'ghcr.io/acme/shop': world.image })
    const [first = '', second = ''] = text.split('  production:')
    const shared = (part: string, name: string) => part.replaceAll('workload: shop_web', `workload: ${name}`)
    const run = await runWorkflow({
      app: world.app,
      workflows: { 'deliver.yml': `${shared(first, web)}  production:${shared(second, worker)}` },
      env: { DOCKER_HOST: need('docker').DOCKER_HOST },
    })
    expect(run.code, run.log).toBe(0)
    const [built, ...deployed] = outputsOf(run)
    expect(built).toMatchObject({ outcome: 'released' })
    expect(deployed).toMatchObject([
      { outcome: 'healthy', digest: built?.['digest'] },
      { outcome: 'healthy', digest: built?.['digest'] },
    ])
    await world.serves('v1', 'v1')
  })
})

describeWith(
  'docker',
  'registry',
  'act',
)('on Amazon ECS', () => {
  let shop: EcsShop
  const site = createServer((request, response) => response.writeHead(request.url === '/healthz' ? 200 : 404).end())
  beforeAll(async () => {
    shop = await EcsShop.open()
    for (const name of ['web', 'worker']) await shop.create({}, { name, count: 1 })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    site.close()
    await shop.close()
  })

  it('ecs.yml replaces both services, with the role and the login that it names', async () => {
    const { image, app } = shop.world
    const { port } = site.address() as AddressInfo
    const text = example('ecs', {
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop': image,
      'cluster: production': 'cluster: default',
      'https://shop.example.com': `http://127.0.0.1:${String(port)}`,
    })
    const env = { DOCKER_HOST: need('docker').DOCKER_HOST, ...shop.double.env }
    const done = await runWorkflow({ app, workflows: { 'deploy.yml': text }, env })
    expect(done.code, done.log).toBe(0)
    const [outputs] = outputsOf(done)
    expect(outputs, done.log).toMatchObject({ outcome: 'healthy' })
    expect([...shop.digests('web'), ...shop.digests('worker')]).toEqual([outputs?.['digest'], outputs?.['digest']])
    expect(done.stubs.map(({ uses }) => uses.split('@')[0])).toEqual([
      'aws-actions/configure-aws-credentials',
      'aws-actions/amazon-ecr-login',
    ])
  })
})
