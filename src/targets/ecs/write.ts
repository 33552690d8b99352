/** What changes something: one new revision, one update a service, and its restore. */
import type { Service } from '@aws-sdk/client-ecs'
import type { PinnedImage } from '../../domain/image.ts'
import { LABEL, runKey } from '../../domain/labels.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Clock, Rollout, Running, RunningWorkload } from '../../ports.ts'
import { changeAll, putBackAfter } from '../shared/change-all.ts'
import type { EcsApi } from './api.ts'
import { Refused } from './api.ts'
import type { Described, Tag } from './definition.ts'
import type { EcsFiles } from './manifests.ts'
import type { EcsReader } from './reader.ts'
import { registering } from './register.ts'
import type { EcsSpec } from './snapshot.ts'
import { primaryOf, revision } from './snapshot.ts'
import { stamped, tagOf } from './tags.ts'

export interface WriteContext {
  readonly api: EcsApi
  readonly reader: EcsReader
  readonly cluster: string
  readonly clock: Clock
  readonly files: () => Promise<EcsFiles>
  /** The stage whose PAUSE hook is ours to answer. */
  readonly pauseStage: string
  /** What an update sends beside the task definition; nothing for a release. */
  readonly settings?: (service: string) => object
}

type Workload = RunningWorkload<EcsSpec>

/**
 * Registers the revision and updates every service. When one is refused, those that were updated go back before this
 * rejects. @throws DeployError another-rollout, manifest-invalid, target-denied
 */
export async function replaceAll(
  context: WriteContext,
  image: PinnedImage,
  stamp: Stamp,
  before: Running<EcsSpec>,
): Promise<Rollout<EcsSpec>> {
  await refuseChanged(context, before.workloads)
  const definitionOf = registering(context, image, stamp)
  const registered = await Promise.all(before.workloads.map(({ spec }) => definitionOf(spec)))
  const startedAt = context.clock.now()
  const { results, refusals, changed } = await changeAll(before.workloads, async (workload) => {
    const definition = registered[before.workloads.indexOf(workload)]
    return { name: workload.name, handle: await put(context, workload, { definition, stamp }).catch(refuse) }
  })
  const [refused] = refusals
  if (refused) throw await putBackAfter(refused, () => putAllBack(context, changed))
  return { accepted: image.accepted, startedAt, workloads: results }
}

/** Amazon ECS has no optimistic lock: what changed since it was read is seen by reading once more, right before. */
async function refuseChanged({ reader }: WriteContext, workloads: readonly Workload[]): Promise<void> {
  const services = await reader.services(workloads.map(({ spec }) => spec.service))
  for (const { name, exists, spec } of workloads) {
    const service = services.get(spec.service)
    const primary = service && primaryOf(service)
    if (exists && primary?.id === spec.deploymentId && service?.taskDefinition === spec.taskDefinition) continue
    if (!exists && !service) continue
    const what = service
      ? `${name} was changed meanwhile: ${revision(service.taskDefinition)} is deployed now`
      : `${name} was deleted meanwhile`
    throw new DeployError('another-rollout', what)
  }
}

async function put(
  context: WriteContext,
  { name, exists, spec }: Workload,
  { definition, stamp }: { definition: Described | undefined; stamp: Stamp },
): Promise<EcsSpec> {
  if (!definition) throw new DeployError('internal-error', `no revision was registered for ${name}`)
  const service = exists
    ? await update(context, spec.service, definition.arn, context.settings?.(spec.service))
    : await create(context, spec, { definition, stamp })
  const primary = primaryOf(service)
  if (primary?.taskDefinition !== definition.arn) {
    throw new DeployError(
      'another-rollout',
      `${name}: ${revision(primary?.taskDefinition)} was deployed at the same moment`,
    )
  }
  return {
    ...spec,
    serviceArn: service.serviceArn,
    replaces: spec.taskDefinition,
    taskDefinition: definition.arn,
    definition: definition.definition,
    definitionTags: definition.tags,
    deploymentId: primary.id,
    isOurs: true,
  }
}

/** Cluster, service and task definition, nothing else: managed strategies refuse more, and counts belong to autoscaling. */
export async function update(
  { api, reader, cluster }: WriteContext,
  service: string,
  taskDefinition: string,
  settings: object = {},
): Promise<Service> {
  const done = async () => {
    const now = (await reader.services([service])).get(service)
    return now && primaryOf(now)?.taskDefinition === taskDefinition ? { service: now, $metadata: {} } : undefined
  }
  const answer = await api.write('UpdateService', { ...settings, cluster, service, taskDefinition }, done)
  return needed(answer.service, service)
}

async function create(
  { api, reader, cluster, files }: WriteContext,
  { service }: EcsSpec,
  { definition, stamp }: { definition: Described; stamp: Stamp },
): Promise<Service> {
  const file = (await files()).services.get(service)
  if (!file)
    throw new DeployError('workload-not-found', `there is no service ${service}, and no file of manifests defines it`)
  const done = async () => {
    const now = (await reader.services([service])).get(service)
    return now ? { service: now, $metadata: {} } : undefined
  }
  const tags = stamped(
    (file.document.tags ?? []).map(({ key = '', value = '' }) => ({ key, value })),
    stamp,
  )
  const input = { ...file.document, cluster, taskDefinition: definition.arn, tags }
  return needed((await api.write('CreateService', input, done)).service, service)
}

function needed(service: Service | undefined, name: string): Service {
  if (service) return service
  throw new DeployError('target-unreachable', `Amazon ECS gave no service in its answer for ${name}`)
}

/** Undoes the updates that were taken while another one was refused. Every one is tried. */
async function putAllBack(context: WriteContext, changed: readonly Workload[]): Promise<void> {
  const { refusals } = await changeAll(changed, (workload) => putBack(context, workload).catch(refuse))
  const [first] = refusals
  if (first) throw first
}

async function putBack(context: WriteContext, { exists, spec }: Workload): Promise<void> {
  if (!exists) await removeService(context, spec.service)
  else if (spec.taskDefinition !== undefined) await update(context, spec.service, spec.taskDefinition)
}

export async function removeService(
  { api, reader, cluster }: Pick<WriteContext, 'api' | 'reader' | 'cluster'>,
  service: string,
): Promise<void> {
  const done = async () => {
    const now = (await reader.services([service])).get(service)
    return now?.status === 'ACTIVE' ? undefined : { $metadata: {} }
  }
  await api.write('DeleteService', { cluster, service, force: true }, done)
}

/** Whether this run made the revision that the service names. */
export function isOfRun(tags: readonly Tag[], stamp: Stamp): boolean {
  return tagOf(tags, LABEL.run) === runKey(stamp.run)
}

/** @throws what Amazon ECS refused, as an error of the catalogue */
export function refuse(error: unknown): never {
  throw refusal(error)
}

function refusal(error: unknown): unknown {
  if (!(error instanceof Refused)) return error
  const what = `Amazon ECS refuses ${error.operation}: ${error.message} (${error.type})`
  if (error.type === 'ServiceNotFoundException' || error.type === 'ServiceNotActiveException')
    return new DeployError('workload-gone', what)
  return new DeployError('target-refused', what)
}
