// A Swarm of two engines of our own: what a manager can know of another node, and engines that are not managers.
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/adapters/docker/connection.ts'
import type { PinnedImage } from '../../src/domain/image.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import type { Observation, Rollout, Target } from '../../src/ports.ts'
import { imageText } from '../../src/targets/swarm/spec.ts'
import { createSwarmTarget } from '../../src/targets/swarm/target.ts'
import { publish, realClock, swarmRequest } from '../contract/swarm-world.ts'
import { stampFor, watchUntil } from '../contract/target-contract.ts'
import { canStartEngines, end, Engine, Island } from '../harness/island.ts'
import { describeWith, need } from '../harness/lab.ts'
import { eventually, tempDir } from '../harness/temp.ts'

const PORT = '2377'

function registryConfig(addr: string): string {
  const folder = tempDir('registry')
  const storage = { filesystem: { rootdirectory: path.join(folder, 'storage') } }
  const file = path.join(folder, 'config.yml')
  writeFileSync(file, JSON.stringify({ version: '0.1', storage, http: { addr, secret: 'lab' } }))
  return file
}

const decided = ({ workloads }: Observation): boolean => workloads.every(({ state }) => state.is !== 'progressing')
const failed = ({ workloads }: Observation): boolean => workloads.some(({ state }) => state.is === 'failed')

const healthyOf = ({ workloads }: Observation): number =>
  (workloads[0]?.replicas ?? []).filter(({ healthy }) => healthy).length

