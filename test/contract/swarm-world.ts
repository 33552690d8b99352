// A real Swarm seen from outside of the target: services made and read by plain API calls, images in a registry.
import { execFile } from 'node:child_process'
import http from 'node:http'
import { promisify } from 'node:util'
import { connect } from '../../src/adapters/docker/connection.ts'
import type { Digest } from '../../src/domain/digest.ts'
import { digestIn } from '../../src/domain/digest.ts'
import type { PinnedImage } from '../../src/domain/image.ts'
import { parseRepository } from '../../src/domain/image.ts'
import type { SwarmRequest } from '../../src/targets/swarm/request.ts'
import type { Clock, Target } from '../../src/ports.ts'
import type { SwarmDeps } from '../../src/targets/swarm/target.ts'
import { createSwarmTarget } from '../../src/targets/swarm/target.ts'
import type { AppOptions, Variant } from '../harness/images.ts'
import { makeApp } from '../harness/images.ts'
import { need } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { eventually } from '../harness/temp.ts'

const run = promisify(execFile)

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, ms)
      if (signal?.aborted) done()
      else signal?.addEventListener('abort', done, { once: true })
    }),
}

/** One request of its own connection: nothing is left open. */
export function engine<T>(method: string, path: string, body?: unknown): Promise<T> {
  const socketPath = need('docker').DOCKER_HOST.replace('unix://', '')
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path: `/v1.41${path}`, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => {
        if ((response.statusCode ?? 500) >= 400) reject(new Error(`${method} ${path}: ${text}`))
        else resolve(text === '' ? (undefined as T) : (JSON.parse(text) as T))
      })
    })
    request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const filter = (filters: object): string => `filters=${encodeURIComponent(JSON.stringify(filters))}`

export async function docker(...args: string[]): Promise<string> {
  const env = { ...process.env, DOCKER_HOST: need('docker').DOCKER_HOST, DOCKER_BUILDKIT: '1' }
  const { stdout } = await run('/usr/bin/docker', args, { env })
  return stdout.trim()
}

/** Builds a sample app and pushes it: a pinned image as the pipeline would have it. */
export async function publish(
  registry: Pick<TestRegistry, 'host'>,
  name: string,
  variant: Variant,
  options: AppOptions = {},
  engineHost = need('docker').DOCKER_HOST,
): Promise<PinnedImage> {
  const repository = parseRepository(`${registry.host}/swarm/app`)
  if (!repository) throw new Error(`no repository: ${registry.host}`)
  const app = makeApp(variant, options)
  const reference = `${repository.name}:${name}`
  await docker('--host', engineHost, 'build', '--quiet', '--tag', reference, app.dir)
  await docker('--host', engineHost, 'push', '--quiet', reference)
  app.remove()
  const [facts] = JSON.parse(await docker('--host', engineHost, 'image', 'inspect', reference)) as [
    { Id: Digest; RepoDigests: string[] },
  ]
  const pushed = facts.RepoDigests.find((text) => text.startsWith(`${repository.name}@`)) ?? ''
  const digest = digestIn(pushed)
  if (digest === undefined) throw new Error(`${reference} has no digest`)
  return { repository, digest, accepted: new Set([digest, facts.Id]), revision: app.revision, tag: name }
}

/** Forgets local names and content, so that a later start has to pull. */
export async function forget(...images: PinnedImage[]): Promise<void> {
  const names = images.flatMap(({ repository, digest, tag }) => [
    `${repository.name}@${digest}`,
    ...(tag === undefined ? [] : [`${repository.name}:${tag}`]),
  ])
  await Promise.allSettled(names.map((name) => docker('image', 'rm', '--force', name)))
}

export interface RawSpec {
  Name: string
  Labels: Record<string, string>
  TaskTemplate: { ContainerSpec: { Image: string; [key: string]: unknown }; [key: string]: unknown }
  Mode: { Replicated?: { Replicas: number }; Global?: object }
  UpdateConfig?: Record<string, unknown>
  [key: string]: unknown
}

export interface RawService {
  ID: string
  Version: { Index: number }
  Spec: RawSpec
  UpdateStatus?: { State: string; Message: string }
}

export interface RawTask {
  ID: string
  DesiredState: string
  Status: { State: string; Err?: string; ContainerStatus?: { ContainerID: string } }
  Spec: RawSpec['TaskTemplate']
}

let counter = 0

/** Services of one test: unique names, removed at the end. */
export class SwarmServices {
  readonly names: readonly string[]

  constructor(...names: string[]) {
    counter += 1
    this.names = names.map((name) => `swarmt-${String(process.pid)}-${String(counter)}-${name}`)
  }

