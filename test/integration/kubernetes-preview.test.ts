// Previews of pull requests on a real cluster: made beside production, renewed, listed and removed by what they carry.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { LABEL } from '../../src/domain/labels.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import { describeWith } from '../harness/lab.ts'
import { eventually } from '../harness/temp.ts'
import { ask, hammer } from './hammer.ts'
import { Previews, WEB } from './kubernetes-preview-world.ts'
import { app, deployApp, openBench, pinned, podsOf, type Bench } from './kubernetes-world.ts'

type Json = Record<string, unknown>

const CONFIG = (name: string) => `---
{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {A: "1"}}
`
const INGRESS = (host: string) => `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  tls: [{hosts: ["${host}"]}]
  rules: [{host: "${host}", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
`

describeWith('kubernetes', 'registry')('previews on Kubernetes', () => {
  vi.setConfig({ testTimeout: 120_000 })
  let bench: Bench
  let previews: Previews
  beforeAll(async () => {
    bench = await openBench({ images: ['v1', 'v2', 'crash'] })
    previews = new Previews(bench)
  }, 90_000)
  afterAll(() => bench.close())

  const metadataOf = async (at: string) => {
    const { body } = await bench.get(at)
    return (
      body as { metadata: { uid: string; labels?: Record<string, string>; annotations?: Record<string, string> } }
    ).metadata
  }

  it('one is made in a namespace of its own, renewed, and removed twice', async () => {
    const options = { app: `${previews.app}a` }
    const { name } = previews.settings(options)
    const first = await previews.deploy(`${WEB()}${CONFIG('old')}${INGRESS('${name}.example.com')}`, 'v1', {
      ...options,
      candidate: 'r/app:candidate-x',
    })
    expect(first.readiness.plan).toContain(`namespace ${name} would be created`)
    expect(first.states).toEqual([{ is: 'settled' }])
    expect(await first.target.address(new AbortController().signal)).toBe(`https://${name}.example.com`)
    await first.target.close()
    const before = await metadataOf(`/api/v1/namespaces/${name}`)
    expect(before.labels).toMatchObject({ [LABEL.preview]: name, [LABEL.pullRequest]: '7', [LABEL.app]: options.app })
    expect(await previews.names(name, 'api/v1/configmaps')).toContain('old')
    const deployment = await metadataOf(`/apis/apps/v1/namespaces/${name}/deployments/web`)
    expect(deployment.annotations).toMatchObject({ [LABEL.owner]: 'web', [LABEL.digest]: bench.image('v1').digest })
    expect(deployment.labels?.[LABEL.expires]).toMatch(/^\d{4}-/)

    // The next commit: what left the manifests goes, and the expiry is renewed.
    const text = `${WEB()}${CONFIG('new')}`
    const again = await previews.deploy(text, 'v2', { ...options, ttl: 7_200_000 })
    expect(again.before.workloads).toMatchObject([{ name: 'deployment/web', exists: true }])
    expect(again.states).toEqual([{ is: 'settled' }])
    expect(await again.target.address(new AbortController().signal)).toBeUndefined()
    // Only the expiry would be another one: the files do not differ.
    expect(await again.target.pendingChanges?.(bench.image('v2'))).toBe('sent-anyway')
    await again.target.close()
    const after = await metadataOf(`/api/v1/namespaces/${name}`)
    expect(after.uid).toBe(before.uid)
    expect(Date.parse(after.annotations?.[LABEL.expires] ?? '')).toBeGreaterThan(
      Date.parse(before.annotations?.[LABEL.expires] ?? '') + 3_000_000,
    )
    expect(after.annotations?.[LABEL.candidates]).toBe('r/app:candidate-x')
    expect(await previews.names(name, 'api/v1/configmaps')).toEqual(['kube-root-ca.crt', 'new'])
    expect(await previews.names(name, 'apis/networking.k8s.io/v1/ingresses')).toEqual([])

    expect(await previews.remove(options)).toEqual({
      removed: [`namespace ${name}`],
      left: [],
      candidates: ['r/app:candidate-x'],
    })
    expect(await previews.namespace(name)).toBeUndefined()
    expect(await previews.remove(options)).toEqual({ removed: [], left: [], candidates: [] })
  })

  it('a namespace that somebody else made is refused, and stays', async () => {
    const options = { app: `${previews.app}f` }
    const { name } = previews.settings(options)
    const made = await bench.admin.request('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [LABEL.preview]: name } } },
    })
    expect(made.status).toBe(201)
    try {
      expect((await previews.check(WEB(), options)).faults).toMatchObject([
        {
          code: 'managed-elsewhere',
          what: expect.stringContaining(`namespace ${name} belongs to somebody else`) as unknown,
        },
      ])
      const target = previews.target(WEB(), options)
      expect(asDeployError(await target.lock().catch((error: unknown) => error)).code).toBe('managed-elsewhere')
      expect(await previews.remove(options)).toEqual({ removed: [], left: [`namespace ${name}`], candidates: [] })
      expect(await previews.namespace(name)).toBeDefined()
      const listed = await previews.host(options).list()
      expect(listed.filter((one) => one.name === name)).toEqual([])
    } finally {
      await bench.admin.request('DELETE', `/api/v1/namespaces/${name}`)
    }
  })

  it('the preview of another repository is not touched', async () => {
    const options = { app: `${previews.app}r` }
    const { name, app: of } = previews.settings(options)
    await (await previews.deploy(WEB(), 'v1', options)).target.close()
    try {
      const other = { app: of, number: 7, name, repository: 'acme/other' }
      const host = previews.host(options)
      expect(await host.remove(other)).toMatchObject({ removed: [], left: [`namespace ${name}`] })
      expect((await host.list()).filter(({ app }) => app === of)).toMatchObject([{ name, number: 7, expired: false }])
    } finally {
      await previews.remove(options)
    }
  })

  it('what could not be tried before its namespace was there is refused then, and nothing is left', async () => {
    const options = { app: `${previews.app}t` }
    const { name } = previews.settings(options)
    const text = WEB().replace('readinessProbe', 'readynessProbe')
    expect((await previews.check(text, options)).faults).toEqual([])
    const error = asDeployError(await previews.deploy(text, 'v1', options).catch((error: unknown) => error))
    expect(error).toMatchObject({
      code: 'manifest-invalid',
      what: expect.stringContaining('readynessProbe') as unknown,
    })
    expect(error.state).toContain('is removed again')
    await eventually(
      'the namespace is gone',
      async () => (await previews.namespace(name)) === undefined || undefined,
      30_000,
    )
  })

  it('kinds of the whole cluster and unknown kinds are refused at preflight', async () => {
    const { faults } = await previews.check(
      `${WEB()}---\n{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}}\n---\n{apiVersion: acme.test/v1, kind: Odd, metadata: {name: odd}}\n`,
    )
    expect(faults.map(({ what }) => what)).toEqual([
      expect.stringContaining('belongs to the whole cluster'),
      expect.stringContaining('does not know acme.test/v1 Odd'),
    ])
  })

  it('secrets are named where nobody brings them, and copied where the input names them', async () => {
    const options = { app: `${previews.app}s` }
    const { name } = previews.settings(options)
    const text = WEB(
      1,
      '          envFrom: [{secretRef: {name: keys}}, {configMapRef: {name: settings}}]\n      imagePullSecrets: [{name: pull}]',
    )
    await bench.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { a: '1' } })
    await bench.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { b: '2' } })
    await bench.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'pull' },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': '{}' },
    })
    await bench.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'token', annotations: { 'kubernetes.io/service-account.name': 'default' } },
      type: 'kubernetes.io/service-account-token',
    })
    const { faults } = await previews.check(text, options)
    expect(faults.map(({ code, what }) => [code, /the (\S+ \S+), which/.exec(what)?.[1]])).toEqual([
      ['bad-config-reference', 'Secret keys'],
      ['bad-config-reference', 'ConfigMap settings'],
      ['bad-config-reference', 'Secret pull'],
    ])
    expect(faults[0]?.fix).toMatch(/copy-secrets: \S+\/keys, or share a namespace/)
    const from = (names: string[]) => names.map((one) => `${bench.namespace}/${one}`)
    const wrong = await previews.check(text, {
      ...options,
      copySecrets: from(['keys', 'settings', 'pull', 'token', 'absent']),
    })
    expect(wrong.faults.map(({ code }) => code).sort()).toEqual(['bad-config-reference', 'not-supported'])

    const { states, target } = await previews.deploy(text, 'v1', {
      ...options,
      copySecrets: from(['keys', 'settings', 'pull']),
    })
    expect(states).toEqual([{ is: 'settled' }])
    await target.close()
    const copy = (await bench.get(`/api/v1/namespaces/${name}/secrets/pull`)).body as Json
    expect(copy).toMatchObject({
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { labels: { [LABEL.preview]: name } },
    })
    expect(await previews.names(name, 'api/v1/configmaps')).toContain('settings')
    // Without the reference the copies go.
    await (await previews.deploy(WEB(), 'v1', options)).target.close()
    await (await previews.deploy(WEB(), 'v1', options)).target.close()
    expect(await previews.names(name, 'api/v1/secrets')).toEqual([])
    await previews.remove(options)
  })

  it('other workloads of the manifests are waited for', async () => {
    const options = { app: `${previews.app}o`, workloads: ['web'] }
    const slow =
      WEB()
        .split('---')[0]
        ?.replaceAll('web', 'cache')
        .replace('periodSeconds: 1', 'initialDelaySeconds: 4, periodSeconds: 1') ?? ''
    const { target, rollout } = await previews.deploy(`${WEB()}---\n${slow}`, 'v1', options)
    expect(rollout.workloads.map(({ name }) => name)).toEqual(['deployment/web'])
    const { body } = await bench.get(`/apis/apps/v1/namespaces/${previews.settings(options).name}/deployments/cache`)
    expect(body).toMatchObject({ status: { readyReplicas: 1 } })
    await target.close()
    await previews.remove(options)
  })

  it('a finalizer is told, and a cancelled removal ends at once', async () => {
    const options = { app: `${previews.app}z`, grace: 1000 }
    const { name } = previews.settings(options)
    const held = CONFIG('held').replace('{name: held}', '{name: held, finalizers: [example.com/hold]}')
    await (await previews.deploy(`${WEB()}${held}`, 'v1', options)).target.close()
    const error = asDeployError(await previews.remove(options).catch((error: unknown) => error))
    expect(error.code).toBe('rollout-timeout')
    expect(error.what).toContain(`namespace ${name}`)
    const controller = new AbortController()
    const began = Date.now()
    setTimeout(() => controller.abort(), 300)
    const cut = await previews.remove({ ...options, grace: 60_000, signal: controller.signal }).catch(asDeployError)
    expect(cut).toMatchObject({ code: 'cancelled' })
    expect(Date.now() - began).toBeLessThan(2300)
    // A pull request that is opened again waits for the rest to go.
    const again = previews.deploy(WEB(), 'v1', { ...options, grace: 30_000 })
    setTimeout(() => {
      void bench.admin.request('PATCH', `/api/v1/namespaces/${name}/configmaps/held`, {
        body: { metadata: { finalizers: null } },
        type: 'application/merge-patch+json',
      })
    }, 1000)
    expect((await again).states).toEqual([{ is: 'settled' }])
    await previews.remove({ app: options.app })
  })

  it('a shared namespace keeps production’s objects, traffic and data', async () => {
    const { namespace } = bench
    await deployApp(bench, app('web', pinned(bench.image('v1'))))
    await bench.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    })
    await bench.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'flags' }, data: { A: 'production' } })
    const service = (await bench.get(bench.path('service', 'web'))).body as { spec: { clusterIP: string } }
    const url = `http://${service.spec.clusterIP}/version`
    const before = await metadataOf(bench.path('deployment', 'web'))
    await eventually('production answers', async () => (await ask(url).catch(() => '')) === 'v1' || undefined)
    const clients = hammer(url)
    const text = `${WEB(1, '          envFrom: [{configMapRef: {name: flags}}]')}${CONFIG('flags')}---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 0, selector: {matchLabels: {app: web}}}}
`
    for (const round of [1, 2]) {
      const numbers = [7, 8]
      const deployed = await Promise.all(numbers.map((number) => previews.deploy(text, 'v2', { namespace, number })))
      expect(deployed.map(({ states }) => states)).toEqual([[{ is: 'settled' }], [{ is: 'settled' }]])
      await Promise.all(deployed.map(({ target }) => target.close()))
      expect(await previews.names(namespace, 'apis/apps/v1/deployments')).toEqual(['web', 'web-pr-7', 'web-pr-8'])
      const own = (await bench.get(bench.path('service', 'web-pr-7'))).body as { spec: { clusterIP: string } }
      await eventually(
        'the preview answers',
        async () => (await ask(`http://${own.spec.clusterIP}/version`).catch(() => '')) === 'v2' || undefined,
      )
      const removals = await Promise.all(numbers.map((number) => previews.remove({ namespace, number })))
      if (round === 1) {
        expect(removals[0]?.removed.slice().sort()).toEqual([
          `configmap flags-pr-7`,
          `configmap immutable-deploy-${previews.settings().name}`,
          'deployment web-pr-7',
          'poddisruptionbudget web-pr-7',
          'service web-pr-7',
        ])
      }
      expect(await previews.remove({ namespace, number: 7 })).toEqual({ removed: [], left: [], candidates: [] })
    }
    await clients.stop()
    expect(clients.failures).toEqual([])
    expect(new Set(clients.seen.map(({ text }) => text))).toEqual(new Set(['v1']))
    expect(clients.seen.length).toBeGreaterThan(100)
    expect((await metadataOf(bench.path('deployment', 'web'))).uid).toBe(before.uid)
    expect(await podsOf(bench, 'web')).toHaveLength(2)
    expect(await previews.names(namespace, 'apis/apps/v1/deployments')).toEqual(['web'])
    expect(await previews.names(namespace, 'api/v1/configmaps')).toEqual(expect.arrayContaining(['flags']))
  })

  it('in a shared namespace what belongs to others is refused or left', async () => {
    const { namespace } = bench
    const options = { app: `${previews.app}x`, namespace }
    const { name } = previews.settings(options)
    await bench.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'taken-pr-7' }, data: {} })
    expect((await previews.check(`${WEB()}${CONFIG('taken')}`, options)).faults).toMatchObject([
      { code: 'managed-elsewhere', what: expect.stringContaining('configmap/taken-pr-7') as unknown },
    ])
    await bench.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'all' },
      spec: { selector: { 'mesh.example.com/inject': 'true' }, ports: [{ port: 80 }] },
    })
    const meshed = WEB().replace(
      'metadata: {labels: {app: web}}',
      'metadata: {labels: {app: web, mesh.example.com/inject: "true"}}',
    )
    expect((await previews.check(meshed, options)).faults).toMatchObject([
      { what: expect.stringContaining('service all in namespace') as unknown },
    ])
    await bench.admin.request('DELETE', bench.path('service', 'all'))
    // A copy that somebody made of one of its objects is theirs.
    await (await previews.deploy(`${WEB()}${CONFIG('one')}`, 'v1', options)).target.close()
    const one = (await bench.get(bench.path('configmap', 'one-pr-7'))).body as { metadata: Json }
    const { labels, annotations } = one.metadata as { labels: Json; annotations: Json }
    await bench.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'mine', labels, annotations },
      data: {},
    })
    // So is one whose name was replaced everywhere.
    const replaced = { ...annotations, [LABEL.owner]: 'production', [LABEL.expires]: '2020-01-01T00:00:00Z' }
    for (const [kind, path] of [
      ['ConfigMap', 'configmap'],
      ['Service', 'service'],
    ] as const) {
      const spec = kind === 'Service' ? { spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } } : { data: {} }
      const apiVersion = 'v1'
      await bench.apply({ apiVersion, kind, metadata: { name: 'production', labels, annotations: replaced }, ...spec })
      expect((await bench.get(bench.path(path, 'production'))).status).toBe(200)
    }
    expect(
      (await previews.host({ ...options, sweeps: true }).list()).filter(({ app: of }) => of === options.app),
    ).toMatchObject([{ name, expired: false }])
    const { removed, left } = await previews.remove(options)
    expect(removed).toContain('configmap one-pr-7')
    expect([...left].sort()).toEqual(['configmap mine', 'configmap production', 'service production'])
    expect(await previews.names(namespace, 'api/v1/configmaps')).toContain('mine')
  })

  it('the claims of its own databases go with it, and stay while it is deployed', async () => {
    const { namespace } = bench
    const options = { app: `${previews.app}d`, namespace }
    const set = `---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 0
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: postgres}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}]
`
    await (await previews.deploy(`${WEB()}${set}`, 'v1', options)).target.close()
    const live = (await bench.get(bench.path('statefulset', 'db-pr-7'))).body as {
      spec: { volumeClaimTemplates: { metadata: Json }[]; selector: { matchLabels: Json } }
    }
    // As the controller makes it: the template's metadata, and the labels of the selector.
    const [claim] = live.spec.volumeClaimTemplates
    const { labels, annotations } = claim?.metadata as { labels: Json; annotations: Json }
    const made = await bench.admin.request('POST', `/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
      body: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data-db-pr-7-0', labels: { ...labels, ...live.spec.selector.matchLabels }, annotations },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
      },
    })
    expect(made.status).toBe(201)
    await (await previews.deploy(`${WEB()}${set}`, 'v2', options)).target.close()
    expect(await previews.names(namespace, 'api/v1/persistentvolumeclaims')).toEqual(['data-db-pr-7-0'])
    await (await previews.deploy(WEB(), 'v2', options)).target.close()
    expect(await previews.names(namespace, 'api/v1/persistentvolumeclaims')).toEqual([])
    await previews.remove(options)
  })

  it('lists fifty with a few requests, and says whose time is over', async () => {
    const app = `${previews.app}l`
    const places = Array.from({ length: 50 }, (_, index) => previews.settings({ app, number: index + 1 }))
    const create = async ({ name, number }: { name: string; number: number }) => {
      const annotations = {
        [LABEL.app]: app,
        [LABEL.preview]: name,
        [LABEL.pullRequest]: String(number),
        [LABEL.owner]: name,
        [LABEL.expires]: number === 1 ? '2020-01-01T00:00:00Z' : '2120-01-01T00:00:00Z',
      }
      const metadata = { name, labels: { [LABEL.preview]: name }, annotations }
      await bench.admin.request('POST', '/api/v1/namespaces', {
        body: { apiVersion: 'v1', kind: 'Namespace', metadata },
      })
    }
    await Promise.all(places.map(create))
    try {
      const api = bench.openAdmin()
      const asked: string[] = []
      const { createPreviewHost } = await import('../../src/targets/kubernetes/preview/host.ts')
      const host = createPreviewHost(previews.request('', { namespace: bench.namespace }), {
        api: { ...api, request: (method, at, options) => (asked.push(at), api.request(method, at, options)) },
        clock: { now: () => 0, sleep: () => Promise.resolve() },
      })
      const found = (await host.list()).filter((one) => one.app === app)
      expect(found).toHaveLength(50)
      // By the cluster's clock, whatever this machine's says.
      expect(found.filter(({ expired }) => expired).map(({ number }) => number)).toEqual([1])
      expect(asked.length).toBeLessThanOrEqual(5)
    } finally {
      await Promise.all(places.map(({ name }) => bench.admin.request('DELETE', `/api/v1/namespaces/${name}`)))
    }
  })

  it('rights that are missing are named with the role that grants them', async () => {
    const { faults } = await previews.check(WEB(), { app: `${previews.app}n`, kubeconfig: bench.kubeconfig })
    expect(faults).toMatchObject([
      { code: 'target-denied', what: expect.stringContaining('create namespaces') as unknown },
    ])
    expect(faults[0]?.evidence?.join('\n')).toMatch(/kind: ClusterRole\n[\s\S]*namespaces.*create/)
  })
})
