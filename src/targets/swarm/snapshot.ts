/**
 * One look at many services: one call for the services, one for their tasks, and for containers that were not seen
 * before one more each for the containers and their images. Nothing is judged here.
 *
 * Which evidence says what a task runs: a container on the engine that is asked tells its image, and that image its
 * digests. Containers of other nodes cannot be asked through a manager; there the digest that the task's spec pins is
 * the evidence: that node's engine checked the content against it when it pulled.
 */
import type { Digest } from '../../domain/digest.ts'
import { digestIn, isDigest } from '../../domain/digest.ts'
import type { Clock } from '../../ports.ts'
import type { Swarm } from './engine.ts'
import { hasFailed } from './failure.ts'
import type { Ended, TaskInspection } from './inspection.ts'
import { imageOf } from './spec.ts'
import type { ContainerDetails, Service, Task } from './schema.ts'

export interface Snapshot {
  readonly services: ReadonlyMap<string, Service>
  /** By service id, oldest first. */
  readonly tasks: ReadonlyMap<string, readonly TaskInspection[]>
}

export interface Observer {
  /** @param fresh nothing may rest on what is remembered: the nodes are asked anew */
  observe(names: readonly string[], fresh?: boolean): Promise<Snapshot>
}

/** undefined: the container is not on this engine. */
type Contents = { readonly imageId: string; readonly digests: readonly Digest[] } | undefined

/** A node's state is read again after this long. */
const NODES_FRESH_MS = 5000

export function createObserver(swarm: Swarm, clock: Clock): Observer {
  // A container never changes its image, an ended one nothing at all: both are asked for once.
  const contents = new Map<string, Contents>()
  const images = new Map<string, Promise<readonly Digest[]>>()
  const ended = new Map<string, Promise<Ended | undefined>>()
  const nodes = new Map<number, Promise<ReadonlyMap<string, NodeFacts>>>()

  /** Tasks that were seen on a node that was down. */
  const lost = new Set<string>()

  async function learn(tasks: readonly Task[]): Promise<void> {
    const unknown = tasks.map(containerOf).filter((id) => id !== '' && !contents.has(id))
    const found = await swarm.containers([...new Set(unknown)])
    for (const id of unknown) contents.set(id, undefined)
    await Promise.all(
      found.map(async ({ Id: id, ImageID: imageId }) => {
        contents.set(id, { imageId, digests: await digestsOf(imageId) })
      }),
    )
  }

  function digestsOf(imageId: string): Promise<readonly Digest[]> {
    return remembered(images, imageId, async () => {
      const image = await swarm.image(imageId)
      return (image?.RepoDigests ?? []).map(digestIn).filter((digest) => digest !== undefined)
    })
  }

  async function endOf(task: Task): Promise<Ended | undefined> {
    const id = containerOf(task)
    if (id === '' || contents.get(id) === undefined) return undefined
    return remembered(ended, id, async () => {
      const container = await swarm.container(id)
      return container && endedOf(container)
    })
  }

  async function knownNodes(): Promise<ReadonlyMap<string, NodeFacts>> {
    const age = Math.floor(clock.now() / NODES_FRESH_MS)
    return remembered(nodes, age, async () => {
      nodes.clear()
      return factsOf(await swarm.nodes())
    })
  }

  async function inspectTask(task: Task, skew: number): Promise<TaskInspection> {
    const [node, end] = await Promise.all([
      knownNodes().then((all) => all.get(task.NodeID ?? '')),
      hasFailed({ task } as TaskInspection) ? endOf(task) : undefined,
    ])
    if (node?.isNodeDown === true) lost.add(task.ID)
    return {
      task,
      ...(lost.has(task.ID) ? { wasLost: true } : {}),
      ...evidenceOf(task, contents.get(containerOf(task))),
      since: Date.parse(task.Status.Timestamp) - skew,
      ...(node === undefined ? {} : { node: node.name, isNodeDown: node.isNodeDown }),
      ...(end === undefined ? {} : { ended: end }),
    }
  }

  return {
    async observe(names, fresh = false) {
      if (fresh) nodes.clear()
      const { services, skew } = await swarm.services(names, () => clock.now())
      const tasks = await swarm.tasks(services.map((service) => service.ID))
      await learn(tasks.filter((task) => task.Status.State === 'running' || hasFailed({ task } as TaskInspection)))
      const inspections = await Promise.all(tasks.sort(byAge).map((task) => inspectTask(task, skew)))
      return {
        services: new Map(services.map((service) => [service.Spec.Name, service])),
        tasks: new Map(services.map(({ ID: id }) => [id, inspections.filter((entry) => entry.task.ServiceID === id)])),
      }
    },
  }
}

/** Asks once a key; a question that failed is asked again. */
async function remembered<K, V>(known: Map<K, Promise<V>>, key: K, ask: () => Promise<V>): Promise<V> {
  const before = known.get(key)
  if (before) return before
  const asked = ask()
  known.set(key, asked)
  try {
    return await asked
  } catch (error) {
    known.delete(key)
    throw error
  }
}

interface NodeFacts {
  readonly name: string
  readonly isNodeDown: boolean
}

function factsOf(nodes: Awaited<ReturnType<Swarm['nodes']>>): ReadonlyMap<string, NodeFacts> {
  return new Map(
    nodes.map((node) => [
      node.ID,
      { name: node.Description?.Hostname ?? node.ID, isNodeDown: (node.Status?.State ?? 'ready') !== 'ready' },
    ]),
  )
}

function containerOf(task: Task): string {
  return task.Status.ContainerStatus?.ContainerID ?? ''
}

function byAge(a: Task, b: Task): number {
  return a.CreatedAt < b.CreatedAt ? -1 : a.CreatedAt > b.CreatedAt ? 1 : 0
}

/** The digest that the spec pins counts only when the container's own image carries it. */
function evidenceOf(task: Task, content: Contents): Pick<TaskInspection, 'digest' | 'evidence'> {
  const wanted = digestIn(imageOf({ TaskTemplate: task.Spec }))
  if (content === undefined) return { evidence: 'spec', ...(wanted === undefined ? {} : { digest: wanted }) }
  const own = isDigest(content.imageId) ? [content.imageId] : []
  const carried = [...content.digests, ...own]
  const digest = carried.find((candidate) => candidate === wanted) ?? carried[0]
  const evidence = content.digests.length > 0 ? 'container' : 'local-image'
  return { evidence, ...(digest === undefined ? {} : { digest }) }
}

/** What the engine gives to a HEALTHCHECK that names no number of its own. */
const RETRIES = 3

export function endedOf({ Config: config, State: state }: ContainerDetails): Ended {
  const log = state.Health?.Log ?? []
  // The engine notes the start when it hears of it: after the end of a process that ended at once.
  const ranFor = Math.max(0, Date.parse(state.FinishedAt) - Date.parse(state.StartedAt))
  const retries = config?.Healthcheck?.Retries || RETRIES
  return {
    oomKilled: state.OOMKilled,
    error: state.Error,
    ranFor: Number.isNaN(ranFor) ? 0 : ranFor,
    // The engine calls every ended container unhealthy, and a probe may fail because the app goes down: the streak tells.
    unhealthy: state.Health?.Status === 'unhealthy' && state.Health.FailingStreak >= retries,
    wasHealthy: log.some((probe) => probe.ExitCode === 0),
    health: log.slice(-2).map((probe) => `exit ${String(probe.ExitCode)}: ${probe.Output.trim().slice(0, 400)}`),
  }
}
