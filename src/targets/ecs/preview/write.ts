/** Deploys a preview: its tags first, then one revision of its own family and one request a service. */
import type { CreateServiceCommandInput, Service } from '@aws-sdk/client-ecs'
import * as v from 'valibot'
import type { PinnedImage } from '../../../domain/image.ts'
import { LABEL, runKey } from '../../../domain/labels.ts'
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import { withCandidate } from '../../../domain/preview-labels.ts'
import type { PreviewSettings } from '../../../domain/preview.ts'
import type { Stamp } from '../../../domain/stamp.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import type { Rollout, Running } from '../../../ports.ts'
import type { Tag } from '../definition.ts'
import { TagSchema } from '../definition.ts'
import { tagsOf } from '../running.ts'
import type { EcsSpec } from '../snapshot.ts'
import { stampTags } from '../tags.ts'
import type { WriteContext } from '../write.ts'
import { removeService, replaceAll } from '../write.ts'
import type { PreviewFiles } from './adapt.ts'
import { fingerprint, isSame } from './fingerprint.ts'
import { servicesOf } from './found.ts'
import { isOfPreview, partIn, PREVIEW_KEYS, previewTags } from './marks.ts'

export interface PreviewWriteContext extends Omit<WriteContext, 'files' | 'settings'> {
  readonly preview: PreviewSettings
  readonly files: () => Promise<PreviewFiles>
}

/** What `UpdateService` takes of a service file: the others are fixed when a service is made. */
const UPDATED = [
  'availabilityZoneRebalancing',
  'capacityProviderStrategy',
  'deploymentConfiguration',
  'desiredCount',
  'enableECSManagedTags',
  'enableExecuteCommand',
  'healthCheckGracePeriodSeconds',
  'loadBalancers',
  'networkConfiguration',
  'placementConstraints',
  'placementStrategy',
  'platformVersion',
  'propagateTags',
  'serviceConnectConfiguration',
  'serviceRegistries',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
]

/** @throws DeployError another-rollout where a service of that name belongs to somebody else, and what replacing throws */
export async function deployPreview(
  context: PreviewWriteContext,
  image: PinnedImage,
  stamp: Stamp,
  before: Running<EcsSpec>,
): Promise<Rollout<EcsSpec>> {
  const { api, preview } = context
  const [files, found] = await Promise.all([context.files(), servicesOf(context, preview.name)])
  const own = new Map([...found].filter(([name, service]) => isOfPreview(tagsOf(service), name, preview)))
  refuseForeign(files, found, own)
  const part = partFor(context, stamp, [...own.values()])
  const made = { key: LABEL.files, value: fingerprint(files) }
  const tagsFor = (owner: string) => merged(previewTags({ ...part, owner }), stampTags(stamp), [made])
  const startedAt = context.clock.now()
  const isRenewed = isSame(files, image, before)
  // Its time begins anew before anything changes: what is half deployed is swept as late as the rest.
  const isUpdated = ([name, { serviceArn }]: [string, Service]) => serviceArn !== undefined && files.services.has(name)
  await Promise.all(
    [...own].filter(isUpdated).map(async ([name, { serviceArn }]) => {
      await api.write('TagResource', { resourceArn: serviceArn, tags: tagsFor(name) }, () => Promise.resolve(undefined))
    }),
  )
  const marked = markedFiles(files, tagsFor)
  const settings = (service: string) => updatedFields(marked.services.get(service)?.document)
  const writing: WriteContext = { ...context, files: () => Promise.resolve(marked), settings }
  const rollout = isRenewed ? asBefore(image, before, startedAt) : await replaceAll(writing, image, stamp, before)
  const gone = [...own.keys()].filter((name) => !files.services.has(name))
  await Promise.all(gone.map((name) => removeService(context, name)))
  return rollout
}

/** Nothing but its time has changed: what runs is proven again. */
function asBefore({ accepted }: PinnedImage, before: Running<EcsSpec>, startedAt: number): Rollout<EcsSpec> {
  return { accepted, startedAt, workloads: before.workloads.map(({ name, spec }) => ({ name, handle: spec })) }
}

function refuseForeign(
  { services }: PreviewFiles,
  found: ReadonlyMap<string, Service>,
  own: ReadonlyMap<string, Service>,
): void {
  const foreign = [...services.keys()].find((name) => found.has(name) && !own.has(name))
  if (foreign === undefined) return
  throw new DeployError('another-rollout', `the service ${foreign} is there and belongs to somebody else`)
}

function partFor({ clock, preview }: PreviewWriteContext, stamp: Stamp, live: readonly Service[]): PreviewPart {
  const { app, name, number, repository, ttl } = preview
  const before = live.flatMap((service) => partIn(tagsOf(service))?.candidates ?? [])
  const candidates = withCandidate(before, stamp.candidate)
  const whose = repository === undefined ? {} : { repository }
  return { app, name, number, ...whose, run: runKey(stamp.run), expires: clock.now() + ttl, candidates }
}

function markedFiles(files: PreviewFiles, tagsFor: (owner: string) => Tag[]): PreviewFiles {
  const { document } = files.definition
  const marked = { ...document, tags: withMarks(document.tags, tagsFor(document.family)) }
  const services = [...files.services].map(([name, { file, document: service }]) => {
    return [name, { file, document: { ...service, tags: withMarks(service.tags, tagsFor(name)) } }] as const
  })
  return { ...files, definition: { file: files.definition.file, document: marked }, services: new Map(services) }
}

function withMarks(tags: unknown, marks: readonly Tag[]): Tag[] {
  const given: readonly unknown[] = Array.isArray(tags) ? tags : []
  const kept = given.flatMap((tag) => {
    const parsed = v.safeParse(TagSchema, tag)
    return parsed.success && !PREVIEW_KEYS.includes(parsed.output.key) ? [parsed.output] : []
  })
  return merged(kept, marks)
}

/** Each key once: the later one counts. */
function merged(...lists: readonly (readonly Tag[])[]): Tag[] {
  return [...new Map(lists.flat().map((tag) => [tag.key, tag])).values()]
}

function updatedFields(document: CreateServiceCommandInput | undefined): object {
  return Object.fromEntries(Object.entries(document ?? {}).filter(([name]) => UPDATED.includes(name)))
}
