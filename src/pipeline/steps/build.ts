import { LABEL, OCI_LABEL } from '../../domain/labels.ts'
import { repositoryUrl } from '../../domain/remote-context.ts'
import type { ReleaseRequest } from '../../domain/request.ts'
import type { Revision } from '../../domain/revision.ts'
import { releaseTag } from '../../domain/tags.ts'
import type { Built, ImageBuilder, SourceFacts } from '../../ports.ts'

interface BuildFacts {
  readonly source: SourceFacts | undefined
  readonly fingerprint: string
  readonly builder: ImageBuilder
  /** What it is called on the engine, in the release's repository. */
  readonly tag: string
}

/** Builds the candidate. It has no release tag: nothing is proven yet. */
export async function build(
  request: ReleaseRequest & { readonly revision: Revision },
  facts: BuildFacts,
  signal: AbortSignal,
): Promise<Built> {
  const labels = {
    ...ociLabels(request, facts.source),
    ...request.build.labels,
    [LABEL.inputs]: facts.fingerprint,
    [LABEL.release]: `${request.repository.name}:${releaseTag(request.revision, request.tagSuffix)}`,
    [OCI_LABEL.revision]: request.revision,
  }
  const as = `${request.repository.name}:${facts.tag}`
  return facts.builder.build(
    { ...request.build, labels },
    { ...(request.promote === 'none' ? {} : { push: request.repository }), as, signal },
  )
}

/** `created` is the commit's date, not now: the same commit gives the same bytes. */
function ociLabels(request: ReleaseRequest, source: SourceFacts | undefined): Record<string, string> {
  const url = source?.url ?? repositoryUrl(request.build.context)
  return {
    [OCI_LABEL.title]: request.app,
    [OCI_LABEL.created]: new Date(request.build.sourceDateEpoch * 1000).toISOString().replace('.000Z', 'Z'),
    ...(url === undefined ? {} : { [OCI_LABEL.source]: url }),
  }
}
