// Previews of pull requests on a real Swarm.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { PinnedImage } from '../../src/domain/image.ts'
import { previewName } from '../../src/domain/preview.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import { docker, engine, forget, publish } from '../contract/swarm-world.ts'
import { stampFor } from '../contract/target-contract.ts'
import { startEngineProxy } from '../harness/engine-proxy.ts'
import { describeWith, need } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import { eventually } from '../harness/temp.ts'
import { PreviewWorld } from './swarm-preview-world.ts'

describeWith('docker', 'registry')('previews in a Swarm', () => {
  let registry: TestRegistry
  let v1: PinnedImage
  let v2: PinnedImage
  let crash: PinnedImage
  let world: PreviewWorld

  beforeAll(async () => {
    registry = await startRegistry()
    v1 = await publish(registry, 'v1', 'healthy', { version: 'v1' })
    v2 = await publish(registry, 'v2', 'healthy', { version: 'v2' })
    crash = await publish(registry, 'crash', 'crash')
  })
  afterAll(async () => {
    await forget(v1, v2, crash)
    await registry.stop()
  })
  beforeEach(() => {
    world = new PreviewWorld(v1)
    writeFileSync(path.join(world.folder, 'c.conf'), 'one')
    writeFileSync(path.join(world.folder, 'key'), 'secret one')
  })
  afterEach(() => world.cleanup())

  const image = (): string => `${v1.repository.name}:v1`
  const full = (): string => `
services:
  web:
    image: "${image()}"
    stop_grace_period: 2s
    configs: [c]
    secrets: [s]
    volumes: ["data:/data"]
    deploy: { update_config: { parallelism: 0, monitor: 300ms } }
  db:
    image: "${image()}"
    stop_grace_period: 2s
    volumes: ["db:/db"]
volumes: { data: { name: ${world.app}-data }, db: }
configs: { c: { file: ./c.conf } }
secrets: { s: { file: ./key } }
`

  it('deploys a stack of its own, labelled, and removes it whole', async () => {
    const preview = world.preview(7)
    world.file(full())
    await docker('volume', 'create', `${world.app}-data`)
    const { stamp } = await world.deploy(preview, v1, { workloads: ['web'], candidate: 'r.example/a:candidate-1' })
    const { name } = preview
    const own = [
      `config ${name}_c`,
      `network ${name}_default`,
      `secret ${name}_s`,
      `service ${name}_db`,
      `service ${name}_web`,
      `volume ${name}_data`,
      `volume ${name}_db`,
    ]
    expect(await world.held()).toEqual([...own, `volume ${world.app}-data`].sort())
    const expected = {
      'dev.immutable-deploy.app': world.app,
      'dev.immutable-deploy.preview': name,
      'dev.immutable-deploy.pull-request': '7',
      'dev.immutable-deploy.run': `${stamp.run.id}-1`,
      'dev.immutable-deploy.expires': expect.stringMatching(/^20..-..-..T..:..:..Z$/) as string,
      'dev.immutable-deploy.candidates': 'r.example/a:candidate-1',
      'com.docker.stack.namespace': name,
    }
    for (const text of own) {
      const [kind = '', part = ''] = text.split(' ')
      const labels = await world.labels(`${kind}s` as 'services', part)
      expect([text, labels]).toMatchObject([text, { ...expected, 'dev.immutable-deploy.owner': part }])
    }
    expect(await docker('stack', 'ls', '--format', '{{.Name}} {{.Services}}')).toContain(`${name} 2`)

    const host = await world.host()
    const all = await host.list()
    expect(all.find((found) => found.name === name)).toEqual({
      app: world.app,
      number: 7,
      name,
      expired: false,
    })
    const { removed, left, candidates } = await host.remove(preview)
    expect([[...removed].sort(), left, candidates]).toEqual([own, [], ['r.example/a:candidate-1']])
    expect(await world.held()).toEqual([`volume ${world.app}-data`])
    expect(await host.remove(preview)).toMatchObject({ removed: [], left: [], outOfReach: [], candidates: [] })
    expect((await host.list()).filter(({ app }) => app === world.app)).toEqual([])
  })

  it('updates in place: what did not change keeps its containers, what left the file goes, new content has a new name', async () => {
    const preview = world.preview(8)
    world.file(`${full()}\n`.replace('services:', `services:\n  old: { image: "${image()}", stop_grace_period: 1s }`))
    await world.deploy(preview, v1, { workloads: ['web'], candidate: 'r.example/a:candidate-1' })
    const { name } = preview
    const running = async (service: string) => {
      const found = await world.containers(`${name}_${service}`)
      return found.length === 1 ? found : undefined
    }
    const database = await eventually('a database', () => running('db'))
    expect(await world.exec(`${name}_web`, 'cat', '/c')).toBe('one')
    await world.exec(`${name}_db`, 'sh', '-c', 'echo kept > /db/file')
    const expiry = async () => (await world.labels('services', `${name}_db`))['dev.immutable-deploy.expires'] ?? ''
    const [before] = [await expiry()]

    world.file(full())
    writeFileSync(path.join(world.folder, 'c.conf'), 'two')
    writeFileSync(path.join(world.folder, 'key'), 'secret two')
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await world.deploy(preview, v2, { workloads: ['web'], candidate: 'r.example/a:candidate-2' })
    expect(await world.containers(`${name}_db`)).toEqual(database)
    await eventually('one container', () => running('web'))
    expect(await world.exec(`${name}_web`, 'cat', '/c')).toBe('two')
    expect(await world.exec(`${name}_web`, 'cat', '/run/secrets/s')).toBe('secret two')
    expect((await expiry()) > before).toBe(true)
    expect(await world.held()).not.toContain(`service ${name}_old`)
    const host = await world.host()
    const [found] = (await host.list()).filter(({ app }) => app === world.app)
    expect(found).toMatchObject({ name, expired: false })

    // The same again: the first contents are not needed any more.
    await world.deploy(preview, v2, { workloads: ['web'] })
    const files = (await world.held()).filter((text) => /^(?:config|secret) /.test(text))
    expect(files).toEqual([`config ${name}_c-2`, `secret ${name}_s-2`])
    expect(await world.containers(`${name}_db`)).toEqual(database)
    expect(await world.exec(`${name}_db`, 'cat', '/db/file')).toBe('kept')
    const { candidates } = await host.remove(preview)
    expect(candidates).toEqual(['r.example/a:candidate-1', 'r.example/a:candidate-2'])
    expect(await world.held()).toEqual([])
  })

  it('completes what a killed run left, and puts back whole what ran before a failed one', async () => {
    const preview = world.preview(9)
    world.file(full())
    const target = await world.target(preview, ['web'])
    const nothing = await target.current()
    expect(nothing.workloads).toMatchObject([{ name: `${preview.name}_web`, exists: false }])
    await target.replace(crash, stampFor(crash), nothing)
    // What a run leaves that was killed here, the next one completes.
    await world.deploy(preview, v1, { workloads: ['web'] })
    const before = await target.current()
    const specs = await serviceSpecs(preview.name)
    const stamp = stampFor(crash)
    writeFileSync(path.join(world.folder, 'c.conf'), 'three')
    await target.replace(crash, stamp, before)
    expect(await serviceSpecs(preview.name)).not.toEqual(specs)
    await target.restore(before, stamp)
    expect(await serviceSpecs(preview.name)).toEqual(specs)
  })

  it('takes a first deployment back whole', async () => {
    const preview = world.preview(10)
    world.file(full())
    const target = await world.target(preview, ['web'])
    const before = await target.current()
    const stamp = stampFor(crash)
    await target.replace(crash, stamp, before)
    await target.restore(before, stamp)
    expect(await world.held()).toEqual([])
  })

  it('takes back what it made when the engine refuses a service', async () => {
    const preview = world.preview(11)
    world.file(full().replace('web:', 'web:\n    ports: [{ target: 80, published: "2${number}11", mode: ingress }]'))
    await docker(
      'service',
      'create',
      '--detach',
      '--name',
      `${world.app}x`,
      '--replicas',
      '0',
      '--publish',
      '21111:80',
      image(),
    )
    const refused = await world.deploy(preview, v1, { workloads: ['web'] }).catch(asDeployError)
    expect(refused).toMatchObject({
      code: 'port-in-use',
      state: 'this run left no workload changed: all are as they were before',
    })
    expect(await world.held()).toEqual([`service ${world.app}x`])
  })

  it('refuses a name that something else has, and touches nothing of it', async () => {
    const preview = world.preview(12)
    world.file(`services: { web: { image: "${image()}" } }`)
    const foreign = world.file(`version: "3.8"\nservices: { other: { image: "${image()}" } }`, 'foreign.yml')
    await docker('stack', 'deploy', '--resolve-image', 'never', '-c', foreign, preview.name)
    const target = await world.target(preview, ['web'])
    const { faults } = await target.check({ image: v1, dryRun: false })
    expect(faults).toMatchObject([{ code: 'name-taken' }])
    const host = await world.host()
    const held = await world.held()
    expect(await host.remove(preview)).toMatchObject({
      removed: [],
      left: [`service ${preview.name}_other`, `network ${preview.name}_default`],
      candidates: [],
    })
    expect(await world.held()).toEqual(held)
    expect((await host.list()).filter(({ app }) => app === world.app)).toEqual([])
  })

  it.each([
    ['a service', ['service', 'create', '--detach', '--replicas', '0', '--name', '_web', 'IMAGE']],
    ['a volume', ['volume', 'create', '_data']],
    ['a network', ['network', 'create', '--driver', 'overlay', '_default']],
  ])('refuses %s of that name that nobody labelled', async (_, words) => {
    const preview = world.preview(13)
    world.file(full())
    await docker(...words.map((word) => (word === 'IMAGE' ? image() : word.replace(/^_/, `${preview.name}_`))))
    const target = await world.target(preview, ['web'])
    const { faults } = await target.check({ image: v1, dryRun: false })
    expect(faults).toMatchObject([{ code: 'name-taken' }])
  })

  it('names what the files refer to and do not contain, with the line that makes it', async () => {
    const preview = world.preview(14)
    world.file(full().replace('secrets: { s: { file: ./key } }', 'secrets: { s: { external: true, name: nowhere } }'))
    const target = await world.target(preview, ['web'])
    const { faults } = await target.check({ image: v1, dryRun: false })
    expect(faults).toMatchObject([
      { code: 'bad-config-reference', fix: 'Create it: docker secret create nowhere FILE' },
    ])
  })

  it('keeps previews of two apps and of two numbers apart', async () => {
    const other = new PreviewWorld(v1)
    const text = (): string =>
      `services: { web: { image: "${image()}", stop_grace_period: 1s, volumes: ["vol:/d"] } }\nvolumes: { vol: }`
    world.file(text())
    other.file(text())
    const [one, two, foreign] = [world.preview(1), world.preview(11), other.preview(1)]
    try {
      await Promise.all([world.deploy(one), world.deploy(two), other.deploy(foreign)])
      const host = await world.host()
      await host.remove(one)
      expect(await world.held()).toEqual(
        ['network _default', 'service _web', 'volume _vol'].map((part) => part.replace('_', `${two.name}_`)),
      )
      expect(await other.held()).toHaveLength(3)
    } finally {
      await other.cleanup()
    }
  })

  it('does not touch the preview of another repository that has the same name', async () => {
    world.file(full())
    const theirs = world.preview(18, { repository: 'acme/one' })
    const ours = world.preview(18, { repository: 'acme/two' })
    await world.deploy(theirs, v1, { workloads: ['web'] })
    const target = await world.target(ours, ['web'])
    expect((await target.check({ image: v1, dryRun: false })).faults).toMatchObject([{ code: 'name-taken' }])
    const held = await world.held()
    const refused = await target.replace(v2, stampFor(v2), await target.current()).catch(asDeployError)
    expect(refused).toMatchObject({ code: 'another-rollout' })
    const host = await world.host()
    expect((await host.remove(ours)).removed).toEqual([])
    expect(await world.held()).toEqual(held)
    expect((await host.list()).find(({ name }) => name === ours.name)).toMatchObject({ repository: 'acme/one' })
    expect((await host.remove(theirs)).removed).toHaveLength(7)
  })

  it('with names that are cut are whole, apart, and removed whole', async () => {
    const app = `${world.app}${'x'.repeat(63)}`
    const previews = [88_888, 88_889].map((number) => world.preview(number, { app, name: previewName(app, number) }))
    const service = 's'.repeat(40)
    world.file(full().replace('  db:', `  ${service}:`))
    await Promise.all(previews.map((preview) => world.deploy(preview, v1, { workloads: ['web'] })))
    const [one, two] = previews
    if (!one || !two) throw new Error('unreachable')
    const services = (await world.held()).filter((text) => text.startsWith('service '))
    expect(new Set(services).size).toBe(4)
    for (const text of services) expect(text.length - 'service '.length).toBeLessThanOrEqual(63)
    const host = await world.host()
    const { removed, left } = await host.remove(one)
    expect(left).toEqual([])
    expect(removed).toHaveLength(7)
    expect((await world.held()).filter((text) => text.startsWith('service '))).toHaveLength(2)
    expect((await host.remove(two)).left).toEqual([])
    expect(await world.held()).toEqual([])
  })

  it('with templated names of secrets and configs that are cut keeps the number in them', async () => {
    const long = `${world.app}-${'l'.repeat(60)}`
    const stack = full()
      .replace('c: { file: ./c.conf }', `c: { name: "${long}-\${number}", file: ./c.conf }`)
      .replace('s: { file: ./key }', `s: { name: "${long}-\${name}", file: ./key }`)
    world.file(stack)
    const previews = [77_777, 77_778].map((number) => world.preview(number))
    for (const preview of previews) await world.deploy(preview, v1, { workloads: ['web'] })
    const files = (await world.held()).filter((text) => /^(?:config|secret) /.test(text))
    expect(new Set(files).size).toBe(4)
    for (const text of files) expect(text).toMatch(/-pr-7777[78]$/)
    // Once more: what is there already is known again.
    for (const preview of previews) await world.deploy(preview, v1, { workloads: ['web'] })
    expect((await world.held()).filter((text) => /^(?:config|secret) /.test(text))).toEqual(files)
    const host = await world.host()
    for (const preview of previews) expect((await host.remove(preview)).left).toEqual([])
    expect(await world.held()).toEqual([])
  })

  it('leaves what somebody made out of it with its labels, and says so', async () => {
    const preview = world.preview(24)
    world.file(full())
    await world.deploy(preview, v1, { workloads: ['web'] })
    const labels = Object.entries(await world.labels('services', `${preview.name}_web`))
    const create = (name: string, change: Record<string, string> = {}) => {
      const flags = labels.flatMap(([key, value]) => ['--label', `${key}=${change[key] ?? value}`])
      return docker('service', 'create', '--detach', '--replicas', '0', '--name', name, ...flags, image())
    }
    const key = (name: string) => `dev.immutable-deploy.${name}`
    const clone = `${world.app}_clone`
    const renamed = `${world.app}_web`
    // Whoever replaces a name in a copy replaces it in the labels too.
    await create(clone)
    await create(renamed, { [key('owner')]: renamed, [key('expires')]: '2020-01-01T00:00:00Z' })
    // Labels of other previews, and what cannot be any.
    const foreign = { 'com.docker.stack.namespace': world.app }
    const hostile = { ...foreign, [key('owner')]: `${world.app}_h`, [key('pull-request')]: '24; $(reboot) @acme/all' }
    await create(`${world.app}_h`, hostile)
    const named = {
      ...foreign,
      [key('owner')]: `${world.app}_24`,
      [key('preview')]: 'other-pr-24',
      [key('app')]: 'other',
    }
    await create(`${world.app}_24`, named)
    await create(`${preview.name}_late`, { [key('owner')]: `${preview.name}_late`, [key('expires')]: 'never' })
    const host = await world.host()
    const found = (await host.list()).filter(({ name, app }) => app === world.app || name === 'other-pr-24')
    expect(found.map(({ name, number, expired }) => [name, number, expired]).sort()).toEqual(
      [
        ['other-pr-24', 24, false],
        [preview.name, 24, false],
      ].sort(),
    )
    const { removed, left } = await host.remove(preview)
    expect(removed).toContain(`service ${preview.name}_late`)
    expect([...left].sort()).toEqual([`service ${clone}`, `service ${renamed}`])
    const services = (await world.held()).filter((text) => text.startsWith('service '))
    expect(services).toEqual(
      [clone, renamed, `${world.app}_24`, `${world.app}_h`].map((name) => `service ${name}`).sort(),
    )
  })

  it('makes a service anew that changes between replicated and global, and back on the way back', async () => {
    const text = (mode: string): string =>
      `services: { web: { image: "${image()}", stop_grace_period: 1s, deploy: { mode: ${mode} } } }`
    const preview = world.preview(19)
    world.file(text('replicated'))
    await world.deploy(preview)
    world.file(text('global'))
    const target = await world.target(preview)
    const before = await target.current()
    const stamp = stampFor(v2)
    await target.replace(v2, stamp, before)
    expect(await serviceSpecs(preview.name)).toMatchObject([{ Mode: { Global: {} } }])
    await target.restore(before, stamp)
    expect(await serviceSpecs(preview.name)).toMatchObject([{ Mode: { Replicated: { Replicas: 1 } } }])
    await world.deploy(preview, v2)
    expect(await serviceSpecs(preview.name)).toMatchObject([{ Mode: { Global: {} } }])
  })

  it.each(['replicated', 'global'])('does not bring back what another run removed meanwhile (%s now)', async (mode) => {
    const text = (now: string): string =>
      `services: { web: { image: "${image()}", stop_grace_period: 1s, deploy: { mode: ${now} } } }`
    const preview = world.preview(23)
    world.file(text('replicated'))
    await world.deploy(preview)
    world.file(text(mode))
    const target = await world.target(preview)
    const before = await target.current()
    const stamp = stampFor(v2)
    await target.replace(v2, stamp, before)
    await (await world.host()).remove(preview)
    expect(await target.restore(before, stamp).catch(asDeployError)).toMatchObject({ code: 'workload-gone' })
    expect(await world.held()).toEqual([])
  })

  it('lets one of two runs win that deploy it at once, and leaves what that one made', async () => {
    for (const number of [20, 21, 22]) {
      const preview = world.preview(number)
      world.file(full())
      const targets = [await world.target(preview, ['web']), await world.target(preview, ['web'])]
      const before = await Promise.all(targets.map((target) => target.current()))
      const ended = await Promise.allSettled(
        targets.map((target, index) => target.replace([v1, v2][index]!, stampFor([v1, v2][index]!), before[index]!)),
      )
      expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const lost = ended.find((each) => each.status === 'rejected')
      expect(asDeployError(lost?.reason)).toMatchObject({ code: 'another-rollout' })
      const services = (await world.held()).filter((text) => text.startsWith(`service ${preview.name}_`))
      expect(services).toEqual([`service ${preview.name}_db`, `service ${preview.name}_web`])
      await eventually(
        'it runs',
        async () => (await world.containers(`${preview.name}_web`)).length === 1 || undefined,
        30_000,
      )
    }
  })

  it('finds where it answers at a port that the engine chose', async () => {
    world.file(`services: { web: { image: "${image()}", ports: ["8080"] } }`)
    const { address } = await world.deploy(world.preview(15))
    expect(address).toMatch(/^http:\/\/[\w.-]+:\d+$/)
    world.file(`services: { web: { image: "${image()}", ports: [{ target: 8080, mode: host }] } }`)
    const host = await world.deploy(world.preview(16))
    expect(await (await fetch(`${host.address ?? ''}/version`)).text()).toBe('v1\n')
  })

  it('lists with five requests, and stops waiting within two seconds of a cancellation', async () => {
    const proxy = await startEngineProxy(need('docker').DOCKER_HOST)
    try {
      world.file(
        `services: { web: { image: "${image()}", stop_grace_period: 30s, entrypoint: ["/bin/sh", "-c", "trap : TERM; while :; do sleep 1; done"] } }`,
      )
      const preview = world.preview(17)
      await world.deploy(preview)
      const host = await world.host(proxy.host)
      proxy.requests.length = 0
      expect((await host.list()).some(({ name }) => name === preview.name)).toBe(true)
      expect(proxy.requests.filter(({ path: asked }) => asked !== '/_ping').length).toBeLessThanOrEqual(5)

      const run = new AbortController()
      const cancelling = await world.host(proxy.host, run.signal)
      const removing = cancelling.remove(preview).catch(asDeployError)
      await eventually(
        'the service is told to end',
        async () => proxy.requests.some(({ method }) => method === 'DELETE') || undefined,
      )
      const at = Date.now()
      run.abort()
      expect(await removing).toMatchObject({ code: 'cancelled' })
      expect(Date.now() - at).toBeLessThan(2000)
      expect((await (await world.host()).list()).find(({ name }) => name === preview.name)).toMatchObject({
        number: 17,
      })
      await docker('kill', ...(await world.containers(`${preview.name}_web`))).catch(() => undefined)
      await (await world.host()).remove(preview)
      expect(await world.held()).toEqual([])
    } finally {
      await proxy.stop()
    }
  })

  async function serviceSpecs(name: string): Promise<unknown> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.stack.namespace=${name}`] }))
    const found = await engine<{ Spec: { Name: string } }[]>('GET', `/services?filters=${filters}`)
    return found.map(({ Spec }) => Spec).sort((one, other) => (one.Name < other.Name ? -1 : 1))
  }
})
