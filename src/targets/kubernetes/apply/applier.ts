// Manifests in a release: read once, tried at preflight, applied with the image put in, taken back where they were new.
import * as v from 'valibot'
import { pinned, type PinnedImage, type Repository } from '../../../domain/image.ts'
import { equal } from '../../../domain/equal.ts'
import { asDeployError, DeployError, type Reason } from '../../../errors/deploy-error.ts'
import type { Clock, KubeApi } from '../../../ports.ts'
import { applyObject, makeMapper, type Applied } from './apply.ts'
import { changedSince } from './change.ts'
import { parse, read, refusal } from '../api/client.ts'
import { chooseContainers, withImages, type Slot } from '../api/containers.ts'
import { diffLines, removedLines } from './diff.ts'
import { adoptKubectlApply, isKubectlApplied, lastApplied } from './field-owners.ts'
import { immutableAdvice, isJob, replaceJob, tryExistingJob, type JobPlace } from './jobs.ts'
import { readManifests, withRepositoryImage, type Manifest } from './manifests.ts'
import type { Paths, WorkloadId } from '../api/names.ts'
import { WorkloadSchema, type Workload } from '../api/schema.ts'
import type { KubeSpec } from '../spec.ts'

export interface Applier {
  /** Workloads that the manifests describe and that take the image. */
  readonly workloads: readonly { readonly id: WorkloadId; readonly slots: readonly Slot[] }[]
  readonly manifests: readonly Manifest[]
  readonly faults: readonly Reason[]
  readonly warnings: readonly string[]
  rights(): Promise<{ group: string; resource: string }[]>
  /** Server-side dry run of everything: what the cluster would refuse, and what would change. */
  tryAll(image: PinnedImage | undefined): Promise<Trial>
  /** Everything that is not a workload of the release, in order. What was new is taken back when one fails. */
  applyOthers(image: PinnedImage): Promise<void>
  applyWorkload(spec: KubeSpec, image: PinnedImage, annotations: Annotations): Promise<Workload>
  /** Jobs that were applied: the release waits for them. */
  readonly jobs: readonly JobPlace[]
  /** Names of what this run created and did not remove again. */
  left(): readonly string[]
  /** ConfigMaps and Secrets that this run changed. */
  changedConfig(): readonly string[]
  has(id: WorkloadId): boolean
  /** Removes what this run created, data claims excepted. */
  undo(): Promise<void>
}

/** An object that a dry run would create has no version yet. */
const TriedSchema = v.pick(WorkloadSchema, ['spec'])

/** What the cluster said of the manifests without carrying them out. */
export interface Trial {
  readonly faults: readonly Reason[]
  readonly plan: readonly string[]
  /** The workloads of the release as they would be. */
  readonly workloads: readonly { readonly id: WorkloadId; readonly spec: Workload['spec'] }[]
}

type Annotations = Readonly<Record<string, string | null>>

interface ApplierContext {
  readonly api: KubeApi
  readonly paths: Paths
  readonly clock: Clock
  readonly namespace: string
  readonly places: readonly string[]
  readonly container: string | undefined
  readonly wanted: readonly WorkloadId[]
  readonly takeOver: readonly string[]
  readonly onWarning?: ((text: string) => void) | undefined
}

const ATTEMPTS = 6
const SHOWN_FIELDS = 8

