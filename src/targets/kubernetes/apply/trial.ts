/** A server-side dry run of all manifests: what the cluster would refuse, and what would change. */
import * as v from 'valibot'
import type { PinnedImage } from '../../../domain/image.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import { asDeployError } from '../../../errors/deploy-error.ts'
import { parse } from '../api/client.ts'
import type { WorkloadId } from '../api/names.ts'
import type { Workload } from '../api/schema.ts'
import { WorkloadSchema } from '../api/schema.ts'
import { applyObject } from './apply.ts'
import type { ApplyContext } from './applier.ts'
import { diffLines, removedLines } from './diff.ts'
import { lastApplied } from './field-owners.ts'
import type { JobPlace } from './jobs.ts'
import { immutableAdvice, isJob, tryExistingJob } from './jobs.ts'
import type { Manifest } from './manifests.ts'
import { labelOf } from './release-manifests.ts'

/** What the cluster said of the manifests without carrying them out. */
export interface Trial {
  readonly faults: readonly Reason[]
  readonly plan: readonly string[]
  /** The workloads of the release as they would be. */
  readonly workloads: readonly { readonly id: WorkloadId; readonly spec: Workload['spec'] }[]
}

/** An object that a dry run would create has no version yet. */
const TriedSchema = v.pick(WorkloadSchema, ['spec'])

export async function tryManifests(context: ApplyContext, image: PinnedImage | undefined): Promise<Trial> {
  const tried = await Promise.all(context.files.all.map((manifest) => tryOne(context, manifest, image)))
  return {
    faults: tried.flatMap(({ faults }) => faults),
    plan: tried.flatMap(({ plan }) => plan),
    workloads: tried.flatMap(({ workloads }) => workloads),
  }
}

async function tryOne(context: ApplyContext, manifest: Manifest, image: PinnedImage | undefined): Promise<Trial> {
  const { cluster, mapper, files, objects, takeOver, preview } = context
  const label = labelOf(manifest)
  try {
    const path = await mapper.pathOf(manifest)
    if (preview && !(await preview.isPlaceThere())) return toBeCreated(label)
    const live = await cluster.api.request('GET', path)
    if (live.status === 200) preview?.refuseForeign(manifest, live.body)
    objects.sawBefore(path, manifest, live.status === 200 ? live.body : undefined)
    if (isJob(manifest) && live.status === 200) return await tryJob(context, { path, label }, manifest, image)
    const subject = { path, label, object: files.withImage(manifest, image) }
    const options = { dryRun: true, containers: files.containersOf(manifest), takeOver }
    const { object } = await applyObject(cluster, subject, options)
    const id = files.workloadOf(manifest)?.id
    const workloads = id ? [{ id, ...parse(TriedSchema, object, path) }] : []
    if (live.status === 404) return { ...toBeCreated(label), workloads }
    const isSecret = manifest.kind === 'Secret'
    const lines = [
      ...diffLines(live.body, object, isSecret),
      ...removedLines(lastApplied(live.body), subject.object, isSecret),
    ]
    return { faults: [], plan: lines.map((line) => `${label}: ${line}`), workloads }
  } catch (error) {
    return { faults: [immutableAdvice(asDeployError(error), label)], plan: [], workloads: [] }
  }
}

function toBeCreated(label: string): Trial {
  return { faults: [], plan: [`${label} would be created`], workloads: [] }
}

/** A Job that exists already. */
async function tryJob(
  { cluster, files, takeOver }: ApplyContext,
  place: JobPlace,
  manifest: Manifest,
  image: PinnedImage | undefined,
): Promise<Trial> {
  const subject = { ...place, object: files.withImage(manifest, image) }
  const plan = await tryExistingJob(cluster, place, () =>
    applyObject(cluster, subject, { dryRun: true, containers: [], takeOver }),
  )
  return { faults: [], plan, workloads: [] }
}
