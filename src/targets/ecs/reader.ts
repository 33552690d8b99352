/** Reads services, tasks and service deployments, each in as few requests as Amazon's pages allow. */
import type {
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceDeploymentStatus,
  Task,
} from '@aws-sdk/client-ecs'
import { DeployError } from '../../errors/deploy-error.ts'
import type { EcsApi, Operation } from './api.ts'
import { Refused } from './api.ts'
import type { Described } from './definition.ts'
import { described } from './definition.ts'

export interface EcsReader {
  /** By name; a service that does not exist is left out. @throws DeployError where the cluster does not exist */
  services(names: readonly string[]): Promise<ReadonlyMap<string, Service>>
  definition(arn: string): Promise<Described>
  tasks(service: string, desiredStatus: TaskFilter): Promise<readonly Task[]>
  /** By ARN, as far as the role may ask. */
  deployments(arns: readonly string[]): Promise<ReadonlyMap<string, ServiceDeployment>>
  /** The newest service deployments of a service, newest first; undefined where the role may not ask or Amazon has none. */
  recent(service: string): Promise<readonly ServiceDeployment[] | undefined>
  /** Task definitions that were deployed with success in the last 90 days, newest first, as far as the role may ask. */
  deployed(service: string): Promise<readonly string[]>
  /** Service revision → its task definition, as far as the role may ask. */
  revisions(arns: readonly string[]): Promise<ReadonlyMap<string, string>>
}

type TaskFilter = 'RUNNING' | 'STOPPED'

/** What Amazon takes in one call. */
const SERVICES_PER_CALL = 10
const TASKS_PER_CALL = 100
const DEPLOYMENTS_PER_CALL = 20
/** So many of the newest deployments are read: ours is the newest but for what came in between. */
const NEWEST_DEPLOYMENTS = 3

/** @param onMissing called with an operation that the role may not call and that can be done without */
export function createReader(api: EcsApi, cluster: string, onMissing: (operation: Operation) => void): EcsReader {
  const together = shared()
  /** A revision never changes: it is read once. */
  const definitions = new Map<string, Promise<Described>>()

  async function optional<T>(operation: Operation, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof DeployError && error.code !== 'target-denied') throw error
      onMissing(operation)
      return undefined
    }
  }

  async function deployments(arns: readonly string[]): Promise<Map<string, ServiceDeployment>> {
    const pages = await Promise.all(
      chunks(arns, DEPLOYMENTS_PER_CALL).map((serviceDeploymentArns) =>
        optional('DescribeServiceDeployments', () => api.read('DescribeServiceDeployments', { serviceDeploymentArns })),
      ),
    )
    const found = pages.flatMap((page) => page?.serviceDeployments ?? [])
    return new Map(found.flatMap((entry) => pair(entry.serviceDeploymentArn, entry)))
  }

  /** The newest deployments of a service, of any status where none is named; none where the role may not ask. */
  async function listed(
    service: string,
    status?: readonly ServiceDeploymentStatus[],
  ): Promise<readonly ServiceDeploymentBrief[]> {
    const asked = { cluster, service, maxResults: DEPLOYMENTS_PER_CALL, ...(status ? { status: [...status] } : {}) }
    const page = await optional('ListServiceDeployments', () => api.read('ListServiceDeployments', asked))
    return page?.serviceDeployments ?? []
  }

  async function revisions(arns: readonly string[]): Promise<Map<string, string>> {
    const pages = await Promise.all(
      chunks(arns, DEPLOYMENTS_PER_CALL).map((serviceRevisionArns) =>
        optional('DescribeServiceRevisions', () => api.read('DescribeServiceRevisions', { serviceRevisionArns })),
      ),
    )
    const found = pages.flatMap((page) => page?.serviceRevisions ?? [])
    return new Map(found.flatMap(({ serviceRevisionArn: arn, taskDefinition = '' }) => pair(arn, taskDefinition)))
  }

  return {
    deployments,
    revisions,
    services: (names) => together(`services ${names.join()}`, () => servicesOf(api, cluster, names)),
    definition(arn) {
      const known = definitions.get(arn)
      if (known) return known
      const reading = api.readJson('DescribeTaskDefinition', { taskDefinition: arn, include: ['TAGS'] }).then(described)
      definitions.set(arn, reading)
      reading.catch(() => definitions.delete(arn))
      return reading
    },
    tasks: (service, status) =>
      together(`tasks ${service} ${status}`, () => tasksOf(api, cluster, { service, status })),
    async recent(service) {
      const arns = (await listed(service)).flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? [])
      if (arns.length === 0) return undefined
      const known = await deployments(arns.slice(0, NEWEST_DEPLOYMENTS))
      return arns.flatMap((arn) => known.get(arn) ?? [])
    },
    async deployed(service) {
      const successful = await listed(service, ['SUCCESSFUL'])
      const arns = successful.flatMap(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? [])
      const known = await revisions(arns)
      return [...new Set(arns.flatMap((arn) => known.get(arn) ?? []))]
    },
  }
}

async function servicesOf(api: EcsApi, cluster: string, names: readonly string[]): Promise<Map<string, Service>> {
  const pages = await Promise.all(
    chunks(names, SERVICES_PER_CALL).map((services) =>
      inCluster(cluster, () => api.read('DescribeServices', { cluster, services, include: ['TAGS'] })),
    ),
  )
  const all = pages.flatMap(({ services = [] }) => services).filter(({ status }) => status !== 'INACTIVE')
  const find = (name: string) => all.find(({ serviceName, serviceArn }) => serviceName === name || serviceArn === name)
  return new Map(names.flatMap((name) => pair(name, find(name))))
}

async function tasksOf(
  api: EcsApi,
  cluster: string,
  { service, status }: { service: string; status: TaskFilter },
): Promise<Task[]> {
  const arns: string[] = []
  let nextToken: string | undefined
  do {
    const page = await api.read('ListTasks', { cluster, serviceName: service, desiredStatus: status, nextToken })
    arns.push(...(page.taskArns ?? []))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  const pages = await Promise.all(
    chunks(arns, TASKS_PER_CALL).map((tasks) => api.read('DescribeTasks', { cluster, tasks })),
  )
  return pages.flatMap(({ tasks = [] }) => tasks)
}

/** A second caller that asks the same while the answer is on its way gets that answer. */
function shared(): <T>(key: string, ask: () => Promise<T>) => Promise<T> {
  const asked = new Map<string, Promise<unknown>>()
  return <T>(key: string, ask: () => Promise<T>) => {
    const known = asked.get(key) as Promise<T> | undefined
    if (known) return known
    const asking = ask().finally(() => asked.delete(key))
    asked.set(key, asking)
    return asking
  }
}

async function inCluster<T>(cluster: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Refused) || error.type !== 'ClusterNotFoundException') throw error
    throw new DeployError('workload-not-found', `there is no ECS cluster ${cluster} in this account and region`, {
      fix: 'Check the input cluster, and the region of aws-actions/configure-aws-credentials.',
    })
  }
}

function pair<T>(key: string | undefined, value: T | undefined): (readonly [string, T])[] {
  return key === undefined || value === undefined ? [] : [[key, value]]
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
