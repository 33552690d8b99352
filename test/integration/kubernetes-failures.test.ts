// Every row of the fail-early table, caused for real: right reason, evidence, the old version still serving, and the way back.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pinned, type PinnedImage } from '../../src/domain/image.ts'
import type { Reason } from '../../src/errors/deploy-error.ts'
import type { Observation } from '../../src/ports.ts'
import { describeWith } from '../harness/lab.ts'
import { eventually } from '../harness/temp.ts'
import { app, deployApp, openBench, podsOf, settle, stamp, type AppOptions, type Bench } from './kubernetes-world.ts'

/** Writes what the cluster said at that moment as a fixture of the classification's table: RECORD=1. */
async function record(bench: Bench, kind: string, name: string, row: string): Promise<void> {
  if (!process.env['RECORD']) return
  const folder = path.resolve('src/targets/kubernetes/why/fixtures')
  mkdirSync(folder, { recursive: true })
  const items = async (what: string, query = '') => {
    const { body } = await bench.get(`${bench.path(what)}${query}`)
    return (body as { items: unknown[] }).items
  }
  const labels = `?labelSelector=app%3D${name}`
  const snapshot = {
    workload: (await bench.get(bench.path(kind, name))).body,
    replicaSets: await items('replicaset', labels),
    revisions: await items('controllerrevision', labels),
    pods: await items('pod', labels),
    events: (
      (await bench.get(`/api/v1/namespaces/${bench.namespace}/events?fieldSelector=type%3DWarning`)).body as {
        items: { involvedObject: { name: string } }[]
      }
    ).items.filter(({ involvedObject }) => involvedObject.name.startsWith(name)),
  }
  const text = JSON.stringify(snapshot, (key, value: unknown) => (key === 'managedFields' ? undefined : value), 1)
  writeFileSync(path.join(folder, `${row}.json`), `${text.replaceAll(/127\.0\.0\.1:\d+/g, 'registry.test')}\n`)
}

interface Row {
  readonly row: string
  readonly image: (bench: Bench) => PinnedImage
  readonly options?: AppOptions
  readonly codes: readonly string[]
  readonly says: RegExp
  readonly evidence?: RegExp
  /** Before the release, after v1 runs. */
  readonly spoil?: (bench: Bench, name: string) => Promise<unknown>
  readonly prepare?: (bench: Bench, name: string) => Promise<unknown>
  /** Seconds from the release to the verdict. */
  readonly within: number
}

const rows: readonly Row[] = [
  {
    row: 'image-missing',
    image: (bench) => ({ ...bench.image('v2'), digest: `sha256:${'0'.repeat(64)}` }),
    codes: ['image-pull-failed'],
    says: /not found/,
    within: 15,
  },
  {
    row: 'crash',
    image: (bench) => bench.image('crash'),
    codes: ['crash-on-start'],
    says: /exit code 3/,
    evidence: /fatal: no configuration/,
    within: 45,
  },
  { row: 'exit-zero', image: (bench) => bench.image('exit-zero'), codes: ['exited'], says: /exit code 0/, within: 45 },
  {
    row: 'not-found',
    image: (bench) => bench.image('not-found'),
    codes: ['cannot-start'],
    says: /no such file/,
    within: 15,
  },
  {
    row: 'wrong-arch',
    image: (bench) => bench.image('wrong-arch'),
    codes: ['wrong-platform'],
    says: /exec format error/,
    within: 45,
  },
  {
    row: 'oom',
    image: (bench) => bench.image('oom'),
    options: { container: { resources: { limits: { memory: '24Mi' } } } },
    codes: ['out-of-memory'],
    says: /memory/,
    within: 60,
  },
  {
    row: 'dies-later',
    image: (bench) => bench.image('dies-later'),
    options: { replicas: 1 },
    codes: ['died-after-ready'],
    says: /ended with exit code 1/,
    evidence: /lost the database/,
    within: 60,
  },
  {
    row: 'never-ready',
    image: (bench) => bench.image('never-ready'),
    options: { spec: { progressDeadlineSeconds: 12 } },
    codes: ['unhealthy'],
    says: /readiness probe GET :8080\/healthz/,
    evidence: /statuscode: 404/,
    within: 45,
  },
  {
    row: 'bad-config',
    image: (bench) => bench.image('v2'),
    options: { container: { envFrom: [{ configMapRef: { name: 'settings-bad-config' } }] } },
    prepare: (bench, name) =>
      bench.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `settings-${name}` }, data: { A: 'b' } }),
    spoil: (bench, name) => bench.admin.request('DELETE', bench.path('configmap', `settings-${name}`)),
    codes: ['bad-config-reference'],
    says: /configmap "settings-bad-config" not found/,
    within: 15,
  },
  {
    row: 'bad-volume',
    image: (bench) => bench.image('v2'),
    options: {
      pod: { volumes: [{ name: 's', secret: { secretName: 'secret-bad-volume' } }] },
      container: { volumeMounts: [{ name: 's', mountPath: '/s' }] },
    },
    prepare: (bench, name) =>
      bench.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: `secret-${name}` }, stringData: { a: 'b' } }),
    spoil: (bench, name) => bench.admin.request('DELETE', bench.path('secret', `secret-${name}`)),
    codes: ['bad-config-reference'],
    says: /secret "secret-bad-volume" not found/,
    within: 60,
  },
]

