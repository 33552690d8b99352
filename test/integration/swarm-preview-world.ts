// Previews on a real Swarm, seen from outside of the target: stack files of a test, and what the engine holds of an app.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { PinnedImage } from '../../src/domain/image.ts'
import { previewName } from '../../src/domain/preview.ts'
import type { PreviewSettings } from '../../src/domain/preview.ts'
import type { Stamp } from '../../src/domain/stamp.ts'
import type { PreviewHost, Target } from '../../src/ports.ts'
import { swarm } from '../../src/targets/swarm/index.ts'
import { docker, engine, realClock, swarmRequest } from '../contract/swarm-world.ts'
import { stampFor, watchUntil } from '../contract/target-contract.ts'
import { FakeRegistry } from '../fakes/registry.ts'
import { FakeReporter } from '../fakes/reporter.ts'
import { eventually } from '../harness/temp.ts'
import { tempDir } from '../harness/temp.ts'

let counter = 0

export interface Deployed {
  readonly target: Target
  readonly address: string | undefined
  readonly stamp: Stamp
}

export class PreviewWorld {
  readonly app: string
  readonly folder = tempDir('preview')
  readonly #open: { close(): Promise<void> }[] = []
  readonly #image: PinnedImage

  constructor(image: PinnedImage) {
    this.#image = image
    this.app = `pre${String(process.pid)}x${String((counter += 1))}`
  }

  file(text: string, name = 'stack.yml'): string {
    const file = path.join(this.folder, name)
    writeFileSync(file, text)
    return file
  }

  preview(number: number, more: Partial<PreviewSettings> = {}): PreviewSettings {
    const { app } = this
    const name = previewName(app, number)
    return { app, number, name, ttl: 3_600_000, url: undefined, namespace: { name, isOwn: true }, ...more }
  }

  #context(signal = new AbortController().signal) {
    return {
      env: {},
      clock: realClock,
      run: { id: 'lab', attempt: 1 },
      signal,
      repository: this.#image.repository,
      onFailure: 'restore' as const,
      registry: new FakeRegistry(),
      reporter: new FakeReporter(),
      github: undefined,
    }
  }

  async target(preview: PreviewSettings, workloads: readonly string[] = [], signal?: AbortSignal): Promise<Target> {
    const manifests = [path.join(this.folder, 'stack.yml')]
    const request = swarmRequest(workloads, { app: this.app, environment: 'preview', manifests, preview })
    const target = await swarm.open(request, this.#context(signal))
    this.#open.push(target)
    return target
  }

  async host(dockerHost?: string, signal?: AbortSignal): Promise<PreviewHost> {
    const request = swarmRequest([], dockerHost === undefined ? {} : { dockerHost })
    const host = await swarm.previews(request, this.#context(signal))
    this.#open.push(host)
    return host
  }

  /** Deploys and waits until all is settled. */
  async deploy(
    preview: PreviewSettings,
    image = this.#image,
    more: { candidate?: string; workloads?: readonly string[] } = {},
  ): Promise<Deployed> {
    const target = await this.target(preview, more.workloads)
    const { faults } = await target.check({ image, dryRun: false })
    if (faults[0]) throw new Error(faults.map(({ what }) => what).join('; '))
    const before = await target.current()
    const stamp = { ...stampFor(image), ...(more.candidate === undefined ? {} : { candidate: more.candidate }) }
    const rollout = await target.replace(image, stamp, before)
    const look = await watchUntil(
      target,
      rollout,
      ({ workloads }) => workloads.every(({ state }) => state.is !== 'progressing'),
      60_000,
    )
    const odd = look.workloads.find(({ state }) => state.is !== 'settled')
    if (odd) throw new Error(JSON.stringify(odd))
    const address = await target.address?.(new AbortController().signal)
    return { target, address, stamp }
  }

  /** Everything on the engine that has the app in its name, as `kind name`. */
  async held(): Promise<string[]> {
    const [services, networks, configs, secrets, volumes] = await Promise.all([
      engine<{ Spec: { Name: string } }[]>('GET', '/services'),
      engine<{ Name: string }[]>('GET', '/networks'),
      engine<{ Spec: { Name: string } }[]>('GET', '/configs'),
      engine<{ Spec: { Name: string } }[]>('GET', '/secrets'),
      engine<{ Volumes: { Name: string }[] | null }>('GET', '/volumes'),
    ])
    const specs = { service: services, config: configs, secret: secrets }
    return [
      ...Object.entries(specs).flatMap(([kind, list]) => list.map(({ Spec }) => `${kind} ${Spec.Name}`)),
      ...networks.map(({ Name }) => `network ${Name}`),
      ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ]
      .filter((text) => text.includes(this.app))
      .sort()
  }

  async labels(kind: 'services' | 'networks' | 'configs' | 'secrets' | 'volumes', name: string) {
    const id = encodeURIComponent(name)
    const found = await engine<{ Labels?: Record<string, string>; Spec?: { Labels?: Record<string, string> } }>(
      'GET',
      `/${kind}/${id}`,
    )
    return found.Spec?.Labels ?? found.Labels ?? {}
  }

  /** Ids of the containers of a service. */
  async containers(service: string): Promise<string[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.swarm.service.name=${service}`] }))
    const found = await engine<{ Id: string }[]>('GET', `/containers/json?filters=${filters}`)
    return found.map(({ Id }) => Id).sort()
  }

  async exec(service: string, ...command: string[]): Promise<string> {
    const [container] = await eventually(`a container of ${service}`, async () => {
      const found = await this.containers(service)
      return found.length > 0 ? found : undefined
    })
    return docker('exec', container ?? '', ...command)
  }

  async cleanup(): Promise<void> {
    await Promise.all(this.#open.map((each) => each.close()))
    const held = await this.held()
    const named = (kind: string) =>
      held.filter((text) => text.startsWith(`${kind} `)).map((text) => text.slice(kind.length + 1))
    const remove = async (kind: string) => {
      const names = named(kind)
      if (names.length > 0) await docker(kind, 'rm', ...names).catch(() => undefined)
    }
    await remove('service')
    await eventually(
      'nothing is left',
      async () => {
        for (const kind of ['network', 'config', 'secret', 'volume']) await remove(kind)
        return (await this.held()).length === 0 || undefined
      },
      60_000,
    )
  }
}
