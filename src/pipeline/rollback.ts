import { within } from '../async/deadline.ts'
import type { Digest } from '../domain/digest.ts'
import type { PinnedImage } from '../domain/image.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { RollbackRequest } from '../domain/request.ts'
import type { Result, VersionEntry } from '../domain/result.ts'
import { labelledRevision } from '../domain/proof.ts'
import type { Reason } from '../errors/deploy-error.ts'
import { DeployError, fail, throwIfAborted } from '../errors/deploy-error.ts'
import type { Ports, RemoteImage, Running } from '../ports.ts'
import { deploy } from './deploy.ts'
import { runVerb } from './run-verb.ts'
import { step } from './step.ts'
import { choose } from './steps/choose.ts'
import { anotherCommit, anotherImage, runtimeLabelsReason } from './steps/image-claims.ts'
import type { AbandonedVersion } from './steps/record.ts'
import { settingsOf } from './steps/settings.ts'
import type { Survey } from './steps/survey.ts'
import { survey } from './steps/survey.ts'
import type { Version } from './steps/versions.ts'
import { candidatesText, setDigests } from './steps/versions.ts'
import type { Trace } from './trace.ts'
import { withLink } from './trace.ts'

/** Back to an earlier verified digest: no build, no smoke, the same rollout, proof and record. Never throws. */
export async function rollback(request: RollbackRequest, outside: Ports): Promise<Result> {
  return runVerb(request.list ? 'list' : 'rollback', request, outside, async (ports, progress) => {
    const known = await step(
      ports,
      { name: 'preflight', title: 'Ask target and registry at once' },
      () => within({ signal: ports.signal }, () => survey(request, ports)),
      ({ versions }) => `${String(versions.length)} versions known`,
    )
    progress.note((trace) => withKnown(trace, request, known))
    if (request.list) return { outcome: 'planned' }

    const version = await choose(request, known)
    const image = await pin(request, version, known, ports)
    const settings = await settingsOf(request, image, known.target)
    progress.note((trace) => withChoice(trace, image, version, known))
    if (request.dryRun) {
      // Asked once more, now that it is known which image would be set.
      const { plan } = await known.target.check({ image, dryRun: true })
      progress.note((trace) => ({ ...trace, plan: [...planned(known.before, image), ...settings.lines, ...plan] }))
      return { outcome: 'planned' }
    }
    for (const text of settings.lines) ports.reporter.emit({ type: 'notice', text })
    if (version.verdict === 'bad')
      ports.reporter.emit({ type: 'warning', text: `${version.digest} was marked bad in ${request.environment}` })
    throwIfAborted(ports.signal)
    const deployed = await deploy(
      {
        ...request,
        pointsAt: undefined,
        image,
        before: known.before,
        ledgers: known.ledgers,
        memory: known.memory,
        abandoned: leavesBehind(known.before, image),
        restores: request.onFailure === 'restore',
        onCancel: 'leave',
        stale: false,
        exact: settings.exact,
      },
      { ...ports, target: known.target },
      progress.trace(),
    )
    progress.note(() => ({ ...deployed.trace, versions: afterwards(deployed.trace, image, deployed.ending.outcome) }))
    return deployed.ending
  })
}

function planned({ workloads }: Running<unknown>, image: PinnedImage): string[] {
  const version = `${image.digest} (${image.revision ?? 'unknown revision'})`
  return workloads.map((workload) =>
    setDigests(workload).some((digest) => image.accepted.has(digest))
      ? `prove   ${workload.name}: it is set to ${version} already`
      : `replace ${workload.name}: back to ${version}`,
  )
}

function withKnown(trace: Trace, request: RollbackRequest, { versions }: Survey): Trace {
  return {
    ...trace,
    versions: versions.map(entryOf),
    ...(request.url === undefined ? {} : { url: request.url }),
    ...(request.reason === undefined ? {} : { note: request.reason }),
  }
}

