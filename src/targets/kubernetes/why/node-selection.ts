// Which nodes a pod template asks for, as the selections with which the API server finds them.
import * as v from 'valibot'
import type { Selection } from '../api/list.ts'

const RequirementSchema = v.object({
  key: v.string(),
  operator: v.picklist(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
  values: v.nullish(v.array(v.string())),
})
type Requirement = v.InferOutput<typeof RequirementSchema>

const TermSchema = v.object({
  matchExpressions: v.nullish(v.array(RequirementSchema)),
  matchFields: v.nullish(v.array(RequirementSchema)),
})

const NodeWishSchema = v.object({
  nodeSelector: v.nullish(v.record(v.string(), v.string())),
  affinity: v.nullish(
    v.object({
      nodeAffinity: v.nullish(
        v.object({
          requiredDuringSchedulingIgnoredDuringExecution: v.nullish(
            v.object({ nodeSelectorTerms: v.array(TermSchema) }),
          ),
        }),
      ),
    }),
  ),
})

/** What a pod template requires of the labels and names of its node. */
export interface NodeWish {
  readonly nodeSelector: Readonly<Record<string, string>> | undefined
  /** The terms of its node affinity, of which one is enough; undefined without one. */
  readonly terms: readonly Selection[] | undefined
}

/** undefined where it is written in a way that we do not know. */
export function nodeWishOf(podSpec: unknown): NodeWish | undefined {
  const parsed = v.safeParse(NodeWishSchema, podSpec)
  if (!parsed.success) return undefined
  const { nodeSelector, affinity } = parsed.output
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return { nodeSelector: nodeSelector ?? undefined, terms: required?.nodeSelectorTerms.flatMap(selectionOf) }
}

/** The selections of which one has to find a node; undefined where every node will do. */
export function nodeSelections({ nodeSelector, terms }: NodeWish): Selection[] | undefined {
  const labels = Object.entries(nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`)
  if (labels.length === 0 && !terms) return undefined
  return (terms ?? [{}]).map(({ labelSelector, ...fields }) => {
    const all = [...labels, ...(labelSelector ? [labelSelector] : [])]
    return { ...fields, ...(all.length > 0 ? { labelSelector: all.join(',') } : {}) }
  })
}

export function nodeWishTexts({ nodeSelector, terms }: NodeWish): string[] {
  const asked = terms?.map(({ labelSelector, fieldSelector }) =>
    [labelSelector, fieldSelector].filter(Boolean).join(','),
  )
  return [
    ...(nodeSelector ? [`its nodeSelector is ${JSON.stringify(nodeSelector)}`] : []),
    ...(asked
      ? [`its node affinity asks for ${asked.length > 0 ? asked.join(', or for ') : 'nothing that exists'}`]
      : []),
  ]
}

/** An empty term matches no node. */
function selectionOf({ matchExpressions, matchFields }: v.InferOutput<typeof TermSchema>): Selection[] {
  const labels = (matchExpressions ?? []).map(labelText)
  const fields = (matchFields ?? []).map(fieldText)
  if (labels.length + fields.length === 0) return []
  return [
    {
      ...(labels.length > 0 ? { labelSelector: labels.join(',') } : {}),
      ...(fields.length > 0 ? { fieldSelector: fields.join(',') } : {}),
    },
  ]
}

function labelText({ key, operator, values }: Requirement): string {
  const list = values ?? []
  switch (operator) {
    case 'In':
      return `${key} in (${list.join(',')})`
    case 'NotIn':
      return `${key} notin (${list.join(',')})`
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
    case 'Gt':
      return `${key}>${list[0] ?? ''}`
    case 'Lt':
      return `${key}<${list[0] ?? ''}`
  }
}

/** Only `metadata.name`, with In or NotIn and one value: the API server takes nothing else. */
function fieldText({ key, operator, values }: Requirement): string {
  return `${key}${operator === 'NotIn' ? '!=' : '='}${values?.[0] ?? ''}`
}
