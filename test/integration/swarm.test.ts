// The Swarm target on a real engine, beyond the contract of all targets.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/adapters/docker/connection.ts'
import type { PinnedImage } from '../../src/domain/image.ts'
import { LABEL } from '../../src/domain/labels.ts'
import { EMPTY_HISTORY, mergeHistories, withVerified } from '../../src/domain/history.ts'
import type { SwarmRequest } from '../../src/targets/swarm/request.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import type { EngineApi, Observation, Rollout, Target } from '../../src/ports.ts'
import type { SwarmDeps } from '../../src/targets/swarm/target.ts'
import { imageText } from '../../src/targets/swarm/spec.ts'
import type { RawSpec } from '../contract/swarm-world.ts'
import { docker, engine, forget, publish, SwarmServices, swarmRequest, swarmTarget } from '../contract/swarm-world.ts'
import { stampFor, watchUntil } from '../contract/target-contract.ts'
import { describeWith, need } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import { eventually, tempDir } from '../harness/temp.ts'

const decided = ({ workloads }: Observation): boolean => workloads.every(({ state }) => state.is !== 'progressing')
const anyFailed = ({ workloads }: Observation): boolean => workloads.some(({ state }) => state.is === 'failed')
const states = ({ workloads }: Observation): string[] => workloads.map(({ state }) => state.is)

