// The requests that change one workload: one each, guarded by the version that was read.
import type { Cluster } from '../api/cluster.ts'
import { LABEL } from '../../../domain/labels.ts'
import type { DeployError } from '../../../errors/deploy-error.ts'
import { DeployError as Failure } from '../../../errors/deploy-error.ts'
import type { KubeAnswer } from '../../../ports.ts'
import { compareAndSwap, Outdated } from '../../shared/swap.ts'
import { lastWriter } from '../why/classify.ts'
import { FIELD_MANAGER, JSON_PATCH, MERGE, parse, read, refusal, STRATEGIC } from '../api/client.ts'
import { imageOf, sameImage, withImages } from '../api/containers.ts'
import type { WorkloadId } from '../api/names.ts'
import { equal } from '../../../domain/equal.ts'
import { reverted } from './revert.ts'
import type { Template, Workload } from '../api/schema.ts'
import { WorkloadSchema } from '../api/schema.ts'
import type { KubeSpec } from '../spec.ts'
import { earlierAnnotations, stampOf } from '../spec.ts'

export type Annotations = Readonly<Record<string, string | null>>

const PATIENCE_MS = 15_000
const QUERY = { fieldManager: FIELD_MANAGER }

/** An image (`repo@sha256:…`) and the stamp that is written with it. */
export interface Stamped {
  readonly image: string
  readonly annotations: Annotations
}

/**
 * Image and stamp in one request. A conflict is looked at: what only the cluster itself touched (status, scale) is tried
 * again with the new version, what somebody else changed is not.
 * @throws DeployError another-rollout, workload-gone, target-denied, manifest-invalid, target-unreachable
 */
export async function putImage(cluster: Cluster, spec: KubeSpec, { image, annotations }: Stamped): Promise<Workload> {
  const { api, paths } = cluster
  const path = paths.workload(spec.id)
  const named = (init: boolean) =>
    spec.containers.filter((slot) => slot.init === init).map(({ name }) => ({ name, image }))
  const init = named(true)
  return compareAndSwap(async (attempt) => {
    const live = attempt === 1 ? undefined : await read(cluster, path, WorkloadSchema)
    // The request may have been carried out although its answer was lost.
    if (live && isOurs(live, spec, { image, annotations })) return live
    const change = attempt === 1 ? undefined : changedSince(live, spec)
    if (change) throw change
    const { resourceVersion } = live?.metadata ?? spec
    const body = {
      metadata: { uid: spec.uid, resourceVersion, annotations },
      spec: { template: { spec: { containers: named(false), ...(init.length > 0 ? { initContainers: init } : {}) } } },
    }
    const answer = await api.request('PATCH', path, { body, type: STRATEGIC, query: QUERY, patience: PATIENCE_MS })
    return written(answer, path, `${spec.id.label} could not be replaced`)
  })
}

/** The workload as it is after the request; outdated where the version has moved. @throws DeployError */
function written(answer: KubeAnswer, path: string, failure: string): Workload | Outdated {
  if (answer.status === 200) return parse(WorkloadSchema, answer.body, path)
  const error = refusal(answer, failure)
  if (answer.status !== 409) throw error
  return new Outdated(error)
}

function isOurs(live: Workload, spec: KubeSpec, { image, annotations }: Stamped): boolean {
  return (
    live.metadata.uid === spec.uid &&
    live.metadata.annotations?.[LABEL.run] === annotations[LABEL.run] &&
    spec.containers.every((slot) => sameImage(imageOf(live.spec.template, slot), image))
  )
}

/** What somebody else did to the workload since it was read; undefined: nothing that matters. */
export function changedSince(live: Workload | undefined, spec: KubeSpec): DeployError | undefined {
  const { label } = spec.id
  if (!live || live.metadata.uid !== spec.uid) {
    return new Failure('workload-gone', `${label} was deleted${live ? ' and created anew' : ''} while this run worked`)
  }
  if (equal(live.spec.template, spec.template) && equal(stampOf(live), spec.stamp)) return undefined
  const images = spec.containers.map((slot) => imageOf(live.spec.template, slot) ?? 'none').join(', ')
  return new Failure('another-rollout', `${label} was changed by ${lastWriter(live)}; it now names ${images}`)
}

/** What restore puts back. */
export interface Original {
  readonly template: Template
  readonly annotations: Annotations
}

/** The template and stamp that restore puts back: exact, but for a tag, which is pinned to the digest that ran then. */
export function originalOf(to: KubeSpec): Original {
  return {
    template: withImages(to.template, new Map(Object.entries(to.pins))),
    annotations: earlierAnnotations(to.stamp),
  }
}

export interface Return extends Original {
  readonly to: KubeSpec
  /** The whole spec after this run's own change: only that change is taken back. undefined: the template is set as it is. */
  readonly written: Readonly<Record<string, unknown>> | undefined
  readonly isForeign: (live: Workload) => boolean
}

