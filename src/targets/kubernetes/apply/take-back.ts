/** Takes back what this run changed in an object of the manifests; what others changed since stays. */
import * as v from 'valibot'
import { equal } from '../../../domain/equal.ts'
import { asDeployError } from '../../../errors/deploy-error.ts'
import { compareAndSwap, Outdated } from '../../shared/swap.ts'
import { FIELD_MANAGER, JSON_PATCH, refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import { pointer } from './change.ts'
import { giveBackOwnership } from './field-owners.ts'
import { reverted } from './revert.ts'

/** An object that existed before this run and was changed by it. */
export interface ChangedObject {
  readonly path: string
  readonly label: string
  /** The whole object right before and right after this run's change, as the cluster gave it. */
  readonly before: unknown
  readonly written: unknown
}

const TextsSchema = v.nullish(v.record(v.string(), v.string()), {})
const FieldsSchema = v.looseObject({
  metadata: v.looseObject({
    uid: v.string(),
    resourceVersion: v.string(),
    labels: TextsSchema,
    annotations: TextsSchema,
  }),
})
type Texts = Readonly<Record<string, string>>

/** What a release can change in an object; the rest belongs to the cluster. */
interface Content {
  readonly fields: Readonly<Record<string, unknown>>
  readonly labels: Texts
  readonly annotations: Texts
}

/** @returns why it stays changed; undefined: nothing of this run's change is left in it */
export async function takeBack(cluster: Cluster, changed: ChangedObject): Promise<string | undefined> {
  const { api } = cluster
  const { path, label, before } = changed
  try {
    await compareAndSwap(async () => {
      const live = await api.request('GET', path, { patience: cluster.patience })
      if (live.status === 404) return undefined
      if (live.status !== 200) throw refusal(live, `${label} could not be read`)
      const body = operationsFor(changed, live.body)
      if (body.length === 0) return undefined
      const query = { fieldManager: FIELD_MANAGER }
      const answer = await api.request('PATCH', path, { body, type: JSON_PATCH, query, patience: cluster.patience })
      if (answer.status === 200) return giveBackOwnership(cluster, path, before)
      const error = refusal(answer, `${label} could not be put back`)
      if (answer.status !== 409) throw error
      return new Outdated(error)
    })
    return undefined
  } catch (error) {
    return asDeployError(error).what
  }
}

/** The JSON patch that undoes the change; empty where the object was deleted and made anew, or nothing differs. Pure. */
export function operationsFor({ before, written }: Pick<ChangedObject, 'before' | 'written'>, live: unknown): object[] {
  const [was, ours, now] = [before, written, live].map((object) => v.parse(FieldsSchema, object))
  if (!was || !ours || !now || now.metadata.uid !== ours.metadata.uid) return []
  const [then, sent, is] = [was, ours, now].map(contentOf)
  if (!then || !sent || !is) return []
  const operations = [
    ...fieldOperations('', is.fields, asRecord(reverted(then.fields, sent.fields, is.fields))),
    ...(['labels', 'annotations'] as const).flatMap((key) => {
      const wanted = asRecord(reverted(then[key], sent[key], is[key]))
      const values = fieldOperations(`/metadata/${key}`, is[key], wanted)
      const isMissing = values.length > 0 && !(key in (now.metadata as object) && now.metadata[key])
      return isMissing ? [{ op: 'add', path: `/metadata/${key}`, value: {} }, ...values] : values
    }),
  ]
  if (operations.length === 0) return []
  const version = now.metadata.resourceVersion
  return [{ op: 'replace', path: '/metadata/resourceVersion', value: version }, ...operations]
}

function contentOf(object: v.InferOutput<typeof FieldsSchema>): Content {
  const { metadata } = object
  const fields = Object.entries(object).filter(([key]) => !OF_THE_CLUSTER.has(key))
  return {
    fields: Object.fromEntries(fields),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
  }
}

const OF_THE_CLUSTER: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status'])

function fieldOperations(
  parent: string,
  live: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): object[] {
  return [...new Set([...Object.keys(live), ...Object.keys(wanted)])].flatMap((key) => {
    const [now, value, path] = [live[key], wanted[key], `${parent}/${pointer(key)}`]
    if (equal(now, value)) return []
    if (value === undefined) return [{ op: 'remove', path }]
    return [{ op: now === undefined ? 'add' : 'replace', path, value }]
  })
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? { ...value } : {}
}
