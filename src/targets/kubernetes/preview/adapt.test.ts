import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { LABEL } from '../../../domain/labels.ts'
import { previewName } from '../../../domain/preview.ts'
import { readManifests } from '../apply/manifests.ts'
import type { AdaptContext } from './adapt.ts'
import { adapt } from './adapt.ts'
import { ownAddress } from './addresses.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, valueAt } from './fields.ts'
import { isSelected } from './labels.ts'
import { suffixed } from './names.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'adapt-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

interface Options extends Partial<Omit<AdaptContext, 'preview' | 'part'>> {
  readonly url?: string
}

async function adapted(text: string, { url, ...more }: Options = {}) {
  const file = path.join(folder, `${String(files++)}.yml`)
  writeFileSync(file, text)
  const preview = {
    app: 'shop',
    number: 7,
    name: previewName('shop', 7),
    ttl: 1000,
    url,
    namespace: { name: 'x', isOwn: true },
  }
  const part = { ...preview, run: '9-1', expires: Date.parse('2026-11-30T12:00:00Z'), candidates: [] }
  const context = { isOwn: true, from: 'production', image: 'registry.test/shop', copies: [], ...more }
  const namespace = context.isOwn ? preview.name : 'production'
  const result = adapt(await readManifests([file], undefined), { namespace, ...context, preview, part })
  const find = (kind: string, at = 0): Fields =>
    result.manifests.filter((manifest) => manifest.kind === kind)[at]?.object ?? {}
  return { ...result, find, whats: result.faults.map(({ what }) => what), fixes: result.faults.map(({ fix }) => fix) }
}

const shared = (text: string, more: Options = {}) => adapted(text, { isOwn: false, ...more })

const pod = (spec: string, labels = '{app: web}') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: ${labels}}
    spec: ${spec}
`
const WEB = pod('{containers: [{name: web, image: "registry.test/shop:1"}]}')
const INGRESS = (spec: string, metadata = '') => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web${metadata}}
spec: ${spec}
`
const BACKEND = '{service: {name: web, port: {number: 80}}}'
const RULE = (host: string, service = 'web') =>
  `{host: ${host}, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${service}, port: {number: 80}}}}]}}`

describe('marks', () => {
  it('are on everything, and on pods and claims only those that never change', async () => {
    const { find } = await adapted(`${WEB}---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, labels: {dev.immutable-deploy.preview: other-pr-1}}
spec:
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: postgres}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 1Gi}}}}]
`)
    const web = find('Deployment')
    expect(valueAt(web, 'metadata.labels')).toEqual({
      app: 'web',
      [LABEL.app]: 'shop',
      [LABEL.preview]: 'shop-pr-7',
      [LABEL.pullRequest]: '7',
      [LABEL.run]: '9-1',
      [LABEL.expires]: '2026-11-30T12.00.00Z',
    })
    expect(fieldsOf(valueAt(web, 'metadata.annotations'))).toMatchObject({
      [LABEL.owner]: 'web',
      [LABEL.expires]: '2026-11-30T12:00:00Z',
    })
    expect(valueAt(web, 'spec.template.metadata')).toEqual({
      labels: { app: 'web', [LABEL.app]: 'shop', [LABEL.preview]: 'shop-pr-7', [LABEL.pullRequest]: '7' },
    })
    expect(valueAt(find('StatefulSet'), 'metadata.labels')).toMatchObject({ [LABEL.preview]: 'shop-pr-7' })
    const [claim] = valueAt(find('StatefulSet'), 'spec.volumeClaimTemplates') as Fields[]
    expect(claim?.['metadata']).toMatchObject({ name: 'data', annotations: { [LABEL.owner]: 'db' } })
    expect(JSON.stringify(claim)).not.toContain('expires')
  })
})

