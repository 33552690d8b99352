import type { Digest } from '../../domain/digest.ts'
import type { BadMark, History, VerifiedVersion } from '../../domain/history.ts'
import { isBad, nextSequence, withBad, withVerified } from '../../domain/history.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { Run } from '../../domain/labels.ts'
import { runKey } from '../../domain/labels.ts'
import type { Revision } from '../../domain/revision.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Ledger, LedgerChange, LedgerContext, OpenLedgers, Rollout } from '../../ports.ts'
import type { StepContext } from '../step.ts'
import { step } from '../step.ts'
import type { Memory } from './memory.ts'
import { remember } from './memory.ts'
import { pointerOf } from './pointer.ts'

/** What is recorded, and where. */
export interface RecordContext {
  readonly environment: string
  readonly environmentTag: string | undefined
  /** What the environment tag names now, where known: an equal tag is not written again. */
  readonly pointsAt: Digest | undefined
  readonly ledgers: LedgerContext
  readonly memory: Memory
  readonly rollout: Rollout<unknown>
  /** Why, by the input of that name. */
  readonly reason: string | undefined
  readonly run: Run
}

export interface AbandonedVersion {
  readonly digest: Digest
  readonly revision?: Revision | undefined
}

type RecordingContext = StepContext & { readonly ledgers: OpenLedgers }

/** What became of a record. */
export interface Recorded {
  /** The tags that now name the digest. */
  readonly tags: readonly string[]
  /** False: something could not be written; the next run that finds this version running writes it. */
  readonly complete: boolean
}

/** After the verdict nobody waits longer for a registry, where the target itself remembers. */
const REGISTRY_PATIENCE_MS = 10_000

/**
 * After a healthy verdict: the environment tag and every ledger that does not hold this version as the newest yet, side
 * by side. Each failure is one warning: the verdict does not depend on a record.
 */
export async function recordVerified(
  context: RecordContext,
  image: PinnedImage,
  abandoned: readonly AbandonedVersion[],
  ports: RecordingContext,
): Promise<Recorded> {
  return step(
    ports,
    { name: 'record', title: `Record ${context.environment}` },
    async () => {
      const opened = await open(context, ports)
      const { ledgers, memory } = opened
      const marks = marksOf(context, abandoned, opened)
      const version = versionOf(context, image, marks, opened)
      const history = withVerified(marks.reduce(withBad, memory.history), version)
      const change = { history, marks, rollout: context.rollout }
      const missing = ledgers.filter(
        (ledger) => ledger.begin || marks.length > 0 || !holds(memory.by.get(ledger.name), version),
      )
      const written = await Promise.all([
        movePointers(context, { digest: image.digest, isRecorded: missing.length === 0 }, opened, ports),
        ...missing.map((ledger) => attempt(ports, ledger, () => ledger.recordVerified(version, change))),
      ])
      return result(written, opened)
    },
    ({ tags }) => tags.join(', ') || 'nothing new',
  )
}

/** After the restore from a failed release: the version that failed is marked bad. */
export async function recordBad(
  context: RecordContext,
  bad: AbandonedVersion,
  ports: RecordingContext,
): Promise<Recorded> {
  return step(
    ports,
    { name: 'record', title: `Mark ${bad.revision?.slice(0, 7) ?? bad.digest} bad in ${context.environment}` },
    async () => {
      const opened = await open(context, ports)
      const marks = marksOf(context, [bad], opened)
      const history = marks.reduce(withBad, opened.memory.history)
      const change: LedgerChange = { history, marks, rollout: context.rollout }
      const written = await Promise.all(
        opened.ledgers.map((ledger) => attempt(ports, ledger, () => ledger.recordBad(change))),
      )
      return result(written, opened)
    },
    () => 'marked',
  )
}

interface Opened {
  readonly ledgers: readonly Ledger[]
  readonly memory: Memory
  readonly registry: LedgerContext['registry']
  readonly at: string
}

/** The ledgers with the deadline that holds now; those that were not asked before are, for the number of the record. */
async function open({ ledgers: context, memory }: RecordContext, ports: RecordingContext): Promise<Opened> {
  const remembers = context.target.record !== undefined
  const registry = remembers ? context.registry.within(REGISTRY_PATIENCE_MS) : context.registry
  const ledgers = ports.ledgers({ ...context, registry })
  const known = await remember(memory, ledgers, 1)
  // A ledger that shows the attempt says by itself, once, what it could not write.
  const away = ledgers.filter((ledger) => known.down.has(ledger.name) && !ledger.begin)
  for (const { name } of away) {
    const why = known.down.get(name)
    if (why && !memory.down.has(name)) unwritten(ports, name, why)
  }
  const at = new Date(ports.clock.now()).toISOString()
  return { ledgers: ledgers.filter((ledger) => !away.includes(ledger)), memory: known, registry, at }
}

