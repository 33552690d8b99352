/** Secrets and configs of earlier deployments of a preview that no service refers to any more. */
import * as v from 'valibot'
import { isPartOf } from '../../../domain/preview-labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import type { EngineApi } from '../../../ports.ts'
import type { Part, Present } from '../stack/parts.ts'
import { LISTS } from '../stack/parts.ts'
import type { Stack } from '../stack/stack.ts'
import type { Service } from '../schema.ts'
import { withFewRequests } from './few-requests.ts'

const References = v.object({
  ContainerSpec: v.object({
    Secrets: v.nullish(v.array(v.object({ SecretID: v.optional(v.string()) }))),
    Configs: v.nullish(v.array(v.object({ ConfigID: v.optional(v.string()) }))),
  }),
})

interface PruneContext {
  readonly api: EngineApi
  readonly preview: Preview
  /** What the preview is going to use. */
  readonly stack: Stack
  readonly present: Present
  /** Its services as they are: what they refer to is needed for a restore. */
  readonly live: Iterable<Service>
}

export async function pruneFiles({ api, preview, stack, present, live }: PruneContext): Promise<void> {
  const referred = new Set([...live].flatMap(referencesOf))
  const wanted = new Set(stack.resources.map(({ kind, name }) => `${kind} ${name}`))
  const isOver = ({ kind, name, id, labels }: Part): boolean =>
    kind !== 'network' && isPartOf(labels, name, preview) && !referred.has(id) && !wanted.has(`${kind} ${name}`)
  // One that the engine still needs is refused, and goes with a later deployment.
  const few = withFewRequests(api)
  const over = [...present.values()].filter(isOver)
  await Promise.all(over.map(({ kind, id }) => few.request('DELETE', `${LISTS[kind].path}/${id}`)))
}

function referencesOf({ Spec: { TaskTemplate: template } }: Service): string[] {
  const parsed = v.safeParse(References, template)
  if (!parsed.success) return []
  const { Secrets: secrets, Configs: configs } = parsed.output.ContainerSpec
  return [
    ...(secrets ?? []).map(({ SecretID }) => SecretID),
    ...(configs ?? []).map(({ ConfigID }) => ConfigID),
  ].filter((id) => id !== undefined)
}
