// Every way in which a rollout fails on Swarm, caused for real: the right reason as soon as it is certain, and back.
// SWARM_RECORD=<folder> writes the deciding looks as fixtures for the table test of `classify`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, hostname } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/adapters/docker/connection.ts'
import type { PinnedImage } from '../../src/domain/image.ts'
import type { ReasonCode } from '../../src/errors/catalogue.ts'
import type { EngineApi, Rollout, Running, Target, WorkloadObservation } from '../../src/ports.ts'
import { classify } from '../../src/targets/swarm/classify.ts'
import { createSwarm } from '../../src/targets/swarm/engine.ts'
import type { ServiceInspection } from '../../src/targets/swarm/inspection.ts'
import { createObserver } from '../../src/targets/swarm/snapshot.ts'
import type { SwarmSpec } from '../../src/targets/swarm/spec.ts'
import { imageText } from '../../src/targets/swarm/spec.ts'
import type { RawSpec } from '../contract/swarm-world.ts'
import { forget, publish, realClock, SwarmServices, swarmRequest, swarmTarget } from '../contract/swarm-world.ts'
import { stampFor } from '../contract/target-contract.ts'
import type { Variant } from '../harness/images.ts'
import { describeWith, need } from '../harness/lab.ts'
import { eventually } from '../harness/temp.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import { tempDir } from '../harness/temp.ts'

interface Row {
  readonly what: string
  readonly variant: Variant | 'missing'
  readonly code: ReasonCode
  /** What the evidence or the sentence must name. */
  readonly says: RegExp
  /** How the service differs from the usual one. */
  readonly given?: (spec: RawSpec) => void
  /** Between the first version and the release. */
  readonly meanwhile?: () => void
  readonly within?: number
}

const mount = tempDir('mount')
const limit = (spec: RawSpec): void => {
  spec.TaskTemplate.Resources = { Limits: { MemoryBytes: 16_000_000 } }
}

const rows: readonly Row[] = [
  { what: 'crash', variant: 'crash', code: 'crash-on-start', says: /exit code 1[^]*fatal: no configuration/ },
  { what: 'hostile logs', variant: 'hostile-logs', code: 'crash-on-start', says: /::error::/ },
  { what: 'unhealthy', variant: 'unhealthy', code: 'unhealthy', says: /HEALTHCHECK fails[^]*health check: exit 1/ },
  { what: 'image missing', variant: 'missing', code: 'image-pull-failed', says: /No such image/ },
  { what: 'exit 0', variant: 'exit-zero', code: 'exited', says: /exit code 0/ },
  { what: 'out of memory', variant: 'oom', code: 'out-of-memory', says: /OOMKilled/, given: limit },
  { what: 'wrong architecture', variant: 'wrong-arch', code: 'wrong-platform', says: /exec format error/ },
  { what: 'command not found', variant: 'not-found', code: 'cannot-start', says: /nothing-here/ },
  {
    what: 'bind mount gone',
    variant: 'healthy',
    code: 'cannot-start',
    says: /bind source path does not exist/,
    given: (spec) => {
      mkdirSync(path.join(mount, 'data'), { recursive: true })
      spec.TaskTemplate.ContainerSpec.Mounts = [{ Type: 'bind', Source: path.join(mount, 'data'), Target: '/data' }]
    },
    meanwhile: () => rmSync(path.join(mount, 'data'), { recursive: true }),
  },
  {
    what: 'dies after the monitor time',
    variant: 'crash-later',
    code: 'died-after-ready',
    says: /died after it was ready[^]*lost the database/,
  },
  {
    what: 'crash where the update goes on regardless',
    variant: 'crash',
    code: 'crash-on-start',
    says: /exit code 1/,
    given: (spec) => {
      const { Monitor: _, ...rules } = spec.UpdateConfig ?? {}
      spec.UpdateConfig = { ...rules, FailureAction: 'continue', Parallelism: 1 }
    },
  },
  {
    what: 'no room beside the old tasks',
    variant: 'healthy',
    code: 'unschedulable',
    says: /insufficient resources/,
    given: (spec) => {
      spec.TaskTemplate.Resources = { Reservations: { NanoCPUs: cpus().length * 600_000_000 } }
    },
    within: 45_000,
  },
]

