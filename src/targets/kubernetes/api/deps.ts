import type { Repository } from '../../../domain/image.ts'
import type { Run } from '../../../domain/labels.ts'
import type { Clock, KubeApi } from '../../../ports.ts'
import type { AbsentReferences } from '../apply/absent-references.ts'
import type { Manifest, Manifests } from '../apply/manifests.ts'

export interface KubernetesDeps {
  /** The target's own connection: `close()` ends it. */
  readonly api: KubeApi
  readonly clock: Clock
  /** Its containers are meant where none is named. */
  readonly repository: Repository
  readonly run: Run
  /** Ends the wait for another run's lock. */
  readonly signal?: AbortSignal
  /** Whether the run that holds the lock (`id-attempt`) is known to be over: its lock is taken over at once. */
  readonly isRunOver?: (holder: string) => Promise<boolean>
  readonly onWarning?: (text: string) => void
  /** What is deployed is a preview. */
  readonly preview?: PreviewManifests
}

/** How the manifests of a preview differ from those of a release. */
export interface PreviewManifests {
  /** The namespace is the preview's alone. */
  readonly isOwn: boolean
  /** The manifests as the preview's. */
  read(): Promise<Manifests>
  /** False: its namespace is still to be made, so nothing can be tried in it. */
  isPlaceThere(): Promise<boolean>
  /** What the manifests refer to and nobody brings. */
  absent(manifests: readonly Manifest[]): Promise<AbsentReferences>
  /** @throws DeployError for an object that is there and not the preview's */
  refuseForeign(manifest: Manifest, live: unknown): void
}
