/** Removes what carries the marks of a preview, and waits until it is gone. */
import * as v from 'valibot'
import { formatDuration } from '../../../domain/duration.ts'
import type { Duration } from '../../../domain/duration.ts'
import { LABEL } from '../../../domain/labels.ts'
import { isPartOf } from '../../../domain/preview-labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import { cancelled, DeployError } from '../../../errors/deploy-error.ts'
import { refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import { listOf } from '../api/schema.ts'
import { selectorOf } from './ownership.ts'

/** Limits of a removal. */
export interface RemovalLimit {
  readonly within: Duration
  readonly signal?: AbortSignal | undefined
}

const words = v.nullish(v.record(v.string(), v.string()))
const FoundSchema = v.object({
  metadata: v.object({
    name: v.string(),
    uid: v.string(),
    deletionTimestamp: v.nullish(v.string()),
    finalizers: v.nullish(v.array(v.string())),
    annotations: words,
    ownerReferences: v.nullish(v.array(v.object({ controller: v.nullish(v.boolean()) }))),
  }),
})

/** One object that carries the preview's label. */
export interface Labelled {
  /** `service web-pr-7` */
  readonly label: string
  readonly path: string
  /** `api/v1/services` */
  readonly collection: string
  readonly name: string
  readonly uid: string
  readonly isEnding: boolean
  readonly finalizers: readonly string[]
  /** It carries all the marks, its own name included. */
  readonly isOurs: boolean
  /** The name that its marks repeat: of a StatefulSet's claim that of the set. */
  readonly owner: string | undefined
  /** It was made by a controller, and goes with what that is about. */
  readonly isControlled: boolean
}

const ASK_EVERY_MS: Duration = 250

/** What is looked for: in a namespace of its own, a preview's things have the names of the manifests. */
export interface Sought {
  readonly preview: Preview
  readonly isOwnNamespace: boolean
}

/** Everything in these collections of the namespace that carries the preview's label. */
export async function labelled(
  { api, paths }: Cluster,
  collections: readonly string[],
  sought: Sought,
): Promise<Labelled[]> {
  const namespace = paths.namespace.slice('/api/v1/'.length)
  const found = await Promise.all(
    collections.map(async (collection) => {
      const cut = collection.lastIndexOf('/')
      const [base, resource] = [collection.slice(0, cut), collection.slice(cut + 1)]
      const path = `/${base}/${namespace}/${resource}`
      const answer = await api.request('GET', path, { query: { labelSelector: selectorOf(sought.preview) } })
      // A kind that the cluster does not know, or that this step may not list, was not made by it either.
      if (answer.status === 404 || answer.status === 403) return []
      if (answer.status !== 200) throw refusal(answer, `${path} could not be listed`)
      return listOf(FoundSchema, answer.body).items.map((item) => toLabelled(item, { path, collection }, sought))
    }),
  )
  return found.flat()
}

function toLabelled(
  { metadata }: v.InferOutput<typeof FoundSchema>,
  { path, collection }: { readonly path: string; readonly collection: string },
  sought: Sought,
): Labelled {
  const { name, uid, annotations, finalizers, deletionTimestamp, ownerReferences } = metadata
  const resource = collection.slice(collection.lastIndexOf('/') + 1)
  return {
    label: `${singular(resource)} ${name}`,
    path: `${path}/${encodeURIComponent(name)}`,
    collection,
    name,
    uid,
    isEnding: Boolean(deletionTimestamp),
    finalizers: finalizers ?? [],
    isOurs: isOwned(annotations ?? {}, { name, resource }, sought),
    owner: annotations?.[LABEL.owner],
    isControlled: (ownerReferences ?? []).some(({ controller }) => controller === true),
  }
}

/** The claims of a StatefulSet carry the set's name, which is a part of their own. */
function isOwned(
  annotations: Readonly<Record<string, string>>,
  { name, resource }: { readonly name: string; readonly resource: string },
  { preview, isOwnNamespace }: Sought,
): boolean {
  const placed = (owner: string) => isPartOf(annotations, owner, preview, isOwnNamespace ? preview.name : owner)
  if (placed(name)) return true
  if (resource !== 'persistentvolumeclaims') return false
  const owner = annotations[LABEL.owner] ?? ''
  return /-\d+$/.test(name) && name.replace(/-\d+$/, '').endsWith(`-${owner}`) && placed(owner)
}

function singular(resource: string): string {
  if (resource.endsWith('ies')) return `${resource.slice(0, -3)}y`
  return resource.replace(/(?<=ss)es$|s$/, '')
}

/** @throws DeployError target-denied, target-unreachable, target-error */
export async function removeObjects(
  { api }: Pick<Cluster, 'api'>,
  objects: readonly { readonly path: string; readonly uid: string; readonly label: string }[],
): Promise<void> {
  await Promise.all(
    objects.map(async ({ path, uid, label }) => {
      const body = { propagationPolicy: 'Background', preconditions: { uid } }
      const answer = await api.request('DELETE', path, { body })
      // 409: by now another object has that name.
      const isDone = answer.status < 300 || answer.status === 404 || answer.status === 409
      if (!isDone) throw refusal(answer, `${label} could not be removed`)
    }),
  )
}

/**
 * Waits until `left` names nothing any more.
 * @throws DeployError cancelled; rollout-timeout with what stays
 */
export async function untilGone(
  { clock }: Pick<Cluster, 'clock'>,
  left: () => Promise<readonly string[]>,
  { within, signal }: RemovalLimit,
): Promise<void> {
  const until = clock.now() + within
  for (;;) {
    if (signal?.aborted) throw cancelled()
    const names = await left()
    if (names.length === 0) return
    if (clock.now() > until) {
      const what = `after ${formatDuration(within)} there is still: ${names.join('; ')}`
      const fix =
        'What is named holds it: a finalizer waits for its controller. Repair that, and run the removal again.'
      throw new DeployError('rollout-timeout', what, {
        fix,
        state: 'the removal goes on in the cluster without this run',
      })
    }
    await clock.sleep(ASK_EVERY_MS, signal)
  }
}

export function waitingText({ label, finalizers }: Pick<Labelled, 'label' | 'finalizers'>): string {
  return finalizers.length === 0 ? label : `${label} (finalizers ${finalizers.join(', ')})`
}
