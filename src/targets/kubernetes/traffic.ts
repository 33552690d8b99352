// The Service in front of two colours: its selector is the only thing that moves traffic.
import { DeployError } from '../../errors/deploy-error.ts'
import type { Clock, KubeApi } from '../../ports.ts'
import { isReady } from './progress.ts'
import { FIELD_MANAGER, MERGE, parse, read, refusal } from './client.ts'
import { listAll } from './current.ts'
import type { Paths } from './names.ts'
import { EndpointSliceSchema, listOf, PodSchema, ServiceSchema, type Service } from './schema.ts'

type Labels = Readonly<Record<string, string>>

const OURS = { 'app.kubernetes.io/managed-by': FIELD_MANAGER }
const PATIENCE = 30_000
const ROUTED_WITHIN = 30_000
const QUERY = { fieldManager: FIELD_MANAGER }
const ATTEMPTS = 6

/** @throws DeployError workload-not-found, not-supported */
export async function activeService(api: KubeApi, paths: Paths, name: string): Promise<Service> {
  const service = await read(api, paths.service(name), ServiceSchema)
  if (!service) throw new DeployError('workload-not-found', `the Service ${name} does not exist`)
  if (Object.keys(service.spec.selector ?? {}).length > 0) return service
  const what = `the Service ${name} has no selector: there is nothing that could be switched`
  throw new DeployError('not-supported', what)
}

/**
 * Makes the Service select exactly these labels, guarded by its version: a selector that is neither `from` nor `to` was
 * set by somebody else and is left alone.
 */
export async function select(api: KubeApi, paths: Paths, name: string, from: Labels, to: Labels): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const service = await read(api, paths.service(name), ServiceSchema, { patience: PATIENCE })
    if (!service) throw new DeployError('workload-gone', `the Service ${name} was deleted`)
    const now = service.spec.selector ?? {}
    if (sameLabels(now, to)) return
    if (!sameLabels(now, from)) {
      throw new DeployError('another-rollout', `the Service ${name} was switched by somebody else to ${textOf(now)}`)
    }
    const removed = Object.keys(now).filter((key) => !(key in to))
    const selector = { ...Object.fromEntries(removed.map((key) => [key, null])), ...to }
    const body = { metadata: { resourceVersion: service.metadata.resourceVersion }, spec: { selector } }
    const answer = await api.request('PATCH', paths.service(name), {
      body,
      type: MERGE,
      query: QUERY,
      patience: PATIENCE,
    })
    if (answer.status === 200) return
    if (answer.status !== 409 || attempt === ATTEMPTS)
      throw refusal(answer, `the Service ${name} could not be switched`)
  }
}

/** Resolves when the Service's endpoints are exactly the ready pods with these labels. @throws DeployError unhealthy */
export async function routed(
  api: KubeApi,
  paths: Paths,
  name: string,
  labels: Labels,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const until = clock.now() + ROUTED_WITHIN
  for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
    const [slices, pods] = await Promise.all([
      listAll(api, paths.endpointSlices, { labelSelector: `kubernetes.io/service-name=${name}` }),
      listAll(api, paths.pods, { labelSelector: textOf(labels) }),
    ])
    const endpoints = listOf(EndpointSliceSchema, slices).items.flatMap((slice) => slice.endpoints ?? [])
    const ready = new Set(
      endpoints.flatMap(({ conditions, targetRef }) => (conditions?.ready === false ? [] : [targetRef?.uid ?? '?'])),
    )
    const wanted = listOf(PodSchema, pods).items.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp)
    const uids = wanted.map(({ metadata }) => metadata.uid)
    if (uids.length > 0 && ready.size === uids.length && uids.every((uid) => ready.has(uid))) return
    if (clock.now() > until || signal.aborted) {
      const what = `the Service ${name} has ${String(ready.size)} ready endpoints, but ${String(uids.length)} new pods are ready`
      throw new DeployError('unhealthy', what, { evidence: [`selector: ${textOf(labels)}`] })
    }
    await clock.sleep(pause, signal)
  }
}

/** A Service that shows only the new colour: the named one, or one of ours with the active one's ports. */
export async function showPreview(
  api: KubeApi,
  paths: Paths,
  active: Service,
  named: string | undefined,
  selector: Labels,
): Promise<string> {
  if (named !== undefined) {
    const service = await activeService(api, paths, named)
    await select(api, paths, named, service.spec.selector ?? {}, selector)
    return named
  }
  const name = previewName(active)
  await removePreview(api, paths, active)
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
  if (answer.status !== 201) throw refusal(answer, `the preview Service ${name} could not be created`)
  parse(ServiceSchema, answer.body, paths.services)
  return name
}

/** Removes our preview Service; one that somebody else made under that name stays. */
export async function removePreview(api: KubeApi, paths: Paths, active: Service): Promise<void> {
  const name = previewName(active)
  const existing = await read(api, paths.service(name), ServiceSchema)
  if (existing?.metadata.labels?.['app.kubernetes.io/managed-by'] !== FIELD_MANAGER) return
  await api.request('DELETE', paths.service(name), { body: { preconditions: { uid: existing.metadata.uid } } })
}

function previewName({ metadata }: Service): string {
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