describe('a namespace of its own', () => {
  it('keeps names and labels, and moves what names production’s namespace', async () => {
    const { find, faults, namespaceDocument } = await adapted(`apiVersion: v1
kind: Namespace
metadata: {name: live, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: live}
spec: {selector: {app: web}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: live}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
subjects: [{kind: ServiceAccount, name: web, namespace: live}, {kind: ServiceAccount, name: ci, namespace: ci}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: live}
data: {A: "http://web.live.svc:80", B: "http://web", C: "web.live.example.com", D: "http://db.live"}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: live}
spec: {parentRefs: [{name: gate}], hostnames: ["pr-\${number}.example.com"]}
`)
    expect(faults).toEqual([])
    expect(valueAt(namespaceDocument, 'metadata.labels')).toEqual({ 'pod-security.kubernetes.io/enforce': 'baseline' })
    expect(valueAt(find('Service'), 'metadata.namespace')).toBeUndefined()
    expect(valueAt(find('Service'), 'spec.selector')).toEqual({ app: 'web' })
    expect(find('RoleBinding')['subjects']).toEqual([
      { kind: 'ServiceAccount', name: 'web', namespace: 'shop-pr-7' },
      { kind: 'ServiceAccount', name: 'ci', namespace: 'ci' },
    ])
    expect(find('ConfigMap')['data']).toEqual({
      A: 'http://web.shop-pr-7.svc:80',
      B: 'http://web',
      C: 'web.live.example.com',
      D: 'http://db.live',
    })
    expect(find('HTTPRoute')['spec']).toMatchObject({
      parentRefs: [{ name: 'gate', namespace: 'live' }],
      hostnames: ['pr-7.example.com'],
    })
  })

  it('several namespaces are refused', async () => {
    const { whats } = await adapted(
      ['one', 'two']
        .map((name) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: ${name}}}\n`)
        .join('---\n'),
    )
    expect(whats).toEqual(['the manifests are for several namespaces (one, two), and a preview lives in one'])
  })
})

describe('templates', () => {
  it('are filled in settings, and never in scripts and files', async () => {
    const { find } = await adapted(
      `${pod('{containers: [{name: web, image: "${image}", env: [{name: URL, value: "https://${name}.test/${number}"}], args: [sh, -c, "echo ${name}"]}]}')}---
apiVersion: v1
kind: ConfigMap
metadata: {name: files}
data: {one: "\${name}", script: "#!/bin/sh\\necho \${name}\\n"}
`,
    )
    const [container] = valueAt(find('Deployment'), 'spec.template.spec.containers') as Fields[]
    expect(container).toMatchObject({
      image: 'registry.test/shop',
      env: [{ value: 'https://shop-pr-7.test/7' }],
      args: ['sh', '-c', 'echo ${name}'],
    })
    expect(find('ConfigMap')['data']).toEqual({ one: 'shop-pr-7', script: '#!/bin/sh\necho ${name}\n' })
  })
})

describe('hosts', () => {
  const url = 'https://shop-pr-7.preview.test/'
  const spec = (object: Fields) => object['spec']

  it.each([
    ['a host', INGRESS(`{rules: [${RULE('shop.test')}]}`), 'shop.test'],
    [
      'a host of a certificate',
      INGRESS(`{rules: [${RULE('"pr-${number}.test"')}], tls: [{hosts: [shop.test]}]}`),
      'shop.test',
    ],
    [
      'every host',
      INGRESS(`{rules: [{http: {paths: [{path: /, pathType: Prefix, backend: ${BACKEND}}]}}]}`),
      'every host',
    ],
    ['a default backend', INGRESS(`{defaultBackend: ${BACKEND}}`), 'every host'],
    ['a wildcard', INGRESS(`{rules: [${RULE('"*.shop.test"')}]}`), '*.shop.test'],
    [
      'a route',
      '{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web}, spec: {hostnames: [shop.test]}}',
      'shop.test',
    ],
    [
      'a route of every host',
      '{apiVersion: gateway.networking.k8s.io/v1, kind: GRPCRoute, metadata: {name: web}, spec: {rules: []}}',
      'every host',
    ],
    [
      'a route without hosts',
      '{apiVersion: gateway.networking.k8s.io/v1alpha2, kind: TCPRoute, metadata: {name: web}, spec: {}}',
      'no host',
    ],
    [
      'Traefik',
      '{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: {name: web}, spec: {routes: [{match: "Host(`shop.test`) && PathPrefix(`/api`)"}]}}',
      'shop.test',
    ],
    [
      'Traefik with a path of the preview',
      '{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: {name: web}, spec: {routes: [{match: "Host(`shop.test`) && PathPrefix(`/${number}`)"}]}}',
      'shop.test',
    ],
    [
      'Traefik of TCP',
      '{apiVersion: traefik.io/v1alpha1, kind: IngressRouteTCP, metadata: {name: web}, spec: {routes: [{match: "HostSNI(`shop.test`)"}], tls: {passthrough: true}}}',
      'shop.test',
    ],
    [
      'Traefik of TCP without TLS',
      '{apiVersion: traefik.io/v1alpha1, kind: IngressRouteTCP, metadata: {name: web}, spec: {routes: [{match: "HostSNI(`*`)"}]}}',
      'takes all the traffic of its entry point',
    ],
    ...['shop.acme.internal', 'shop.acme.local', 'shop.acme.internal:8443', '*.acme.internal', '*'].map((host) => [
      'an internal name',
      `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: web}, spec: {hosts: ["${host}"]}}`,
      `answers at ${host}`,
    ]),
    [
      'an internal name of Contour',
      '{apiVersion: projectcontour.io/v1, kind: HTTPProxy, metadata: {name: web}, spec: {virtualhost: {fqdn: shop.acme.internal}}}',
      'shop.acme.internal',
    ],
    ...['live/shop.example.com', './shop.example.com', '*/*.example.com'].map((host) => [
      'a host of a namespace',
      `{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: web}, spec: {servers: [{hosts: ["${host}"]}]}}`,
      `answers at ${host.replace(/^.*\//, '')}`,
    ]),
    ...['hostname: "*"', 'hostname: shop.test', 'host: shop.test', 'host: ".*", host_regex: true'].map((field) => [
      'Emissary',
      `{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: web}, spec: {${field}, prefix: /, service: web}}`,
      'answers at',
    ]),
    [
      'Emissary without a host',
      '{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: web}, spec: {prefix: /, service: web}}',
      'every host',
    ],
    [
      'Skipper without hosts',
      '{apiVersion: zalando.org/v1, kind: RouteGroup, metadata: {name: web}, spec: {routes: []}}',
      'every host',
    ],
    [
      'Knative',
      '{apiVersion: serving.knative.dev/v1beta1, kind: DomainMapping, metadata: {name: shop.test}, spec: {ref: {kind: Service, name: web}}}',
      'answers at shop.test',
    ],
    [
      'Traefik without a host',
      '{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: {name: web}, spec: {routes: [{match: "PathPrefix(`/`)"}]}}',
      'every host',
    ],
    [
      'Istio',
      '{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: web}, spec: {hosts: [shop.test], http: [{route: [{destination: {host: web.live.svc.cluster.local}}]}]}}',
      'shop.test',
    ],
    [
      'Contour',
      '{apiVersion: projectcontour.io/v1, kind: HTTPProxy, metadata: {name: web}, spec: {virtualhost: {fqdn: shop.test}}}',
      'shop.test',
    ],
    [
      'OpenShift',
      '{apiVersion: route.openshift.io/v1, kind: Route, metadata: {name: web}, spec: {host: shop.test}}',
      'shop.test',
    ],
  ])('%s of production is refused without url', async (_, text, word) => {
    const { faults } = await adapted(text)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatchObject({ code: 'manifest-invalid', what: expect.stringContaining(word) as unknown })
    expect(faults[0]?.fix).toMatch(/\$\{number\}|Leave it out/)
  })

  it('follow url, and only those that are not templated', async () => {
    const { find, faults } = await adapted(
      INGRESS(
        `{tls: [{hosts: [shop.test, www.shop.test]}], rules: [${RULE('shop.test')}, ${RULE('www.shop.test')}, ${RULE('"${name}.test"')}]}`,
      ),
      { url },
    )
    expect(faults).toEqual([])
    expect(JSON.stringify(spec(find('Ingress')))).not.toContain('"shop.test"')
    expect(spec(find('Ingress'))).toMatchObject({
      tls: [{ hosts: ['shop-pr-7.preview.test'] }],
      rules: [{ host: 'shop-pr-7.preview.test' }, { host: 'shop-pr-7.test' }],
    })
  })

  it('one of its own is given to what has none', async () => {
    const { find, faults } = await adapted(INGRESS(`{defaultBackend: ${BACKEND}}`), { url })
    expect(faults).toEqual([])
    const path = { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }
    expect(spec(find('Ingress'))).toEqual({ rules: [{ host: 'shop-pr-7.preview.test', http: { paths: [path] } }] })
    const match = (
      await adapted(
        '{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: {name: web}, spec: {routes: [{match: "PathPrefix(`/`)"}]}}',
        { url },
      )
    ).find('IngressRoute')
    expect(JSON.stringify(match)).toContain('Host(`shop-pr-7.preview.test`) && (PathPrefix(`/`))')
  })

  it.each([
    ['Host(`${name}.test`) || PathPrefix(`/api`)', 'Host(`shop-pr-7.preview.test`) && ('],
    ['Host(`shop.test`) || HostRegexp(`.*`)', 'Host(`shop-pr-7.preview.test`) && ('],
    ['Host(`${name}.test`) || Host(`shop.test`)', 'Host(`shop-pr-7.test`) || Host(`shop-pr-7.preview.test`)'],
    ['Host(`shop.test`) && PathPrefix(`/${number}`)', 'Host(`shop-pr-7.preview.test`) && PathPrefix(`/7`)'],
    ['PathPrefix(`/${number}`)', 'Host(`shop-pr-7.preview.test`) && (PathPrefix(`/7`))'],
    ['Host(`shop.test`) && Header(`X-Preview`, `${name}`)', 'Host(`shop.test`) && Header(`X-Preview`, `shop-pr-7`)'],
  ])('of a rule with alternatives are the preview’s own in each: %s', async (match, start) => {
    const text = JSON.stringify({ routes: [{ match }] })
    const object = `{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: {name: web}, spec: ${text}}`
    const { find } = await adapted(object, { url })
    const { routes } = find('IngressRoute')['spec'] as { routes: { match: string }[] }
    expect(routes[0]?.match.startsWith(start)).toBe(true)
  })

  it.each(['*', 'live/*'])('every host of a mesh (%s) is not the preview’s', async (host) => {
    const object = `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: web}, spec: {hosts: ["${host}"]}}`
    expect((await adapted(object)).whats).toEqual([expect.stringContaining('answers at *')])
    expect(valueAt((await adapted(object, { url })).find('VirtualService'), 'spec.hosts')).toEqual([
      'shop-pr-7.preview.test',
    ])
  })

  it('two that answer differently cannot become one', async () => {
    const { whats } = await adapted(INGRESS(`{rules: [${RULE('shop.test')}, ${RULE('api.test', 'api')}]}`), { url })
    expect(whats).toEqual([expect.stringMatching(/answer differently at .* cannot become shop-pr-7\.preview\.test/)])
  })

  it('url must not be production’s', async () => {
    const { whats } = await adapted(INGRESS(`{rules: [${RULE('shop.test')}]}`), { url: 'https://shop.test' })
    expect(whats).toEqual([expect.stringContaining('which url names as well')])
  })

  it.each<[string, string, object]>([
    ['networking.istio.io/v1', 'Gateway', { servers: [{ hosts: ['live/shop.test'] }] }],
    ['getambassador.io/v3alpha1', 'Mapping', { prefix: '/' }],
    ['getambassador.io/v3alpha1', 'Mapping', { hostname: '*', prefix: '/' }],
    ['zalando.org/v1', 'RouteGroup', { routes: [] }],
    ['zalando.org/v1', 'RouteGroup', { hosts: [], routes: [] }],
    ['traefik.io/v1alpha1', 'IngressRouteTCP', { routes: [{ match: 'ClientIP(`10.0.0.0/8`)' }], tls: {} }],
  ])('of %s %s follow url', async (apiVersion, kind, given) => {
    const { find, faults } = await adapted(
      JSON.stringify({ apiVersion, kind, metadata: { name: 'web' }, spec: given }),
      {
        url,
      },
    )
    expect(faults).toEqual([])
    const text = JSON.stringify(spec(find(kind)))
    expect(text).toMatch(/"shop-pr-7\.preview\.test"|HostSNI\(`shop-pr-7\.preview\.test`\) && \(ClientIP/)
    expect(text).not.toMatch(/shop\.test|"\*"/)
  })

  it.each([true, false])('that is a name follows url, and stays a host (own namespace: %s)', async (isOwn) => {
    const mapping = (name: string) =>
      `{apiVersion: serving.knative.dev/v1beta1, kind: DomainMapping, metadata: {name: "${name}"}, spec: {ref: {kind: Service, name: web}}}`
    const { manifests } = await adapted(mapping('shop.test'), { url, isOwn })
    expect(manifests.map(({ name }) => name)).toEqual(['shop-pr-7.preview.test'])
  })

  it('where traffic goes to stay', async () => {
    const { faults, manifests } = await adapted(
      ['ServiceEntry', 'Sidecar', 'DestinationRule']
        .map((kind) => {
          const field = kind === 'DestinationRule' ? 'host: api.stripe.com' : 'hosts: [api.stripe.com]'
          const fields = kind === 'Sidecar' ? 'egress: [{hosts: ["*/api.stripe.com", "infra/*"]}]' : field
          return `{apiVersion: networking.istio.io/v1, kind: ${kind}, metadata: {name: out}, spec: {${fields}}}\n`
        })
        .join('---\n'),
      { url },
    )
    expect(faults).toEqual([])
    expect(manifests.map(({ object }) => object['spec'])).toEqual([
      { hosts: ['api.stripe.com'] },
      { egress: [{ hosts: ['*/api.stripe.com', 'infra/*'] }] },
      { host: 'api.stripe.com' },
    ])
  })
})

