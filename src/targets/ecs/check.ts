/** Preflight: cluster, services, controllers, containers and what the role may read, all at once. */
import type { Service } from '@aws-sdk/client-ecs'
import type { PinnedImage, Repository } from '../../domain/image.ts'
import { parseReference, pinned } from '../../domain/image.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Readiness } from '../../ports.ts'
import type { EcsApi } from './api.ts'
import { Refused } from './api.ts'
import type { Definition } from './definition.ts'
import { chooseContainer, imageOf } from './definition.ts'
import type { EcsFiles } from './manifests.ts'
import type { EcsReader } from './reader.ts'
import type { EcsRequest } from './request.ts'
import { isManaged, primaryOf } from './snapshot.ts'

export interface CheckContext {
  readonly api: EcsApi
  readonly reader: EcsReader
  readonly request: EcsRequest
  readonly names: readonly string[]
  readonly files: EcsFiles
  readonly repository: Repository
  readonly image: PinnedImage | undefined
}

interface Findings {
  readonly faults: Reason[]
  readonly warnings: string[]
  readonly plan: string[]
}

export async function checkEcs(context: CheckContext): Promise<Readiness> {
  const found: Findings = { faults: [], warnings: [], plan: [] }
  const { request, reader, names } = context
  const [cluster, services] = await Promise.allSettled([clusterFault(context), reader.services(names)])
  if (cluster.status === 'rejected') return { ...found, faults: [asDeployError(cluster.reason)] }
  if (cluster.value) return { ...found, faults: [cluster.value] }
  if (services.status === 'rejected') return { ...found, faults: [asDeployError(services.reason)] }
  if (names.length === 0) {
    const fix = 'Name the services with the input workload, or give a service file with manifests.'
    found.faults.push({ code: 'workload-not-found', what: 'no ECS service is named', fix })
  }
  const managed = names.some((name) => isManaged(services.value.get(name)))
  if (request.strategy === 'blue-green' && !managed && services.value.size > 0) found.faults.push(notBlueGreen())
  await Promise.all(names.map((name) => checkOne(context, { name, service: services.value.get(name) }, found)))
  return found
}

function notBlueGreen(): Reason {
  return {
    code: 'not-supported',
    what: 'strategy: blue-green is a setting of the ECS service itself, and these services have the strategy ROLLING',
    fix: 'Set deploymentConfiguration.strategy of the service to BLUE_GREEN once (docs/ecs.md), or use strategy: rolling.',
  }
}

async function clusterFault({ api, request }: CheckContext): Promise<Reason | undefined> {
  const { clusters = [] } = await api.read('DescribeClusters', { clusters: [request.cluster] })
  const [cluster] = clusters
  if (cluster?.status === 'ACTIVE') return undefined
  const state = cluster
    ? `is ${cluster.status?.toLowerCase() ?? 'not active'}`
    : 'does not exist in this account and region'
  return {
    code: 'workload-not-found',
    what: `the ECS cluster ${request.cluster} ${state}`,
    fix: 'Check the input cluster, and the region of aws-actions/configure-aws-credentials.',
  }
}

async function checkOne(
  context: CheckContext,
  { name, service }: { name: string; service: Service | undefined },
  found: Findings,
): Promise<void> {
  if (!service) {
    checkAbsent(context, name, found)
    return
  }
  const controller: string = service.deploymentController?.type ?? 'ECS'
  if (controller !== 'ECS') {
    found.faults.push({
      code: 'not-supported',
      what: `the service ${name} is deployed by ${controller}, not by Amazon ECS itself`,
      fix: 'Move it to the deployment controller ECS: it has blue-green and canary of its own. docs/ecs.md says how.',
    })
    return
  }
  if (service.status !== 'ACTIVE') {
    found.faults.push({
      code: 'workload-gone',
      what: `the service ${name} is ${service.status?.toLowerCase() ?? 'gone'}`,
    })
    return
  }
  if (service.schedulingStrategy !== 'DAEMON' && service.desiredCount === 0) {
    const fix = `Scale it up first: aws ecs update-service --cluster ${context.request.cluster} --service ${name} --desired-count 1`
    found.faults.push({
      code: 'nothing-runs',
      what: `the service ${name} is scaled to zero: nothing would run that could be proven`,
      fix,
    })
  }
  const { request, reader, files } = context
  const [described] = await Promise.all([
    reader.definition(service.taskDefinition ?? ''),
    mayList(context, name, found),
  ])
  checkDefinition(context, { name, definition: files.definition?.document ?? described.definition }, found)
  if (primaryOf(service)?.rolloutState === 'IN_PROGRESS') {
    found.warnings.push(`a deployment of ${name} is in progress already: this release replaces it`)
  }
  const breaker = service.deploymentConfiguration?.deploymentCircuitBreaker
  if (!request.earlyStop && breaker?.enable !== true) {
    found.warnings.push(
      `the service ${name} has no circuit breaker, and early-stop is off: a version that fails is tried until the time-out`,
    )
  }
}

