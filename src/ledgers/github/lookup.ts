/** What GitHub knows of a place: its own records, and the deployments that GitHub made for jobs with `environment:`. */
import type { Digest } from '../../domain/digest.ts'
import type { BadMark, History, VerifiedVersion } from '../../domain/history.ts'
import type { GitHubContext } from '../../ports.ts'
import type { Deployment, Deployments, Status } from './deployments.ts'
import { ITEMS_PER_PAGE } from './deployments.ts'
import type { Mark, Payload } from './payload.ts'
import { parseMark } from './payload.ts'

/** A deployment whose statuses were asked for. */
export interface Known extends Deployment {
  readonly statuses: readonly Status[]
}

export interface Found {
  /** Of this place by their payload, the newest first. */
  readonly own: readonly (Deployment & { readonly payload: Payload })[]
  /** The newest of them, down to the one that is active. */
  readonly recent: readonly Known[]
  /** Made by GitHub for jobs, newer than every own one; the newest first. */
  readonly ofJobs: readonly Known[]
  /** The same whose statuses were not asked for. */
  readonly furtherOfJobs: readonly Deployment[]
  /** The deployment of this very job; `several` where the run has more than one in this environment. */
  readonly ofThisJob: Known | 'several' | undefined
}

export interface LookupContext {
  readonly deployments: Deployments
  readonly github: GitHubContext
  readonly environment: string
  readonly task: string
  readonly place: string
}

/** So many requests at most are worth knowing what is active. */
const RECENT_DEPLOYMENTS = 3

/** One list and, side by side, the statuses of the newest. */
export async function lookUp(context: LookupContext): Promise<Found> {
  const { deployments, environment, task, github } = context
  const all = await deployments.list({ environment })
  let own = ofPlace(all, context)
  if (own.length === 0 && all.length >= ITEMS_PER_PAGE) {
    const isOfPlace = (one: Deployment) => ofPlace([one], context).length > 0
    own = ofPlace(await deployments.find(environment, task, isOfPlace), context)
  }
  const newest = own[0]?.id ?? 0
  const jobs = all.filter((one) => one.isOfJob && one.id > newest)
  const know = async (one: Deployment): Promise<Known> => ({ ...one, statuses: await deployments.statuses(one.id) })
  const [recent, ofJobs] = await Promise.all([
    recentOf(own, know),
    Promise.all(jobs.slice(0, RECENT_DEPLOYMENTS).map(know)),
  ])
  return {
    own,
    recent,
    ofJobs,
    furtherOfJobs: jobs.slice(RECENT_DEPLOYMENTS),
    ofThisJob: theOneOf(ofJobs.filter((one) => isOfRun(one, github.runId))),
  }
}

/** Other jobs of the run may have ended by now; of those that still run nothing tells which is this one. */
function theOneOf(ofThisRun: readonly Known[]): Found['ofThisJob'] {
  const running = ofThisRun.length > 1 ? ofThisRun.filter(isOpen) : ofThisRun
  return running.length === 1 ? running[0] : ofThisRun.length > 1 ? 'several' : undefined
}

function ofPlace(all: readonly Deployment[], { task, place }: LookupContext) {
  return all
    .flatMap((one) =>
      one.payload && one.task === task && one.payload.place === place ? [{ ...one, payload: one.payload }] : [],
    )
    .sort((one, other) => other.id - one.id)
}

/** Records say which one was active before them, so that a chain of failures needs no request for each. */
async function recentOf(own: Found['own'], know: (one: Deployment) => Promise<Known>): Promise<Known[]> {
  const known: Known[] = []
  for (const one of own.slice(0, RECENT_DEPLOYMENTS)) {
    if (one.id === own[0]?.payload.active) break
    const next = await know(one)
    known.push(next)
    if (stateOf(next) === 'success') break
  }
  return known
}

/** GitHub names the commit of a pull request's head there, not the one that the workflow runs for: the run decides. */
export const isOfRun = ({ statuses }: Known, runId: string): boolean =>
  statuses.some((status) =>
    [status.log_url, status.target_url].some((url) => `${url ?? ''}/`.includes(`/actions/runs/${runId}/`)),
  )

export function stateOf({ statuses }: Known): string {
  return statuses[0]?.state ?? 'pending'
}

