/** What the comment on a pull request says about its preview. Foreign text is never interpreted, and nobody is mentioned. */
import { shortDigest } from '../domain/digest.ts'
import { isProven } from '../domain/outcome.ts'
import type { Preview } from '../domain/preview.ts'
import { shortRevision } from '../domain/revision.ts'
import { CATALOGUE } from '../errors/catalogue.ts'
import type { PreviewEnding } from '../ports.ts'
import { evidenceLines } from './explain.ts'
import { code, fence, plain, table } from './markdown.ts'

/** GitHub takes 65,536 characters; nobody reads as many. */
const EVIDENCE_CHARACTERS = 10_000
const EVIDENCE_LINES = 20

export interface CommentContext {
  readonly app: string
  readonly runUrl: string | undefined
}

export function endedComment(preview: Preview, ending: PreviewEnding, context: CommentContext): string {
  const { outcome, url, revision, digest, expires, reason, runsOn } = ending
  const isUp = isProven(outcome)
  const head = isUp ? '### ✅ Preview of' : '### ❌ No new preview of'
  const rows = [
    ...(url === undefined ? [] : [['address', link(url)]]),
    ...(revision === undefined ? [] : [['commit', code(shortRevision(revision))]]),
    ...(digest === undefined ? [] : [['image', code(shortDigest(digest))]]),
    ['name', code(preview.name)],
    ...(expires === undefined ? [] : [['removed', `when this is closed, at the latest after ${when(expires)}`]]),
    ...(context.runUrl === undefined ? [] : [['run', `[log](${context.runUrl})`]]),
  ]
  const why = reason && !isUp ? failure(reason, runsOn) : []
  return [`${head} ${plain(context.app)}`, ...why, table(['', ''], rows)].join('\n\n')
}

export function removedComment(preview: Preview, why: string, { app, runUrl }: CommentContext): string {
  const log = runUrl === undefined ? '' : ` ([log](${runUrl}))`
  return `### 🧹 Preview of ${plain(app)}\n\n${code(preview.name)} was removed: ${plain(why)}${log}.`
}

function failure(
  { code: reason, what, fix, evidence = [] }: NonNullable<PreviewEnding['reason']>,
  runsOn: boolean,
): string[] {
  const lines = evidenceLines(evidence).slice(-EVIDENCE_LINES)
  const shown = fence(lines)
  return [
    `${code(reason)}: ${plain(what)}`,
    ...(lines.length > 0 && shown.length <= EVIDENCE_CHARACTERS ? [shown] : []),
    `**What to do:** ${plain(fix ?? CATALOGUE[reason].fix)}`,
    ...(runsOn ? ['The version before runs on.'] : []),
  ]
}

/** Only what is an address and cannot be anything else becomes a link. */
function link(url: string): string {
  const { href } = URL.canParse(url) ? new URL(url) : { href: '' }
  return /^https?:\/\/[A-Za-z0-9._~:/?#[\]@!$&()*+,;=%-]+$/.test(href) && !/[()[\]*_]/.test(href)
    ? `<${href}>`
    : code(url)
}

/** `2026-11-28 09:30 UTC` */
function when(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}
