import type { PreviewRequest } from '../../domain/request.ts'
import type { DeployError, Reason } from '../../errors/deploy-error.ts'
import { asDeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { FoundPreview, PreviewHost, PreviewPorts } from '../../ports.ts'
import type { RunProgress } from '../run-verb.ts'
import { step } from '../step.ts'
import { together } from '../steps/preflight.ts'
import type { Ending } from '../trace.ts'
import { afterRemoval, removeFrom, withHost } from './remove.ts'

/** A target has other things to do than to remove fifty at once. */
const CONCURRENT_REMOVALS = 4

/** A preview that is to go, and why. */
export interface Leftover {
  readonly found: FoundPreview
  readonly why: string
}

/**
 * Removes the previews of this repository whose pull request is closed or whose time is over. What runs is listed before
 * the pull requests: whoever opens one meanwhile is among those that are open.
 */
export async function sweepPreviews(
  request: PreviewRequest,
  ports: PreviewPorts,
  progress: RunProgress,
): Promise<Ending> {
  return withHost(ports, async (host) => {
    const leftovers = await step(
      ports,
      { name: 'sweep', title: 'Compare the previews with the open pull requests' },
      async () => leftoversOf(await host.list(), request, ports),
      (found) => `${String(found.length)} to remove`,
    )
    if (request.dryRun) {
      const lines = leftovers.map(({ found, why }) => `remove ${found.name}: ${why}`)
      progress.note((trace) => ({ ...trace, plan: lines.length > 0 ? lines : ['nothing to remove'] }))
      return { outcome: 'planned' }
    }
    const note = (names: readonly string[]): void =>
      progress.note((trace) => ({ ...trace, removed: [...(trace.removed ?? []), ...names] }))
    note([])
    const { reasons, stopped } = await removeEach(leftovers, host, { ...ports, repository: request.repository, note })
    const state = 'the next sweep removes what is left'
    if (stopped) return { outcome: 'cancelled', reason: stopped, state, touched: true }
    if (reasons.length === 0) return { outcome: 'removed' }
    return { outcome: 'failed', reason: together(reasons), state, touched: true }
  })
}

async function leftoversOf(
  all: readonly FoundPreview[],
  request: PreviewRequest,
  ports: PreviewPorts,
): Promise<readonly Leftover[]> {
  const { ofRepository, app } = request
  const own = all.filter((found) =>
    ofRepository === undefined
      ? found.repository === undefined && found.app === app
      : found.repository === ofRepository,
  )
  const open = own.length === 0 ? undefined : await openPulls(ports)
  return own.flatMap((found) => {
    if (open && !open.has(found.number)) return [{ found, why: `pull request ${String(found.number)} is closed` }]
    return found.expired ? [{ found, why: 'its time is over' }] : []
  })
}

/** undefined: nobody says which are open. A pull request that cannot be asked is not a closed one. */
async function openPulls({ pulls, reporter }: PreviewPorts): Promise<ReadonlySet<number> | undefined> {
  try {
    return await pulls?.open()
  } catch (error) {
    const { code, what } = asDeployError(error)
    if (code === 'cancelled') throw error
    const text = `only previews whose time is over are removed, because the open pull requests could not be listed: ${what}`
    reporter.emit({ type: 'warning', text })
    return undefined
  }
}

type RemovingPorts = Parameters<typeof afterRemoval>[3] & {
  /** Called with what was removed as soon as it is: a run that is stopped says it too. */
  readonly note: (removed: readonly string[]) => void
}

/** `stopped`: the run was cancelled before all were removed. */
async function removeEach(
  leftovers: readonly Leftover[],
  host: PreviewHost,
  ports: RemovingPorts,
): Promise<{ readonly reasons: readonly Reason[]; readonly stopped: Reason | undefined }> {
  const reasons: DeployError[] = []
  const waiting = [...leftovers]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { found, why } = next
      try {
        throwIfAborted(ports.signal)
        const work = async () => afterRemoval(found, await removeFrom(host, found, ports), why, ports)
        const title = { name: 'remove', title: `Remove ${found.name}: ${why}` } as const
        const done = await step(ports, title, work, (removal) => removal.removed.join(', '))
        ports.note(done.removed)
      } catch (error) {
        reasons.push(asDeployError(error))
        if (ports.signal.aborted) return
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT_REMOVALS }, worker))
  return { reasons, stopped: reasons.find(({ code }) => code === 'cancelled') }
}
