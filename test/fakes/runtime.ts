import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSocketServer, type AddressInfo } from 'node:net'
import { DeployError } from '../../src/errors/deploy-error.ts'
import type { ContainerRuntime, ContainerSpec, ContainerState, ExecResult, ImageFacts } from '../../src/ports.ts'

/** What the containers of an image do; times are milliseconds after their start. */
export interface Behaviour {
  facts?: Partial<ImageFacts>
  createError?: DeployError
  startError?: DeployError
  /** A real server behind the published port. */
  serve?: { port: number; after?: number; handler: RequestListener }
  exit?: { after: number; code: number; oom?: boolean; error?: string }
  health?: { after: number; status: string; output?: string }[]
  restarts?: { after: number; count: number }
  logs?: (string | { after: number; line: string })[]
  /** The engine dropped the oldest lines. */
  logOverflowed?: boolean
  exec?: (argv: readonly string[]) => ExecResult | Promise<ExecResult>
  files?: Record<string, { mode: number; uid: number; gid: number; text: string }>
  /** How it answers the signal: its exit code and how long it takes. */
  stop?: { code: number; takes: number }
  removeError?: Error
}

interface Made {
  id: string
  spec: ContainerSpec
  behaviour: Behaviour
  state: { -readonly [K in keyof ContainerState]: ContainerState[K] }
  lines: string[]
  timers: NodeJS.Timeout[]
  server?: Server
  hostPort?: number
  waiters: Set<() => void>
}

export const FACTS: ImageFacts = {
  id: `sha256:${'a'.repeat(64)}`,
  platform: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  labels: {},
  exposedPorts: [],
  user: '',
  healthcheck: false,
  size: 1_000_000,
  repoDigests: [],
}

const CREATED: ContainerState = {
  status: 'created',
  exitCode: 0,
  oomKilled: false,
  restartCount: 0,
  error: '',
  ports: {},
  addresses: [],
}

/** An engine in memory: containers are timers, but what they serve is real. */
export class FakeRuntime implements ContainerRuntime {
  readonly images: Record<string, Behaviour>
  readonly pullable: Record<string, Behaviour> = {}
  readonly containers = new Map<string, Made>()
  readonly networks = new Map<string, { name: string; labels: Readonly<Record<string, string>>; internal: boolean }>()
  readonly calls: string[] = []
  /** Everything that was ever created. */
  readonly specs: ContainerSpec[] = []
  platform = FACTS.platform
  #count = 0

  constructor(images: Record<string, Behaviour>) {
    this.images = images
  }

  /** What is left on the engine. */
  get left(): string[] {
    const containers = [...this.containers.values()].filter(({ spec }) => this.specs.includes(spec))
    return [...containers.map(({ spec }) => spec.name), ...[...this.networks.values()].map(({ name }) => name)]
  }

  async info() {
    this.calls.push('info')
    return { platform: this.platform, containerdStore: false }
  }

  async image(reference: string): Promise<ImageFacts | undefined> {
    const behaviour = this.images[reference]
    return behaviour && { ...FACTS, ...behaviour.facts }
  }

  async pull(): Promise<void> {
    throw new Error('not faked')
  }

  async pullReference(reference: string): Promise<void> {
    this.calls.push(`pull ${reference}`)
    const behaviour = this.pullable[reference]
    if (!behaviour) throw new DeployError('image-not-found', `${reference} is not in the registry`)
    this.images[reference] = behaviour
  }

  async forget(): Promise<void> {}

  async push(): Promise<never> {
    throw new Error('not faked')
  }

  async createNetwork(name: string, labels: Readonly<Record<string, string>>, internal: boolean): Promise<string> {
    const id = `net${String(++this.#count)}`
    this.networks.set(id, { name, labels, internal })
    return id
  }

  async removeNetwork(id: string): Promise<void> {
    const busy = [...this.containers.values()].find(({ spec }) => spec.network?.id === id)
    if (busy) throw new Error(`network ${id} has active endpoints`)
    this.networks.delete(id)
  }

  async create(spec: ContainerSpec): Promise<string> {
    const behaviour = this.images[spec.image] ?? {}
    if (behaviour.createError) throw behaviour.createError
    const id = `c${String(++this.#count)}`
    this.specs.push(spec)
    const state = { ...CREATED }
    this.containers.set(id, { id, spec, behaviour, state, lines: [], timers: [], waiters: new Set() })
    return id
  }