export async function makeApplier(context: ApplierContext, repository: Repository | undefined): Promise<Applier> {
  const { api, paths, clock, namespace, takeOver, onWarning } = context
  const { manifests, faults, warnings } = await readManifests(context.places, namespace)
  const mapper = makeMapper(api, namespace)
  const chosen = choose(manifests, context, repository)
  const workloads = chosen.flatMap((one) => ('code' in one ? [] : [one]))
  const others = manifests.filter(({ workload }) => !workloads.some(({ id }) => id.label === workload?.id.label))
  const created: { path: string; kind: string; label: string; uid: string }[] = []
  /** Versions of the objects as preflight read them, by path. */
  const versions = new Map<string, string>()
  /** Jobs of this release. */
  const jobs: JobPlace[] = []
  /** What existed before and was changed by this run. */
  const changed: string[] = []
  /** Paths of objects that `kubectl apply` made so far. */
  const kubectlApplied = new Set<string>()

  const label = ({ kind, name }: Manifest) => `${kind.toLowerCase()}/${name}`
  const slotsOf = (manifest: Manifest) => {
    return workloads.find(({ id }) => id.label === manifest.workload?.id.label)?.slots ?? []
  }
  const rendered = (manifest: Manifest, image: PinnedImage | undefined): Record<string, unknown> => {
    if (!image) return { ...manifest.object }
    const reference = pinned(image)
    const object = withRepositoryImage(manifest.object, image.repository, reference) as Record<string, unknown>
    const { workload } = manifest
    if (!workload) return object
    const images = new Map(slotsOf(manifest).map(({ name }) => [name, reference]))
    const spec = object['spec'] as { template: typeof workload.template }
    return { ...object, spec: { ...spec, template: withImages(spec.template, images) } }
  }
  const take = (path: string, manifest: Manifest, { created: isNew, object, taken }: Applied) => {
    if (isNew) created.push({ path, kind: manifest.kind, label: label(manifest), uid: uidOf(object) })
    else if (!manifest.workload && versions.get(path) !== versionOf(object)) changed.push(label(manifest))
    if (taken.length > 0) onWarning?.(`${label(manifest)}: taken over: ${shortened(taken)}`)
  }
  const containersOf = (manifest: Manifest) => slotsOf(manifest).map(({ name }) => name)

  async function tryOne(manifest: Manifest, image: PinnedImage | undefined): Promise<Trial> {
    try {
      const path = await mapper.pathOf(manifest)
      const live = await api.request('GET', path)
      versions.set(path, versionOf(live.body))
      if (isJob(manifest) && live.status === 200) return await tryJob({ path, label: label(manifest) }, manifest, image)
      if (isKubectlApplied(live.body)) kubectlApplied.add(path)
      const subject = { path, label: label(manifest), object: rendered(manifest, image) }
      const containers = containersOf(manifest)
      const { object } = await applyObject(api, subject, { dryRun: true, containers, takeOver })
      const id = workloads.find(({ id }) => id.label === manifest.workload?.id.label)?.id
      const tried = id ? [{ id, ...parse(TriedSchema, object, path) }] : []
      if (live.status === 404) return { faults: [], plan: [`${label(manifest)} would be created`], workloads: tried }
      const isSecret = manifest.kind === 'Secret'
      const lines = [
        ...diffLines(live.body, object, isSecret),
        ...removedLines(lastApplied(live.body), subject.object, isSecret),
      ]
      return { faults: [], plan: lines.map((line) => `${label(manifest)}: ${line}`), workloads: tried }
    } catch (error) {
      return { faults: [immutableAdvice(asDeployError(error), label(manifest))], plan: [], workloads: [] }
    }
  }

  /** A Job that is there already. */
  async function tryJob(place: JobPlace, manifest: Manifest, image: PinnedImage | undefined): Promise<Trial> {
    const subject = { ...place, object: rendered(manifest, image) }
    const plan = await tryExistingJob(api, place, () =>
      applyObject(api, subject, { dryRun: true, containers: [], takeOver }),
    )
    return { faults: [], plan, workloads: [] }
  }

  async function undo(): Promise<void> {
    const mine = created.splice(0).reverse()
    const kept = [
      ...mine
        .filter(({ kind }) => kind === 'PersistentVolumeClaim')
        .map((one) => `${one.label} was created and is kept`),
      ...changed.splice(0).map((name) => `${name} was changed and does not go back`),
    ]
    if (kept.length > 0) onWarning?.(`what this release leaves of its manifests: ${kept.join('; ')}`)
    for (const { path, kind, uid } of mine) {
      if (kind === 'PersistentVolumeClaim') continue
      const body = { propagationPolicy: 'Background', preconditions: { uid } }
      const answer = await api.request('DELETE', path, { body })
      if (answer.status >= 400 && answer.status !== 404) throw refusal(answer, `${path} could not be removed again`)
    }
  }

  async function applyOthers(image: PinnedImage): Promise<void> {
    jobs.splice(0)
    for (const manifest of others) {
      try {
        const path = await mapper.pathOf(manifest)
        if (kubectlApplied.delete(path)) await adoptKubectlApply(api, path)
        const subject = { path, label: label(manifest), object: rendered(manifest, image) }
        const apply = () => applyObject(api, subject, { containers: [], takeOver })
        if (isJob(manifest)) jobs.push(subject)
        take(path, manifest, await (isJob(manifest) ? replaceJob(api, subject, clock, apply) : apply()))
      } catch (error) {
        await undo()
        throw immutableAdvice(asDeployError(error), label(manifest))
      }
    }
    const config = others.filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret')
    if (config.length === 0) return
    onWarning?.(`${config.map(label).join(', ')} are applied with this release and do not go back with the image`)
  }

  async function applyWorkload(spec: KubeSpec, image: PinnedImage, annotations: Annotations): Promise<Workload> {
    const manifest = manifests.find(({ workload }) => workload?.id.label === spec.id.label)
    if (!manifest) throw new DeployError('internal-error', `${spec.id.label} is in no manifest`)
    const path = paths.workload(spec.id)
    const object = rendered(manifest, image)
    const stamp = Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== null))
    /** The version to change, where only the cluster itself has touched the workload since it was read. */
    const renewed = async () => {
      const live = await read(api, path, WorkloadSchema)
      const change = changedSince(live, spec)
      if (change) throw change
      return live?.metadata.resourceVersion ?? ''
    }
    let version = spec.resourceVersion
    if (kubectlApplied.delete(path) && (await adoptKubectlApply(api, path))) version = await renewed()
    for (let attempt = 1; ; attempt++) {
      const guard = spec.uid === '' ? {} : { uid: spec.uid, resourceVersion: version }
      const metadata = { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, ...stamp }, ...guard }
      try {
        const subject = { path, label: spec.id.label, object: { ...object, metadata } }
        const applied = await applyObject(api, subject, { containers: containersOf(manifest), takeOver })
        take(path, manifest, applied)
        return parse(WorkloadSchema, applied.object, path)
      } catch (error) {
        if (asDeployError(error).code !== 'another-rollout' || spec.uid === '' || attempt === ATTEMPTS) throw error
        version = await renewed()
      }
    }
  }

  return {
    workloads,
    manifests,
    faults: [...faults, ...chosen.flatMap((one) => ('code' in one ? [one] : []))],
    warnings,
    rights: async () => {
      const found = await Promise.all(manifests.map((manifest) => mapper.resourceOf(manifest).catch(() => undefined)))
      return found.filter((right) => right !== undefined)
    },
    tryAll: async (image) => {
      const tried = await Promise.all(manifests.map((manifest) => tryOne(manifest, image)))
      return {
        faults: tried.flatMap((one) => one.faults),
        plan: tried.flatMap((one) => one.plan),
        workloads: tried.flatMap((one) => one.workloads),
      }
    },
    applyOthers,
    applyWorkload,
    jobs,
    left: () => created.map((one) => one.label),
    changedConfig: () => changed.filter((name) => /^(configmap|secret)\//.test(name)),
    has: (id) => workloads.some((workload) => workload.id.label === id.label),
    undo,
  }
}

