// Two Deployments behind one Service: which is live, and how the other one is told apart. Pure.
import type { Selector, Service, Template, Workload } from './schema.ts'

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

/** Whether the Service sends traffic to pods of this template. */
export function serves(service: Service, { metadata }: Template): boolean {
  const selector = Object.entries(service.spec.selector ?? {})
  return selector.length > 0 && selector.every(([key, value]) => metadata?.labels?.[key] === value)
}

/**
 * The labels of a colour that does not exist yet: the live one's, but for one key of the Service's selector, so that no
 * pod of it gets traffic before the switch.
 */
export function newLabels(live: Labels, selector: Labels, name: string): Record<string, string> {
  const keys = Object.keys(selector)
  const key = keys.find((candidate) => /colou?r|slot|track|version/i.test(candidate)) ?? keys[0] ?? 'app'
  return { ...live, [key]: name.slice(0, 63), [COLOUR]: name.slice(0, 63) }
}

/** The labels of a colour that exists: the live one's, but for the keys that tell the two apart. */
export function idleLabels(live: Labels, selector: Labels, idle: Workload): Record<string, string> {
  const own = idle.spec.template.metadata?.labels ?? {}
  const apart = new Set([...Object.keys(selector), COLOUR])
  const shared = Object.entries(live).filter(([key]) => !apart.has(key))
  const mine = [...apart].flatMap((key): [string, string][] => {
    const value = own[key]
    return value === undefined ? [] : [[key, value]]
  })
  return { ...Object.fromEntries([...shared, ...mine]), ...idle.spec.selector.matchLabels }
}

/** What the Service must select to serve pods with these labels: its own keys and ours. */
export function selectorFor(selector: Labels, labels: Labels): Record<string, string> {
  const keys = [...Object.keys(selector).filter((key) => key !== COLOUR), COLOUR]
  return Object.fromEntries(
    keys.flatMap((key): [string, string][] => {
      const value = labels[key]
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

/** The Deployment's selector for new labels: immutable once it is made. */
export function matchFor({ matchLabels, matchExpressions }: Selector, labels: Labels): Selector {
  const keys = [...Object.keys(matchLabels ?? {}), COLOUR]
  const equal = Object.fromEntries(
    keys.flatMap((key): [string, string][] => {
      const value = labels[key]
      return value === undefined ? [] : [[key, value]]
    }),
  )
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
    return Object.fromEntries(
      Object.entries(labels).map(([key, value]: [string, unknown]) => {
        const pair = changed.get(key)
        return [key, pair && pair[0] === value ? pair[1] : value]
      }),
    )
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