  spec(name: string, image: string, replicas = 2): RawSpec {
    return {
      Name: name,
      Labels: { team: 'shop', 'com.example.owner': 'test' },
      TaskTemplate: {
        ContainerSpec: {
          Image: image,
          Labels: { tier: 'front' },
          Env: ['MODE=test', 'EMPTY='],
          StopGracePeriod: 2_000_000_000,
        },
        RestartPolicy: { Condition: 'any', Delay: 300_000_000 },
        Networks: [{ Target: 'bridge' }],
      },
      Mode: { Replicated: { Replicas: replicas } },
      UpdateConfig: { Parallelism: 0, FailureAction: 'pause', Monitor: 400_000_000, Order: 'stop-first' },
      RollbackConfig: { Parallelism: 0, FailureAction: 'pause', Monitor: 100_000_000, Order: 'stop-first' },
    }
  }

  async create(image: string, change: (spec: RawSpec) => void = () => undefined, replicas = 2): Promise<void> {
    await Promise.all(
      this.names.map((name) => {
        const spec = this.spec(name, image, replicas)
        change(spec)
        return engine('POST', '/services/create', spec)
      }),
    )
  }

  async list(): Promise<RawService[]> {
    const all = await engine<RawService[]>('GET', `/services?${filter({ name: this.names })}`)
    const listed = all.filter((service) => this.names.includes(service.Spec.Name))
    return listed.sort((a, b) => (a.Spec.Name < b.Spec.Name ? -1 : 1))
  }

  async tasks(): Promise<RawTask[]> {
    const services = await this.list()
    return services.length === 0
      ? []
      : engine('GET', `/tasks?${filter({ service: services.map((service) => service.ID) })}`)
  }

  async running(count: number): Promise<void> {
    await eventually(
      `${String(count)} running tasks`,
      async () => {
        const tasks = await this.tasks()
        const up = tasks.filter((task) => task.Status.State === 'running' && task.DesiredState === 'running')
        return up.length === count || undefined
      },
      30_000,
    )
  }

  async update(change: (spec: RawSpec) => void, only: readonly string[] = this.names): Promise<void> {
    await Promise.all(only.map((name) => this.#updateOne(name, change)))
  }

  /** The engine moves the version index too, so somebody else may need more than one try. */
  async #updateOne(name: string, change: (spec: RawSpec) => void, tries = 5): Promise<void> {
    const service = (await this.list()).find(({ Spec }) => Spec.Name === name)
    if (!service) throw new Error(`no service ${name}`)
    change(service.Spec)
    const path = `/services/${service.ID}/update?version=${String(service.Version.Index)}`
    await engine('POST', path, service.Spec).catch((error: unknown) => {
      if (tries === 0) throw error
      return this.#updateOne(name, change, tries - 1)
    })
  }

  async specs(): Promise<unknown[]> {
    return (await this.list()).map((service) => service.Spec)
  }

  /** Containers of tasks that are to run on. */
  async containers(): Promise<{ Id: string; ImageID: string }[]> {
    const [services, tasks] = await Promise.all([this.list(), this.tasks()])
    const staying = tasks.filter(({ DesiredState }) => DesiredState === 'running')
    const wanted = new Set(staying.map(({ Status }) => Status.ContainerStatus?.ContainerID))
    const lists = await Promise.all(
      services.map(({ ID }) =>
        engine<{ Id: string; ImageID: string }[]>(
          'GET',
          `/containers/json?${filter({ label: [`com.docker.swarm.service.id=${ID}`], status: ['running'] })}`,
        ),
      ),
    )
    return lists.flat().filter(({ Id }) => wanted.has(Id))
  }

  async remove(): Promise<void> {
    const services = await this.list()
    await Promise.all(services.map(({ ID }) => engine('DELETE', `/services/${ID}`)))
  }
}

export function swarmRequest(workloads: readonly string[], more: Partial<SwarmRequest> = {}): SwarmRequest {
  return {
    name: 'swarm',
    workloads,
    container: undefined,
    manifests: [],
    strategy: 'rolling',
    app: 'shop',
    environment: 'production',
    options: [],
    dockerHost: need('docker').DOCKER_HOST,
    dockerContext: undefined,
    dockerCertPath: undefined,
    ...more,
  }
}

/** A target as a run wires it. */
export async function swarmTarget(request: SwarmRequest, deps: Partial<SwarmDeps> = {}): Promise<Target> {
  const api = await connect({ host: need('docker').DOCKER_HOST, unreachable: 'target-unreachable' }, {})
  return createSwarmTarget(request, {
    api,
    clock: realClock,
    repository: { registry: 'r.test', path: 'app', name: 'r.test/app' },
    registry: { engineAuth: async () => '' },
    ...deps,
  })
}
