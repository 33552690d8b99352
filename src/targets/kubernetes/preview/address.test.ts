import { describe, expect, it } from 'vitest'
import { asDeployError } from '../../../errors/deploy-error.ts'
import type { KubeAnswer, KubeApi } from '../../../ports.ts'
import { createCluster } from '../api/cluster.ts'
import type { Manifest } from '../apply/manifests.ts'
import { addressOf } from './address.ts'

type Answers = Readonly<Record<string, unknown>>

/** A cluster that answers by path; a list answers once each. */
function setUp(answers: Answers, signal?: AbortSignal) {
  const asked: string[] = []
  const api: KubeApi = {
    namespace: () => Promise.resolve('shop'),
    request: (_, path): Promise<KubeAnswer> => {
      asked.push(path)
      const known = answers[path]
      const body: unknown = Array.isArray(known) ? (known.length > 1 ? known.shift() : known[0]) : known
      return Promise.resolve(body === undefined ? { status: 404, body: {} } : { status: 200, body })
    },
    watch: () => {
      throw new Error('not asked')
    },
    close: () => Promise.resolve(),
  }
  let now = 0
  const clock = {
    now: () => now,
    sleep: (ms: number) => {
      now += ms
      return Promise.resolve()
    },
  }
  const warnings: string[] = []
  const context = {
    cluster: createCluster({ api, clock }, 'shop'),
    preview: { app: 'shop', number: 7, name: 'shop-pr-7' },
    limit: { within: 60_000, signal },
    warn: (text: string) => warnings.push(text),
  }
  return { context, warnings, asked }
}

const manifest = (kind: string, spec: unknown, apiVersion = 'v1'): Manifest => {
  const metadata = { name: 'web' }
  return { apiVersion, kind, name: 'web', metadata, object: { apiVersion, kind, metadata, spec }, source: 'app.yml:1' }
}
const ingress = (more: object, path = '/') =>
  manifest('Ingress', { rules: [{ host: 'pr-7.shop.test', http: { paths: [{ path }] } }], ...more })
const SERVICE = '/api/v1/namespaces/shop/services/web'
const PODS = '/api/v1/namespaces/shop/pods'
const GATEWAY = '/apis/gateway.networking.k8s.io/v1/namespaces/infra/gateways/gate'
const route = (parent: object = {}) =>
  manifest(
    'HTTPRoute',
    { hostnames: ['*.shop.test', 'pr-7.shop.test'], parentRefs: [{ name: 'gate', namespace: 'infra', ...parent }] },
    'gateway.networking.k8s.io/v1',
  )

const ask = async (answers: Answers, ...manifests: Manifest[]) => addressOf(setUp(answers).context, manifests)

describe('the address of a preview', () => {
  it.each([
    ['no TLS', {}, 'http'],
    ['TLS for the host', { tls: [{ hosts: ['pr-7.shop.test'] }] }, 'https'],
    ['TLS for a wildcard', { tls: [{ hosts: ['*.shop.test'] }] }, 'https'],
    ['TLS for all', { tls: [{ secretName: 'x' }] }, 'https'],
    ['TLS for another', { tls: [{ hosts: ['other.test'] }] }, 'http'],
  ])('is the Ingress’s host: %s', async (_, more, scheme) => {
    expect(await ask({}, ingress(more))).toBe(`${scheme}://pr-7.shop.test`)
  })

  it('keeps a path, and no pattern', async () => {
    expect(await ask({}, ingress({}, '/app'))).toBe('http://pr-7.shop.test/app')
    expect(await ask({}, ingress({}, '/app(/|$)(.*)'))).toBe('http://pr-7.shop.test')
  })

  it.each([
    ['plain', [{ name: 'web', protocol: 'HTTP' }], {}, 'http'],
    [
      'TLS',
      [
        { name: 'web', protocol: 'HTTP' },
        { name: 'tls', protocol: 'HTTPS', hostname: '*.shop.test' },
      ],
      {},
      'https',
    ],
    ['TLS of another host', [{ name: 'tls', protocol: 'HTTPS', hostname: 'other.test' }], {}, 'http'],
    [
      'another section',
      [
        { name: 'web', protocol: 'HTTP' },
        { name: 'tls', protocol: 'HTTPS' },
      ],
      { sectionName: 'web' },
      'http',
    ],
  ])('is the route’s host: %s', async (_, listeners, parent, scheme) => {
    expect(await ask({ [GATEWAY]: { spec: { listeners } } }, route(parent))).toBe(`${scheme}://pr-7.shop.test`)
  })

  it('of a gateway that may not be read is encrypted', async () => {
    expect(await ask({}, route())).toBe('https://pr-7.shop.test')
  })

  const balancer = (status: object, port: object = { port: 80 }) => ({ spec: { ports: [port] }, status })
  const given = (place: object) => ({ loadBalancer: { ingress: [place] } })

  it.each([
    [{ ip: '192.0.2.1' }, { port: 80 }, 'http://192.0.2.1'],
    [{ hostname: 'lb.test' }, { port: 8080 }, 'http://lb.test:8080'],
    [{ ip: '2001:db8::1' }, { port: 443 }, 'https://[2001:db8::1]'],
    [{ hostname: 'lb.test' }, { port: 8000, appProtocol: 'https' }, 'https://lb.test:8000'],
  ])('is the load balancer’s, as soon as it has one: %o', async (place, port, url) => {
    const answers = [balancer({}), balancer({ loadBalancer: {} }), balancer(given(place), port)]
    expect(await ask({ [SERVICE]: answers }, manifest('Service', { type: 'LoadBalancer' }))).toBe(url)
  })

  it('of a load balancer is not waited for for ever, and a cancelled run waits no longer', async () => {
    const service = manifest('Service', { type: 'LoadBalancer' })
    const late = setUp({ [SERVICE]: balancer({}) })
    expect(await addressOf(late.context, [service])).toBeUndefined()
    expect(late.warnings).toEqual(['the load balancer of service/web has no address yet'])
    const cancelled = setUp({ [SERVICE]: balancer({}) }, AbortSignal.abort())
    expect(asDeployError(await addressOf(cancelled.context, [service]).catch((error: unknown) => error)).code).toBe(
      'cancelled',
    )
    expect(cancelled.asked).toHaveLength(1)
  })

  it('is a port of a node that runs one of its pods', async () => {
    const answers = {
      [SERVICE]: { spec: { ports: [{ port: 80, nodePort: 31000 }] } },
      [PODS]: { items: [{ status: {} }, { status: { hostIP: '192.0.2.9' } }] },
    }
    expect(await ask(answers, manifest('Service', { type: 'NodePort' }))).toBe('http://192.0.2.9:31000')
    expect(await ask(answers, manifest('Service', {}))).toBeUndefined()
  })
})
