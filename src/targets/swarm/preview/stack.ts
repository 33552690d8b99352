/** The stack of a preview: the files with everything of its own. */
import type { Repository } from '../../../domain/image.ts'
import { previewLabels } from '../../../domain/preview-labels.ts'
import type { PreviewSettings } from '../../../domain/preview.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import type { Faults } from '../stack/faults.ts'
import type { Environment } from '../stack/interpolate.ts'
import type { Config } from '../stack/load.ts'
import type { Stack, StackService } from '../stack/stack.ts'
import { buildStack, readConfig, servicesUsing } from '../stack/stack.ts'
import { listOf, nodeOf, textOf, textsOf } from '../stack/values.ts'
import { followUrl } from './follow.ts'
import { Notes } from './notes.ts'
import { partName } from './part-name.ts'
import { adaptFiles, adaptNetworks, adaptVolumes, sharedNetworks } from './resources.ts'
import type { AdaptedService } from './service.ts'
import { adaptService, traefikScopeOf } from './service.ts'
import type { Beside, ConfigBeside } from './template.ts'
import { anotherPreview, isTemplated, previewEnvironment } from './template.ts'

export interface PreviewStack extends Stack {
  /** Full names of the services that carry the image. */
  readonly names: readonly string[]
  /** What it has otherwise than the files say. */
  readonly notes: Notes
  /** Where a proxy shows a service, by full name. */
  readonly urls: ReadonlyMap<string, string>
}

export interface PreviewStackRequest {
  readonly app: string
  readonly preview: PreviewSettings
  readonly workloads: readonly string[]
  readonly manifests: readonly string[]
}

/** @throws DeployError manifest-invalid with every fault of the files */
export async function readPreviewStack(
  request: PreviewStackRequest,
  { env, repository }: { readonly env: Environment; readonly repository: Repository | undefined },
): Promise<PreviewStack> {
  const { preview, manifests: files } = request
  const [read, another] = await Promise.all([
    readConfig(files, previewEnvironment(env, preview)),
    readConfig(files, previewEnvironment(env, anotherPreview(preview))),
  ])
  const beside = { own: read.config, other: another.config }
  const notes = new Notes()
  const { config, services, shared } = adapt(beside, preview, { notes, faults: read.faults })
  const built = buildStack(config, preview.name, { files, faults: read.faults, isPreview: true })
  const sharedNames = new Set(shared.values())
  const all = Object.keys(config.services).flatMap((key): StackService[] => {
    const service = built.services.get(`${preview.name}_${key}`)
    return service ? [renamed(withoutAlias(service, key, sharedNames), partName(preview.name, key))] : []
  })
  const stack = { ...built, services: new Map(all.map((service) => [service.name, service])) }
  const released = releasedServices(request, beside, { stack, repository })
  const urls = [...services].flatMap(([key, { url }]): [string, string][] =>
    url === undefined ? [] : [[partName(preview.name, key), url]],
  )
  return { ...stack, names: released, notes, urls: new Map(urls) }
}

interface Adapted {
  readonly config: Config
  readonly services: ReadonlyMap<string, AdaptedService>
  readonly shared: ReadonlyMap<string, string>
}

function adapt(
  beside: ConfigBeside,
  preview: PreviewSettings,
  { notes, faults }: { readonly notes: Notes; readonly faults: Faults },
): Adapted {
  const { own, other } = beside
  const shared = sharedNetworks(beside)
  const labelsFor = (owner: string) => previewLabels({ ...preview, owner, candidates: [] })
  const each = Object.entries(own.services).map(([key, service]): [string, Beside] => {
    return [key, { own: service, other: nodeOf(other.services[key]) }]
  })
  const traefik = traefikScopeOf(
    each.map(([, beside]) => beside),
    preview.name,
  )
  const context = { preview: preview.name, notes, faults, shared, labelsFor, traefik }
  const adapted = each.map(([key, beside]): [string, AdaptedService] => [key, adaptService(key, beside, context)])
  const services = followUrl(new Map(adapted), preview.url, notes)
  const config: Config = {
    services: Object.fromEntries([...services].map(([key, { service }]) => [key, service])),
    networks: adaptNetworks(beside, shared, context),
    volumes: adaptVolumes(beside, context),
    secrets: adaptFiles('secrets', beside, context),
    configs: adaptFiles('configs', beside, context),
  }
  return { config, services, shared }
}

function renamed(service: StackService, name: string): StackService {
  return { ...service, name, spec: { ...service.spec, Name: name } }
}

/** The engine gives a service its short name on every network: on a shared one that is production's. */
function withoutAlias(service: StackService, key: string, shared: ReadonlySet<string>): StackService {
  const { TaskTemplate: template } = service.spec
  const networks = listOf(template.Networks).map((item) => {
    const network = nodeOf(item)
    if (!shared.has(textOf(network.Target) ?? '')) return network
    return { ...network, Aliases: textsOf(network.Aliases).filter((alias) => alias !== key) }
  })
  return { ...service, spec: { ...service.spec, TaskTemplate: { ...template, Networks: networks } } }
}

/** Those that are named, else those whose image is of the repository or is templated. */
function releasedServices(
  { app, preview, workloads }: PreviewStackRequest,
  { own, other }: ConfigBeside,
  { stack, repository }: { readonly stack: Stack; readonly repository: Repository | undefined },
): string[] {
  if (workloads.length > 0) {
    return workloads.map((workload) => {
      const prefix = [`${preview.name}_`, `${app}_`].find((each) => workload.startsWith(each)) ?? ''
      const key = [workload, workload.slice(prefix.length)].find((each) => Object.hasOwn(own.services, each))
      return key === undefined ? workload : partName(preview.name, key)
    })
  }
  const templated = Object.entries(own.services)
    .filter(([key, service]) => isTemplated({ own: service, other: nodeOf(other.services[key]) }, 'image'))
    .map(([key]) => partName(preview.name, key))
  const using = repository === undefined ? [] : servicesUsing(stack, repository)
  const names = [...stack.services.keys()].filter((name) => templated.includes(name) || using.includes(name))
  if (names.length > 0) return names
  const what = `no service of ${stack.file} uses ${repository?.name ?? 'the image'}`
  throw new DeployError('manifest-invalid', what, { fix: 'Name the services that are released with workload.' })
}
