/**
 * The one object that stands for a whole preview: its namespace, or in a shared one a ConfigMap. It is made before
 * everything else and removed after it, so whatever was begun is found.
 */
import * as v from 'valibot'
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import { isPartOf, readPreviewLabels } from '../../../domain/preview-labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import { FIELD_MANAGER, MERGE, parse, refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Home } from './home.ts'
import { marksOf } from './ownership.ts'

/** Paths of the collections in which the preview has or had objects. */
const COLLECTIONS = 'dev.immutable-deploy.collections'
export const NAMESPACES = '/api/v1/namespaces'
const QUERY = { fieldManager: FIELD_MANAGER }

const words = v.nullish(v.record(v.string(), v.string()))
export const RecordSchema = v.object({
  metadata: v.object({
    name: v.string(),
    uid: v.string(),
    deletionTimestamp: v.nullish(v.string()),
    labels: words,
    annotations: words,
  }),
  status: v.nullish(
    v.object({
      conditions: v.nullish(
        v.array(v.object({ type: v.string(), status: v.string(), message: v.nullish(v.string()) })),
      ),
    }),
  ),
})
export type RecordObject = v.InferOutput<typeof RecordSchema>

/** Whose an object is, for people. */
export interface Owner {
  readonly name: string
  readonly isPreview: boolean
}

export type RecordState =
  | { readonly is: 'absent' }
  /** Somebody else's, or another preview's. */
  | { readonly is: 'foreign'; readonly by: Owner }
  /** Ours, and being removed. */
  | { readonly is: 'ending'; readonly detail: string }
  | ({ readonly is: 'ours' } & RecordContent & { readonly uid: string })

export interface RecordContent {
  readonly candidates: readonly string[]
  readonly collections: readonly string[]
}

export interface RecordPlace {
  readonly kind: 'Namespace' | 'ConfigMap'
  readonly name: string
  readonly path: string
  readonly collection: string
}

export function recordPlace({ paths }: Cluster, { isOwn, namespace }: Home, preview: Preview): RecordPlace {
  if (isOwn) return { kind: 'Namespace', name: namespace, path: paths.namespace, collection: NAMESPACES }
  const name = `immutable-deploy-${preview.name}`
  return { kind: 'ConfigMap', name, path: paths.configMap(name), collection: `${paths.namespace}/configmaps` }
}

export function nameOf({ kind, name }: RecordPlace): string {
  return `${kind.toLowerCase()} ${name}`
}

/** What the object says, and the server's clock. */
export function stateOf(body: unknown, place: RecordPlace, preview: Preview): RecordState {
  const { metadata, status } = parse(RecordSchema, body, place.path)
  const annotations = metadata.annotations ?? {}
  if (!isPartOf(annotations, place.name, preview)) return { is: 'foreign', by: ownerOf(annotations) }
  if (metadata.deletionTimestamp) return { is: 'ending', detail: remainsOf(status) }
  return { is: 'ours', uid: metadata.uid, ...contentOf(annotations) }
}

function ownerOf(annotations: Readonly<Record<string, string>>): Owner {
  const part = readPreviewLabels(annotations)
  if (!part) return { name: 'somebody else: it has no labels of a preview', isPreview: false }
  const of = [part.app, ...(part.repository === undefined ? [] : [part.repository])].join(' of ')
  return { name: `the preview ${part.name} of ${of}`, isPreview: true }
}

export function contentOf(annotations: Readonly<Record<string, string | undefined>>): RecordContent {
  const collections = (annotations[COLLECTIONS] ?? '').split(/\s+/).filter((text) => text !== '')
  return { collections, candidates: readPreviewLabels(annotations)?.candidates ?? [] }
}

/** What a namespace that ends still waits for, in the cluster's words. */
export function remainsOf(status: RecordObject['status']): string {
  const waits = (status?.conditions ?? []).filter((condition) => condition.status === 'True' && condition.message)
  return waits.map(({ message }) => message).join(' ')
}

interface Written {
  readonly part: PreviewPart
  readonly collections: readonly string[]
  /** Further labels and annotations of the namespace. */
  readonly extra: {
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }
}

/** @returns false when somebody was faster @throws DeployError */
export async function createRecord({ api }: Cluster, place: RecordPlace, written: Written): Promise<boolean> {
  const { kind, name, collection } = place
  const body = { apiVersion: 'v1', kind, metadata: { name, ...metadataOf(place, written) } }
  const answer = await api.request('POST', collection, { body, query: QUERY })
  if (answer.status === 409) return false
  if (answer.status !== 201) throw refusal(answer, `${nameOf(place)} could not be created`)
  return true
}

/** @throws DeployError another-rollout when it is not that object any more */
export async function renewRecord({ api }: Cluster, place: RecordPlace, uid: string, written: Written): Promise<void> {
  const body = { metadata: { uid, ...metadataOf(place, written) } }
  const answer = await api.request('PATCH', place.path, { body, type: MERGE, query: QUERY })
  if (answer.status === 404)
    throw new DeployError('workload-gone', `${nameOf(place)} was removed while this run worked`)
  if (answer.status !== 200) throw refusal(answer, `${nameOf(place)} could not be renewed`)
}

function metadataOf({ name }: RecordPlace, { part, collections, extra }: Written) {
  const { labels, annotations } = marksOf({ ...part, owner: name })
  return {
    labels: { ...extra.labels, ...labels },
    annotations: { ...extra.annotations, ...annotations, [COLLECTIONS]: collections.join(' ') },
  }
}
