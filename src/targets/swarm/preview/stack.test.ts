import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../../../../test/harness/temp.ts'
import { parseRepository } from '../../../domain/image.ts'
import { asDeployError } from '../../../errors/deploy-error.ts'
import type { PreviewStack } from './stack.ts'
import { readPreviewStack } from './stack.ts'

const folder = tempDir('preview-stack')
const file = path.join(folder, 'stack.yml')

interface Options {
  readonly workloads?: readonly string[]
  readonly url?: string
  readonly app?: string
  readonly name?: string
  readonly number?: number
}

async function read(text: string, options: Options = {}): Promise<PreviewStack> {
  const { workloads = ['web'], url, app = 'shop', number = 7, name = `${app}-pr-${String(number)}` } = options
  writeFileSync(file, text)
  const preview = { app, number, name, ttl: 1000, url, namespace: { name, isOwn: true } }
  const repository = parseRepository('ghcr.io/acme/shop')
  if (!repository) throw new Error('no repository')
  return readPreviewStack({ app, preview, workloads, manifests: [file] }, { env: { TAG: 'v1' }, repository })
}

function serviceOf(stack: PreviewStack, key = 'web') {
  const service = stack.services.get(`shop-pr-7_${key}`)
  if (!service) throw new Error(`no service ${key}`)
  return service
}

function foreignLabels(labels: Readonly<Record<string, string>> | null | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !key.startsWith('com.docker.stack.')))
}

const containerOf = (stack: PreviewStack) => serviceOf(stack).spec.TaskTemplate.ContainerSpec

async function labels(lines: readonly string[], options: Options & { more?: string } = {}) {
  const text = `services:\n  web:\n    image: a\n    deploy:\n      labels:\n${lines.map((line) => `        - ${line}\n`).join('')}${options.more ?? ''}`
  const stack = await read(text, options)
  return { stack, labels: foreignLabels(serviceOf(stack).spec.Labels) }
}

