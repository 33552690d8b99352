// What the cluster itself remembers: our history on the workload, and old templates in ReplicaSets and ControllerRevisions.
import type { Cluster } from './api/cluster.ts'
import * as v from 'valibot'
import type { Digest } from '../../domain/digest.ts'
import type { History } from '../../domain/history.ts'
import { parseHistory } from '../../domain/history.ts'
import { LABEL } from '../../domain/labels.ts'
import type { Found } from './current.ts'
import { listObjects } from './api/list.ts'
import type { Slot } from './api/containers.ts'
import { imageOf, sameImage } from './api/containers.ts'
import { isOwner } from './why/progress.ts'
import type { Template, Workload } from './api/schema.ts'
import { ControllerRevisionSchema, ReplicaSetSchema, TemplateSchema } from './api/schema.ts'
import { selectorText } from './spec.ts'

/** The history on a workload; empty where there is none or somebody spoilt it. */
export function historyOf(workload: Workload | undefined): History {
  return parseHistory(workload?.metadata.annotations?.[LABEL.history] ?? undefined)
}

/**
 * The exact template that ran that digest, from the newest ReplicaSet or ControllerRevision that holds it: put back, the
 * same ReplicaSet comes back, with its images on the nodes.
 */
export async function templateOf(
  cluster: Cluster,
  found: Found & { readonly workload: Workload },
  wanted: Digest,
): Promise<Template | undefined> {
  const templates = await templatesOf(cluster, found)
  return templates.find((template) => holds(template, found.slots, wanted))
}

function holds(template: Template, slots: readonly Slot[], wanted: Digest): boolean {
  return slots.length > 0 && slots.every((slot) => sameImage(`any@${wanted}`, imageOf(template, slot)))
}

/** Newest first. */
async function templatesOf(
  cluster: Cluster,
  { id, workload }: Found & { readonly workload: Workload },
): Promise<Template[]> {
  const query = { labelSelector: selectorText(workload.spec.selector) }
  const { uid } = workload.metadata
  if (id.kind === 'Deployment') {
    const { items: sets } = await listObjects(cluster, cluster.paths.replicaSets, ReplicaSetSchema, query)
    return sets
      .filter((set) => isOwner(set, uid))
      .sort((one, other) => revisionOf(other.metadata.annotations) - revisionOf(one.metadata.annotations))
      .map(({ spec }) => withoutHash(spec.template))
  }
  const path = cluster.paths.controllerRevisions
  const { items: revisions } = await listObjects(cluster, path, ControllerRevisionSchema, query)
  return revisions
    .filter((revision) => isOwner(revision, uid))
    .sort((one, other) => other.revision - one.revision)
    .flatMap(({ data }) => templateIn(data))
}

function revisionOf(annotations: Readonly<Record<string, string>> | null | undefined): number {
  return Number(annotations?.['deployment.kubernetes.io/revision'] ?? 0)
}

/** The label that the controller adds to a ReplicaSet's copy of the template. */
export function withoutHash(template: Template): Template {
  const labels = Object.entries(template.metadata?.labels ?? {}).filter(([key]) => key !== 'pod-template-hash')
  return { ...template, metadata: { ...template.metadata, labels: Object.fromEntries(labels) } }
}

const RevisionDataSchema = v.object({ spec: v.object({ template: TemplateSchema }) })

/** A ControllerRevision holds a patch: the template with the instruction to replace. */
function templateIn(data: unknown): Template[] {
  const parsed = v.safeParse(RevisionDataSchema, data)
  if (!parsed.success) return []
  const fields = Object.entries(parsed.output.spec.template).filter(([key]) => key !== '$patch')
  return [Object.fromEntries(fields) as Template]
}
