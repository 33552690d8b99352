// What the target hands to the pipeline for one workload: how it was, what it moves to, what restore puts back.
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { STAMP_KEYS, stampLabels } from '../../domain/stamp.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Slot } from './api/containers.ts'
import { imageOf } from './api/containers.ts'
import type { WorkloadId } from './api/names.ts'
import type { RestartsBefore } from './watch/snapshot.ts'
import type { Selector, Template, Workload } from './api/schema.ts'

export interface KubeSpec {
  readonly id: WorkloadId
  readonly namespace: string
  /** Empty while the workload does not exist. */
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  readonly selector: Selector
  /** The containers that take the image, with the image they have. */
  readonly containers: readonly Slot[]
  readonly template: Template
  /** The whole spec as it was: what manifests may have changed is put back from it. */
  readonly whole: Readonly<Record<string, unknown>>
  /** Our annotations as they were. */
  readonly stamp: Readonly<Record<string, string>>
  /** Container → `repo@digest` that ran when the template named only a tag. */
  readonly pins: Readonly<Record<string, string>>
  /** Restarts of the pods that were ready when this was read: what ended before says nothing about a release. */
  readonly restartsBefore?: RestartsBefore
  /** The request that would have changed it was refused. */
  readonly refused?: Reason
}

export function stampOf(workload: Workload): Record<string, string> {
  const annotations = workload.metadata.annotations ?? {}
  return Object.fromEntries(
    STAMP_KEYS.flatMap((key) => {
      const value = annotations[key]
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

/** The annotations of a stamp; null removes a key that an earlier release left. */
export function stampAnnotations(stamp: Stamp): Record<string, string | null> {
  return stampLabels(stamp)
}

/** Annotations that put an earlier stamp back exactly. */
export function earlierAnnotations(stamp: Readonly<Record<string, string>>): Record<string, string | null> {
  return Object.fromEntries(STAMP_KEYS.map((key) => [key, stamp[key] ?? null]))
}

export function specOf(
  id: WorkloadId,
  workload: Workload,
  { namespace, containers, pins = {} }: Pick<KubeSpec, 'namespace' | 'containers'> & Partial<Pick<KubeSpec, 'pins'>>,
): KubeSpec {
  return {
    id,
    namespace,
    uid: workload.metadata.uid,
    resourceVersion: workload.metadata.resourceVersion,
    generation: workload.metadata.generation ?? 0,
    selector: workload.spec.selector,
    containers,
    template: workload.spec.template,
    whole: workload.spec,
    stamp: stampOf(workload),
    pins,
  }
}

/** The spec with the version, template and images that the workload has now. */
export function liveSpecOf({ id, namespace, containers }: KubeSpec, live: Workload): KubeSpec {
  return specOf(id, live, { namespace, containers: slotsOf(live.spec.template, containers) })
}

/** The containers with the images that a template holds. */
export function slotsOf(template: Template, slots: readonly Slot[]): readonly Slot[] {
  return slots.map((slot) => ({ ...slot, image: imageOf(template, slot) ?? '' }))
}

/** The one image of all its containers; undefined while they disagree. */
export function imageOfSpec({ containers }: Pick<KubeSpec, 'containers'>): string | undefined {
  const [first, ...others] = containers
  return first && others.every(({ image }) => image === first.image) ? first.image : undefined
}

/** The digest that all its containers are pinned to. */
export function pinnedDigest(spec: Pick<KubeSpec, 'containers'>): Digest | undefined {
  return digestIn(imageOfSpec(spec) ?? '')
}

export function selectorText({ matchLabels, matchExpressions }: Selector): string {
  const equal = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
  const others = (matchExpressions ?? []).map(({ key, operator, values }) => {
    const list = `(${(values ?? []).join(',')})`
    if (operator === 'In') return `${key} in ${list}`
    if (operator === 'NotIn') return `${key} notin ${list}`
    return operator === 'Exists' ? key : `!${key}`
  })
  return [...equal, ...others].join(',')
}
