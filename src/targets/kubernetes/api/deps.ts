import type { Repository } from '../../../domain/image.ts'
import type { Run } from '../../../domain/labels.ts'
import type { Clock, KubeApi } from '../../../ports.ts'

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
}
