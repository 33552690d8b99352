import type { Digest } from '../domain/digest.ts'
import { digestIn } from '../domain/digest.ts'
import type { PinnedImage } from '../domain/image.ts'
import type { RollbackRequest } from '../domain/request.ts'
import type { Result, VersionEntry } from '../domain/result.ts'
import { labelledRevision } from '../domain/proof.ts'
import { releaseTag } from '../domain/tags.ts'
import { DeployError, fail, throwIfAborted } from '../errors/deploy-error.ts'
import type { Ports, Running } from '../ports.ts'
import { deploy } from './deploy.ts'
import { journey } from './journey.ts'
import { step } from './step.ts'
import { choose } from './steps/choose.ts'
import { together } from './steps/preflight.ts'
import { settingsOf } from './steps/settings.ts'
import { lookAtTarget } from './steps/target-look.ts'
import type { Version, Versions } from './steps/versions.ts'
import { versions } from './steps/versions.ts'
import type { Trace } from './trace.ts'
import { withLink } from './trace.ts'

/** Back to an earlier verified digest: no build, no smoke, the same rollout, proof and record. Never throws. */
export async function rollback(request: RollbackRequest, outside: Ports): Promise<Result> {
  return journey(request.list ? 'list' : 'rollback', request, outside, async (ports, travel) => {
    const look = await step(
      ports,
      'preflight',
      'Ask target and registry at once',
      () => survey(request, ports),
      surveyed,
    )
    travel.note((trace) => ({ ...trace, versions: look.known.all.map(entryOf) }))
    if (request.list) return { outcome: 'planned' }

    const version = await choose(request, look.known, ports.registry)
    const image = await pin(request, version, look.known, ports)
    const running = runs(look.before)
    const settings = await settingsOf(request, image, look.target)
    travel.note((trace) => withChoice(trace, image, version, running))
    if (request.dryRun) {
      const plan = look.before.workloads.map(
        ({ name }) => `replace ${name}: back to ${image.digest} (${image.revision ?? 'unknown revision'})`,
      )
      travel.note((trace) => ({ ...trace, plan: [...plan, ...settings.lines, ...look.plan] }))
      return { outcome: 'planned' }
    }
    for (const text of settings.lines) ports.reporter.emit({ type: 'notice', text })
    if (version.verdict === 'bad')
      ports.reporter.emit({ type: 'warning', text: `${version.digest} was marked bad in ${request.environment}` })
    throwIfAborted(ports.signal)
    const leaves =
      running && running.digest !== image.digest && !image.accepted.has(running.digest) ? running : undefined
    const told = await deploy(
      {
        ...request,
        pointsAt: undefined,
        image,
        before: look.before,
        history: look.history,
        abandoned: leaves,
        restores: request.onFailure === 'restore',
        onCancel: 'leave',
        stale: false,
        exact: settings.exact,
      },
      { ...ports, target: look.target },
      travel.trace(),
    )
    travel.note(() => told.trace)
    return told.ending
  })
}

async function survey(request: RollbackRequest, ports: Ports) {
  const look = await lookAtTarget(request, ports)
  if (look.reasons.length > 0) throw together(look.reasons)
  if (!look.target) throw new DeployError('internal-error', 'a rollback needs a target')
  for (const text of look.warnings) ports.reporter.emit({ type: 'warning', text })
  const known = await versions(request, look.history, look.before, ports.registry)
  if (known.registryDown) {
    const text = `the registry could not be asked (${known.registryDown.what}): going by the target's own stamp`
    ports.reporter.emit({ type: 'warning', text })
  } else if (look.history.verified.length === 0 && known.all.length > 0) {
    ports.reporter.emit({ type: 'notice', text: 'the target carries no stamp: going by the registry’s history tags' })
  }
  return { ...look, target: look.target, known }
}

function entryOf({ digest, revision, at, verdict, knownBy }: Version): VersionEntry {
  return {
    digest,
    verdict,
    knownBy,
    ...(revision === undefined ? {} : { revision }),
    ...(at === undefined ? {} : { at }),
  }
}

function surveyed({ known }: { readonly known: Versions }): string {
  return `${String(known.all.length)} versions known`
}

/**
 * Walks the manifest and its children before anything is touched. Known to be absent refuses; a registry that can't be
 * asked is a warning when the target itself still holds that exact version.
 */
async function pin(request: RollbackRequest, version: Version, known: Versions, ports: Ports): Promise<PinnedImage> {
  const { repository } = request
  const found = await ports.registry.image(repository, version.digest)
  if (found.is === 'absent') {
    throw new DeployError('image-not-found', `${repository.name}@${version.digest} is not in the registry any more`, {
      evidence: known.all.map(({ digest, revision, verdict }) => `${revision ?? '-'}  ${verdict}  ${digest}`),
    })
  }
  if (found.is === 'unknown') {
    if (found.why.code === 'image-incomplete' || !version.knownBy.includes('target')) throw fail(found.why)
    const text = `the registry could not be asked for ${version.digest} (${found.why.what}): the target holds that version itself`
    ports.reporter.emit({ type: 'warning', text })
  }
  const label = found.is === 'present' ? labelledRevision(found.value.labels) : undefined
  if (label !== undefined && version.revision !== undefined && label !== version.revision) {
    const what = `the record of ${version.revision} names ${repository.name}@${version.digest}, which says by its own label that it is an image of commit ${label}`
    throw new DeployError('image-of-another-commit', what, {
      fix: 'Somebody moved the history tag. Name the digest to go back to, or another version of --list.',
    })
  }
  const revision = version.revision ?? label
  return {
    repository,
    digest: version.digest,
    accepted: found.is === 'present' ? found.value.accepted : new Set<Digest>([version.digest, ...version.accepted]),
    ...(revision === undefined ? {} : { revision, tag: releaseTag(revision) }),
  }
}

function runs(before: Running<unknown>): { digest: Digest; revision?: string } | undefined {
  const [workload] = before.workloads
  const digest =
    workload?.image === undefined ? workload?.digests[0] : (digestIn(workload.image) ?? workload.digests[0])
  if (!workload || digest === undefined) return undefined
  return { digest, ...(workload.revision === undefined ? {} : { revision: workload.revision }) }
}

function withChoice(trace: Trace, image: PinnedImage, version: Version, running: ReturnType<typeof runs>): Trace {
  const evidence = version.at === undefined ? 'never verified here (allowed)' : `verified here at ${version.at}`
  const base: Trace = {
    ...trace,
    digest: image.digest,
    ...(image.revision === undefined ? {} : { revision: image.revision }),
    ...(running === undefined ? {} : { previousDigest: running.digest, previousVerified: true }),
    ...(running?.revision === undefined ? {} : { previousRevision: running.revision }),
  }
  const promoted = withLink(base, 'promoted', image.digest, evidence)
  return image.revision === undefined
    ? promoted
    : withLink(promoted, 'commit', image.revision, 'the record of that version')
}
