import { describe, expect, it } from 'vitest'
import { adapted, BACKEND, INGRESS, RULE, shared } from '../../../../test/harness/adapted.ts'
import type { Fields } from './fields.ts'
import { valueAt } from './fields.ts'

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
