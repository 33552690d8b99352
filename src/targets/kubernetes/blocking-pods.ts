import type { Cluster } from './api/cluster.ts'
import { read, refusal } from './api/client.ts'
import { listObjects } from './api/list.ts'
import { isOwner, isReady } from './why/progress.ts'
import { PodSchema, WorkloadSchema } from './api/schema.ts'
import type { KubeSpec } from './spec.ts'
import { selectorText } from './spec.ts'

const OBSERVED_WITHIN_MS = 5000
const HASH = 'controller-revision-hash'

/**
 * A StatefulSet waits for a broken pod to become ready before it replaces it, for ever if need be. After the template
 * was put back, pods of another revision that are not ready are deleted, each by its uid: they serve nothing.
 */
export async function deleteBlockingPods(cluster: Cluster, spec: KubeSpec): Promise<void> {
  const { api, paths, clock } = cluster
  const until = clock.now() + OBSERVED_WITHIN_MS
  let revision: string | undefined
  while (revision === undefined && clock.now() < until) {
    const live = await read(cluster, paths.workload(spec.id), WorkloadSchema)
    // Deleted before the controller knows the old template, a pod would come back from the broken one.
    if ((live?.status?.observedGeneration ?? 0) >= spec.generation) revision = live?.status?.updateRevision ?? undefined
    else await clock.sleep(100)
  }
  if (revision === undefined) return
  const selection = { labelSelector: selectorText(spec.selector) }
  const { items: pods } = await listObjects(cluster, paths.pods, PodSchema, selection)
  const blocking = pods.filter((pod) => {
    return (
      isOwner(pod, spec.uid) &&
      pod.metadata.labels?.[HASH] !== revision &&
      !isReady(pod) &&
      !pod.metadata.deletionTimestamp
    )
  })
  await Promise.all(
    blocking.map(async ({ metadata }) => {
      const body = { preconditions: { uid: metadata.uid } }
      const answer = await api.request('DELETE', paths.pod(metadata.name), { body })
      if (answer.status >= 400 && answer.status !== 404 && answer.status !== 409) {
        throw refusal(answer, `the pod ${metadata.name}, which blocks the restore, could not be deleted`)
      }
    }),
  )
}
