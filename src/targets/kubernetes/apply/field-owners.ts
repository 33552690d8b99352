// Who set which field of an object, by its managedFields: what people set with kubectl becomes the release's.
import * as v from 'valibot'
import type { KubeAnswer, KubeApi } from '../../../ports.ts'
import type { Cluster } from '../api/cluster.ts'
import { compareAndSwap, Outdated } from '../../shared/swap.ts'
import { FIELD_MANAGER, JSON_PATCH, refusal } from '../api/client.ts'
import { isOurKey } from './manifests.ts'
import { StatusSchema } from '../api/schema.ts'

/** One field that the manifest sets and another manager owns. */
export interface Conflict {
  readonly field: string
  readonly message: string
  readonly manager: string
}

export function conflictsOf(answer: KubeAnswer): Conflict[] {
  if (answer.status !== 409) return []
  const parsed = v.safeParse(StatusSchema, answer.body)
  const causes = parsed.success ? (parsed.output.details?.causes ?? []) : []
  return causes.flatMap(({ reason, field, message }) => {
    if (reason !== 'FieldManagerConflict') return []
    const manager = /conflict with "([^"]+)"/.exec(message ?? '')?.[1] ?? 'an unknown manager'
    return [{ field: field ?? '', message: message ?? '', manager }]
  })
}

/** kubectl's managers: `kubectl-client-side-apply`, `kubectl-create`, `kubectl-edit`, `kubectl` and so on. */
export function isKubectl(manager: string): boolean {
  return /^kubectl(-|$)/.test(manager)
}

const KUBECTL_SERVER_SIDE = 'kubectl'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const FieldsSchema = v.record(v.string(), v.unknown())
const EntrySchema = v.looseObject({
  manager: v.nullish(v.string(), ''),
  operation: v.nullish(v.string(), ''),
  apiVersion: v.nullish(v.string(), ''),
  subresource: v.nullish(v.string()),
  fieldsV1: v.nullish(FieldsSchema),
})
type Entry = v.InferOutput<typeof EntrySchema>
const ObjectSchema = v.object({
  metadata: v.object({
    resourceVersion: v.string(),
    annotations: v.nullish(v.record(v.string(), v.string())),
    managedFields: v.nullish(v.array(EntrySchema)),
  }),
})

/** Whether `kubectl apply`, on the client's or the server's side, made this object so far. */
export function isKubectlApplied(object: unknown): boolean {
  return adopted(entriesOf(object)) !== undefined
}