describeWith('docker', 'registry')('Swarm target', () => {
  let registry: TestRegistry
  let v1: PinnedImage
  let v2: PinnedImage
  let crash: PinnedImage
  const targets: Target[] = []
  const made: SwarmServices[] = []

  beforeAll(async () => {
    registry = await startRegistry()
    v1 = await publish(registry, 'v1', 'healthy', { version: 'v1' })
    v2 = await publish(registry, 'v2', 'healthy', { version: 'v2' })
    crash = await publish(registry, 'crash', 'crash')
    await docker('tag', `${v2.repository.name}:v2`, 'swarmt-helper:1')
  })
  afterAll(async () => {
    await forget(v1, v2, crash)
    await docker('image', 'rm', '--force', 'swarmt-helper:1')
    await registry.stop()
  })
  afterEach(async () => {
    await Promise.all(targets.splice(0).map((target) => target.close()))
    await Promise.all(made.splice(0).map((services) => services.remove()))
  })

  async function open(request: SwarmRequest, deps: Partial<SwarmDeps> = {}): Promise<Target> {
    const target = await swarmTarget(request, deps)
    targets.push(target)
    return target
  }

  async function world(
    names: readonly string[],
    options: { image?: string; change?: (spec: RawSpec) => void; replicas?: number; deps?: Partial<SwarmDeps> } = {},
  ): Promise<{ services: SwarmServices; target: Target }> {
    const services = new SwarmServices(...names)
    made.push(services)
    const replicas = options.replicas ?? 1
    await services.create(options.image ?? imageText(v1), options.change, replicas)
    await services.running(replicas * names.length)
    return { services, target: await open(swarmRequest(services.names), options.deps) }
  }

  async function release(target: Target, image: PinnedImage) {
    const before = await target.current()
    const stamp = stampFor(image)
    return { before, stamp, rollout: await target.replace(image, stamp, before) }
  }
  const settle = (target: Target, rollout: Rollout<unknown>) => watchUntil(target, rollout, decided, 30_000)

  describe('what the spec becomes', () => {
    it('carries tag and digest, start-first, and the way back of the engine', async () => {
      const { services, target } = await world(['web'])
      await release(target, v2)
      const [service] = await services.list()
      expect(service?.Spec.TaskTemplate.ContainerSpec.Image).toBe(`${v2.repository.name}:v2@${v2.digest}`)
      expect(service?.Spec.UpdateConfig).toMatchObject({
        Order: 'start-first',
        FailureAction: 'rollback',
        Parallelism: 0,
        Monitor: 400_000_000,
      })
      expect(service?.Spec.Labels).toMatchObject({ team: 'shop', [LABEL.digest]: v2.digest })
      expect(service?.Spec.TaskTemplate.ContainerSpec.Labels).toEqual({ tier: 'front' })
    })

    it('gives a service without update rules one task at a time, as the engine would', async () => {
      const { services, target } = await world(['web'], { change: (spec) => delete spec.UpdateConfig })
      await release(target, v2)
      expect((await services.list())[0]?.Spec.UpdateConfig).toMatchObject({ Parallelism: 1, Order: 'start-first' })
    })

    it('keeps the own order of a service that publishes on the host, and says so', async () => {
      const port = 20_000 + (process.pid % 10_000)
      const { services, target } = await world(['web'], {
        change: (spec) => {
          spec.EndpointSpec = { Ports: [{ TargetPort: 8080, PublishedPort: port, PublishMode: 'host' }] }
        },
      })
      const { warnings } = await target.check({ image: v2, dryRun: false })
      expect(warnings.join('\n')).toMatch(/publishes a port on the host/)
      const { rollout } = await release(target, v2)
      expect((await services.list())[0]?.Spec.UpdateConfig).toMatchObject({ Order: 'stop-first' })
      expect(states(await settle(target, rollout))).toEqual(['settled'])
      expect(await (await fetch(`http://127.0.0.1:${String(port)}/version`)).text()).toBe('v2\n')
    })
  })

  it('releases a global service', async () => {
    const { target } = await world(['web'], { change: (spec) => (spec.Mode = { Global: {} }) as never })
    const { rollout, before, stamp } = await release(target, v2)
    const observation = await settle(target, rollout)
    expect(observation.workloads[0]).toMatchObject({ state: { is: 'settled' }, desired: 1 })
    expect(v2.accepted).toContain(observation.workloads[0]?.replicas[0]?.digest)
    expect(states(await settle(target, await target.restore(before, stamp)))).toEqual(['settled'])
  })

  it('changes no service when one of them is refused', async () => {
    const { services, target } = await world(['web', 'worker'])
    const before = await target.current()
    const [, worker = ''] = services.names
    await services.update((spec) => (spec.Labels.changed = 'meanwhile') as never, [worker])
    const specs = await services.specs()
    const refused = await target.replace(v2, stampFor(v2), before).catch(asDeployError)
    expect(refused).toMatchObject({ code: 'another-rollout', state: expect.stringMatching(/before/) as string })
    expect(await services.specs()).toEqual(specs)
  })

  it('is not irritated by the engine moving the version index itself', async () => {
    const { services, target } = await world(['web'])
    // An update that is still monitored: its end writes the service once more.
    await services.update((spec) => (spec.TaskTemplate.ContainerSpec.Env = ['MODE=other']) as never)
    const before = await target.current()
    await eventually('the update is complete', async () => {
      const [service] = await services.list()
      return service?.UpdateStatus?.State === 'completed' || undefined
    })
    const rollout = await target.replace(v2, stampFor(v2), before)
    expect(states(await settle(target, rollout))).toEqual(['settled'])
  })

  it('leaves a failed version in place where somebody wants to look at it, and resumes nothing by a record', async () => {
    const { services, target } = await world(['web'], { deps: { onFailure: 'leave' } })
    const { rollout } = await release(target, crash)
    const failed = await watchUntil(target, rollout, anyFailed, 20_000)
    expect(failed.workloads[0]?.state).toMatchObject({ is: 'failed', reason: { code: 'crash-on-start' } })
    await eventually(
      'the engine has stopped the update',
      async () => (await services.list())[0]?.UpdateStatus?.State === 'paused' || undefined,
    )
    const [service] = await services.list()
    expect(service?.Spec.TaskTemplate.ContainerSpec.Image).toBe(imageText(crash))
    await target.record?.({ verified: [], bad: [{ digest: crash.digest, sequence: 1 }] }, rollout)
    expect((await services.list())[0]?.Version).toEqual(service?.Version)
  })

  describe('the way back', () => {
    it('pins a tag to the digest that ran: the tag may have moved', async () => {
      const { services, target } = await world(['web'], { image: `${v1.repository.name}:v1` })
      const { before, stamp, rollout } = await release(target, v2)
      expect(before.workloads[0]?.digests).toEqual([v1.digest])
      await settle(target, rollout)
      await docker('tag', `${v2.repository.name}:v2`, `${v1.repository.name}:v1`)
      const back = await target.restore(before, stamp)
      expect(states(await settle(target, back))).toEqual(['settled'])
      expect((await services.list())[0]?.Spec.TaskTemplate.ContainerSpec.Image).toBe(
        `${v1.repository.name}:v1@${v1.digest}`,
      )
      for (const { ImageID } of await services.containers()) expect(v1.accepted).toContain(ImageID)
      await docker('pull', '--quiet', `${v1.repository.name}:v1`)
    })

    it('finds an image that no registry knows by its id when its name has moved', async () => {
      const local = 'swarm-local-only:test'
      await docker(
        'build',
        '--quiet',
        '--tag',
        local,
        '--label',
        'only=here',
        await contextOf('FROM scratch\nCOPY busybox /busybox\nCMD ["/busybox","sleep","1000"]\n'),
      )
      const id = await docker('image', 'inspect', '--format', '{{.Id}}', local)
      const { services, target } = await world(['web'], { image: local })
      const { before, stamp } = await release(target, v2)
      expect(before.workloads[0]?.digests).toEqual([id])
      const untouched = await target.restore(before, stamp)
      expect(states(await settle(target, untouched))).toEqual(['settled'])
      expect((await services.list())[0]?.Spec.TaskTemplate.ContainerSpec.Image).toMatch(new RegExp(`^${local}`))

      const again = await release(target, v2)
      await docker('tag', imageText({ ...v2, tag: 'v2' }).split('@')[0] ?? '', local)
      const back = await target.restore(again.before, again.stamp)
      expect(states(await settle(target, back))).toEqual(['settled'])
      expect((await services.containers()).map(({ ImageID }) => ImageID)).toEqual([id])
      await services.remove()
      await docker('image', 'rm', '--force', local)
    })

    it('changes nothing when the engine has gone back by itself already', async () => {
      // On a busy node the engine hears of a crash late: within this time it still takes it for one of the update.
      const change = (spec: RawSpec) => (spec.UpdateConfig = { ...spec.UpdateConfig, Monitor: 20_000_000_000 }) as never
      const { services, target } = await world(['web'], { change })
      const { before, stamp, rollout } = await release(target, crash)
      await watchUntil(target, rollout, anyFailed, 20_000)
      await eventually(
        'the engine has gone back',
        async () => (await services.list())[0]?.UpdateStatus?.State === 'rollback_completed' || undefined,
        60_000,
      )
      const [service] = await services.list()
      const back = await target.restore(before, stamp)
      expect((await services.list())[0]?.Version).toEqual(service?.Version)
      expect(states(await settle(target, back))).toEqual(['settled'])
    })

    it('needs no registry: neither a rollback by digest nor a restore', async () => {
      const { target } = await world(['web'])
      const first = await release(target, v2)
      await settle(target, first.rollout)
      await registry.stop()
      try {
        const down = await release(target, v1)
        expect(states(await settle(target, down.rollout))).toEqual(['settled'])
        expect(states(await settle(target, await target.restore(down.before, down.stamp)))).toEqual(['settled'])
      } finally {
        await registry.start()
      }
    })
  })

  describe('records', () => {
    it('lives through somebody who writes at the same time', async () => {
      const { services, target } = await world(['web'])
      const { rollout } = await release(target, v2)
      await settle(target, rollout)
      const history = withVerified(EMPTY_HISTORY, { digest: v2.digest, sequence: 1 })
      const others = Array.from({ length: 3 }, (_, index) =>
        services.update((spec) => (spec.Labels[`other${String(index)}`] = 'x') as never),
      )
      await Promise.all([target.record?.(history, rollout), ...others])
      expect(mergeHistories((await target.history?.()) ?? [])).toEqual(history)
      expect((await services.list())[0]?.Spec.Labels).toMatchObject({ other0: 'x', other1: 'x', other2: 'x' })
    })

    it('keeps the newest ten of two memories', async () => {
      const { target } = await world(['web'])
      const { rollout } = await release(target, v2)
      await settle(target, rollout)
      const versions = Array.from({ length: 12 }, (_, index) => ({
        digest: `sha256:${index.toString(16).padStart(64, '0')}` as const,
        sequence: index + 1,
      }))
      for (const version of versions) await target.record?.({ verified: [version], bad: [] }, rollout)
      expect((await target.history?.())?.[0]?.verified).toEqual(versions.slice(2).reverse())
    })
  })

  describe('preflight', () => {
    const context = () => ({ image: v2, dryRun: false })

    it('names every missing service and prints what creates it', async () => {
      const { services } = await world(['web'])
      const target = await open(swarmRequest([...services.names, 'swarmt-none', 'swarmt-nowhere']))
      const { faults } = await target.check(context())
      expect(faults.map(({ code }) => code)).toEqual(['workload-not-found', 'workload-not-found'])
      expect(faults[0]?.fix).toContain(`docker service create --name swarmt-none`)
      expect(await target.current().catch(asDeployError)).toMatchObject({ code: 'workload-not-found' })
    })

    it('refuses jobs, blue-green and services that are scaled to zero; warns without a HEALTHCHECK', async () => {
      const { services } = await world(['web'])
      const [name = ''] = services.names
      await services.update((spec) => (spec.Mode = { Replicated: { Replicas: 0 } }) as never)
      const jobs = new SwarmServices('job')
      made.push(jobs)
      await jobs.create(imageText(v1), (spec) => {
        spec.Mode = { ReplicatedJob: {} } as never
        delete spec.UpdateConfig
        delete spec.RollbackConfig
        // The engine keeps a job's containers when the service goes: none may start.
        spec.TaskTemplate.Placement = { Constraints: ['node.labels.none == here'] }
        spec.TaskTemplate.RestartPolicy = { Condition: 'none' }
      })
      const target = await open({ ...swarmRequest([name, ...jobs.names]), strategy: 'blue-green' })
      const { faults, warnings, plan } = await target.check(context())
      expect(faults.map(({ code }) => code).sort()).toEqual(['not-supported', 'not-supported', 'nothing-runs'])
      expect(warnings.join('\n')).toMatch(/no HEALTHCHECK/)
      expect(plan.slice(0, 3)).toEqual([`service ${name}`, `  - image ${imageText(v1)}`, `  + image ${imageText(v2)}`])
    })
  })

  describe('the digest that runs', () => {
    it('is what the container’s image says, not what the spec says', async () => {
      const services = new SwarmServices('web')
      made.push(services)
      await services.create(imageText(v1), undefined, 2)
      await services.running(2)
      const api = await connect({ host: need('docker').DOCKER_HOST }, {})
      // Its id: the config's digest, or the manifest's where containerd keeps the images.
      const wrong = [...v2.accepted].at(-1) ?? ''
      const target = await open(swarmRequest(services.names), { api: lying(api, wrong) })
      const { workloads } = await target.current()
      expect(workloads[0]?.digests).toHaveLength(2)
      expect(workloads[0]?.digests).toContain(v1.digest)
      expect([...v2.accepted]).toContain(workloads[0]?.digests.find((digest) => digest !== v1.digest))
    })
  })

  it('wakes up on an event, long before the time is over', async () => {
    const { services, target } = await world(['web'])
    const { rollout } = await release(target, v2)
    await settle(target, rollout)
    await target.changed(rollout, 1, new AbortController().signal)
    await new Promise((resolve) => setTimeout(resolve, 2500))
    const from = Date.now()
    const waited = target.changed(rollout, 20_000, new AbortController().signal)
    await services.update((spec) => (spec.Labels.event = 'yes') as never)
    await waited
    expect(Date.now() - from).toBeLessThan(2000)
  })

  describe('from a stack file', () => {
    let app: string
    let file: string
    beforeEach(() => {
      app = `swarmt-${String(process.pid)}-stack${String(Date.now() % 10_000)}`
      const folder = tempDir('stack')
      file = path.join(folder, 'stack.yml')
      writeFileSync(path.join(folder, 'key.txt'), 'top secret')
      writeFileSync(
        file,
        `
x-service: &service
  image: ${v1.repository.name}
  stop_grace_period: 2s
  deploy:
    replicas: 2
    update_config: { parallelism: 0, monitor: 400ms }
    restart_policy: { delay: 100ms }
services:
  web:
    <<: *service
    environment: [ "MODE=\${MODE:-stack}" ]
    secrets: [ key ]
  worker: *service
  helper:
    image: swarmt-helper:1
    stop_grace_period: 2s
networks:
  default: { external: true, name: bridge }
secrets:
  key: { file: key.txt }
`,
      )
    })
    afterEach(async () => {
      const listed = await engine<{ ID: string; Spec: { Name: string } }[]>('GET', '/services')
      const ours = listed.filter(({ Spec }) => Spec.Name.startsWith(app))
      await Promise.all(ours.map(({ ID }) => engine('DELETE', `/services/${ID}`)))
      await eventually('the secret can go', async () => {
        try {
          await docker('secret', 'rm', `${app}_key`)
          return true
        } catch (error) {
          return /no such secret/i.test(String(error)) || undefined
        }
      })
    })
    const names = async () => {
      const listed = await engine<{ Spec: RawSpec }[]>('GET', '/services')
      return listed
        .map(({ Spec }) => Spec.Name)
        .filter((name) => name.startsWith(app))
        .sort()
    }

    it('creates the services of the image and what they need', async () => {
      const target = await open(swarmRequest([], { app, manifests: [file] }), { repository: v1.repository })
      const { faults, plan } = await target.check({ image: v1, dryRun: false })
      expect(faults).toEqual([])
      expect(plan.join('\n')).toContain(`secret ${app}_key is created`)
      expect(await names()).toEqual([])
      const { before, rollout } = await release(target, v1)
      expect(before.workloads.map(({ name, exists }) => [name, exists])).toEqual([
        [`${app}_web`, false],
        [`${app}_worker`, false],
      ])
      expect(states(await settle(target, rollout))).toEqual(['settled', 'settled'])
      expect(await names()).toEqual([`${app}_helper`, `${app}_web`, `${app}_worker`])
      const [container = ''] = (await docker('ps', '-q', '--filter', `name=${app}_web`)).split('\n')
      expect(await docker('exec', container, '/bin/cat', '/run/secrets/key')).toBe('top secret')
      expect(await docker('inspect', '--format', '{{.Config.Env}}', container)).toContain('MODE=stack')

      // The second release finds the services and changes only the image.
      const again = await release(target, v2)
      expect(again.before.workloads.every(({ exists }) => exists)).toBe(true)
      expect(states(await settle(target, again.rollout))).toEqual(['settled', 'settled'])
    })

    it('takes back what it created when the first version does not run', async () => {
      const target = await open(swarmRequest(['web'], { app, manifests: [file] }))
      const { before, stamp, rollout } = await release(target, crash)
      const observation = await watchUntil(target, rollout, anyFailed, 20_000)
      expect(observation.workloads[0]?.state).toMatchObject({ is: 'failed', reason: { code: 'crash-on-start' } })
      const back = await target.restore(before, stamp)
      expect(back.workloads).toEqual([])
      expect(await names()).toEqual([])
    })

    it('removes nothing that another run created', async () => {
      const mine = await open(swarmRequest(['web'], { app, manifests: [file] }))
      const before = await mine.current()
      const theirs = await open(swarmRequest(['web'], { app, manifests: [file] }))
      await release(theirs, v1)
      await mine.restore(before, stampFor(v1))
      expect(await names()).toEqual([`${app}_helper`, `${app}_web`, `${app}_worker`])
    })
  })

  describe('a registry that asks for a password', () => {
    it('lets the nodes in with the credentials of the run, and not without', async () => {
      const locked = await startRegistry({ auth: { user: 'bob', password: 'geheim' } })
      const config = tempDir('login')
      writeFileSync(
        path.join(config, 'config.json'),
        JSON.stringify({ auths: { [locked.host]: { auth: Buffer.from('bob:geheim').toString('base64') } } }),
      )
      const name = `${locked.host}/swarm/app`
      await docker('tag', `${v2.repository.name}:v2`, `${name}:v2`)
      await docker('--config', config, 'push', '--quiet', `${name}:v2`)
      await docker('image', 'rm', `${name}:v2`, imageText(v2), `${v2.repository.name}:v2`).catch(() => undefined)
      const secret: PinnedImage = {
        ...v2,
        repository: { registry: locked.host, path: 'swarm/app', name },
      }
      await forget(v2, secret)
      const { target: stranger, services } = await world(['web'])
      const denied = await release(stranger, secret)
      const refused = await watchUntil(stranger, denied.rollout, anyFailed, 20_000)
      expect(refused.workloads[0]?.state).toMatchObject({ is: 'failed', reason: { code: 'image-pull-failed' } })
      await settle(stranger, await stranger.restore(denied.before, denied.stamp))

      const auth = { username: 'bob', password: 'geheim', serveraddress: locked.host }
      const header = Buffer.from(JSON.stringify(auth)).toString('base64url')
      const member = await open(swarmRequest(services.names), { registry: { engineAuth: async () => header } })
      const letIn = await release(member, secret)
      expect(states(await settle(member, letIn.rollout))).toEqual(['settled'])
      // The way back and forth again without credentials of its own: the engine still has them.
      await settle(member, await member.restore(letIn.before, letIn.stamp))
      await services.remove()
      await forget(secret)
      await locked.stop()
    })
  })
})

/** The engine, but one of its containers is said to run another image. */
function lying(api: EngineApi, imageId: string): EngineApi {
  return {
    endpoint: api.endpoint,
    version: () => api.version(),
    stream: (...args) => api.stream(...args),
    close: () => api.close(),
    async request(method, path, options) {
      const answer = await api.request(method, path, options)
      if (path !== '/containers/json') return answer
      const [first, ...others] = answer.json() as { ImageID: string }[]
      return { ...answer, json: () => [{ ...first, ImageID: imageId }, ...others], message: () => answer.message() }
    },
  }
}

async function contextOf(dockerfile: string): Promise<string> {
  const folder = tempDir('context')
  writeFileSync(path.join(folder, 'Dockerfile'), dockerfile)
  const { copyFileSync } = await import('node:fs')
  copyFileSync('/bin/busybox', path.join(folder, 'busybox'))
  return folder
}