describe('labels of proxies', () => {
  it('follow a router of another service that uses what they define', async () => {
    const text = `services:
  web:
    image: a
    deploy:
      labels:
        - traefik.http.routers.web.rule=Host(\`\${name}.example.com\`)
        - traefik.http.routers.web.service=api@swarm
        - traefik.http.routers.web.middlewares=chain,auth@file
  api:
    image: b
    deploy:
      labels:
        - traefik.enable=true
        - traefik.http.routers.api.rule=Host(\`api.example.com\`)
        - traefik.http.services.api.loadbalancer.server.port=80
        - traefik.http.middlewares.chain.chain.middlewares=strip
        - traefik.http.middlewares.strip.stripprefix.prefixes=/x
        - traefik.http.middlewares.other.stripprefix.prefixes=/y
  cron:
    image: c
    deploy: {labels: [traefik.enable=true, "traefik.http.services.cron.loadbalancer.server.port=80"]}
`
    const stack = await read(text)
    expect(foreignLabels(serviceOf(stack).spec.Labels)).toEqual({
      'traefik.http.routers.web-shop-pr-7.rule': 'Host(`shop-pr-7.example.com`)',
      'traefik.http.routers.web-shop-pr-7.service': 'api-shop-pr-7@swarm',
      'traefik.http.routers.web-shop-pr-7.middlewares': 'chain-shop-pr-7,auth@file',
    })
    expect(foreignLabels(serviceOf(stack, 'api').spec.Labels)).toEqual({
      'traefik.enable': 'true',
      'traefik.http.services.api-shop-pr-7.loadbalancer.server.port': '80',
      'traefik.http.middlewares.chain-shop-pr-7.chain.middlewares': 'strip-shop-pr-7',
      'traefik.http.middlewares.strip-shop-pr-7.stripprefix.prefixes': '/x',
    })
    expect(foreignLabels(serviceOf(stack, 'cron').spec.Labels)).toEqual({})
  })

  it('go, unless a rule is the preview’s own', async () => {
    const production = [
      'traefik.enable=true',
      'traefik.http.routers.web.rule=Host(`shop.example.com`)',
      'traefik.http.services.web.loadbalancer.server.port=8080',
      'swarm.cronjob.enable=true',
      'com.df.notify=true',
      'caddy=shop.example.com',
      'caddy.reverse_proxy={{upstreams 8080}}',
    ]
    const found = await labels(production)
    expect(found.labels).toEqual({})
    for (const label of production)
      expect(found.stack.notes.plan.join()).toContain(`label ${label.split('=')[0] ?? ''}`)
  })

  it('stay whole where the rule is templated, under names of the preview’s own', async () => {
    const found = await labels([
      'traefik.enable=true',
      'traefik.constraint-label=public',
      'traefik.http.routers.web.rule=Host(`$${name}.example.com`)'.replace('$$', '$'),
      'traefik.http.routers.web.entrypoints=websecure',
      'traefik.http.routers.web.service=web',
      'traefik.http.routers.web.middlewares=auth@file,strip',
      'traefik.http.routers.web.tls.domains[0].main=shop.example.com',
      'traefik.http.routers.main.rule=Host(`shop.example.com`)',
      'traefik.http.middlewares.strip.stripprefix.prefixes=/x',
      'traefik.http.services.web.loadbalancer.server.port=8080',
    ])
    expect(found.labels).toEqual({
      'traefik.enable': 'true',
      'traefik.constraint-label': 'public',
      'traefik.http.routers.web-shop-pr-7.rule': 'Host(`shop-pr-7.example.com`)',
      'traefik.http.routers.web-shop-pr-7.entrypoints': 'websecure',
      'traefik.http.routers.web-shop-pr-7.service': 'web-shop-pr-7',
      'traefik.http.routers.web-shop-pr-7.middlewares': 'auth@file,strip-shop-pr-7',
      'traefik.http.middlewares.strip-shop-pr-7.stripprefix.prefixes': '/x',
      'traefik.http.services.web-shop-pr-7.loadbalancer.server.port': '8080',
    })
    expect(found.stack.urls.get('shop-pr-7_web')).toBe('https://shop-pr-7.example.com')
  })

  it('keep templated names, but no rule of production under one', async () => {
    const own = await labels([
      'traefik.http.routers.${name}.rule=Host(`${number}.example.com`)',
      'traefik.http.services.${name}.loadbalancer.server.port=80',
    ])
    expect(own.labels).toEqual({
      'traefik.http.routers.shop-pr-7.rule': 'Host(`7.example.com`)',
      'traefik.http.services.shop-pr-7.loadbalancer.server.port': '80',
    })
    for (const rule of ['Host(`shop.test`) && PathPrefix(`/${number}`)', 'PathPrefix(`/${name}`)']) {
      const byPath = await labels(['traefik.http.routers.${name}.rule=' + rule])
      expect(byPath.labels).toEqual({})
      expect(byPath.stack.notes.plan.join()).toContain('without label traefik.http.routers.shop-pr-7.rule')
    }
    const disguised = await labels(['traefik.http.routers.${name}.rule=Host(`shop.example.com`)'])
    expect(disguised.labels).toEqual({})
  })

  it('go where production’s host stands beside the preview’s own', async () => {
    const found = await labels([
      'traefik.http.routers.web.rule=Host(`${name}.example.com`)',
      'traefik.http.routers.web.Rule=Host(`shop.example.com`)',
      'com.df.serviceDomain=${name}.example.com,shop.example.com',
      'com.df.servicePath=/${name}',
    ])
    expect(found.labels).toEqual({ 'com.df.servicePath': '/shop-pr-7' })
    const own = await labels(['com.df.serviceDomain=${name}.example.com,${number}.example.com'])
    expect(own.labels).toEqual({ 'com.df.serviceDomain': 'shop-pr-7.example.com,7.example.com' })
  })

  it('follow the input url, where one host is named', async () => {
    const rule = 'traefik.http.routers.web.rule=Host(`${name}.example.com`) && PathPrefix(`/shop`)'
    const found = await labels([rule], { url: 'https://seven.example.org/shop' })
    expect(Object.values(found.labels)).toContain('Host(`seven.example.org`) && PathPrefix(`/shop`)')
    expect(found.stack.urls.get('shop-pr-7_web')).toBe('http://seven.example.org/shop')
    const two = 'traefik.http.routers.api.rule=Host(`api-${name}.example.com`)'
    const both = await labels([rule, two], { url: 'https://seven.example.org' })
    expect(JSON.stringify(both.labels)).not.toContain('seven')
    expect(both.stack.notes.warnings.join()).toContain('no proxy shows seven.example.org')
  })

  it('of Caddy stay with a site of its own', async () => {
    const found = await labels([
      'caddy_0=shop.example.com',
      'caddy_0.reverse_proxy={{upstreams 80}}',
      'caddy_1=${name}.example.com',
      'caddy_1.reverse_proxy={{upstreams 80}}',
      'caddy_2=shop.example.com, ${name}.example.org',
      'caddy_3=shop.example.com/${number}',
      'caddy_4=https://shop.example.com/${name}/*',
      'caddy.email=a@example.com',
    ])
    expect(found.labels).toEqual({ caddy_1: 'shop-pr-7.example.com', 'caddy_1.reverse_proxy': '{{upstreams 80}}' })
    expect(found.stack.urls.get('shop-pr-7_web')).toBe('https://shop-pr-7.example.com')
  })

  it('are told the network on which both meet, where there is another beside it', async () => {
    const more = '    networks: [front]\nnetworks: { front: { external: true, name: public } }\n'
    const found = await labels(['traefik.http.routers.web.rule=Host(`${name}.example.com`)'], { more })
    expect(found.labels).toMatchObject({ 'traefik.swarm.network': 'public', 'traefik.docker.network': 'public' })
  })

  it('are never ours or Docker’s', async () => {
    const found = await labels(['dev.immutable-deploy.preview=${name}x', 'com.docker.stack.namespace=${name}x'])
    expect(found.labels).toEqual({})
    expect(serviceOf(found.stack).spec.Labels?.['com.docker.stack.namespace']).toBe('shop-pr-7')
  })

  it('stand on containers too, and variables of proxies beside them', async () => {
    const stack = await read(
      'services: { web: { image: a, labels: { traefik.enable: "true", own: "${name}" }, environment: { VIRTUAL_HOST: shop.example.com, A: b } } }',
    )
    expect(foreignLabels(containerOf(stack)?.Labels as Record<string, string>)).toEqual({ own: 'shop-pr-7' })
    expect(containerOf(stack)?.Env).toEqual(['A=b'])
    const both = 'VIRTUAL_HOST: "${name}.example.com,shop.example.com", LETSENCRYPT_HOST: "${name}.example.com"'
    const mixed = await read(`services: { web: { image: a, environment: { ${both} } } }`)
    expect(containerOf(mixed)?.Env).toEqual(['LETSENCRYPT_HOST=shop-pr-7.example.com'])
  })
})

