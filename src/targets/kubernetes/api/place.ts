/** Which place a cluster is. */
import * as v from 'valibot'
import type { TargetPlace } from '../../../ports.ts'
import { candidates } from '../blue-green/colours.ts'
import type { Cluster } from './cluster.ts'
import type { WorkloadId } from './names.ts'
import type { KubernetesRequest } from '../request.ts'

const ObjectSchema = v.object({ metadata: v.object({ uid: v.string() }) })

/**
 * The namespace's uid tells cluster and namespace from all others, and most roles may read it. Where it may not be read,
 * the first workload's own uid does; a place without either is not known.
 */
export async function placeOf(
  cluster: Cluster,
  request: KubernetesRequest,
  ids: readonly WorkloadId[],
): Promise<TargetPlace | undefined> {
  const labels = ids.map(({ label, name }) =>
    request.strategy === 'blue-green' ? `deployment/${candidates(name)[0] ?? name}` : label,
  )
  const { paths, namespace } = cluster
  const [first] = ids
  const id = (await uidOf(cluster, paths.namespace)) ?? (first && (await uidOf(cluster, paths.workload(first))))
  return id === undefined ? undefined : { cluster: id, namespace, workloads: labels }
}

async function uidOf({ api }: Cluster, path: string): Promise<string | undefined> {
  const answer = await api.request('GET', path)
  if (answer.status !== 200) return undefined
  const parsed = v.safeParse(ObjectSchema, answer.body)
  return parsed.success ? parsed.output.metadata.uid : undefined
}
