/** Manifests in a release: read once, tried at preflight, applied with the image put in, taken back where they were new. */
import type { PinnedImage } from '../../../domain/image.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import { asDeployError, DeployError } from '../../../errors/deploy-error.ts'
import { parse, read, refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import type { WorkloadId } from '../api/names.ts'
import type { PreviewManifests } from '../api/deps.ts'
import type { Workload } from '../api/schema.ts'
import { WorkloadSchema } from '../api/schema.ts'
import { compareAndSwap, Outdated } from '../../shared/swap.ts'
import type { KubeSpec } from '../spec.ts'
import type { Applied, Mapper, Subject } from './apply.ts'
import { applyObject, createMapper } from './apply.ts'
import type { Annotations } from './change.ts'
import { changedSince } from './change.ts'
import { adoptKubectlApply } from './field-owners.ts'
import type { JobPlace } from './jobs.ts'
import { immutableAdvice, isJob, replaceJob } from './jobs.ts'
import type { Manifest } from './manifests.ts'
import { readManifests } from './manifests.ts'
import { AppliedObjects } from './objects.ts'
import type { Choice, Chosen } from './release-manifests.ts'
import { labelOf, ReleaseManifests } from './release-manifests.ts'
import type { Trial } from './trial.ts'
import { tryManifests } from './trial.ts'

export interface Applier {
  /** Workloads that the manifests describe and that take the image. */
  readonly workloads: readonly Chosen[]
  /** Those that run something else. */
  readonly otherWorkloads: readonly WorkloadId[]
  readonly manifests: readonly Manifest[]
  readonly faults: readonly Reason[]
  readonly warnings: readonly string[]
  /** Where its objects are, or will be. */
  paths(): Promise<readonly string[]>
  rights(): Promise<{ group: string; resource: string }[]>
  /** Server-side dry run of everything: what the cluster would refuse, and what would change. */
  tryAll(image: PinnedImage | undefined): Promise<Trial>
  /** Everything that is not a workload of the release, in order. What was new is taken back when one fails. */
  applyOthers(image: PinnedImage): Promise<void>
  applyWorkload(spec: KubeSpec, image: PinnedImage, annotations: Annotations): Promise<Workload>
  /** Jobs that were applied: the release waits for them. */
  jobs(): readonly JobPlace[]
  /** Names of what this run created and did not remove again. */
  left(): readonly string[]
  /** ConfigMaps and Secrets that this run changed. */
  changedConfig(): readonly string[]
  has(id: WorkloadId): boolean
  /** Removes what this run created, data claims excepted, and takes back what it changed. */
  undo(): Promise<void>
  /** Once the workloads went back. */
  giveBackWorkloads(): Promise<void>
}

export interface ApplierOptions extends Choice {
  readonly cluster: Cluster
  /** Files and folders. */
  readonly files: readonly string[]
  readonly takeOver: readonly string[]
  readonly onWarning?: ((text: string) => void) | undefined
  readonly preview?: PreviewManifests | undefined
}

/** What everything that applies manifests works with. */
export interface ApplyContext {
  readonly cluster: Cluster
  readonly mapper: Mapper
  readonly files: ReleaseManifests
  readonly objects: AppliedObjects
  /** Managers whose fields are taken over beside kubectl's. */
  readonly takeOver: readonly string[]
  readonly warn: (text: string) => void
  readonly preview: PreviewManifests | undefined
}

export async function createApplier(options: ApplierOptions): Promise<Applier> {
  const { cluster, takeOver, onWarning, preview } = options
  const warn = (text: string) => onWarning?.(text)
  const { manifests, faults, warnings } = await (preview?.read() ?? readManifests(options.files, cluster.namespace))
  const files = new ReleaseManifests(manifests, options)
  const objects = new AppliedObjects(warn)
  const mapper = createMapper(cluster)
  const context: ApplyContext = { cluster, mapper, files, objects, takeOver, warn, preview }
  let jobs: readonly JobPlace[] = []
  return {
    workloads: files.workloads,
    otherWorkloads: files.others.flatMap(({ workload }) => workload?.id ?? []),
    manifests,
    faults: [...faults, ...files.faults],
    warnings,
    paths: () => Promise.all(manifests.map((manifest) => mapper.pathOf(manifest))),
    async rights() {
      const found = await Promise.all(manifests.map((manifest) => mapper.resourceOf(manifest).catch(() => undefined)))
      return found.filter((right) => right !== undefined)
    },
    tryAll: (image) => tryManifests(context, image),
    async applyOthers(image) {
      jobs = []
      for (const manifest of files.others) {
        const job = await applyOther(context, manifest, image)
        if (job) jobs = [...jobs, job]
      }
      warnOfConfig(context)
    },
    applyWorkload: (spec, image, annotations) => applyWorkload(context, spec, image, annotations),
    jobs: () => jobs,
    left: () => objects.created(),
    changedConfig: () => objects.changedConfig(),
    has: ({ label }) => files.workloads.some(({ id }) => id.label === label),
    undo: () => objects.undo(cluster),
    giveBackWorkloads: () => objects.giveBackWorkloads(cluster),
  }
}

/** @returns where the Job is, if it is one */
async function applyOther(
  context: ApplyContext,
  manifest: Manifest,
  image: PinnedImage,
): Promise<JobPlace | undefined> {
  const { cluster, mapper, files, objects, takeOver } = context
  const label = labelOf(manifest)
  try {
    const path = await mapper.pathOf(manifest)
    const subject = { path, label, object: files.withImage(manifest, image) }
    if (!isJob(manifest)) {
      objects.applied(path, manifest, await applyGuarded(context, manifest, subject), true)
      return undefined
    }
    const apply = () => applyObject(cluster, subject, { containers: [], takeOver })
    objects.applied(path, manifest, await replaceJob(cluster, subject, apply), false)
    return { path, label }
  } catch (error) {
    await objects.undo(cluster)
    throw immutableAdvice(asDeployError(error), label)
  }
}

/** Changes the object only as it was read: what is taken back later is this run's change and nobody else's. */
async function applyGuarded(
  { cluster, objects, takeOver }: ApplyContext,
  manifest: Manifest,
  subject: Subject & { readonly object: Readonly<Record<string, unknown>> },
): Promise<Applied> {
  const { path, label, object } = subject
  const isAdopted = objects.takeKubectlApplied(path) && (await adoptKubectlApply(cluster, path)) !== undefined
  return compareAndSwap(async (attempt) => {
    if (attempt > 1 || isAdopted) objects.sawBefore(path, manifest, await readAny(cluster, path))
    const guard = objects.guardOf(path)
    const guarded = { path, label, object: { ...object, metadata: { ...manifest.metadata, ...guard } } }
    try {
      return await applyObject(cluster, guarded, { containers: [], takeOver })
    } catch (error) {
      if (asDeployError(error).code !== 'another-rollout' || guard.uid === undefined) throw error
      return new Outdated(error)
    }
  })
}

/** The whole object; undefined where it does not exist. @throws DeployError */
async function readAny({ api }: Cluster, path: string): Promise<unknown> {
  const answer = await api.request('GET', path)
  if (answer.status === 404) return undefined
  if (answer.status !== 200) throw refusal(answer, `${path} could not be read`)
  return answer.body
}

function warnOfConfig({ files, warn }: ApplyContext): void {
  const config = files.others.filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret')
  if (config.length === 0) return
  warn(
    `${config.map(labelOf).join(', ')} are applied with this release: a later rollback does not bring the earlier ones back`,
  )
}

async function applyWorkload(
  { cluster, files, objects, takeOver }: ApplyContext,
  spec: KubeSpec,
  image: PinnedImage,
  annotations: Annotations,
): Promise<Workload> {
  const manifest = files.manifestOf(spec.id)
  if (!manifest) throw new DeployError('internal-error', `${spec.id.label} is in no manifest`)
  const path = cluster.paths.workload(spec.id)
  const object = files.withImage(manifest, image)
  const stamp = Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== null))
  const isAdopted = objects.takeKubectlApplied(path) && (await adoptKubectlApply(cluster, path)) !== undefined
  return compareAndSwap(async (attempt) => {
    const isRead = attempt === 1 && !isAdopted
    const resourceVersion = isRead ? spec.resourceVersion : await renewedVersion(cluster, spec)
    const guard = spec.uid === '' ? {} : { uid: spec.uid, resourceVersion }
    const metadata = { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, ...stamp }, ...guard }
    try {
      const subject = { path, label: spec.id.label, object: { ...object, metadata } }
      const applied = await applyObject(cluster, subject, { containers: files.containersOf(manifest), takeOver })
      objects.applied(path, manifest, applied, false)
      return parse(WorkloadSchema, applied.object, path)
    } catch (error) {
      if (asDeployError(error).code !== 'another-rollout' || spec.uid === '') throw error
      return new Outdated(error)
    }
  })
}

/** The version to change, where only the cluster itself has touched the workload since it was read. @throws DeployError */
async function renewedVersion(cluster: Cluster, spec: KubeSpec): Promise<string> {
  const live = await read(cluster, cluster.paths.workload(spec.id), WorkloadSchema)
  const change = changedSince(live, spec)
  if (change) throw change
  return live?.metadata.resourceVersion ?? ''
}
