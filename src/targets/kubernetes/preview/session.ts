/** What one deployment of a preview knows and holds open. Everything is made when it is first needed. */
import { once } from '../../../async/once.ts'
import type { Duration } from '../../../domain/duration.ts'
import { runKey } from '../../../domain/labels.ts'
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import type { Preview, PreviewSettings } from '../../../domain/preview.ts'
import type { KubernetesDeps } from '../api/deps.ts'
import { parseWorkload, workloadId } from '../api/names.ts'
import type { KubernetesRequest } from '../request.ts'
import { KubernetesRun } from '../run.ts'
import { addressOf } from './address.ts'
import { Claim } from './claim.ts'
import type { Companions } from './companions.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, valueAt } from './fields.ts'
import type { FilesContext, PreviewFiles } from './files.ts'
import { readFiles, refuseForeignObject } from './files.ts'
import type { Home } from './home.ts'
import { homeOf } from './home.ts'
import { objectName } from './names.ts'
import { absentFor } from './needed.ts'
import type { RemovalLimit } from './removal.ts'

/** A third of the default `timeout`. */
const GRACE_MS: Duration = 200_000

export class PreviewSession {
  readonly preview: PreviewSettings
  readonly home: Home
  readonly run: KubernetesRun
  readonly claim: Claim
  /** How long what others have to do is waited for. */
  readonly limit: RemovalLimit & { readonly within: Duration }
  /** What everything is marked with; it expires by the cluster's clock. */
  readonly part: () => Promise<PreviewPart>
  companions: Companions | undefined
  readonly #filesContext: FilesContext
  #files: Promise<PreviewFiles> | undefined

  constructor(request: KubernetesRequest, preview: PreviewSettings, deps: KubernetesDeps) {
    this.preview = preview
    this.home = homeOf(preview)
    this.limit = { within: request.grace ?? GRACE_MS, signal: deps.signal }
    this.part = once(async () => {
      const { now } = await this.claim.read()
      return { ...plainPreview(preview), run: runKey(deps.run), expires: now + preview.ttl, candidates: [] }
    })
    this.#filesContext = {
      places: request.manifests,
      preview,
      home: this.home,
      image: deps.repository.name,
      copySecrets: request.copySecrets ?? [],
      kubeNamespace: () => deps.api.namespace(),
      part: this.part,
    }
    this.run = new KubernetesRun(ownRequest(request, preview, this.home), { ...deps, preview: this.#manifests() })
    this.claim = new Claim({
      cluster: this.run.cluster,
      home: this.home,
      preview,
      part: this.part,
      limit: this.limit,
      extra: async () => namespaceMarks((await this.files()).adapted.namespaceDocument),
    })
  }

  /** The manifests as this deployment has them. */
  files(): Promise<PreviewFiles> {
    return (this.#files ??= readFiles(this.#filesContext))
  }

  async address(signal: AbortSignal): Promise<string | undefined> {
    const [cluster, { adapted }] = await Promise.all([this.run.cluster(), this.files()])
    const warn = (text: string): void => this.run.warn(text)
    return addressOf({ cluster, preview: this.preview, limit: { ...this.limit, signal }, warn }, adapted.manifests)
  }

  #manifests(): NonNullable<KubernetesDeps['preview']> {
    const { isOwn } = this.home
    return {
      isOwn,
      read: async () => {
        // The files may have been written since they were read.
        this.#files = undefined
        return (await this.files()).adapted
      },
      isPlaceThere: async () => !isOwn || this.claim.isTaken || (await this.claim.read()).state.is === 'ours',
      absent: async () => {
        const [cluster, { needed, from, copies }] = await Promise.all([this.run.cluster(), this.files()])
        return absentFor(cluster, needed, { isOwn, from, copies })
      },
      refuseForeign: (manifest, live) => refuseForeignObject(manifest, live, this.#filesContext),
    }
  }
}

function plainPreview({ app, number, name, repository }: PreviewSettings): Preview {
  return { app, number, name, ...(repository === undefined ? {} : { repository }) }
}

/** The request as it would be for a release into the preview's place. */
function ownRequest(request: KubernetesRequest, preview: PreviewSettings, home: Home): KubernetesRequest {
  const workloads = request.workloads.map((text) => {
    const id = parseWorkload(text)
    if (!id || home.isOwn) return text
    return workloadId(id.kind, objectName(id.kind, id.name, `-pr-${String(preview.number)}`)).label
  })
  // Each preview has a lock of its own.
  return { ...request, workloads, namespace: home.namespace, environment: preview.name, strategy: 'rolling' }
}

type Texts = Readonly<Record<string, string>>

/** What a document of the manifests says of the namespace, such as its Pod Security level. */
function namespaceMarks(document: Fields | undefined): { readonly labels: Texts; readonly annotations: Texts } {
  const texts = (path: string): Texts =>
    Object.fromEntries(Object.entries(fieldsOf(valueAt(document, path))).map(([key, value]) => [key, String(value)]))
  const { 'kubernetes.io/metadata.name': _, ...labels } = texts('metadata.labels')
  return { labels, annotations: texts('metadata.annotations') }
}
