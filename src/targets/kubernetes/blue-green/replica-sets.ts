// The ReplicaSet behind a Deployment's current template.
import type { Cluster } from '../api/cluster.ts'
import { equal } from '../../../domain/equal.ts'
import { HASH } from './colours.ts'
import { listObjects } from '../api/list.ts'
import { withoutHash } from '../history.ts'
import { isOwner } from '../why/progress.ts'
import type { Workload } from '../api/schema.ts'
import { ReplicaSetSchema } from '../api/schema.ts'
import { selectorText } from '../spec.ts'

/** The label that all pods of the Deployment's current template carry; undefined until its ReplicaSet is made. */
export async function hashOf(cluster: Cluster, { metadata, spec }: Workload): Promise<string | undefined> {
  const query = { labelSelector: selectorText(spec.selector) }
  const { items: sets } = await listObjects(cluster, cluster.paths.replicaSets, ReplicaSetSchema, query)
  const current = sets.find((set) => {
    return isOwner(set, metadata.uid) && equal(withoutHash(set.spec.template), spec.template)
  })
  return current?.metadata.labels?.[HASH] ?? undefined
}
