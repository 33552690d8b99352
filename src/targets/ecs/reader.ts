/** Reads services, tasks and service deployments, each in as few requests as Amazon's pages allow. */
import type { Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs'
import { DeployError } from '../../errors/deploy-error.ts'
import type { EcsApi } from './api.ts'
import { Refused } from './api.ts'
import type { Described } from './definition.ts'
import { described } from './definition.ts'

export interface EcsReader {
  /** By name; a service that does not exist is left out. @throws DeployError where the cluster does not exist */
  services(names: readonly string[]): Promise<Map<string, Service>>
  definition(arn: string): Promise<Described>
  tasks(service: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Task[]>
  deployments(arns: readonly string[]): Promise<Map<string, ServiceDeployment>>
  /** The newest service deployments of a service, newest first; undefined where the role may not ask or Amazon has none. */
  recent(service: string): Promise<readonly ServiceDeployment[] | undefined>
  /** Task definition that a service revision has. */
  revisionDefinition(arn: string): Promise<string | undefined>
}

const SERVICES_A_CALL = 10
const TASKS_A_CALL = 100
const DEPLOYMENTS_A_CALL = 20

export function createReader(api: EcsApi, cluster: string, onMissing: (operation: string) => void): EcsReader {
  const isOptional = async <T>(operation: string, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof DeployError && error.code !== 'target-denied') throw error
      onMissing(operation)
      return undefined
    }
  }
  return {
    async services(names) {
      const pages = await Promise.all(
        chunks(names, SERVICES_A_CALL).map((services) =>
          inCluster(cluster, () => api.read('DescribeServices', { cluster, services, include: ['TAGS'] })),
        ),
      )
      const all = pages.flatMap(({ services = [] }) => services).filter(({ status }) => status !== 'INACTIVE')
      return new Map(
        names.flatMap((name) => {
          const found = all.find(({ serviceName, serviceArn }) => serviceName === name || serviceArn === name)
          return found ? [[name, found] as const] : []
        }),
      )
    },
    async definition(arn) {
      return described(await api.readJson('DescribeTaskDefinition', { taskDefinition: arn, include: ['TAGS'] }))
    },
    async tasks(serviceName, desiredStatus) {
      const arns: string[] = []
      let nextToken: string | undefined
      do {
        const page = await api.read('ListTasks', { cluster, serviceName, desiredStatus, nextToken })
        arns.push(...(page.taskArns ?? []))
        nextToken = page.nextToken
      } while (nextToken !== undefined)
      const pages = await Promise.all(
        chunks(arns, TASKS_A_CALL).map((tasks) => api.read('DescribeTasks', { cluster, tasks })),
      )
      return pages.flatMap(({ tasks = [] }) => tasks)
    },
    async deployments(arns) {
      const pages = await Promise.all(
        chunks(arns, DEPLOYMENTS_A_CALL).map((serviceDeploymentArns) =>
          isOptional('DescribeServiceDeployments', () =>
            api.read('DescribeServiceDeployments', { serviceDeploymentArns }),
          ),
        ),
      )
      const found = pages.flatMap((page) => page?.serviceDeployments ?? [])
      return new Map(
        found.flatMap((entry) =>
          entry.serviceDeploymentArn === undefined ? [] : [[entry.serviceDeploymentArn, entry] as const],
        ),
      )
    },
    async recent(service) {
      const page = await isOptional('ListServiceDeployments', () =>
        api.read('ListServiceDeployments', { cluster, service, maxResults: DEPLOYMENTS_A_CALL }),
      )
      const arns = page?.serviceDeployments?.flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? []) ?? []
      if (arns.length === 0) return undefined
      const known = await this.deployments(arns.slice(0, 3))
      return arns.flatMap((arn) => known.get(arn) ?? [])
    },
    async revisionDefinition(arn) {
      const answer = await isOptional('DescribeServiceRevisions', () =>
        api.read('DescribeServiceRevisions', { serviceRevisionArns: [arn] }),
      )
      return answer?.serviceRevisions?.[0]?.taskDefinition
    },
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

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
