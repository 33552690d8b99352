// The preview action on Kubernetes, as the runner starts it: opened, pushed to, listed by a sweep, closed.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Result } from '../../src/domain/result.ts'
import { Shop } from '../integration/kubernetes-shop.ts'
import { describeWith, need } from '../harness/lab.ts'
import { deploymentYaml } from '../harness/deployment-yaml.ts'
import { root } from '../harness/node.ts'
import { runAction } from '../harness/runner.ts'

const MANIFESTS = (
  image: string,
) => `${deploymentYaml(image, 'shop', '          env: [{name: NAME, value: "${name}"}]\n')}---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {type: NodePort, selector: {app: shop}, ports: [{port: 80, targetPort: 8080, nodePort: 31987}]}
`

describeWith(
  'docker',
  'registry',
  'kubernetes',
)('the preview action on Kubernetes', () => {
  let shop: Shop
  const app = `s${Math.random().toString(36).slice(2, 8)}`
  beforeAll(async () => {
    shop = await Shop.open()
    mkdirSync(path.join(shop.source.dir, 'deploy'))
    writeFileSync(path.join(shop.source.dir, 'deploy/app.yml'), MANIFESTS(shop.image))
    shop.source.commit('manifests')
  })
  afterAll(() => shop.close())

  const preview = async (action: string, inputs: Record<string, string> = {}, number = 7) => {
    const head = {
      sha: shop.source.revision,
      ref: 'topic',
      repo: { full_name: 'acme/shop', fork: false },
    }
    const told = await runAction({
      action: `${root}/preview`,
      workspace: shop.source.dir,
      inputs: {
        image: shop.image,
        app,
        'deploy-to': 'kubernetes',
        manifests: 'deploy/',
        stability: '1s',
        timeout: '90s',
        'github-token': '',
        ...inputs,
      },
      env: {
        DOCKER_HOST: need('docker').DOCKER_HOST,
        KUBECONFIG: need('kubernetes').KUBECONFIG,
      },
      github: {
        sha: shop.source.revision,
        event_name: 'pull_request',
        repository: 'acme/shop',
      },
      event: {
        action,
        number,
        pull_request: {
          number,
          state: action === 'closed' ? 'closed' : 'open',
          head,
          base: { ref: 'main' },
        },
        repository: { full_name: 'acme/shop' },
      },
    })
    return {
      ...told,
      result: JSON.parse(told.outputs['result'] ?? 'null') as Result,
    }
  }
  const namespace = async () => (await shop.bench.get(`/api/v1/namespaces/${app}-pr-7`)).status

  it('is deployed, found, replaced and removed', { timeout: 300_000 }, async () => {
    const opened = await preview('opened')
    expect(opened.outputs, opened.log).toMatchObject({
      outcome: 'healthy',
      name: `${app}-pr-7`,
      number: '7',
    })
    expect(opened.outputs['url']).toMatch(/^http:\/\/[0-9.]+:\d+$/)
    const page = await fetch(`${opened.outputs['url'] ?? ''}/version`)
    expect(await page.text()).toContain('one')

    shop.source.commit('two', { version: 'two' })
    const pushed = await preview('synchronize')
    expect(pushed.outputs, pushed.log).toMatchObject({ outcome: 'healthy' })
    expect(await (await fetch(`${pushed.outputs['url'] ?? ''}/version`)).text()).toContain('two')
    const again = await preview('synchronize')
    expect(again.outputs, again.log).toMatchObject({ outcome: 'healthy' })

    const swept = await preview('opened', {
      mode: 'sweep',
      'dry-run': 'true',
    })
    expect(swept.outputs, swept.log).toMatchObject({ outcome: 'planned' })
    const closed = await preview('closed')
    expect(closed.outputs, closed.log).toMatchObject({ outcome: 'removed' })
    expect(closed.result.removed?.[0]).toBe(`namespace ${app}-pr-7`)
    expect(await namespace()).toBe(404)
    const twice = await preview('closed')
    expect(twice.outputs, twice.log).toMatchObject({ outcome: 'removed' })
  })

  it('by two runs at once it is one preview', { timeout: 300_000 }, async () => {
    const both = await Promise.all([preview('opened'), preview('synchronize')])
    const outcomes = both.map(({ outputs }) => outputs['outcome'])
    const logs = both.map(({ log }) => log).join('\n')
    expect(outcomes.filter((outcome) => outcome === 'healthy' || outcome === 'unchanged').length, logs).toBeGreaterThan(
      0,
    )
    for (const outcome of outcomes) expect(['healthy', 'unchanged', 'superseded'], logs).toContain(outcome)
    const again = await preview('synchronize')
    expect(again.outputs, again.log).toMatchObject({ outcome: 'healthy' })
    expect(again.log).not.toContain('the files differ')
    expect((await preview('closed')).outputs).toMatchObject({
      outcome: 'removed',
    })
    expect(await namespace()).toBe(404)
  })

  it('of hostile manifests takes nothing of production, and says what is refused', { timeout: 200_000 }, async () => {
    const file = path.join(shop.source.dir, 'deploy/app.yml')
    const honest = MANIFESTS(shop.image)
    const webhook =
      '{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: evil}, webhooks: []}'
    const system = '{apiVersion: v1, kind: ConfigMap, metadata: {name: coredns, namespace: kube-system}, data: {a: b}}'
    const role =
      '{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: evil}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}'
    const dns = JSON.stringify((await shop.bench.get('/api/v1/namespaces/kube-system/configmaps')).body)
    for (const [text, words] of [
      [webhook, 'belongs to the whole cluster'],
      [role, 'belongs to the whole cluster'],
      [
        `${system}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: default}}`,
        'several namespaces',
      ],
    ] as const) {
      writeFileSync(file, `${honest}---\n${text}\n`)
      shop.source.commit('hostile')
      const run = await preview('opened')
      expect(run.outputs, run.log).toMatchObject({
        outcome: 'failed',
        'reason-code': 'manifest-invalid',
      })
      expect(run.outputs['reason'], run.log).toContain(words)
      expect(await namespace()).toBe(404)
    }
    // Of one namespace, whichever it is: everything is in the preview's own.
    writeFileSync(file, `${honest}---\n${system}\n`)
    shop.source.commit('of the system')
    const run = await preview('opened')
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect((await shop.bench.get(`/api/v1/namespaces/${app}-pr-7/configmaps/coredns`)).status).toBe(200)
    const names = (body: string) => body.match(/"name":"[^"]+"/g)
    const after = JSON.stringify((await shop.bench.get('/api/v1/namespaces/kube-system/configmaps')).body)
    expect(names(after)).toEqual(names(dns))
    expect((await preview('closed')).outputs).toMatchObject({
      outcome: 'removed',
    })
    writeFileSync(file, honest)
    shop.source.commit('honest again')
  })

  it('in a shared namespace production stays as it is', { timeout: 200_000 }, async () => {
    const before = await shop.running()
    const inputs = { namespace: shop.bench.namespace }
    const opened = await preview('opened', inputs)
    expect(opened.outputs, opened.log).toMatchObject({ outcome: 'healthy' })
    expect(await shop.running('shop-pr-7')).toContain('@sha256:')
    expect(await shop.running()).toBe(before)
    expect((await preview('closed', inputs)).outputs).toMatchObject({
      outcome: 'removed',
    })
    expect((await shop.bench.get(shop.bench.path('deployment', 'shop-pr-7'))).status).toBe(404)
    expect(await shop.running()).toBe(before)
  })

  it.each([
    ['a namespace of its own', {}],
    ['a shared namespace', { shared: true }],
  ])('of an app with a long name, two pull requests in %s are apart', { timeout: 300_000 }, async (_, where) => {
    const long = `${app}-of-a-company-with-a-long-name-${'x'.repeat(63)}`.slice(0, 63)
    const inputs = { app: long, ...('shared' in where ? { namespace: shop.bench.namespace } : {}) }
    const file = path.join(shop.source.dir, 'deploy/app.yml')
    const honest = MANIFESTS(shop.image)
    const [longest, labels] = ['w'.repeat(63), `{app: ${'w'.repeat(63)}}`]
    const stateful = deploymentYaml(shop.image, 'w'.repeat(52)).replace('kind: Deployment', 'kind: StatefulSet')
    const service = `{apiVersion: v1, kind: Service, metadata: {name: ${longest}}, spec: {selector: ${labels}, ports: [{port: 80}]}}`
    const web = deploymentYaml(shop.image, longest)
    writeFileSync(
      file,
      `${web}---\n${service}\n---\n${stateful.replace('spec:\n', `spec:\n  serviceName: ${longest}\n`)}`,
    )
    shop.source.commit('long names')
    const numbers = [123_456, 12_345]
    const names: string[] = []
    for (const number of numbers) {
      const run = await preview('opened', inputs, number)
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy', number: String(number) })
      const { name = '' } = run.outputs
      expect(name).toMatch(new RegExp(`^${app}-.*-[0-9a-f]{6}-pr-${String(number)}$`))
      expect(name.length).toBeLessThanOrEqual(63)
      names.push(name)
      const place = 'shared' in where ? shop.bench.namespace : name
      const query = `?labelSelector=dev.immutable-deploy.preview%3D${name}`
      const pods = await shop.bench.get(`/api/v1/namespaces/${place}/pods${query}`)
      const { items } = pods.body as { items: { metadata: { labels: Record<string, string> } }[] }
      expect(items).toHaveLength(2)
      for (const value of items.flatMap(({ metadata }) => Object.values(metadata.labels)))
        expect(value.length).toBeLessThanOrEqual(63)
    }
    const [one = '', two = ''] = names
    const [first = 0, second = 0] = numbers
    const closed = await preview('closed', inputs, first)
    expect(closed.outputs, closed.log).toMatchObject({ outcome: 'removed', name: one })
    const left = await preview('synchronize', inputs, second)
    expect(left.outputs, left.log).toMatchObject({ name: two })
    expect(['healthy', 'unchanged'], left.log).toContain(left.outputs['outcome'])
    const last = await preview('closed', inputs, second)
    expect(last.outputs, last.log).toMatchObject({ outcome: 'removed', name: two })
    writeFileSync(file, honest)
    shop.source.commit('short names again')
  })
})
