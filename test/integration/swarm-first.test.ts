// The first deploy from a stack file: what preflight finds, what is left when it fails, and what others see of it.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { PinnedImage } from '../../src/domain/image.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import type { Observation, Target } from '../../src/ports.ts'
import type { SwarmDeps } from '../../src/targets/swarm/target.ts'
import { FakeReporter } from '../fakes/reporter.ts'
import { docker, engine, forget, publish, swarmRequest, swarmTarget } from '../contract/swarm-world.ts'
import { stampFor, watchUntil } from '../contract/target-contract.ts'
import { describeWith } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import { eventually, tempDir } from '../harness/temp.ts'

const anyFailed = ({ workloads }: Observation): boolean => workloads.some(({ state }) => state.is === 'failed')
const settled = ({ workloads }: Observation): boolean => workloads.every(({ state }) => state.is === 'settled')

let counter = 0

describeWith('docker', 'registry')('the first deploy from a stack file', () => {
  const folder = tempDir('first')
  const file = path.join(folder, 'stack.yml')
  const port = 25_000 + (process.pid % 4000)
  let registry: TestRegistry
  let v1: PinnedImage
  let crash: PinnedImage
  let app: string
  let open: Target[]

  beforeAll(async () => {
    registry = await startRegistry()
    v1 = await publish(registry, 'v1', 'healthy', { version: 'v1' })
    crash = await publish(registry, 'crash', 'crash')
  })
  afterAll(async () => {
    await forget(v1, crash)
    await registry.stop()
  })
  beforeEach(() => {
    app = `swarmf-${String(process.pid)}-${String((counter += 1))}`
    open = []
    writeFileSync(path.join(folder, 'c.conf'), 'one')
    writeFileSync(path.join(folder, 'key'), 'secret one')
  })
  afterEach(async () => {
    await Promise.all(open.map((target) => target.close()))
    await docker('stack', 'rm', app).catch(() => undefined)
    await docker('service', 'rm', `${app}x`).catch(() => undefined)
    await eventually('the stack is gone', async () => ((await left()).length === 0 ? true : undefined), 30_000)
  })

  const image = (): string => `${v1.repository.name}:v1`
  function stack(text: string): void {
    writeFileSync(file, text)
  }
  async function target(workloads: readonly string[] = ['web'], deps: Partial<SwarmDeps> = {}): Promise<Target> {
    const made = await swarmTarget(swarmRequest([...workloads], { app, manifests: [file] }), deps)
    open.push(made)
    return made
  }
  async function release(by: Target, released = v1) {
    const before = await by.current()
    const stamp = stampFor(released)
    return { before, stamp, rollout: await by.replace(released, stamp, before) }
  }
  const check = (by: Target) => by.check({ image: v1, dryRun: true })

  /** Services, networks, configs and secrets of the app on the engine. */
  async function left(): Promise<string[]> {
    const [services, networks, configs, secrets] = await Promise.all([
      engine<{ Spec: { Name: string } }[]>('GET', '/services'),
      engine<{ Name: string }[]>('GET', '/networks'),
      engine<{ Spec: { Name: string } }[]>('GET', '/configs'),
      engine<{ Spec: { Name: string } }[]>('GET', '/secrets'),
    ])
    const names = [
      ...[...services, ...configs, ...secrets].map(({ Spec }) => Spec.Name),
      ...networks.map(({ Name }) => Name),
    ]
    return names.filter((name) => name.startsWith(`${app}_`)).sort()
  }

  /** The engine shows a network for some seconds after it was removed: until its last task has ended. */
  async function nothingLeft(): Promise<void> {
    expect((await left()).filter((name) => !name.endsWith('_net'))).toEqual([])
    await eventually('the network is gone', async () => ((await left()).length === 0 ? true : undefined), 30_000)
  }

  const full = (): string => `
services:
  web: { image: "${image()}", configs: [c], secrets: [s], networks: [net] }
  helper: { image: "${image()}", networks: [net] }
networks: { net: }
configs: { c: { file: ./c.conf } }
secrets: { s: { file: ./key } }
`

  it('leaves nothing behind when the first version does not run', async () => {
    stack(full())
    const by = await target()
    const { before, stamp, rollout } = await release(by, crash)
    expect(await left()).toEqual([`${app}_c`, `${app}_helper`, `${app}_net`, `${app}_s`, `${app}_web`])
    await watchUntil(by, rollout, anyFailed, 30_000)
    await by.restore(before, stamp)
    await nothingLeft()
  })

  it('names the volumes that stay, and no others', async () => {
    const volumes = '[data:/data, given:/given, /anonymous]'
    await docker('volume', 'create', `${app}_given`)
    stack(`
services:
  web: { image: "${image()}", volumes: ${volumes}, networks: [net] }
  helper: { image: "${image()}", volumes: [other:/other], networks: [net] }
networks: { net: }
volumes: { data: , other: { name: "${app}_named" }, given: { external: true, name: "${app}_given" } }
`)
    const reporter = new FakeReporter()
    const by = await target(['web'], { reporter })
    const { before, stamp, rollout } = await release(by, crash)
    await watchUntil(by, rollout, anyFailed, 30_000)
    await by.restore(before, stamp)
    expect(reporter.texts('warning')).toContain(
      `volumes that its tasks made are kept on their nodes, as they may hold data: ${app}_data, ${app}_named`,
    )
    await nothingLeft()
    for (const name of ['data', 'named', 'given']) {
      await eventually(`the volume ${name} is free`, () =>
        docker('volume', 'rm', `${app}_${name}`).then(
          () => true,
          () => undefined,
        ),
      )
    }
  })

  it('leaves nothing behind when the engine refuses a service, and says why under a code of its own', async () => {
    await docker(
      'service',
      'create',
      '--detach',
      '--name',
      `${app}x`,
      '--publish',
      `${String(port)}:80`,
      '--replicas',
      '0',
      image(),
    )
    stack(full().replace('web: {', `web: { ports: ["${String(port)}:8080"],`))
    const by = await target()
    const refused = await release(by).catch(asDeployError)
    expect(refused).toMatchObject({
      code: 'port-in-use',
      what: expect.stringMatching(new RegExp(String(port))) as string,
    })
    await nothingLeft()
  })

  it('keeps what was there before the failed run', async () => {
    stack(full())
    await docker('config', 'create', `${app}_c`, path.join(folder, 'c.conf'))
    const by = await target()
    const { before, stamp } = await release(by, crash)
    await by.restore(before, stamp)
    expect(await left()).toEqual([`${app}_c`])
    await docker('config', 'rm', `${app}_c`)
  })

  it.each([
    ['config', 'c.conf'],
    ['secret', 'key'],
  ])('refuses a %s that exists with other content', async (kind, name) => {
    stack(full())
    const short = kind === 'config' ? 'c' : 's'
    await docker(kind, 'create', `${app}_${short}`, path.join(folder, name))
    const by = await target()
    expect((await check(by)).faults).toEqual([])
    writeFileSync(path.join(folder, name), 'another')
    const { faults } = await check(by)
    expect(faults).toMatchObject([
      { code: 'bad-config-reference', what: expect.stringMatching(/never change/) as string },
    ])
    await docker(kind, 'rm', `${app}_${short}`)
  })

  it('finds at preflight what the files lack', async () => {
    stack(full().replace('./c.conf', './nowhere.conf').replace('web: {', 'web: { deploy: { replicas: 0 },'))
    const { faults } = await check(await target())
    expect(faults.map(({ code }) => code)).toEqual(['manifest-invalid', 'nothing-runs'])
    stack(full().replace('networks: { net: }', 'networks: { net: { external: true, name: nowhere } }'))
    expect((await check(await target())).faults).toMatchObject([{ code: 'bad-config-reference' }])
    expect(await left()).toEqual([])
  })

  it('refuses a global service that no node can take, in the file and on the engine', async () => {
    const nowhere = 'deploy: { mode: global, placement: { constraints: [node.platform.os == plan9] } }'
    stack(full().replace('web: {', `web: { ${nowhere},`))
    expect((await check(await target())).faults).toMatchObject([{ code: 'nothing-runs' }])
    await docker(
      'service',
      'create',
      '--detach',
      '--name',
      `${app}x`,
      '--mode',
      'global',
      '--constraint',
      'node.labels.none==x',
      image(),
    )
    const there = await swarmTarget(swarmRequest([`${app}x`]), {})
    open.push(there)
    expect((await check(there)).faults).toMatchObject([
      { code: 'nothing-runs', what: expect.stringMatching(/no node/) as string },
    ])
  })

  it('waits for a network that is being removed', async () => {
    stack(full())
    const by = await target()
    const first = await release(by)
    await watchUntil(by, first.rollout, settled, 30_000)
    await docker('stack', 'rm', app)
    const again = await target()
    const { rollout } = await release(again)
    await watchUntil(again, rollout, settled, 40_000)
    expect(await left()).toContain(`${app}_web`)
  })

  it('names the settings in which a service differs from its file, and none where nothing does', async () => {
    const text = `
version: "3.8"
services:
  web:
    image: "${image()}"
    environment: { B: 2, A: 1 }
    command: [/app/start]
    ports: ["${String(port + 1)}:8080"]
    networks: [net]
    configs: [c]
    secrets: [{ source: s, mode: 0400 }]
    volumes: ["data:/data", { type: tmpfs, target: /t }]
    healthcheck: { test: "true", interval: 2s }
    stop_grace_period: 1s
    logging: { options: { max-size: 10m } }
    restart: on-failure:3
    deploy: { replicas: 1, labels: { team: shop }, resources: { limits: { memory: 64M } }, update_config: { parallelism: 2 } }
networks: { net: }
volumes: { data: }
configs: { c: { file: ./c.conf } }
secrets: { s: { file: ./key } }
`
    stack(text)
    await docker('stack', 'deploy', '--resolve-image', 'never', '--compose-file', file, app)
    expect((await check(await target())).warnings).toEqual([])
    const changed = text.replace('A: 1', 'A: 3').replace('replicas: 1', 'replicas: 4').replace('user: x', '')
    stack(changed.replace('    command:', '    user: "5"\n    command:'))
    expect((await check(await target())).warnings).toEqual([
      expect.stringMatching(/_web differs from .*stack\.yml in environment, user, deploy\.mode: /),
    ])
  })

  it('names configs and secrets whose files say something else than what a service that exists keeps', async () => {
    stack(`version: "3.8"${full()}`)
    await docker('stack', 'deploy', '--resolve-image', 'never', '--compose-file', file, app)
    const before = await check(await target())
    expect(before.warnings.filter((text) => text.includes('other content'))).toEqual([])
    writeFileSync(path.join(folder, 'c.conf'), 'corrected')
    writeFileSync(path.join(folder, 'key'), 'rotated')
    const { faults, warnings } = await check(await target())
    expect(faults).toEqual([])
    expect(warnings.filter((text) => text.includes('keeps the old content')).sort()).toEqual([
      expect.stringContaining(`the config ${app}_c exists with other content`),
      expect.stringContaining(`the secret ${app}_s exists with other content`),
    ])
  })

  it('gives every service of the file the credentials of its own registry', async () => {
    const locked = await startRegistry({ auth: { user: 'bob', password: 'geheim' } })
    const config = tempDir('login')
    const auth = Buffer.from('bob:geheim').toString('base64')
    writeFileSync(path.join(config, 'config.json'), JSON.stringify({ auths: { [locked.host]: { auth } } }))
    const worker = `${locked.host}/acme/worker:1`
    await docker('tag', image(), worker)
    await docker('--config', config, 'push', '--quiet', worker)
    await docker('image', 'rm', worker)
    stack(`services: { web: { image: "${image()}" }, worker: { image: "${worker}" } }`)
    const asked: string[] = []
    const by = await target(['web'], {
      registry: {
        engineAuth: async ({ registry: host }) => {
          asked.push(host)
          const credentials = host === locked.host ? { username: 'bob', password: 'geheim', serveraddress: host } : {}
          return Buffer.from(JSON.stringify(credentials)).toString('base64url')
        },
      },
    })
    await release(by)
    expect(asked.sort()).toEqual([locked.host, registry.host].sort())
    await eventually(
      'the worker runs',
      async () =>
        (await docker('service', 'ls', '--filter', `name=${app}_worker`, '--format', '{{.Replicas}}')) === '1/1'
          ? true
          : undefined,
      30_000,
    )
    await docker('service', 'rm', `${app}_worker`)
    await locked.stop()
  })
})
