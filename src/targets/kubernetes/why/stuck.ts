import type { Clock, KubeApi } from '../../../ports.ts'
import { read, refusal } from '../api/client.ts'
import { listAll } from '../current.ts'
import type { Paths } from '../api/names.ts'
import { isOwner, isReady } from './progress.ts'
import { listOf, PodSchema, WorkloadSchema } from '../api/schema.ts'
import { selectorText, type KubeSpec } from '../spec.ts'

const SEEN_WITHIN = 5000
const HASH = 'controller-revision-hash'

/**
 * A StatefulSet waits for a broken pod to become ready before it replaces it, for ever if need be. After the template
 * was put back, pods of another revision that are not ready are deleted, each by its uid: they serve nothing.
 */
export async function freeStuckPods(api: KubeApi, paths: Paths, spec: KubeSpec, clock: Clock): Promise<void> {
  const until = clock.now() + SEEN_WITHIN
  let revision: string | undefined
  while (revision === undefined && clock.now() < until) {
    const live = await read(api, paths.workload(spec.id), WorkloadSchema)
    // Deleted before the controller knows the old template, a pod would come back from the broken one.
    if ((live?.status?.observedGeneration ?? 0) >= spec.generation) revision = live?.status?.updateRevision ?? undefined
    else await clock.sleep(100)
  }
  if (revision === undefined) return
  const pods = listOf(PodSchema, await listAll(api, paths.pods, { labelSelector: selectorText(spec.selector) })).items
  const stuck = pods.filter((pod) => {
    return (
      isOwner(pod, spec.uid) &&
      pod.metadata.labels?.[HASH] !== revision &&
      !isReady(pod) &&
      !pod.metadata.deletionTimestamp
    )
  })
  await Promise.all(
    stuck.map(async ({ metadata }) => {
      const body = { preconditions: { uid: metadata.uid } }
      const answer = await api.request('DELETE', paths.pod(metadata.name), { body })
      if (answer.status >= 400 && answer.status !== 404 && answer.status !== 409) {
        throw refusal(answer, `the stuck pod ${metadata.name} could not be deleted`)
      }
    }),
  )
}
