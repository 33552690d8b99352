/** The Deployment without traffic: it is scaled up with the new version, and scaled down again when that is not proven. */
import { parseReference } from '../../../domain/image.ts'
import type { Stamped } from '../apply/change.ts'
import { patchWorkload } from '../apply/change.ts'
import { FIELD_MANAGER, parse, read, refusal } from '../api/client.ts'
import { idleLabels, matchFor, newLabels, recoloured } from './colours.ts'
import { imageOf, sameImage, withImages } from '../api/containers.ts'
import type { Cluster } from '../api/cluster.ts'
import type { WorkloadId } from '../api/names.ts'
import { referencesWarning } from '../apply/references.ts'
import { revertedTemplate } from '../apply/revert.ts'
import type { Scene } from './scene.ts'
import type { Template, Workload } from '../api/schema.ts'
import { WorkloadSchema } from '../api/schema.ts'
import { earlierAnnotations, stampOf } from '../spec.ts'

/** Brings the idle colour up with as many replicas as the live one has; created where there is none yet. */
export function bringUp(cluster: Cluster, scene: Scene, green: Stamped, onWarning: Warn): Promise<Workload> {
  const { workload } = scene.idle
  if (!workload) return create(cluster, scene, green)
  const { id } = scene.idle
  const own = workload.spec.template
  const warning = holds(own, scene, green) ? referencesWarning(id.label, own) : undefined
  if (warning !== undefined) onWarning?.(warning)
  return reuse(cluster, scene, workload, green)
}

type Warn = ((text: string) => void) | undefined

/** The colour that served this version before still holds its exact template: it only has to come up. */
function holds(template: Template, { live }: Scene, { image }: Stamped): boolean {
  return live.slots.every((slot) => sameImage(image, imageOf(template, slot)))
}

async function reuse(cluster: Cluster, scene: Scene, idle: Workload, green: Stamped): Promise<Workload> {
  const { service, live } = scene
  const { image, annotations } = green
  const own = idle.spec.template
  const template = live.workload.spec.template
  const from = template.metadata?.labels ?? {}
  const wanted = holds(own, scene, green)
    ? inRepository(own, live.slots, image)
    : recoloured(withImage(template, live.slots, image), from, idleLabels(from, service.spec.selector ?? {}, idle))
  return patchWorkload(cluster, scene.idle.id, idle, {
    template: wanted,
    replicas: live.workload.spec.replicas ?? 1,
    annotations,
  })
}

async function create(
  { api, paths }: Cluster,
  { live: { workload: live, slots }, idle: { id } }: Scene,
  { image, annotations }: Stamped,
): Promise<Workload> {
  const from = live.spec.template.metadata?.labels ?? {}
  const labels = newLabels(from, id.name)
  const stamp = Object.entries(annotations).filter(([, value]) => value !== null)
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: id.name,
      labels: { ...live.metadata.labels, 'app.kubernetes.io/managed-by': FIELD_MANAGER },
      annotations: Object.fromEntries(stamp),
    },
    spec: {
      ...live.spec,
      selector: matchFor(live.spec.selector, labels),
      template: recoloured(withImage(live.spec.template, slots, image), from, labels),
    },
  }
  const path = paths.workloads('Deployment')
  const answer = await api.request('POST', path, { body, query: { fieldManager: FIELD_MANAGER } })
  if (answer.status !== 201) throw refusal(answer, `${id.label} could not be created`)
  return parse(WorkloadSchema, answer.body, path)
}

/** The exact template; only an image of the same digest in another repository is named anew. */
function inRepository(own: Template, slots: Scene['live']['slots'], image: string): Template {
  const wanted = repositoryOf(image)
  const others = slots.filter((slot) => repositoryOf(imageOf(own, slot) ?? image) !== wanted)
  return others.length === 0 ? own : withImage(own, others, image)
}

function repositoryOf(image: string): string | undefined {
  return parseReference(image)?.repository.name
}

function withImage(template: Template, slots: Scene['live']['slots'], image: string): Template {
  return withImages(template, new Map(slots.map(({ name }) => [name, image])))
}

/** Back to what it was before: scaled to zero with its own template, or removed where this run created it. */
export async function putDown(
  cluster: Cluster,
  green: WorkloadId,
  change: { readonly before: Workload; readonly written: Workload } | undefined,
): Promise<void> {
  const { api, paths } = cluster
  const live = await read(cluster, paths.workload(green), WorkloadSchema)
  if (!live) return
  if (change) {
    const { before, written } = change
    const annotations = earlierAnnotations(stampOf(before))
    const template = revertedTemplate(before.spec.template, written.spec.template, live.spec.template)
    await patchWorkload(cluster, green, live, { template, replicas: 0, annotations })
    return
  }
  const body = { propagationPolicy: 'Background', preconditions: { uid: live.metadata.uid } }
  const answer = await api.request('DELETE', paths.workload(green), { body })
  if (answer.status >= 400 && answer.status !== 404) throw refusal(answer, `${green.label} could not be removed`)
}
