// Two Deployments behind one Service: which is live, and how the other one is told apart. Pure.
import type { Selector, Template, Workload } from '../api/schema.ts'

/** Our label on pods of a colour that we made. */
export const COLOUR = 'dev.immutable-deploy.colour'

type Labels = Readonly<Record<string, string>>

/** `web`, `web-green` and `web-blue`, whichever of them the user named. */
export function candidates(name: string): string[] {
  const base = name.replace(/-(blue|green)$/, '')
  return [base, `${base}-green`, `${base}-blue`]
}

/** The name of the other colour: one that exists, else a new one. */
export function otherName(live: string, existing: readonly string[]): string {
  const found = existing.find((name) => name !== live)
  if (found !== undefined) return found
  const base = live.replace(/-(blue|green)$/, '')
  return live.endsWith('-green') ? `${base}-blue` : `${base}-green`
}

/** The label by which the cluster tells the pods of one ReplicaSet apart. */
export const HASH = 'pod-template-hash'

/** The Service's selector as its owner's file has it: ours are keys beside it, so that applying the file changes nothing. */
export function ownSelector(selector: Labels): Labels {
  return without(selector, [COLOUR, HASH])
}

/** Whether pods of this template carry all that the selector asks for; which ReplicaSet they are of is another question. */
export function matches(selector: Labels, { metadata }: Template): boolean {
  const wanted = Object.entries(without(selector, [HASH]))
  return wanted.length > 0 && wanted.every(([key, value]) => metadata?.labels?.[key] === value)
}

/** What the Service selects while nothing is released: its owner's keys, and our label where the pods carry it. */
export function restSelector(selector: Labels, { metadata }: Template): Record<string, string> {
  const labels = metadata?.labels ?? {}
  return pick(labels, [...Object.keys(ownSelector(selector)), COLOUR])
}

/** The labels of a colour that does not exist yet: the live one's, and one of ours that the Service can select. */
export function newLabels(live: Labels, name: string): Record<string, string> {
  return { ...live, [COLOUR]: name.slice(0, 63) }
}

/** The labels of a colour that exists: the live one's, but for the keys that tell the two apart. */
export function idleLabels(live: Labels, selector: Labels, idle: Workload): Record<string, string> {
  const own = idle.spec.template.metadata?.labels ?? {}
  const apart = [...Object.keys(selector), COLOUR]
  return { ...without(live, apart), ...pick(own, apart), ...idle.spec.selector.matchLabels }
}

/** The Deployment's selector for new labels: immutable once it is made. */
export function matchFor({ matchLabels, matchExpressions }: Selector, labels: Labels): Selector {
  const equal = pick(labels, [...Object.keys(matchLabels ?? {}), COLOUR])
  return { matchLabels: equal, ...(matchExpressions ? { matchExpressions } : {}) }
}

/** The live template with another colour's labels, also where it speaks of its own pods (affinity, spreading). */
export function recoloured(template: Template, from: Labels, to: Labels): Template {
  const changed = new Map(
    Object.entries(from).flatMap(([key, value]): [string, [string, string]][] => {
      const next = to[key]
      return next === undefined || next === value ? [] : [[key, [value, next]]]
    }),
  )
  const swap = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(swap)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, key === 'matchLabels' ? swapLabels(inner) : swap(inner)]),
    )
  }
  const swapLabels = (labels: unknown): unknown => {
    if (labels === null || typeof labels !== 'object') return labels
    const entries: [string, unknown][] = Object.entries(labels).filter(([key]) => key !== COLOUR)
    const isOwn = entries.every(([key, value]) => from[key] === value)
    const swapped = entries.map(([key, value]): [string, unknown] => {
      const pair = changed.get(key)
      return [key, pair && pair[0] === value ? pair[1] : value]
    })
    const colour = isOwn && to[COLOUR] !== undefined ? { [COLOUR]: to[COLOUR] } : {}
    return { ...Object.fromEntries(swapped), ...colour }
  }
  const { affinity, topologySpreadConstraints } = template.spec as Record<string, unknown>
  return {
    ...template,
    metadata: { ...template.metadata, labels: { ...to } },
    spec: {
      ...template.spec,
      ...(affinity === undefined ? {} : { affinity: swap(affinity) }),
      ...(topologySpreadConstraints === undefined
        ? {}
        : { topologySpreadConstraints: swap(topologySpreadConstraints) }),
    },
  }
}

function pick(labels: Labels, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    keys.flatMap((key): [string, string][] => {
      const value = labels[key]
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

function without(labels: Labels, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !keys.includes(key)))
}
