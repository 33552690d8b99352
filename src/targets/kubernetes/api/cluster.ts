import type { Clock, KubeApi } from '../../../ports.ts'
import type { Paths } from './names.ts'
import { paths } from './names.ts'

/** One namespace of one cluster: the connection, its paths, and the clock that every wait goes by. */
export interface Cluster {
  readonly api: KubeApi
  readonly clock: Clock
  readonly namespace: string
  readonly paths: Paths
}

export function createCluster({ api, clock }: Pick<Cluster, 'api' | 'clock'>, namespace: string): Cluster {
  return { api, clock, namespace, paths: paths(namespace) }
}
