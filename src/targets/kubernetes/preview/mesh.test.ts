import { describe, expect, it } from 'vitest'
import { adapted, pod, shared, WEB } from '../../../../test/harness/adapted.ts'

const SERVICE =
  '\n---\n{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}'
const object = (apiVersion: string, kind: string, name: string, spec: string) =>
  `\n---\n{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: "${name}"}, spec: ${spec}}`

const PROFILE = (name: string) => object('linkerd.io/v1alpha2', 'ServiceProfile', name, '{routes: []}')
const SPLIT = (service: string) =>
  object(
    'split.smi-spec.io/v1alpha2',
    'TrafficSplit',
    'split',
    `{service: ${service}, backends: [{service: web, weight: 1}]}`,
  )
const ROUTER = (name: string) => object('consul.hashicorp.com/v1alpha1', 'ServiceRouter', name, '{routes: []}')
const INTENTIONS = (name: string) =>
  object('consul.hashicorp.com/v1alpha1', 'ServiceIntentions', 'rule', `{destination: {name: "${name}"}, sources: []}`)
const ROLLOUT = (service: string) =>
  object('argoproj.io/v1alpha1', 'Rollout', 'web', `{strategy: {blueGreen: {activeService: ${service}}}}`)
const MESH_ROUTE = (service: string) =>
  object(
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    'r',
    `{parentRefs: [{kind: Service, group: "", name: ${service}}], rules: []}`,
  )

describe('rules of a mesh', () => {
  it.each([
    ['a profile of Linkerd', PROFILE('pay.production.svc.cluster.local')],
    ['a split', SPLIT('pay')],
    ['a split by its address', SPLIT('pay.production')],
    ['a router of Consul', ROUTER('pay')],
    ['intentions', INTENTIONS('pay')],
    ['intentions for all', INTENTIONS('*')],
    ['a rollout', ROLLOUT('pay')],
    ['a route of the mesh', MESH_ROUTE('pay')],
    ['an unknown kind', object('mesh.acme.test/v1', 'Shift', 'x', '{rootService: pay}')],
  ])('are refused in a shared namespace for a Service of production: %s', async (_, text) => {
    const { whats } = await shared(`${WEB}${SERVICE}${text}`)
    expect(whats).toEqual([expect.stringContaining('which is not the preview’s alone')])
  })

  it.each([
    ['a router of Consul, which knows no namespaces', ROUTER('web')],
    ['intentions', INTENTIONS('web')],
    ['a profile of a Service of others', PROFILE('pay.production.svc.cluster.local')],
    ['a split by an address of production', SPLIT('pay.production.svc.cluster.local')],
  ])('are refused in a namespace of its own: %s', async (_, text) => {
    const { whats } = await adapted(`${WEB}${SERVICE}${text}`)
    expect(whats).toEqual([expect.stringContaining('which is not the preview’s alone')])
  })

  it('that rule over the whole mesh are refused', async () => {
    const { whats } = await adapted(object('consul.hashicorp.com/v1alpha1', 'ProxyDefaults', 'global', '{}'))
    expect(whats).toEqual([expect.stringContaining('the whole mesh')])
  })

  it('follow the Services that the manifests bring', async () => {
    const name = 'web.production.svc.cluster.local'
    const all = `${WEB}${SERVICE}${PROFILE(name)}${SPLIT('web')}${ROUTER('web')}${INTENTIONS('web')}${MESH_ROUTE('web')}`
    const beside = await shared(all)
    expect(beside.whats).toEqual([])
    expect(beside.find('ServiceProfile')).toMatchObject({ metadata: { name: 'web-pr-7.production.svc.cluster.local' } })
    const split = { service: 'web-pr-7', backends: [{ service: 'web-pr-7' }] }
    expect(beside.find('TrafficSplit')).toMatchObject({ spec: split })
    expect(beside.find('ServiceRouter')).toMatchObject({ metadata: { name: 'web-pr-7' } })
    expect(beside.find('ServiceIntentions')).toMatchObject({ spec: { destination: { name: 'web-pr-7' } } })
    expect(beside.find('HTTPRoute')).toMatchObject({ spec: { parentRefs: [{ name: 'web-pr-7' }] } })
    expect((await shared(`${SERVICE}${ROLLOUT('web')}`)).find('Rollout')).toMatchObject({
      spec: { strategy: { blueGreen: { activeService: 'web-pr-7' } } },
    })
    const alone = await adapted(`${WEB}${SERVICE}${PROFILE(name)}${SPLIT('web')}${ROUTER('${name}')}`)
    expect(alone.whats).toEqual([])
    expect(alone.find('ServiceProfile')).toMatchObject({ metadata: { name: 'web.shop-pr-7.svc.cluster.local' } })
  })
})

