// Server-side apply of one object: what people set with kubectl is taken over, what other managers own only when they are named.
import * as v from 'valibot'
import { LABEL } from '../../../domain/labels.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import type { KubeAnswer } from '../../../ports.ts'
import type { Cluster } from '../api/cluster.ts'
import { APPLY, FIELD_MANAGER, messageOf, refusal } from '../api/client.ts'
import type { Conflict } from './field-owners.ts'
import { conflictsOf, isKubectl } from './field-owners.ts'
import type { Manifest } from './manifests.ts'

const ResourcesSchema = v.object({
  resources: v.array(v.object({ name: v.string(), kind: v.string(), namespaced: v.boolean() })),
})

/** Where an object of that kind lives: asked of the cluster once for each apiVersion. */
export interface Mapper {
  /** @throws DeployError manifest-invalid for a kind that the cluster does not know, or one without a namespace */
  pathOf(manifest: Manifest): Promise<string>
  resourceOf(manifest: Manifest): Promise<{ group: string; resource: string }>
}

export function createMapper({ api, namespace }: Cluster): Mapper {
  const known = new Map<string, Promise<KubeAnswer>>()
  async function find({ apiVersion, kind, name, source }: Manifest) {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const asked = known.get(base) ?? api.request('GET', base)
    known.set(base, asked)
    const parsed = v.safeParse(ResourcesSchema, (await asked).body)
    const resources = parsed.success ? parsed.output.resources : []
    const found = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'))
    const label = `${source}: ${kind.toLowerCase()}/${name}`
    if (!found) throw new DeployError('manifest-invalid', `${label}: the cluster does not know ${apiVersion} ${kind}`)
    if (!found.namespaced) {
      const fix = 'Create it once, outside of the release: a release keeps to its namespace.'
      throw new DeployError('manifest-invalid', `${label} belongs to the whole cluster`, { fix })
    }
    return { base, resource: found.name }
  }
  return {
    async pathOf(manifest) {
      const { base, resource } = await find(manifest)
      return `${base}/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(manifest.name)}`
    },
    async resourceOf(manifest) {
      const [group = ''] = manifest.apiVersion.includes('/') ? manifest.apiVersion.split('/') : ['']
      return { group, resource: (await find(manifest)).resource }
    },
  }
}

export interface Applied {
  readonly created: boolean
  readonly object: unknown
  /** Fields that were taken over from other managers, as the API names them. */
  readonly taken: readonly string[]
}

export interface ApplyOptions {
  readonly dryRun?: boolean
  /** Containers whose image is what the release is about: that field may be taken over, and it is said. */
  readonly containers: readonly string[]
  /** Managers whose fields are taken over beside kubectl's. */
  readonly takeOver: readonly string[]
}

/** One object to apply. */
export interface Subject {
  readonly path: string
  /** `deployment/web` */
  readonly label: string
  readonly object: unknown
}

/** @throws DeployError managed-elsewhere with every conflicting field, manifest-invalid, target-denied, another-rollout */
export async function applyObject({ api }: Cluster, subject: Subject, options: ApplyOptions): Promise<Applied> {
  const { path, label, object } = subject
  const send = (force: boolean) => {
    // As kubectl asks: a field that the kind does not have is refused, also where the kind is a custom one.
    const query = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', force }
    const dryRun = options.dryRun ? { dryRun: 'All' } : {}
    return api.request('PATCH', path, { body: object, type: APPLY, query: { ...query, ...dryRun }, patience: 15_000 })
  }
  const first = await send(false)
  const conflicts = conflictsOf(first)
  if (conflicts.length === 0) return result(first, label, [])
  const foreign = conflicts.filter((conflict) => !isTaken(conflict, options))
  if (foreign.length > 0) throw managedElsewhere(label, foreign)
  const taken = conflicts.filter(({ manager }) => manager !== FIELD_MANAGER)
  return result(
    await send(true),
    label,
    taken.map(({ field, manager }) => `${field} (was set by ${manager})`),
  )
}

function managedElsewhere(label: string, foreign: readonly Conflict[]): DeployError {
  const managers = [...new Set(foreign.map(({ manager }) => manager))].join(', ')
  return new DeployError('managed-elsewhere', `${label}: other managers own what the manifest sets`, {
    evidence: foreign.map(({ field, message }) => `${field}: ${message}`),
    fix: `Leave these fields out of the manifest (an autoscaler owns replicas, for one), or take them over with take-over: ${managers}.`,
  })
}

function result(answer: KubeAnswer, label: string, taken: readonly string[]): Applied {
  if (answer.status === 200 || answer.status === 201) {
    return { created: answer.status === 201, object: answer.body, taken }
  }
  if (answer.status === 404) {
    throw new DeployError('manifest-invalid', `${label}: ${messageOf(answer)}`, {
      fix: 'The namespace must exist: create it once (kubectl create namespace NAME), or correct the namespace input.',
    })
  }
  throw refusal(answer, `${label} could not be applied`)
}

/** Our own earlier patches and annotations, what people set with kubectl, and the image that the user asked us to set. */
function isTaken({ field, manager }: Conflict, { containers, takeOver }: ApplyOptions): boolean {
  if (manager === FIELD_MANAGER || isKubectl(manager) || takeOver.includes(manager)) return true
  if (Object.values(LABEL).some((key) => field === `.metadata.annotations.${key}`)) return true
  return containers.some((name) => field.endsWith(`ontainers[name="${name}"].image`))
}