/** The manifest that `kubectl apply` took last; undefined where it never did, or the record is broken. */
export function lastApplied(object: unknown): unknown {
  const parsed = v.safeParse(ObjectSchema, object)
  const text = parsed.success ? parsed.output.metadata.annotations?.[LAST_APPLIED] : undefined
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/**
 * Makes the release the owner of the fields that `kubectl apply` set, as kubectl's own server-side apply does: what is
 * no longer in the manifest goes with the next apply, instead of staying for ever.
 * @returns the object's new version; undefined where there was nothing to do, or somebody was faster
 */
export async function adoptKubectlApply({ api }: Cluster, path: string): Promise<string | undefined> {
  const live = await api.request('GET', path)
  const parsed = v.safeParse(ObjectSchema, live.body)
  if (live.status !== 200 || !parsed.success) return undefined
  const { resourceVersion } = parsed.output.metadata
  const managedFields = adopted(entriesOf(live.body))
  if (!managedFields) return undefined
  const answer = await setManagedFields(api, path, managedFields, resourceVersion)
  if (answer.status === 409) return undefined
  if (answer.status !== 200) throw refusal(answer, `the fields of ${path} could not be taken over`)
  const changed = v.safeParse(ObjectSchema, answer.body)
  return changed.success ? changed.output.metadata.resourceVersion : undefined
}

/**
 * Makes the release own again what it owned before it changed the object, once that change was taken back: otherwise the
 * next apply would not remove what is no longer in the manifest.
 */
export async function giveBackOwnership({ api }: Cluster, path: string, before: unknown): Promise<void> {
  const isOurs = ({ manager, subresource }: Entry) => manager === FIELD_MANAGER && !subresource
  // What was taken over from kubectl stays the release's.
  const earlier = (adopted(entriesOf(before)) ?? entriesOf(before)).filter(isOurs)
  await compareAndSwap(async () => {
    const live = await api.request('GET', path)
    const parsed = v.safeParse(ObjectSchema, live.body)
    if (live.status !== 200 || !parsed.success) return undefined
    const entries = parsed.output.metadata.managedFields ?? []
    const value = [...earlier, ...entries.filter((entry) => !isOurs(entry))]
    const answer = await setManagedFields(api, path, value, parsed.output.metadata.resourceVersion)
    return answer.status === 409 ? new Outdated(refusal(answer, path)) : undefined
  })
}

function setManagedFields(
  api: KubeApi,
  path: string,
  value: readonly Entry[],
  resourceVersion: string,
): Promise<KubeAnswer> {
  const body = [
    { op: 'replace', path: '/metadata/managedFields', value },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ]
  return api.request('PATCH', path, { body, type: JSON_PATCH, query: { fieldManager: FIELD_MANAGER } })
}

/** The entries with those of `kubectl apply` joined into ours; undefined without any. Pure. */
export function adopted(entries: readonly Entry[]): readonly Entry[] | undefined {
  const managers = clientSideManagers(entries)
  const isTheirs = ({ operation, manager, subresource }: Entry) => {
    if (subresource) return false
    return operation === 'Update' ? managers.has(manager ?? '') : manager === KUBECTL_SERVER_SIDE
  }
  const theirs = entries.filter(isTheirs)
  const [newest] = theirs
  if (!newest) return undefined
  const isOurs = (entry: Entry) => entry.operation === 'Apply' && !entry.subresource && entry.manager === FIELD_MANAGER
  const ours = entries.find(isOurs) ?? { ...newest, fieldsV1: {}, manager: FIELD_MANAGER, operation: 'Apply' }
  // Fields are written in the terms of one version of the API: those of another can't be joined, and are given up.
  const same = theirs.filter(({ apiVersion }) => apiVersion === ours.apiVersion)
  const fieldsV1 = same.reduce((fields, entry) => union(fields, withoutOurs(entry.fieldsV1 ?? {})), ours.fieldsV1 ?? {})
  return [{ ...ours, fieldsV1 }, ...entries.filter((entry) => !isTheirs(entry) && !isOurs(entry))]
}

function clientSideManagers(entries: readonly Entry[]): ReadonlySet<string> {
  const owners = entries.filter(({ operation, fieldsV1 }) => operation === 'Update' && ownsLastApplied(fieldsV1))
  return new Set(owners.flatMap(({ manager }) => (manager ? [manager] : [])))
}

const OwnerSchema = v.object({ 'f:metadata': v.object({ 'f:annotations': FieldsSchema }) })

function ownsLastApplied(fields: unknown): boolean {
  const parsed = v.safeParse(OwnerSchema, fields)
  return parsed.success && `f:${LAST_APPLIED}` in parsed.output['f:metadata']['f:annotations']
}

type Fields = Readonly<Record<string, unknown>>

function union(one: Fields, other: Fields): Fields {
  const joined = new Map(Object.entries(one))
  for (const [key, value] of Object.entries(other)) {
    const mine = v.safeParse(FieldsSchema, joined.get(key))
    const theirs = v.safeParse(FieldsSchema, value)
    joined.set(key, mine.success && theirs.success ? union(mine.output, theirs.output) : value)
  }
  return Object.fromEntries(joined)
}

/** A file that was exported from the cluster carries our history; as a part of the manifest it would go with the next one. */
function withoutOurs(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]): [string, unknown][] => {
      if (key.startsWith('f:') && isOurKey(key.slice(2))) return []
      const inner = v.safeParse(FieldsSchema, value)
      return [[key, inner.success ? withoutOurs(inner.output) : value]]
    }),
  )
}

function entriesOf(object: unknown): readonly Entry[] {
  const parsed = v.safeParse(ObjectSchema, object)
  return parsed.success ? (parsed.output.metadata.managedFields ?? []) : []
}
