/**
 * Two runs for one pull request that meet: the target lets one of them win, and only the pull request knows which of them
 * is right. Who lost and has the head that it is at now deploys again.
 */
import type { Duration } from '../../domain/duration.ts'
import { isProven } from '../../domain/outcome.ts'
import type { PreviewRequest } from '../../domain/request.ts'
import { shortRevision } from '../../domain/revision.ts'
import type { Revision } from '../../domain/revision.ts'
import type { ReasonCode } from '../../errors/catalogue.ts'
import type { PreviewPorts, Target } from '../../ports.ts'
import type { Deployed } from '../steps/deployment.ts'
import { runningRevisionOf } from '../steps/target-inspection.ts'
import type { Ending } from '../trace.ts'
import { isWanted } from './wanted.ts'

/** What a removal by another run, or a change that crosses another one, comes out as. */
const REMOVED: ReadonlySet<ReasonCode> = new Set(['workload-gone', 'network-unavailable'])
/** Two runs of one head whose images differ must not replace each other for ever. */
const MOST_ATTEMPTS = 3
/** How long what another run has just set may take to serve: before that nothing says which head it is. */
const SERVES_WITHIN_MS: Duration = 15_000
const ASK_EVERY_MS: Duration = 500

interface AgainContext extends Pick<PreviewPorts, 'clock' | 'pulls' | 'reporter' | 'signal'> {
  readonly request: PreviewRequest
  readonly revision: Revision | undefined
  readonly target: Target
}

export function isRemovedByOthers({ outcome, reason }: Ending): boolean {
  return !isProven(outcome) && reason !== undefined && REMOVED.has(reason.code)
}

export async function untilUncontested(
  deploy: () => Promise<Deployed>,
  { request, revision, target, ...ports }: AgainContext,
): Promise<Deployed> {
  for (let attempt = 1; ; attempt += 1) {
    const deployed = await deploy()
    const { outcome, reason } = deployed.ending
    const isOther = !isProven(outcome) && reason?.code === 'another-rollout'
    const isContested = isOther || isRemovedByOthers(deployed.ending)
    if (!isContested || attempt === MOST_ATTEMPTS || ports.signal.aborted) return deployed
    if (!(await isWanted(request, ports))) return deployed
    if (revision === undefined) return deployed
    // Another run of the same head won: it proves what it deployed.
    if (isOther && (await revisionSoon(target, ports)) === revision) return deployed
    const text = `another run changed the preview meanwhile, and the pull request is at ${shortRevision(revision)}: it is deployed again`
    ports.reporter.emit({ type: 'notice', text })
  }
}

/** The commit that runs, once something does: two runs of one head that do not wait would replace each other. */
async function revisionSoon(
  target: Target,
  { clock, signal }: Pick<PreviewPorts, 'clock' | 'signal'>,
): Promise<Revision | undefined> {
  const until = clock.now() + SERVES_WITHIN_MS
  for (;;) {
    const revision = runningRevisionOf(await target.current())
    if (revision !== undefined || signal.aborted || clock.now() >= until) return revision
    await clock.sleep(ASK_EVERY_MS, signal)
  }
}
