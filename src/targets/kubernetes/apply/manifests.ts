// Manifests as a person wrote them: files and folders, several documents, lists; read and judged, never templated.
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import type { Repository } from '../../../domain/image.ts'
import { parseReference } from '../../../domain/image.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import { decodeText } from '../../../inputs/yaml-documents.ts'
import type { YamlFault } from '../../../inputs/yaml.ts'
import type { Kind, WorkloadId } from '../api/names.ts'
import { workloadId } from '../api/names.ts'
import type { Template } from '../api/schema.ts'
import { TemplateSchema } from '../api/schema.ts'

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly object: Readonly<Record<string, unknown>>
  readonly metadata: Metadata
  /** `deploy/app.yml:12` */
  readonly source: string
  /** Set where it is one of the kinds that we replace. */
  readonly workload?: { readonly id: WorkloadId; readonly template: Template }
}

export interface Manifests {
  readonly manifests: Manifest[]
  readonly faults: Reason[]
  readonly warnings: string[]
}

const ObjectSchema = v.looseObject({
  apiVersion: v.string(),
  kind: v.string(),
  metadata: v.looseObject({
    name: v.string(),
    namespace: v.nullish(v.string()),
    annotations: v.nullish(v.record(v.string(), v.unknown())),
  }),
})
type Metadata = v.InferOutput<typeof ObjectSchema>['metadata']
const SpecSchema = v.object({ spec: v.object({ template: TemplateSchema }) })
const ListSchema = v.object({ apiVersion: v.nullish(v.string()), kind: v.string(), items: v.array(v.unknown()) })

const REPLACED: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/**
 * Reads everything that `manifests` names; every fault of every file at once.
 * @param namespace the only one that objects may name; undefined: of a preview, whose objects are moved
 */
export async function readManifests(places: readonly string[], namespace: string | undefined): Promise<Manifests> {
  const files = (await Promise.all(places.map(filesIn))).flat()
  const read = await Promise.all(files.map((file) => readFileOf(file, namespace)))
  const manifests = read.flatMap((one) => one.manifests)
  const faults = read.flatMap((one) => one.faults)
  const keys = manifests.map(({ apiVersion, kind, name }) => `${apiVersion} ${kind} ${name}`)
  const twice = manifests.filter((_, index) => keys.indexOf(keys[index] ?? '') < index)
  return {
    manifests: manifests.sort((one, other) => orderOf(one) - orderOf(other)),
    faults: [
      ...faults,
      ...twice.map((one) => invalid(one.source, `${one.kind.toLowerCase()}/${one.name} is there twice`)),
      ...(places.length > 0 && manifests.length === 0 && faults.length === 0
        ? [invalid(places.join(', '), 'there is no document in it')]
        : []),
    ],
    warnings: read.flatMap((one) => one.warnings),
  }
}

