// Pull requests on Amazon ECS through the published bundle: the role may touch services with names of previews only.
import { CreateServiceCommand, TagResourceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { policy } from '../../src/targets/ecs/policy.ts'
import type { Policy } from '../harness/aws/policy.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { openPull, pullJob } from '../harness/github/pull.ts'
import { describeWith, need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import type { RunOptions } from '../harness/runner.ts'
import { runAction } from '../harness/runner.ts'
import { tempDir } from '../harness/temp.ts'
import { EcsShop, OLD } from './ecs-shop.ts'
import { freshRun } from './world.ts'

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-test-1:123456789012:targetgroup/shop/1'
const AWSVPC = { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } } as const

describeWith('docker', 'registry')('previews on Amazon ECS', () => {
  let shop: EcsShop
  let github: GitHubDouble
  let page: Server
  let port = 0
  let app = ''

  beforeEach(async () => {
    shop = await EcsShop.open({ policy: policy('previews') as Policy }, { registryOptions: { delete: true } })
    github = await startGitHub()
    page = createServer((_, response) => response.end('ok'))
    await new Promise<void>((resolve) => {
      page.listen(0, '127.0.0.1', resolve)
    })
    port = (page.address() as AddressInfo).port
    app = shop.world.image.split('/').at(-1) ?? ''
    files()
    open(7)
  })
  afterEach(async () => {
    page.close()
    expect(github.violations).toEqual([])
    await github.close()
    await shop.close()
  })

  /** Production's own files: a load balancer, a registry, blue-green, alarms. */
  function files(more: { service?: object; definition?: object } = {}): void {
    const definition = {
      family: 'shop',
      networkMode: 'awsvpc',
      containerDefinitions: [
        {
          name: 'app',
          image: `${shop.world.image}:x`,
          portMappings: [{ containerPort: port }],
          environment: [{ name: 'BASE', value: '/pr/${number}' }],
        },
      ],
      ...more.definition,
    }
    const service = {
      serviceName: 'web',
      desiredCount: 1,
      networkConfiguration: AWSVPC,
      healthCheckGracePeriodSeconds: 30,
      loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: 'app', containerPort: port }],
      serviceRegistries: [{ registryArn: 'arn:aws:servicediscovery:eu-test-1:123456789012:service/srv-1' }],
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30, maximumPercent: 200 },
      ...more.service,
    }
    const documents = { 'taskdef.json': JSON.stringify(definition), 'service.json': JSON.stringify(service) }
    const sha = shop.world.app.commit('files', { files: documents })
    for (const pull of github.world.pulls) Object.assign(pull, { head: { ...pull.head, sha } })
    know(sha)
  }

  function know(sha: string): void {
    github.world.refs.set(sha, sha)
    github.world.ancestors.set(sha, [])
  }

  function open(number: number): void {
    openPull(github, { number, head: { sha: shop.world.app.revision } })
  }

  async function preview(inputs: Record<string, string> = {}, options: RunOptions = {}) {
    const names = { image: shop.world.image, 'deploy-to': 'ecs', manifests: 'taskdef.json\nservice.json' }
    return runAction({
      action: `${root}/preview`,
      workspace: shop.world.app.dir,
      ...options,
      inputs: { ...names, stability: '300ms', timeout: '30s', ...inputs },
      env: { DOCKER_HOST: need('docker').DOCKER_HOST, ...shop.double.env, ...options.env },
      github: { ...pullJob(github), ...freshRun(), ...options.github },
    })
  }

  /** As GitHub starts a run for an event of the pull request. */
  function on(action: string, number = 7, inputs: Record<string, string> = {}) {
    const pull = github.world.pulls.find((one) => one.number === number)
    if (!pull) throw new Error('no pull request')
    const { sha, ref } = pull.head
    const head = { sha, ref, repo: { full_name: 'acme/shop', owner: { login: 'acme' } } }
    const event = { action, repository: { full_name: 'acme/shop' }, pull_request: { number, title: 'x', head } }
    const workspace = action === 'closed' ? { workspace: tempDir('no-checkout') } : {}
    return preview(inputs, { event, ...workspace, github: { event_name: 'pull_request' } })
  }

  const sweep = (inputs: Record<string, string> = {}) =>
    preview({ mode: 'sweep', ...inputs }, { github: { event_name: 'schedule' }, workspace: tempDir('no-checkout') })
  const names = () =>
    [...shop.double.world.services.values()].filter(({ status }) => status === 'ACTIVE').map(({ name }) => name)
  const name = (number = 7) => `${app}-pr-${String(number)}`
  const tag = (service: string, key: string) =>
    shop.service(service).tags.find((one) => one.key === `dev.immutable-deploy.${key}`)?.value

  const taskIds = (service: string) =>
    [...shop.double.world.tasks.values()]
      .filter((task) => task.service === service && task.desiredStatus === 'RUNNING')
      .map(({ id }) => id)

  it('come with a family of their own and no door of production, are replaced, and go', async () => {
    await shop.create({}, { name: 'web' })
    const production = JSON.stringify(shop.service('web'))
    const tasks = shop.digests('web')
    const first = await on('opened')
    expect(first.outputs, first.log).toMatchObject({
      outcome: 'healthy',
      name: name(),
      url: `http://127.0.0.1:${String(port)}`,
    })
    expect(names()).toEqual(['web', name()])
    expect(shop.digests(name())).toEqual([first.outputs.digest])
    const [created] = shop.double.calls('CreateService')
    expect(created?.input).toMatchObject({ serviceName: name(), loadBalancers: [], serviceRegistries: [] })
    expect(created?.input).not.toHaveProperty('healthCheckGracePeriodSeconds')
    expect(created?.input.deploymentConfiguration).toEqual({ maximumPercent: 200 })
    const { definition } = shop.service(name())
    expect(definition.family).toBe(name())
    expect(JSON.stringify(definition)).toContain('"/pr/7"')
    expect(tag(name(), 'pull-request')).toBe('7')
    expect(tag(name(), 'repository')).toBe('acme/shop')
    expect(first.log).toContain('healthy')

    shop.world.app.commit('v2', { version: 'v2' })
    const [pull] = github.world.pulls
    if (pull) pull.head = { ...pull.head, sha: shop.world.app.revision }
    know(shop.world.app.revision)
    const expires = tag(name(), 'expires')
    shop.double.world.calls.length = 0
    const second = await on('synchronize')
    expect(second.outputs, second.log).toMatchObject({ outcome: 'healthy' })
    expect(second.outputs.digest).not.toBe(first.outputs.digest)
    expect(shop.digests(name())).toEqual([second.outputs.digest])
    expect(shop.double.mutations()).toEqual(['TagResource', 'RegisterTaskDefinition', 'UpdateService'])
    expect(tag(name(), 'expires')).not.toBe(expires)

    const [before, running] = [tag(name(), 'expires'), taskIds(name())]
    shop.double.world.calls.length = 0
    const again = await on('synchronize')
    expect(again.outputs, again.log).toMatchObject({ outcome: 'unchanged', digest: second.outputs.digest })
    expect(shop.double.mutations()).toEqual(['TagResource'])
    expect(tag(name(), 'expires')).not.toBe(before)
    expect(taskIds(name())).toEqual(running)

    await shop.client.send(new UpdateServiceCommand({ service: name(), desiredCount: 2 }))
    shop.double.world.calls.length = 0
    const scaled = await on('synchronize')
    expect(scaled.outputs, scaled.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.double.mutations()).toContain('UpdateService')
    expect(shop.digests(name())).toEqual([second.outputs.digest])

    files({ service: { platformVersion: '1.4.0' } })
    shop.double.world.calls.length = 0
    const otherFiles = await on('synchronize')
    expect(otherFiles.outputs, otherFiles.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.double.mutations()).toContain('UpdateService')

    if (pull) pull.state = 'closed'
    for (let time = 0; time < 2; time += 1) {
      const closed = await on('closed')
      expect(closed.outputs, closed.log).toMatchObject({ outcome: 'removed', name: name() })
      expect(names()).toEqual(['web'])
    }
    const left = [...shop.double.world.families].flatMap(([own, revisions]) =>
      revisions.filter(({ status }) => status === 'ACTIVE').map(() => own),
    )
    expect(left).toEqual(['web'])
    expect(await shop.world.tags()).toEqual([])
    expect(JSON.stringify(shop.service('web'))).toBe(production)
    expect(shop.digests('web')).toEqual(tasks)
  })

  it('keep a door that is their own, by the number in it', async () => {
    const own = { targetGroupArn: `${TARGET_GROUP}-pr-\${number}`, containerName: 'app', containerPort: port }
    files({ service: { loadBalancers: [{ targetGroupArn: TARGET_GROUP }, own] } })
    const run = await on('opened', 7, { url: `http://127.0.0.1:${String(port)}/\${name}` })
    expect(run.outputs, run.log).toMatchObject({
      outcome: 'healthy',
      url: `http://127.0.0.1:${String(port)}/${name()}`,
    })
    const [created] = shop.double.calls('CreateService')
    expect(created?.input.loadBalancers).toEqual([{ ...own, targetGroupArn: `${TARGET_GROUP}-pr-7` }])
    expect(created?.input.healthCheckGracePeriodSeconds).toBe(30)
  })

  it('are removed again where their first version fails, and go back where a later one does', async () => {
    shop.crashes()
    const red = await on('opened')
    expect(red.outputs, red.log).toMatchObject({ outcome: 'failed', 'reason-code': 'crash-on-start' })
    await shop.until(() => expect(names()).toEqual([]))
    shop.runtime.otherwise = {}
    const green = await on('opened')
    expect(green.outputs, green.log).toMatchObject({ outcome: 'healthy' })
    shop.world.app.commit('v2', { version: 'v2' })
    const [pull] = github.world.pulls
    if (pull) pull.head = { ...pull.head, sha: shop.world.app.revision }
    know(shop.world.app.revision)
    shop.crashes()
    shop.runtime.behaviours.set(green.outputs.digest ?? '', {})
    const worse = await on('synchronize')
    expect(worse.outputs, worse.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'crash-on-start' })
    expect(shop.digests(name())).toEqual([green.outputs.digest])
  })

  it('never take a name that is somebody else’s, and never remove it', async () => {
    await shop.create({}, { name: name() })
    const run = await on('opened')
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'name-taken' })
    const closed = await preview({ mode: 'remove', number: '7' }, { workspace: tempDir('no-checkout') })
    expect(closed.outputs, closed.log).toMatchObject({ outcome: 'removed' })
    expect(closed.log).toContain(`service ${name()}`)
    expect(shop.digests(name())).toEqual([OLD, OLD])
    expect(shop.double.mutations()).toEqual([])
  })

  it('are refused where they would write to a file system of production', async () => {
    const volumes = [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }]
    const container = { name: 'app', image: 'x', mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] }
    files({ definition: { volumes, containerDefinitions: [container] } })
    const run = await on('opened')
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'manifest-invalid' })
    expect(run.outputs.reason).toContain('the volume data is a file system that others use')
    expect(shop.double.mutations()).toEqual([])
  })

  it('are swept when they are closed or their time is over, in one request however many there are', async () => {
    await on('opened')
    for (let number = 100; number < 150; number += 1) {
      const serviceName = `${app}-pr-${String(number)}`
      const taskDefinition = await shop.register(serviceName)
      await shop.client.send(new CreateServiceCommand({ serviceName, taskDefinition, desiredCount: 0 }))
      const values = { app, preview: serviceName, owner: serviceName, 'pull-request': String(number) }
      const tags = Object.entries({ ...values, repository: 'acme/shop', expires: '2040-01-01T00:00:00Z' })
      const resourceArn = shop.service(serviceName).arn
      const named = tags.map(([key, value]) => ({ key: `dev.immutable-deploy.${key}`, value }))
      await shop.client.send(new TagResourceCommand({ resourceArn, tags: named }))
      if (number % 5 !== 0) open(number)
    }
    shop.double.world.calls.length = 0
    const plan = await sweep({ 'dry-run': 'true' })
    expect(plan.outputs, plan.log).toMatchObject({ outcome: 'planned' })
    expect(shop.double.calls().map(({ operation }) => operation)).toEqual(['GetResources'])
    const run = await sweep()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'removed' })
    expect(names()).toHaveLength(41)
    expect(names()).toContain(name())
    shop.double.dial({ kind: 'deny', operation: 'GetResources' })
    const [pull] = github.world.pulls
    if (pull) pull.state = 'closed'
    const without = await sweep()
    expect(without.outputs, without.log).toMatchObject({ outcome: 'removed' })
    expect(without.log).toContain('tag:GetResources')
    expect(names()).toHaveLength(40)
  })

  /** A service of production, with tags that somebody copied from a part of the preview. */
  async function copy(serviceName: string, changed: Record<string, string> = {}): Promise<void> {
    await shop.create({}, { name: serviceName })
    const tags = shop.service(name()).tags.map(({ key, value }) => {
      return { key, value: changed[key.replace('dev.immutable-deploy.', '')] ?? value }
    })
    await shop.client.send(new TagResourceCommand({ resourceArn: shop.service(serviceName).arn, tags }))
  }

  it('leave what carries copies of their tags, and a sweep names it', async () => {
    await on('opened')
    const past = '2020-01-01T00:00:00Z'
    await copy('web')
    // Whoever replaces a name in a copy replaces it in the tags too; a number may be in any name.
    await copy('web-7', { owner: 'web-7', expires: past })
    await copy(`my-${name()}`, { owner: `my-${name()}`, expires: past })
    await copy(`${name()}-canary`)
    const copies = ['web', 'web-7', `my-${name()}`, `${name()}-canary`]
    const kept = await sweep()
    expect(kept.outputs, kept.log).toMatchObject({ outcome: 'removed' })
    expect(names().sort()).toEqual([name(), ...copies].sort())
    const [pull] = github.world.pulls
    if (pull) pull.state = 'closed'
    const run = await sweep()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'removed' })
    expect(names().sort()).toEqual([...copies].sort())
    const warnings = run.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
    for (const copied of copies) expect(warnings.join('\n')).toContain(`service ${copied} has the name or labels`)
  })

  it('of apps with long names have names that Amazon ECS takes, with their number', async () => {
    const start = 'shop-of-a-company-with-a-name-that-nobody-can-remember'
    open(77)
    const runs = []
    for (const [long, number] of [
      [`${start}-one`, 7],
      [`${start}-two`, 7],
      [`${start}-one`, 77],
    ] as const) {
      runs.push(await on('opened', number, { app: long }))
    }
    for (const run of runs) expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    const own = runs.map(({ outputs }) => outputs.name ?? '')
    expect(own.map((one) => /-pr-(\d+)$/.exec(one)?.[1])).toEqual(['7', '7', '77'])
    expect(names().sort()).toEqual([...own].sort())
    for (const one of own) expect(one.length).toBeLessThanOrEqual(63)
    const [pull] = github.world.pulls
    if (pull) pull.state = 'closed'
    const closed = await on('closed', 7, { app: `${start}-one` })
    expect(closed.outputs, closed.log).toMatchObject({ outcome: 'removed' })
    expect(names().sort()).toEqual(own.slice(1).sort())
  })
})
