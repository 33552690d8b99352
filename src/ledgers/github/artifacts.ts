/** Artifact deployment records: which digest runs where, across an organization. */
import { cut } from '../../domain/text.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { Place } from '../../domain/place.ts'
import type { GitHubClient, GitHubContext } from '../../ports.ts'

interface Facts {
  readonly app: string
  readonly environment: string
  readonly target: string
  readonly place: Place | undefined
}

/** Cluster, environment and name identify the slot: the next record of the same one takes this one's place. */
export async function recordArtifact(
  client: GitHubClient,
  { repository }: GitHubContext,
  image: PinnedImage,
  facts: Facts,
): Promise<void> {
  const [owner = '', name = ''] = repository.split('/')
  const { app, environment, target, place } = facts
  const version = image.tag ?? image.revision
  const body = {
    name: cut(image.repository.name, 256),
    digest: image.digest,
    status: 'deployed',
    logical_environment: cut(environment, 128),
    physical_environment: target,
    ...(place ? { cluster: cut(place.cluster, 128) } : {}),
    deployment_name: cut([place?.namespace, app].filter(Boolean).join('-'), 256),
    ...(version === undefined ? {} : { version: cut(version, 100) }),
    github_repository: name,
    return_records: false,
  }
  const path = `orgs/${encodeURIComponent(owner)}/artifacts/metadata/deployment-record`
  await client.request({ method: 'POST', path, body, needs: 'artifact-metadata: write' })
}
