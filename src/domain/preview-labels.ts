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
  /** When it expires, ms since 1970 by the target's clock. */
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
    ...(expires === undefined ? {} : { [LABEL.expires]: `${new Date(expires).toISOString().slice(0, 19)}Z` }),
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
  const expires = Date.parse(output[LABEL.expires] ?? '')
  return {
    app: output[LABEL.app],
    name: output[LABEL.preview],
    number: Number(output[LABEL.pullRequest]),
    ...(repository === undefined ? {} : { repository }),
    owner: output[LABEL.owner],
    run: output[LABEL.run],
    expires: Number.isNaN(expires) ? undefined : expires,
    candidates: (output[LABEL.candidates] ?? '').split(/\s+/).filter((tag) => tag !== ''),
  }
}

/**
 * Whether a thing carries the labels of that preview, and repeats its own name: only then it may be removed with it. The
 * preview of another repository may have the same name and number.
 */
export function isPartOf(labels: Labels, name: string, preview: Preview): boolean {
  const part = readPreviewLabels(labels)
  if (part === undefined || part.owner !== name) return false
  if (part.repository !== preview.repository) return false
  return part.name === preview.name && part.app === preview.app && part.number === preview.number
}
