/** The manifests of one preview: read once, adapted, and everything that is known of them. */
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import { isPartOf } from '../../../domain/preview-labels.ts'
import type { PreviewSettings } from '../../../domain/preview.ts'
import { fillTemplate } from '../../../domain/preview.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import type { Manifest } from '../apply/manifests.ts'
import { readManifests } from '../apply/manifests.ts'
import type { Adapted } from './adapt.ts'
import { adapt } from './adapt.ts'
import type { Copy } from './copies.ts'
import { copiesOf } from './copies.ts'
import { fieldsOf } from './fields.ts'
import type { Home } from './home.ts'
import { labelOf } from './kinds.ts'
import type { Needed } from './needed.ts'
import { neededBy } from './needed.ts'

export interface FilesContext {
  readonly places: readonly string[]
  readonly preview: PreviewSettings
  readonly home: Home
  /** What takes the place of `${image}`. */
  readonly image: string
  /** Entries of `copy-secrets`. */
  readonly copySecrets: readonly string[]
  /** The namespace of the kubeconfig. */
  readonly kubeNamespace: () => Promise<string>
  /** What everything is marked with; the expiry is by the cluster's clock. */
  readonly part: () => Promise<PreviewPart>
}

export interface PreviewFiles {
  readonly adapted: Adapted
  readonly copies: readonly Copy[]
  /** What somebody has to bring. */
  readonly needed: readonly Needed[]
  /** Where production has it, as far as that is known. */
  readonly from: string
}

export async function readFiles(context: FilesContext): Promise<PreviewFiles> {
  const { places, preview, home, image, copySecrets } = context
  const [read, kubeNamespace, part] = await Promise.all([
    readManifests(places, undefined),
    context.kubeNamespace(),
    context.part(),
  ])
  const needed = neededBy(read.manifests).map((one) => ({ ...one, name: fillTemplate(one.name, preview) }))
  const copies = copiesOf(copySecrets, needed)
  const adapted = adapt(read, { ...home, preview, image, part, copies, from: kubeNamespace })
  const [named] = read.manifests.flatMap(({ metadata }) => metadata.namespace ?? [])
  return { adapted, copies, needed, from: named ?? kubeNamespace }
}

/** @throws DeployError for an object of a shared namespace that has the name already */
export function refuseForeignObject(manifest: Manifest, live: unknown, { preview, home }: FilesContext): void {
  if (home.isOwn) return
  const annotations = fieldsOf(fieldsOf(fieldsOf(live)['metadata'])['annotations'])
  const texts = Object.entries(annotations).map(([key, value]) => [key, String(value)] as const)
  if (isPartOf(Object.fromEntries(texts), manifest.name, preview)) return
  throw new DeployError(
    'managed-elsewhere',
    `${labelOf(manifest)} is in namespace ${home.namespace} already and does not belong to this preview`,
    {
      fix: 'Rename or remove it, or give each preview a namespace of its own (namespace with ${number}).',
    },
  )
}
