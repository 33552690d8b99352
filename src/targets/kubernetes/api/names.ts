export type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet'

export interface WorkloadId {
  readonly kind: Kind
  readonly name: string
  /** As people write it: `deployment/web`. */
  readonly label: string
}

const KINDS: Readonly<Record<string, Kind>> = {
  deployment: 'Deployment',
  deployments: 'Deployment',
  deploy: 'Deployment',
  'deployment.apps': 'Deployment',
  'deployments.apps': 'Deployment',
  statefulset: 'StatefulSet',
  statefulsets: 'StatefulSet',
  sts: 'StatefulSet',
  'statefulset.apps': 'StatefulSet',
  'statefulsets.apps': 'StatefulSet',
  daemonset: 'DaemonSet',
  daemonsets: 'DaemonSet',
  ds: 'DaemonSet',
  'daemonset.apps': 'DaemonSet',
  'daemonsets.apps': 'DaemonSet',
}

const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

export function workloadId(kind: Kind, name: string): WorkloadId {
  return { kind, name, label: `${kind.toLowerCase()}/${name}` }
}

/** Reads `web`, `deployment/web`, `sts/db`; undefined when it names no kind that we replace. */
export function parseWorkload(text: string): WorkloadId | undefined {
  const [first = '', second, ...rest] = text.trim().split('/')
  const kind = second === undefined ? 'Deployment' : KINDS[first.toLowerCase()]
  const name = second ?? first
  return kind !== undefined && rest.length === 0 && NAME.test(name) ? workloadId(kind, name) : undefined
}

const PLURALS: Readonly<Record<Kind, string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
}

export function plural(kind: Kind): string {
  return PLURALS[kind]
}

/** The paths of the API, for one namespace. */
export function paths(namespace: string) {
  const place = encodeURIComponent(namespace)
  const apps = `/apis/apps/v1/namespaces/${place}`
  const core = `/api/v1/namespaces/${place}`
  return {
    namespace: core,
    workloads: (kind: Kind) => `${apps}/${plural(kind)}`,
    workload: ({ kind, name }: Pick<WorkloadId, 'kind' | 'name'>) =>
      `${apps}/${plural(kind)}/${encodeURIComponent(name)}`,
    replicaSets: `${apps}/replicasets`,
    controllerRevisions: `${apps}/controllerrevisions`,
    pods: `${core}/pods`,
    pod: (name: string) => `${core}/pods/${encodeURIComponent(name)}`,
    log: (pod: string) => `${core}/pods/${encodeURIComponent(pod)}/log`,
    events: `${core}/events`,
    configMap: (name: string) => `${core}/configmaps/${encodeURIComponent(name)}`,
    serviceAccount: (name: string) => `${core}/serviceaccounts/${encodeURIComponent(name)}`,
    secret: (name: string) => `${core}/secrets/${encodeURIComponent(name)}`,
    services: `${core}/services`,
    service: (name: string) => `${core}/services/${encodeURIComponent(name)}`,
    endpointSlices: `/apis/discovery.k8s.io/v1/namespaces/${place}/endpointslices`,
    leases: `/apis/coordination.k8s.io/v1/namespaces/${place}/leases`,
    lease: (name: string) => `/apis/coordination.k8s.io/v1/namespaces/${place}/leases/${encodeURIComponent(name)}`,
    accessReviews: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    selfReviews: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  }
}
export type Paths = ReturnType<typeof paths>
