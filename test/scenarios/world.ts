// One shop for a story: a repository of its own, a registry, Swarm services, and the actions as the runner starts them.
import type { Result } from '../../src/domain/result.ts'
import type { RawSpec } from '../contract/swarm-world.ts'
import { docker, engine, SwarmServices } from '../contract/swarm-world.ts'
import type { App, AppOptions, Variant } from '../harness/images.ts'
import { makeApp } from '../harness/images.ts'
import { need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import type { FaultProxy } from '../harness/proxy.ts'
import { startFaultProxy } from '../harness/proxy.ts'
import type { RegistryOptions, TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import type { ActionRun, RunOptions } from '../harness/runner.ts'
import { publishedResult } from '../harness/result-schema.ts'
import { runAction } from '../harness/runner.ts'
import { eventually } from '../harness/temp.ts'

export interface Told extends ActionRun {
  /** The `result` output. */
  result: Result
}

export interface WorldOptions {
  /** Names of services to be made, each with two replicas of version zero. */
  services?: readonly string[]
  replicas?: number
  change?: (spec: RawSpec) => void
  variant?: Variant
  app?: AppOptions
  /** A registry that several worlds share. */
  registry?: TestRegistry
  registryOptions?: RegistryOptions
  /** Puts the proxy before the registry: engine and action both go through it. */
  proxied?: boolean
}

let counter = 0

/** What a job of the user's repository sees, and what a person would look up afterwards. */
export class World {
  readonly app: App
  readonly registry: TestRegistry
  readonly proxy: FaultProxy | undefined
  readonly services: SwarmServices
  /** `127.0.0.1:PORT/scenario/NAME` */
  readonly image: string
  readonly #ownRegistry: boolean

  private constructor(options: WorldOptions, registry: TestRegistry, proxy: FaultProxy | undefined) {
    counter += 1
    this.app = makeApp(options.variant, { version: 'v1', ...options.app })
    this.registry = registry
    this.proxy = proxy
    this.#ownRegistry = options.registry === undefined
    this.services = new SwarmServices(...(options.services ?? []))
    this.image = `${(proxy ?? registry).host}/scenario/shop-${String(process.pid)}-${String(counter)}`
  }

  static async open(options: WorldOptions = {}): Promise<World> {
    const registry = options.registry ?? (await startRegistry(options.registryOptions))
    const world = new World(options, registry, options.proxied ? await startFaultProxy(registry.url) : undefined)
    if (world.services.names.length > 0) {
      const replicas = options.replicas ?? 2
      await world.services.create(await world.publishZero(), options.change, replicas)
      await world.services.running(replicas * world.services.names.length)
    }
    return world
  }

  /** An image that no release of ours made, by digest: what ran before the first release. */
  async publishZero(variant: Variant = 'healthy'): Promise<string> {
    const app = makeApp(variant, { version: `v0 ${this.image}` })
    const tag = `${this.image}:before`
    await docker('build', '--quiet', '--tag', tag, app.dir)
    await docker('push', '--quiet', tag)
    app.remove()
    const [digest] = JSON.parse(await docker('image', 'inspect', '--format', '{{json .RepoDigests}}', tag)) as string[]
    if (digest === undefined) throw new Error(`${tag} has no digest`)
    return digest
  }

  /** Inputs of a release of HEAD to the services, with short clocks. */
  inputs(more: Record<string, string> = {}): Record<string, string> {
    const target: Record<string, string> =
      this.services.names.length > 0 ? { 'deploy-to': 'swarm', workload: this.services.names.join('\n') } : {}
    return { image: this.image, stability: '1s', timeout: '60s', ...target, ...more }
  }

  release(more: Record<string, string> = {}, options: RunOptions = {}): Promise<Told> {
    return this.#run(this.inputs(more), options)
  }

  rollback(more: Record<string, string> = {}, options: RunOptions = {}): Promise<Told> {
    return this.#run(this.inputs(more), { action: `${root}/rollback`, ...options })
  }

  async #run(inputs: Record<string, string>, options: RunOptions): Promise<Told> {
    const run = await runAction({
      workspace: this.app.dir,
      ...options,
      inputs,
      env: { DOCKER_HOST: need('docker').DOCKER_HOST, ...options.env },
      github: { sha: this.app.revision, ...options.github },
    })
    const { result = 'null' } = run.outputs
    const document: unknown = JSON.parse(result)
    // A run that was killed has none.
    return { ...run, result: document === null ? (document as unknown as Result) : publishedResult(document) }
  }

  /** The digests that the services' specs name, in the order of their names. */
  async specDigests(): Promise<string[]> {
    const services = await this.services.list()
    return services.map(({ Spec }) => Spec.TaskTemplate.ContainerSpec.Image.split('@')[1] ?? '')
  }

  /** What every running container of the services serves at /version. */
  async served(): Promise<string[]> {
    const containers = await this.services.containers()
    const answers = await Promise.all(containers.map(({ Id }) => docker('exec', Id, '/bin/cat', '/www/version')))
    return answers.sort()
  }

  async tags(): Promise<string[]> {
    const answer = await fetch(`${this.registry.url}/v2/${this.image.split('/').slice(1).join('/')}/tags/list`)
    if (answer.status === 404) return []
    return ((await answer.json()) as { tags: string[] | null }).tags?.sort() ?? []
  }

  /** The digest that a tag names in the registry; undefined when there is none. */
  async digestOf(tag: string): Promise<string | undefined> {
    const types = ['application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.oci.image.manifest.v1+json']
    types.push('application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json')
    const address = `${this.registry.url}/v2/${this.image.split('/').slice(1).join('/')}/manifests/${tag}`
    const answer = await fetch(address, { method: 'HEAD', headers: { accept: types.join(', ') } })
    return answer.ok ? (answer.headers.get('docker-content-digest') ?? undefined) : undefined
  }

  /** Waits until the services run only this, by the containers themselves. */
  async serves(...versions: string[]): Promise<void> {
    let last: string[] = []
    await eventually(
      `the services serve ${versions.join(', ')}`,
      async () => {
        last = await this.served().catch((error: unknown) => [String(error)])
        return JSON.stringify(last) === JSON.stringify([...versions].sort()) || undefined
      },
      20_000,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; they serve ${JSON.stringify(last)}`)
    })
  }

  async close(): Promise<void> {
    await this.services.remove()
    this.app.remove()
    await this.proxy?.stop()
    if (this.#ownRegistry) await this.registry.stop()
  }
}

/** Containers and networks that carry the label of any of our throwaway things, of one run id. */
export async function leftovers(runId: string): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['dev.immutable-deploy.run'] }))
  const [containers, networks] = await Promise.all([
    engine<{ Names: string[]; Labels: Record<string, string> }[]>('GET', `/containers/json?all=1&filters=${filters}`),
    engine<{ Name: string; Labels: Record<string, string> }[]>('GET', `/networks?filters=${filters}`),
  ])
  const ofRun = ({ Labels }: { Labels: Record<string, string> }): boolean =>
    (Labels['dev.immutable-deploy.run'] ?? '').startsWith(`${runId}-`)
  return [
    ...containers.filter(ofRun).map(({ Names }) => Names.join(',')),
    ...networks.filter(ofRun).map(({ Name }) => Name),
  ]
}

/** A run id of its own, so that what a run leaves can be told from everybody else's. As on GitHub, a later one is higher. */
export function freshRun(): { run_id: string } {
  counter += 1
  const [time, own] = [String(Date.now()).slice(-9), String(process.pid % 1000).padStart(3, '0')]
  return { run_id: `1${time}${own}${String(counter).padStart(2, '0')}` }
}
