import { openDeadline } from '../../async/deadline.ts'
import type { Digest } from '../../domain/digest.ts'
import { isDigest, shortDigest } from '../../domain/digest.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import type { Revision } from '../../domain/revision.ts'
import { DeployError, fail } from '../../errors/deploy-error.ts'
import type { Built, ContainerRuntime, ImageFacts, Ports, Registry, RemoteImage, SmokeReport } from '../../ports.ts'
import type { StepContext } from '../step.ts'
import { runtimeLabelsReason } from './image-claims.ts'
import { removeCandidate } from './remove-candidate.ts'
import { skip, step, Stopped } from '../step.ts'

/** An image that is in the registry, and whose smoke test (if any) tested exactly these bytes. */
export interface Proven {
  readonly image: RemoteImage
  readonly smoke: SmokeReport | undefined
  /** An earlier run, or one beside this one, has tested them. */
  readonly provenBefore?: true
  /** The tag that it was pushed under, where push by digest is impossible. */
  readonly candidate?: string
}

type ProveContext = StepContext &
  Pick<Ports, 'checks' | 'registry' | 'signal'> & { readonly runtime: () => Promise<ContainerRuntime> }

/**
 * Smoke-tests the candidate and brings it into the registry. Push and smoke run side by side; either failure stops the
 * other, and the release tag is not decided here.
 * @param tag the build's own, for where push by digest is impossible
 */
export async function proveBuilt(
  request: ReleaseRequest & { readonly revision: Revision },
  { built, tag }: { readonly built: Built; readonly tag: string },
  context: ProveContext,
): Promise<Proven> {
  if (built.where === 'registry') return proveRemote(request, built.digest, context, undefined)
  const runtime = await context.runtime()
  // Asked first: the engine answers late while it tags.
  const facts = await factsOf(request, built.imageId, runtime)
  // Ends with the run, or when either of the two fails.
  const both = openDeadline({ signal: context.signal })
  const { signal } = both
  const either = async <T>(work: Promise<T>, otherwise: string): Promise<T> => {
    try {
      return await work
    } catch (error) {
      both.abort(new Stopped(otherwise))
      throw error
    }
  }
  const pushed = step(
    context,
    { name: 'push', title: `Push the candidate to ${request.repository.name}` },
    () => runtime.push(built.imageId, request.repository, tag, signal),
    shortDigest,
  )
  const [image, smoke] = await bothOrCause(
    either(
      pushed.then((digest) => remote(request, digest, context.registry)),
      'the push has failed',
    ),
    either(smokeLocal(built.imageId, facts, { ...context, signal }), 'the smoke test has failed'),
  ).catch(async (error: unknown) => {
    if (await pushed.catch(() => undefined)) await unproven(request, tag, context)
    throw error
  })
  if (smoke && isDigest(built.imageId) && !image.accepted.has(built.imageId)) {
    const { digest } = image.descriptor
    throw new DeployError('smoke-image-mismatch', `smoked ${built.imageId}, but the registry holds ${digest}`, {
      evidence: [...image.accepted],
    })
  }
  return { image, smoke, candidate: `${request.repository.name}:${tag}` }
}

/** A preview's candidate goes; another stays, since registries agree on no way that is certain to remove the name alone. */
async function unproven(request: ReleaseRequest, tag: string, context: ProveContext): Promise<void> {
  if (request.target?.preview) {
    await removeCandidate(request.repository, tag, context)
    return
  }
  const text = `${request.repository.name}:${tag} stays in the registry: a candidate, which proves nothing`
  context.reporter.emit({ type: 'notice', text })
}

