// The Service in front of two colours: its selector is the only thing that moves traffic.
import { DeployError } from '../../../errors/deploy-error.ts'
import { compareAndSwap, Outdated } from '../../shared/swap.ts'
import { isReady } from '../why/progress.ts'
import { FIELD_MANAGER, MERGE, parse, read, refusal } from '../api/client.ts'
import { HASH } from './colours.ts'
import { listObjects } from '../api/list.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Pod, Service } from '../api/schema.ts'
import { EndpointSliceSchema, PodSchema, ServiceSchema } from '../api/schema.ts'

type Labels = Readonly<Record<string, string>>

/** A cluster, and what ends the waits for it. */
export interface WaitContext extends Cluster {
  readonly signal: AbortSignal | undefined
}

const OURS = { 'app.kubernetes.io/managed-by': FIELD_MANAGER }
const PATIENCE_MS = 30_000
const ROUTED_WITHIN_MS = 30_000
const QUERY = { fieldManager: FIELD_MANAGER }

/** @throws DeployError workload-not-found, not-supported */
export async function activeService(cluster: Cluster, name: string): Promise<Service> {
  const service = await read(cluster, cluster.paths.service(name), ServiceSchema)
  if (!service) throw new DeployError('workload-not-found', `the Service ${name} does not exist`)
  if (Object.keys(service.spec.selector ?? {}).length > 0) return service
  const what = `the Service ${name} has no selector: there is nothing that could be switched`
  throw new DeployError('not-supported', what)
}

/**
 * Makes the Service select exactly these labels, guarded by its version: a selector that is neither `from` nor `to` was
 * set by somebody else and is left alone.
 */
export async function select(cluster: Cluster, name: string, from: Labels, to: Labels): Promise<void> {
  return compareAndSwap(async () => {
    const service = await read(cluster, cluster.paths.service(name), ServiceSchema, { patience: PATIENCE_MS })
    if (!service) throw new DeployError('workload-gone', `the Service ${name} was deleted`)
    const now = service.spec.selector ?? {}
    if (sameLabels(now, to)) return
    if (!sameLabels(now, from)) {
      // What keeps the new version hidden during the release would make a foreign selector match nothing.
      if (now[HASH] !== undefined) await put(cluster, service, without(now, HASH))
      throw new DeployError('another-rollout', `the Service ${name} was switched by somebody else to ${textOf(now)}`)
    }
    const answer = await put(cluster, service, to)
    if (answer.status === 200) return
    const refused = refusal(answer, `the Service ${name} could not be switched`)
    if (answer.status !== 409) throw refused
    return new Outdated(refused)
  })
}

function put({ api, paths }: Cluster, { metadata, spec }: Service, to: Labels) {
  const removed = Object.keys(spec.selector ?? {}).filter((key) => !(key in to))
  const selector = { ...Object.fromEntries(removed.map((key) => [key, null])), ...to }
  const body = { metadata: { resourceVersion: metadata.resourceVersion }, spec: { selector } }
  return api.request('PATCH', paths.service(metadata.name), { body, type: MERGE, query: QUERY, patience: PATIENCE_MS })
}

function without(labels: Labels, key: string): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== key))
}

/** Resolves when the Service's endpoints are exactly the ready pods with these labels. @throws DeployError unhealthy */
export async function routed(context: WaitContext, name: string, labels: Labels): Promise<void> {
  const { paths, clock, signal } = context
  const until = clock.now() + ROUTED_WITHIN_MS
  for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
    const [slices, pods] = await Promise.all([
      listObjects(context, paths.endpointSlices, EndpointSliceSchema, {
        labelSelector: `kubernetes.io/service-name=${name}`,
      }),
      podsWith(context, labels),
    ])
    const endpoints = slices.items.flatMap((slice) => slice.endpoints ?? [])
    const ready = new Set(
      endpoints.flatMap(({ conditions, targetRef }) => (conditions?.ready === false ? [] : [targetRef?.uid ?? '?'])),
    )
    const wanted = pods.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp)
    const uids = wanted.map(({ metadata }) => metadata.uid)
    if (uids.length > 0 && ready.size === uids.length && uids.every((uid) => ready.has(uid))) return
    if (clock.now() > until || signal?.aborted) {
      const what = `the Service ${name} has ${String(ready.size)} ready endpoints, but ${String(uids.length)} new pods are ready`
      throw new DeployError('unhealthy', what, { evidence: [`selector: ${textOf(labels)}`] })
    }
    await clock.sleep(pause, signal)
  }
}

/**
 * Waits until only pods that `stay` holds are left among those with these labels: `ending` where others still drain,
 * `false` where others stay on.
 */
export async function alone(
  context: WaitContext,
  labels: Labels,
  stay: ReadonlySet<string>,
): Promise<'gone' | 'ending' | false> {
  const { clock, signal } = context
  const until = clock.now() + ROUTED_WITHIN_MS
  for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
    const pods = await podsWith(context, labels)
    const others = pods.filter(({ metadata }) => !stay.has(metadata.labels?.[HASH] ?? ''))
    if (others.length === 0) return 'gone'
    if (others.every(({ metadata }) => metadata.deletionTimestamp)) return 'ending'
    if (clock.now() > until || signal?.aborted) return false
    await clock.sleep(pause, signal)
  }
}

async function podsWith(cluster: Cluster, labels: Labels): Promise<Pod[]> {
  const { items } = await listObjects(cluster, cluster.paths.pods, PodSchema, { labelSelector: textOf(labels) })
  return items
}

/** A Service that shows only the new colour before it has traffic: the named one, or one of ours with the active one's ports. */
export async function showShadow(
  cluster: Cluster,
  active: Service,
  named: string | undefined,
  selector: Labels,
): Promise<string> {
  if (named !== undefined) {
    const service = await activeService(cluster, named)
    await select(cluster, named, service.spec.selector ?? {}, selector)
    return named
  }
  const { api, paths } = cluster
  const name = shadowName(active)
  await removeShadow(cluster, active)
  const ports = (active.spec.ports ?? []).map((port) => {
    return Object.fromEntries(Object.entries(port).filter(([key]) => key !== 'nodePort'))
  })
  const body = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: OURS },
    spec: { type: 'ClusterIP', selector, ports },
  }
  const answer = await api.request('POST', paths.services, { body, query: QUERY })
  if (answer.status !== 201) throw refusal(answer, `the Service ${name} could not be created`)
  parse(ServiceSchema, answer.body, paths.services)
  return name
}

/** Removes our Service of that kind; one that somebody else made under that name stays. */
export async function removeShadow(cluster: Cluster, active: Service): Promise<void> {
  const { api, paths } = cluster
  const name = shadowName(active)
  const existing = await read(cluster, paths.service(name), ServiceSchema)
  if (existing?.metadata.labels?.['app.kubernetes.io/managed-by'] !== FIELD_MANAGER) return
  await api.request('DELETE', paths.service(name), { body: { preconditions: { uid: existing.metadata.uid } } })
}

function shadowName({ metadata }: Service): string {
  return `${metadata.name.slice(0, 50)}-preview`
}

export function sameLabels(one: Labels, other: Labels): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key])
}

export function textOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}
