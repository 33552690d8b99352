import { within } from '../async/deadline.ts'
import type { Digest } from '../domain/digest.ts'
import { digestIn, shortDigest } from '../domain/digest.ts'
import { formatDuration } from '../domain/duration.ts'
import type { PinnedImage } from '../domain/image.ts'
import { labelledRevision } from '../domain/proof.ts'
import { remoteContext } from '../domain/remote-context.ts'
import type { ReleaseRequest } from '../domain/request.ts'
import type { Result } from '../domain/result.ts'
import type { Revision } from '../domain/revision.ts'
import { shortRevision } from '../domain/revision.ts'
import type { Reason } from '../errors/deploy-error.ts'
import { throwIfAborted } from '../errors/deploy-error.ts'
import type { Ports, RemoteImage, Running, SmokeReport } from '../ports.ts'
import { deploy } from './deploy.ts'
import type { RunProgress } from './run-verb.ts'
import { runVerb } from './run-verb.ts'
import { adopted, promoteOrAgree } from './steps/agree.ts'
import { candidate, localCandidate } from './steps/candidate.ts'
import { lastProven } from './steps/last-proven.ts'
import { older } from './steps/order.ts'
import type { Plan } from './steps/plan.ts'
import { pinned, preflight } from './steps/preflight.ts'
import { runningRevisionOf } from './steps/target-inspection.ts'
import type { Proven } from './steps/prove.ts'
import { proveRemote } from './steps/prove.ts'
import { step } from './step.ts'
import type { Ending, Trace } from './trace.ts'
import { withLink } from './trace.ts'

/** One commit becomes one proven image and replaces what runs. Never throws: every ending is a result. */
export async function release(request: ReleaseRequest, outside: Ports): Promise<Result> {
  // What stops before a target reaches no environment, and must not claim one.
  const claimed = request.promote === 'all' ? request : { ...request, environment: undefined, target: undefined }
  return runVerb('release', claimed, outside, async (ports, progress) => {
    const plan = await step(
      ports,
      { name: 'preflight', title: 'Ask everything at once' },
      () => questions(request, ports),
      planned,
    )
    progress.note((trace) => withPlan(trace, request, plan))
    if (request.dryRun) {
      progress.note((trace) => ({ ...trace, plan: plan.lines }))
      return { outcome: 'planned' }
    }
    const reason = await older(request, plan, ports)
    if (reason) return { outcome: request.onOlder === 'skip' ? 'skipped' : 'superseded', reason }
    if (request.promote === 'none') return check(request, plan, ports, progress)

    const tested = await adopted(request, plan, await candidate(request, plan, ports), ports)
    if (tested.smoke) progress.later(tested.smoke.cleanup)
    const noteProof = (proven: Proven, reused: boolean) => {
      const { digest } = proven.image.descriptor
      progress.note((trace) => withProof({ ...trace, digest, reused }, proven))
    }
    noteProof(tested, plan.reuse !== undefined)
    throwIfAborted(ports.signal)

    const { proven, tags } = await promoteOrAgree(request, plan, tested, ports)
    const { image, smoke } = proven
    const { digest } = image.descriptor
    if (smoke && proven !== tested) progress.later(smoke.cleanup)
    if (proven !== tested) noteProof(proven, true)
    progress.note((trace) => withLink({ ...trace, tags }, 'promoted', digest, tags.join(', ') || 'no tag'))
    if (!plan.target || !plan.ledgers) return { outcome: 'released' }
    throwIfAborted(ports.signal)

    const deployed = await deploy(
      {
        ...request,
        environment: request.environment ?? 'production',
        pointsAt: plan.environmentTag?.is === 'present' ? plan.environmentTag.value.digest : undefined,
        image: pin(request, plan, image),
        before: plan.before,
        ledgers: plan.ledgers,
        memory: plan.memory,
        abandoned: [],
        reason: undefined,
        restores: request.onFailure === 'rollback',
        stale: plan.reuse === undefined || smoke !== undefined,
        recheck: (before) => recheck(request, plan, before, ports),
      },
      { ...ports, target: plan.target },
      progress.trace(),
    )
    progress.note(() => deployed.trace)
    return deployed.ending
  })
}

/** A cancelled run waits for nothing that does not answer, because nothing was changed yet. */
export function questions(request: ReleaseRequest, ports: Ports): Promise<Plan> {
  return within({ signal: ports.signal }, () => preflight(request, ports))
}