it('a file that cannot be used is not to be deployed by hand: it would have production’s ports and labels', async () => {
  const refused = read('services: { web: { image: a, ports: [{target: 80, published: many}] } }')
  await expect(refused).rejects.toMatchObject({ code: 'manifest-invalid', fix: 'Correct what is listed.' })
})

describe('ports', () => {
  it('stay where the engine chooses them or the file templates them', async () => {
    const stack = await read(
      'services: { web: { image: a, ports: ["8080:80", "81", "90${number}:82", {target: 83, published: 9443, mode: host}, {target: 84, mode: host}] } }',
    )
    expect(serviceOf(stack).spec.EndpointSpec?.Ports).toEqual([
      { Protocol: 'tcp', TargetPort: 81, PublishMode: 'ingress' },
      { Protocol: 'tcp', TargetPort: 82, PublishedPort: 907, PublishMode: 'ingress' },
      { Protocol: 'tcp', TargetPort: 84, PublishMode: 'host' },
    ])
    expect(stack.notes.plan.join()).toMatch(/published port 8080, published port 9443/)
  })
})

it('a template inside of the container does not make what is outside the preview’s own', async () => {
  const stack = await read(
    'services: { web: { image: a, ports: ["8080:80${number}"], volumes: ["/srv/live:/data/${number}"] } }',
  )
  expect(serviceOf(stack).spec.EndpointSpec?.Ports ?? []).toEqual([])
  expect(containerOf(stack)?.Mounts).toMatchObject([{ Source: '/srv/live', Target: '/data/7', ReadOnly: true }])
})

