/** Limits work that shows progress: by its whole time, and by how long it may show none. */
import type { Duration } from '../domain/duration.ts'
import { formatDuration } from '../domain/duration.ts'
import { openDeadline } from './deadline.ts'

export interface ProgressLimits {
  readonly total: Duration
  /** Without any sign of progress. */
  readonly quiet: Duration
}

export interface ProgressLimit {
  /** Aborted with the error of `late` when a limit is over, or with the parent's reason. */
  readonly signal: AbortSignal
  readonly progressed: () => void
  /** The caller that opened it has to call it. */
  close(): void
}

/** @param late the error for what has happened: `no progress for 10m` */
export function openProgressLimit(
  { total, quiet }: ProgressLimits,
  parent: AbortSignal | undefined,
  late: (what: string) => Error,
): ProgressLimit {
  const deadline = openDeadline({ signal: parent })
  const end = (what: string) => () => deadline.abort(late(what))
  const whole = setTimeout(end(`not finished after ${formatDuration(total)}`), total)
  const still = setTimeout(end(`no progress for ${formatDuration(quiet)}`), quiet)
  return {
    signal: deadline.signal,
    progressed: () => void still.refresh(),
    close() {
      clearTimeout(whole)
      clearTimeout(still)
      deadline.close()
    },
  }
}
