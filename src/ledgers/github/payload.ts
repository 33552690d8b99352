/** What a deployment on GitHub says about a version: the payload, and the descriptions that people read. */
import * as v from 'valibot'
import type { Digest } from '../../domain/digest.ts'
import { isDigest, shortDigest } from '../../domain/digest.ts'
import type { Revision } from '../../domain/revision.ts'
import { isRevision, shortRevision } from '../../domain/revision.ts'
import { cut, oneLine } from '../../domain/text.ts'
import type { LedgerAttempt } from '../../ports.ts'

/** GitHub answers 422 above it. */
const DESCRIPTION_CHARACTERS = 140
/** GitHub documents no limit, so we keep far below the ones of its siblings. */
const PAYLOAD_BYTES = 2000
const REASON_CHARACTERS = 200

const digest = v.custom<Digest>((value) => typeof value === 'string' && isDigest(value))
const revision = v.custom<Revision>((value) => typeof value === 'string' && isRevision(value))
const mark = v.object({ digest, revision: v.optional(revision) })

const PayloadSchema = v.object({
  v: v.literal(1),
  app: v.string(),
  target: v.string(),
  /** Key of the place: the same app and environment may be deployed to several clusters. */
  place: v.string(),
  image: v.string(),
  digest,
  revision: v.optional(revision),
  sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Run and attempt. */
  run: v.string(),
  /** The deployment that was active when this one began: it was verified. */
  active: v.optional(v.pipe(v.number(), v.safeInteger())),
  previous: v.optional(digest),
  rollback: v.optional(v.boolean()),
  actor: v.optional(v.string()),
  tag: v.optional(v.string()),
  /** Versions that a rollback by hand leaves behind: marked bad once it is verified. */
  bad: v.optional(v.array(mark)),
  accepted: v.optional(v.array(digest)),
  reason: v.optional(v.string()),
})

export type Payload = v.InferOutput<typeof PayloadSchema>

/** GitHub gives it back as an object, or as the text that was sent. undefined: it is not one of ours. */
export function parsePayload(value: unknown): Payload | undefined {
  const result = v.safeParse(PayloadSchema, typeof value === 'string' ? jsonOf(value) : value)
  return result.success ? result.output : undefined
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Below two kilobytes: what is only useful to have is left out first. */
export function payloadOf(
  attempt: LedgerAttempt,
  facts: Pick<Payload, 'place' | 'active' | 'actor' | 'app' | 'target'>,
): Payload {
  const { image, sequence, runKey, previous, action, reason, abandoned } = attempt
  const { active, actor, ...known } = facts
  const accepted = [...image.accepted].filter((one) => one !== image.digest)
  const needed: Payload = {
    v: 1,
    ...known,
    image: image.repository.name,
    digest: image.digest,
    sequence,
    run: runKey,
    ...(image.revision === undefined ? {} : { revision: image.revision }),
    ...(active === undefined ? {} : { active }),
    ...(previous === undefined ? {} : { previous }),
    ...(action === 'rollback' ? { rollback: true } : {}),
    ...(actor === undefined ? {} : { actor: cut(actor, 60) }),
  }
  const useful: Partial<Payload>[] = [
    abandoned.length > 0 ? { bad: abandoned.map((one) => ({ digest: one.digest, revision: one.revision })) } : {},
    reason === undefined ? {} : { reason: cut(oneLine(reason), REASON_CHARACTERS) },
    image.tag === undefined ? {} : { tag: image.tag },
    accepted.length > 0 && accepted.length <= 8 ? { accepted } : {},
  ]
  return useful.reduce<Payload>((payload, more) => {
    const larger = { ...payload, ...more }
    return Buffer.byteLength(JSON.stringify(larger)) < PAYLOAD_BYTES ? larger : payload
  }, needed)
}

export function describe(text: string): string {
  return cut(oneLine(text), DESCRIPTION_CHARACTERS)
}

/** `rollback to 3f1c2ab (sha256:0123…)` */
export function attemptText({ action, image }: LedgerAttempt): string {
  const version = image.revision === undefined ? '' : `${shortRevision(image.revision)} `
  return describe(`${action === 'rollback' ? 'rollback to' : 'release of'} ${version}(${shortDigest(image.digest)})`)
}

/** What a deployment that GitHub itself made for a job carries instead of a payload, in the description of a status. */
export interface Mark {
  readonly digest: Digest
  readonly revision: Revision | undefined
  readonly place: string
  readonly sequence: number
}

/** At most 139 characters. */
export function markText({ digest: verified, revision: of, place, sequence }: Mark): string {
  return describe(`${verified} ${of ?? '-'} healthy ${place}#${String(sequence)}`)
}

export function parseMark(text: string): Mark | undefined {
  const match = /^(sha256:[0-9a-f]{64}) ([0-9a-f]{40}|-) healthy ([a-z0-9]+)#(\d{1,6})$/.exec(text)
  if (!match) return undefined
  const [, verified = '', of = '', place = '', number = ''] = match
  if (!isDigest(verified)) return undefined
  return { digest: verified, revision: isRevision(of) ? of : undefined, place, sequence: Number(number) }
}
