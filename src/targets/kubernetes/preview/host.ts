/** Where previews run, without any of their files: they are listed and removed by what they carry. */
import type { Duration } from '../../../domain/duration.ts'
import { LABEL } from '../../../domain/labels.ts'
import { isPartOf, readPreviewLabels } from '../../../domain/preview-labels.ts'
import { asDeployError } from '../../../errors/deploy-error.ts'
import type { Clock, FoundPreview, KubeApi, PreviewHost, Removal } from '../../../ports.ts'
import { foundPreviews } from '../../shared/previews.ts'
import { refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import { createCluster } from '../api/cluster.ts'
import { listOf } from '../api/schema.ts'
import type { KubernetesRequest } from '../request.ts'
import { NAMESPACES, RecordSchema } from './record.ts'
import type { NamespaceSearch } from './remove.ts'
import { removeNamespaces, removeShared } from './remove.ts'
import type { RemovalLimit } from './removal.ts'
import { isTemplated } from './template.ts'

interface HostContext {
  readonly api: KubeApi
  readonly clock: Clock
  readonly signal?: AbortSignal
}

/** A third of the default `timeout`. */
const GRACE_MS: Duration = 200_000

export function createPreviewHost(request: KubernetesRequest, context: HostContext): PreviewHost {
  const { api, clock, signal } = context
  const limit: RemovalLimit = { within: (request.grace ?? GRACE_MS) * 3, signal }
  const name = sharedNamespace(request)
  const shared = name === undefined ? undefined : createCluster({ api, clock }, name)
  const own = request.preview?.namespace.isOwn ? request.preview.namespace.name : undefined
  return {
    list: () => listPreviews(context, shared),
    remove: (preview) => removePreview(context, shared, { ...limit, preview, named: own }),
    close: () => api.close(),
  }
}

/** The namespace that previews share; undefined: each has its own. */
function sharedNamespace({ preview, namespace }: KubernetesRequest): string | undefined {
  if (preview) return preview.namespace.isOwn ? undefined : preview.namespace.name
  return namespace === undefined || isTemplated(namespace) ? undefined : namespace
}

/** Two requests, however many there are. */
async function listPreviews({ api, clock }: HostContext, shared: Cluster | undefined): Promise<FoundPreview[]> {
  const paths = [...(shared ? [`${shared.paths.namespace}/configmaps`] : []), NAMESPACES]
  const lists = await Promise.all(
    paths.map(async (path) => {
      const answer = await api.request('GET', path, { query: { labelSelector: LABEL.preview } })
      // A step that shares a namespace need not see others.
      if (answer.status === 403 && shared && path === NAMESPACES) return { items: [], at: undefined }
      if (answer.status !== 200) throw refusal(answer, `${path} could not be listed`)
      return { items: listOf(RecordSchema, answer.body).items, at: answer.at }
    }),
  )
  const now = lists.find(({ at }) => at !== undefined)?.at ?? clock.now()
  const parts = lists.flatMap(({ items }) =>
    items.flatMap(({ metadata }) => {
      const part = readPreviewLabels(metadata.annotations ?? {})
      return part !== undefined && isPartOf(metadata.annotations ?? {}, metadata.name, part) ? [part] : []
    }),
  )
  return foundPreviews(parts, now)
}

const NOTHING: Removal = { removed: [], left: [], candidates: [] }

/** In both kinds of place: where previews live may have been changed since this one was deployed. */
async function removePreview(
  { api, clock }: HostContext,
  shared: Cluster | undefined,
  search: NamespaceSearch,
): Promise<Removal> {
  const denied = (error: unknown): Removal => {
    if (asDeployError(error).code === 'target-denied' && shared) return NOTHING
    throw error
  }
  const removals = await Promise.all([
    removeNamespaces({ api, clock }, search).catch(denied),
    shared ? removeShared(shared, search.preview, search) : NOTHING,
  ])
  return {
    removed: removals.flatMap(({ removed }) => removed),
    left: removals.flatMap(({ left }) => left),
    candidates: [...new Set(removals.flatMap(({ candidates }) => candidates))],
  }
}
