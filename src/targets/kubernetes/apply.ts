// Server-side apply of one object: what others own is shown, never taken silently.
import * as v from 'valibot'
import { LABEL } from '../../domain/labels.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { KubeAnswer, KubeApi } from '../../ports.ts'
import { APPLY, FIELD_MANAGER, messageOf, refusal } from './client.ts'
import type { Manifest } from './manifests.ts'
import { StatusSchema } from './schema.ts'

const ResourcesSchema = v.object({
  resources: v.array(v.object({ name: v.string(), kind: v.string(), namespaced: v.boolean() })),
})

/** Where an object of that kind lives: asked of the cluster once for each apiVersion. */
export interface Mapper {
  /** @throws DeployError manifest-invalid for a kind that the cluster does not know, or one without a namespace */
  pathOf(manifest: Manifest): Promise<string>
  resourceOf(manifest: Manifest): Promise<{ group: string; resource: string }>
}

export function makeMapper(api: KubeApi, namespace: string): Mapper {
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
}

/** @throws DeployError managed-elsewhere with every conflicting field, manifest-invalid, target-denied, another-rollout */
export async function applyObject(
  api: KubeApi,
  path: string,
  label: string,
  object: unknown,
  { dryRun, containers }: ApplyOptions,
): Promise<Applied> {
  const send = (force: boolean) => {
    const query = { fieldManager: FIELD_MANAGER, force, ...(dryRun ? { dryRun: 'All' } : {}) }
    return api.request('PATCH', path, { body: object, type: APPLY, query, patience: 15_000 })
  }
  const first = await send(false)
  const conflicts = first.status === 409 ? conflictsOf(first) : []
  if (conflicts.length === 0) return result(first, label, [])
  const foreign = conflicts.filter((conflict) => !isOurs(conflict, containers))
  if (foreign.length > 0) {
    throw new DeployError('managed-elsewhere', `${label}: other managers own what the manifest sets`, {
      evidence: foreign.map(({ field, message }) => `${field}: ${message}`),
      fix: 'Leave these fields out of the manifest (an autoscaler owns replicas, for one), or give them up where they are managed.',
    })
  }
  const taken = conflicts.filter(({ manager }) => manager !== FIELD_MANAGER)
  return result(
    await send(true),
    label,
    taken.map(({ field, manager }) => `${field} (was set by ${manager})`),
  )
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

interface Conflict {
  readonly field: string
  readonly message: string
  readonly manager: string
}

function conflictsOf(answer: KubeAnswer): Conflict[] {
  const parsed = v.safeParse(StatusSchema, answer.body)
  const causes = parsed.success ? (parsed.output.details?.causes ?? []) : []
  return causes.flatMap(({ reason, field, message }) => {
    if (reason !== 'FieldManagerConflict') return []
    const manager = /conflict with "([^"]+)"/.exec(message ?? '')?.[1] ?? 'somebody'
    return [{ field: field ?? '', message: message ?? '', manager }]
  })
}

/** Our own earlier patches, our annotations, and the image that the user asked us to set. */
function isOurs({ field, manager }: Conflict, containers: readonly string[]): boolean {
  if (manager === FIELD_MANAGER) return true
  if (Object.values(LABEL).some((key) => field === `.metadata.annotations.${key}`)) return true
  return containers.some((name) => new RegExp(`ontainers\\[name="${name}"\\]\\.image$`).test(field))
}
