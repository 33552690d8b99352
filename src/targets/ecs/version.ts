/** The exact revision of an older version. */
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Running, RunningWorkload } from '../../ports.ts'
import type { Definition } from './definition.ts'
import { imageOf } from './definition.ts'
import type { EcsReader } from './reader.ts'
import { differingSettings } from './settings.ts'
import type { EcsSpec } from './snapshot.ts'
import { definitionFor } from './tags.ts'

/**
 * undefined where neither the tags of a service nor Amazon's own record of its deployments name the revision.
 * @throws DeployError revision-inactive
 */
export async function versionOf(
  reader: EcsReader,
  now: Running<EcsSpec>,
  digest: Digest,
): Promise<Running<EcsSpec> | undefined> {
  const all = await Promise.all(now.workloads.map((workload) => workloadThen(reader, workload, digest)))
  const workloads = all.filter((workload) => workload !== undefined)
  return workloads.length === all.length ? { workloads } : undefined
}

async function workloadThen(
  reader: EcsReader,
  workload: RunningWorkload<EcsSpec>,
  digest: Digest,
): Promise<RunningWorkload<EcsSpec> | undefined> {
  const { spec } = workload
  const known = definitionFor(spec.serviceTags, digest) ?? (await deployedWith(reader, spec, digest))
  if (known === undefined) return undefined
  const { arn, definition, tags } = await reader.definition(known)
  const image = imageWith(digest, definition, spec.container)
  if (image === undefined) return undefined
  if (definition.status === 'INACTIVE') {
    const what = `${workload.name}: the task definition ${known} was deregistered, so Amazon ECS starts no more tasks of it`
    throw new DeployError('revision-inactive', what, {
      fix: 'Release that digest again with the input digest: it registers a new revision. Keep at least the last ten revisions.',
    })
  }
  return {
    ...workload,
    image,
    digests: [digest],
    ...(spec.definition ? { differingSettings: differingSettings(spec.definition, definition, spec.container) } : {}),
    spec: { ...spec, taskDefinition: arn, definition, definitionTags: tags, ran: digest },
  }
}

/** Tags can be lost: then the newest revision with that image that Amazon deployed with success. */
async function deployedWith(
  reader: EcsReader,
  { service, container }: EcsSpec,
  digest: Digest,
): Promise<string | undefined> {
  const found = await Promise.all((await reader.deployed(service)).map((arn) => reader.definition(arn)))
  return found.find(
    ({ definition }) => definition.status !== 'INACTIVE' && imageWith(digest, definition, container) !== undefined,
  )?.arn
}

/** The container's image, where it is that digest. */
function imageWith(digest: Digest, definition: Definition, container: string): string | undefined {
  const image = imageOf(definition, container)
  return image !== undefined && digestIn(image) === digest ? image : undefined
}
