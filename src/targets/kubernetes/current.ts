// What runs now, read fresh: one look at each workload and its pods.
import type { Cluster } from './api/cluster.ts'
import { digestIn } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import { stampThatFits } from '../../domain/stamp.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { fail } from '../../errors/deploy-error.ts'
import type { RunningWorkload } from '../../ports.ts'
import { digestsOf } from './why/classify.ts'
import { read } from './api/client.ts'
import type { Slot } from './api/containers.ts'
import { chooseContainers } from './api/containers.ts'
import type { WorkloadId } from './api/names.ts'
import { listObjects } from './api/list.ts'
import { isOwner, isReady } from './why/progress.ts'
import type { Pod, Workload } from './api/schema.ts'
import { PodSchema, ReplicaSetSchema, WorkloadSchema } from './api/schema.ts'
import type { RestartsBefore } from './watch/snapshot.ts'
import type { KubeSpec } from './spec.ts'
import { imageOfSpec, selectorText, specOf, stampOf } from './spec.ts'

export interface Found {
  readonly id: WorkloadId
  readonly workload: Workload | undefined
  readonly slots: readonly Slot[]
  readonly fault?: Reason
}

/** What says which containers take the image: their names, else the repository that they run. */
export interface Choice {
  readonly repository: Repository | undefined
  readonly container: string | undefined
}

/** The workload and which of its containers take the image. */
export async function find(cluster: Cluster, id: WorkloadId, { repository, container }: Choice): Promise<Found> {
  const workload = await read(cluster, cluster.paths.workload(id), WorkloadSchema)
  if (!workload) return { id, workload, slots: [] }
  const slots = chooseContainers(workload.spec.template, repository, container, id.label)
  return 'code' in slots ? { id, workload, slots: [], fault: slots } : { id, workload, slots }
}

/** The pods of a workload, whatever version they run. */
export async function podsOf(cluster: Cluster, { kind }: WorkloadId, workload: Workload): Promise<Pod[]> {
  const query = { labelSelector: selectorText(workload.spec.selector) }
  const [pods, sets] = await Promise.all([
    listObjects(cluster, cluster.paths.pods, PodSchema, query).then(({ items }) => items),
    kind === 'Deployment'
      ? listObjects(cluster, cluster.paths.replicaSets, ReplicaSetSchema, query).then(({ items }) => items)
      : [],
  ])
  const { uid } = workload.metadata
  const owners = [uid, ...sets.filter((set) => isOwner(set, uid)).map(({ metadata }) => metadata.uid)]
  return pods.filter((pod) => owners.some((owner) => isOwner(pod, owner)))
}

export async function runningOf(cluster: Cluster, found: Found): Promise<RunningWorkload<KubeSpec>> {
  const { namespace } = cluster
  const { id, workload, slots } = found
  if (!workload) return absent(id, namespace, slots)
  if (found.fault) throw fail(found.fault)
  const pods = (await podsOf(cluster, id, workload)).filter(({ status }) => {
    return status?.phase === 'Running' || status?.phase === 'Pending'
  })
  const alive = pods.filter(({ metadata }) => !metadata.deletionTimestamp)
  const digests = [...new Set(alive.flatMap((pod) => digestsOf(pod, slots)))]
  const desired = desiredOf(id, workload)
  const ready = alive.filter(isReady).length
  const spec = {
    ...specOf(id, workload, { namespace, containers: slots, pins: pinsOf(alive, slots) }),
    restartsBefore: restartsOf(alive),
  }
  const image = imageOfSpec(spec)
  const stamp = stampOf(workload)
  // A stamp counts only while its digest is what the template holds.
  const fits = image === undefined ? undefined : stampThatFits(stamp, digestIn(image))
  return {
    name: id.label,
    namespace,
    exists: true,
    ...(image === undefined ? {} : { image }),
    digests,
    ...(fits?.revision === undefined ? {} : { revision: fits.revision }),
    ...(fits?.run === undefined ? {} : { releasedBy: fits.run }),
    desired,
    ready,
    // A Deployment puts new pods beside those that drain; the other kinds wait for the place.
    ...(id.kind === 'Deployment' ? {} : { draining: pods.length - alive.length }),
    stable: pods.length === alive.length && ready === desired && alive.length === desired && isSettled(id, workload),
    spec,
  }
}

function restartsOf(pods: readonly Pod[]): RestartsBefore {
  return Object.fromEntries(
    pods.filter(isReady).map((pod) => {
      const statuses = pod.status?.containerStatuses ?? []
      return [pod.metadata.uid, Object.fromEntries(statuses.map(({ name, restartCount }) => [name, restartCount]))]
    }),
  )
}

function absent(id: WorkloadId, namespace: string, containers: readonly Slot[]): RunningWorkload<KubeSpec> {
  const spec: KubeSpec = {
    id,
    namespace,
    uid: '',
    resourceVersion: '',
    generation: 0,
    selector: { matchLabels: {}, matchExpressions: [] },
    containers,
    template: { spec: { containers: [] } },
    whole: {},
    stamp: {},
    pins: {},
  }
  return { name: id.label, namespace, exists: false, digests: [], desired: 0, ready: 0, stable: true, spec }
}

export function desiredOf({ kind }: WorkloadId, { spec, status }: Workload): number {
  return kind === 'DaemonSet' ? (status?.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1)
}

function isSettled({ kind }: WorkloadId, { metadata, spec, status }: Workload): boolean {
  if (!status || (status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false
  if (kind === 'Deployment') return status.updatedReplicas === spec.replicas && status.replicas === spec.replicas
  if (kind === 'StatefulSet') return status.currentRevision === status.updateRevision
  return status.updatedNumberScheduled === status.desiredNumberScheduled
}

/**
 * Where a template names only a tag: the digest that all pods run, as an image to go back to. Only a form that names the
 * repository can be pulled again; a bare config digest can't.
 */
function pinsOf(pods: readonly Pod[], slots: readonly Slot[]): Record<string, string> {
  const pins = slots.flatMap(({ name, init, image }): [string, string][] => {
    const reference = parseReference(image)
    if (!reference || reference.digest !== undefined) return []
    const ids = pods.flatMap((pod) => {
      const statuses = (init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses) ?? []
      return statuses.find((status) => status.name === name)?.imageID ?? []
    })
    const digests = new Set(ids.map((id) => (id.includes('@') ? digestIn(id) : undefined)))
    const [digest] = digests
    return digests.size === 1 && digest ? [[name, `${reference.repository.name}@${digest}`]] : []
  })
  return Object.fromEntries(pins)
}