describe('a mesh', () => {
  const WEB_SERVICE = '{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}\n---\n'
  const mesh = (kind: string, spec: object) =>
    JSON.stringify({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name: 'web' }, spec })
  const FULL = 'web.production.svc.cluster.local'

  it.each([
    [true, 'web.shop-pr-7.svc.cluster.local', 'web'],
    [false, 'web-pr-7.production.svc.cluster.local', 'web-pr-7'],
  ])('leads to the preview (own namespace: %s)', async (isOwn, full, bare) => {
    const route = { destination: { host: FULL } }
    const routes = await adapted(
      WEB_SERVICE +
        mesh('VirtualService', {
          hosts: ['web', FULL, 'web.production'],
          http: [{ route: [route], mirror: { host: FULL } }],
        }),
      { isOwn },
    )
    expect(routes.faults).toEqual([])
    expect(routes.find('VirtualService')['spec']).toEqual({
      hosts: [bare, full, full.replace('.svc.cluster.local', '')],
      http: [{ route: [{ destination: { host: full } }], mirror: { host: full } }],
    })
    const rule = await adapted(WEB_SERVICE + mesh('DestinationRule', { host: FULL }), { isOwn })
    expect(rule.find('DestinationRule')['spec']).toEqual({ host: full })
    const mapping = `{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: a}, spec: {hostname: "\${name}.test", service: "http://web.production:80"}}`
    expect(valueAt((await adapted(WEB_SERVICE + mapping, { isOwn })).find('Mapping'), 'spec.service')).toBe(
      `http://${full.replace('.svc.cluster.local', '')}:80`,
    )
  })

  it.each([
    [true, FULL],
    [true, 'other.live.svc'],
    [true, '*.production.svc.cluster.local'],
    [false, 'other'],
  ])('of others is refused (own namespace: %s): %s', async (isOwn, host) => {
    const { whats, fixes } = await adapted(mesh('VirtualService', { hosts: [host] }), { isOwn })
    expect(whats).toEqual([expect.stringContaining(`routes what is sent to the Service ${host}`)])
    expect(fixes[0]).toContain('Add that Service')
  })

  it('of others is refused for every router, and may be asked', async () => {
    const object = (apiVersion: string, kind: string, spec: object) =>
      JSON.stringify({ apiVersion, kind, metadata: { name: 'x' }, spec })
    const proxy = object('projectcontour.io/v1', 'HTTPProxy', { virtualhost: { fqdn: FULL } })
    expect((await adapted(proxy)).whats).toEqual([expect.stringContaining(`the Service ${FULL}`)])
    for (const fine of [
      object('acme.test/v1', 'Database', { host: 'db.infra.svc.cluster.local' }),
      mesh('DestinationRule', { host: 'db.infra.svc.cluster.local' }),
    ])
      expect((await adapted(fine)).faults).toEqual([])
  })

  it('gets one host for several of production', async () => {
    const url = 'https://shop-pr-7.preview.test'
    const { find } = await adapted(mesh('VirtualService', { hosts: ['shop.test', 'www.shop.test'] }), { url })
    expect(find('VirtualService')['spec']).toEqual({ hosts: ['shop-pr-7.preview.test'] })
  })

  it('is asked by short names of the preview’s own namespace, and by templated ones', async () => {
    const { faults } = await adapted(mesh('VirtualService', { hosts: ['web', 'web.${name}.svc.cluster.local'] }))
    expect(faults).toEqual([])
  })

  it('references with a namespace lead to the preview', async () => {
    const text = `{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r}, spec: {hostnames: ["\${name}.test"], parentRefs: [{kind: Service, name: web, namespace: production}], rules: [{backendRefs: [{name: web, namespace: production, port: 80}, {name: other, namespace: production}]}]}}`
    const { find } = await adapted(WEB_SERVICE + text)
    expect(find('HTTPRoute')['spec']).toMatchObject({
      parentRefs: [{ kind: 'Service', name: 'web' }],
      rules: [
        {
          backendRefs: [
            { name: 'web', namespace: 'shop-pr-7' },
            { name: 'other', namespace: 'production' },
          ],
        },
      ],
    })
  })

  it('changes no image and no word that is not an address', async () => {
    const { find } = await shared(
      `${WEB_SERVICE}{apiVersion: acme.test/v1, kind: App, metadata: {name: x}, spec: {image: "web:2024", title: web, service: web}}`,
    )
    expect(find('App')['spec']).toEqual({ image: 'web:2024', title: 'web', service: 'web-pr-7' })
  })
})

