import { throwIfAborted } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import { isProven } from '../../domain/outcome.ts'
import type { Preview } from '../../domain/preview.ts'
import type { PreviewRequest, ReleaseRequest } from '../../domain/request.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { PreviewEnding, PreviewPorts } from '../../ports.ts'
import { deploy } from '../deploy.ts'
import { check, pin, planned, questions, withPlan, withProof } from '../release.ts'
import type { RunProgress } from '../run-verb.ts'
import { step } from '../step.ts'
import { candidate } from '../steps/candidate.ts'
import { NO_MEMORY } from '../steps/memory.ts'
import type { Plan } from '../steps/plan.ts'
import type { Proven } from '../steps/prove.ts'
import type { Ending, Trace } from '../trace.ts'
import { isRemovedByOthers, untilUncontested } from './again.ts'
import { dropCandidate, retireCandidates } from './candidate-tag.ts'
import { halfRemoved, removeAll } from './remove.ts'
import { whyNot } from './wanted.ts'

/** Builds the head of the pull request, proves it as a release is proven, and deploys it by the same steps. */
export async function deployPreview(
  request: PreviewRequest,
  release: ReleaseRequest,
  ports: PreviewPorts,
  progress: RunProgress,
): Promise<Ending> {
  const planning = step(
    ports,
    { name: 'preflight', title: 'Ask everything at once' },
    () => questions(release, ports),
    planned,
  )
  progress.later(planning.catch(() => undefined))
  const reason = await whyNot(request, ports)
  if (reason) return notWanted(reason)
  const plan = await planning
  progress.note((trace) => withPlan(trace, release, plan))
  if (request.dryRun) {
    progress.note((trace) => ({ ...trace, plan: plan.lines }))
    return { outcome: 'planned' }
  }
  if (request.limit !== undefined) {
    const text = `the image is built and smoke-tested, and no preview is deployed: ${request.limit}`
    ports.reporter.emit({ type: 'notice', text })
    return check(release, plan, ports, progress)
  }
  const { preview } = request
  if (!preview) throw new Error('a preview without a number')
  ports.display?.queued(preview, request.head ?? plan.revision)
  try {
    const ending = await proveAndDeploy({ ...request, preview }, { release, plan }, ports, progress)
    return await settled({ ...request, preview }, ending, ports, progress)
  } catch (error) {
    const failed = asDeployError(error)
    const outcome = ports.signal.aborted ? 'cancelled' : 'failed'
    await ports.display?.ended(preview, endingOf({ outcome, reason: failed }, request, progress.trace(), ports))
    throw error
  }
}

type OnePreview = PreviewRequest & { readonly preview: Preview }

async function proveAndDeploy(
  request: OnePreview,
  { release, plan }: { readonly release: ReleaseRequest; readonly plan: Plan },
  ports: PreviewPorts,
  progress: RunProgress,
): Promise<Ending> {
  const proven = await candidate(release, plan, ports)
  if (proven.smoke) progress.later(proven.smoke.cleanup)
  const { digest } = proven.image.descriptor
  progress.note((trace) => withProof({ ...trace, digest }, proven))
  throwIfAborted(ports.signal)
  const { target, ledgers } = plan
  if (!target || !ledgers) throw new Error('a preview without a target')
  ports.display?.deploying(request.preview)
  const deployOnce = () =>
    deploy(
      {
        ...release,
        environment: request.environment,
        pointsAt: undefined,
        image: pin(release, plan, proven.image),
        before: plan.before,
        ledgers,
        memory: NO_MEMORY,
        abandoned: [],
        reason: undefined,
        restores: release.onFailure === 'rollback',
        stale: true,
        renews: true,
        recheck: () => whyNot(request, ports),
        candidate: proven.candidate,
      },
      // Nothing of a preview is remembered: it is never a version to go back to.
      { ...ports, target, ledgers: () => [] },
      progress.trace(),
    )
  const deployed = await untilUncontested(deployOnce, { ...ports, request, revision: plan.revision, target })
  progress.note(() => deployed.trace)
  await settleCandidate(proven, deployed.ending, { ...ports, request, release, progress })
  return deployed.ending.reason?.code === 'preview-not-wanted' ? notWanted(deployed.ending.reason) : deployed.ending
}

type SettleContext = PreviewPorts & {
  readonly request: OnePreview
  readonly release: ReleaseRequest
  readonly progress: RunProgress
}

/** The tag under which the image was pushed, if any: it goes with what was not proven, and replaces the one before. */
async function settleCandidate(
  { candidate: text }: Proven,
  ending: Ending,
  { request, release, progress, ...ports }: SettleContext,
): Promise<void> {
  if (text === undefined) return
  const { repository, onFailure } = release
  const made = { text, name: request.preview.name, repository, restores: onFailure === 'rollback' }
  if (isProven(ending.outcome)) progress.later(retireCandidates(made, progress.trace(), ports))
  else await dropCandidate(made, ending, ports)
}

/** Closed, or without its label: this run has not failed. Another commit: its own run deploys it. */
function notWanted(reason: Reason): Ending {
  const state = 'nothing was changed'
  return { outcome: reason.code === 'another-rollout' ? 'superseded' : 'skipped', reason, state }
}

/** What is shown on GitHub, and what is left to be done about a pull request that was closed while this run deployed it. */
async function settled(
  request: OnePreview,
  ending: Ending,
  ports: PreviewPorts,
  progress: RunProgress,
): Promise<Ending> {
  const { preview } = request
  const [, gone] = await Promise.all([
    ports.display?.ended(preview, endingOf(ending, request, progress.trace(), ports)),
    isProven(ending.outcome) || isRemovedByOthers(ending) ? whyNot(request, ports) : undefined,
  ])
  // Another commit has a run of its own, which replaces what this one deployed.
  if (gone?.code !== 'preview-not-wanted') return ending
  try {
    const { removed } = await removeAll(preview, gone.what, { ...ports, repository: request.repository })
    progress.note((trace) => ({ ...trace, removed }))
  } catch (error) {
    return halfRemoved(asDeployError(error))
  }
  return { outcome: 'skipped', reason: gone, state: 'what this run deployed was removed again' }
}

function endingOf(
  { outcome, reason, rolledBack }: Ending,
  { target }: PreviewRequest,
  trace: Trace,
  { clock }: PreviewPorts,
): PreviewEnding {
  const { url, digest, revision, previousDigest } = trace
  const isUp = isProven(outcome)
  const ttl = target.preview?.ttl
  return {
    outcome,
    reason,
    url,
    digest,
    revision,
    runsOn: isUp || (previousDigest !== undefined && (rolledBack ?? outcome === 'failed')),
    expires: isUp && ttl !== undefined ? new Date(clock.now() + ttl).toISOString() : undefined,
  }
}
