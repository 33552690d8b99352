/** Which place a cluster is. */
import * as v from 'valibot'
import type { KubeApi, TargetPlace } from '../../../ports.ts'
import { candidates } from '../blue-green/colours.ts'
import type { Paths, WorkloadId } from './names.ts'
import type { KubernetesRequest } from '../request.ts'

const ObjectSchema = v.object({ metadata: v.object({ uid: v.string() }) })

interface PlaceContext {
  readonly request: KubernetesRequest
  readonly api: KubeApi
  readonly namespace: string
  readonly paths: Paths
}

/**
 * The namespace's uid tells cluster and namespace from all others, and most roles may read it. Where it may not be read,
 * the first workload's own uid does; a place without either cannot be told.
 */
export async function placeOf(
  { request, api, namespace, paths }: PlaceContext,
  ids: readonly WorkloadId[],
): Promise<TargetPlace | undefined> {
  const labels = ids.map(({ label, name }) =>
    request.strategy === 'blue-green' ? `deployment/${candidates(name)[0] ?? name}` : label,
  )
  const [first] = ids
  const cluster = (await uidOf(api, paths.namespace)) ?? (first && (await uidOf(api, paths.workload(first))))
  return cluster === undefined ? undefined : { cluster, namespace, workloads: labels }
}

async function uidOf(api: KubeApi, path: string): Promise<string | undefined> {
  const answer = await api.request('GET', path)
  if (answer.status !== 200) return undefined
  const parsed = v.safeParse(ObjectSchema, answer.body)
  return parsed.success ? parsed.output.metadata.uid : undefined
}