/** The versions as they are now that the rollback has ended: what was left is marked bad, by hand or because it failed. */
function afterwards({ versions = [] }: Trace, { digest }: PinnedImage, outcome: Outcome): readonly VersionEntry[] {
  if (outcome === 'rolled-back')
    return versions.map((version) => (version.digest === digest ? { ...version, verdict: 'bad' } : version))
  if (outcome !== 'healthy' && outcome !== 'unchanged') return versions
  return versions.map((version) => {
    if (version.digest === digest) return { ...version, verdict: 'running' }
    return version.verdict === 'running' ? { ...version, verdict: 'bad' } : version
  })
}

function entryOf({ digest, revision, at, verdict, knownBy, reason }: Version): VersionEntry {
  return {
    digest,
    verdict,
    knownBy,
    ...(revision === undefined ? {} : { revision }),
    ...(at === undefined ? {} : { at }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/**
 * Walks the manifest and its children before anything is touched. Known to be absent refuses; a registry that can't be
 * asked is a warning when the target itself still holds that exact version.
 */
async function pin(request: RollbackRequest, version: Version, known: Survey, ports: Ports): Promise<PinnedImage> {
  const { repository } = request
  const found = await known.registry.image(repository, version.digest)
  if (found.is === 'absent') {
    throw new DeployError('image-not-found', `${repository.name}@${version.digest} is not in the registry any more`, {
      evidence: candidatesText(known.versions),
    })
  }
  if (found.is === 'unknown') {
    if (found.why.code === 'image-incomplete' || !version.knownBy.includes('target')) throw fail(found.why)
    const text = `the registry could not be asked for ${version.digest} (${found.why.what}): the target holds that version itself`
    ports.reporter.emit({ type: 'warning', text })
  }
  const remote = found.is === 'present' ? found.value : undefined
  const label = remote && labelledRevision(remote.labels)
  const marked = remote && runtimeLabelsReason(`${repository.name}@${version.digest}`, remote)
  if (marked) throw fail(marked)
  const reason = remote && contradiction(request, version, remote)
  if (reason) {
    throw fail({
      ...reason,
      fix: 'Somebody moved the tag. Name the digest to go back to, or another version of --list.',
    })
  }
  const revision = version.revision ?? label
  return {
    repository,
    digest: version.digest,
    accepted: remote ? remote.accepted : new Set<Digest>([version.digest, ...version.accepted]),
    ...(revision === undefined ? {} : { revision }),
    ...(version.tag === undefined ? {} : { tag: version.tag }),
  }
}

/** A record, or a release tag, that somebody moved to another image. */
function contradiction({ repository }: RollbackRequest, version: Version, remote: RemoteImage): Reason | undefined {
  const { revision, tag, digest } = version
  if (revision === undefined) return undefined
  const which = `the record of ${revision} names ${repository.name}@${digest}, which`
  const claims = { remote, proof: undefined }
  const other = anotherCommit(which, revision, claims)
  return other ?? (tag === undefined ? undefined : anotherImage(which, { repository, revision, tag }, claims))
}

/** Every version that some workload is set to and that is not gone to. */
function leavesBehind({ workloads }: Running<unknown>, { accepted }: PinnedImage): AbandonedVersion[] {
  const left = new Map<Digest, AbandonedVersion>()
  for (const workload of workloads) {
    const [digest] = setDigests(workload)
    if (digest === undefined || accepted.has(digest)) continue
    const { revision } = workload
    left.set(digest, { digest, ...(revision === undefined ? {} : { revision }) })
  }
  return [...left.values()]
}

function withChoice(trace: Trace, image: PinnedImage, version: Version, { before, memory }: Survey): Trace {
  const evidence = version.at === undefined ? 'never verified here (allowed)' : `verified here at ${version.at}`
  const [workload] = before.workloads
  const running = workload && setDigests(workload)[0]
  const base: Trace = {
    ...trace,
    digest: image.digest,
    ...(image.revision === undefined ? {} : { revision: image.revision }),
    ...(running === undefined
      ? {}
      : {
          previousDigest: running,
          previousVerified: memory.history.verified.some(({ digest }) => digest === running),
        }),
    ...(workload?.revision === undefined ? {} : { previousRevision: workload.revision }),
  }
  const promoted = withLink(base, 'promoted', image.digest, evidence)
  return image.revision === undefined
    ? promoted
    : withLink(promoted, 'commit', image.revision, 'the record of that version')
}
