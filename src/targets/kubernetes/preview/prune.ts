/** What left the manifests since the last deployment of the preview is removed. */
import type { Running } from '../../../ports.ts'
import { referencesIn } from '../apply/references.ts'
import type { Cluster } from '../api/cluster.ts'
import type { KubeSpec } from '../spec.ts'
import type { Labelled, Sought } from './removal.ts'
import { labelled, removeObjects } from './removal.ts'

interface PruneContext {
  readonly cluster: Cluster
  readonly sought: Sought
  /** Where the preview may have objects. */
  readonly collections: readonly string[]
  /** Paths of what belongs to it now. */
  readonly kept: ReadonlySet<string>
}

/** @param before what ran until now: what its pods read is removed by the next deployment only, as they may come back */
export async function prune(
  { cluster, sought, collections, kept }: PruneContext,
  before: Running<KubeSpec>,
): Promise<string[]> {
  const found = await labelled(cluster, collections, sought)
  const read = new Set(
    before.workloads
      .flatMap(({ spec }) => referencesIn(spec.template.spec))
      .map(({ kind, name }) => {
        return kind === 'Secret' ? cluster.paths.secret(name) : cluster.paths.configMap(name)
      }),
  )
  const isKept = (one: Labelled) => kept.has(one.path) || read.has(one.path) || belongsToKept(one, kept, cluster)
  const gone = found.filter((one) => one.isOurs && !one.isEnding && !isKept(one))
  await removeObjects(cluster, gone)
  return gone.map(({ label }) => label)
}

/** The claims of a StatefulSet stay as long as the set. */
function belongsToKept({ name, owner }: Labelled, kept: ReadonlySet<string>, { paths }: Cluster): boolean {
  return owner !== undefined && owner !== name && kept.has(paths.workload({ kind: 'StatefulSet', name: owner }))
}
