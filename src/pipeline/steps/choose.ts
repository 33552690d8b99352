import type { Digest } from '../../domain/digest.ts'
import { isDigest } from '../../domain/digest.ts'
import type { RollbackRequest } from '../../domain/request.ts'
import { releaseTag } from '../../domain/tags.ts'
import { DeployError, fail } from '../../errors/deploy-error.ts'
import type { Registry } from '../../ports.ts'
import type { Version, Versions } from './versions.ts'
import { candidatesText } from './versions.ts'

/** The version that a rollback goes to. Refuses with the list of candidates rather than guess. */
export async function choose(request: RollbackRequest, known: Versions, registry: Registry): Promise<Version> {
  const { to } = request
  if (to === 'previous') {
    const previous = known.all.find(({ verdict }) => verdict === 'verified')
    if (previous) return previous
    const what = `no version but the running one was verified in ${request.environment} and is not marked bad`
    throw new DeployError('no-previous', what, { evidence: evidence(known) })
  }
  const matches = known.all.filter(({ digest, revision, accepted }) =>
    isDigest(to) ? digest === to || accepted.includes(to) : (revision ?? '').startsWith(to),
  )
  const [match] = matches
  if (match && (matches.length === 1 || to.length === 40)) return match
  if (match) {
    const what = `${to} matches ${String(matches.length)} versions`
    throw new DeployError('version-ambiguous', what, { evidence: candidatesText(matches) })
  }
  if (request.allowUnverified) return unverified(request, to, registry)
  throw new DeployError('not-verified', `${to} was never verified in ${request.environment}`, {
    evidence: evidence(known),
  })
}

async function unverified(request: RollbackRequest, to: string, registry: Registry): Promise<Version> {
  if (isDigest(to)) return { digest: to, accepted: [], knownBy: [], verdict: 'unverified' }
  const { revision, digest } = await proven(request, to, registry)
  return { digest, revision, accepted: [], knownBy: ['registry'], verdict: 'unverified' }
}

/** A release tag by its revision's first digits: proven by smoke at least. */
async function proven(
  request: RollbackRequest,
  to: string,
  registry: Registry,
): Promise<{ revision: string; digest: Digest }> {
  const revisions = to.length === 40 ? [to] : await revisionsLike(request, to, registry)
  const [revision] = revisions
  if (revision === undefined)
    throw new DeployError('image-not-found', `no release tag of ${request.repository.name} begins with sha-${to}`)
  if (revisions.length > 1) {
    throw new DeployError('version-ambiguous', `${to} matches ${String(revisions.length)} revisions`, {
      evidence: revisions,
    })
  }
  const tag = await registry.resolve(request.repository, releaseTag(revision))
  if (tag.is === 'present') return { revision, digest: tag.value.digest }
  if (tag.is === 'unknown') throw fail(tag.why)
  throw new DeployError('image-not-found', `${request.repository.name}:${releaseTag(revision)} does not exist`)
}

async function revisionsLike(request: RollbackRequest, to: string, registry: Registry): Promise<string[]> {
  const tags = await registry.tags(request.repository)
  if (tags.is === 'unknown') throw fail(tags.why)
  if (tags.is === 'absent') return []
  return tags.value
    .flatMap((tag) => /^sha-([0-9a-f]{40})$/.exec(tag)?.[1] ?? [])
    .filter((revision) => revision.startsWith(to))
}

function evidence(known: Versions): string[] {
  const table = candidatesText(known.all)
  const down = known.registryDown ? [`the registry could not be asked: ${known.registryDown.what}`] : []
  return [
    ...(table.length > 0 ? ['versions verified here, newest first:', ...table] : ['no version was verified here']),
    ...down,
  ]
}
