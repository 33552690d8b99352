import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { LABEL, runKey, type Run } from '../domain/labels.ts'
import type { Duration } from '../domain/duration.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type { Clock, ContainerRuntime, ContainerSpec, Reporter } from '../ports.ts'

/** How long after its latest end a left-over may be swept. */
const GRACE: Duration = 3_600_000

/** Everything that one test makes on the engine: labelled before it exists, remembered from the first request on. */
export interface Ground {
  network(internal: boolean): Promise<string>
  container(role: string, spec: Omit<ContainerSpec, 'name' | 'labels'>): Promise<string>
  /** Puts the container in which this program runs on the network. */
  join(network: string): Promise<void>
  /** Removes it all; the second call is the first. Never rejects. */
  clear(): Promise<void>
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
  const joined: { network: string; container: string }[] = []
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
      joined.map(({ network, container }) =>
        attempt(`network ${network}`, () => runtime.disconnect?.(network, container)),
      ),
    )
    await Promise.all((await made(networks)).map((id) => attempt(`network ${id}`, () => runtime.removeNetwork(id))))
  }
  return {
    network: (internal) => remember(networks, runtime.createNetwork(prefix, labels, internal)),
    container: (role, spec) => remember(containers, runtime.create({ ...spec, name: `${prefix}-${role}`, labels })),
    join: async (network) => {
      const container = await ownContainer()
      if (container === undefined || !runtime.connect) {
        throw new DeployError('not-supported', 'probe: sidecar needs a job that runs in a container of this engine', {
          fix: 'Leave probe out: the published port and the container’s address are tried in turn.',
        })
      }
      joined.push({ network, container })
      await runtime.connect(network, container)
    },
    clear: () => (cleared ??= clear()),
  }
}

function remember(list: Promise<string>[], made: Promise<string>): Promise<string> {
  list.push(made)
  return made
}

/** Also what was still under way when the test ended. */
async function made(list: readonly Promise<string>[]): Promise<string[]> {
  const settled = await Promise.allSettled(list)
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

async function ownContainer(): Promise<string | undefined> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  return /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf)/.exec(mounts)?.[1]
}
