/** What GitHub shows of previews, put together: the deployment record and the comment. */
import type { Run } from '../domain/labels.ts'
import { isGreen, isProven } from '../domain/outcome.ts'
import type { Preview } from '../domain/preview.ts'
import { asDeployError } from '../errors/deploy-error.ts'
import type { NewStatus } from '../ledgers/github/deployments.ts'
import type { PreviewRecords } from '../ledgers/github/previews.ts'
import type { PreviewDisplay, PreviewEnding, Reporter } from '../ports.ts'
import { endedComment, removedComment } from '../reporting/preview-comment.ts'

type WriteComment = ReturnType<typeof import('../adapters/github/comments.ts').openComments>

export interface DisplayContext {
  readonly run: Run
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** undefined: none are kept. */
  readonly records: PreviewRecords | undefined
  /** undefined: none is written. */
  readonly comment: WriteComment | undefined
}

export function createDisplay({ run, reporter, signal, records, comment }: DisplayContext): PreviewDisplay {
  const isSaid = new Set<string>()

  /** What cannot be written is said once: a sweep may remove many. */
  async function tolerated(what: 'record' | 'comment', work: () => Promise<void> | undefined): Promise<void> {
    try {
      await work()
    } catch (error) {
      const { code, what: why, fix } = asDeployError(error)
      if (code === 'cancelled' || isSaid.has(what)) return
      isSaid.add(what)
      const otherwise = what === 'record' ? 'deployment-record: off' : 'comment: false'
      const text = `the ${what} of the preview was not written: ${why} (${code}).`
      reporter.emit({ type: 'notice', text: code === 'github-denied' ? `${text} ${fix} Or set ${otherwise}.` : text })
    }
  }

  const write = (preview: Preview, body: string, creates: boolean) =>
    tolerated('comment', () => comment?.({ number: preview.number, app: preview.app, run, body, creates }))
  const context = (preview: Preview) => ({ app: preview.app, runUrl: run.url })

  return {
    queued: (preview, revision) => records?.begin(preview, revision),
    deploying: (preview) => records?.deploying(preview),
    async ended(preview, ending) {
      if (signal.aborted) return tolerated('record', () => records?.lastWord('cancelled'))
      await Promise.all([
        tolerated('record', () => records?.end(preview, statusOf(ending), isProven(ending.outcome))),
        isShown(ending) ? write(preview, endedComment(preview, ending, context(preview)), true) : undefined,
      ])
    },
    async removed(preview, why) {
      await Promise.all([
        tolerated('record', () => records?.retire(preview, why)),
        write(preview, removedComment(preview, why, context(preview)), false),
      ])
    },
  }
}

/** A run that another one has overtaken, or that nobody wants any more, says nothing. */
function isShown({ outcome }: PreviewEnding): boolean {
  return outcome !== 'superseded' && outcome !== 'skipped' && outcome !== 'cancelled'
}

function statusOf(ending: PreviewEnding): NewStatus {
  const { outcome, url, reason } = ending
  if (isProven(ending.outcome)) return { state: 'success', description: 'the preview runs, proven', url }
  if (isShown(ending) && !isGreen(outcome)) return { state: 'failure', description: reason?.what ?? outcome }
  return { state: 'inactive', description: reason?.what ?? outcome }
}
