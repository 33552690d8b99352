import type { Digest } from '../../domain/digest.ts'
import { digestIn, shortDigest } from '../../domain/digest.ts'
import type { History } from '../../domain/labels.ts'
import { EMPTY_HISTORY, LABEL, OCI_LABEL } from '../../domain/labels.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import type { Revision } from '../../domain/revision.ts'
import { isRevision, shortRevision } from '../../domain/revision.ts'
import { releaseTag } from '../../domain/tags.ts'
import { CATALOGUE } from '../../errors/catalogue.ts'
import type { Fault, Reason } from '../../errors/deploy-error.ts'
import { asDeployError, DeployError } from '../../errors/deploy-error.ts'
import type {
  Descriptor,
  Existence,
  ImageBuilder,
  Ports,
  RemoteImage,
  Running,
  SourceFacts,
  Target,
} from '../../ports.ts'
import { differing, fingerprint } from './fingerprint.ts'

/** Everything that was found out before anything is changed; a dry run ends here and prints it. */
export interface Plan {
  readonly revision: Revision | undefined
  readonly source: SourceFacts | undefined
  readonly fingerprint: string
  /** Present unless nothing has to be built. */
  readonly builder: ImageBuilder | undefined
  readonly tag: string | undefined
  /** The image that is released without a build: a proven one of this revision, or the one that `digest` names. */
  readonly reuse: RemoteImage | undefined
  /** Whether `reuse` carries our release tag: then it needs no smoke test. */
  readonly proven: boolean
  /** What a foreign tag of the release tag's name names; the image where all of it is there. */
  readonly foreign: Foreign | undefined
  readonly environmentTag: Existence<Descriptor> | undefined
  readonly target: Target | undefined
  readonly before: Running<unknown>
  readonly history: History
  /** What runs now, by stamp, else by the environment tag's image. */
  readonly runningRevision: Revision | undefined
  readonly lines: readonly string[]
}

export interface Foreign {
  readonly digest: Digest
  readonly image: RemoteImage | undefined
}

/** Asks every port at once; whatever speaks against the release is thrown as one error that lists all of it. */
export async function preflight(request: ReleaseRequest, ports: Ports): Promise<Plan> {
  const wantsTarget = ports.target !== undefined && request.promote === 'all'
  // Chosen beside the other questions; nobody waits for it, or minds that no engine answers, when nothing is built.
  const choice = request.digest === undefined ? ports.builder(request.build) : undefined
  choice?.catch(() => undefined)
  const looking = lookAtImage(request, ports)
  const [source, target, image, environmentTag, push] = await Promise.all([
    request.digest === undefined ? ports.source.facts(request.build.context) : undefined,
    wantsTarget ? lookAtTarget(request, ports) : undefined,
    looking,
    request.environmentTag && request.promote === 'all'
      ? ports.registry.resolve(request.repository, request.environmentTag)
      : undefined,
    looking.then((look) => (needsPush(request, look) ? ports.registry.canPush(request.repository) : undefined)),
  ])
  const print = fingerprint(request.build, {
    context: request.contextName,
    dirty: (source?.dirty.length ?? 0) > 0,
  })
  const reuse = reusable(request, image, print)
  const revision = request.revision ?? revisionOf(image.remote)
  const builder = reuse.image ? undefined : await choice
  const reasons = [
    ...(push?.is === 'unknown' && push.why.code === 'registry-denied' ? [push.why] : []),
    ...(image.reason ? [image.reason] : []),
    ...(reuse.reason ? [reuse.reason] : []),
    ...(builder ? refused(builder.name, builder.refuse(request.build)) : []),
    ...policyReasons(request, source, ports),
    ...(target?.reasons ?? []),
  ]
  if (reasons.length > 0) throw together(reasons)
  for (const text of target?.warnings ?? []) ports.reporter.emit({ type: 'warning', text })
  const plan: Omit<Plan, 'lines'> = {
    revision,
    source,
    fingerprint: print,
    builder,
    tag: revision === undefined ? undefined : releaseTag(revision, request.tagSuffix),
    reuse: reuse.image,
    proven: reuse.proven,
    foreign: reuse.foreign,
    environmentTag,
    target: target?.target,
    before: target?.before ?? { workloads: [] },
    history: target?.history ?? EMPTY_HISTORY,
    runningRevision: target && runningRevisionOf(target.before),
  }
  return { ...plan, lines: planLines(request, plan, target?.plan ?? []) }
}