describe('networks', () => {
  const networksOf = (stack: PreviewStack, key = 'web') => serviceOf(stack, key).spec.TaskTemplate.Networks

  it('are its own, without production’s name and addresses', async () => {
    const stack = await read(`
services: { web: { image: a, networks: { net: { aliases: [shop] } } } }
networks: { net: { name: shop-net, ipam: { config: [{ subnet: 10.9.0.0/24 }] }, driver_opts: { encrypted: "", com.docker.network.driver.overlay.vxlanid_list: "4097" } } }`)
    expect(networksOf(stack)).toEqual([{ Target: 'shop-pr-7_net', Aliases: ['shop', 'web'] }])
    const [network] = stack.resources
    expect(network).toMatchObject({ name: 'shop-pr-7_net', external: false, body: { Options: { encrypted: '' } } })
    expect(network?.body).not.toHaveProperty('IPAM')
    expect(network?.body.Options).toEqual({ encrypted: '' })
  })

  it('that production uses are joined without its names', async () => {
    const stack = await read(`
services: { web: { image: a, hostname: web, networks: { front: { aliases: [shop, "\${name}"] } } }, db: { image: b } }
networks: { front: { external: true, name: public } }`)
    expect(networksOf(stack)).toEqual([
      { Target: 'public', Aliases: ['shop-pr-7'] },
      { Target: '0-shop-pr-7_front', Aliases: ['shop', 'shop-pr-7', 'web'] },
    ])
    expect(containerOf(stack)).not.toHaveProperty('Hostname')
    expect(networksOf(stack, 'db')).toEqual([{ Target: '0-shop-pr-7_default', Aliases: ['db'] }])
  })

  it('of its own come first where names are looked up', async () => {
    const of = async (name: string) =>
      (
        await read(
          `services: { web: { image: a, networks: [n] } }\nnetworks: { n: { external: true, name: "${name}" } }`,
        )
      ).resources.find(({ external }) => !external)?.name ?? ''
    for (const name of ['a', '10', 'public', 'shop-pr-7', 'traefik', 'zzz']) expect((await of(name)) < name).toBe(true)
    expect(await of('traefik')).toBe('shop-pr-7_n')
  })

  it('that are implicit or the host’s are its own too', async () => {
    const implicit = await read(
      'services: { web: { image: a } }\nnetworks: { default: { external: true, name: public } }',
    )
    expect(networksOf(implicit)).toEqual([
      { Target: 'public', Aliases: [] },
      { Target: '0-shop-pr-7_default', Aliases: ['web'] },
    ])
    const host = await read(
      'services: { web: { image: a, networks: [h] } }\nnetworks: { h: { external: true, name: host } }',
    )
    expect(networksOf(host)).toEqual([{ Target: 'shop-pr-7_h', Aliases: ['web'] }])
    expect(host.notes.warnings.join()).toContain('host’s own'.replace('’', "'"))
  })

  it('that are templated stay', async () => {
    const stack = await read(
      'services: { web: { image: a, networks: [n, own] } }\nnetworks: { n: { external: true, name: "net-${number}" }, own: { name: "${name}-net" } }',
    )
    expect(networksOf(stack)).toEqual([
      { Target: 'net-7', Aliases: ['web'] },
      { Target: 'shop-pr-7-net', Aliases: ['web'] },
    ])
  })
})