/** Smoke-tests an image that is in the registry already, by digest. `known`: its walk, where the caller has it. */
export async function proveRemote(
  request: ReleaseRequest,
  digest: Digest,
  context: ProveContext,
  known: RemoteImage | undefined,
): Promise<Proven> {
  if (request.smoke === 'off') {
    skip(context, 'smoke', 'smoke: off')
    return { image: known ?? (await remote(request, digest, context.registry)), smoke: undefined }
  }
  const runtime = await context.runtime()
  const reference = `${request.repository.name}@${digest}`
  const [image, facts] = await Promise.all([
    known ?? remote(request, digest, context.registry),
    runtime
      .pull({ repository: request.repository, digest }, undefined, context.signal)
      .then(() => runtime.image(reference)),
  ])
  if (!facts) throw new DeployError('image-not-found', `${reference} was pulled but the engine does not have it`)
  if (isDigest(facts.id) && !image.accepted.has(facts.id) && !facts.repoDigests.some((text) => text.endsWith(digest))) {
    throw new DeployError('smoke-image-mismatch', `asked for ${digest}, the engine pulled ${facts.id}`)
  }
  return { image, smoke: await smoked(reference, facts, digest, context) }
}

/** What the smoke test must know of an image in the engine; undefined where there is none. */
export async function factsOf(
  { smoke }: ReleaseRequest,
  imageId: string,
  runtime: ContainerRuntime,
): Promise<ImageFacts | undefined> {
  if (smoke === 'off') return undefined
  const facts = await runtime.image(imageId)
  if (facts) {
    refuseRuntimeLabels(imageId, facts)
    return facts
  }
  throw new DeployError('image-not-found', `the engine lost the image that it built, ${imageId}`)
}

/** Smoke-tests an image by its local id: nothing leaves the engine. */
export async function smokeLocal(
  imageId: string,
  facts: ImageFacts | undefined,
  context: StepContext & Pick<Ports, 'checks' | 'signal'>,
): Promise<SmokeReport | undefined> {
  if (facts) return smoked(imageId, facts, undefined, context)
  skip(context, 'smoke', 'smoke: off')
  return undefined
}

async function smoked(
  reference: string,
  facts: ImageFacts,
  digest: Digest | undefined,
  context: StepContext & Pick<Ports, 'checks' | 'signal'>,
): Promise<SmokeReport> {
  return step(
    context,
    { name: 'smoke', title: `Smoke-test ${shortDigest(digest ?? facts.id)}` },
    async () => {
      const report = await context.checks.smoke({ reference, facts, ...(digest ? { digest } : {}) }, context.signal)
      if (report.passed) return report
      if (report.logs.length > 0) context.reporter.emit({ type: 'output', step: 'smoke', lines: report.logs })
      await report.cleanup
      throw new SmokeFailure(report)
    },
    (report) => `${String(report.checks.length)} checks passed`,
  )
}

/** A failed smoke test; carries the report so that the result can show every check. */
export class SmokeFailure extends DeployError {
  readonly report: SmokeReport

  constructor(report: SmokeReport) {
    const reason = report.reason ?? { code: 'smoke-check-failed' as const, what: 'a smoke check failed' }
    const error = fail(reason)
    super(error.code, error.what, {
      evidence: [...error.evidence, ...(error.evidence.length > 0 ? [] : report.logs.slice(-20))],
      fix: error.fix,
    })
    this.report = report
  }
}

async function remote(request: ReleaseRequest, digest: Digest, registry: Registry): Promise<RemoteImage> {
  const found = await registry.image(request.repository, digest)
  if (found.is === 'present') {
    refuseRuntimeLabels(`${request.repository.name}@${digest}`, found.value)
    return found.value
  }
  if (found.is === 'unknown') throw fail(found.why)
  throw new DeployError('image-not-found', `${request.repository.name}@${digest} is not in the registry`)
}

/** @throws DeployError runtime-labels */
function refuseRuntimeLabels(which: string, image: Pick<RemoteImage, 'labels' | 'otherLabels'>): void {
  const reason = runtimeLabelsReason(which, image)
  if (reason) throw fail(reason)
}

/** Awaits both; when one fails, waits for the other to end too and throws what failed first, not its echo. */
async function bothOrCause<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  let first: unknown
  const note = (error: unknown): never => {
    first ??= error
    throw error
  }
  const [left, right] = await Promise.allSettled([a.catch(note), b.catch(note)])
  if (left.status === 'fulfilled' && right.status === 'fulfilled') return [left.value, right.value]
  throw first
}