async function filesIn(place: string): Promise<string[]> {
  const isFolder = await stat(place).then(
    (facts) => facts.isDirectory(),
    () => false,
  )
  if (!isFolder) return [place]
  const names = (await readdir(place)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort()
  return names.map((name) => path.join(place, name))
}

async function readFileOf(file: string, namespace: string | undefined): Promise<Manifests> {
  const refused = (problem: string) => ({ manifests: [], faults: [invalid(file, problem)], warnings: [] })
  const text = await readFile(file).then(decodeText, () => undefined)
  if (text === undefined) return refused('it cannot be read')
  if (/^kustomization\.ya?ml$/.test(path.basename(file))) {
    return refused('a kustomization has to be rendered first (kubectl kustomize)')
  }
  const { readYaml } = await import('../../../inputs/yaml.ts')
  const { documents, faults, warnings } = readYaml(text, 'kubernetes')
  const read = documents.flatMap(({ line, value }) => {
    return flatten(value).map((object) => manifestOf(object, `${file}:${String(line)}`, namespace))
  })
  const at = ({ line, problem }: YamlFault, more = '') => invalid(`${file}:${String(line)}`, problem + more)
  return {
    manifests: read.flatMap((one) => ('code' in one ? [] : [one])),
    faults: [...read.flatMap((one) => ('code' in one ? [one] : [])), ...faults.map((fault) => at(fault))],
    warnings: warnings.map((warning) => at(warning, ': the last one counts, as for kubectl').what),
  }
}

/** A list as its items, which may leave out the kind that the list names. */
function flatten(value: unknown): unknown[] {
  const list = v.safeParse(ListSchema, value)
  if (!list.success || !list.output.kind.endsWith('List')) return [value]
  const { kind, apiVersion, items } = list.output
  const own = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
  return items.flatMap((item) => flatten(isFields(item) ? { ...own, ...item } : item))
}

function templateWords(text: string): string {
  return `${text} is a template: it has to be rendered first (helm template)`
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function manifestOf(value: unknown, source: string, namespace: string | undefined): Manifest | Reason {
  const parsed = v.safeParse(ObjectSchema, value)
  if (!parsed.success) {
    const where = parsed.issues[0].path?.map((part) => String(part.key)).join('.') ?? 'the document'
    return invalid(source, `${where} is missing or of the wrong kind: apiVersion, kind and metadata.name are needed`)
  }
  const { apiVersion, kind, metadata } = parsed.output
  const template = [apiVersion, kind, metadata.name, metadata.namespace ?? ''].find((text) => text.includes('{{'))
  if (template !== undefined) {
    return invalid(source, templateWords(template))
  }
  if (kind === 'Namespace' && namespace !== undefined) {
    const what = 'a release never creates or changes a namespace: create it once, outside (kubectl create namespace)'
    return invalid(source, what)
  }
  if (namespace !== undefined && metadata.namespace && metadata.namespace !== namespace) {
    const what = `${kind.toLowerCase()}/${metadata.name} is for namespace ${metadata.namespace}, but ${namespace} is released to: set the namespace input`
    return invalid(source, what)
  }
  const own = asWritten(metadata)
  const base = {
    apiVersion,
    kind,
    name: metadata.name,
    metadata: own,
    object: { ...parsed.output, metadata: own },
    source,
  }
  if (apiVersion !== 'apps/v1' || !REPLACED.has(kind)) return base
  const spec = v.safeParse(SpecSchema, value)
  if (!spec.success)
    return invalid(source, `${kind.toLowerCase()}/${metadata.name} has no pod template with containers`)
  const images = spec.output.spec.template.spec.containers.map(({ image }) => image ?? '')
  const unrendered = images.find((image) => image.includes('{{'))
  if (unrendered !== undefined) return invalid(source, templateWords(unrendered))
  return { ...base, workload: { id: workloadId(kind as Kind, metadata.name), template: spec.output.spec.template } }
}

/** The manifest with another object in the place of its own, whose kind is the same. */
export function withObject(manifest: Manifest, object: unknown): Manifest {
  const { apiVersion, kind, source } = manifest
  const whole = v.parse(ObjectSchema, object)
  const { metadata } = whole
  const base = { apiVersion, kind, name: metadata.name, metadata, object: whole, source }
  if (!manifest.workload) return base
  const { spec } = v.parse(SpecSchema, object)
  return { ...base, workload: { id: workloadId(manifest.workload.id.kind, metadata.name), template: spec.template } }
}

const OURS = 'dev.immutable-deploy.'

/** Whether a label or annotation is one that releases write. */
export function isOurKey(key: string): boolean {
  return key.startsWith(OURS)
}

const SERVERS_FIELDS = new Set([
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'creationTimestamp',
  'selfLink',
])
const SERVERS_ANNOTATIONS = new Set([
  'deployment.kubernetes.io/revision',
  'kubectl.kubernetes.io/last-applied-configuration',
])

/** A file that was once exported from the cluster carries what the cluster and releases wrote: it is not written back. */
function asWritten(metadata: Metadata): Metadata {
  const { name, annotations, labels, ...others } = metadata
  const kept = Object.fromEntries(Object.entries(others).filter(([key]) => !SERVERS_FIELDS.has(key)))
  const own = (fields: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(fields).filter(([key]) => !isOurKey(key) && !SERVERS_ANNOTATIONS.has(key)))
  return {
    ...kept,
    name,
    ...(isFields(labels) ? { labels: own(labels) } : {}),
    ...(annotations ? { annotations: own(annotations) } : {}),
  }
}

function invalid(source: string, problem: string): Reason {
  return { code: 'manifest-invalid', what: `${source}: ${problem}` }
}

const FIRST = [
  'CustomResourceDefinition',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'Service',
]

/** What others refer to comes first, workloads last. */
function orderOf({ kind, workload }: Manifest): number {
  if (workload) return 100
  const at = FIRST.indexOf(kind)
  return at < 0 ? 50 : at
}

/** An object with the image put into every container that runs its repository, wherever a pod template is. */
export function withRepositoryImage(object: unknown, repository: Repository, image: string): unknown {
  if (Array.isArray(object)) return object.map((item) => withRepositoryImage(item, repository, image))
  if (object === null || typeof object !== 'object') return object
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      const isList = (key === 'containers' || key === 'initContainers') && Array.isArray(value)
      return [
        key,
        isList ? value.map((item) => putImage(item, repository, image)) : withRepositoryImage(value, repository, image),
      ]
    }),
  )
}

const ImageSchema = v.looseObject({ name: v.string(), image: v.string() })

function putImage(container: unknown, repository: Repository, image: string): unknown {
  const parsed = v.safeParse(ImageSchema, container)
  if (!parsed.success || parseReference(parsed.output.image)?.repository.name !== repository.name) return container
  return { ...parsed.output, image }
}