describe('data', () => {
  const mountsOf = (stack: PreviewStack) =>
    (
      containerOf(stack)?.Mounts as { Source: string; ReadOnly?: boolean; VolumeOptions?: { DriverConfig?: object } }[]
    ).map(({ Source, ReadOnly, VolumeOptions }) => [Source, ReadOnly ?? false, VolumeOptions?.DriverConfig])

  it('of production is in none of its volumes', async () => {
    const stack = await read(`
services: { web: { image: a, volumes: ["named:/1", "ext:/2", "nfs:/3", "nfsown:/4", "mem:/5", "/srv/data:/6", "/srv/\${name}:/7", "templated:/8"] } }
volumes:
  named: { name: shop-data }
  ext: { external: true }
  nfs: { driver_opts: { type: nfs, o: addr=10.0.0.1, device: ":/data" } }
  nfsown: { driver_opts: { type: nfs, o: addr=10.0.0.1, device: ":/data/\${name}" } }
  mem: { driver_opts: { type: tmpfs, device: tmpfs } }
  templated: { external: true, name: "data-\${number}" }`)
    expect(mountsOf(stack)).toEqual([
      ['shop-pr-7_named', false, undefined],
      ['shop-pr-7_ext', false, undefined],
      ['shop-pr-7_nfs', false, undefined],
      ['shop-pr-7_nfsown', false, { Options: { type: 'nfs', o: 'addr=10.0.0.1', device: ':/data/shop-pr-7' } }],
      ['shop-pr-7_mem', false, { Options: { type: 'tmpfs', device: 'tmpfs' } }],
      ['/srv/data', true, undefined],
      ['/srv/shop-pr-7', false, undefined],
      ['data-7', false, undefined],
    ])
    const warned = stack.notes.warnings.join('\n')
    for (const text of ['/srv/data', 'volume ext', 'volume nfs ']) expect(warned).toContain(text)
  })

  it.each([
    ['type: none, o: "bind,uid=${number}", device: /srv/live', false],
    ['type: none, o: bind, device: "/srv/${name}"', true],
    ['type: nfs, o: "addr=${name}.nas", device: ":/live"', false],
    ['share: live, size: "${number}G"', false],
    ['share: "${name}", size: 1G', true],
    ['mountpoint: /live, subdir: "${name}"', false],
    ['size: 1G', false],
  ])('is not where an option leads that is not templated itself: %s', async (options, stays) => {
    const stack = await read(
      `services: { web: { image: a, volumes: ["data:/1"] } }\nvolumes: { data: { driver: x, driver_opts: { ${options} } } }`,
    )
    expect(mountsOf(stack)[0]?.[2]).toEqual(
      stays ? { Name: 'x', Options: expect.anything() as unknown } : { Name: 'x' },
    )
    expect(stack.notes.warnings.length).toBe(stays ? 0 : 1)
  })

  it('and everything else under a name of production is named in the plan', async () => {
    writeFileSync(path.join(folder, 'key'), 'x')
    const stack = await read(`
services: { web: { image: a, volumes: ["one:/1", "two:/2", "own:/3"], networks: [n, o], secrets: [s] } }
volumes: { one: { name: production_ext }, two: {}, own: { name: "\${name}-own" } }
networks: { n: { name: production_backend }, o: { name: "\${name}-net" } }
secrets: { s: { file: ./key, name: production_key } }`)
    expect(stack.notes.lines).toEqual([
      "network n: shop-pr-7_n in place of production_backend, which is production's",
      "volume one: shop-pr-7_one in place of production_ext, which is production's",
      "secret s: shop-pr-7_s in place of production_key, which is production's",
    ])
  })

  it('of a cluster volume is refused', async () => {
    const refused = await read(
      'services: { web: { image: a, volumes: [{ type: cluster, source: csi, target: /x }] } }\nvolumes: { csi: { external: true } }',
    ).catch(asDeployError)
    expect(refused).toMatchObject({
      code: 'manifest-invalid',
      what: expect.stringContaining('cluster volume') as string,
    })
  })

  it('in secrets and configs has names of its own, external ones stay', async () => {
    writeFileSync(path.join(folder, 'key'), 'x')
    const stack = await read(`
services: { web: { image: a, secrets: [s, e], configs: [c] } }
secrets: { s: { file: ./key, name: shop-key }, e: { external: true, name: shared } }
configs: { c: { file: ./key, name: "conf-\${number}" } }`)
    const { secrets, configs } = serviceOf(stack)
    expect([...secrets, ...configs].map(({ name }) => name)).toEqual(['shop-pr-7_s', 'shared', 'conf-7'])
  })
})

describe('services that carry the image', () => {
  const text = `
services:
  web: { image: "ghcr.io/acme/shop:\${TAG}" }
  worker: { image: "x:\${name}" }
  db: { image: "postgres:16" }`

  it('are named, of the repository, or templated', async () => {
    expect((await read(text, { workloads: [] })).names).toEqual(['shop-pr-7_web', 'shop-pr-7_worker'])
    for (const name of ['db', 'shop_db', 'shop-pr-7_db']) {
      expect((await read(text, { workloads: [name] })).names).toEqual(['shop-pr-7_db'])
    }
    const none = await read('services: { db: { image: "postgres:16" } }', { workloads: [] }).catch(asDeployError)
    expect(none).toMatchObject({ code: 'manifest-invalid' })
  })

  it('have names that a Swarm takes', async () => {
    const app = 'a'.repeat(50)
    const stack = await read('services: { a-rather-long-name: { image: a }, a-rather-long-nape: { image: a } }', {
      app,
      workloads: ['a-rather-long-name'],
    })
    const names = [...stack.services.keys()]
    expect(names.every((name) => name.length === 63 && name.startsWith(`${app}-pr-7_`))).toBe(true)
    expect(new Set(names).size).toBe(2)
    expect(stack.names).toEqual(names.slice(0, 1))
  })

  it('keep everything else that the file says', async () => {
    const stack = await read(
      'services: { web: { image: a, command: ["x", "${name}"], environment: { N: "${number}" }, deploy: { replicas: 3, resources: { limits: { memory: 64M } } } } }',
      { number: 1, name: 'shop-pr-7' },
    )
    expect(serviceOf(stack).spec).toMatchObject({
      Mode: { Replicated: { Replicas: 3 } },
      TaskTemplate: {
        ContainerSpec: { Args: ['x', 'shop-pr-7'], Env: ['N=1'] },
        Resources: { Limits: { MemoryBytes: 67108864 } },
      },
    })
  })
})