describe('exposure', () => {
  it('ports and addresses of production are left out', async () => {
    const { find, warnings } = await adapted(
      `${pod('{hostNetwork: true, containers: [{name: web, image: x, ports: [{containerPort: 80, hostPort: 80}]}]}')}---
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    external-dns.alpha.kubernetes.io/hostname: shop.test
    service.beta.kubernetes.io/aws-load-balancer-eip-allocations: eipalloc-1
    service.beta.kubernetes.io/aws-load-balancer-name: shop
    metallb.io/loadBalancerIPs: 192.0.2.1
    lbipam.cilium.io/ips: 192.0.2.1
    kubernetes.io/ingress.global-static-ip-name: shop
    nginx.ingress.kubernetes.io/rewrite-target: /
    nginx.ingress.kubernetes.io/whitelist-source-range: 192.0.2.0/24
    prometheus.io/scrape: "true"
spec: {type: LoadBalancer, loadBalancerIP: 192.0.2.1, externalIPs: [192.0.2.2], clusterIP: 10.0.0.1, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, selector: {app: web}}
`,
    )
    expect(JSON.stringify(valueAt(find('Deployment'), 'spec.template.spec'))).not.toMatch(/hostNetwork|hostPort/)
    expect(find('Service')['spec']).toEqual({ type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] })
    expect(
      Object.keys(fieldsOf(valueAt(find('Service'), 'metadata.annotations'))).filter((key) => !key.startsWith('dev.')),
    ).toEqual([
      'nginx.ingress.kubernetes.io/rewrite-target',
      'nginx.ingress.kubernetes.io/whitelist-source-range',
      'prometheus.io/scrape',
    ])
    expect(valueAt(find('Service', 1), 'spec.clusterIP')).toBe('None')
    expect(warnings.join('\n')).toMatch(/loadBalancerIP[\s\S]*hostNetwork[\s\S]*host port 80/)
  })

  it('a name for the preview alone follows url', async () => {
    const text =
      '{apiVersion: v1, kind: Service, metadata: {name: web, annotations: {external-dns.alpha.kubernetes.io/hostname: shop.test}}, spec: {}}'
    const { find } = await adapted(text, { url: 'https://shop-pr-7.test' })
    expect(valueAt(find('Service'), 'metadata.annotations')).toMatchObject({
      'external-dns.alpha.kubernetes.io/hostname': 'shop-pr-7.test',
    })
  })

  it('scheduled jobs are suspended', async () => {
    const { find } = await adapted(
      '{apiVersion: batch/v1, kind: CronJob, metadata: {name: bill}, spec: {schedule: "* * * * *", suspend: false, jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: x}]}}}}}}',
    )
    expect(valueAt(find('CronJob'), 'spec.suspend')).toBe(true)
  })
})