  async start(id: string): Promise<void> {
    const made = this.#get(id)
    const { behaviour, state } = made
    this.calls.push(`start ${made.spec.name.replace(/^.*-/, '')}`)
    if (behaviour.startError) throw behaviour.startError
    state.status = 'running'
    await this.#publish(made)
    const later = (after: number, change: () => void): void => {
      made.timers.push(setTimeout(() => this.#change(made, change), after))
    }
    const { exit, restarts } = behaviour
    if (exit) later(exit.after, () => end(made, exit.code, { oomKilled: exit.oom ?? false, error: exit.error ?? '' }))
    if (restarts) later(restarts.after, () => (state.restartCount = restarts.count))
    for (const health of behaviour.health ?? []) {
      const log = health.output === undefined ? [] : [{ exitCode: 1, output: health.output }]
      later(health.after, () => (state.health = { status: health.status, log }))
    }
    for (const log of behaviour.logs ?? []) {
      if (typeof log === 'string') made.lines.push(log)
      else made.timers.push(setTimeout(() => made.lines.push(log.line), log.after))
    }
  }

  async inspect(id: string): Promise<ContainerState | undefined> {
    const made = this.containers.get(id)
    return made && { ...made.state }
  }

  changed(id: string, ms: number, signal: AbortSignal): Promise<void> {
    const made = this.containers.get(id)
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        made?.waiters.delete(done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      made?.waiters.add(done)
      signal.addEventListener('abort', done, { once: true })
    })
  }

  async exec(id: string, argv: readonly string[]): Promise<ExecResult> {
    this.calls.push(`exec ${argv.join(' ')}`)
    const run = this.#get(id).behaviour.exec ?? (() => ({ exitCode: 127, stdout: '', stderr: 'not found' }))
    return run(argv)
  }

  async file(id: string, path: string) {
    const file = this.#get(id).behaviour.files?.[path]
    if (!file) return undefined
    const content = Buffer.from(file.text)
    return { mode: file.mode, uid: file.uid, gid: file.gid, size: content.length, content }
  }

  async logs(id: string, tail?: number): Promise<string[]> {
    const lines = this.#get(id).lines
    return tail === undefined ? [...lines] : lines.slice(-tail)
  }

  async readLog(id: string, _: unknown, onLines: (lines: readonly string[]) => void) {
    const made = this.#get(id)
    onLines(made.lines)
    return { since: undefined, overflowed: made.behaviour.logOverflowed ?? false }
  }

  async stop(id: string, signal: string, within: number): Promise<void> {
    const made = this.#get(id)
    this.calls.push(`stop ${signal}`)
    const { code, takes } = made.behaviour.stop ?? { code: 0, takes: 1 }
    await new Promise((resolve) => setTimeout(resolve, Math.min(takes, within)))
    this.#change(made, () => end(made, takes >= within ? 137 : code, {}))
  }

  async remove(id: string): Promise<void> {
    const made = this.containers.get(id)
    if (!made) return
    for (const timer of made.timers) clearTimeout(timer)
    made.server?.closeAllConnections()
    made.server?.close()
    if (made.behaviour.removeError) throw made.behaviour.removeError
    this.containers.delete(id)
  }

  async sweep(): Promise<void> {
    this.calls.push('sweep')
  }

  async connect(network: string, container: string): Promise<void> {
    this.calls.push(`connect ${network} ${container}`)
  }

  async disconnect(network: string, container: string): Promise<void> {
    this.calls.push(`disconnect ${network} ${container}`)
  }

  /** A container that was there before. */
  addExisting(id: string): void {
    const state = { ...CREATED, status: 'running' as const }
    this.containers.set(id, {
      id,
      spec: { name: id, image: '', labels: {} },
      behaviour: {},
      state,
      lines: [],
      timers: [],
      waiters: new Set(),
    })
  }

  #get(id: string): Made {
    const made = this.containers.get(id)
    if (!made) throw new DeployError('engine-error', `no such container: ${id}`)
    return made
  }

  #change(made: Made, change: () => void): void {
    change()
    for (const wake of [...made.waiters]) wake()
  }

  /** A port is chosen at once, but listened on only when the app does. */
  async #publish(made: Made): Promise<void> {
    const { serve } = made.behaviour
    const wanted = made.spec.publish ?? []
    const ports: Record<string, number> = {}
    for (const port of wanted) ports[port] = await freePort()
    made.state.ports = ports
    const host = serve && ports[`${String(serve.port)}/tcp`]
    if (!serve || host === undefined) return
    const listen = (): void => void (made.server = createServer(serve.handler).listen(host, '127.0.0.1'))
    if (serve.after === undefined) listen()
    else made.timers.push(setTimeout(listen, serve.after))
  }
}

function end(made: Made, code: number, more: { oomKilled?: boolean; error?: string }): void {
  Object.assign(made.state, { status: 'exited', exitCode: code, ...more })
  made.server?.closeAllConnections()
  made.server?.close()
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createSocketServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
