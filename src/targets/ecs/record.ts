/** Writes the history to the tags of every service of a rollout; nothing that runs is touched. */
import type { Service } from '@aws-sdk/client-ecs'
import { digestIn } from '../../domain/digest.ts'
import type { History } from '../../domain/history.ts'
import type { Rollout } from '../../ports.ts'
import type { EcsApi } from './api.ts'
import { imageOf } from './definition.ts'
import type { EcsReader } from './reader.ts'
import { tagsOf } from './running.ts'
import type { EcsSpec } from './snapshot.ts'
import { revision } from './snapshot.ts'
import { tagChange } from './tags.ts'

interface RecordContext {
  readonly api: EcsApi
  readonly reader: EcsReader
}

export async function recordAll(
  { api, reader }: RecordContext,
  history: History,
  { workloads }: Rollout<EcsSpec>,
): Promise<void> {
  const services = await reader.services(workloads.map(({ handle }) => handle.service))
  await Promise.all(
    workloads.map(({ handle }) => recordOne(api, history, { handle, service: services.get(handle.service) })),
  )
}

async function recordOne(
  api: EcsApi,
  history: History,
  { handle, service }: { handle: EcsSpec; service: Service | undefined },
): Promise<void> {
  const resourceArn = service?.serviceArn
  if (!service || resourceArn === undefined) return
  const { add, remove } = tagChange(tagsOf(service), history, definitionsOf(handle))
  // Tags can be written twice without harm.
  const again = () => Promise.resolve(undefined)
  if (remove.length > 0) await api.write('UntagResource', { resourceArn, tagKeys: remove }, again)
  if (add.length > 0) await api.write('TagResource', { resourceArn, tags: add }, again)
}

/** Which revision holds the version that runs now: the rollback goes to exactly that one. */
function definitionsOf({ definition, container, ran, taskDefinition }: EcsSpec): ReadonlyMap<string, string> {
  const image = definition && imageOf(definition, container)
  const digest = (image === undefined ? undefined : digestIn(image)) ?? ran
  return new Map(digest === undefined || taskDefinition === undefined ? [] : [[digest, revision(taskDefinition)]])
}