const OVER: ReadonlySet<string> = new Set(['failure', 'error', 'inactive'])

export const isOver = (one: Known): boolean => OVER.has(stateOf(one))

/** It neither ended nor was retired, nor does it wait for an approval. */
export const isOpen = (one: Known): boolean => ['pending', 'queued', 'in_progress'].includes(stateOf(one))

export interface Active {
  readonly active: { readonly id: number; readonly digest: Digest } | undefined
  /** All that say that they are active or on their way: retired by the next verified one. */
  readonly open: readonly number[]
}

export function activeOf(found: Found, place: string): Active {
  const { own, recent, ofJobs } = found
  const succeeded = ofJobs.filter((one) => stateOf(one) === 'success')
  const marked = succeeded.flatMap((one) => marksOf(one, place).map(({ digest }) => ({ id: one.id, digest })))
  const byPayload = own.find(({ id }) => id === activeId(found))
  const active = marked[0] ?? (byPayload && { id: byPayload.id, digest: byPayload.payload.digest })
  const claiming = recent.filter((one) => !isOver(one))
  const open = [...claiming, ...marked, ...(byPayload ? [byPayload] : [])].map(({ id }) => id)
  return { active, open: [...new Set(open)] }
}

/** Of our own records. The newest knows what was active before it, unless it was active itself and somebody retired it. */
function activeId({ own, recent }: Found): number | undefined {
  const success = recent.find((one) => stateOf(one) === 'success')
  if (success) return success.id
  return wasVerified(recent[0]) ? undefined : own[0]?.payload.active
}

function wasVerified(one: Known | undefined): boolean {
  return one?.statuses.some(({ state }) => state === 'success') ?? false
}

export function marksOf({ statuses }: Known, place: string): Mark[] {
  return statuses.flatMap(({ description }) => {
    const mark = parseMark(description ?? '')
    return mark?.place === place ? [mark] : []
  })
}

/** Everything verified and marked bad. A failed attempt counts against a version only where GitHub says `failure`. */
export async function historyOf(found: Found, context: LookupContext, limit: number): Promise<History> {
  const { deployments, place } = context
  const { own, recent } = found
  const named = new Set(own.flatMap(({ payload }) => (payload.active === undefined ? [] : [payload.active])))
  for (const one of recent) if (wasVerified(one)) named.add(one.id)
  const isVerified = ({ id }: Deployment) => named.has(id)
  const verified = own.filter(isVerified)
  const digests = new Set(verified.map(({ payload }) => payload.digest))
  const doubtful = own.filter((one) => !isVerified(one) && digests.has(one.payload.digest)).slice(0, limit)
  const missing = Math.max(0, limit - verified.length - found.ofJobs.length)
  const [failed, further] = await Promise.all([
    Promise.all(
      doubtful.map(async (one) => {
        const statuses = recent.find(({ id }) => id === one.id)?.statuses ?? (await deployments.statuses(one.id))
        return statuses[0]?.state === 'failure' ? [badOf(one)] : []
      }),
    ),
    Promise.all(
      found.furtherOfJobs
        .slice(0, missing)
        .map(async (one) => ({ ...one, statuses: await deployments.statuses(one.id) })),
    ),
  ])
  const marked = [...found.ofJobs, ...further].flatMap((one) =>
    marksOf(one, place)
      .slice(0, 1)
      .map((mark) => versionOfMark(mark, one)),
  )
  const left = verified.flatMap((one) => (one.payload.bad ?? []).map((bad) => ({ ...badOf(one), ...bad })))
  return { verified: [...marked, ...verified.map(versionOf)], bad: [...failed.flat(), ...left] }
}

function versionOf({ at, payload }: Found['own'][number]): VerifiedVersion {
  const { digest, revision, sequence, run, accepted, tag, reason } = payload
  return { digest, revision, sequence, at, run, accepted, tag, reason }
}

function versionOfMark({ digest, revision, sequence }: Mark, { at }: Deployment): VerifiedVersion {
  return { digest, revision, sequence, at }
}

function badOf({ at, payload: { digest, revision, sequence, reason } }: Found['own'][number]): BadMark {
  return { digest, revision, sequence, at, reason }
}
