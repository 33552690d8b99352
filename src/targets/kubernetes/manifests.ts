// Manifests as a person wrote them: files and folders, several documents, lists; read and judged, never templated.
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import { parseReference, type Repository } from '../../domain/image.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { workloadId, type Kind, type WorkloadId } from './names.ts'
import { TemplateSchema, type Template } from './schema.ts'

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly object: Readonly<Record<string, unknown>>
  /** `deploy/app.yml:12` */
  readonly source: string
  /** Set where it is one of the kinds that we replace. */
  readonly workload?: { readonly id: WorkloadId; readonly template: Template }
}

const ObjectSchema = v.looseObject({
  apiVersion: v.string(),
  kind: v.string(),
  metadata: v.looseObject({ name: v.string(), namespace: v.nullish(v.string()) }),
})
const SpecSchema = v.object({ spec: v.object({ template: TemplateSchema }) })
const ListSchema = v.object({ kind: v.string(), items: v.array(v.unknown()) })

const REPLACED: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** Reads everything that `manifests` names; every fault of every file at once. */
export async function readManifests(
  places: readonly string[],
  namespace: string,
): Promise<{ manifests: Manifest[]; faults: Reason[] }> {
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

async function readFileOf(file: string, namespace: string): Promise<{ manifests: Manifest[]; faults: Reason[] }> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return { manifests: [], faults: [invalid(file, 'it cannot be read')] }
  if (/^kustomization\.ya?ml$/.test(path.basename(file))) {
    return { manifests: [], faults: [invalid(file, 'a kustomization has to be rendered first (kubectl kustomize)')] }
  }
  const { LineCounter, parseAllDocuments } = await import('yaml')
  const lineCounter = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter })
  const manifests: Manifest[] = []
  const faults: Reason[] = []
  for (const document of Array.isArray(documents) ? documents : []) {
    const line = lineCounter.linePos(document.contents?.range?.[0] ?? 0).line
    const source = `${file}:${String(line)}`
    const [error] = document.errors
    if (error) {
      const hint = text.includes('{{') ? '; a template has to be rendered first (helm template)' : ''
      const [first = ''] = error.message.split('\n')
      faults.push(invalid(`${file}:${String(error.linePos?.[0].line ?? line)}`, first + hint))
      continue
    }
    const value: unknown = document.toJS()
    if (value === null || value === undefined) continue
    for (const object of flatten(value)) {
      const manifest = manifestOf(object, source, namespace)
      if ('code' in manifest) faults.push(manifest)
      else manifests.push(manifest)
    }
  }
  return { manifests, faults }
}

function flatten(value: unknown): unknown[] {
  const list = v.safeParse(ListSchema, value)
  return list.success && list.output.kind.endsWith('List') ? list.output.items : [value]
}

function manifestOf(value: unknown, source: string, namespace: string): Manifest | Reason {
  const parsed = v.safeParse(ObjectSchema, value)
  if (!parsed.success) {
    const where = parsed.issues[0].path?.map((part) => String(part.key)).join('.') ?? 'the document'
    return invalid(source, `${where} is missing or of the wrong kind: apiVersion, kind and metadata.name are needed`)
  }
  const { apiVersion, kind, metadata } = parsed.output
  if (kind === 'Namespace') {
    const what = 'a release never creates or changes a namespace: create it once, outside (kubectl create namespace)'
    return invalid(source, what)
  }
  if (metadata.namespace && metadata.namespace !== namespace) {
    const what = `${kind.toLowerCase()}/${metadata.name} is for namespace ${metadata.namespace}, but ${namespace} is released to: set the namespace input`
    return invalid(source, what)
  }
  const base = { apiVersion, kind, name: metadata.name, object: parsed.output, source }
  if (apiVersion !== 'apps/v1' || !REPLACED.has(kind)) return base
  const spec = v.safeParse(SpecSchema, value)
  if (!spec.success)
    return invalid(source, `${kind.toLowerCase()}/${metadata.name} has no pod template with containers`)
  return { ...base, workload: { id: workloadId(kind as Kind, metadata.name), template: spec.output.spec.template } }
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
