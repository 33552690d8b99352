/** What runs now, service by service: what a release replaces and what a restore puts back. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import { LABEL } from '../../domain/labels.ts'
import { isRevision } from '../../domain/revision.ts'
import type { Running, RunningWorkload } from '../../ports.ts'
import type { Definition, Tag } from './definition.ts'
import { chooseContainer, imageOf } from './definition.ts'
import type { EcsFiles } from './manifests.ts'
import type { EcsReader } from './reader.ts'
import { digestOf, isHealthy, isLive } from './replicas.ts'
import type { EcsRequest } from './request.ts'
import type { EcsSpec } from './snapshot.ts'
import { primaryOf } from './snapshot.ts'
import { tagOf } from './tags.ts'

export interface RunningContext {
  readonly reader: EcsReader
  readonly request: EcsRequest
  readonly repository: Repository
  readonly files: () => Promise<EcsFiles>
}

/** The services that are released: those that are named, else those of the files. */
export async function namesOf({ request, files }: RunningContext): Promise<readonly string[]> {
  if (request.workloads.length > 0) return request.workloads
  return [...(await files()).services.keys()]
}

export async function runningNow(context: RunningContext): Promise<Running<EcsSpec>> {
  const names = await namesOf(context)
  const services = await context.reader.services(names)
  return { workloads: await Promise.all(names.map((name) => workloadOf(context, name, services.get(name)))) }
}

async function workloadOf(
  context: RunningContext,
  name: string,
  service: Service | undefined,
): Promise<RunningWorkload<EcsSpec>> {
  if (!service) return absent(context, name)
  const { reader } = context
  const taskDefinition = service.taskDefinition ?? ''
  const [{ definition, tags }, tasks] = await Promise.all([
    reader.definition(taskDefinition),
    reader.tasks(name, 'RUNNING'),
  ])
  const container = containerOf(context, definition)
  const live = tasks.filter(isLive)
  const digests = [...new Set(live.map((task) => digestOf(task, container)).filter((digest) => digest !== undefined))]
  const [ran] = digests
  const image = imageOf(definition, container)
  const primary = primaryOf(service)
  const ready = live.filter((task) => isHealthy(task, definition)).length
  const desired = service.desiredCount ?? 0
  return {
    name,
    exists: true,
    ...(image === undefined ? {} : { image }),
    digests,
    ...stampIn(tags, image, digests),
    desired,
    ready,
    stable: primary?.rolloutState === 'COMPLETED' && ready >= desired && service.deployments?.length === 1,
    spec: {
      service: name,
      serviceArn: service.serviceArn,
      taskDefinition,
      definition,
      definitionTags: tags,
      serviceTags: tagsOf(service),
      container,
      deploymentId: primary?.id,
      ...(ran !== undefined && digests.length === 1 ? { ran } : {}),
    },
  }
}

async function absent(context: RunningContext, name: string): Promise<RunningWorkload<EcsSpec>> {
  const definition = (await context.files()).definition?.document
  const spec = {
    service: name,
    serviceArn: undefined,
    taskDefinition: undefined,
    definition,
    definitionTags: [],
    serviceTags: [],
    container: definition ? containerOf(context, definition) : '',
    deploymentId: undefined,
  }
  return { name, exists: false, digests: [], desired: 0, ready: 0, stable: true, spec }
}

function containerOf({ request, repository }: RunningContext, definition: Definition): string {
  const chosen = chooseContainer(definition, request.container, repository)
  // Several candidates are a fault of the check, which is reported there.
  return 'container' in chosen ? chosen.container : (request.container ?? chosen.names[0] ?? '')
}

export function tagsOf({ tags = [] }: Service): Tag[] {
  return tags.flatMap(({ key, value = '' }) => (key === undefined ? [] : [{ key, value }]))
}

/** Revision and run by our stamp, only while the stamp's digest is what the task definition names. */
function stampIn(
  tags: readonly Tag[],
  image: string | undefined,
  digests: readonly Digest[],
): Pick<RunningWorkload<EcsSpec>, 'revision' | 'releasedBy'> {
  const digest = tagOf(tags, LABEL.digest)
  if (digest === undefined || image === undefined || digestIn(image) !== digest) return {}
  const revision = tagOf(tags, LABEL.revision)
  const run = tagOf(tags, LABEL.run)
  return {
    ...(revision !== undefined && isRevision(revision) && digests.length <= 1 ? { revision } : {}),
    ...(run === undefined ? {} : { releasedBy: run }),
  }
}