describeWith('docker', 'registry')('Swarm of two nodes', () => {
  describe.skipIf(!canStartEngines())('with engines of its own', () => {
    const island = new Island()
    const manager = new Engine(island)
    const worker = new Engine(island)
    const targets: Target[] = []
    let registry: ChildProcess
    let v1: PinnedImage
    let v2: PinnedImage
    let crash: PinnedImage

    beforeAll(async () => {
      await island.open()
      await Promise.all([manager.start(), worker.start()])
      const host = '127.0.0.1:5000'
      registry = island.spawn(need('registry').REGISTRY, 'serve', registryConfig(host))
      // Host network: nothing may listen.
      const files = (version: string) => ({
        'app/start': `#!/bin/sh\ntrap 'exit 0' TERM\necho ${version}\nwhile :; do sleep 1 & wait $!; done\n`,
      })
      v1 = await publish({ host }, 'v1', 'healthy', { files: files('v1') }, manager.host)
      v2 = await publish({ host }, 'v2', 'healthy', { files: files('v2') }, manager.host)
      crash = await publish({ host }, 'crash', 'crash', {}, manager.host)
    })
    afterAll(async () => {
      await worker.remove()
      await manager.remove()
      await end(registry, 'SIGKILL')
      island.close()
    })
    afterEach(async () => {
      await Promise.all(targets.splice(0).map((target) => target.close()))
    })

    async function open(engine: Engine, ...services: string[]): Promise<Target> {
      const api = await connect({ host: engine.host, unreachable: 'target-unreachable' }, {})
      const registryAuth = { engineAuth: async () => '' }
      const { repository } = v2
      const deps = { api, clock: realClock, repository, registry: registryAuth }
      const target: Target = createSwarmTarget(swarmRequest(services), deps)
      targets.push(target)
      return target
    }

    const context = () => ({ image: v2, dryRun: false })

    async function create(name: string, ...options: string[]): Promise<Target> {
      const rules = ['--update-parallelism=0', '--update-monitor=500ms', '--restart-delay=200ms', '--network=host']
      const image = [`--no-resolve-image`, ...rules, '--name', name, ...options, imageText(v1)]
      await manager.call('service', 'create', '--quiet', ...image)
      return open(manager, name)
    }

    async function release(target: Target, image: PinnedImage) {
      const before = await target.current()
      const stamp = stampFor(image)
      return { before, stamp, rollout: await target.replace(image, stamp, before) }
    }
    const settle = (target: Target, rollout: Rollout<unknown>) => watchUntil(target, rollout, decided, 30_000)

    const nodeIsDown = () =>
      eventually(
        'the node is down',
        async () => (await manager.call('node', 'ls', '--format', '{{.Status}}')).includes('Down') || undefined,
        60_000,
      )

    it('an engine outside of any Swarm gets its sentence', async () => {
      const target = await open(manager, 'web')
      const { faults } = await target.check(context())
      expect(faults).toHaveLength(1)
      expect(faults[0]).toMatchObject({
        code: 'target-denied',
        what: expect.stringMatching(/not part of a Swarm/) as string,
      })
      expect(faults[0]?.fix).toMatch(/docker swarm init/)
      expect(await target.current().catch(asDeployError)).toMatchObject({ code: 'target-unreachable' })
    })

    it('so does a worker', async () => {
      const at = (address: string) => [`--advertise-addr=${address}:${PORT}`, `--listen-addr=${address}:${PORT}`]
      await manager.call('swarm', 'init', ...at('127.0.0.2'))
      const token = await manager.call('swarm', 'join-token', '--quiet', 'worker')
      await worker.call('swarm', 'join', '--token', token, ...at('127.0.0.3'), `127.0.0.2:${PORT}`)
      const { faults } = await (await open(worker, 'web')).check(context())
      expect(faults[0]).toMatchObject({
        code: 'target-denied',
        what: expect.stringMatching(/is a Swarm worker/) as string,
      })
    })

    it('proves replicas on both nodes', async () => {
      const target = await create('both', '--replicas=2', '--replicas-max-per-node=2')
      await eventually('both run', async () => (await target.current()).workloads[0]?.ready === 2 || undefined)
      const { before, rollout } = await release(target, v2)
      expect(before.workloads[0]).toMatchObject({ digests: [v1.digest], stable: true })
      const [workload] = (await settle(target, rollout)).workloads
      expect(workload?.state).toEqual({ is: 'settled' })
      expect(workload?.replicas.map(({ digest }) => digest)).toEqual([v2.digest, v2.digest])
      const tasks = await manager.call(
        'service',
        'ps',
        'both',
        '--filter',
        'desired-state=running',
        '--format',
        '{{.ID}}',
      )
      const nodes = await Promise.all(
        tasks.split('\n').map((id) => manager.call('inspect', '--format', '{{.NodeID}}', id)),
      )
      expect(new Set(nodes).size).toBe(2)
      await manager.call('service', 'rm', 'both')
    })

    it('tells the log of a container on another node', async () => {
      const target = await create('away', '--constraint=node.role==worker')
      await eventually('it runs', async () => (await target.current()).workloads[0]?.ready === 1 || undefined)
      const { before, stamp, rollout } = await release(target, crash)
      const [workload] = (await watchUntil(target, rollout, failed, 30_000)).workloads
      if (workload?.state.is !== 'failed') throw new Error(JSON.stringify(workload))
      expect(workload.state.reason.code).toBe('crash-on-start')
      expect(workload.state.reason.evidence?.join('\n')).toContain('fatal: no configuration')
      const back = await settle(target, await target.restore(before, stamp))
      expect(back.workloads[0]?.state).toEqual({ is: 'settled' })
      await manager.call('service', 'rm', 'away')
    })

    it('does not count the replica of a node that has died', async () => {
      const target = await create('split', '--replicas=2', '--replicas-max-per-node=1')
      await eventually('both run', async () => (await target.current()).workloads[0]?.ready === 2 || undefined)
      const { rollout } = await release(target, v2)
      expect(healthyOf(await settle(target, rollout))).toBe(2)
      await worker.stop('SIGKILL')
      await nodeIsDown()
      const alone = await target.observe(rollout)
      expect(healthyOf(alone)).toBe(1)
      expect(alone.workloads[0]).toMatchObject({ desired: 2, state: { is: 'progressing' } })
      expect((await target.current()).workloads[0]).toMatchObject({ ready: 1 })
      await worker.start()
      // It comes back within the time: the release is what it was, and nothing has failed.
      const back = await settle(target, rollout)
      expect(back.workloads[0]).toMatchObject({ desired: 2, state: { is: 'settled' } })
      expect(healthyOf(back)).toBe(2)
      await manager.call('service', 'rm', 'split')
      await eventually('nothing runs', async () => (await worker.call('ps', '-q')) === '' || undefined, 30_000)
    })

    it('counts nodes of a global service, and waits for no task of a node that is down', async () => {
      const target = await create('everywhere', '--mode=global')
      await eventually('both run', async () => (await target.current()).workloads[0]?.ready === 2 || undefined)
      const first = await release(target, v2)
      expect((await settle(target, first.rollout)).workloads[0]).toMatchObject({ state: { is: 'settled' }, desired: 2 })
      await worker.stop('SIGKILL')
      await nodeIsDown()
      const second = await release(target, v1)
      expect((await settle(target, second.rollout)).workloads[0]).toMatchObject({
        state: { is: 'settled' },
        desired: 1,
      })
      await manager.call('service', 'rm', 'everywhere')
      // It takes its containers up again and ends them.
      await worker.start()
      await eventually('nothing runs', async () => (await worker.call('ps', '-q')) === '' || undefined, 30_000)
    })
  })
})