/** What the wait will need: said before anything is changed. */
async function mayList({ api, request: { cluster } }: CheckContext, service: string, found: Findings): Promise<void> {
  try {
    await api.read('ListTasks', { cluster, serviceName: service, desiredStatus: 'RUNNING', maxResults: 1 })
  } catch (error) {
    found.faults.push(error instanceof Refused ? { code: 'target-denied', what: error.message } : asDeployError(error))
  }
}

function checkDefinition(
  { request, repository, image }: CheckContext,
  { name, definition }: { name: string; definition: Definition },
  found: Findings,
): void {
  const chosen = chooseContainer(definition, request.container, repository)
  if (!('container' in chosen)) {
    const asked = request.container === undefined ? 'has several containers' : `has no container ${request.container}`
    found.faults.push({
      code: 'container-ambiguous',
      what: `the task definition of ${name} ${asked}: ${chosen.names.join(', ')}`,
      fix: 'Name the container that is released with the input container.',
    })
    return
  }
  const now = imageOf(definition, chosen.container) ?? ''
  const other = parseReference(now)?.repository.name
  if (other !== undefined && other !== repository.name) {
    found.warnings.push(`container ${chosen.container} of ${name} runs another repository now: ${other}`)
  }
  const next = image ? pinned(image) : `${repository.name}@<digest of the build>`
  if (next === now) found.plan.push(`service ${name}: container ${chosen.container} runs ${now} already`)
  else found.plan.push(`service ${name}, container ${chosen.container}`, `  - image ${now}`, `  + image ${next}`)
  checkPull({ name, container: chosen.container, repository }, definition, found)
}

/** Fargate and private registries need a role or a secret to pull with. */
function checkPull(
  { name, container, repository }: { name: string; container: string; repository: Repository },
  definition: Definition,
  found: Findings,
): void {
  const isEcr = /\.dkr[.-]ecr[.-]/.test(repository.registry)
  const own = definition.containerDefinitions.find((entry) => entry.name === container)
  if (isEcr && !definition.executionRoleArn) {
    found.warnings.push(
      `the task definition of ${name} has no executionRoleArn: on Fargate it could not pull from ${repository.registry}`,
    )
  }
  if (repository.registry === 'ghcr.io' && own?.repositoryCredentials === undefined) {
    found.warnings.push(
      `container ${container} of ${name} has no repositoryCredentials: a private image of ghcr.io could not be pulled`,
    )
  }
}

function checkAbsent(context: CheckContext, name: string, found: Findings): void {
  const { request, files } = context
  const file = files.services.get(name)
  if (file && files.definition) {
    found.plan.push(`service ${name} is created from ${file.file} and ${files.definition.file}`)
    checkDefinition(context, { name, definition: files.definition.document }, found)
    return
  }
  const missing = file ? 'a task-definition file is needed too' : 'no file of manifests defines it'
  found.faults.push({
    code: 'workload-not-found',
    what: `there is no service ${name} in the cluster ${request.cluster}, and ${missing}`,
    fix: `Create it once: aws ecs create-service --cluster ${request.cluster} --service-name ${name} --cli-input-json file://service.json, or name service.json and taskdef.json with manifests.`,
  })
}
