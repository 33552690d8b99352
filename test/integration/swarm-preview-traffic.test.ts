// Production answers while previews of the same file come and go: by name, by alias, by hostname and at its port.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { PinnedImage } from '../../src/domain/image.ts'
import { docker, forget, publish } from '../contract/swarm-world.ts'
import { describeWith } from '../harness/lab.ts'
import { freePort } from '../harness/ports.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import { eventually } from '../harness/temp.ts'
import { PreviewWorld } from './swarm-preview-world.ts'

const NAMES = ['web', 'shop', 'storefront']

describeWith('docker', 'registry')('production beside previews', () => {
  let registry: TestRegistry
  let production: PinnedImage
  let change: PinnedImage
  let world: PreviewWorld
  let port: number
  let client: string

  beforeAll(async () => {
    registry = await startRegistry()
    production = await publish(registry, 'production', 'healthy', { version: 'production' })
    change = await publish(registry, 'change', 'healthy', { version: 'preview' })
  })
  afterAll(async () => {
    await forget(production, change)
    await registry.stop()
  })
  beforeEach(async () => {
    world = new PreviewWorld(change)
    port = await freePort()
    client = `${world.app}-client`
  })
  afterEach(async () => {
    await docker('rm', '--force', client).catch(() => undefined)
    await world.cleanup()
  })

  const image = (): string => `${production.repository.name}:production`
  const stack = (): string => `
version: "3.8"
services:
  web:
    image: "${image()}"
    hostname: storefront
    stop_grace_period: 1s
    networks: { front: { aliases: [shop] } }
    ports: [{ target: 8080, published: ${String(port)}, mode: host }]
    labels: { traefik.enable: "true" }
    volumes: ["data:/data", "outside:/outside"]
    deploy:
      endpoint_mode: dnsrr
      labels:
        traefik.enable: "true"
        traefik.http.routers.web.rule: "Host(\`shop.example.com\`)"
        traefik.http.services.web.loadbalancer.server.port: "8080"
networks: { front: { external: true, name: ${world.app}-front } }
volumes:
  data: { name: ${world.app}-data }
  outside: { external: true, name: ${world.app}-outside }
`

  /** What each name and the port answered, until it is stopped. */
  function hammer() {
    const answers: string[] = []
    let stopped = false
    const ask = async (name: string, once: () => Promise<string>) => {
      while (!stopped) answers.push(`${name}: ${await once().catch((error: unknown) => String(error).slice(0, 200))}`)
    }
    const inside = (name: string) => () =>
      docker('exec', client, 'wget', '-q', '-O', '-', `http://${name}:8080/version`)
    const outside = async () => (await (await fetch(`http://127.0.0.1:${String(port)}/version`)).text()).trim()
    const asking = Promise.all([...NAMES.map((name) => ask(name, inside(name))), ask('port', outside)])
    return {
      async stop(): Promise<readonly string[]> {
        stopped = true
        await asking
        return answers
      },
    }
  }

  it('answers alone, and keeps its data', async () => {
    const { app } = world
    const file = world.file(stack())
    await docker('network', 'create', '--driver', 'overlay', '--attachable', `${app}-front`)
    await docker('volume', 'create', `${app}-outside`)
    await docker('stack', 'deploy', '--resolve-image', 'never', '-c', file, app)
    await eventually('production', async () => ((await world.containers(`${app}_web`)).length > 0 ? true : undefined))
    const kept = ['/data/file', '/outside/file']
    for (const name of kept) await world.exec(`${app}_web`, 'sh', '-c', `echo production > ${name}`)
    await docker(
      'run',
      '--detach',
      '--name',
      client,
      '--network',
      `${app}-front`,
      '--entrypoint',
      '/bin/sleep',
      image(),
      '600',
    )
    const labels = await docker('service', 'inspect', '--format', '{{json .Spec}}', `${app}_web`)

    const beaten = hammer()
    const host = await world.host()
    for (const round of [1, 2]) {
      const previews = [world.preview(round), world.preview(round + 10)]
      await Promise.all(previews.map((preview) => world.deploy(preview, change)))
      for (const { name } of previews) {
        const service = `${name}_web`
        expect(await docker('exec', client, 'wget', '-q', '-O', '-', `http://${service}:8080/version`)).toBe('preview')
        // Its own service, and not production's, is what a preview finds under the name.
        expect(await world.exec(service, 'wget', '-q', '-O', '-', 'http://web:8080/version')).toBe('preview')
        await world.exec(service, 'sh', '-c', 'echo preview > /data/file; echo preview > /outside/file')
      }
      await Promise.all(previews.map((preview) => host.remove(preview)))
    }
    const answers = await beaten.stop()

    expect(new Set(answers)).toEqual(new Set([...NAMES, 'port'].map((name) => `${name}: production`)))
    expect(answers.length).toBeGreaterThan(100)
    for (const name of kept) expect(await world.exec(`${app}_web`, 'cat', name)).toBe('production')
    expect(await docker('service', 'inspect', '--format', '{{json .Spec}}', `${app}_web`)).toBe(labels)
  }, 120_000)
})
