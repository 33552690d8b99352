import { randomBytes } from 'node:crypto'
import type { Duration } from '../domain/duration.ts'
import { formatDuration } from '../domain/duration.ts'
import type { Run } from '../domain/labels.ts'
import { runKey } from '../domain/labels.ts'
import { throwawayLabels, throwawayName } from '../domain/throwaway.ts'
import { asDeployError, cancelled } from '../errors/deploy-error.ts'
import { errorMessage } from '../errors/message.ts'
import type { Clock, ContainerRuntime, ContainerSpec, Reporter } from '../ports.ts'

/** How long after its latest end a left-over may be swept. */
const GRACE_MS: Duration = 3_600_000
/** For a start under way; a cancelled run has few seconds in all. */
const PATIENCE_MS: Duration = 3000
/** Between tries of a removal: an engine under load still holds what it has just let go. */
const PAUSES: readonly Duration[] = [100, 200, 400, 800]

interface Options {
  readonly runtime: ContainerRuntime
  readonly run: Run
  readonly clock: Clock
  readonly reporter: Reporter
  readonly timeout: Duration
}

/**
 * Everything that one test makes on the engine: labelled before it exists, remembered from the first request on, and
 * nothing more once it is being cleared: what the test still wants then is refused as cancelled.
 */
export class Ground {
  readonly #options: Options
  readonly #run: string
  readonly #secret = randomBytes(8).toString('hex')
  readonly #lifetime: Duration
  readonly #networks: Promise<string>[] = []
  readonly #containers: Promise<string>[] = []
  readonly #starts: Promise<void>[] = []
  readonly #joins: Promise<{ network: string; container: string }>[] = []
  #cleared: Promise<void> | undefined

  constructor(options: Options) {
    this.#options = options
    this.#run = runKey(options.run)
    this.#lifetime = options.timeout + GRACE_MS
  }

  network(internal: boolean): Promise<string> {
    const { runtime } = this.#options
    const { name, labels } = this.#identity()
    return this.#remember(this.#networks, () => runtime.createNetwork(name, labels, internal))
  }

  container(role: string, spec: Omit<ContainerSpec, 'name' | 'labels'>): Promise<string> {
    const complete = { ...spec, ...this.#identity(role) }
    return this.#remember(this.#containers, () => this.#options.runtime.create(complete))
  }

  start(id: string): Promise<void> {
    return this.#remember(this.#starts, () => this.#options.runtime.start(id))
  }

  /** Puts a container that was there before on the network. */
  async join(network: string, container: string): Promise<void> {
    await this.#remember(this.#joins, async () => {
      await this.#options.runtime.connect?.(network, container)
      return { network, container }
    })
  }

  /** Removes it all; the second call is the first. Never rejects. */
  clear(): Promise<void> {
    return (this.#cleared ??= this.#clear())
  }

  /** Removes what earlier runs left and has expired; it never fails. */
  async sweep(): Promise<void> {
    await this.#options.runtime.sweep('expired').catch(() => undefined)
  }

  async #clear(): Promise<void> {
    const { runtime } = this.#options
    const containers = await made(this.#containers)
    // An engine that is asked to remove what it is just starting may leave the start's network behind.
    await this.#within(PATIENCE_MS, made(this.#starts))
    await Promise.all(containers.map((id) => this.#remove(`container ${id}`, () => runtime.remove(id))))
    const joins = await made(this.#joins)
    await Promise.all(
      joins.map(({ network, container }) =>
        this.#remove(`network ${network}`, async () => runtime.disconnect?.(network, container)),
      ),
    )
    const networks = await made(this.#networks)
    await Promise.all(networks.map((id) => this.#remove(`network ${id}`, () => runtime.removeNetwork(id))))
  }

  /** Resolves when the work ends or the time is up, whichever comes first. */
  async #within(ms: Duration, work: Promise<unknown>): Promise<void> {
    const done = new AbortController()
    await Promise.race([work, this.#options.clock.sleep(ms, done.signal)])
    done.abort()
  }

  async #remove(what: string, work: () => Promise<void>): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await work()
        return
      } catch (thrown) {
        const pause = PAUSES[tries]
        // An engine that does not answer is not asked again: what is left expires.
        const silent = asDeployError(thrown).code === 'engine-unreachable'
        if (pause === undefined || silent) {
          const detail = errorMessage(thrown)
          const text = `${what} could not be removed and expires after ${formatDuration(this.#lifetime)}: ${detail}`
          this.#options.reporter.emit({ type: 'warning', text })
          return
        }
        await this.#options.clock.sleep(pause)
      }
    }
  }

  #remember<T>(list: Promise<T>[], work: () => Promise<T>): Promise<T> {
    if (this.#cleared) return Promise.reject(cancelled())
    const made = work()
    list.push(made)
    return made
  }

  #identity(role?: string): Pick<ContainerSpec, 'name' | 'labels'> {
    const name = throwawayName(this.#run, this.#secret, role)
    return { name, labels: throwawayLabels(name, this.#run, this.#lifetime) }
  }
}

/** Also what was still under way when the test ended. */
async function made<T>(list: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(list)
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}