/** By the target's own stamp. */
export function runningRevisionOf(running: Running<unknown>): Revision | undefined {
  return running.workloads.find(({ revision }) => revision !== undefined)?.revision
}

// ---------------------------------------------------------------- the image

interface ImageLook {
  readonly remote: RemoteImage | undefined
  /** Digest that the release tag of this revision names. */
  readonly tagged: Digest | undefined
  readonly reason?: Reason
}

async function lookAtImage(request: ReleaseRequest, { registry }: Ports): Promise<ImageLook> {
  if (request.digest !== undefined) return lookAtDigest(request, request.digest, registry)
  if (request.revision === undefined || request.promote === 'none') return { remote: undefined, tagged: undefined }
  const tag = await registry.resolve(request.repository, releaseTag(request.revision, request.tagSuffix))
  // Unknown builds: a promotion that must not happen is refused when the tag is written.
  if (tag.is !== 'present') return { remote: undefined, tagged: undefined }
  const image = await registry.image(request.repository, tag.value.digest)
  return { remote: image.is === 'present' ? image.value : undefined, tagged: tag.value.digest }
}

async function lookAtDigest(request: ReleaseRequest, digest: Digest, registry: Ports['registry']): Promise<ImageLook> {
  const image = await registry.image(request.repository, digest)
  if (image.is === 'unknown') return { remote: undefined, tagged: undefined, reason: image.why }
  if (image.is === 'absent') {
    const what = `${request.repository.name}@${digest} is not in the registry`
    return { remote: undefined, tagged: undefined, reason: { code: 'image-not-found', what } }
  }
  const revision = request.revision ?? revisionOf(image.value)
  if (revision === undefined) return { remote: image.value, tagged: undefined }
  const suffixes = request.tagSuffix === undefined ? [undefined] : [request.tagSuffix, undefined]
  const tags = await Promise.all(
    suffixes.map((suffix) => registry.resolve(request.repository, releaseTag(revision, suffix))),
  )
  const names = tags.some((tag) => tag.is === 'present' && tag.value.digest === digest)
  return { remote: image.value, tagged: names ? digest : undefined }
}

/** Registries without tokens are asked by opening an upload: not for an image that is there, tagged and ours. */
function needsPush({ promote }: ReleaseRequest, { remote, tagged }: ImageLook): boolean {
  return promote !== 'none' && (tagged === undefined || remote?.labels[LABEL.inputs] === undefined)
}

function revisionOf(image: RemoteImage | undefined): Revision | undefined {
  const revision = image?.labels[OCI_LABEL.revision]
  return revision !== undefined && isRevision(revision) ? revision : undefined
}

interface Reuse {
  readonly image: RemoteImage | undefined
  readonly proven: boolean
  readonly foreign: Foreign | undefined
  readonly reason?: Reason
}

function reusable(request: ReleaseRequest, { remote, tagged }: ImageLook, print: string): Reuse {
  const ours = remote?.labels[LABEL.inputs]
  if (request.digest !== undefined) {
    return { image: remote, proven: tagged !== undefined && ours !== undefined, foreign: undefined }
  }
  if (tagged === undefined) return { image: undefined, proven: false, foreign: undefined }
  // A tag whose image is gone or incomplete proves nothing, and it can't be replaced: built anew it must come out equal.
  if (!remote || ours === undefined) {
    return { image: undefined, proven: false, foreign: { digest: tagged, image: remote } }
  }
  if (ours === print) return { image: remote, proven: true, foreign: undefined }
  const names = differing(ours, print)
  const what = `revision ${shortRevision(request.revision ?? '')} was released as ${tagged} with other build inputs: ${names.join(', ')}`
  return { image: undefined, proven: false, foreign: undefined, reason: { code: 'inputs-differ', what } }
}

// ---------------------------------------------------------------- the target

interface TargetLook {
  readonly target: Target | undefined
  readonly before: Running<unknown>
  readonly history: History
  readonly reasons: readonly Reason[]
  readonly warnings: readonly string[]
  readonly plan: readonly string[]
}