describe('storage', () => {
  const volume = (source: string, mount = '{name: data, mountPath: /data}') =>
    pod(`{volumes: [{name: data, ${source}}], containers: [{name: web, image: x, volumeMounts: [${mount}]}]}`)

  it.each([
    ['a claim that is not there', volume('persistentVolumeClaim: {claimName: data}'), 'mounts the claim data'],
    ['a path of the node', volume('hostPath: {path: /data}'), 'may write to the volume data (hostPath)'],
    ['a share', volume('nfs: {server: nas, path: /data}'), 'may write to the volume data (nfs)'],
    [
      'a volume by name',
      '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {volumeName: pv-1}}',
      'claims the volume pv-1',
    ],
    ...['selector: {matchLabels: {tier: gold}}', 'selector: {}', 'storageClassName: ""'].map((field) => [
      'a volume that somebody made',
      `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {${field}}}`,
      'may get a volume that is production’s',
    ]),
    [
      'a volume of a set',
      '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {selector: {}, template: {spec: {containers: [{name: a, image: x}]}}, volumeClaimTemplates: [{metadata: {name: data}, spec: {volumeName: pv-1}}]}}',
      'claims the volume pv-1',
    ],
  ])('%s is refused', async (_, text, word) => {
    for (const isOwn of [true, false]) {
      expect((await adapted(text, { isOwn })).whats).toEqual([expect.stringContaining(word)])
    }
  })

  it('places that a driver or a short-lived claim names are refused', async () => {
    const place = '{driver: nfs.csi.k8s.io, volumeAttributes: {server: nfs.test, share: /live}}'
    const claim = '{volumeClaimTemplate: {spec: {volumeName: live}}}'
    const inPod = (volume: string) =>
      pod(
        `{containers: [{name: web, image: x}, {name: w, image: x, volumeMounts: [{name: d, mountPath: /d}]}], volumes: [{name: d, ${volume}}]}`,
      )
    expect((await adapted(inPod(`csi: ${place}`))).whats).toEqual([
      expect.stringContaining('may write to the volume d (csi)'),
    ])
    expect((await adapted(inPod(`ephemeral: ${claim}`))).whats).toEqual([
      expect.stringContaining('claims the volume live'),
    ])
    const secrets = '{driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {secretProviderClass: keys}}'
    for (const fine of [secrets, place.replace('/live', '"/${name}"')])
      expect((await adapted(inPod(`csi: ${fine}`))).whats).toEqual([])
  })

  it('what is only read, templated or its own is taken', async () => {
    const read = await adapted(volume('hostPath: {path: /data}', '{name: data, mountPath: /data, readOnly: true}'))
    expect(read.faults).toEqual([])
    expect(read.warnings).toHaveLength(1)
    expect((await adapted(volume('nfs: {server: nas, path: "/previews/${name}"}'))).faults).toEqual([])
    const own = await shared(
      `${volume('persistentVolumeClaim: {claimName: data}')}---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: "", selector: {matchLabels: {pr: "\${number}"}}}}\n`,
    )
    expect(own.faults).toEqual([])
    expect(valueAt(own.find('Deployment'), 'spec.template.spec.volumes')).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-pr-7' } },
    ])
    expect(valueAt(own.find('PersistentVolumeClaim'), 'spec.selector')).toEqual({ matchLabels: { pr: '7' } })
  })
})

