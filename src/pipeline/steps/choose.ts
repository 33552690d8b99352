import type { Digest } from '../../domain/digest.ts'
import { isDigest } from '../../domain/digest.ts'
import type { RollbackRequest } from '../../domain/request.ts'
import { releaseTag } from '../../domain/tags.ts'
import { DeployError, fail } from '../../errors/deploy-error.ts'
import type { Registry } from '../../ports.ts'
import { otherPlaces } from './other-places.ts'
import type { Survey } from './survey.ts'
import type { Version } from './versions.ts'
import { candidatesText } from './versions.ts'

/** The versions that `to` can mean, the newest first. */
export function find({ to }: Pick<RollbackRequest, 'to'>, versions: readonly Version[]): readonly Version[] {
  if (to === 'previous') return versions.filter(({ verdict }) => verdict === 'verified').slice(0, 1)
  return versions.filter(({ digest, revision, accepted }) =>
    isDigest(to) ? digest === to || accepted.includes(to) : (revision ?? '').startsWith(to),
  )
}

/** The version that a rollback goes to. Refuses with the list of candidates rather than guess. */
export async function choose(request: RollbackRequest, known: Survey): Promise<Version> {
  const { to } = request
  const matches = find(request, known.versions)
  const [match] = matches
  if (match && (matches.length === 1 || to.length === 40)) return match
  if (match) {
    const what = `${to} matches ${String(matches.length)} versions`
    throw new DeployError('version-ambiguous', what, { evidence: candidatesText(matches) })
  }
  if (to !== 'previous' && request.allowUnverified) return unverified(request, to, known.registry)
  const evidence = [...evidenceOf(known), ...(await otherPlaces(request, known))]
  if (to === 'previous') {
    const what = `no version but the running one was verified in ${request.environment} and is not marked bad`
    throw new DeployError('no-previous', what, { evidence })
  }
  throw new DeployError('not-verified', `${to} was never verified in ${request.environment}`, { evidence })
}

async function unverified(request: RollbackRequest, to: string, registry: Registry): Promise<Version> {
  if (isDigest(to)) return { digest: to, accepted: [], knownBy: [], verdict: 'unverified' }
  const { revision, digest, tag } = await proven(request, to, registry)
  return { digest, revision, tag, accepted: [], knownBy: ['registry'], verdict: 'unverified' }
}

/** A release tag by its revision's first digits: proven by smoke at least. */
async function proven(
  request: RollbackRequest,
  to: string,
  registry: Registry,
): Promise<{ revision: string; digest: Digest; tag: string }> {
  const { name } = request.repository
  const revisions = to.length === 40 ? [to] : await revisionsLike(request, to, registry)
  const [revision] = revisions
  if (revision === undefined)
    throw new DeployError('image-not-found', `no release tag of ${name} begins with sha-${to}`)
  if (revisions.length > 1) {
    throw new DeployError('version-ambiguous', `${to} matches ${String(revisions.length)} revisions`, {
      evidence: revisions,
    })
  }
  const tag = releaseTag(revision, request.tagSuffix)
  const found = await registry.resolve(request.repository, tag)
  if (found.is === 'present') return { revision, digest: found.value.digest, tag }
  if (found.is === 'unknown') throw fail(found.why)
  throw new DeployError('image-not-found', `${name}:${tag} does not exist`)
}

/** A prefix of seven digits has hardly two commits; each may have some images, told apart by suffixes. */
const MAX_CANDIDATES = 50

async function revisionsLike(request: RollbackRequest, to: string, registry: Registry): Promise<string[]> {
  const tags = await registry.tagsWithPrefix(request.repository, { prefix: `sha-${to}`, limit: MAX_CANDIDATES })
  if (tags.is === 'unknown') throw fail(tags.why)
  if (tags.is === 'absent') return []
  return tags.value.flatMap((tag) => {
    const revision = /^sha-([0-9a-f]{40})/.exec(tag)?.[1]
    return revision !== undefined && tag === releaseTag(revision, request.tagSuffix) ? [revision] : []
  })
}

function evidenceOf({ versions, memory }: Survey): string[] {
  const table = candidatesText(versions)
  const down = [...memory.down].map(([name, why]) => `the ${name} could not be asked: ${why.what}`)
  return [
    ...(table.length > 0 ? ['versions verified here, newest first:', ...table] : ['no version was verified here']),
    ...down,
  ]
}
