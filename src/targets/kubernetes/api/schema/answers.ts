/** What the API server answers with besides an object: a refusal, or a list. */
import * as v from 'valibot'
import { text } from './parts.ts'

export const StatusSchema = v.object({
  message: text,
  reason: text,
  details: v.nullish(
    v.object({
      causes: v.nullish(v.array(v.object({ reason: text, message: text, field: text }))),
    }),
  ),
})

interface Page<T> {
  readonly items: T[]
  readonly resourceVersion: string
  /** What to ask for to get the next page. */
  readonly next?: string
}

/** A list's items, one by one: an item that does not look as expected is left out rather than losing the list. */
export function listOf<T>(schema: v.GenericSchema<unknown, T>, body: unknown): Page<T> {
  const parsed = v.safeParse(
    v.object({
      metadata: v.nullish(v.object({ resourceVersion: text, continue: text })),
      items: v.nullish(v.array(v.unknown())),
    }),
    body,
  )
  if (!parsed.success) return { items: [], resourceVersion: '' }
  const items = (parsed.output.items ?? []).flatMap((item) => {
    const one = v.safeParse(schema, item)
    return one.success ? [one.output] : []
  })
  const { resourceVersion, continue: next } = parsed.output.metadata ?? {}
  return { items, resourceVersion: resourceVersion ?? '', ...(next ? { next } : {}) }
}
