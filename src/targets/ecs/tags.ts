/**
 * The stamp and the history as tags of Amazon ECS: at most 50 a resource, values of at most 256 characters, a limited set
 * of characters (API reference, TagResource). One version is one tag, readable in the console.
 */
import type { History } from '../../domain/history.ts'
import { parseHistory } from '../../domain/history.ts'
import { LABEL, runKey } from '../../domain/labels.ts'
import type { Stamp } from '../../domain/stamp.ts'
import type { Tag } from './definition.ts'

const MAX_TAGS = 50
const VALUE_CHARACTERS = 256
const KEY = /^dev\.immutable-deploy\.(?:([a-z0-9]+)\.)?(verified|bad)\.\d+$/
const STAMP = [LABEL.app, LABEL.environment, LABEL.digest, LABEL.revision, LABEL.run]

export function stampTags({ app, environment, digest, revision, run }: Stamp): Tag[] {
  return [
    { key: LABEL.app, value: allowed(app) },
    { key: LABEL.environment, value: allowed(environment) },
    { key: LABEL.digest, value: digest },
    { key: LABEL.run, value: allowed(runKey(run)) },
    ...(revision === undefined ? [] : [{ key: LABEL.revision, value: revision }]),
  ]
}

/** Tags of a new revision: those of the one before, with this stamp. Amazon's own cannot be given. */
export function stamped(tags: readonly Tag[], stamp: Stamp): Tag[] {
  const kept = tags.filter(({ key }) => !STAMP.some((name) => name === key) && !key.startsWith('aws:'))
  return [...kept, ...stampTags(stamp)].slice(-MAX_TAGS)
}

export function tagOf(tags: readonly Tag[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value
}

type Entry = History['verified'][number] | History['bad'][number]

/** The tags that hold this history, newest versions first, as many as there is room for. */
export function historyTags(history: History, room: number, definitions: ReadonlyMap<string, string>): Tag[] {
  const { place, verified, bad } = history
  const tag = (kind: 'verified' | 'bad', entry: Entry, index: number): Tag => {
    const number = String(entry.sequence ?? index + 1)
    const definition = kind === 'verified' ? definitions.get(entry.digest) : undefined
    const key = `dev.immutable-deploy.${place === undefined ? '' : `${place}.`}${kind}.${number}`
    return { key, value: valueOf({ ...entry, ...(definition === undefined ? {} : { definition }) }) }
  }
  // Both kinds in turn: where room is short the oldest of both are left out.
  const rows = Array.from({ length: Math.max(verified.length, bad.length) }, (_, index) => [
    ...verified.slice(index, index + 1).map((entry) => tag('verified', entry, verified.length - index)),
    ...bad.slice(index, index + 1).map((entry) => tag('bad', entry, bad.length - index)),
  ])
  return rows.flat().slice(0, Math.max(0, room))
}

/** What is needed most comes first: a value has room for about six of these. */
const ORDER = ['definition', 'digest', 'sequence', 'revision', 'tag', 'at', 'run']
/** Stands for the revision inside of a release tag, which would not fit a second time. */
const REVISION = '@r'

/** `digest=sha256:… sequence=3 revision=…`; the reason, which may have blanks, comes last. Pairs without room are left out. */
function valueOf(entry: Readonly<Record<string, unknown>>): string {
  const { reason, revision, ...rest } = entry
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  const pairs = [
    ...Object.entries({ ...rest, revision }).sort(([a], [b]) => rank(a) - rank(b)),
    ['reason', reason] as const,
  ]
  let text = ''
  for (const [name, value] of pairs) {
    if (typeof value !== 'string' && typeof value !== 'number') continue
    const short =
      typeof revision === 'string' && name === 'tag' ? String(value).replace(revision, REVISION) : String(value)
    const next = `${text} ${name}=${allowed(short)}`.trim()
    if (name === 'reason') text = next.slice(0, VALUE_CHARACTERS).trim()
    else if (next.length <= VALUE_CHARACTERS) text = next
  }
  return text
}

/** One history of each place that the tags tell of. */
export function historiesIn(tags: readonly Tag[]): History[] {
  const places = new Map<string, { verified: object[]; bad: object[] }>()
  for (const { key, value } of tags) {
    const [, place = '', kind] = KEY.exec(key) ?? []
    if (kind === undefined) continue
    const known = places.get(place) ?? { verified: [], bad: [] }
    places.set(place, known)
    known[kind === 'bad' ? 'bad' : 'verified'].push(withoutDefinition(entryIn(value)))
  }
  return [...places].map(([place, { verified, bad }]) =>
    parseHistory(
      JSON.stringify({ ...(place === '' ? {} : { place }), verified: newestFirst(verified), bad: newestFirst(bad) }),
    ),
  )
}

/** Which revision it was is this target's own knowledge, and no part of the history that all ledgers share. */
function withoutDefinition(entry: object): object {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'definition'))
}

function newestFirst(entries: readonly object[]): object[] {
  const sequence = (entry: object) => ('sequence' in entry && typeof entry.sequence === 'number' ? entry.sequence : 0)
  return [...entries].sort((a, b) => sequence(b) - sequence(a))
}

function entryIn(value: string): object {
  const [before = '', reason] = value.split(/(?:^| )reason=/)
  const pairs = before.split(' ').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at <= 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)] as const]
  })
  const entry: Record<string, unknown> = Object.fromEntries(pairs)
  const { sequence, revision, tag } = entry
  return {
    ...entry,
    ...(typeof sequence === 'string' && /^\d+$/.test(sequence) ? { sequence: Number(sequence) } : {}),
    ...(typeof tag === 'string' && typeof revision === 'string' ? { tag: tag.replace(REVISION, revision) } : {}),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Task definition of a verified version, where its tag names one. */
export function definitionFor(tags: readonly Tag[], digest: string): string | undefined {
  return definitionsIn(tags).get(digest)
}

/** Digest → task definition of all versions that the tags tell of. */
export function definitionsIn(tags: readonly Tag[]): Map<string, string> {
  return new Map(
    tags.flatMap(({ key, value }) => {
      const entry = KEY.test(key) ? (entryIn(value) as Readonly<Record<string, unknown>>) : {}
      const { digest, definition } = entry
      return typeof digest === 'string' && typeof definition === 'string' ? [[digest, definition] as const] : []
    }),
  )
}

export interface TagChange {
  readonly add: Tag[]
  readonly remove: string[]
}

/** What has to be written so that the tags hold this history and nothing older of the same place. */
export function tagChange(tags: readonly Tag[], history: History, definitions: ReadonlyMap<string, string>): TagChange {
  const isOurs = ({ key }: Tag): boolean => {
    const match = KEY.exec(key)
    return match !== null && (match[1] ?? '') === (history.place ?? '')
  }
  const others = tags.filter((tag) => !isOurs(tag) && !tag.key.startsWith('aws:'))
  const wanted = historyTags(history, MAX_TAGS - others.length, new Map([...definitionsIn(tags), ...definitions]))
  return {
    add: wanted.filter(({ key, value }) => tagOf(tags, key) !== value),
    remove: tags.filter((tag) => isOurs(tag) && !wanted.some(({ key }) => key === tag.key)).map(({ key }) => key),
  }
}

/** Other characters than Amazon takes become dashes. */
export function allowed(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '-').slice(0, VALUE_CHARACTERS)
}