describeWith('docker', 'registry')('Swarm failures', () => {
  let registry: TestRegistry
  let api: EngineApi
  let target: Target
  let services: SwarmServices
  const images = new Map<string, PinnedImage>()
  const image = (name: string): PinnedImage => images.get(name)!

  beforeAll(async () => {
    registry = await startRegistry()
    const variants = new Set<Row['variant']>(['healthy', ...rows.map((row) => row.variant)])
    images.set('v1', await publish(registry, 'v1', 'healthy', { version: 'old' }))
    for (const variant of variants) {
      if (variant === 'missing' || images.has(variant)) continue
      images.set(variant, await publish(registry, variant, variant, { seconds: 2 }))
    }
    const missing = `sha256:${'a'.repeat(64)}` as const
    images.set('missing', { ...image('v1'), digest: missing, accepted: new Set([missing]), tag: 'gone' })
    api = await connect({ host: need('docker').DOCKER_HOST }, {})
  })
  afterAll(async () => {
    api?.close()
    await forget(...images.values())
    await registry?.stop()
  })
  beforeEach(async () => {
    services = new SwarmServices('web')
    target = await swarmTarget(swarmRequest(services.names))
  })
  afterEach(async () => {
    await target.close()
    await services.remove()
  })

  /** The looks of a rollout until one is decided, by the same observer that the target uses. */
  async function decide(
    rollout: Rollout<SwarmSpec>,
    within: number,
  ): Promise<{ looks: ServiceInspection[]; last: WorkloadObservation }> {
    const observer = createObserver(createSwarm(api), realClock)
    const looks: ServiceInspection[] = []
    const { name, handle } = rollout.workloads[0]!
    const end = Date.now() + within
    for (;;) {
      const snapshot = await observer.observe(services.names)
      const service = snapshot.services.get(name)
      const tasks = service ? (snapshot.tasks.get(service.ID) ?? []) : []
      const look = { name, handle, service, tasks, now: Date.now(), startedAt: rollout.startedAt }
      looks.push(look)
      const last = classify(look)
      const done = last.state.is === 'failed' || last.state.is === 'superseded'
      if (done || Date.now() > end) return { looks, last }
      await target.changed(rollout, 100, new AbortController().signal)
    }
  }

  function record(name: string, looks: readonly ServiceInspection[]): void {
    const folder = process.env.SWARM_RECORD
    if (folder === undefined) return
    const file = path.join(folder, `${name.replaceAll(' ', '-')}.json`)
    const text = JSON.stringify(looks.at(-1), null, 1)
    const plain = text
      .replaceAll(hostname(), 'node-1')
      .replaceAll(mount, '/srv')
      .replaceAll(services.names[0] ?? '', 'web')
    writeFileSync(file, `${plain}\n`)
  }

  async function releaseOver(variant: string, given?: (spec: RawSpec) => void, meanwhile?: () => void) {
    await services.create(imageText(image('v1')), given, 1)
    await services.running(1)
    const specs = await services.specs()
    const before = await target.current()
    meanwhile?.()
    const stamp = stampFor(image(variant))
    const rollout = (await target.replace(image(variant), stamp, before)) as Rollout<SwarmSpec>
    return { specs, before, stamp, rollout }
  }

  describe.each(rows)('$what', (row) => {
    it(`is ${row.code}, and what ran before comes back`, async () => {
      const { specs, before, stamp, rollout } = await releaseOver(row.variant, row.given, row.meanwhile)
      const { looks, last } = await decide(rollout, row.within ?? 20_000)
      record(row.what, looks)
      const observed = await target.observe(rollout)
      const [workload] = observed.workloads
      expect(last.state.is).toBe('failed')
      if (workload?.state.is !== 'failed') throw new Error(`the target says ${JSON.stringify(workload?.state)}`)
      expect(workload.state.reason.code).toBe(row.code)
      expect(`${workload.state.reason.what}\n${workload.state.reason.evidence?.join('\n') ?? ''}`).toMatch(row.says)
      if (row.what === 'bind mount gone') mkdirSync(path.join(mount, 'data'), { recursive: true })
      const back = (await target.restore(before, stamp)) as Rollout<SwarmSpec>
      await settled(back)
      expect(await services.specs()).toEqual(specs)
    })
  })

  async function settled(rollout: Rollout<unknown>): Promise<void> {
    const end = Date.now() + 20_000
    for (;;) {
      const { workloads } = await target.observe(rollout)
      if (workloads.every(({ state }) => state.is === 'settled')) return
      if (Date.now() > end) throw new Error(JSON.stringify(workloads))
      await target.changed(rollout, 100, new AbortController().signal)
    }
  }

  it('says that a service was removed', async () => {
    const { rollout } = await releaseOver('healthy')
    await services.remove()
    const { last } = await decide(rollout, 5000)
    expect(last.state).toMatchObject({ is: 'failed', reason: { code: 'workload-gone' } })
  })

  it('says that a service was removed and created again', async () => {
    const { rollout } = await releaseOver('healthy')
    await services.remove()
    await services.create(imageText(image('healthy')), undefined, 1)
    const { last } = await decide(rollout, 5000)
    expect(last.state).toMatchObject({ is: 'failed', reason: { code: 'workload-gone' } })
  })

  it('sees an update that the engine paused', async () => {
    await services.create(imageText(image('v1')), undefined, 1)
    await services.running(1)
    await services.update((spec) => {
      spec.TaskTemplate.ContainerSpec.Image = imageText(image('crash'))
    })
    await eventually(
      'the engine has paused the update',
      async () => (await services.list())[0]?.UpdateStatus?.State === 'paused' || undefined,
      20_000,
    )
    const before = (await target.current()) as Running<SwarmSpec>
    const workloads = before.workloads.map(({ name, spec }) => ({ name, handle: spec }))
    const rollout = { accepted: image('crash').accepted, startedAt: Date.now(), workloads }
    const { looks, last } = await decide(rollout, 5000)
    record('paused', looks)
    expect(before.workloads[0]?.stable).toBe(false)
    expect(last.state).toMatchObject({ is: 'failed', reason: { code: 'crash-on-start' } })
  })
})
