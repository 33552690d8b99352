/** Looks at rollouts with few requests: cheap questions every few seconds, tasks only when a count has changed. */
import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { Clock, Rollout } from '../../ports.ts'
import type { DeploymentFinder } from './finder.ts'
import { createFinder } from './finder.ts'
import type { EcsReader } from './reader.ts'
import { isOf } from './replicas.ts'
import type { EcsRequest } from './request.ts'
import type { Facts, Seen } from './seen.ts'
import { countsOf, NO_TASKS, tasksNow } from './seen.ts'
import type { EcsSpec, ServiceSnapshot } from './snapshot.ts'

/** Pauses between two observations while nothing changes, ms; each change begins anew. */
const PAUSES_MS = [300, 600, 1000, 1500, 2000, 2500, 3000]
/** Tasks are read again that often even where no count changed, ms. */
const TASKS_MS = 120_000

const NONE: ReadonlySet<string> = new Set()

interface Answers {
  readonly services?: ReadonlyMap<string, Service>
  readonly deployments?: ReadonlyMap<string, ServiceDeployment>
}

export interface EcsObserver {
  /** @param confirms nothing that was seen before may be used */
  observe(rollout: Rollout<EcsSpec>, confirms: boolean): Promise<ServiceSnapshot[]>
  /** The traffic was let through: the deployment is followed to its end now. */
  shifted(): void
  /** The service deployment that belongs to a handle, where it is known. */
  deploymentOf(handle: EcsSpec): Promise<ServiceDeployment | undefined>
  forget(): void
}

export function createObserver(
  reader: EcsReader,
  clock: Clock,
  { earlyStop, pauseStage }: Pick<EcsRequest, 'earlyStop' | 'pauseStage'>,
): EcsObserver {
  const finder = createFinder(reader)
  const memory: Memory = { reader, clock, finder, seen: new Map(), endedBefore: new Map(), quiet: 0 }
  let isShifted = false
  let nextAt = 0
  const forget = (): void => {
    memory.seen.clear()
    memory.quiet = 0
    nextAt = 0
  }
  return {
    async observe(rollout, confirms) {
      if (confirms) forget()
      const handles = rollout.workloads.map(({ handle }) => handle)
      const now = clock.now()
      if (now >= nextAt || handles.some(({ service }) => !memory.seen.has(service))) {
        memory.quiet = (await refresh(memory, handles)) ? 0 : memory.quiet + 1
        nextAt = now + (PAUSES_MS[Math.min(memory.quiet, PAUSES_MS.length - 1)] ?? 3000)
      }
      return rollout.workloads.map(({ name, handle }) => {
        const { service, deployment, tasks = [], stopped = [] } = memory.seen.get(handle.service) ?? {}
        const mine = stopped.filter((task) => isOf(task, handle))
        const endedBefore = memory.endedBefore.get(handle.service) ?? NONE
        const context = { endedBefore, earlyStop, pauseStage, isShifted, startedAt: rollout.startedAt, now }
        return { name, handle, service, deployment, tasks, stopped: mine, ...context }
      })
    },
    shifted() {
      isShifted = true
      nextAt = 0
    },
    async deploymentOf(handle) {
      await finder.learn([handle])
      const arn = finder.arnOf(handle)
      return arn === undefined ? undefined : (await reader.deployments([arn])).get(arn)
    },
    forget,
  }
}

/** What is remembered between two observations. */
interface Memory {
  readonly reader: EcsReader
  readonly clock: Clock
  readonly finder: DeploymentFinder
  /** By service name. */
  readonly seen: Map<string, Seen>
  /** By service name, only of deployments that this run found. */
  readonly endedBefore: Map<string, ReadonlySet<string>>
  /** Observations since something changed. */
  quiet: number
}

/**
 * Services and service deployments of all handles; true where something has changed. While nothing changes only one of
 * the two is asked, in turn: either shows that something has changed, and then the other is asked too.
 */
async function refresh(memory: Memory, handles: readonly EcsSpec[]): Promise<boolean> {
  await memory.finder.learn(handles)
  const isKnown = handles.some((handle) => memory.finder.arnOf(handle) !== undefined)
  const isQuiet = memory.quiet > 0 && isKnown
  const first = isQuiet && memory.quiet % 2 === 0 ? 'services' : 'deployments'
  const latest = await ask(memory, handles, isQuiet ? [first] : ['services', 'deployments'])
  const isNews = (handle: EcsSpec) =>
    memory.seen.get(handle.service)?.counts !== countsOf(factsOf(memory, latest, handle))
  const hasNews = isQuiet && handles.some(isNews)
  const rest = hasNews ? await ask(memory, handles, [first === 'services' ? 'deployments' : 'services']) : {}
  const all = { ...latest, ...rest }
  const changes = await Promise.all(handles.map((handle) => refreshOne(memory, handle, factsOf(memory, all, handle))))
  return changes.some(Boolean)
}

async function ask(
  { reader, finder }: Memory,
  handles: readonly EcsSpec[],
  what: readonly (keyof Answers)[],
): Promise<Answers> {
  const arns = handles.flatMap((handle) => finder.arnOf(handle) ?? [])
  const [services, deployments] = await Promise.all([
    what.includes('services') ? reader.services(handles.map(({ service }) => service)) : undefined,
    what.includes('deployments') ? reader.deployments(arns) : undefined,
  ])
  return { ...(services ? { services } : {}), ...(deployments ? { deployments } : {}) }
}

/** What is known now: the answer where there is one, else what was seen last. */
function factsOf({ seen, finder }: Memory, { services, deployments }: Answers, handle: EcsSpec): Facts {
  const before = seen.get(handle.service)
  return {
    service: services ? services.get(handle.service) : before?.service,
    deployment: deployments ? deployments.get(finder.arnOf(handle) ?? '') : before?.deployment,
  }
}

async function refreshOne(
  { reader, clock, seen, endedBefore }: Memory,
  handle: EcsSpec,
  facts: Facts,
): Promise<boolean> {
  const before = seen.get(handle.service)
  const counts = countsOf(facts)
  const now = clock.now()
  if (before?.counts === counts && now - before.tasksAt < TASKS_MS) {
    Object.assign(before, facts)
    return false
  }
  const { tasks, stopped } = facts.service ? await tasksNow(reader, handle, { facts, before }) : NO_TASKS
  if (!handle.isOurs && !endedBefore.has(handle.service))
    endedBefore.set(handle.service, new Set(stopped.flatMap(({ taskArn }) => taskArn ?? [])))
  seen.set(handle.service, { ...facts, tasks, stopped, counts, tasksAt: now })
  return before?.counts !== counts
}