describe('what a mesh shows to everybody', () => {
  const injected = pod('{containers: [{name: web, image: "registry.test/shop:1"}]}').replace(
    'metadata: {labels: {app: web}}',
    'metadata: {labels: {app: web}, annotations: {consul.hashicorp.com/connect-inject: "true"}}',
  )
  const injection = {
    spec: { template: { metadata: { annotations: { 'consul.hashicorp.com/connect-inject': 'false' } } } },
  }

  it('stays in the namespace of the preview', async () => {
    const entry = (more: string) =>
      object('networking.istio.io/v1', 'ServiceEntry', 'e', `{hosts: [pay.test], exportTo: ["*"], ${more}}`)
    for (const answers of ['endpoints: [{address: 10.0.0.1}]', 'workloadSelector: {labels: {app: web}}']) {
      expect((await adapted(entry(answers))).find('ServiceEntry')).toMatchObject({ spec: { exportTo: ['.'] } })
    }
    const outside = await adapted(entry('resolution: DNS'))
    expect(outside.find('ServiceEntry')).toMatchObject({ spec: { exportTo: ['*'] } })
  })

  it('does not get pods under the name that production’s have', async () => {
    const alone = await adapted(`${injected}${SERVICE}`)
    expect(alone.find('Deployment')).toMatchObject(injection)
    expect(alone.warnings).toEqual([expect.stringContaining('not in the mesh of Consul')])
    for (const { find, warnings } of [
      await shared(`${injected}${SERVICE}`),
      await adapted(`${injected}${SERVICE.replace('name: web}', 'name: "web-${number}"}')}`),
    ]) {
      expect(find('Deployment')).not.toMatchObject(injection)
      expect(warnings).toEqual([])
    }
  })
})

describe('routers without a host', () => {
  it.each([
    [
      'the header of Emissary',
      object('getambassador.io/v2', 'Mapping', 'm', '{prefix: /, headers: {":authority": shop.test}}'),
      2,
    ],
    [
      'APISIX',
      object(
        'apisix.apache.org/v2',
        'ApisixRoute',
        'r',
        '{http: [{match: {hosts: ["${name}.test"]}}, {match: {paths: [/*]}}]}',
      ),
      1,
    ],
    ['streams', object('apisix.apache.org/v2', 'ApisixRoute', 'r', '{stream: [{match: {ingressPort: 9100}}]}'), 1],
    ['Gloo', object('gateway.solo.io/v1', 'VirtualService', 'v', '{virtualHost: {routes: []}}'), 1],
    ['a maker that nobody knows', object('acme.test/v1', 'EdgeRoute', 'r', '{paths: [/]}'), 1],
  ])('are refused without url, and follow it: %s', async (kind, text, faults) => {
    expect((await adapted(text)).whats).toHaveLength(faults)
    const { whats, manifests } = await adapted(text, { url: 'https://shop-pr-7.test' })
    if (kind === 'streams' || kind.startsWith('a maker')) expect(whats).toHaveLength(1)
    else expect(whats).toEqual([])
    expect(JSON.stringify(manifests.map(({ object }) => object['spec']))).not.toContain('"shop.test"')
  })

  it('have the host where their version knows it', async () => {
    const url = 'https://shop-pr-7.test'
    const old = await adapted(
      object('getambassador.io/v2', 'Mapping', 'm', '{prefix: /, headers: {":authority": shop.test}}'),
      { url },
    )
    const spec = { host: 'shop-pr-7.test', headers: { ':authority': 'shop-pr-7.test' } }
    expect(old.find('Mapping')['spec']).toEqual({ prefix: '/', ...spec })
    const routes = await adapted(
      object('apisix.apache.org/v2', 'ApisixRoute', 'r', '{http: [{match: {paths: [/*]}}]}'),
      { url },
    )
    expect(routes.find('ApisixRoute')).toMatchObject({ spec: { http: [{ match: { hosts: ['shop-pr-7.test'] } }] } })
    const istio = '{hosts: [shop.test], http: [{match: [{authority: {exact: shop.test}}]}]}'
    const rule = await adapted(object('networking.istio.io/v1', 'VirtualService', 'v', istio), { url })
    expect(JSON.stringify(rule.find('VirtualService')['spec'])).not.toContain('"shop.test"')
  })

  it.each([
    ['OpenShift', object('route.openshift.io/v1', 'Route', 'r', '{to: {kind: Service, name: web}}')],
    ['a part of another one', object('projectcontour.io/v1', 'HTTPProxy', 'p', '{routes: []}')],
    ['a configuration', object('gateway.envoyproxy.io/v1alpha1', 'EnvoyProxy', 'e', '{logging: {level: {}}}')],
  ])('are taken where they have a name of their own: %s', async (_, text) => {
    expect((await adapted(text)).whats).toEqual([])
  })
})

