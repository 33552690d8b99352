/** Pure rules over service specs: what a release changes in them, and nothing else. */
import type { Digest } from '../../domain/digest.ts'
import { equal } from '../../domain/equal.ts'
import { digestIn } from '../../domain/digest.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { History } from '../../domain/history.ts'
import { historyText, parseHistory } from '../../domain/history.ts'
import { LABEL } from '../../domain/labels.ts'
import type { Stamp } from '../../domain/stamp.ts'
import { STAMP_KEYS, stampLabels, stampThatFits } from '../../domain/stamp.ts'
import type { ServiceSpec, Task, UpdateConfig } from './schema.ts'

/** One service as it was seen or sent: what restore puts back, and the handle of a rollout. */
export interface SwarmSpec {
  /** The service's id; undefined while it does not exist. */
  readonly id: string | undefined
  /** Version index when it was read, right before our update, 0 for a new one. */
  readonly version: number
  readonly spec: ServiceSpec
  /** Ids of tasks that had ended already when it was read: no failures of a rollout that begins now. */
  readonly ended?: readonly string[]
  /** The one digest that all its replicas ran when it was read. */
  readonly ran?: Digest
  /** `ran` is an image id that no registry knows. */
  readonly local?: boolean
  /** `spec` is an earlier one that comes back whole, in place of this one. */
  readonly replaces?: ServiceSpec
}

export function imageOf(spec: { TaskTemplate: ServiceSpec['TaskTemplate'] }): string {
  return spec.TaskTemplate.ContainerSpec?.Image ?? ''
}

/** `repo:tag@sha256:…`: the tag is for people, the digest decides. */
export function imageText(image: PinnedImage): string {
  return `${image.repository.name}${image.tag === undefined ? '' : `:${image.tag}`}@${image.digest}`
}

export function withImageText(spec: ServiceSpec, image: string): ServiceSpec {
  const container = { ...spec.TaskTemplate.ContainerSpec, Image: image }
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: container } }
}

/**
 * The spec with the image, the stamp (service labels only: container labels would replace tasks) and safe update rules.
 * @param leave keep a failed update as it stands, for somebody to look at
 */
export function released(spec: ServiceSpec, image: PinnedImage, stamp: Stamp, leave = false): ServiceSpec {
  return withStamp(withImageText(spec, imageText(image)), stamp, leave)
}

/** The same for a specification that has its image already. */
export function withStamp(spec: ServiceSpec, stamp: Stamp, leave: boolean): ServiceSpec {
  return { ...spec, Labels: stamped(spec.Labels ?? {}, stamp), UpdateConfig: updateRules(spec, leave) }
}

/**
 * `live` without what a release changed in it: image, stamp and update rules are those of `before`. Everything else is
 * as it is now: a setting that somebody changed since is theirs.
 */
export function withdrawn(
  live: ServiceSpec,
  { before, image, leave }: { readonly before: ServiceSpec; readonly image: string; readonly leave: boolean },
): ServiceSpec {
  const labels = { ...without(live.Labels ?? {}, ...STAMP), ...only(before.Labels ?? {}, STAMP) }
  const rules = withdrawnRules(live.UpdateConfig ?? {}, before, leave)
  return {
    ...withImageText(live, image),
    // Where nothing stood before, nothing stands again.
    Labels: Object.keys(labels).length === 0 ? before.Labels : labels,
    UpdateConfig: Object.keys(rules).length === 0 ? before.UpdateConfig : rules,
  }
}

/** The labels that a release writes. */
const STAMP = [...STAMP_KEYS, LABEL.history]

function withdrawnRules(live: UpdateConfig, before: ServiceSpec, leave: boolean): UpdateConfig {
  const own: Readonly<Record<string, unknown>> = before.UpdateConfig ?? {}
  const ours: Readonly<Record<string, unknown>> = updateRules(before, leave)
  const entries = Object.entries(live).map(([key, value]) => [key, equal(value, ours[key]) ? own[key] : value])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as UpdateConfig
}

/** Services of the same stack that are not workloads carry only who made them. */
export function madeBy(spec: ServiceSpec, run: string): ServiceSpec {
  return { ...spec, Labels: { ...spec.Labels, [LABEL.run]: run } }
}

