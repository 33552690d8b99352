/** Records as tags of the image in its registry: they live as long as the image, and keep it from clean-up. */
import type { BadMark, History, VerifiedVersion } from '../domain/history.ts'
import { mergeHistories, sequenceOf, takenOver } from '../domain/history.ts'
import { placeKey } from '../domain/place.ts'
import type { RecordKind, RecordOwner, RecordTag } from '../domain/tags.ts'
import { parseRecordTag, recordPrefix, recordTag } from '../domain/tags.ts'
import type { Reason } from '../errors/deploy-error.ts'
import type { Existence, Ledger, LedgerContext, LedgerQuestion } from '../ports.ts'

type Named = RecordTag & { readonly tag: string }

/** undefined: the target cannot tell which place it is, and records of another would be taken for its own. */
export function registryLedger(context: LedgerContext): Ledger | undefined {
  const { repository, registry, environment, place, adopted } = context
  if (!place) return undefined
  const owner: RecordOwner = { environment, key: placeKey(place) }

  async function write(kind: RecordKind, version: VerifiedVersion | BadMark): Promise<string> {
    const { digest, revision } = version
    const at = new Date(version.at ?? 0)
    const tag = recordTag(owner, { kind, sequence: sequenceOf(version), at, revision })
    await registry.promote(repository, digest, tag, 'never-moves')
    return tag
  }

  const writeMarks = (marks: readonly BadMark[]) => Promise.all(marks.map((mark) => write('bad', mark)))

  return {
    name: 'registry',
    async read(question) {
      const own = readRecords(context, owner, question)
      if (adopted === undefined || adopted === owner.key) return own
      const [mine, others] = await Promise.all([own, readRecords(context, { environment, key: adopted }, question)])
      if (mine.is !== 'present') return mine
      if (others.is !== 'present') return others
      return { is: 'present', value: mergeHistories([mine.value, takenOver(others.value)]) }
    },
    async recordVerified(version, { marks }) {
      const [tag] = await Promise.all([write('deployed', version), writeMarks(marks)])
      return [tag]
    },
    recordBad: async ({ marks }) => writeMarks(marks),
  }
}

/** The newest records of one owner: two lists at once, and a request for each digest that nobody knows yet. */
async function readRecords(
  context: LedgerContext,
  owner: RecordOwner,
  question: LedgerQuestion,
): Promise<Existence<History>> {
  const [deployed, bad] = await Promise.all(
    (['deployed', 'bad'] as const).map((kind) => list(context, owner, kind, question.limit)),
  )
  if (!deployed || deployed.is === 'unknown') return deployed ?? { is: 'absent' }
  if (!bad || bad.is === 'unknown') return bad ?? { is: 'absent' }
  const verified = deployed.is === 'present' ? deployed.value : []
  // A mark matters only for a version that could be gone back to; the newest one also for the number of the next record.
  const candidates = new Set([...verified, ...question.known.verified].map(({ revision }) => revision))
  const marks =
    bad.is === 'present' ? bad.value.filter(({ revision }, index) => index === 0 || candidates.has(revision)) : []
  const [versions, marked] = await Promise.all([
    withDigests(context, verified, question.known.verified),
    withDigests(context, marks, question.known.bad),
  ])
  const [why] = [...versions.faults, ...marked.faults]
  if (why && versions.found.length === 0 && verified.length > 0) return { is: 'unknown', why }
  return { is: 'present', value: { verified: versions.found, bad: marked.found } }
}

async function list(
  { registry, repository }: LedgerContext,
  owner: RecordOwner,
  kind: RecordKind,
  limit: number,
): Promise<Existence<Named[]>> {
  const found = await registry.tagsWithPrefix(repository, { prefix: recordPrefix(kind, owner), limit })
  if (found.is !== 'present') return found
  const named = found.value.flatMap((tag) => {
    const parsed = parseRecordTag(tag, kind, owner)
    return parsed ? [{ ...parsed, tag }] : []
  })
  return { is: 'present', value: named }
}

/** A tag tells its digest only when it is asked for, unless another ledger holds the same record. */
async function withDigests(
  { registry, repository }: LedgerContext,
  tags: readonly Named[],
  known: readonly (VerifiedVersion | BadMark)[],
): Promise<{ readonly found: readonly BadMark[]; readonly faults: readonly Reason[] }> {
  const faults: Reason[] = []
  const found = await Promise.all(
    tags.map(async ({ sequence, at, revision, tag }) => {
      const entry = { revision, sequence, at: at.toISOString() }
      const same = known.find((one) => one.sequence === sequence && one.revision === revision)
      if (same) return [{ ...entry, digest: same.digest }]
      const named = await registry.resolve(repository, tag)
      if (named.is === 'unknown') faults.push(named.why)
      return named.is === 'present' ? [{ ...entry, digest: named.value.digest }] : []
    }),
  )
  return { found: found.flat(), faults }
}
