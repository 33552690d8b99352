import type { Duration } from '../../../domain/duration.ts'
import type { Clock, KubeApi } from '../../../ports.ts'
import type { Paths } from './names.ts'
import { paths } from './names.ts'

/** One namespace of one cluster: the connection, its paths, and the clock that every wait goes by. */
export interface Cluster {
  readonly api: KubeApi
  readonly clock: Clock
  readonly namespace: string
  readonly paths: Paths
  /** How long an API that does not answer is asked again where something has to go back. */
  readonly patience: Duration
}

const RESTORE_PATIENCE_MS: Duration = 60_000

/** @param grace what may pass by itself is waited for that long: an API that is away, too */
export function createCluster(
  { api, clock, grace = RESTORE_PATIENCE_MS }: Pick<Cluster, 'api' | 'clock'> & { readonly grace?: Duration },
  namespace: string,
): Cluster {
  return { api, clock, namespace, paths: paths(namespace), patience: Math.min(grace, RESTORE_PATIENCE_MS) }
}