/** Faults of the target are collected, so that they can be reported beside all others. */
export async function lookAtTarget(
  request: { readonly repository: ReleaseRequest['repository']; readonly dryRun: boolean },
  ports: Ports,
): Promise<TargetLook> {
  const nothing = { before: { workloads: [] }, history: EMPTY_HISTORY, warnings: [], plan: [] }
  let target: Target | undefined
  try {
    target = await ports.target?.()
    if (!target) return { ...nothing, target: undefined, reasons: [] }
    const [readiness, before, history] = await Promise.allSettled([
      target.check({ repository: request.repository, dryRun: request.dryRun }),
      target.current(),
      target.history(),
    ])
    // What the check says explains better than the look that failed for the same cause.
    if (readiness.status === 'rejected') throw readiness.reason
    const { faults, warnings, plan } = readiness.value
    if (faults.length > 0) return { ...nothing, target, reasons: faults, warnings, plan }
    if (before.status === 'rejected') throw before.reason
    if (history.status === 'rejected') throw history.reason
    return { target, before: before.value, history: history.value, reasons: [], warnings, plan }
  } catch (error) {
    return { ...nothing, target, reasons: [asDeployError(error)] }
  }
}

// ---------------------------------------------------------------- faults

const CREDENTIAL =
  /(^|\/)(\.env(\..+)?|\.npmrc|\.pypirc|\.netrc|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.json)?|.+\.(pem|key|p12|pfx|keystore))$/i

function policyReasons(request: ReleaseRequest, source: SourceFacts | undefined, { reporter }: Ports): Reason[] {
  if (!source || request.promote === 'none' || request.policy === 'off') return []
  const reasons: Reason[] = []
  if (source.dirty.length > 0) {
    const what = `${String(source.dirty.length)} tracked files differ from ${shortRevision(source.revision)}: ${source.dirty.slice(0, 5).join(', ')}`
    reasons.push({ code: 'dirty-tree', what })
  }
  const secrets = source.untracked.filter((file) => CREDENTIAL.test(file))
  if (secrets.length > 0) {
    reasons.push({
      code: 'secret-in-context',
      what: `untracked in the build context: ${secrets.slice(0, 5).join(', ')}`,
    })
  } else if (source.untracked.length > 0) {
    const files = source.untracked.slice(0, 5).join(', ')
    reporter.emit({
      type: 'warning',
      text: `${String(source.untracked.length)} untracked files are in the build context: ${files}`,
    })
  }
  if (request.policy === 'enforce') return reasons
  for (const reason of reasons) reporter.emit({ type: 'warning', text: `${reason.what} (policy: warn)` })
  return []
}

function refused(builder: string, faults: readonly Fault[]): DeployError[] {
  if (faults.length === 0) return []
  const names = faults.map(({ name }) => name).join(', ')
  return [new DeployError('build-not-supported', `the ${builder} builder cannot honour: ${names}`, { faults })]
}

/** One error for all that speaks against going on: the first names it, the others are its evidence. */
export function together(reasons: readonly Reason[]): DeployError {
  const [first, ...rest] = reasons
  if (!first) return new DeployError('internal-error', 'no reason given')
  if (rest.length === 0 && first instanceof DeployError) return first
  const evidence = [
    ...(first.evidence ?? []),
    ...rest.flatMap((reason) => [
      `also: ${reason.what} (${reason.code})`,
      `  ${reason.fix ?? CATALOGUE[reason.code].fix}`,
    ]),
  ]
  const faults = reasons.flatMap((reason) => (reason instanceof DeployError ? reason.faults : []))
  return new DeployError(first.code, first.what, { evidence, fix: first.fix, faults })
}

// ---------------------------------------------------------------- the plan

function planLines(request: ReleaseRequest, plan: Omit<Plan, 'lines'>, targetLines: readonly string[]): string[] {
  const name = request.repository.name
  const { reuse } = plan
  const build = reuse
    ? `reuse   ${name}@${reuse.descriptor.digest}${plan.proven ? ' (proven before)' : ''}`
    : `build   ${name} at ${plan.revision ?? 'unknown revision'} with ${plan.builder?.name ?? 'no builder'}`
  const smoke =
    plan.proven || request.smoke === 'off' ? 'smoke   nothing' : 'smoke   that digest in a throwaway container'
  const tags = request.promote === 'none' ? [] : [plan.tag, ...request.extraTags]
  const promote = tags.filter((tag) => tag !== undefined).map((tag) => `promote ${name}:${tag}`)
  const moves = plan.target
    ? plan.before.workloads.map((workload) => {
        const now = workload.image === undefined ? 'nothing' : (digestIn(workload.image) ?? workload.image)
        return `replace ${workload.name} (runs ${shortDigest(now)})`
      })
    : []
  const pointer =
    request.environmentTag && request.promote === 'all' ? [`then    ${name}:${request.environmentTag}`] : []
  return [build, smoke, ...promote, ...moves, ...targetLines, ...pointer]
}