function failed(observation: Observation): Reason {
  const state = observation.workloads.find((workload) => workload.state.is === 'failed')?.state
  if (state?.is !== 'failed') throw new Error(`not failed: ${JSON.stringify(observation.workloads, null, 1)}`)
  return state.reason
}

describeWith('kubernetes', 'registry')('kubernetes failures', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench()
  })
  afterAll(() => bench.close())

  describe('end as soon as they are certain', () => {
    for (const { row, image, options, codes, says, evidence, spoil, prepare, within } of rows) {
      it(row, { timeout: 180_000 }, async () => {
        await prepare?.(bench, row)
        await deployApp(bench, app(row, pinned(bench.image('v1')), options))
        await spoil?.(bench, row)
        const target = bench.target([`deployment/${row}`], { grace: 5000 })
        const before = await target.current()
        const wanted = image(bench)
        const from = Date.now()
        const rollout = await target.replace(wanted, stamp(wanted), before)
        let observation = await settle(target, rollout, within * 1000)
        // It was fine for a moment: the window of the pipeline goes on looking.
        while (observation.workloads[0]?.state.is !== 'failed' && Date.now() - from < within * 1000) {
          await target.changed(rollout, 500, new AbortController().signal)
          observation = await target.observe(rollout)
        }
        await record(bench, 'deployment', row, row)
        const reason = failed(observation)
        expect(codes).toContain(reason.code)
        expect(reason.what).toMatch(says)
        expect(reason.evidence?.join('\n')).toMatch(/pods:/)
        if (evidence) expect(reason.evidence?.join('\n')).toMatch(evidence)
        expect((Date.now() - from) / 1000).toBeLessThan(within)

        const old = bench.image('v1')
        if (row !== 'dies-later') {
          const serving = (await podsOf(bench, row)).filter(({ status }) =>
            status.containerStatuses?.[0]?.imageID.includes(old.digest),
          )
          expect(serving.length).toBeGreaterThan(0)
        }
        const back = await settle(target, await target.restore(before, stamp(wanted)))
        expect(back.workloads.map(({ state }) => state)).toEqual([{ is: 'settled' }])
        expect(back.workloads[0]?.replicas.every(({ digest }) => digest && old.accepted.has(digest))).toBe(true)
        await target.close()
      })
    }
  })

  it('quota: suspected at once, forgiven when it is raised in time, else a failure', { timeout: 90_000 }, async () => {
    const small = await openBench({ images: ['v1', 'v2'], registry: bench.registry })
    const quota = (pods: string) =>
      small.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small' }, spec: { hard: { pods } } })
    try {
      await quota('2')
      const strategy = { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
      await deployApp(small, app('web', pinned(small.image('v1')), { spec: { strategy } }))
      const target = small.target(['web'])
      const image = small.image('v2')
      const rollout = await target.replace(image, stamp(image), await target.current())
      const reason = await eventually('the suspicion', async () => {
        const state = (await target.observe(rollout)).workloads[0]?.state
        expect(state?.is).toBe('progressing')
        return state?.is === 'progressing' && state.suspect?.code === 'quota-exceeded' ? state.suspect : undefined
      })
      await record(small, 'deployment', 'web', 'quota')
      expect(reason.what).toMatch(/exceeded quota: small/)
      expect(reason.fix).toMatch(/ResourceQuota small/)
      await quota('3')
      expect((await settle(target, rollout)).workloads[0]?.state).toEqual({ is: 'settled' })

      await target.close()
      await quota('2')
      const hasty = small.target(['web'], { grace: 3000 })
      const older = small.image('v1')
      const again = await hasty.replace(older, stamp(older), await hasty.current())
      expect(failed(await settle(hasty, again))).toMatchObject({ code: 'quota-exceeded' })
    } finally {
      await small.close()
    }
  })

  it('Pod Security: what the namespace’s level refuses is named', { timeout: 60_000 }, async () => {
    const strict = await openBench({ images: ['v1', 'v2'], registry: bench.registry })
    try {
      await deployApp(strict, app('web', pinned(strict.image('v1'))))
      await strict.admin.request('PATCH', `/api/v1/namespaces/${strict.namespace}`, {
        body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
        type: 'application/merge-patch+json',
      })
      const target = strict.target(['web'])
      const image = strict.image('v2')
      const reason = failed(await settle(target, await target.replace(image, stamp(image), await target.current())))
      expect(reason).toMatchObject({ code: 'admission-denied' })
      expect(reason.what).toMatch(/violates PodSecurity/)
      expect(reason.fix).toMatch(/securityContext/)
    } finally {
      await strict.close()
    }
  })

  it('unschedulable is named, and forgiven when a node comes in time', { timeout: 60_000 }, async () => {
    const label = `test/${bench.namespace}`
    const mark = (value: string | null) =>
      bench.admin.request('PATCH', '/api/v1/nodes/lab-node', {
        body: { metadata: { labels: { [label]: value } } },
        type: 'application/merge-patch+json',
      })
    await mark('yes')
    try {
      await deployApp(bench, app('picky', pinned(bench.image('v1')), { pod: { nodeSelector: { [label]: 'yes' } } }))
      await mark(null)
      const target = bench.target(['picky'])
      const image = bench.image('v2')
      const rollout = await target.replace(image, stamp(image), await target.current())
      const suspect = await eventually('the suspicion', async () => {
        const state = (await target.observe(rollout)).workloads[0]?.state
        return state?.is === 'progressing' && state.suspect?.code === 'unschedulable' ? state.suspect : undefined
      })
      await record(bench, 'deployment', 'picky', 'unschedulable')
      expect(suspect.what).toMatch(/0\/\d+ nodes are available/)
      expect(suspect.fix).toMatch(/nodeSelector/)
      await mark('yes')
      expect((await settle(target, rollout)).workloads[0]?.state).toEqual({ is: 'settled' })
    } finally {
      await mark(null)
    }
  })

  it('paused, scaled to zero, deleted and created anew on the way', { timeout: 90_000 }, async () => {
    const image = bench.image('v2')
    const spoils: Record<string, { spoil: (name: string) => Promise<unknown>; code: string; says: RegExp }> = {
      paused: { spoil: (name) => merge(name, { spec: { paused: true } }), code: 'nothing-runs', says: /paused/ },
      zero: { spoil: (name) => merge(name, { spec: { replicas: 0 } }), code: 'nothing-runs', says: /scaled to zero/ },
      gone: {
        spoil: (name) => bench.admin.request('DELETE', bench.path('deployment', name)),
        code: 'workload-gone',
        says: /was deleted/,
      },
      anew: {
        spoil: async (name) => {
          const query = { propagationPolicy: 'Background' }
          await bench.admin.request('DELETE', bench.path('deployment', name), { query })
          await bench.apply(app(name, pinned(image)))
        },
        code: 'workload-gone',
        says: /created anew/,
      },
    }
    const merge = (name: string, body: object) =>
      bench.admin.request('PATCH', bench.path('deployment', name), { body, type: 'application/merge-patch+json' })
    await Promise.all(
      Object.entries(spoils).map(async ([name, { spoil, code, says }]) => {
        await deployApp(bench, app(name, pinned(bench.image('v1')), { replicas: 1 }))
        const target = bench.target([name])
        const rollout = await target.replace(image, stamp(image), await target.current())
        await spoil(name)
        const reason = failed(await settle(target, rollout))
        expect(reason).toMatchObject({ code })
        expect(reason.what).toMatch(says)
        await target.close()
      }),
    )
  })
})
