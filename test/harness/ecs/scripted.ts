// No containers: images are names in a table, and what they do is scripted. Everything else is the same.
import type { ContainerDefinition } from './model.ts'
import type { ContainerState, Runtime } from './runtime.ts'
import { DIGEST } from './runtime.ts'

/** How an image behaves in memory. */
export interface Behaviour {
  /** Ends by itself. */
  readonly exit?: { readonly code: number; readonly afterMs: number }
  /** What its health check says; by default it passes. */
  readonly health?: 'passes' | 'fails' | 'never'
  readonly stop?: { readonly code: number }
  readonly logs?: readonly string[]
}

interface Scripted {
  readonly behaviour: Behaviour
  readonly checked: boolean
  readonly startedAt: number
  stopped?: number
}

export class ScriptedRuntime implements Runtime {
  /** Reference or `repository@digest` → digest. */
  readonly images = new Map<string, string>()
  readonly behaviours = new Map<string, Behaviour>()
  /** What images do that were never made known, such as those that a release has just built. */
  otherwise: Behaviour = {}
  readonly #containers = new Map<string, Scripted>()
  #count = 0

  /** Makes an image known under its digest and, if given, a tag. */
  add(repository: string, digest: string, behaviour: Behaviour = {}, tag?: string): void {
    this.images.set(`${repository}@${digest}`, digest)
    if (tag !== undefined) this.images.set(`${repository}:${tag}`, digest)
    this.behaviours.set(digest, behaviour)
  }

  async resolve(image: string): Promise<string> {
    const digest = this.images.get(image)
    if (digest !== undefined) return digest
    throw new Error(`CannotPullContainerError: failed to resolve ref ${image}: manifest unknown`)
  }

  async start(_task: string, definition: ContainerDefinition, image: string): Promise<{ id: string; digest: string }> {
    const digest = DIGEST.exec(image)?.[1] ?? (await this.resolve(image))
    this.#count += 1
    const id = `${String(this.#count).padStart(8, '0')}${'c'.repeat(56)}`
    const checked = definition.healthCheck !== undefined
    this.#containers.set(id, {
      behaviour: this.behaviours.get(digest) ?? this.otherwise,
      checked,
      startedAt: Date.now(),
    })
    return { id, digest }
  }

  async inspect(): Promise<ReadonlyMap<string, ContainerState>> {
    const now = Date.now()
    return new Map([...this.#containers].map(([id, container]) => [id, inspectOne(container, now)]))
  }

  async stop(id: string): Promise<number> {
    const container = this.#containers.get(id)
    this.#containers.delete(id)
    return container?.behaviour.stop?.code ?? 0
  }

  async logs(id: string): Promise<readonly string[]> {
    return this.#containers.get(id)?.behaviour.logs ?? []
  }

  async close(): Promise<void> {
    this.#containers.clear()
  }
}

function inspectOne({ behaviour, checked, startedAt }: Scripted, now: number): ContainerState {
  const { exit, health } = behaviour
  if (exit && now - startedAt >= exit.afterMs) return { running: false, exitCode: exit.code, health: 'UNKNOWN' }
  if (!checked || now - startedAt < 100) return { running: true, health: 'UNKNOWN' }
  if (health === 'never') return { running: true, health: 'UNKNOWN' }
  return { running: true, health: health === 'fails' ? 'UNHEALTHY' : 'HEALTHY' }
}