describe('the label of Argo CD', () => {
  const labels = '{app.kubernetes.io/instance: shop, app: web}'
  const text = `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: ${labels}}, spec: {selector: {matchLabels: ${labels}}, template: {metadata: {labels: ${labels}}, spec: {containers: [{name: web, image: "registry.test/shop:1"}]}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, labels: ${labels}}, spec: {selector: ${labels}, ports: [{port: 80}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: net}, spec: {podSelector: {matchExpressions: [{key: app.kubernetes.io/instance, operator: In, values: [shop, gate]}]}, ingress: [{from: [{podSelector: {matchLabels: {app.kubernetes.io/instance: gate}}}]}]}}`

  it('is the preview’s own in a namespace of its own too, with all that selects by it', async () => {
    const { find, faults } = await adapted(text)
    expect(faults).toEqual([])
    const own = { 'app.kubernetes.io/instance': 'shop-pr-7', app: 'web' }
    expect(find('Deployment')).toMatchObject({
      metadata: { labels: own },
      spec: { selector: { matchLabels: own }, template: { metadata: { labels: own } } },
    })
    expect(find('Service')).toMatchObject({ metadata: { labels: own }, spec: { selector: own } })
    const policy = JSON.stringify(find('NetworkPolicy')['spec'])
    expect(policy).toContain('"values":["shop-pr-7","gate"]')
    expect(policy).toContain('{"app.kubernetes.io/instance":"gate"}')
  })
})

describe('what acts on another object', () => {
  const SCALER = (name: string) =>
    object(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'h',
      `{scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}, maxReplicas: 3}`,
    )
  const POLICY = (target: string) =>
    object('gateway.envoyproxy.io/v1alpha1', 'BackendTrafficPolicy', 'p', `{targetRefs: [${target}]}`)

  it.each([
    ['an autoscaler', SCALER('pay')],
    ['KEDA', object('keda.sh/v1alpha1', 'ScaledObject', 's', '{scaleTargetRef: {name: pay}}')],
    ['a policy', POLICY('{kind: Gateway, name: gate}')],
    ['a canary', object('flagger.app/v1beta1', 'Canary', 'c', '{targetRef: {kind: Deployment, name: pay}}')],
  ])('is refused where that is production’s: %s', async (_, text) => {
    expect((await shared(`${WEB}${text}`)).whats).toEqual([expect.stringContaining('acts on')])
    expect((await adapted(`${WEB}${text}`)).whats).toEqual([])
  })

  it('is refused with the namespace of production anywhere, and follows what the manifests bring', async () => {
    const there = await adapted(`${WEB}${POLICY('{kind: Gateway, name: gate, namespace: production}')}`)
    expect(there.whats).toEqual([expect.stringContaining('acts on Gateway gate')])
    const beside = await shared(`${WEB}${SCALER('web')}`)
    expect(beside.whats).toEqual([])
    expect(beside.find('HorizontalPodAutoscaler')).toMatchObject({ spec: { scaleTargetRef: { name: 'web-pr-7' } } })
  })
})
