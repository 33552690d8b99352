/** New revisions of task definitions: each that is needed is registered once, and only once where an answer is lost. */
import type { PinnedImage } from '../../domain/image.ts'
import { pinned } from '../../domain/image.ts'
import { LABEL } from '../../domain/labels.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Json } from './api.ts'
import { Refused } from './api.ts'
import type { Definition, Described, Tag } from './definition.ts'
import { described, imageOf, withImage } from './definition.ts'
import type { EcsSpec } from './snapshot.ts'
import { stamped, tagOf } from './tags.ts'
import type { WriteContext } from './write.ts'

/** Registers each needed revision once: services that share a task definition share the new one. */
export function registering(
  context: WriteContext,
  image: PinnedImage,
  stamp: Stamp,
): (spec: EcsSpec) => Promise<Described> {
  const known = new Map<string, Promise<Described>>()
  return async (spec) => {
    const { definition: file } = await context.files()
    const source = file?.document ?? spec.definition
    if (!source) throw new DeployError('manifest-invalid', `no task definition is known for ${spec.service}`)
    const key = file ? file.file : `${spec.taskDefinition ?? ''} ${spec.container}`
    const running =
      known.get(key) ??
      register(context, {
        definition: withImage(source, spec.container, pinned(image)),
        container: spec.container,
        tags: stamped(file ? fileTags(file.document) : spec.definitionTags, stamp),
      })
    known.set(key, running)
    return running
  }
}

function fileTags(document: Definition): Tag[] {
  const { tags } = document
  return Array.isArray(tags) ? (tags as Tag[]) : []
}

interface Registration {
  readonly definition: Definition
  readonly container: string
  readonly tags: readonly Tag[]
}

async function register({ api }: WriteContext, { definition, container, tags }: Registration): Promise<Described> {
  const run = tagOf(tags, LABEL.run)
  const input: Json = { ...definition, tags }
  /** The newest revision of the family, if this very run made it. */
  const done = async (): Promise<Json | undefined> => {
    const answer = await api
      .readJson('DescribeTaskDefinition', { taskDefinition: definition.family, include: ['TAGS'] })
      .catch(() => undefined)
    const newest = answer && described(answer)
    const isOurs =
      newest &&
      tagOf(newest.tags, LABEL.run) === run &&
      imageOf(newest.definition, container) === imageOf(definition, container)
    return isOurs ? answer : undefined
  }
  try {
    return described(await api.writeJson('RegisterTaskDefinition', input, done))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    throw new DeployError(
      'manifest-invalid',
      `Amazon ECS refuses the task definition ${definition.family}: ${error.message}`,
    )
  }
}
