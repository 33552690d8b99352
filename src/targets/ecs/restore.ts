/** Restore: Amazon's own where the deployment is still in flight, else an update to the exact revision of before. */
import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { ArtifactId } from '../../domain/artifact.ts'
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Rollout, Running, RunningWorkload } from '../../ports.ts'
import { changeAll } from '../shared/change-all.ts'
import { Refused } from './api.ts'
import { described, imageOf, withImage } from './definition.ts'
import { openHook } from './hooks.ts'
import type { EcsSpec } from './snapshot.ts'
import { primaryOf, revision } from './snapshot.ts'
import { isOfRun, refuse, removeService, update } from './write.ts'
import type { WriteContext } from './write.ts'
import { stamped } from './tags.ts'

export async function restoreAll(context: WriteContext, to: Running<EcsSpec>, stamp: Stamp): Promise<Rollout<EcsSpec>> {
  const startedAt = context.clock.now()
  const services = await context.reader.services(to.workloads.map(({ spec }) => spec.service))
  await Promise.all(to.workloads.map((workload) => refuseForeign(context, { workload, services, stamp })))
  const { outcomes, refusals } = await changeAll(to.workloads, (workload) => {
    const service = services.get(workload.spec.service)
    return restoreOne(context, workload, { service, stamp }).catch(refuse)
  })
  const [refused] = refusals
  if (refused) throw refused
  const workloads = outcomes.flatMap(({ workload: { name, image, exists }, result }) => {
    return exists && result ? [{ name, handle: result, accepted: acceptedOf(result, image) }] : []
  })
  return { accepted: new Set<Digest>(), startedAt, workloads }
}

function acceptedOf({ ran }: EcsSpec, image: string | undefined): ReadonlySet<ArtifactId> {
  const set = image === undefined ? undefined : digestIn(image)
  return new Set([ran, set].filter((digest) => digest !== undefined))
}

interface Foreign {
  readonly workload: RunningWorkload<EcsSpec>
  readonly services: ReadonlyMap<string, Service>
  readonly stamp: Stamp
}

/** What somebody else deployed meanwhile is left alone. @throws DeployError another-rollout */
async function refuseForeign({ reader }: WriteContext, { workload, services, stamp }: Foreign): Promise<void> {
  const { name, spec } = workload
  const service = services.get(spec.service)
  const primary = service && primaryOf(service)
  if (primary?.taskDefinition === undefined) return
  if (primary.id === spec.deploymentId || primary.taskDefinition === spec.taskDefinition) return
  const { tags } = await reader.definition(primary.taskDefinition)
  if (isOfRun(tags, stamp)) return
  throw new DeployError(
    'another-rollout',
    `${name}: ${revision(primary.taskDefinition)} was deployed by somebody else meanwhile`,
  )
}

async function restoreOne(
  context: WriteContext,
  { exists, spec }: RunningWorkload<EcsSpec>,
  { service, stamp }: { service: Service | undefined; stamp: Stamp },
): Promise<EcsSpec> {
  const back: EcsSpec = { ...spec, isRestore: true }
  if (!exists) {
    if (service) await removeService(context, spec.service)
    return back
  }
  if (!service || spec.taskDefinition === undefined) {
    throw new DeployError('workload-gone', `the service ${spec.service} was deleted meanwhile`)
  }
  const primary = primaryOf(service)
  if (primary?.taskDefinition === spec.taskDefinition) return back
  const native = primary?.rolloutState === 'COMPLETED' ? undefined : await goBackNatively(context, spec)
  if (native !== undefined) return { ...back, serviceDeployment: native }
  const target = await exactly(context, spec, stamp)
  const updated = await update(context, spec.service, target)
  return { ...back, taskDefinition: target, deploymentId: primaryOf(updated)?.id }
}

const IN_FLIGHT = new Set(['PENDING', 'IN_PROGRESS'])
const GOING_BACK = new Set(['STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'])

/** ARN of the service deployment that goes back now; undefined where none is in flight or Amazon would go elsewhere. */
async function goBackNatively({ api, reader, pauseStage }: WriteContext, spec: EcsSpec): Promise<string | undefined> {
  const [newest] = (await reader.recent(spec.service)) ?? []
  const arn = newest?.serviceDeploymentArn
  if (!newest || arn === undefined || !(await comesFrom({ reader }, newest, spec))) return undefined
  const status: string = newest.status ?? ''
  if (GOING_BACK.has(status)) return arn
  if (!IN_FLIGHT.has(status)) return undefined
  const isOver = async () => {
    const now = (await reader.deployments([arn])).get(arn)
    return GOING_BACK.has(now?.status ?? '') ? { $metadata: {} } : undefined
  }
  try {
    const hook = openHook(newest, pauseStage)
    if (hook?.isOurs) {
      const { hookId } = hook
      await api.write('ContinueServiceDeployment', { serviceDeploymentArn: arn, hookId, action: 'ROLLBACK' }, isOver)
    } else await api.write('StopServiceDeployment', { serviceDeploymentArn: arn, stopType: 'ROLLBACK' }, isOver)
    return arn
  } catch (error) {
    const isRefused = error instanceof Refused || (error instanceof DeployError && error.code === 'target-denied')
    if (isRefused) return undefined
    throw error
  }
}

async function comesFrom(
  { reader }: Pick<WriteContext, 'reader'>,
  { sourceServiceRevisions = [] }: ServiceDeployment,
  spec: EcsSpec,
): Promise<boolean> {
  const definitions = [...(await reader.revisions(sourceServiceRevisions.flatMap(({ arn }) => arn ?? []))).values()]
  return definitions.length > 0 && definitions.every((definition) => definition === spec.taskDefinition)
}

/**
 * The revision of before; where it names a tag, a copy that names the digest which ran: the tag may have moved since.
 */
async function exactly({ api }: WriteContext, spec: EcsSpec, stamp: Stamp): Promise<string> {
  const { definition, container, ran, taskDefinition = '' } = spec
  const image = definition && imageOf(definition, container)
  if (!definition || image === undefined || ran === undefined || digestIn(image) !== undefined) return taskDefinition
  const repository = image.replace(/:[^:/]+$/, '')
  const copy = withImage(definition, container, `${repository}@${ran}`)
  const tags = stamped(spec.definitionTags, { ...stamp, digest: ran })
  return described(await api.writeJson('RegisterTaskDefinition', { ...copy, tags }, () => Promise.resolve(undefined)))
    .arn
}