function stamped(labels: Readonly<Record<string, string>>, stamp: Stamp): Record<string, string> {
  const written = { ...labels, ...stampLabels(stamp) }
  const history = stamp.history === undefined ? {} : { [LABEL.history]: historyText(stamp.history) }
  const kept = Object.entries(written).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]))
  return { ...Object.fromEntries(kept), ...history }
}

/**
 * Start-first, and the engine goes back by itself where it would only stop: that protects the service when this
 * process dies. Parallelism, delay, monitor and an explicit `continue` stay as the service has them.
 */
export function updateRules(spec: ServiceSpec, leave = false): UpdateConfig {
  const own = spec.UpdateConfig ?? {}
  return {
    ...own,
    // 0 means "all at once" to the engine; without a configuration it updates one by one.
    Parallelism: own.Parallelism ?? (spec.UpdateConfig ? 0 : 1),
    FailureAction: failureAction(own.FailureAction ?? '', leave),
    Order: excludesItself(spec) === undefined ? 'start-first' : (own.Order ?? 'stop-first'),
  }
}

function failureAction(own: string, leave: boolean): string {
  if (own === 'continue') return own
  return leave ? 'pause' : 'rollback'
}

/** Why a new task could not start beside the old one: then the service's own update order stays. */
export function excludesItself(spec: ServiceSpec): string | undefined {
  if ((spec.EndpointSpec?.Ports ?? []).some((port) => port.PublishMode === 'host')) {
    return 'publishes a port on the host'
  }
  return (spec.TaskTemplate.Placement?.MaxReplicas ?? 0) > 0 ? 'limits its replicas per node' : undefined
}

/** The spec as it was seen, pinned to the digest that ran then: a tag could have moved since. */
export function pinnedTo(seen: SwarmSpec): ServiceSpec {
  const image = imageOf(seen.spec)
  if (seen.ran === undefined || digestIn(image) !== undefined) return seen.spec
  // An image that came from no registry has only its id, by which its own node finds it.
  return withImageText(seen.spec, seen.local === true ? seen.ran : `${image}@${seen.ran}`)
}

export function runOf(spec: ServiceSpec): string | undefined {
  return spec.Labels?.[LABEL.run]
}

/** `run 123-1`, where its stamp still fits the image; for messages. */
export function writerOf(spec: ServiceSpec): string {
  const run = runOf(spec)
  return run !== undefined && isWrittenBy(spec, run) ? `run ${run}` : 'something that is not a release of ours'
}

/** Whether what stands there is what that run wrote: other tools change the image and leave our labels as they are. */
export function isWrittenBy(spec: ServiceSpec, run: string): boolean {
  return runOf(spec) === run && spec.Labels?.[LABEL.digest] === digestIn(imageOf(spec))
}

/** The revision that the stamp names, only while the stamp's digest is what runs. */
export function stampedRevision(spec: ServiceSpec, digests: readonly Digest[]): string | undefined {
  const [digest, ...others] = digests
  if (digest === undefined || others.length > 0) return undefined
  const labels = spec.Labels ?? {}
  // A platform manifest or config may run where the stamp names the index: the spec's pin decides then.
  return (stampThatFits(labels, digest) ?? stampThatFits(labels, digestIn(imageOf(spec))))?.revision
}

/** The run of ours that set the image which the spec names. */
export function runThatFits(spec: ServiceSpec): { readonly releasedBy?: string } {
  const run = stampThatFits(spec.Labels ?? {}, digestIn(imageOf(spec)))?.run
  return run === undefined ? {} : { releasedBy: run }
}

/** Whether a task was made from this spec. Tasks carry no runtime field, and moving constraints alone replaces none. */
export function isUpToDate(task: Task, spec: ServiceSpec): boolean {
  if (task.Spec.ContainerSpec?.Image !== imageOf(spec)) return false
  return equal(comparable(task.Spec), comparable(spec.TaskTemplate))
}

function comparable(template: Record<string, unknown>): Record<string, unknown> {
  return without(template, 'Runtime', 'Placement')
}

function only<T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key)))
}

function without<T>(record: Readonly<Record<string, T>>, ...keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)))
}

/** The history that the last release wrote with its image; empty when there is none or it is not readable. */
export function historyOf(spec: ServiceSpec): History {
  return parseHistory(spec.Labels?.[LABEL.history])
}
