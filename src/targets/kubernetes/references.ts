// Configuration outside of the image: what a template reads by name does not go back with it. Pure.
import * as v from 'valibot'
import type { Template } from './schema.ts'

const named = v.nullish(v.object({ name: v.nullish(v.string()) }))
const SourceSchema = v.object({
  configMapRef: named,
  secretRef: named,
  configMapKeyRef: named,
  secretKeyRef: named,
  configMap: named,
  secret: v.nullish(v.object({ secretName: v.nullish(v.string()), name: v.nullish(v.string()) })),
})
/** `settings-5f4dcc3b5a`: a name that changes with its content, as kustomize makes them. */
const HASHED = /-[a-z0-9]{8,10}$/

/** `ConfigMap settings`, `Secret db`: whatever the pods read by a name that stays the same when the content changes. */
export function mutableReferences(template: Template): string[] {
  const found = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (value !== null && typeof value === 'object') {
      const parsed = v.safeParse(SourceSchema, value)
      if (parsed.success) for (const name of namesIn(parsed.output)) found.add(name)
      Object.values(value).forEach(visit)
    }
  }
  visit(template.spec)
  return [...found].filter((name) => !HASHED.test(name)).sort()
}

function namesIn(source: v.InferOutput<typeof SourceSchema>): string[] {
  const maps = [source.configMapRef, source.configMapKeyRef, source.configMap].map((one) => one?.name)
  const secrets = [source.secretRef?.name, source.secretKeyRef?.name, source.secret?.secretName ?? source.secret?.name]
  return [
    ...maps.flatMap((name) => (name ? [`ConfigMap ${name}`] : [])),
    ...secrets.flatMap((name) => (name ? [`Secret ${name}`] : [])),
  ]
}

export function referencesWarning(label: string, template: Template): string | undefined {
  const names = mutableReferences(template)
  if (names.length === 0) return undefined
  return `${label} reads ${names.join(', ')}: they do not go back with the image; names with a hash would`
}