function marksOf({ reason }: RecordContext, abandoned: readonly AbandonedVersion[], { memory, at }: Opened): BadMark[] {
  const sequence = nextSequence(memory.history)
  return abandoned.map(({ digest, revision }) => ({
    digest,
    sequence,
    at,
    ...(revision === undefined ? {} : { revision }),
    ...(reason === undefined ? {} : { reason }),
  }))
}

/** The record that exists already, where this version is the newest anyway: then only what is missing is written. */
function versionOf(
  { run, reason }: RecordContext,
  image: PinnedImage,
  marks: readonly BadMark[],
  { memory: { history }, at }: Opened,
): VerifiedVersion {
  const [newest] = history.verified
  if (newest?.digest === image.digest && marks.length === 0 && !isBad(history, image.digest)) return newest
  const { digest, accepted, revision, tag } = image
  return {
    digest,
    sequence: nextSequence(history),
    at,
    run: runKey(run),
    ...(revision === undefined ? {} : { revision }),
    ...(tag === undefined ? {} : { tag }),
    ...(reason === undefined ? {} : { reason }),
    ...(accepted.size > 1 && accepted.size <= 8 ? { accepted: [...accepted].filter((one) => one !== digest) } : {}),
  }
}

function holds(history: History | undefined, { digest, sequence }: VerifiedVersion): boolean {
  const [newest] = history?.verified ?? []
  return (
    newest?.digest === digest && newest.sequence === sequence && !isBad(history ?? { verified: [], bad: [] }, digest)
  )
}

interface Proven {
  readonly digest: Digest
  /** Every ledger held it as the newest already. */
  readonly isRecorded: boolean
}

/** The environment's moving tag, and this place's own where several share the environment. */
async function movePointers(
  { environment, environmentTag, pointsAt, ledgers }: RecordContext,
  { digest, isRecorded }: Proven,
  { registry }: Opened,
  ports: RecordingContext,
): Promise<readonly string[] | undefined> {
  if (environmentTag === undefined) return []
  if (pointsAt === digest && isRecorded) return [environmentTag]
  const { repository } = ledgers
  const { tags, notice } = await pointerOf({ environment, environmentTag, ledgers }, digest, registry)
  if (notice !== undefined) ports.reporter.emit({ type: 'notice', text: notice })
  const move = async (tag: string): Promise<boolean> => {
    try {
      if (pointsAt !== digest || tag !== environmentTag) await registry.promote(repository, digest, tag, 'may-move')
      return true
    } catch (error) {
      const { code, what } = asDeployError(error)
      const text = `the tag ${repository.name}:${tag} was not written: ${what} (${code})`
      ports.reporter.emit({ type: 'warning', text })
      return false
    }
  }
  const moved = await Promise.all(tags.map(move))
  return moved.includes(false) ? undefined : tags
}

/** undefined: it was not written. */
async function attempt(
  ports: RecordingContext,
  { name }: Ledger,
  write: () => Promise<readonly string[]>,
): Promise<readonly string[] | undefined> {
  try {
    return await write()
  } catch (error) {
    unwritten(ports, name, asDeployError(error))
    return undefined
  }
}

const PLACES = { target: 'in the target', registry: 'in the registry', github: 'on GitHub' } as const

/** One line: a notice where a workflow may choose not to grant a permission, a warning otherwise. */
export function unwritten({ reporter }: StepContext, name: Ledger['name'], { what, code, fix }: Reason): void {
  const text = `the record ${PLACES[name]} was not written: ${what} (${code})`
  if (code !== 'github-denied') reporter.emit({ type: 'warning', text })
  else reporter.emit({ type: 'notice', text: `${text}. ${fix ?? ''} Or set deployment-record: off.` })
}

function result(written: readonly (readonly string[] | undefined)[], { memory }: Opened): Recorded {
  return {
    tags: written.flatMap((tags) => tags ?? []),
    complete: memory.down.size === 0 && !written.includes(undefined),
  }
}