describe('a shared namespace', () => {
  const LABELS = '{app: web, app.kubernetes.io/name: shop, live: "true", sidecar.istio.io/inject: "true"}'
  const SPEC = `{serviceAccountName: web, imagePullSecrets: [{name: pull}, {name: other}], topologySpreadConstraints: [{labelSelector: {matchLabels: {app: web}}}], affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: web}}}, {labelSelector: {matchLabels: {app: cache}}}]}}, volumes: [{name: a, configMap: {name: settings}}, {name: b, secret: {secretName: keys}}, {name: c, projected: {sources: [{secret: {name: keys}}, {configMap: {name: theirs}}]}}], containers: [{name: web, image: x, envFrom: [{secretRef: {name: keys}}, {configMapRef: {name: settings}}], env: [{name: settings, value: settings}, {name: KEY, valueFrom: {secretKeyRef: {name: keys, key: web}}}, {name: DB_HOST, value: db}, {name: MODE, value: db}, {name: DSN, value: "postgres://db:5432/web"}]}]}`
  const ALL = `${pod(SPEC, LABELS)}---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web}, imagePullSecrets: [{name: pull}]}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {DB: "redis://user@db:6379", UPSTREAM: "db, other", nginx: "proxy_pass http://db:80;\\nserver db.production:80;\\nserver_name db.example.com;\\n"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: keys}, data: {URL: ${Buffer.from('postgres://a:b@db/x').toString('base64')}, RAW: /////w==}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pull}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, labels: {app: db}}, spec: {selector: {app: db}, ports: [{port: 5432}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: outside}, spec: {type: ExternalName, externalName: db.production.svc.cluster.local}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: all}, spec: {selector: {}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec:
  podSelector: {}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {matchLabels: {app: gate}}}, {namespaceSelector: {matchLabels: {app: web}}}]}]
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
---
{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: web}, spec: {scaleTargetRef: {name: web}}}
---
{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: web}, spec: {selector: {matchLabels: {app: db}}}}
---
{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: gate}, spec: {selector: {istio: ingressgateway}}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: web}, rules: [{resources: [configmaps], resourceNames: [settings, theirs], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: web}, roleRef: {kind: Role, name: web}, subjects: [{kind: ServiceAccount, name: web}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchExpressions: [{key: app, operator: In, values: [db]}, {key: app, operator: Exists}]}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: postgres}]}}
---
${INGRESS(`{rules: [${RULE('"${name}.test"', 'db')}], tls: [{hosts: ["\${name}.test"], secretName: tls}]}`, ', annotations: {cert-manager.io/issuer: le, nginx.ingress.kubernetes.io/auth-secret: keys}')}`

  it('everything gets a name of its own, and references follow', async () => {
    const { manifests, faults, find } = await shared(ALL)
    expect(faults).toEqual([])
    expect(manifests.every(({ name, metadata }) => name.endsWith('-pr-7') && metadata.name === name)).toBe(true)
    const spec = fieldsOf(valueAt(find('Deployment'), 'spec.template.spec'))
    expect(spec).toMatchObject({
      serviceAccountName: 'web-pr-7',
      imagePullSecrets: [{ name: 'pull-pr-7' }, { name: 'other' }],
      volumes: [
        { configMap: { name: 'settings-pr-7' } },
        { secret: { secretName: 'keys-pr-7' } },
        { projected: { sources: [{ secret: { name: 'keys-pr-7' } }, { configMap: { name: 'theirs' } }] } },
      ],
      containers: [
        {
          name: 'web',
          envFrom: [{ secretRef: { name: 'keys-pr-7' } }, { configMapRef: { name: 'settings-pr-7' } }],
          env: [
            { name: 'DB_SERVICE_HOST', value: 'db-pr-7' },
            { name: 'DB_PORT', value: 'tcp://db-pr-7:5432' },
            { name: 'DB_PORT_5432_TCP', value: 'tcp://db-pr-7:5432' },
            { name: 'DB_PORT_5432_TCP_ADDR', value: 'db-pr-7' },
            { name: 'OUTSIDE_SERVICE_HOST', value: 'outside-pr-7' },
            { name: 'settings', value: 'settings' },
            { valueFrom: { secretKeyRef: { name: 'keys-pr-7', key: 'web' } } },
            { value: 'db-pr-7' },
            { value: 'db' },
            { value: 'postgres://db-pr-7:5432/web' },
          ],
        },
      ],
    })
    expect(find('ServiceAccount')['imagePullSecrets']).toEqual([{ name: 'pull-pr-7' }])
    expect(find('ConfigMap')['data']).toEqual({
      DB: 'redis://user@db-pr-7:6379',
      UPSTREAM: 'db-pr-7, other',
      nginx: 'proxy_pass http://db-pr-7:80;\nserver db-pr-7.production:80;\nserver_name db.example.com;\n',
    })
    expect(find('Secret')['data']).toEqual({
      URL: Buffer.from('postgres://a:b@db-pr-7/x').toString('base64'),
      RAW: '/////w==',
    })
    expect(valueAt(find('Service', 1), 'spec.externalName')).toBe('db-pr-7.production.svc.cluster.local')
    for (const kind of ['HorizontalPodAutoscaler', 'ScaledObject']) {
      expect(valueAt(find(kind), 'spec.scaleTargetRef.name')).toBe('web-pr-7')
    }
    expect(find('Role')['rules']).toMatchObject([{ resourceNames: ['settings-pr-7', 'theirs'] }])
    expect(find('RoleBinding')).toMatchObject({ roleRef: { name: 'web-pr-7' }, subjects: [{ name: 'web-pr-7' }] })
    expect(valueAt(find('StatefulSet'), 'spec.serviceName')).toBe('db-pr-7')
    expect(find('Ingress')).toMatchObject({
      metadata: { annotations: { 'nginx.ingress.kubernetes.io/auth-secret': 'keys-pr-7' } },
      spec: {
        tls: [{ secretName: 'tls-pr-7' }],
        rules: [{ host: 'shop-pr-7.test', http: { paths: [{ backend: { service: { name: 'db-pr-7' } } }] } }],
      },
    })
  })

  it('production and the preview never select each other', async () => {
    const { find } = await shared(ALL)
    const own = { [LABEL.preview]: 'shop-pr-7' }
    const labels = fieldsOf(valueAt(find('Deployment'), 'spec.template.metadata.labels'))
    expect(labels).toMatchObject({
      app: 'web-pr-7',
      'app.kubernetes.io/name': 'shop-pr-7',
      live: 'true-pr-7',
      'sidecar.istio.io/inject': 'true',
      ...own,
    })
    const production = { app: 'web', 'app.kubernetes.io/name': 'shop', live: 'true', 'sidecar.istio.io/inject': 'true' }
    for (const selector of [{ app: 'web' }, { 'app.kubernetes.io/name': 'shop' }, { live: 'true' }]) {
      expect(isSelected(production, selector)).toBe(true)
      expect(isSelected(labels, selector)).toBe(false)
    }
    const selectors = [
      valueAt(find('Deployment'), 'spec.selector'),
      valueAt(find('StatefulSet'), 'spec.selector'),
      valueAt(find('Service'), 'spec.selector'),
      valueAt(find('PodDisruptionBudget'), 'spec.selector'),
      valueAt(find('NetworkPolicy'), 'spec.podSelector'),
    ].map(fieldsOf)
    for (const selector of selectors) {
      expect(isSelected(production, selector)).toBe(false)
      expect(isSelected({ app: 'db' }, selector)).toBe(false)
    }
    const [web, db, service, budget, policy] = selectors
    expect(isSelected(labels, web ?? {})).toBe(true)
    const database = fieldsOf(valueAt(find('StatefulSet'), 'spec.template.metadata.labels'))
    for (const selector of [db, service]) expect(isSelected(database, selector ?? {})).toBe(true)
    for (const selector of [budget, policy])
      expect([isSelected(labels, selector ?? {}), isSelected(database, selector ?? {})]).toEqual([true, true])
    // Neighbours that the manifests do not bring stay those of production.
    expect(valueAt(find('NetworkPolicy'), 'spec.ingress')).toMatchObject([
      {
        from: [
          { podSelector: { matchLabels: { app: 'web-pr-7', ...own } } },
          { podSelector: { matchLabels: { app: 'gate' } } },
          { namespaceSelector: { matchLabels: { app: 'web' } } },
        ],
      },
    ])
    const spec = fieldsOf(valueAt(find('Deployment'), 'spec.template.spec'))
    expect(spec['topologySpreadConstraints']).toMatchObject([{ labelSelector: { matchLabels: { app: 'web-pr-7' } } }])
    expect(valueAt(spec, 'affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution')).toMatchObject([
      { labelSelector: { matchLabels: { app: 'web-pr-7' } } },
      { labelSelector: { matchLabels: { app: 'cache' } } },
    ])
    expect(valueAt(find('ServiceMonitor'), 'spec.selector.matchLabels')).toMatchObject({ app: 'db-pr-7' })
    expect(valueAt(find('Gateway'), 'spec.selector')).toEqual({ istio: 'ingressgateway' })
  })

  it('what rules over the namespace is refused', async () => {
    for (const kind of ['ResourceQuota', 'LimitRange', 'Namespace']) {
      expect((await shared(`{apiVersion: v1, kind: ${kind}, metadata: {name: all}}`)).whats).toEqual([
        expect.stringContaining('rules over the whole namespace'),
      ])
    }
  })

  it('what other tools and owners know their own by is left out, and names of Services follow', async () => {
    const { find } = await shared(`apiVersion: v1
kind: Service
metadata: {name: web, ownerReferences: [{uid: x}], labels: {argocd.argoproj.io/instance: shop}, annotations: {meta.helm.sh/release-name: shop, a: b}}
spec: {}
---
{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: web}, spec: {hosts: [web, other], http: [{route: [{destination: {host: web}}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {subdomain: web, containers: [{name: web, image: x}]}}
`)
    const { metadata } = find('Service') as { metadata: { annotations: Fields; labels: Fields } }
    expect(JSON.stringify(metadata)).not.toMatch(/argocd|helm|ownerReferences/)
    expect(metadata.annotations).toMatchObject({ a: 'b' })
    expect(find('VirtualService')['spec']).toEqual({
      hosts: ['web-pr-7', 'other'],
      http: [{ route: [{ destination: { host: 'web-pr-7' } }] }],
    })
    expect(valueAt(find('Pod'), 'spec.subdomain')).toBe('web-pr-7')
  })

  it('what is copied follows too', async () => {
    const text = pod('{containers: [{name: web, image: x, envFrom: [{secretRef: {name: keys}}]}]}')
    const { find } = await shared(text, { copies: [{ kind: 'Secret', name: 'keys' }] })
    expect(JSON.stringify(find('Deployment'))).toContain('{"secretRef":{"name":"keys-pr-7"}}')
  })
})

