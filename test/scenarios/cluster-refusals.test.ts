// What a cluster could never carry out is refused before anything is built, in words, with nothing changed.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { pinned } from '../../src/domain/image.ts'
import { describeWith, need } from '../harness/lab.ts'
import { tempDir } from '../harness/temp.ts'
import { Shop } from '../integration/kubernetes-shop.ts'
import { app } from '../integration/kubernetes-world.ts'

type Json = Record<string, unknown>

const job = (name: string, image: string): Json => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'web', image, command: ['sleep', '600'] }],
      },
    },
  },
})

describeWith(
  'docker',
  'registry',
  'kubernetes',
)('before anything is built', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await Shop.open()
  })
  afterAll(() => shop.close())

  function release(workload: string, objects: readonly Json[]) {
    const manifests = path.join(tempDir('manifests'), 'all.yml')
    writeFileSync(manifests, objects.map((object) => stringify(object)).join('---\n'))
    const inputs = { workload, manifests, namespace: shop.bench.namespace }
    return shop.release(inputs, { env: { KUBECONFIG: need('kubernetes').KUBECONFIG } })
  }

  async function expectRefused(run: Awaited<ReturnType<typeof release>>, code: string, words: RegExp) {
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': code, 'rolled-back': 'false' })
    expect(run.outputs.reason).toMatch(words)
    expect(run.raw).not.toContain('::group::Build')
    expect(await shop.running()).toBe(pinned(shop.bench.image('v1')))
  }

  it('a Job of the manifests that still runs with another image', { timeout: 60_000 }, async () => {
    const jobs = `/apis/batch/v1/namespaces/${shop.bench.namespace}/jobs`
    const made = await shop.bench.admin.request('POST', jobs, { body: job('migrate', pinned(shop.bench.image('v1'))) })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    const run = await release('shop', [app('shop', shop.image), job('migrate', shop.image)])
    await expectRefused(run, 'manifest-invalid', /job\/migrate still runs with another pod template/)
    const { body } = await shop.bench.get(`${jobs}/migrate`)
    expect((body as { metadata: { uid: string } }).metadata.uid).toBe(
      (made.body as { metadata: { uid: string } }).metadata.uid,
    )
  })

  it.each<[string, Json[]]>([
    ['a label', [{ matchExpressions: [{ key: 'test/nowhere', operator: 'Exists' }] }]],
    [
      'a list of names, one after the other',
      ['gone', 'never'].map((name) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] })),
    ],
    ['a number of cores', [{ matchExpressions: [{ key: 'test/cores', operator: 'Gt', values: ['64'] }] }]],
    ['another system', [{ matchExpressions: [{ key: 'kubernetes.io/os', operator: 'NotIn', values: ['linux'] }] }]],
  ])('a new DaemonSet whose node affinity asks for %s', { timeout: 60_000 }, async (_, nodeSelectorTerms) => {
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } }
    const pod = { affinity: { nodeAffinity: required } }
    const run = await release('daemonset/agent', [app('agent', shop.image, { kind: 'DaemonSet', pod })])
    await expectRefused(
      run,
      'nothing-runs',
      /no node of the cluster takes it, so nothing runs: its node affinity asks for/,
    )
    expect((await shop.bench.get(shop.bench.path('daemonset', 'agent'))).status).toBe(404)
  })

  it('a DaemonSet that runs nowhere since its affinity was changed', { timeout: 60_000 }, async () => {
    const terms = [{ matchExpressions: [{ key: 'test/nowhere', operator: 'Exists' }] }]
    const pod = {
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
    }
    await shop.bench.apply(app('idle', pinned(shop.bench.image('v1')), { kind: 'DaemonSet', pod }))
    // Under exactly the Role of the docs, which lets no nodes be read: the controller says it.
    await expect
      .poll(async () => {
        const { body } = await shop.bench.get(shop.bench.path('daemonset', 'idle'))
        return (body as { status?: { observedGeneration?: number } }).status?.observedGeneration
      })
      .toBeDefined()
    const run = await shop.release({ workload: 'daemonset/idle' })
    await expectRefused(run, 'nothing-runs', /its node affinity asks for test\/nowhere/)
  })
})
