/** Pure rules over service specs: what a release changes in them, and nothing else. */
import * as v from 'valibot'
import type { Digest } from '../../domain/digest.ts'
import { digestIn, isDigest } from '../../domain/digest.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { History, Stamp } from '../../domain/labels.ts'
import { EMPTY_HISTORY, LABEL, runKey } from '../../domain/labels.ts'
import { asRevision, isRevision } from '../../domain/revision.ts'
import type { ServiceSpec, Task, UpdateConfig } from './wire.ts'

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
  return {
    ...withImageText(spec, imageText(image)),
    Labels: stamped(spec.Labels ?? {}, stamp),
    UpdateConfig: updateRules(spec, leave),
  }
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

/** The labels that a release writes; the history stays with the service. */
const STAMP = [LABEL.app, LABEL.environment, LABEL.digest, LABEL.run, LABEL.revision]

function withdrawnRules(live: UpdateConfig, before: ServiceSpec, leave: boolean): UpdateConfig {
  const own: Readonly<Record<string, unknown>> = before.UpdateConfig ?? {}
  const ours: Readonly<Record<string, unknown>> = updateRules(before, leave)
  const entries = Object.entries(live).map(([key, value]) => [key, same(value, ours[key]) ? own[key] : value])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as UpdateConfig
}

/** Services of the same stack that are no workloads carry only who made them. */
export function madeBy(spec: ServiceSpec, run: string): ServiceSpec {
  return { ...spec, Labels: { ...spec.Labels, [LABEL.run]: run } }
}

function stamped(labels: Readonly<Record<string, string>>, stamp: Stamp): Record<string, string> {
  return {
    ...without(labels, LABEL.revision),
    [LABEL.app]: stamp.app,
    [LABEL.environment]: stamp.environment,
    [LABEL.digest]: stamp.digest,
    [LABEL.run]: runKey(stamp.run),
    ...(stamp.revision === undefined ? {} : { [LABEL.revision]: stamp.revision }),
  }
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
  return run !== undefined && isWrittenBy(spec, run) ? `run ${run}` : 'something that is no release of ours'
}

/** Whether what stands there is what that run wrote: other tools change the image and leave our labels as they are. */
export function isWrittenBy(spec: ServiceSpec, run: string): boolean {
  return runOf(spec) === run && spec.Labels?.[LABEL.digest] === digestIn(imageOf(spec))
}

/** The revision that the stamp names, only while the stamp's digest is what runs. */
export function stampedRevision(spec: ServiceSpec, digests: readonly Digest[]): string | undefined {
  const digest = spec.Labels?.[LABEL.digest]
  if (digest === undefined || digests.length !== 1) return undefined
  // A platform manifest or config may run where the stamp names the index: the spec's pin decides then.
  return digests[0] === digest || digestIn(imageOf(spec)) === digest
    ? asRevision(spec.Labels?.[LABEL.revision])
    : undefined
}

/** Equal but for the order of keys; what is undefined is absent. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = definedEntries(a)
  const right = new Map(definedEntries(b))
  return left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)))
}

function definedEntries(value: object): [string, unknown][] {
  return (Object.entries(value) as [string, unknown][]).filter(([, item]) => item !== undefined)
}

/** Whether a task was made from this spec. Tasks carry no runtime field, and moving constraints alone replaces none. */
export function isUpToDate(task: Task, spec: ServiceSpec): boolean {
  if (task.Spec.ContainerSpec?.Image !== imageOf(spec)) return false
  return same(comparable(task.Spec), comparable(spec.TaskTemplate))
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

const isVersion = v.looseObject({
  digest: v.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
  at: v.string(),
  revision: v.fallback(v.optional(v.pipe(v.string(), v.check(isRevision))), undefined),
})
const HistorySchema = v.object({
  verified: v.fallback(v.array(isVersion), []),
  bad: v.fallback(v.array(isVersion), []),
})

/** The history in the service's labels; empty when there is none or it is not readable. */
export function historyOf(spec: ServiceSpec): History {
  const text = spec.Labels?.[LABEL.history]
  if (text === undefined) return EMPTY_HISTORY
  try {
    const parsed = v.safeParse(HistorySchema, JSON.parse(text))
    return parsed.success ? (parsed.output as History) : EMPTY_HISTORY
  } catch {
    return EMPTY_HISTORY
  }
}

export function withHistory(spec: ServiceSpec, history: History): ServiceSpec {
  return { ...spec, Labels: { ...spec.Labels, [LABEL.history]: JSON.stringify(history) } }
}

const KEPT = 10

/** Both memories in one: newest first, at most ten; a bad mark ends with a later healthy verdict of the same digest. */
export function mergeHistory(one: History, other: History): History {
  const verified = newest([...one.verified, ...other.verified])
  const bad = newest([...one.bad, ...other.bad]).filter(
    (mark) => !verified.some((version) => version.digest === mark.digest && version.at > mark.at),
  )
  return { verified: verified.slice(0, KEPT), bad: bad.slice(0, KEPT) }
}

function newest<T extends { digest: Digest; at: string }>(entries: readonly T[]): T[] {
  const sorted = [...entries].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
  return sorted.filter((entry, index) => sorted.findIndex((other) => other.digest === entry.digest) === index)
}
