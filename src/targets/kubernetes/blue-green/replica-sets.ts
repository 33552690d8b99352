// The ReplicaSet behind a Deployment's current template.
import { equal } from '../../../domain/equal.ts'
import type { KubeApi } from '../../../ports.ts'
import { HASH } from './colours.ts'
import { listAll } from '../current.ts'
import { withoutHash } from '../history.ts'
import type { Paths } from '../api/names.ts'
import { isOwner } from '../why/progress.ts'
import { listOf, ReplicaSetSchema, type Workload } from '../api/schema.ts'
import { selectorText } from '../spec.ts'

/** The label that all pods of the Deployment's current template carry; undefined until its ReplicaSet is made. */
export async function hashOf(api: KubeApi, paths: Paths, { metadata, spec }: Workload): Promise<string | undefined> {
  const query = { labelSelector: selectorText(spec.selector) }
  const sets = listOf(ReplicaSetSchema, await listAll(api, paths.replicaSets, query)).items
  const current = sets.find((set) => {
    return isOwner(set, metadata.uid) && equal(withoutHash(set.spec.template), spec.template)
  })
  return current?.metadata.labels?.[HASH] ?? undefined
}