function shortened(fields: readonly string[]): string {
  const more = fields.length > SHOWN_FIELDS ? ` and ${String(fields.length - SHOWN_FIELDS)} more` : ''
  return fields.slice(0, SHOWN_FIELDS).join(', ') + more
}

type Choice = { readonly id: WorkloadId; readonly slots: readonly Slot[] } | Reason

/** The named workloads; without a name those that run the repository, else the only one. */
function choose(
  manifests: readonly Manifest[],
  { container, wanted }: ApplierContext,
  repository: Repository | undefined,
): Choice[] {
  const described = manifests.flatMap(({ workload, source }) => (workload ? [{ ...workload, source }] : []))
  const slots = ({ id, template }: (typeof described)[number]): Choice => {
    const found = chooseContainers(template, repository, container, id.label)
    return 'code' in found ? found : { id, slots: found }
  }
  if (wanted.length > 0) {
    return described.filter(({ id }) => wanted.some(({ label }) => label === id.label)).map(slots)
  }
  if (described.length === 1) return described.map(slots)
  const matching = described.filter(({ template }) => {
    return !equal(withRepositoryImage(template, repository ?? NOWHERE, 'x'), template)
  })
  if (matching.length > 0 || described.length === 0) return matching.map(slots)
  const names = described.map(({ id }) => id.label).join(', ')
  const what = `no workload of the manifests runs ${repository?.name ?? 'the image'}: ${names}`
  return [{ code: 'manifest-invalid', what, fix: 'Name those that take the image with workload.' }]
}

const NOWHERE: Repository = { registry: '', path: '', name: '' }

const IdentitySchema = v.object({
  metadata: v.object({ uid: v.optional(v.string()), resourceVersion: v.optional(v.string()) }),
})

function uidOf(object: unknown): string {
  const parsed = v.safeParse(IdentitySchema, object)
  return parsed.success ? (parsed.output.metadata.uid ?? '') : ''
}

function versionOf(object: unknown): string {
  const parsed = v.safeParse(IdentitySchema, object)
  return parsed.success ? (parsed.output.metadata.resourceVersion ?? '') : ''
}