/** Another run may have finished while this one built: the order of commits is asked again only then. */
async function recheck(
  request: ReleaseRequest,
  plan: Plan,
  before: Running<unknown>,
  ports: Ports,
): Promise<Reason | undefined> {
  const runningRevision = runningRevisionOf(before)
  return runningRevision === plan.runningRevision ? undefined : older(request, { ...plan, runningRevision }, ports)
}

/** `promote: none`: smoke what would be released, change nothing. */
export async function check(request: ReleaseRequest, plan: Plan, ports: Ports, progress: RunProgress): Promise<Ending> {
  if (plan.reuse) {
    const { digest } = plan.reuse.descriptor
    const proven = await proveRemote(request, digest, ports, plan.reuse)
    if (proven.smoke) progress.later(proven.smoke.cleanup)
    progress.note((trace) => withProof({ ...trace, digest, reused: true }, proven))
    return { outcome: 'checked' }
  }
  const { imageId, smoke } = await localCandidate(request, plan, ports)
  progress.note((trace) => withLink(trace, 'built', imageId, 'local, not pushed'))
  if (smoke) {
    progress.later(smoke.cleanup)
    progress.note((trace) => ({ ...withLink(trace, 'smoked', imageId, checksText(smoke)), checks: smoke.checks }))
  }
  return { outcome: 'checked' }
}

export function planned(plan: Plan): string {
  if (plan.reuse) return `nothing to build: ${shortDigest(plan.reuse.descriptor.digest)}`
  return `to build with ${plan.builder?.name ?? 'nothing'}`
}

export function withPlan(trace: Trace, request: ReleaseRequest, plan: Plan): Trace {
  const previous = previousOf(plan)
  const { revision } = plan
  const evidence = commitEvidence(request, plan)
  return {
    ...(revision === undefined ? trace : withLink({ ...trace, revision }, 'commit', revision, evidence)),
    ...(plan.reuse ? { digest: plan.reuse.descriptor.digest } : {}),
    ...(previous === undefined
      ? {}
      : {
          previousDigest: previous.digest,
          previousVerified: plan.memory.history.verified.some(({ digest }) => digest === previous.digest),
        }),
    ...(previous?.revision === undefined ? {} : { previousRevision: previous.revision }),
    ...(request.url === undefined || request.promote !== 'all' ? {} : { url: request.url }),
  }
}

/** Who says that it is this commit. Only a work tree that was looked at is called clean. */
function commitEvidence(request: ReleaseRequest, { source, revision, reuse }: Plan): string {
  if (request.digest !== undefined) {
    return reuse && labelledRevision(reuse.labels) === revision ? 'the image’s label' : 'the revision input'
  }
  if (remoteContext(request.build.context)) return 'pinned by the Git context'
  if (!source) return 'the event or the revision input; the context is in no work tree'
  if (source.revision !== revision) return `the work tree is at ${shortRevision(source.revision)} (policy)`
  return source.dirty.length > 0 ? 'the work tree differs (policy)' : 'clean work tree'
}

interface Previous {
  readonly digest: Digest
  readonly revision: Revision | undefined
}

/** What the environment ran before this run: by the target, else by the environment tag. */
function previousOf(plan: Plan): Previous | undefined {
  const proven = lastProven(plan.before, plan.memory)
  // What a run that ended half-way left has a commit of its own.
  if (proven) return { digest: proven.digest, revision: proven.revision }
  const digest = runningDigest(plan)
  return digest === undefined ? undefined : { digest, revision: plan.runningRevision }
}

function runningDigest({ before, environmentTag }: Plan): Digest | undefined {
  const [workload] = before.workloads
  if (workload) return (workload.image === undefined ? undefined : digestIn(workload.image)) ?? workload.digests[0]
  return environmentTag?.is === 'present' ? environmentTag.value.digest : undefined
}

export function withProof(trace: Trace, { image, smoke, provenBefore }: Proven): Trace {
  const { digest } = image.descriptor
  const platforms = image.platforms.map(({ platform }) => platform).join(', ')
  const built = withLink(trace, 'built', digest, trace.reused ? `reused, ${platforms}` : platforms)
  if (smoke) return { ...withLink(built, 'smoked', digest, checksText(smoke)), checks: smoke.checks }
  return provenBefore ? withLink(built, 'smoked', digest, 'proven by an earlier run') : built
}

function checksText(smoke: SmokeReport): string {
  return `${String(smoke.checks.length)} checks${smoke.readyMs === undefined ? '' : `, ready after ${formatDuration(smoke.readyMs)}`}`
}

export function pin(request: ReleaseRequest, plan: Plan, image: RemoteImage): PinnedImage {
  return pinned(request, { ...plan, reuse: image })
}
