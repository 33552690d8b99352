/** Looks at rollouts with few requests: cheap questions every few seconds, tasks only when a count has changed. */
import type { Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs'
import type { Clock, Rollout } from '../../ports.ts'
import type { EcsReader } from './reader.ts'
import { isOf } from './replicas.ts'
import type { EcsRequest } from './request.ts'
import type { EcsSpec, Look } from './snapshot.ts'

/** Pauses between two looks while nothing changes, ms; each change begins anew. */
const PAUSES_MS = [300, 600, 1000, 1500, 2000, 2500, 3000]
/** Tasks are read again that often even where no count changed, ms. */
const TASKS_MS = 120_000

interface Facts {
  readonly service: Service | undefined
  readonly deployment: ServiceDeployment | undefined
}

interface Answers {
  readonly services?: ReadonlyMap<string, Service>
  readonly deployments?: ReadonlyMap<string, ServiceDeployment>
}

interface Seen {
  service: Service | undefined
  deployment: ServiceDeployment | undefined
  tasks: readonly Task[]
  stopped: readonly Task[]
  counts: string
  tasksAt: number
}

export interface EcsObserver {
  /** @param confirms nothing that was seen before may be used */
  look(rollout: Rollout<EcsSpec>, confirms: boolean): Promise<Look[]>
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
  const seen = new Map<string, Seen>()
  /** Deployment id → ARN of the service deployment; undefined: it cannot be known. */
  const arns = new Map<string, string | undefined>()
  let isShifted = false
  let quiet = 0
  let nextAt = 0

  const keyOf = ({ deploymentId, service }: EcsSpec): string => deploymentId ?? service
  const known = (handle: EcsSpec): string | undefined => handle.serviceDeployment ?? arns.get(keyOf(handle))

  /** Finds the service deployments of handles: all at once by what the services name, else one by one. */
  async function learn(handles: readonly EcsSpec[]): Promise<void> {
    const isOpen = (handle: EcsSpec) => handle.serviceDeployment === undefined && !arns.has(keyOf(handle))
    const open = handles.filter(isOpen)
    if (open.length === 0) return
    const services = await reader.services(open.map(({ service }) => service))
    const hints = open.flatMap(({ service }) => services.get(service)?.currentServiceDeployment ?? [])
    const hinted = [...(await reader.deployments(hints)).values()]
    await match(open, hinted)
    await Promise.all(
      open.filter(isOpen).map(async (handle) => {
        const recent = await reader.recent(handle.service)
        if (recent) await match([handle], recent)
        // Right after the update Amazon may not have it yet: then it is asked again.
        else arns.set(keyOf(handle), undefined)
      }),
    )
  }

  /** The newest service deployment of each handle that moves to its task definition. */
  async function match(handles: readonly EcsSpec[], deployments: readonly ServiceDeployment[]): Promise<void> {
    const revisions = deployments.flatMap(({ targetServiceRevision }) => targetServiceRevision?.arn ?? [])
    const definitions = await reader.revisions(revisions)
    for (const handle of handles) {
      const arn = deployments.find(
        ({ serviceArn, targetServiceRevision }) =>
          serviceArn?.split('/').at(-1) === handle.service.split('/').at(-1) &&
          definitions.get(targetServiceRevision?.arn ?? '') === handle.taskDefinition,
      )?.serviceDeploymentArn
      if (arn !== undefined) arns.set(keyOf(handle), arn)
    }
  }

  /**
   * Services and service deployments of all handles. While nothing changes only one of the two is asked, in turn: either
   * shows that something has changed, and then the other is asked too.
   */
  async function refresh(handles: readonly EcsSpec[]): Promise<boolean> {
    await learn(handles)
    const all = handles.map(known)
    const wanted = all.filter((arn) => arn !== undefined)
    const isQuiet = quiet > 0 && wanted.length > 0
    const first = isQuiet && quiet % 2 === 0 ? 'services' : 'deployments'
    const latest = await ask(handles, wanted, isQuiet ? [first] : ['services', 'deployments'])
    const hasNews = isQuiet && handles.some((handle, index) => hasChanged(handle, factsOf(latest, handle, all[index])))
    const rest = hasNews ? await ask(handles, wanted, [first === 'services' ? 'deployments' : 'services']) : {}
    const changes = await Promise.all(
      handles.map((handle, index) => refreshOne(handle, factsOf({ ...latest, ...rest }, handle, all[index]))),
    )
    return changes.some(Boolean)
  }

  async function ask(
    handles: readonly EcsSpec[],
    arnsOfAll: readonly string[],
    what: readonly (keyof Answers)[],
  ): Promise<Answers> {
    const [services, deployments] = await Promise.all([
      what.includes('services') ? reader.services(handles.map(({ service }) => service)) : undefined,
      what.includes('deployments') ? reader.deployments(arnsOfAll) : undefined,
    ])
    return { ...(services ? { services } : {}), ...(deployments ? { deployments } : {}) }
  }

  /** What is known now: the answer where there is one, else what was seen last. */
  function factsOf({ services, deployments }: Answers, { service }: EcsSpec, arn: string | undefined): Facts {
    const before = seen.get(service)
    return {
      service: services ? services.get(service) : before?.service,
      deployment: deployments ? deployments.get(arn ?? '') : before?.deployment,
    }
  }

  function hasChanged({ service }: EcsSpec, facts: Facts): boolean {
    return seen.get(service)?.counts !== countsOf(facts)
  }

  async function refreshOne(handle: EcsSpec, facts: Facts): Promise<boolean> {
    const before = seen.get(handle.service)
    const counts = countsOf(facts)
    const now = clock.now()
    if (before?.counts === counts && now - before.tasksAt < TASKS_MS) {
      Object.assign(before, facts)
      return false
    }
    const [tasks, stopped] = facts.service
      ? await Promise.all([
          reader.tasks(handle.service, 'RUNNING'),
          hasLost(facts) ? reader.tasks(handle.service, 'STOPPED') : [],
        ])
      : [[], []]
    seen.set(handle.service, { ...facts, tasks, stopped, counts, tasksAt: now })
    return before?.counts !== counts
  }

  function forget(): void {
    seen.clear()
    nextAt = 0
    quiet = 0
  }

  return {
    async look(rollout, confirms) {
      if (confirms) forget()
      const handles = rollout.workloads.map(({ handle }) => handle)
      const now = clock.now()
      if (now >= nextAt || handles.some(({ service }) => !seen.has(service))) {
        quiet = (await refresh(handles)) ? 0 : quiet + 1
        nextAt = now + (PAUSES_MS[Math.min(quiet, PAUSES_MS.length - 1)] ?? 3000)
      }
      return rollout.workloads.map(({ name, handle }) => {
        const { service, deployment, tasks = [], stopped = [] } = seen.get(handle.service) ?? {}
        const mine = stopped.filter((task) => isOf(task, handle))
        const context = { earlyStop, pauseStage, isShifted, startedAt: rollout.startedAt }
        return { name, handle, service, deployment, tasks, stopped: mine, ...context }
      })
    },
    shifted() {
      isShifted = true
      nextAt = 0
    },
    async deploymentOf(handle) {
      await learn([handle])
      const arn = known(handle)
      return arn === undefined ? undefined : (await reader.deployments([arn])).get(arn)
    },
    forget,
  }
}

/** Everything whose change means that tasks have come, gone or failed. */
function countsOf({ service, deployment }: Facts): string {
  const rollouts = (service?.deployments ?? []).map(
    ({ id, status, rolloutState, runningCount, pendingCount, failedTasks }) => [
      id,
      status,
      rolloutState,
      runningCount,
      pendingCount,
      failedTasks,
    ],
  )
  const target = deployment?.targetServiceRevision
  return JSON.stringify([
    service?.status,
    service?.desiredCount,
    service?.runningCount,
    rollouts,
    deployment?.status,
    deployment?.lifecycleStage,
    deployment?.lifecycleHookDetails?.map(({ status }) => status),
    target?.runningTaskCount,
    target?.requestedProductionTrafficWeight,
    deployment?.deploymentCircuitBreaker?.failureCount,
  ])
}

function hasLost({ service, deployment }: Facts): boolean {
  const failedTasks =
    service?.deployments?.some(({ failedTasks: lost = 0, rolloutState }) => lost > 0 || rolloutState === 'FAILED') ??
    false
  const status: string = deployment?.status ?? ''
  return (
    failedTasks ||
    (deployment?.deploymentCircuitBreaker?.failureCount ?? 0) > 0 ||
    status.includes('ROLLBACK') ||
    status.startsWith('STOP')
  )
}
