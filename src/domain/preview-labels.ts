/** What is written on everything that is made for a preview, as labels, annotations or tags, and how it is read again. */
import * as v from 'valibot'
import { LABEL } from './labels.ts'
import type { Preview } from './preview.ts'

/** One part of a preview by its labels. */
export interface PreviewPart extends Preview {
  /** The part's own name, as its label repeats it. */
  readonly owner?: string | undefined
  /** The run (`id-attempt`) that deployed it last. */
  readonly run?: string | undefined
  /** When it expires, ms since 1970 by the target's clock; infinity where somebody wrote something else. */
  readonly expires?: number | undefined
  /** Tags in the registry that were made for the preview alone, as whole references. */
  readonly candidates: readonly string[]
}

type Labels = Readonly<Record<string, string | undefined>>

export function previewLabels(part: PreviewPart): Record<string, string> {
  const { app, name, number, repository, owner, run, expires, candidates } = part
  return {
    [LABEL.app]: app,
    [LABEL.preview]: name,
    [LABEL.pullRequest]: String(number),
    ...(repository === undefined ? {} : { [LABEL.repository]: repository }),
    ...(owner === undefined ? {} : { [LABEL.owner]: owner }),
    ...(run === undefined ? {} : { [LABEL.run]: run }),
    ...(expires === undefined || !Number.isFinite(expires)
      ? {}
      : { [LABEL.expires]: `${new Date(expires).toISOString().slice(0, 19)}Z` }),
    ...(candidates.length === 0 ? {} : { [LABEL.candidates]: candidates.join(' ') }),
  }
}

const text = v.fallback(v.optional(v.string()), undefined)

const PartSchema = v.object({
  [LABEL.app]: v.pipe(v.string(), v.minLength(1)),
  [LABEL.preview]: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*-pr-\d+$/)),
  [LABEL.pullRequest]: v.pipe(v.string(), v.regex(/^[1-9]\d{0,9}$/)),
  [LABEL.repository]: text,
  [LABEL.owner]: text,
  [LABEL.run]: text,
  [LABEL.expires]: text,
  [LABEL.candidates]: text,
})

/** Older ones are removed when they are replaced. */
const KEPT_CANDIDATES = 4

/** The candidates to be written on what is deployed now, the newest last. */
export function withCandidate(before: readonly string[], added: string | undefined): readonly string[] {
  const all = new Set([...before.filter((tag) => tag !== added), ...(added === undefined ? [] : [added])])
  return [...all].slice(-KEPT_CANDIDATES)
}

/** undefined: these are not the labels of a part of a preview. */
export function readPreviewLabels(labels: Labels): PreviewPart | undefined {
  const parsed = v.safeParse(PartSchema, labels)
  if (!parsed.success) return undefined
  const { output } = parsed
  const repository = output[LABEL.repository]
  const expires = output[LABEL.expires]
  return {
    app: output[LABEL.app],
    name: output[LABEL.preview],
    number: Number(output[LABEL.pullRequest]),
    ...(repository === undefined ? {} : { repository }),
    owner: output[LABEL.owner],
    run: output[LABEL.run],
    expires: expires === undefined ? undefined : timeIn(expires),
    candidates: (output[LABEL.candidates] ?? '').split(/\s+/).filter((tag) => tag !== ''),
  }
}

/** What cannot be read does not make a preview old. */
function timeIn(text: string): number {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)
  const time = isTime ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time
}

/**
 * Whether a thing carries the labels of that preview, and repeats its own name: only then it may be removed with it. The
 * preview of another repository may have the same name and number. Who makes production's service out of a preview's takes
 * the labels along, and may give all of them the new name: every name that we give has the number in it.
 * @param place what has the number in its name: the thing, or a place that is the preview's alone
 */
export function isPartOf(labels: Labels, name: string, preview: Preview, place: string = name): boolean {
  const part = readPreviewLabels(labels)
  if (part === undefined || part.owner !== name || !place.includes(String(preview.number))) return false
  if (part.repository !== preview.repository) return false
  return part.name === preview.name && part.app === preview.app && part.number === preview.number
}
