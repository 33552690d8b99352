// What a verdict rests on, on a real cluster: draining pods, others' changes on the way back, late objects, Jobs.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { pinned } from '../../src/domain/image.ts'
import type { Observation } from '../../src/ports.ts'
import { describeWith } from '../harness/lab.ts'
import { eventually, tempDir } from '../harness/temp.ts'
import { app, deployApp, openBench, podsOf, settle, stamp, type Bench } from './kubernetes-world.ts'

type Json = Record<string, unknown>
const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const
const DRAINS = { command: ['/bin/sh', '-c', 'httpd -p 8080 -h /www; while :; do sleep 1; done'] }
const states = ({ workloads }: Observation) => workloads.map(({ state }) => state.is)
const job = (name: string, image: string, command: string[]): Json => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    backoffLimit: 0,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'm', image, command }] } },
  },
})

describeWith('kubernetes', 'registry')('kubernetes verdicts', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench({ images: ['v1', 'v2', 'v3'] })
  })
  afterAll(() => bench.close())

  const templateOf = async (kind: string, name: string) => {
    const { body } = await bench.get(bench.path(kind, name))
    return (body as { spec: { template: Json } }).spec.template
  }
  const patch = (name: string, body: object) =>
    bench.admin.request('PATCH', bench.path('deployment', name), {
      body,
      type: 'application/strategic-merge-patch+json',
      query: { fieldManager: 'kubectl' },
    })
  const manifests = (objects: readonly Json[]) => {
    const file = path.join(tempDir('manifests'), 'all.yml')
    writeFileSync(file, objects.map((object) => stringify(object)).join('---\n'))
    return [file]
  }

  it.each(KINDS.filter((kind) => kind === 'Deployment'))(
    'old pods of a %s that drain for minutes hold up neither the release nor the way back',
    { timeout: 180_000 },
    async (kind) => {
      const pod = { terminationGracePeriodSeconds: 600 }
      await deployApp(bench, app('drain', pinned(bench.image('v1')), { kind, pod, container: DRAINS }))
      const target = bench.target([`${kind.toLowerCase()}/drain`])
      const image = bench.image('v2')
      const before = await target.current()
      const rollout = await target.replace(image, stamp(image), before)
      expect(states(await settle(target, rollout, 60_000))).toEqual(['settled'])
      const draining = (await podsOf(bench, 'drain')).filter(({ metadata }) => metadata.deletionTimestamp)
      expect(draining).toHaveLength(2)
      const back = await settle(target, { ...(await target.restore(before, stamp(image))), isRestore: true }, 60_000)
      expect(states(back)).toEqual(['settled'])
      expect(back.workloads[0]?.replicas.map(({ digest }) => digest)).toEqual(
        before.workloads[0]?.digests.concat(before.workloads[0].digests),
      )
      await target.close()
      await bench.admin.request('DELETE', bench.path('deployment', 'drain'))
      for (const { metadata } of await podsOf(bench, 'drain')) {
        const body = { gracePeriodSeconds: 0 }
        await bench.admin.request('DELETE', bench.path('pod', metadata.name), { body })
      }
    },
  )

  it.each(['StatefulSet', 'DaemonSet'] as const)(
    'a %s waits for the place of a pod that drains, which is not a difference from before',
    { timeout: 120_000 },
    async (kind) => {
      const name = `place-${kind.toLowerCase()}`
      const pod = { terminationGracePeriodSeconds: 600 }
      const replicas = kind === 'StatefulSet' ? { replicas: 1 } : {}
      await deployApp(bench, app(name, pinned(bench.image('v1')), { kind, pod, container: DRAINS, ...replicas }))
      const target = bench.target([`${kind.toLowerCase()}/${name}`])
      const image = bench.image('v2')
      const before = await target.current()
      await target.replace(image, stamp(image), before)
      await eventually('a pod that drains', async () => {
        return (await podsOf(bench, name)).some(({ metadata }) => metadata.deletionTimestamp) || undefined
      })
      await target.restore(before, stamp(image))
      expect((await target.current()).workloads[0]).toMatchObject({ draining: 1, image: pinned(bench.image('v1')) })
      await target.close()
      for (const { metadata } of await podsOf(bench, name)) {
        const body = { gracePeriodSeconds: 0 }
        await bench.admin.request('DELETE', bench.path('pod', metadata.name), { body })
      }
    },
  )

  it('the way back keeps what others changed meanwhile', { timeout: 90_000 }, async () => {
    const env = [{ name: 'PASSWORD', value: 'one' }]
    await deployApp(bench, app('shared', pinned(bench.image('v1')), { container: { env } }))
    const target = bench.target(['shared'])
    const image = bench.image('v2')
    const before = await target.current()
    const rollout = await target.replace(image, stamp(image), before)
    const rotated = [{ name: 'PASSWORD', value: 'two' }]
    await patch('shared', {
      spec: {
        replicas: 3,
        template: {
          metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } },
          spec: { containers: [{ name: 'web', env: rotated }] },
        },
      },
    })
    expect(states(await settle(target, rollout))).toEqual(['settled'])
    const back = await settle(target, await target.restore(before, stamp(image)))
    expect(states(back)).toEqual(['settled'])
    expect(back.workloads[0]?.replicas).toHaveLength(3)
    expect(await templateOf('deployment', 'shared')).toMatchObject({
      metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } },
      spec: { containers: [{ image: pinned(bench.image('v1')), env: rotated }] },
    })
    await target.close()
  })

  it.each([
    [
      'a variable',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'late-env', key: 'a' } } }] },
      {},
      'late-env',
    ],
    [
      'a volume',
      { volumeMounts: [{ name: 'c', mountPath: '/c' }] },
      { volumes: [{ name: 'c', configMap: { name: 'late-volume' } }] },
      'late-volume',
    ],
  ])('an object that is made later is waited for: %s', { timeout: 150_000 }, async (_, container, pod, name) => {
    const kind = name === 'late-env' ? 'Secret' : 'ConfigMap'
    const image = bench.image('v1')
    const object = app(name, pinned(image), { replicas: 1, container, pod })
    const target = bench.target(
      [],
      { manifests: manifests([object]), grace: 60_000 },
      { api: bench.openAdmin(), repository: image.repository },
    )
    const rollout = await target.replace(image, stamp(image), await target.current())
    const early = await settle(target, rollout, 8000)
    expect(early.workloads[0]?.state).toMatchObject({ is: 'progressing' })
    await bench.apply({
      apiVersion: 'v1',
      kind,
      metadata: { name },
      ...(kind === 'Secret' ? { stringData: { a: '1' } } : { data: { a: '1' } }),
    })
    expect(states(await settle(target, rollout, 120_000))).toEqual(['settled'])
    await target.close()
  })

  it(
    'Jobs of the manifests: waited for, replaced when they have ended, and their failure is the release’s',
    { timeout: 180_000 },
    async () => {
      const release = async (version: 'v1' | 'v2' | 'v3', command: string[]) => {
        const image = bench.image(version)
        const objects = [
          job('migrate', image.repository.name, command),
          app('jobbed', image.repository.name, { replicas: 1 }),
        ]
        const more = { manifests: manifests(objects) }
        const target = bench.target(['jobbed'], more, { api: bench.openAdmin(), repository: image.repository })
        const readiness = await target.check({ image, dryRun: true })
        expect(readiness.faults).toEqual([])
        const pending = await target.pendingChanges?.(image)
        const rollout = await target.replace(image, stamp(image), await target.current())
        const seen: string[] = []
        const observation = await eventually(
          'the verdict',
          async () => {
            const now = await target.observe(rollout)
            const { state } = now.workloads[0]!
            if (state.is === 'progressing') seen.push(state.detail)
            return state.is === 'progressing' ? undefined : now
          },
          60_000,
        )
        const after = await target.pendingChanges?.(image)
        await target.close()
        return { state: observation.workloads[0]!.state, seen, plan: readiness.plan, pending, after }
      }
      const first = await release('v1', ['/bin/sh', '-c', 'sleep 25'])
      expect(first.state).toEqual({ is: 'settled' })
      expect(first.seen.join()).toContain('job/migrate is not done: 1 of its pods run')
      expect(first.after).toEqual([])
      const second = await release('v2', ['/bin/sh', '-c', 'true'])
      expect(second.plan.join('\n')).toContain('job/migrate has ended and would be replaced')
      expect(second.state).toEqual({ is: 'settled' })
      const third = await release('v3', ['/bin/sh', '-c', 'echo relation exists; exit 3'])
      expect(third.state).toMatchObject({ is: 'failed', reason: { code: 'job-failed' } })
      expect(JSON.stringify(third.state)).toContain('relation exists')
    },
  )

  it('a DaemonSet that no node takes is refused in words', { timeout: 60_000 }, async () => {
    const image = bench.image('v1')
    const pod = { nodeSelector: { [`test/${bench.namespace}`]: 'nowhere' } }
    await bench.apply(app('nowhere', pinned(image), { kind: 'DaemonSet', pod }))
    const target = bench.target(['daemonset/nowhere'])
    const faults = await eventually('the fault', async () => {
      const readiness = await target.check({ image, dryRun: true })
      return readiness.faults.length > 0 ? readiness.faults : undefined
    })
    expect(faults).toMatchObject([{ code: 'nothing-runs' }])
    expect(faults[0]?.what).toMatch(/no node of the cluster takes it/)
    await target.close()
  })
})
