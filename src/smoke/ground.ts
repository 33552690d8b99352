import { randomBytes } from 'node:crypto'
import { LABEL, runKey, type Run } from '../domain/labels.ts'
import type { Duration } from '../domain/duration.ts'
import type { Clock, ContainerRuntime, ContainerSpec, Reporter } from '../ports.ts'

/** How long after its latest end a left-over may be swept. */
const GRACE: Duration = 3_600_000

/** Everything that one test makes on the engine: labelled before it exists, remembered from the first request on. */
export interface Ground {
  network(internal: boolean): Promise<string>
  container(role: string, spec: Omit<ContainerSpec, 'name' | 'labels'>): Promise<string>
  /** Puts a container that was there before on the network. */
  join(network: string, container: string): Promise<void>
  /** Removes it all; the second call is the first. Never rejects. */
  clear(): Promise<void>
  /** Removes what earlier runs left and has expired; a courtesy that never fails. */
  sweep(): Promise<void>
}

interface Joined {
  readonly network: string
  readonly container: string
}

export function prepareGround(options: {
  readonly runtime: ContainerRuntime
  readonly run: Run
  readonly clock: Clock
  readonly reporter: Reporter
  readonly timeout: Duration
}): Ground {
  const { runtime, run, clock, reporter } = options
  const prefix = `imd-smoke-${runKey(run).replace(/[^a-zA-Z0-9_.-]/g, '-')}-${randomBytes(4).toString('hex')}`
  const expires = new Date(clock.now() + options.timeout + GRACE).toISOString()
  const labels = { [LABEL.run]: runKey(run), [LABEL.expires]: expires }
  const networks: Promise<string>[] = []
  const containers: Promise<string>[] = []
  const joined: Promise<Joined>[] = []
  let cleared: Promise<void> | undefined

  const attempt = async (what: string, work: () => Promise<void> | undefined): Promise<void> => {
    try {
      await work()
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown)
      reporter.emit({ type: 'warning', text: `${what} could not be removed and expires at ${expires}: ${detail}` })
    }
  }
  const clear = async (): Promise<void> => {
    await Promise.all((await made(containers)).map((id) => attempt(`container ${id}`, () => runtime.remove(id))))
    await Promise.all(
      (await made(joined)).map(({ network, container }) =>
        attempt(`network ${network}`, () => runtime.disconnect?.(network, container)),
      ),
    )
    await Promise.all((await made(networks)).map((id) => attempt(`network ${id}`, () => runtime.removeNetwork(id))))
  }
  return {
    network: (internal) => remember(networks, runtime.createNetwork(prefix, labels, internal)),
    container: (role, spec) => remember(containers, runtime.create({ ...spec, name: `${prefix}-${role}`, labels })),
    join: async (network, container) => {
      const connected = async (): Promise<Joined> => {
        await runtime.connect?.(network, container)
        return { network, container }
      }
      await remember(joined, connected())
    },
    clear: () => (cleared ??= clear()),
    sweep: async () => {
      await runtime.sweep('expired').catch(() => undefined)
    },
  }
}

function remember<T>(list: Promise<T>[], made: Promise<T>): Promise<T> {
  list.push(made)
  return made
}

/** Also what was still under way when the test ended. */
async function made<T>(list: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(list)
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}
