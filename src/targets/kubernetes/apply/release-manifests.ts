/** The manifests of a release: which of them are workloads that take the image, and how each looks with it. */
import { equal } from '../../../domain/equal.ts'
import type { PinnedImage, Repository } from '../../../domain/image.ts'
import { pinned } from '../../../domain/image.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { Slot } from '../api/containers.ts'
import { chooseContainers, withImages } from '../api/containers.ts'
import type { WorkloadId } from '../api/names.ts'
import type { Manifest } from './manifests.ts'
import { withRepositoryImage } from './manifests.ts'

/** What says which workloads and containers take the image, where several could. */
export interface Choice {
  readonly container: string | undefined
  readonly wanted: readonly WorkloadId[]
  readonly repository: Repository | undefined
}

/** A workload that takes the image, and the containers in which it does. */
export interface Chosen {
  readonly id: WorkloadId
  readonly slots: readonly Slot[]
}

export class ReleaseManifests {
  readonly all: readonly Manifest[]
  readonly workloads: readonly Chosen[]
  /** Everything that is not a workload of the release, in order. */
  readonly others: readonly Manifest[]
  readonly faults: readonly Reason[]

  constructor(manifests: readonly Manifest[], choice: Choice) {
    const chosen = choose(manifests, choice)
    this.all = manifests
    this.workloads = chosen.flatMap((one) => ('code' in one ? [] : [one]))
    this.others = manifests.filter((manifest) => !this.workloadOf(manifest))
    this.faults = chosen.flatMap((one) => ('code' in one ? [one] : []))
  }

  workloadOf({ workload }: Manifest): Chosen | undefined {
    return workload && this.workloads.find(({ id }) => id.label === workload.id.label)
  }

  manifestOf({ label }: WorkloadId): Manifest | undefined {
    return this.all.find(({ workload }) => workload?.id.label === label)
  }

  /** Names of the containers that take the image. */
  containersOf(manifest: Manifest): readonly string[] {
    return (this.workloadOf(manifest)?.slots ?? []).map(({ name }) => name)
  }

  /** The object with the image put in. Without an image as it was written. */
  withImage(manifest: Manifest, image: PinnedImage | undefined): Record<string, unknown> {
    if (!image) return { ...manifest.object }
    const reference = pinned(image)
    const object = withRepositoryImage(manifest.object, image.repository, reference) as Record<string, unknown>
    const { workload } = manifest
    if (!workload) return object
    const images = new Map(this.containersOf(manifest).map((name) => [name, reference]))
    const spec = object['spec'] as { template: typeof workload.template }
    return { ...object, spec: { ...spec, template: withImages(spec.template, images) } }
  }
}

/** `deployment/web` */
export function labelOf({ kind, name }: Manifest): string {
  return `${kind.toLowerCase()}/${name}`
}

/** The named workloads; without a name those that run the repository, else the only one. */
function choose(
  manifests: readonly Manifest[],
  { container, wanted, repository }: Choice,
): readonly (Chosen | Reason)[] {
  const described = manifests.flatMap(({ workload, source }) => (workload ? [{ ...workload, source }] : []))
  const slots = ({ id, template }: (typeof described)[number]): Chosen | Reason => {
    const found = chooseContainers(template, repository, container, id.label)
    return 'code' in found ? found : { id, slots: found }
  }
  if (wanted.length > 0) {
    return described.filter(({ id }) => wanted.some(({ label }) => label === id.label)).map(slots)
  }
  if (described.length === 1) return described.map(slots)
  const matching = described.filter(({ template }) => {
    return !equal(withRepositoryImage(template, repository ?? NOWHERE, 'x'), template)
  })
  if (matching.length > 0 || described.length === 0) return matching.map(slots)
  const names = described.map(({ id }) => id.label).join(', ')
  const what = `no workload of the manifests runs ${repository?.name ?? 'the image'}: ${names}`
  return [{ code: 'manifest-invalid', what, fix: 'Name those that take the image with workload.' }]
}

const NOWHERE: Repository = { registry: '', path: '', name: '' }