it('names that are too long are cut, and stay apart', () => {
  const long = 'a'.repeat(60)
  expect(suffixed('web', '-pr-7')).toBe('web-pr-7')
  const [one, other] = [suffixed(`${long}b`, '-pr-7'), suffixed(`${long}c`, '-pr-7')]
  expect([one.length, one === other, one.endsWith('-pr-7')]).toEqual([63, false, true])
})

it.each([
  ['', 'http://db/', 'http://x/'],
  ['', 'db:80', 'x:80'],
  ['', 'mydb:80', 'mydb:80'],
  ['', 'db.example.com:80', 'db.example.com:80'],
  ['', 'http://db.live.svc.cluster.local', 'http://x.y.svc.cluster.local'],
  ['', 'db.live.example.com', 'db.live.example.com'],
  ['', 'db', 'db'],
  ['PGHOST', 'db', 'db'],
  ['PG_HOST', 'db', 'x'],
  ['db.url', 'jdbc:postgresql://db/shop', 'jdbc:postgresql://x/shop'],
  ['', 'host = db\nport = 1', 'host = x\nport = 1'],
  ['', '{"host":"db","name":"db"}', '{"host":"x","name":"db"}'],
  ['', '--host=db', '--host=x'],
  ['--host', 'db', 'x'],
  ['', 'dbname=db', 'dbname=db'],
  ['', 'host: database', 'host: database'],
  ['KAFKA_BROKERS', 'db:9092,other:9092', 'x:9092,other:9092'],
])('the address in %s=%s becomes %s', (key, text, wanted) => {
  expect(ownAddress(key, text, { services: new Map([['db', 'x']]), from: 'live', to: 'y' })).toBe(wanted)
})
