/** The end of a preview: services first, then, when their tasks are gone, what those used. */
import * as v from 'valibot'
import type { Duration } from '../../../domain/duration.ts'
import { LABEL } from '../../../domain/labels.ts'
import { isPartOf, readPreviewLabels } from '../../../domain/preview-labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import { DeployError, throwIfAborted } from '../../../errors/deploy-error.ts'
import type { Clock, Removal } from '../../../ports.ts'
import { accepted } from '../engine.ts'
import { Node, Task } from '../schema.ts'
import { distantVolumes } from './distant.ts'
import type { EngineRequests } from './few-requests.ts'
import type { FoundPart } from './found.ts'
import { findParts, partText } from './found.ts'

export interface RemoveContext {
  /** At most a few requests at once, as `withFewRequests` makes it. */
  readonly api: EngineRequests
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
  /** Only what this run made. */
  readonly run?: string
}

/** Beyond the time that the containers take to end. */
const REMOVED_WITHIN_MS: Duration = 60_000
const MAX_WAIT_MS: Duration = 600_000
const ASK_EVERY_MS: Duration = 300
/** A node that is down ends nothing: after so long it is asked which are. */
const NODES_ASKED_AFTER_MS: Duration = 5000

/** @throws DeployError target-denied, target-unreachable, removal-timeout, cancelled */
export async function removePreview(preview: Preview, context: RemoveContext): Promise<Removal> {
  const { api, clock } = context
  const [{ parts }, tasks] = await Promise.all([
    findParts(api, namespaceLabel(preview), clock),
    tasksOf(preview, context),
  ])
  const own = parts.filter(({ labels, name }) => isPartOf(labels, name, preview) && isOf(labels, context.run))
  const left = parts.filter((part) => !own.includes(part)).map(partText)
  const distant = await distantVolumes(api, preview, tasks)
  const within = { ...context, until: clock.now() + timeFor(tasks) }
  const services = own.filter(({ kind }) => kind === 'service')
  await removeAll(services, within)
  const lost = await tasksGone(preview, services, within)
  await removeAll(
    own.filter(({ kind }) => kind !== 'service'),
    within,
  )
  await networksGone(preview, own, within)
  const candidates = own.flatMap(({ labels }) => readPreviewLabels(labels)?.candidates ?? [])
  return { removed: own.map(partText), left, outOfReach: [...distant, ...lost], candidates: [...new Set(candidates)] }
}

function isOf(labels: FoundPart['labels'], run: string | undefined): boolean {
  return run === undefined || labels[LABEL.run] === run
}

/** Everything of a stack carries it, whoever made the stack. */
export function namespaceLabel({ name }: Pick<Preview, 'name'>): string {
  return `com.docker.stack.namespace=${name}`
}

async function tasksOf(preview: Preview, { api }: RemoveContext): Promise<Task[]> {
  const answer = await api.request('GET', '/tasks', { query: { filters: { label: [namespaceLabel(preview)] } } })
  return v.parse(v.array(Task), accepted(api, answer, 'list tasks'))
}

const Grace = v.object({ ContainerSpec: v.object({ StopGracePeriod: v.number() }) })

/** A container is given its own time to end; nanoseconds. */
function timeFor(tasks: readonly Task[]): Duration {
  const graces = tasks.map(({ Spec }) => v.safeParse(Grace, Spec))
  const longest = Math.max(
    0,
    ...graces.map((grace) => (grace.success ? grace.output.ContainerSpec.StopGracePeriod : 0)),
  )
  return Math.min(REMOVED_WITHIN_MS + longest / 1e6, MAX_WAIT_MS)
}

interface Within extends RemoveContext {
  /** The end of all waiting, by the clock. */
  readonly until: number
}

/** In use, for now: by a container that is just ending, or by a service that the manager has not forgotten yet. */
const BUSY = /in use|active endpoints|being removed|has active/i

async function removeAll(parts: readonly FoundPart[], context: Within): Promise<void> {
  let rest = parts
  while (rest.length > 0) {
    const refused = await Promise.all(rest.map(async (part) => ({ part, words: await removeOne(part, context) })))
    const busy = refused.filter(({ words }) => words !== undefined)
    if (busy.length === 0) return
    rest = busy.map(({ part }) => part)
    await pause(context, () => busy.map(({ part, words }) => `${partText(part)}: ${words ?? ''}`))
  }
}

/** undefined: it is gone; else why it is not yet. */
async function removeOne(part: FoundPart, { api }: Within): Promise<string | undefined> {
  const answer = await api.request('DELETE', `/${part.kind}s/${encodeURIComponent(part.id)}`)
  if (answer.status < 400 || answer.status === 404) return undefined
  if (BUSY.test(answer.message())) return answer.message()
  accepted(api, answer, `remove the ${partText(part)}`)
  return undefined
}

/** Resolves when the containers have ended; gives what a node that is down may still run. */
async function tasksGone(preview: Preview, services: readonly FoundPart[], context: Within): Promise<string[]> {
  const ids = new Set(services.map(({ id }) => id))
  const doubt = context.clock.now() + NODES_ASKED_AFTER_MS
  for (;;) {
    const tasks = (await tasksOf(preview, context)).filter(({ ServiceID }) => ids.has(ServiceID))
    const isDoubtful = tasks.length > 0 && context.clock.now() >= doubt
    const down = isDoubtful ? await nodesDown(context) : new Map<string, string>()
    const waiting = tasks.filter(({ NodeID = '' }) => NodeID !== '' && !down.has(NodeID))
    const isOver = isDoubtful ? waiting.length === 0 : tasks.length === 0
    if (isOver) return [...new Set(tasks.flatMap(({ NodeID = '' }) => textOfLost(down.get(NodeID))))]
    await pause(context, () => tasks.map(({ ID, Status }) => `task ${ID.slice(0, 12)} is ${Status.State}`))
  }
}

function textOfLost(node: string | undefined): string[] {
  return node === undefined ? [] : [`what ran on node ${node}, which is down`]
}

async function nodesDown({ api }: Within): Promise<ReadonlyMap<string, string>> {
  const nodes = v.parse(v.array(Node), accepted(api, await api.request('GET', '/nodes'), 'list nodes'))
  const down = nodes.filter(({ Status }) => Status?.State === 'down')
  return new Map(down.map(({ ID, Description }) => [ID, Description?.Hostname ?? ID]))
}

/** A network that was removed is shown until its last container has left it. */
async function networksGone(preview: Preview, removed: readonly FoundPart[], context: Within): Promise<void> {
  for (;;) {
    const { parts } = await findParts(context.api, namespaceLabel(preview), context.clock, ['network'])
    const own = parts.filter(({ id }) => removed.some((part) => part.id === id))
    if (own.length === 0) return
    await pause(context, () => own.map((part) => `${partText(part)} is still there`))
  }
}

/** @throws DeployError removal-timeout with what is left, cancelled */
async function pause({ clock, signal, until }: Within, left: () => string[]): Promise<void> {
  if (signal) throwIfAborted(signal)
  if (clock.now() >= until) {
    const evidence = left()
    throw new DeployError('removal-timeout', `the preview is not gone yet: ${evidence[0] ?? ''}`, { evidence })
  }
  await clock.sleep(ASK_EVERY_MS, signal)
  if (signal) throwIfAborted(signal)
}