/** Puts a template back: where nobody else changed it meanwhile exactly, which gives the same ReplicaSet. */
export async function putTemplate(
  cluster: Cluster,
  { to, template, annotations, written: ours, isForeign }: Return,
): Promise<Workload> {
  const { api, paths } = cluster
  const path = paths.workload(to.id)
  return compareAndSwap(async () => {
    const live = await read(cluster, path, WorkloadSchema, { patience: cluster.patience })
    if (!live || live.metadata.uid !== to.uid) {
      throw new Failure('workload-gone', `${to.id.label} was deleted${live ? ' and created anew' : ''}`)
    }
    if (isForeign(live)) {
      const what = `${to.id.label} was changed by ${lastWriter(live)} and is left as it is`
      throw new Failure('another-rollout', what)
    }
    const was = { ...to.whole, template }
    const wanted = ours ? asFields(reverted(was, ours, live.spec)) : { ...live.spec, template }
    const keys = new Set([...Object.keys(wanted), ...Object.keys(live.spec)])
    const operations = [
      ...[...keys].flatMap((key) => fieldOperation(key, wanted[key], live)),
      ...annotationOperations(annotations, live.metadata.annotations ?? undefined),
    ]
    if (operations.length === 0) return live
    const body = [
      { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
      ...operations,
    ]
    const answer = await api.request('PATCH', path, {
      body,
      type: JSON_PATCH,
      query: QUERY,
      patience: cluster.patience,
    })
    return written(answer, path, `${to.id.label} could not be restored`)
  })
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? { ...value } : {}
}

function fieldOperation(key: string, value: unknown, live: Workload): object[] {
  const now = (live.spec as Record<string, unknown>)[key]
  const path = `/spec/${pointer(key)}`
  if (equal(now, value)) return []
  if (value === undefined) return [{ op: 'remove', path }]
  return [{ op: now === undefined ? 'add' : 'replace', path, value }]
}

function annotationOperations(wanted: Annotations, live: Readonly<Record<string, string>> | undefined): object[] {
  const changes = Object.entries(wanted).filter(([key, value]) => (live?.[key] ?? null) !== value)
  if (changes.length === 0) return []
  const values = changes.map(([key, value]) =>
    value === null
      ? { op: 'remove', path: `/metadata/annotations/${pointer(key)}` }
      : { op: 'add', path: `/metadata/annotations/${pointer(key)}`, value },
  )
  return live === undefined ? [{ op: 'add', path: '/metadata/annotations', value: {} }, ...values] : values
}

export interface Change {
  /** undefined: left as it is. */
  readonly template?: Template
  readonly replicas: number
  readonly annotations: Annotations
}

/**
 * Template, size and annotations of a workload that was just read. Where the cluster itself wrote meanwhile (status), or
 * somebody changed a template that is not set here, it is tried again; a template of somebody else is not overwritten.
 */
export async function patchWorkload(
  cluster: Cluster,
  id: WorkloadId,
  live: Workload,
  change: Change,
): Promise<Workload> {
  const { api, paths } = cluster
  const { template } = change
  const path = paths.workload(id)
  let last = live
  return compareAndSwap(async () => {
    const body = patchOf(last, change)
    const options = { body, type: JSON_PATCH, query: QUERY, patience: cluster.patience }
    const answer = await api.request('PATCH', path, options)
    if (answer.status === 200) return parse(WorkloadSchema, answer.body, path)
    const refused = refusal(answer, `${id.label} could not be changed`)
    const now = answer.status === 409 ? await read(cluster, path, WorkloadSchema) : undefined
    const isSame = now?.metadata.uid === live.metadata.uid
    if (!now || !isSame || (template && !equal(now.spec.template, live.spec.template))) throw refused
    last = now
    return new Outdated(refused)
  })
}

function patchOf(live: Workload, { template, replicas, annotations }: Change): object[] {
  return [
    { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    ...(template && !equal(live.spec.template, template)
      ? [{ op: 'replace', path: '/spec/template', value: template }]
      : []),
    { op: 'add', path: '/spec/replicas', value: replicas },
    ...annotationOperations(annotations, live.metadata.annotations ?? undefined),
  ]
}

/** Writes annotations of the workload's metadata: the controller replaces no pod for them. */
export async function annotate(
  { api, paths }: Cluster,
  { id, uid }: KubeSpec,
  annotations: Annotations,
): Promise<void> {
  const body = { metadata: { uid, annotations } }
  const answer = await api.request('PATCH', paths.workload(id), {
    body,
    type: MERGE,
    query: QUERY,
    patience: PATIENCE_MS,
  })
  if (answer.status !== 200) throw refusal(answer, `${id.label} could not be annotated`)
}

/** A JSON pointer's part. */
export function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
