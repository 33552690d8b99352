/** Which services are parts of previews. */
import type { Service } from '@aws-sdk/client-ecs'
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import { LABEL } from '../../../domain/labels.ts'
import { asDeployError } from '../../../errors/deploy-error.ts'
import type { EcsApi } from '../api.ts'
import type { EcsReader } from '../reader.ts'
import { createReader } from '../reader.ts'
import { tagsOf } from '../running.ts'
import type { HostContext } from './host.ts'
import type { Tag } from '../definition.ts'
import { isNameOf, isOfPreview, partIn } from './marks.ts'

/** A service, and what its tags say: of a copy, they tell of a preview that it is not a part of. */
export interface TaggedService {
  readonly name: string
  readonly part: PreviewPart
  readonly isOwn: boolean
}

/**
 * The index of tags answers in one request for a hundred services. It is a permission of its own (`tag:GetResources`);
 * without it the services whose names may be those of previews are described, ten a request.
 */
export async function taggedServices(context: HostContext): Promise<TaggedService[]> {
  const { api, index, cluster, reporter } = context
  try {
    const tagged = await index.servicesWith(LABEL.preview)
    const inCluster = tagged.filter(({ arn }) => arn.split('/').at(-2) === nameOf(cluster))
    return inCluster.flatMap(({ arn, tags }) => taggedService(nameOf(arn), tags))
  } catch (error) {
    const { code, what } = asDeployError(error)
    if (code !== 'target-denied') throw error
    const text = `previews are found by the names of services, which takes more requests: ${what}`
    reporter.emit({ type: 'notice', text })
  }
  const names = (await namesIn(api, cluster)).filter((name) => /-pr-\d+(?:-|$)/.test(name))
  const services = await createReader(api, cluster, () => undefined).services(names)
  return [...services].flatMap(([name, service]) => taggedService(name, tagsOf(service)))
}

function taggedService(name: string, tags: readonly Tag[]): TaggedService[] {
  const part = partIn(tags)
  return part ? [{ name, part, isOwn: isOfPreview(tags, name, part) }] : []
}

/** Names of all active services of the cluster, a hundred a request. */
async function namesIn(api: EcsApi, cluster: string): Promise<string[]> {
  const names: string[] = []
  let nextToken: string | undefined
  do {
    const page = await api.read('ListServices', { cluster, maxResults: 100, nextToken })
    names.push(...(page.serviceArns ?? []).map(nameOf))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return names
}

/** Services that have the name of a preview, or begin with it, with their tags. */
export async function servicesOf(
  { api, reader, cluster }: { readonly api: EcsApi; readonly reader: EcsReader; readonly cluster: string },
  preview: string,
): Promise<ReadonlyMap<string, Service>> {
  const names = (await namesIn(api, cluster)).filter((name) => isNameOf(name, preview))
  // A service that is just being deleted is listed no more, and still there.
  return reader.services([...new Set([preview, ...names])])
}

export function nameOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn
}
