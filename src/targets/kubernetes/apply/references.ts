// Configuration outside of the image: what a template reads by name does not go back with it. Pure.
import * as v from 'valibot'
import type { Template } from '../api/schema.ts'

const named = v.nullish(v.object({ name: v.nullish(v.string()), optional: v.nullish(v.boolean()) }))
const SourceSchema = v.object({
  configMapRef: named,
  secretRef: named,
  configMapKeyRef: named,
  secretKeyRef: named,
  configMap: named,
  secret: v.nullish(
    v.object({ secretName: v.nullish(v.string()), name: v.nullish(v.string()), optional: v.nullish(v.boolean()) }),
  ),
})
/** `settings-5f4dcc3b5a`: a name that changes with its content, as kustomize makes them. */
const HASHED = /-[a-z0-9]{8,10}$/

export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  /** The pods start without it. */
  readonly optional: boolean
}

/** Whatever pods read by name, wherever in this object; the same one may come more than once. */
export function referencesIn(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (value === null || typeof value !== 'object') return []
  const parsed = v.safeParse(SourceSchema, value)
  return [...(parsed.success ? ofSource(parsed.output) : []), ...Object.values(value).flatMap(referencesIn)]
}

function ofSource(source: v.InferOutput<typeof SourceSchema>): Reference[] {
  const of = (kind: Reference['kind'], name: string | null | undefined, optional: boolean | null | undefined) =>
    name ? [{ kind, name, optional: optional ?? false }] : []
  const { secret } = source
  return [
    ...[source.configMapRef, source.configMapKeyRef, source.configMap].flatMap((one) =>
      of('ConfigMap', one?.name, one?.optional),
    ),
    ...[source.secretRef, source.secretKeyRef].flatMap((one) => of('Secret', one?.name, one?.optional)),
    ...of('Secret', secret?.secretName ?? secret?.name, secret?.optional),
  ]
}

/** `ConfigMap settings`, `Secret db`: whatever the pods read by a name that stays the same when the content changes. */
export function mutableReferences(template: Template): string[] {
  const found = new Set(referencesIn(template.spec).map(({ kind, name }) => `${kind} ${name}`))
  return [...found].filter((name) => !HASHED.test(name)).sort()
}

export function referencesWarning(label: string, template: Template): string | undefined {
  const names = mutableReferences(template)
  if (names.length === 0) return undefined
  return `${label} reads ${names.join(', ')}: they do not go back with the image; names with a hash would`
}
